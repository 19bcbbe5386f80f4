"""Everything that can go wrong, in one tree: each class says who can act on it.

::

    PlayerError
    |- ScriptError        the script's author: every problem of the script at once
    |- UsageError         the user, at the command line: an unknown session, a file that is in the way
    |- VoiceError         the user's machine: no engine, an unknown voice, an engine that hangs or fails
    |- MediaError         the user's files: a bed or recording that cannot be read
    |  `- BackgroundError    the user, who chose it as the background
    |- StoreError         the user's disk: the folder of made clips cannot be read or written
    |  `- UnsafeStoreError    the user, who named it: others may write in it or own it, or it is no folder
    |- DiaryError         the user's disk: what was practised cannot be read or written
    |  `- NoDiaryError        the user, who named it: the file is another program's, or no file
    |- OutputError        the user's disk or format: the result cannot be written
    `- DeviceError        the user's loudspeaker: none there, or lost on the way

A message is one sentence: where, what, the value met and what is allowed, then the remedy. No message carries a control
character to the terminal. This module knows nothing else of the program.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class PlayerError(Exception):
    """Whatever a user is to read as one clear sentence; ``exit_code`` is the program's."""

    exit_code: ClassVar[int] = 1


@dataclass(frozen=True, order=True)
class Position:
    """A place in a script: its name as the user knows it, line and column counted from 1."""

    path: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{printable(self.path)}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in a script; prints as ``path:line:column: text``.

    ``about`` is what does not fit, where a program wants to know more than the sentence.
    """

    at: Position
    text: str
    about: tuple[object, ...] = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.at}: {printable(self.text)}"


class Cause(NamedTuple):
    """Why a script has problems that its listener can mend.

    Attributes
    ----------
    option
        The option that says so, without its dashes; empty if nobody said it.
    text
        What is the matter: a sentence without its end.
    otherwise
        What to choose in its place.
    is_enough
        Whether it is told alone, without the speech that does not fit: nobody is to mend the lines of that.
    """

    option: str
    text: str
    otherwise: str
    is_enough: bool = False

    def told(self, *, is_typed: bool = True) -> str:
        """The sentence; ``is_typed`` is whether the option stands on the command line and can be left out there."""
        out = f"leave --{self.option} out, or " if self.option and is_typed else ""
        return printable(f"{self.text}; {out}{self.otherwise}")


class ScriptError(PlayerError):
    """All problems of a script, in the order of its lines.

    ``rest`` is a session of what could be read all the same, or None: what else is wrong can be found in it. ``cause``
    is why they are there, if that is not the script; it is told first.
    """

    exit_code = 2

    def __init__(self, problems: Iterable[Problem], rest: object = None, cause: Cause | None = None) -> None:
        self.rest = rest
        self.cause = cause
        self.problems = tuple(sorted(set(problems)))
        super().__init__(self.told())

    def told(self, *, is_typed: bool = True) -> str:
        """The cause and the problems, a line each, without those that it is enough for; ``is_typed`` as in `Cause`."""
        first = [self.cause.told(is_typed=is_typed)] if self.cause else []
        is_enough = self.cause is not None and self.cause.is_enough
        return "\n".join([*first, *(str(each) for each in self.problems if not (is_enough and each.about))])


class UsageError(PlayerError):
    """The command asks for what is not there, or would overwrite what is."""

    exit_code = 2


class VoiceError(PlayerError):
    """The voice engine is missing, does not know the voice, hangs or fails."""


class MediaError(PlayerError):
    """A sound file is missing or cannot be read."""


class BackgroundError(MediaError):
    """The background that the user chose is not there, or is no sound."""


class StoreError(PlayerError):
    """The store cannot be read or written."""


class UnsafeStoreError(StoreError):
    """The store's folder is not this user's alone, or no folder."""

    exit_code = 2


class DiaryError(PlayerError):
    """What was practised cannot be read or written."""


class NoDiaryError(DiaryError):
    """The file that is to be the diary is another one."""

    exit_code = 2


class OutputError(PlayerError):
    """The result cannot be written."""


class DeviceError(PlayerError):
    """The loudspeaker is missing or was lost; ``position_ms`` is where to go on, if anything was heard."""

    def __init__(self, text: str, position_ms: int | None = None) -> None:
        self.position_ms = position_ms
        super().__init__(text)


_JOINERS = "\u200c\u200d"


def printable(text: str) -> str:
    """The text with control characters shown as escapes, so that a script can never steer a terminal.

    Joiners stay: they steer nothing but the shapes of letters, and Hindi and Persian need them. So do blanks of all
    widths, as French has before a colon. What is escaped already stays as it is.
    """
    if text.isprintable():
        return text
    return "".join(char if _is_harmless(char) else char.encode("unicode_escape").decode() for char in text)


def printable_lines(text: str) -> str:
    """The same for a text of several lines, which stay lines: for whole messages, but not for what they quote."""
    return "\n".join(map(printable, text.split("\n")))


def _is_harmless(char: str) -> bool:
    return char.isprintable() or char in _JOINERS or unicodedata.category(char) == "Zs"
