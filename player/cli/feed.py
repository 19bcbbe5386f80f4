"""The command ``feed``: writes a podcast feed into a folder of exported files."""

from __future__ import annotations

from pathlib import Path

import click

from player.cli._option import option
from player.cli._options import print_made, print_warning, quiet_made
from player.export import feed as feeds
from player.export.feed.categories import DEFAULT


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@option("--url", required=True, metavar="URL", help="The folder's address on the web: http(s)://...")
@option("--title", default="", help="What the podcast is called; a programme's own title otherwise.")
@option("--author", default="", help="Who made it.")
@option("--description", default="", help="What it is; a programme's summary, or its episodes, otherwise.")
@option("--category", default=DEFAULT, show_default=True, help="One of Apple's podcast categories.")
@option(
    "--image",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A square PNG or JPEG, 1400 to 3000 pixels a side; a cover of the sessions otherwise.",
)
@option("--force", is_flag=True, help="Write over another program's feed.xml or cover.")
@quiet_made
def feed(
    *,
    folder: Path,
    url: str,
    title: str,
    author: str,
    description: str,
    category: str,
    image: Path | None,
    force: bool,
    quiet: bool,
) -> None:
    """Write feed.xml into FOLDER, for podcast apps.

    FOLDER holds what player export has written, with its captions and chapters. Put it on any web space as it is,
    and subscribe to the feed's address. Run the command again whenever you have exported more, with the same
    options: episodes keep their identity and their dates, which feed.lock.json holds.
    """
    options = feeds.FeedOptions(url, title, author, description, category, image)
    made = feeds.write(folder, options, force=force, on_note=print_warning)
    print_made(*made.paths, quiet=quiet)
    if not quiet:
        count = f"{made.episodes} episode{'' if made.episodes == 1 else 's'}"
        click.echo(f"{count}; put the folder on the web, and subscribe to {made.address}", err=True)


COMMANDS = (feed,)
