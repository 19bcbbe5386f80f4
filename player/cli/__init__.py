"""The command line: arguments in, words out.

The rule: a command asks the pipeline one thing and prints the answer; results go to stdout, progress and problems to
stderr. Nothing here imports the pipeline before a command runs, so that ``--help`` costs no more than Click itself.
"""

from __future__ import annotations

import click

from player.cli import authoring, breathing, every, exporting, extracting, listening, looking, practising, sounding
from player.cli.boundary import Boundary


@click.group(cls=Boundary, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="player")
def main() -> None:
    """Voice-guided relaxation: breathing, muscle relaxation, grounding.

    \b
    player list                     what there is
    player play box-breathing      listen now
    player breathe 4-4-4-4 --for 3m    breathe now, without a script
    player export pmr-7            make an MP3
    """  # noqa: D301 (Click wants the character itself, not its escape)


for command in (
    *looking.COMMANDS,
    *listening.COMMANDS,
    *breathing.COMMANDS,
    *every.COMMANDS,
    *practising.COMMANDS,
    *exporting.COMMANDS,
    *sounding.COMMANDS,
    *authoring.COMMANDS,
    *extracting.COMMANDS,
):
    main.add_command(command)
