"""Characters that look like YAML's own signs and are letters to it, such as those of word processors and web pages.

The rule: only a script that has problems is searched, as all of these are allowed in a text. Each is told at its place,
by its name, and with the key to press. A line may be as long as a script: no pattern here may take more than a time
that grows with the length of the line (tests/script/yaml/test_look_alikes.py).
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from player.errors import Position, Problem, ScriptError
from player.script.yaml import encoding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_SPACES: Final = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_UNSEEN: Final = "\u200b\u2060\u00ad"
_KEY: Final = r"[\"']?[\w$-]{1,64}[\"']?"
_STRUCTURE: Final = (
    (re.compile(rf" *(?:- *)*([{_SPACES}])[ {_SPACES}-]{{0,64}}{_KEY}\s*:"), "press the space bar alone"),
    (re.compile(rf" *(?:- +)*{_KEY} *:([{_SPACES}])"), "press the space bar alone"),
    (re.compile(rf" *(?:- +)*{_KEY}([{_SPACES}])[\w-]*:(?:\s|$)"), "press the space bar alone"),
    (re.compile(rf" *(?:- +)*{_KEY}(：)"), "type a colon and a space, with the keyboard set to Latin letters"),
    (re.compile(rf" *([–—−‐‑•‣·●▪○*]) *{_KEY}:(?:\s|$)"), "type a hyphen (-) and a space"),
    (re.compile(rf" *(?:- +)*(?:{_KEY})?([{_UNSEEN}])\S*:(?:\s|$)"), "delete it"),
)
"""What stands where a sign of YAML must, and what to do; the group is the character."""
_IN_VALUES: Final = (
    (re.compile(r"[:,{\[-] *([“”„‟‘’‚«])"), 'type straight quotes (")'),
    (re.compile(r"[:,{\[] *([−–—])\d"), "type a hyphen (-)"),
    (re.compile(r"^[^{\[]*[{\[].*?([，、；：｛｝［］])"), "type the sign with the keyboard set to Latin letters"),
)
"""The same in a line that has a problem: elsewhere these may be right."""
_BLOCK: Final = re.compile(r".*[:-] [>|][+-]?\d?[+-]? *(?:#.*)?")


@contextlib.contextmanager
def explaining(script: str | bytes, name: str) -> Iterator[None]:
    """The problems that come from look-alikes in a script are told as those.

    Where a line is not what it looks like, most other problems follow from it: these come alone. A problem in a line
    with another look-alike is told as that.
    """
    try:
        yield
    except ScriptError as error:
        text = script if isinstance(script, str) else script.decode("utf-8-sig", "replace")
        lines = encoding.lines_of(text)
        found = [*_of_structure(lines, name)] or _of_values(error.problems, lines, name)
        raise ScriptError(found, error.rest) from error


def _of_structure(lines: Sequence[str], name: str) -> Iterator[Problem]:
    deeper_than = -1  # the indentation of a key whose text has lines of its own; -1 outside of such a text
    for number, line in enumerate(lines, start=1):
        indent = len(line) - len(line.lstrip(" "))
        if deeper_than >= 0 and (indent > deeper_than or not line.strip()):
            continue
        block = _BLOCK.fullmatch(line)
        deeper_than = indent if block else -1
        for pattern, remedy in _STRUCTURE:
            if match := pattern.match(line):
                yield _problem(Position(name, number, match.end(1)), match[1], remedy)
                break


def _of_values(problems: Iterable[Problem], lines: Sequence[str], name: str) -> list[Problem]:
    """The problems, those in a line with a look-alike as that; each line is searched once, however many it has."""
    found: dict[Position, Problem | None] = {}
    told: list[Problem] = []
    for problem in problems:
        line = replace(problem.at, column=1)
        if line not in found:
            is_here = line.path == name and line.line <= len(lines)
            found[line] = _of_value(line, lines[line.line - 1]) if is_here else None
        told.append(found[line] or problem)
    return told


def _of_value(at: Position, line: str) -> Problem | None:
    for pattern, remedy in _IN_VALUES:
        if match := pattern.search(line):
            return _problem(replace(at, column=match.end(1)), match[1], remedy)
    return None


def _problem(at: Position, char: str, remedy: str) -> Problem:
    seen = f"{char} " if char.isprintable() and not char.isspace() else ""
    name = f"{seen}(U+{ord(char):04X}, {unicodedata.name(char, 'no name').lower()})"
    return Problem(at, f"the character {name} looks like another sign, and is none of YAML's; {remedy}")
