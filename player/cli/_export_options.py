"""The options of ``export``."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from player.cli._option import option
from player.cli._options import OneOf, ScalarParameter
from player.export.options import CAPTIONS, EXPORT_FORMATS, LOW_BITRATE, PRESETS, SAMPLE_RATES
from player.script.yaml.scalar_types import TextType, WholeType, shown

if TYPE_CHECKING:
    from collections.abc import Callable

Command = TypeVar("Command", bound="Callable[..., Any]")


_LINE: Final = ScalarParameter(TextType(longest=200, one_line=True))
"""A text for tags: what the head of a script may have there."""
_PLAIN_NUMBER: Final = re.compile("[1-9][0-9]{0,3}")
_WHOLE: Final = WholeType(1, 10**9)


@dataclass(frozen=True)
class _Bitrate:
    """A whole number of kbit/s; which of them a format has is known when the format is."""

    def parse(self, text: str) -> int:
        """The number, or ``ValueError`` with a fragment that fits behind the option's name."""
        try:
            return _WHOLE.parse(text)
        except ValueError:
            number = text.strip().lower().removesuffix("kbit/s").removesuffix("kbps").removesuffix("k").strip()
            near = f"; write {number}" if _PLAIN_NUMBER.fullmatch(number) else ""
            raise ValueError(f"must be a whole number of kbit/s, such as 128, not {shown(text)}{near}") from None


_ONE_OPTIONS = (
    option(
        "--format", "form", type=OneOf(EXPORT_FORMATS), help="What the file is. [default: as its ending says, or mp3]"
    ),
    option(
        "--bitrate",
        type=ScalarParameter(_Bitrate()),
        metavar="KBIT",
        help="kbit/s of the file, such as 128; 48 or 32 for messengers.",
    ),
    option(
        "--mono/--stereo", default=None, help=f"One channel, or two. [default: two; one below {LOW_BITRATE} kbit/s]"
    ),
    option(
        "--sample-rate",
        type=OneOf(tuple(map(str, SAMPLE_RATES))),
        callback=lambda _, __, value: value and int(value),
        help="Frames a second. [default: 48000, or what a preset asks for]",
    ),
    option(
        "--preset",
        type=OneOf(PRESETS),
        help="Its loudness and more: podcast -16 LUFS, broadcast -23, audiobook as shops ask, sleep with the voice at "
        "-23 and a fade-out of a minute.",
    ),
    option("--captions", metavar=",".join(CAPTIONS), help="What is said, as files beside the sound."),
    option("--chapters", type=OneOf(("json",)), help="Chapters as podcasts have them, beside the sound."),
    option("--labels", is_flag=True, help="A label track for Audacity, beside the sound."),
    option("--split", is_flag=True, help="A file for each section, and a playlist."),
    option("--stems", is_flag=True, help="Voice, background and tones as files of their own, too."),
    option("--beside", is_flag=True, help="A page as a folder, with its sound in a file beside it."),
    option("--author", type=_LINE, help="Who made it, for the tags. [default: the script's]"),
    option("--album", type=_LINE, help="What players file it under. [default: a programme's title]"),
    option("--year", type=ScalarParameter(WholeType(1000, 9999)), metavar="YYYY", help="When it was made."),
    option("--license", type=_LINE, help="The terms for others, such as 'CC BY 4.0', or an address."),
)


_BATCH_OPTIONS = (
    option(
        "--all",
        "everything",
        is_flag=True,
        help="Every session that has a name; -o is their folder, or else this one.",
    ),
    option(
        "--jobs",
        type=ScalarParameter(WholeType(1, 256)),
        metavar="N",
        help="Files made at once, 1 to 256. [default: the number of cores]",
    ),
    option(
        "--each",
        type=click.Path(path_type=Path),
        metavar="FILE.csv",
        help="A file for each row: columns fill parameters, and -o '{name}.mp3' its name.",
    ),
    option(
        "--cluster",
        metavar="ADDRESS",
        help="Have a Dask cluster that you trust make them, such as tls://HOST:8786; it runs whatever it is sent.",
    ),
)


EXPORT_OPTION_NAMES: Final = (
    *("bitrate", "mono", "sample_rate", "preset", "captions", "chapters", "labels", "split", "stems", "beside"),
    *("author", "album", "year", "license"),
)
"""The options that change what is made, besides the format."""


def with_options(command: Command) -> Command:
    """Options of what is made, and of how many sessions."""
    for decorator in reversed(_ONE_OPTIONS + _BATCH_OPTIONS):
        command = decorator(command)
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
