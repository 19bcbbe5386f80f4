"""Programmes: an ordered list of sessions in parts, each part one sitting.

The rule: a programme holds sessions by their names and nothing that sounds by itself; every value keeps its place, so
that what is wrong with a session that it names is told in the programme's own line. It finds sessions, and knows
nothing of what is in them but the parameters that they leave open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 (hints are read when a programme is bound)
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, cast

from player.errors import Position, ScriptError
from player.script import library, reach
from player.script.credits import Credits
from player.script.yaml import look_alikes, reader
from player.script.yaml.binding import WRONG, Binder
from player.script.yaml.nodes import Mapping as Nodes
from player.script.yaml.scalar_types import shown
from player.script.yaml.suggestions import did_you_mean
from player.script.yaml.type_shapes import Record, enumerated
from player.script.yaml.types import NOT_WRITTEN, FieldError, Identifier, ListRule, Name, OneOrMore, Text, Year

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from player.script.yaml.params import Parameter


MOST_SESSIONS: Final = 1000
"""Two sittings a day for a year are 730; each may be planned anew, for other values of its parameters."""


@dataclass(frozen=True)
class ProgrammeEntry:
    """A session of a part; a bare value is its name.

    Attributes
    ----------
    session
        The name of a session, or of a script beside the programme.
    params
        What the session's parameters stand for here.
    before
        What the listener has to do before it begins; playing waits until it is done.
    """

    example: ClassVar[str] = "{session: pmr-7, before: Lie down.}"
    shorthand: ClassVar[str] = "session"

    session: Name
    params: Mapping[Identifier, Text] = field(default_factory=dict)
    before: Text = ""


@dataclass(frozen=True)
class Part:
    """What belongs to one sitting: a day, a week's exercise, an evening.

    Attributes
    ----------
    about
        What to know before it; shown, and not spoken.
    """

    example: ClassVar[str] = "{title: Day 1, sessions: pmr-7}"

    title: Name
    sessions: OneOrMore[ProgrammeEntry]
    about: Text = ""


@dataclass(frozen=True)
class Programme:
    """A programme as its author writes it: ``parts``, or ``sessions`` alone where there is only one sitting.

    Attributes
    ----------
    parts
        The sittings in their order.
    sessions
        The sessions of a programme of one sitting, in their order.
    author, album, year, license
        What exported files of its sessions carry where these do not say it themselves; ``album`` in place of its title.
    path
        What problems call it.
    places
        Where its values stand, such as ``parts.0.sessions.1.session``.
    """

    title: Name
    summary: Text = ""
    parts: Annotated[tuple[Part, ...], ListRule(least=1)] = ()
    sessions: OneOrMore[ProgrammeEntry] = ()
    author: Name | None = None
    album: Name | None = None
    year: Year | None = None
    license: Name | None = None
    path: str = field(default="", metadata=NOT_WRITTEN)
    places: Mapping[str, Position] = field(default_factory=dict, metadata=NOT_WRITTEN, compare=False)

    def __post_init__(self) -> None:
        """Either form, and not both: the order of sessions beside parts would be anybody's guess."""
        if self.parts and self.sessions:
            raise FieldError("sessions", "cannot stand beside parts; put them into one of the parts")
        if not self.parts and not self.sessions:
            raise ValueError("must have sessions, or parts with sessions in them")
        if (count := sum(len(each.sessions) for each in self.all_parts)) > MOST_SESSIONS:
            raise ValueError(f"must have at most {MOST_SESSIONS} sessions, not {count}; split it into two")

    @property
    def credits(self) -> Credits:
        """What the files of its sessions say of it."""
        return Credits(self.author, self.album, self.year, self.license)

    @property
    def all_parts(self) -> tuple[Part, ...]:
        """The parts in either form: sessions alone are one part, with the programme's own title."""
        return self.parts or (Part(self.title, self.sessions),)

    def where(self, part: int, entry: int, key: str = "session") -> Position:
        """Where a value of an entry stands, or else the entry itself; both numbers begin at 0."""
        inside = f"parts.{part}.sessions" if self.parts else "sessions"
        tried = (f"{inside}.{entry}.{key}", f"{inside}.{key}", f"{inside}.{entry}", inside)
        return next(self.places[each] for each in tried if each in self.places)


_HINT = re.compile(r"""^["']?(?:parts|sessions)["']?\s*:|^\s*\{""", re.MULTILINE)
"""Without this no text is a programme; so that sessions, which are many, need not be read to find that out."""


def is_programme(text: str) -> bool:
    """Whether it is meant as a programme: it has parts or sessions at its top level, and no steps."""
    if not _HINT.search(text):
        return False
    try:
        root, _ = reader.compose(text, "", exact=False)
    except ScriptError:  # reading it as a session finds the same problems
        return False
    keys = {key.text for key, _ in root.pairs} if isinstance(root, Nodes) else set()
    return bool(keys & {"parts", "sessions"}) and "steps" not in keys


def parse(text: str | bytes, name: str) -> Programme:
    """A text as a programme; ``name`` is what problems call it.

    Raises
    ------
    ScriptError
        With every problem of its form.
    """
    with look_alikes.explaining(text, name):
        return _read(text, name)


def _read(text: str | bytes, name: str) -> Programme:
    root, problems = reader.compose(text, name)
    binder = Binder({}, None, problems)
    programme: object = WRONG
    if isinstance(root, Nodes):
        given = {"path": name, "places": MappingProxyType(binder.places)}
        programme = binder.record(root, Record(Programme), "the programme", "", given)
    else:
        binder.wrong(root.at, "a programme must be keys and values: a 'title:', and 'parts:' or 'sessions:'")
    if binder.problems:
        raise ScriptError(binder.problems)
    return cast("Programme", programme)


@dataclass(frozen=True)
class FoundSession:
    """The session that an entry means.

    Attributes
    ----------
    name
        Without folder and ending.
    call
        What `library.find` finds it by: its name, or the path of a script beside the programme.
    """

    name: str
    call: str


def find_session(name: str, near: Path | None) -> FoundSession:
    """The session that an entry means by a name: beside the programme, or else one that has a name everywhere.

    Parameters
    ----------
    near
        The programme's folder; None for a programme that is itself found by name.

    Raises
    ------
    ValueError
        If there is none, with a sentence.
    UsageError, ScriptError
        If its file cannot be read.
    """
    source, call = None, name
    if near is not None and (source := library.beside(name, near)):
        call = str(source.path)
    names = library.session_names()
    if source is None and name in names:
        source = library.find(name)
    if is_programme(source.text) if source else library.programme(name):
        raise ValueError(f"{shown(name)} is itself a programme; name its sessions instead")
    if source is None and near is not None and reach.leads_out(name, near):
        raise ValueError(f"{shown(name)} {reach.A_LINK_OUT} the programme's folder; put the file itself beside it")
    if source is None:
        hint = did_you_mean(name, [*(library.names_beside(near) if near else ()), *names])
        raise ValueError(f"there is no session {shown(name)}; {hint or '`player list` shows them'}")
    return FoundSession(source.name, call)


def misfits(entry: ProgrammeEntry, params: Mapping[str, Parameter]) -> Iterator[tuple[str, str]]:
    """What is wrong with the values of an entry, given what its session leaves open: the parameter, and a sentence."""
    there = f"it has {enumerated([*params])}" if params else "it has none"
    for word, value in entry.params.items():
        if word not in params:
            text = f"{shown(entry.session)} has no parameter {shown(word)}; {did_you_mean(word, params) or there}"
            yield word, text
            continue
        try:
            params[word].check(value)
        except ValueError as error:
            yield word, f"{word} {error}"
