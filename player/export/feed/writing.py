"""Writing a feed: a folder is looked through, and the feed, its lock and its picture are written beside the sounds.

The rule: all of them are written or none, and a feed that this program has not written is never written over without
``force``. It prints nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from player.errors import ScriptError, UsageError, printable
from player.export.feed import artwork, categories, lock, rss
from player.export.feed.address import folder_address
from player.export.feed.episodes import album, episodes
from player.export.feed.legible import legible
from player.export.feed.rss import Channel
from player.script import library, programme
from player.storage.atomic import write_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from player.export.feed.artwork import Artwork
    from player.export.feed.episodes import Episode

_TITLE: Final = "Guided relaxation"
_BY_APPLE: Final = frozenset({"mp3", "m4a"})
"""Its directory goes by the ending of the address, and its guide does not list .m4b."""


@dataclass(frozen=True)
class FeedOptions:
    """What a user says of a feed; what is empty comes from the files.

    Attributes
    ----------
    url
        The address of the folder on the web, by http or https.
    category
        Such as ``Health & Fitness/Mental Health``, of Apple's list.
    image
        A square PNG or JPEG of 1400 to 3000 pixels a side.
    """

    url: str
    title: str = ""
    author: str = ""
    description: str = ""
    category: str = categories.DEFAULT
    image: Path | None = None


@dataclass(frozen=True)
class WrittenFeed:
    """The files that were written, the feed's own address, and how many episodes it has."""

    paths: tuple[Path, ...]
    address: str
    episodes: int


def write(
    folder: Path, options: FeedOptions, *, force: bool = False, on_note: Callable[[str], None] = lambda _: None
) -> WrittenFeed:
    """Write ``feed.xml`` into a folder of exported files, with its lock and its picture.

    Parameters
    ----------
    on_note
        Called with a sentence about each sound that is left out, and about what directories would not like.

    Raises
    ------
    UsageError
        If an option is not possible, the folder has no episode, or another file is in the way, without ``force``.
    MediaError
        If something cannot be read.
    OutputError
        If the lock is damaged, or a file cannot be written.
    """
    address, category = folder_address(options.url), categories.category(options.category)
    found = episodes(folder, on_note)
    known = lock.read(folder / lock.NAME)
    target = folder / rss.NAME
    if target.exists() and known is None and not force:
        raise UsageError(
            f"{printable(str(target))} is there already and has no {lock.NAME} beside it, so it is another program's; "
            "write over it with --force"
        )
    picture = _picture(folder, options, known.image if known else "", found, force=force, on_note=on_note)
    locked = replace(lock.extended(known or lock.first(address), found, address), image=picture.name)
    channel = _channel(options, address, category, found, picture.name)
    others = sorted({each.form for each in found} - _BY_APPLE)
    if others:
        on_note(f"Apple Podcasts plays MP3 and M4A alone, not {', '.join(others)}; other apps do")
    contents = {folder / lock.NAME: locked.document()}
    contents |= {folder / picture.name: picture.content} if picture.content else {}
    contents[target] = rss.feed(channel, found, locked)
    return WrittenFeed(write_all(contents, force=True), address + rss.NAME, len(found))


def _picture(
    folder: Path,
    options: FeedOptions,
    locked: str,
    found: Iterable[Episode],
    *,
    force: bool,
    on_note: Callable[[str], None],
) -> Artwork:
    if options.image:
        return artwork.asked_for(options.image, folder, force=force)
    picture = artwork.standing(folder, locked, on_note) or artwork.drawn(found)
    if not picture.name:
        on_note("the feed has no picture, which directories want; give it one with --image")
    return picture


def _channel(
    options: FeedOptions, address: str, category: categories.Category, found: Sequence[Episode], image: str
) -> Channel:
    name = album(found)
    titles = ", ".join(dict.fromkeys(each.tags.title for each in found))
    return Channel(
        address=address,
        title=legible(options.title) or name or _TITLE,
        description=legible(options.description) or _summary(name) or titles,
        author=legible(options.author) or _common(each.tags.author for each in found),
        category=category,
        language=_most_common(each.tags.language for each in found) or library.ORIGINAL,
        image=image,
        is_album=name != "" and all(each.is_numbered for each in found),
    )


def _summary(title: str) -> str:
    """The summary of the programme with this title; empty if there is no such."""
    for name in library.programme_names() if title else ():
        source = library.programme(name)
        try:
            written = programme.parse(source.text, name) if source else None
        except ScriptError:  # `check` reports it; here it only has no summary
            continue
        if written and legible(written.title) == title:
            return legible(written.summary)
    return ""


def _common(texts: Iterable[str]) -> str:
    """The text that all share."""
    found = set(texts)
    return found.pop() if len(found) == 1 else ""


def _most_common(texts: Iterable[str]) -> str:
    counted = Counter(text for text in texts if text)
    return counted.most_common(1)[0][0] if counted else ""
