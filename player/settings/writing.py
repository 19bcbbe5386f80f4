"""Changes the listener's settings. The one module that writes TOML; comments and order of the file stay.

The rule: the file is written whole or not at all. It need not be right otherwise: a wrong value can be taken out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import tomlkit
from tomlkit.exceptions import TOMLKitError

from player.errors import OutputError, UsageError
from player.script import library
from player.settings import location, reading
from player.settings.keys import Value, as_text, named
from player.settings.reading import SESSION
from player.storage.atomic import write_all
from player.storage.failures import sentences
from player.storage.folders import make_private

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tomlkit import TOMLDocument

_FIRST_LINE: Final = "What you chose for all sessions, and for single ones: `player settings` shows and changes it."


def remember(session: str, chosen: Mapping[str, Value]) -> Path:
    """Keep what was chosen for a session, beside what was kept for it before; the file.

    Parameters
    ----------
    session
        Its name or path, in the listener's language where it has a translation.
    chosen
        Values by key, such as ``{"bed": -26, "guide": "words,tones"}``: keys that `keys.named` has for a session.

    Raises
    ------
    UsageError
        If there is no such key, its value is wrong, or the file is no TOML.
    OutputError
        If the file cannot be written.
    """
    values = {name: checked(name, as_text(value), in_session=True) for name, value in chosen.items()}
    return _change(values, library.identity(session))


def set_value(name: str, text: str, session: str | None = None) -> Path:
    """Set a key, in general or for one session; raises as `remember`."""
    return _change({name: checked(name, text, in_session=session is not None)}, session and library.identity(session))


def checked(name: str, text: str, *, in_session: bool = False) -> Value:
    """The value of a typed text.

    Raises
    ------
    UsageError
        If there is no such key, or it may not be that.
    """
    try:
        key = named(name, in_session=in_session)
    except ValueError as error:
        raise UsageError(str(error)) from None
    try:
        value = key.kind.parse(text)
    except ValueError as error:
        raise UsageError(f"{name} {error}") from None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, str | int | float) else text


def unset(name: str, session: str | None = None) -> bool:
    """Take a key out, in general or of one session; whether it was there. Raises as `remember`."""
    document, path = _document()
    table = document if session is None else _table_of(document, library.identity(session))
    if table is None or name not in table:
        return False
    del table[name]
    if session is not None and not table:
        _drop(document, library.identity(session))
    _write(document, path)
    return True


def forget(session: str) -> bool:
    """Take out all that is kept for a session; whether there was anything. Raises as `remember`."""
    document, path = _document()
    name = library.identity(session)
    if _table_of(document, name) is None:
        return False
    _drop(document, name)
    _write(document, path)
    return True


def _change(values: Mapping[str, Value], session: str | None) -> Path:
    document, path = _document()
    table = document if session is None else _table_of(document, session)
    if table is None:
        parent = document.setdefault(SESSION, tomlkit.table(is_super_table=True))
        parent[session] = table = tomlkit.table()
    for name, value in values.items():
        table[name] = value
    _write(document, path)
    return path


def _table_of(document: TOMLDocument, session: str) -> Any:  # noqa: ANN401 (tomlkit's own, which is no class of one kind)
    """The table of a session, under any of its names; None if there is none."""
    return next((table for name, table in _sessions(document).items() if library.identity(name) == session), None)


def _drop(document: TOMLDocument, session: str) -> None:
    """Take out the table of a session, and the last one with what holds them all."""
    sessions = _sessions(document)
    for name in [name for name in sessions if library.identity(name) == session]:
        del sessions[name]
    if not sessions:
        del document[SESSION]


def _sessions(document: TOMLDocument) -> Any:  # noqa: ANN401 (as above)
    found = document.get(SESSION, {})
    return found if hasattr(found, "items") and all(hasattr(each, "items") for each in found.values()) else {}


def _document() -> tuple[TOMLDocument, Path]:
    """The file as it is, or one with a line that says what it is for; and its path."""
    path = location.path()
    if path.exists():
        text = reading.text_of(path)
        try:
            return tomlkit.parse(text), path
        except TOMLKitError:
            reading.document_of(path, text)  # tells the place in our own words
            raise
        except RecursionError:
            raise reading.too_deep(path) from None
    document = tomlkit.document()
    document.add(tomlkit.comment(_FIRST_LINE))
    document.add(tomlkit.nl())
    return document, path


def _write(document: TOMLDocument, path: Path) -> None:
    try:
        with sentences(OutputError, "write", path):
            make_private(path.parent)
        write_all({path: tomlkit.dumps(document).encode()}, force=True)
    except OutputError as error:
        raise OutputError(f"{error} with {location.VARIABLE}") from None
