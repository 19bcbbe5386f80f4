"""Planning of programmes: each session is found and planned, so that all problems are known before a sound is made.

The rule: each session of a programme is a `SessionRequest` of its own. Only `check` speaks. Nothing here prints or
plays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from player import pipeline
from player.errors import Problem, ScriptError, UsageError
from player.pipeline import RequestedSession, as_requested, media
from player.pipeline.turns import PlannedProgramme, ProgrammePart, Turn
from player.script import library, programme
from player.script.yaml.scalar_types import shown
from player.script.yaml.suggestions import did_you_mean
from player.script.yaml.type_shapes import enumerated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from player.errors import Cause, Position
    from player.pipeline import Machine, Progress, SessionRequest
    from player.script.library import Source
    from player.script.programme import FoundSession, Programme, ProgrammeEntry
    from player.script.yaml.params import Parameter

MOST_PROBLEMS: Final = 100
"""After so many, no more sessions are looked for: for each that is not there, whole folders are read."""

T = TypeVar("T")
Adaptation = Callable[[RequestedSession], RequestedSession]
"""Adapts a session to its listener, such as by the short introduction for whoever has heard it."""


def itself(requested: RequestedSession) -> RequestedSession:
    """A session as it was asked for."""
    return requested


def find(asked: SessionRequest | RequestedSession) -> Source | None:
    """The programme that is asked for; None where it is a session.

    Raises
    ------
    UsageError
        If there is neither, or it cannot be read.
    ScriptError
        If it is not UTF-8.
    """
    requested = as_requested(asked)
    if requested.request.script is not None:
        return None
    if source := library.programme(requested.request.session):
        return source
    return requested.source if programme.is_programme(requested.source.text) else None


def planned(
    asked: SessionRequest | RequestedSession, part: int | None = None, adapted: Adaptation = itself
) -> PlannedProgramme | None:
    """The programme of a request, every session of it found and planned; None where a session is asked for.

    The request's voice, rate and background hold for every session, its parameters for those that have them. The time
    for which the background outlives a programme is added to its last session.

    Parameters
    ----------
    part
        Only this one, counted from 1.
    adapted
        Adapts each of its sessions to the listener.

    Raises
    ------
    ScriptError
        With every problem of the programme, and of the scripts of its sessions as far as no speech is needed.
    UsageError
        If there is nothing of that name, no such part, a parameter that no session has, or an option for one session.
    """
    requested = as_requested(asked)
    request, source, name = requested.request, find(requested), shown(requested.request.session)
    if source is None:
        if part is not None:
            raise UsageError(f"--part is for programmes, and {name} is a session; leave it out")
        return None
    for option, given in (("--length", request.length_ms), ("--skip", request.skip)):
        if given:
            raise UsageError(f"{option} is for one session, and {name} is a programme; name one of its sessions")
    by_name = library.programme(request.session) is not None
    written = programme.parse(source.text, str(source.path))
    if part is not None and part > len(written.all_parts):
        has = "only one part" if len(written.all_parts) == 1 else f"parts 1 to {len(written.all_parts)}"
        raise UsageError(f"{name} has {has}, so there is no part {part}")
    near = None if by_name else source.path.parent
    planner = _ProgrammePlanner(replace(request, outlive_ms=None), written, near, adapted)
    return _with_outlive(planner.plan(part), request.outlive_ms)


def _with_outlive(plan: PlannedProgramme, by_ms: int | None) -> PlannedProgramme:
    """The plan with a background that goes on after the last of its sessions."""
    if by_ms is None:
        return plan
    *before, last = plan.parts
    requested = last.turns[-1].requested.lasting(None, by_ms)
    _ = requested.parts  # raises what is wrong with it
    turn = replace(last.turns[-1], requested=requested, length_ms=last.turns[-1].length_ms + by_ms)
    return replace(plan, parts=(*before, replace(last, turns=(*last.turns[:-1], turn))))


def alone(asked: SessionRequest | RequestedSession) -> Turn:
    """A session by itself, as if it were a programme of one."""
    requested = as_requested(asked)
    known_ms = requested.known_ms
    return Turn(requested, requested.request.session, "", known_ms or 0, exact=known_ms is not None)


def check(
    asked: SessionRequest | RequestedSession, machine: Machine, progress: Progress | None = None
) -> tuple[int, tuple[Problem, ...]]:
    """Everything about a session or a programme that can be wrong; the length in ms of a good one, and warnings.

    Raises
    ------
    PlayerError
        With all problems of its scripts, or what stands in the way of finding them.
    """
    requested = as_requested(asked)
    plan = planned(requested)
    sessions = [requested] if plan is None else [turn.requested for turn in plan.turns]
    problems: list[Problem] = []
    warnings: list[Problem] = []
    lengths: list[int] = []
    cause: Cause | None = None
    for session in distinct(sessions):
        try:
            timeline, found = pipeline.check(session, machine, progress)
        except ScriptError as error:
            problems += error.problems
            cause = cause or error.cause
            continue
        warnings += found
        lengths += [timeline.total_ms] * sessions.count(session)
    if problems:
        raise ScriptError(problems, cause=cause)
    return sum(lengths), tuple(distinct(warnings))


def distinct(values: Iterable[T]) -> list[T]:
    """The values without repetitions; they need not be hashable."""
    found: list[T] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


@dataclass(frozen=True)
class _Facts:
    """A session for certain values, and its own length."""

    requested: RequestedSession
    length_ms: int
    exact: bool

    @property
    def params(self) -> Mapping[str, Parameter]:
        """What its script leaves open."""
        return self.requested.session.params


@dataclass
class _ProgrammePlanner:
    """Plans one programme.

    Attributes
    ----------
    near
        The folder whose sessions come first; None is none.
    adapted
        Adapts a session to the listener.
    found
        The session that each name means, or why there is none; None where its file has problems, which are told once.
    known
        Facts so far: a programme may have the same session many times.
    """

    asked: SessionRequest
    written: Programme
    near: Path | None
    adapted: Adaptation
    problems: list[Problem] = field(default_factory=list)
    found: dict[str, FoundSession | str | None] = field(default_factory=dict)
    known: dict[tuple[str, tuple[tuple[str, str], ...]], _Facts | None] = field(default_factory=dict)

    def plan(self, part: int | None) -> PlannedProgramme:
        """The plan of all parts, or of one; then the others are not planned."""
        count, parts = 0, []
        for number, each in enumerate(self.written.all_parts, 1):
            if part in (None, number):
                turns = [self._turn(entry, (number, at), count + at) for at, entry in enumerate(each.sessions, 1)]
                parts.append(ProgrammePart(number, each.title, each.about, tuple(turn for turn in turns if turn)))
            count += len(each.sessions)
        if self.problems:
            raise ScriptError(self.problems)
        self._must_be_known(self.asked.values)
        written = self.written
        return PlannedProgramme(
            self.asked.session, written.title, written.summary, tuple(parts), count, written.credits
        )

    def _turn(self, entry: ProgrammeEntry, place: tuple[int, int], number: int) -> Turn | None:
        """The turn of an entry; None where it has a problem."""
        part, at = place
        where = partial(self.written.where, part - 1, at - 1)
        found = self._found(entry, where())
        if found is None or (bare := self._facts(found.call, {})) is None:
            return None
        wrong = tuple(programme.misfits(entry, bare.params))
        self.problems += [Problem(where(f"params.{word}"), text) for word, text in wrong]
        mine = {word: text for word, text in self.asked.values.items() if word in bare.params}
        values = {**entry.params, **mine}
        if wrong or (facts := self._facts(found.call, values)) is None:
            return None
        return Turn(
            facts.requested,
            found.name,
            facts.requested.session.title,
            facts.length_ms,
            facts.exact,
            number=number,
            part=part,
            opens=at == 1,
            before=entry.before,
            programme=self.asked.session,
        )

    def _found(self, entry: ProgrammeEntry, at: Position) -> FoundSession | None:
        """The session that an entry means; None where there is none, and the problem is added."""
        if entry.session not in self.found and len(self.problems) < MOST_PROBLEMS:
            try:
                self.found[entry.session] = programme.find_session(entry.session, self.near)
            except ScriptError as error:
                self.found[entry.session] = None
                self.problems += error.problems
            except (UsageError, ValueError) as error:
                self.found[entry.session] = str(error)
        found = self.found.get(entry.session)
        if isinstance(found, str):
            self.problems.append(Problem(at, found))
            return None
        return found

    def _facts(self, call: str, values: Mapping[str, str]) -> _Facts | None:
        """A session's facts; None where it cannot be planned, and its problems are added."""
        key = (call, tuple(sorted(values.items())))
        if key not in self.known:
            try:
                self.known[key] = _facts(replace(self.asked, session=call, values=values), self.adapted)
            except ScriptError as error:
                self.problems += error.problems
                self.known[key] = None
        return self.known[key]

    def _must_be_known(self, values: Iterable[str]) -> None:
        """Refuse a parameter that no session has."""
        params = sorted({word for facts in self.known.values() if facts for word in facts.params})
        for word in values:
            if word not in params:
                remedy = did_you_mean(word, params) or f"there is {enumerated(params) or 'none'}"
                raise UsageError(f"no session of {shown(self.asked.session)} has a parameter {shown(word)}; {remedy}")


def _facts(request: SessionRequest, adapted: Adaptation) -> _Facts:
    """The facts in a session's script; its backgrounds are looked for, too, as that needs no voice."""
    requested = adapted(RequestedSession(request))
    _, problems = media.beds(requested.session, requested.parts, request.background)
    if problems:
        raise ScriptError(problems)
    return _Facts(requested, *requested.nominal_ms)
