"""The command ``settings``: shows and changes what the listener chose for good."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, NamedTuple

import click

from player import pipeline
from player.cli import _complete
from player.cli._option import option
from player.cli._options import as_json
from player.cli._tables import print_path, table
from player.errors import UsageError, printable
from player.pipeline import catalogue, opening
from player.script import languages, library, regions
from player.settings import location, reading, writing
from player.settings.keys import BY_NAME, KEYS, as_text, named
from player.storage.folders import expanded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from player.settings.reading import Settings

_VARIABLES = {"language": pipeline.language.VARIABLE, "region": pipeline.region.VARIABLE}
"""Variables that come before the key."""


# A level such as -26 is no option.
@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("key", required=False, shell_complete=_complete.setting)
@click.argument("value", required=False, shell_complete=_complete.setting_value)
@option(
    "--session",
    metavar="SESSION",
    shell_complete=_complete.sessions,
    help="What holds for this session alone, before what holds for all.",
)
@option("--unset", is_flag=True, help="Leave KEY out again; with --session and no KEY, all of that session.")
@option("--path", "path_only", is_flag=True, help="Print where the file is.")
@as_json
def settings(
    *, key: str | None, value: str | None, session: str | None, unset: bool, path_only: bool, as_json: bool
) -> None:
    """Show what you chose for good, or set KEY to VALUE.

    \b
    player settings                     every key, its value and where it is from
    player settings voice heart         set one
    player settings voice               print one
    player settings --unset voice       leave it out again
    player settings --session pmr-7 bed -30
    """  # noqa: D301 (Click wants the character itself, not its escape)
    _must_fit(value, unset=unset, path_only=path_only, key=key)
    name = None if session is None else _session(session, is_there=not unset)
    if path_only:
        return print_path(location.path())
    if unset:
        return _unset(key, name)
    if key is not None and value is not None:
        kept = _checked(key, value, in_session=name is not None)
        path = writing.set_value(key, kept, name)
        became = f" as {printable(kept)}" if kept != value.strip() else ""
        return click.echo(f"{key} is kept{became} in {printable(str(path))}", err=True)
    found = reading.read()
    if key is not None:
        return _print_one(key, found, name)
    if as_json:
        return click.echo(json.dumps(_as_json(found, name), indent=2, ensure_ascii=False))
    return _show(found, name)


def _must_fit(value: str | None, key: str | None, *, unset: bool, path_only: bool) -> None:
    if path_only and (key is not None or unset):
        raise click.UsageError("--path prints where the file is, and nothing else; leave the rest out")
    if unset and value is not None:
        raise click.UsageError(f"--unset leaves {key} out, and {value!r} would set it; take one of them")


def _session(called: str, *, is_there: bool) -> str:
    """The name of a session or programme in the listener's language; with ``is_there``, it must be one."""
    try:
        name = pipeline.language.session(called)
    except UsageError:  # the settings have a mistake, which this may take out
        name = called
    if is_there and library.programme(name) is None:
        library.find(name)
    return library.identity(name)


def _checked(key: str, text: str, *, in_session: bool) -> str:
    """The text to be kept: what a key's own form cannot tell is looked up on this machine, as for the option."""
    text = as_text(writing.checked(key, text, in_session=in_session))
    if key == "voice":
        catalogue.voice(pipeline.this_machine(), text)
    elif key == "language":
        return languages.named(text, key)
    elif key == "region":
        return regions.named(text, key)
    elif key == "background" and text != "none":
        opening.users_own_sound(text)
        return _absolute(text) if expanded(text).is_file() else text
    elif key == "output":
        if not expanded(text).is_dir():
            is_there = os.path.lexists(expanded(text))
            remedy = "is a file; name a folder" if is_there else "is not there; make it first"
            raise UsageError(f"output must be a folder, and {printable(text)} {remedy}")
        return _absolute(text)
    return text


def _absolute(text: str) -> str:
    return str(expanded(text).absolute())


def _unset(key: str | None, session: str | None) -> None:
    if key is None and session is None:
        raise click.UsageError("name the key to leave out, such as `player settings --unset voice`")
    if key is None:
        done = writing.forget(str(session))
        told = "nothing is kept any more" if done else "nothing was kept"
        return click.echo(f"{printable(str(session))}: {told}", err=True)
    done = writing.unset(key, session)
    if not done:
        _named(key, session)  # a key that is there although it is none may be left out, too
    return click.echo(f"{key} is left out" if done else f"{key} was not set", err=True)


class _SettingRow(NamedTuple):
    key: str
    value: str
    origin: str
    about: str


def _rows(found: Settings | None, session: str | None) -> list[_SettingRow]:
    """A row for each key; of a session, only those that it may have."""
    general = found.general if found else {}
    own = found.of_session(session) if found and session else {}
    rows = []
    for key in (each for each in KEYS if each.for_session or session is None):
        variable = _VARIABLES.get(key.name, "")
        if variable and os.environ.get(variable):
            row = _SettingRow(key.name, os.environ[variable], variable, key.about)
        elif key.name in own:
            row = _SettingRow(key.name, own[key.name], "your settings for it", key.about)
        elif key.name in general:
            row = _SettingRow(key.name, general[key.name], "your settings", key.about)
        else:
            row = _SettingRow(key.name, "", key.otherwise, key.about)
        rows.append(row)
    return rows


def _print_one(key: str, found: Settings, session: str | None) -> None:
    _named(key, session)
    (row,) = (each for each in _rows(found, session) if each.key == key)
    if not row.value:
        click.echo(f"{key} is not set; what holds is: {row.origin}", err=True)
        raise click.exceptions.Exit(1)
    print_path(row.value)  # which it may be


def _named(key: str, session: str | None) -> None:
    try:
        named(key, in_session=session is not None)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _show(found: Settings, session: str | None) -> None:
    rows = [row._replace(value=row.value or "-") for row in _rows(found, session)]
    table([("key", "value", "from", ""), *rows])
    if session is None and found.sessions:
        click.echo()
        told = {name: ", ".join(map(" ".join, own.items())) for name, own in found.sessions.items()}
        table(told.items())


def _as_json(found: Settings, session: str | None) -> Mapping[str, object]:
    rows = {row.key: {"value": _json_value(row), "from": row.origin} for row in _rows(found, session)}
    sessions = {} if session is not None else {"sessions": found.sessions}
    return {"path": str(found.path), "settings": rows, **sessions}


def _json_value(row: _SettingRow) -> object:
    return BY_NAME[row.key].kind.parse(row.value) if row.value else None


COMMANDS = (settings,)
