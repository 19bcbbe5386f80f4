"""From a file's bytes to its text: limits on size, encoding and characters.

The rule: scripts are not trusted, so the reader gets no text that is too large for a script, and no invisible
characters. It knows no YAML.
"""

from __future__ import annotations

import re
from typing import Final

from player.errors import Position, Problem, ScriptError

LARGEST: Final = 256 * 1024
"""Bytes of a script."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
"""What YAML does not allow in a file, and the line ends that editors do not count as such."""


def decode(data: bytes, name: str) -> str:
    """The text of a file in UTF-8, with or without a byte order mark.

    Raises
    ------
    ScriptError
        If it is too large, or not UTF-8; the line is that of the first wrong byte.
    """
    _check_size(len(data), name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", errors="replace")
        line, column = _end(before)
        text = f"must be UTF-8 text, but has the byte 0x{data[error.start]:02x}; save the file as UTF-8"
        raise ScriptError([Problem(Position(name, line, column), text)]) from None


def sized(text: str, name: str) -> str:
    """The text, without a byte order mark, if it is not too large."""
    _check_size(len(text.encode("utf-8", "surrogatepass")), name)
    return text.removeprefix("\ufeff")


def _check_size(size: int, name: str) -> None:
    if size > LARGEST:
        raise ScriptError([Problem(Position(name, 1, 1), f"a script must be at most {LARGEST // 1024} KiB")])


def check_characters(script: str, name: str) -> None:
    """No character that an author cannot see, and YAML does not allow."""
    if match := _FORBIDDEN.search(script):
        line, column = _end(script[: match.start()])
        text = f"has the invisible character U+{ord(match.group()):04X}; delete it"
        raise ScriptError([Problem(Position(name, line, column), text)])


def lines_of(text: str) -> list[str]:
    """The lines of a text as editors and YAML count them: they end with a line feed, a carriage return, or both.

    ``str.splitlines`` knows more ends, such as U+2028, and would count other lines.
    """
    return re.split("\r\n|\r|\n", text)


def _end(before: str) -> tuple[int, int]:
    """Line and column after a text, counted from 1."""
    *whole, last = lines_of(before)
    return len(whole) + 1, len(last) + 1
