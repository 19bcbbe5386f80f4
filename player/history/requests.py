"""What a user asked for, as the diary keeps it: a request as JSON, and a request again.

The rule: it goes by the fields of `SessionRequest` alone, so that whatever a request can say is kept, and only what
differs from a bare one is written down: a version with more or fewer fields reads it too. Files are named by absolute
paths.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from player.errors import PlayerError

if TYPE_CHECKING:
    from player.pipeline import SessionRequest
    from player.storage.entry import JSON


def key_of(called: str) -> str:
    """What a session or programme is remembered by: the name of a bundled one, the absolute path of an own one.

    What has no file is remembered by what it is called.
    """
    return _home(called).encode("utf-8", "backslashreplace").decode()  # file systems know names that no text can hold


def key(request: SessionRequest) -> str:
    """What the session or programme of a request is remembered by."""
    return request.session if request.script is not None else key_of(request.session)


def as_json(request: SessionRequest) -> dict[str, JSON]:
    """All that a request says, with its files named so that they are found from any folder."""
    return {name: _plain(value) for name, value in _said(_at_home(request)).items()}


def as_request(asked: Mapping[str, JSON], given: SessionRequest | None = None) -> SessionRequest:
    """The request that was written down, with what is given now instead of what was asked then.

    Parameters
    ----------
    given
        What is asked for now; a parameter of the script is a thing by itself. Its session is left aside.
    """
    from player.pipeline import SessionRequest  # noqa: PLC0415 (see the package's rule)

    known = {each.name for each in fields(SessionRequest)}
    then: dict[str, Any] = {name: _frozen(value) for name, value in asked.items() if name in known}
    now = {} if given is None else _said(given)
    both = {name: _joined(then.get(name), value) for name, value in now.items() if name != "session"}
    return SessionRequest(**{"session": "", **then, **both})


def _said(request: SessionRequest) -> dict[str, Any]:
    """The fields in which it differs from a bare request."""
    bare = type(request)("")
    said = {each.name: getattr(request, each.name) for each in fields(request)}
    return {name: value for name, value in said.items() if value != getattr(bare, name)}


def _at_home(request: SessionRequest) -> SessionRequest:
    if request.background is not None and Path(request.background).expanduser().is_file():
        request = replace(request, background=str(Path(request.background).expanduser().absolute()))
    if request.takes is not None:
        request = replace(request, takes=str(Path(request.takes).expanduser().absolute()))
    return request if request.script is not None else replace(request, session=_home(request.session))


def _home(called: str) -> str:
    from player.script import library  # noqa: PLC0415 (see the package's rule)

    try:
        source = library.programme(called) or library.find(called)
    except PlayerError:
        return called
    # Not resolved: a script that is a link reaches what lies beside the link.
    return os.path.abspath(source.path) if source.own else source.name  # noqa: PTH100 (as the line above says)


def _joined(then: object, now: object) -> object:
    return {**then, **now} if isinstance(then, Mapping) and isinstance(now, Mapping) else now


def _plain(value: object) -> Any:  # noqa: ANN401 (what JSON can hold)
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return value


def _frozen(value: object) -> object:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
