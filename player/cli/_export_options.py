"""The options of ``export``."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from player.export.options import EXPORT_FORMATS, PRESETS

if TYPE_CHECKING:
    from collections.abc import Callable

Command = TypeVar("Command", bound="Callable[..., Any]")

_ONE_OPTIONS = (
    click.option(
        "--format", "form", type=click.Choice(EXPORT_FORMATS), help="Without it, the file's ending decides; or mp3."
    ),
    click.option("--bitrate", type=click.IntRange(1), metavar="KBIT", help="kbit/s of the file, such as 128."),
    click.option("--mono", is_flag=True, help="One channel in the place of two."),
    click.option("--preset", type=click.Choice(PRESETS), help="The loudness that is asked for there."),
    click.option("--captions", metavar="vtt,srt,lrc", help="What is said, as files beside the sound."),
    click.option("--chapters", type=click.Choice(("json",)), help="Chapters as podcasts have them, beside the sound."),
    click.option("--labels", is_flag=True, help="A label track for Audacity, beside the sound."),
    click.option("--split", is_flag=True, help="A file for each section, and a playlist."),
    click.option("--stems", is_flag=True, help="Voice, background and tones as files of their own, too."),
    click.option("--beside", is_flag=True, help="A page as a folder, with its sound in a file beside it."),
)


_BATCH_OPTIONS = (
    click.option("--all", "everything", is_flag=True, help="Every session that has a name, into the folder -o."),
    click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="Files made at once; the number of cores."),
    click.option(
        "--each",
        type=click.Path(path_type=Path),
        metavar="FILE.csv",
        help="A file for each row: columns fill parameters, and -o '{name}.mp3' its name.",
    ),
    click.option("--cluster", metavar="ADDRESS", help="Have a Dask cluster make them, such as tcp://HOST:8786."),
)


EXPORT_OPTION_NAMES: Final = ("bitrate", "mono", "preset", "captions", "chapters", "labels", "split", "stems", "beside")
"""The options that change what is made, besides the format."""


def with_options(command: Command) -> Command:
    """Options of what is made, and of how many sessions."""
    for option in reversed(_ONE_OPTIONS + _BATCH_OPTIONS):
        command = option(command)
    return command


def pop_many_sessions(asked: dict[str, Any]) -> ManySessions:
    """Take the sessions and `_BATCH_OPTIONS` out of the command's options."""
    return ManySessions(**{each.name: asked.pop(each.name) for each in fields(ManySessions)})


@dataclass(frozen=True)
class ManySessions:
    """The sessions, and the options for many of them."""

    sessions: tuple[str, ...]
    everything: bool = False
    jobs: int | None = None
    each: Path | None = None
    cluster: str | None = None

    @property
    def wanted(self) -> bool:
        """Whether there is more than one session, or an option of batches."""
        return len(self.sessions) > 1 or self.everything or any((self.jobs, self.each, self.cluster))

    @property
    def is_one(self) -> bool:
        """Whether one session or programme is named: then ``-o`` means the same as for a single export."""
        return len(self.sessions) == 1

    def only(self) -> str:
        """The name of the one session."""
        if not self.sessions:
            raise click.UsageError("name a session to export, or all of them with --all; `player list` shows them")
        return self.sessions[0]
