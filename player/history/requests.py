"""Converts a request to JSON for the diary, and back.

The conversion uses the fields of `SessionRequest`, so that new fields are kept, too. Only fields that differ from the
default are written, so that versions with more or fewer fields can read it. A field whose value is of another kind, as
after an edit by hand, is left out. Files have absolute paths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from types import UnionType
from typing import TYPE_CHECKING, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from player.storage.folders import expanded
from player.units import HIGHEST_LEVEL_DB, LOWEST_LEVEL_DB

if TYPE_CHECKING:
    from player.pipeline import SessionRequest
    from player.storage.entry import JSON

TURN: Final = "turn"
"""Beside the fields of a programme's request: what was chosen for the session in which it was stopped."""

NUMBER: Final = "number"
"""Beside the fields of a session's request, where it was heard in a programme: its number there, counted from 1."""


_LEVELS: Final = {"bed_db", "tones_db"}
_MOST: Final = 1e300
"""Anything below can be a float. NaN and infinity are not below it."""


def key_of(called: str) -> str:
    """The key of a session or programme in the diary: a bundled one's name, or the absolute path of the user's own.

    The key of a session without a file is its name.
    """
    return _home(called).encode("utf-8", "backslashreplace").decode()  # file systems know names that no text can hold


def key(request: SessionRequest) -> str:
    """The key of a request's session or programme."""
    return request.session if request.script is not None else key_of(request.session)


def as_json(request: SessionRequest) -> dict[str, JSON]:
    """A request as JSON, with absolute paths."""
    return {name: _plain(value) for name, value in _said(_at_home(request)).items()}


def of_turn(request: SessionRequest) -> dict[str, JSON]:
    """What was chosen for one session of a programme, to stand beside the request of the programme."""
    chosen: dict[str, JSON] = {"intro": request.intro, "seed": request.seed}
    return {TURN: chosen} if any(each is not None for each in chosen.values()) else {}


def as_request(asked: Mapping[str, JSON], given: SessionRequest) -> SessionRequest:
    """The request from JSON, with the options that are given now.

    Parameters
    ----------
    given
        A request whose options replace the recorded ones, except its session. Parameters of the script are replaced one
        by one.
    """
    then = understood(asked, type(given))
    both = {name: _joined(then.get(name), value) for name, value in _said(given).items() if name != "session"}
    return type(given)(**{"session": "", **then, **both})


def understood(asked: object, kind: type[SessionRequest]) -> dict[str, Any]:
    """The fields of a request in what was read, whatever that is: those that have a value of their kind."""
    kinds = get_type_hints(kind)
    read = {name: _frozen(value) for name, value in asked.items()} if isinstance(asked, Mapping) else {}
    return {
        name: value
        for name, value in read.items()
        if name in kinds and _is_of(value, kinds[name]) and (name not in _LEVELS or _is_level(value))
    }


def _is_level(value: Any) -> bool:  # noqa: ANN401 (what JSON can hold)
    """Nobody is to be woken by what a damaged file says."""
    return value is None or LOWEST_LEVEL_DB <= value <= HIGHEST_LEVEL_DB


def _is_of(value: Any, kind: Any) -> bool:  # noqa: ANN401 (any value, and an annotation can be anything)
    origin, inner = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        return any(_is_of(value, each) for each in inner)
    if origin is Literal:
        return isinstance(value, str) and value in inner
    if origin is tuple:
        return isinstance(value, tuple) and all(_is_of(each, inner[0]) for each in value)
    if origin is Mapping:
        return isinstance(value, Mapping) and all(_is_of(each, inner[1]) for each in value.values())
    if kind in {int, float}:
        return type(value) in {int, kind} and abs(value) < _MOST
    return type(value) is kind


def _said(request: SessionRequest) -> dict[str, Any]:
    """The fields that differ from a default request."""
    bare = type(request)("")
    said = {each.name: getattr(request, each.name) for each in fields(request)}
    return {name: value for name, value in said.items() if value != getattr(bare, name)}


def _at_home(request: SessionRequest) -> SessionRequest:
    if request.background is not None and expanded(request.background).is_file():
        request = replace(request, background=str(expanded(request.background).absolute()))
    if request.takes is not None:
        request = replace(request, takes=str(expanded(request.takes).absolute()))
    return request if request.script is not None else replace(request, session=_home(request.session))


def _home(called: str) -> str:
    from player.script import library  # noqa: PLC0415 (YAML: 10 ms, after the loudspeaker)

    return library.identity(called)


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
