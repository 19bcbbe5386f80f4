"""Reads the listener's settings. The one module that reads TOML.

The rule: nothing of a file with a mistake is used, and every mistake is told with its line.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from player.errors import UsageError, printable
from player.script import library
from player.settings import location
from player.settings.keys import as_text, named

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from pathlib import Path

SESSION: Final = "session"
"""The table of the sessions that have settings of their own."""
_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_HEADING: Final = re.compile(r"\s*\[(.*)\]\s*(?:#.*)?")
_AT: Final = re.compile(r"(.*) \(at line (\d+), column (\d+)\)")


@dataclass(frozen=True)
class Settings:
    """What the listener chose, each value as it is typed behind an option.

    Attributes
    ----------
    path
        The file.
    general
        Values by key, for all sessions.
    sessions
        The same for single sessions, by their names or paths.
    """

    path: Path
    general: Mapping[str, str] = field(default_factory=dict)
    sessions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of_session(self, name: str) -> Mapping[str, str]:
        """What is kept for a session alone, under any of its names."""
        if not self.sessions:
            return _NONE
        known = library.identity(name)
        return next((each for called, each in self.sessions.items() if library.identity(called) == known), _NONE)


def read(path: Path | None = None) -> Settings:
    """The settings in a file, or in that of the listener; a file that is not there has none.

    Raises
    ------
    UsageError
        If it cannot be read, or something in it is wrong.
    """
    where = path or location.path()
    return _parsed(where, text_of(where)) if where.exists() else Settings(where)


def text_of(path: Path) -> str:
    """The text of the file; raises as `read`. No pipe is waited for, and no device read but the one of nothing."""
    if path.exists() and not (path.is_file() or path.is_dir() or str(path) == os.devnull):
        remedy = f"set {location.VARIABLE} to another file"
        raise UsageError(f"the settings {printable(str(path))} are no ordinary file; {remedy}")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{printable(str(path))} is not UTF-8; save it as UTF-8") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(
            f"the settings {printable(str(path))} cannot be read: {reason}; mend that, or set "
            f"{location.VARIABLE} to another file"
        ) from error


def document_of(path: Path, text: str) -> dict[str, Any]:
    """What the text of the file says; raises as `read`."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(_syntax(path, str(error))) from None
    except RecursionError:
        raise too_deep(path) from None


def too_deep(path: Path) -> UsageError:
    """The error for brackets in brackets that no reader of TOML goes into."""
    return UsageError(
        f"{printable(str(path))}: brackets stand too deep in brackets; a setting is one value, so leave them out"
    )


@cache
def _parsed(path: Path, text: str) -> Settings:
    """The settings of a file; commands that ask twice read it once."""
    document = document_of(path, text)
    problems: list[tuple[int, str]] = []
    tables = document.pop(SESSION, {})
    if not _are_tables(tables):
        problems.append((_line(text, (), SESSION), 'session must be tables such as [session."box-breathing"]'))
        tables = {}
    general = _values(document, text, (), problems)
    sessions = {name: _values(table, text, (name,), problems) for name, table in tables.items()}
    if problems:
        raise UsageError("\n".join(_sentence(path, line, problem) for line, problem in sorted(problems)))
    return Settings(path, general, sessions)


def _are_tables(found: object) -> bool:
    return isinstance(found, Mapping) and all(isinstance(each, Mapping) for each in found.values())


def _values(
    table: Mapping[str, Any], text: str, session: tuple[str, ...], problems: list[tuple[int, str]]
) -> Mapping[str, str]:
    """The values of a table as texts; what is wrong with others goes to the problems, with its line."""
    found: dict[str, str] = {}
    for name, value in table.items():
        try:
            found[name] = _checked(name, value, session)
        except ValueError as error:
            problems.append((_line(text, session, name), str(error)))
    return found


def _checked(name: str, value: object, session: tuple[str, ...]) -> str:
    key = named(name, in_session=bool(session))
    command = shlex.join(["player", "settings", *(("--session", *session) if session else ()), "--unset", name])
    remedy = f"change it, or leave it out by `{command}`"
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{name} must be {key.kind.about}; {remedy}")  # noqa: TRY004 (told beside wrong values)
    try:
        parsed = key.kind.parse(as_text(value))
    except ValueError as error:
        raise ValueError(f"{name} {error}; {remedy}") from None
    return as_text(parsed) if isinstance(parsed, str | int | float) else as_text(value)


def _line(text: str, session: tuple[str, ...], name: str) -> int:
    """The number of the line on which a key stands; 0 where it is not found, as in a table on one line."""
    inside = not session
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if heading := _HEADING.fullmatch(line):
            if not session and heading[1].strip() == name:
                return number
            inside = bool(session) and heading[1].strip().partition(".")[2].strip(" \"'") == session[0]
        elif inside and re.match(rf"\s*[\"']?{re.escape(name)}[\"']?\s*[=.]", line):
            return number
    return 0


def _sentence(path: Path, line: int, problem: str) -> str:
    return f"{printable(str(path))}{f':{line}' if line else ''}: {printable(problem)}"


def _syntax(path: Path, told: str) -> str:
    """The mistake of a file that is no TOML."""
    match = _AT.fullmatch(told)
    what, place = (match[1], f":{match[2]}:{match[3]}") if match else (told, "")
    remedy = 'write a key, = and a value, with texts in quotes, such as voice = "heart"'
    return f"{printable(str(path))}{place}: {what[:1].lower()}{printable(what[1:])}; {remedy}"
