"""Standard streams that take any text, on any machine.

The rule: no text and no missing stream ends a command. A stream that is not there, as where a desktop starts a program
without a console, becomes one that leads nowhere. What a stream's encoding has no sign for is written as its nearest
look-alike, and as a question mark where there is none; that is told once, at the end. Names of files that are
no text keep their bytes.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import sys
import unicodedata
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from typing import TextIO

_ALIKE: Final = {
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‘’‚‛‹›′", "'"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("•·∙", "*"),
    "…": "...",
    "→": "->",
    "←": "<-",
    "×": "x",
    "≈": "~",
    "√": "v",
    "ß": "ss",
    "œ": "oe",
    "æ": "ae",
    "ø": "o",
}
_ERRORS: Final = "player-look-alikes"
_STREAMS: Final = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


class LookAlikes:
    """What to write for signs that an encoding does not have.

    Attributes
    ----------
    lost
        The encodings in which something became a question mark.
    """

    def __init__(self) -> None:
        self.lost: set[str] = set()

    def __call__(self, error: UnicodeError) -> tuple[str | bytes, int]:
        """The replacement of the first sign of an encoding error, and where to go on: what `codecs` asks for."""
        if not isinstance(error, UnicodeEncodeError):
            raise error
        sign = error.object[error.start]
        if "\udc80" <= sign <= "\udcff":
            return bytes([ord(sign) - 0xDC00]), error.start + 1
        letter = unicodedata.normalize("NFKD", sign)[0]
        alike = _ALIKE.get(sign) or (letter if letter.isascii() else "")
        if not alike and not unicodedata.combining(sign):
            self.lost.add(sys.stdout.encoding)
            alike = "?"
        return alike, error.start + 1

    def told(self) -> str:
        """A sentence about what was lost; empty if nothing was."""
        encodings = ", ".join(sorted(self.lost))
        remedy = "set PYTHONUTF8=1 to write UTF-8"
        return f"some signs are not in the encoding {encodings}, and are shown as ?; {remedy}" if encodings else ""


def mend() -> LookAlikes:
    """Make the standard streams of this process take any text."""
    look_alikes = LookAlikes()
    codecs.register_error(_ERRORS, look_alikes)
    for number, (name, mode) in enumerate(_STREAMS):
        stream = getattr(sys, name)
        _occupy(number)
        if stream is None or stream.closed:
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 (stays open)
        elif mode == "w":
            with contextlib.suppress(AttributeError, ValueError, OSError):  # a test's own stream, or a broken one
                stream.reconfigure(errors=_ERRORS)
    return look_alikes


def _occupy(number: int) -> None:
    """Let a number of a standard stream that is free lead nowhere: otherwise the next file that is opened gets it.

    What a library in C then prints as an error would go into that file.
    """
    with contextlib.suppress(OSError):
        try:
            os.fstat(number)
        except OSError:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
            os.set_inheritable(number, True)  # noqa: FBT003 (positional alone)


def is_of_stream(error: OSError) -> bool:
    """Whether it was raised by printing."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return at is not None and at.tb_frame.f_code is click.echo.__code__


def is_broken(stream: TextIO) -> bool:
    """Whether what was written to a stream cannot get there, as on a full disk; from then on it leads nowhere."""
    try:
        stream.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return True
    return False
