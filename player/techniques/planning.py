"""Plans a session: converts its steps to parts, each by its technique.

A technique is a frozen dataclass with one method, `Technique.parts`. The `Planner` gives it what it needs of the
session: voice, language, the parts of nested and included steps, and what to leave out. No technique is known by name
here: the caller passes the table of steps.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeVar, cast

from player.errors import Position, Problem, ScriptError, UsageError
from player.script import library
from player.script.languages import LanguageWords, languages, words_for
from player.script.pronunciation import pairs_in
from player.script.session import parse
from player.script.yaml.encoding import LARGEST
from player.script.yaml.scalar_types import shortened, shown
from player.script.yaml.suggestions import did_you_mean
from player.script.yaml.types import FASTEST, SLOWEST
from player.techniques.cue import Part, Utterance, pieces

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from player.script.library import Source
    from player.script.pronunciation import Pairs
    from player.script.session import Session, Step
    from player.techniques.guidance import GuidanceStage

MOST_PARTS: Final = 100_000
"""A day of counted breaths has 86 400 counts; more than this is a mistake in a loop. `check` takes 3 s for as many."""

T = TypeVar("T")
IntroVersion = Literal["full", "short"]
"""Which version of an introduction is heard."""

_NO_STEPS: Final[Mapping[str, type]] = MappingProxyType({})


class Technique(Protocol):
    """The fields of a step, which can become parts."""

    def parts(self, at: Position, planner: Planner) -> Iterator[Part]:
        """Yield the step's parts, in the order of their times; ``at`` is the step's position, for problems."""
        ...


@dataclass(frozen=True)
class Planner:
    """The session, as far as a technique needs it.

    Attributes
    ----------
    language
        BCP 47 tag of the script.
    voice
        The engine's name for the voice, or None for the language's default.
    rate, pitch
        Words a minute and 0 to 100, as in `Utterance`; of a voice on a course, those at its beginning.
    step_types
        Step key to the technique: the steps that an included script may have.
    skip
        The short names of what the listener leaves out, such as muscle groups, in lower case.
    intro
        Which version of an introduction is heard.
    pronounce
        Words in lower case, each with its respelling.
    given
        What the program says in texts, by the names that hold in every script.
    seed
        Draws the order of what is heard in another order each night.
    guide
        How the listener wants breaths to be guided, in place of what the steps say; empty is as they say.
    trail
        The scripts that are being included, the outermost first.
    offered
        The short names that could be left out so far.
    met
        Whether there was an introduction of two versions so far, or something in a shuffled order.
    read, sources
        The included scripts that were read so far: each for its values of parameters, and its text by its path.
    taken
        How many bytes each reading of them took.
    respelt
        The respellings that each text has by ``pronounce``: what is repeated is searched for thousands of them once.
    tables
        The words of each language that was asked for.
    """

    language: str
    voice: str | None
    rate: int
    pitch: int
    step_types: Mapping[str, type] = field(default_factory=dict, compare=False)
    skip: frozenset[str] = frozenset()
    intro: IntroVersion = "full"
    pronounce: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict, compare=False)
    seed: int = 0
    guide: tuple[GuidanceStage, ...] = ()
    trail: tuple[Path, ...] = ()
    offered: dict[str, None] = field(default_factory=dict, compare=False)
    met: set[Literal["intro", "shuffle"]] = field(default_factory=set, compare=False)
    read: dict[object, Session] = field(default_factory=dict, compare=False)
    sources: dict[Path, Source] = field(default_factory=dict, compare=False)
    taken: list[int] = field(default_factory=list, compare=False)
    respelt: dict[str, Pairs] = field(default_factory=dict, compare=False)
    tables: dict[str, LanguageWords | None] = field(default_factory=dict, compare=False)

    def utterance(self, text: str, *, pace: float = 1.0) -> Utterance:
        """The text in the session's voice; ``pace`` 1.2 is a fifth faster than its rate (60 to 300)."""
        rate = min(FASTEST, max(SLOWEST, round(self.rate * pace)))
        if text not in self.respelt:
            self.respelt[text] = pairs_in(text, self.pronounce)
        return Utterance(text, self.language, self.voice, rate, self.pitch, respelt=self.respelt[text])

    def speaking(self, language: str | None, voice: str | None) -> Planner:
        """The planner for a text in its own language, its own voice or both; what is None stays as it is."""
        if language is None and voice is None:
            return self
        is_same = language is None or language == self.language
        return replace(self, language=language or self.language, voice=voice or (self.voice if is_same else None))

    def count(self, text: str, room_ms: int, *, pace: float = 1.0) -> Utterance:
        """A word in the session's voice that is said on a beat, and may sound for ``room_ms`` after it."""
        return replace(self.utterance(text, pace=pace), manner="count", room_ms=room_ms)

    def words(self, at: Position) -> LanguageWords:
        """The fixed words of the session's language.

        Raises
        ------
        ScriptError
            If this language has none.
        """
        if self.language not in self.tables:
            self.tables[self.language] = words_for(self.language)
        found = self.tables[self.language]
        if found is None:
            known = ", ".join(languages())
            text = f"there are no guiding words for language {self.language!r} yet (known: {known}); write it with say"
            raise ScriptError([Problem(at, text)])
        return found

    def leaves_out(self, short: str) -> bool:
        """Whether the listener leaves out what has this short name."""
        self.offered.setdefault(short)
        return short.casefold() in self.skip

    def short_intro(self) -> bool:
        """Whether the short version of an introduction is heard."""
        self.met.add("intro")
        return self.intro == "short"

    def shuffled(self, at: Position, items: Sequence[T]) -> tuple[T, ...]:
        """The items in the order that the seed draws for this place in the file."""
        self.met.add("shuffle")
        # The same seed gives the same order on every machine and version of Python, as a text seeds by its digest.
        return tuple(random.Random(f"{self.seed}:{at.line}:{at.column}").sample(items, len(items)))

    def included(self, at: Position, name: str, params: Mapping[str, str]) -> Iterator[Part]:
        """The parts of the steps of another script, which is beside the script of ``at``, or bundled.

        Words are pronounced as in this session, and as that script says for its own steps.

        Raises
        ------
        ScriptError
            If there is none, it has problems, or it includes itself.
        """
        try:
            source = library.included(name, Path(at.path).parent)
        except UsageError as error:
            raise ScriptError([Problem(at, f"include {error}")]) from error
        trail = (*(self.trail or (Path(at.path).resolve(),)), source.path.resolve())
        if trail[-1] in trail[:-1]:
            circle = " includes ".join(path.name for path in trail[trail.index(trail[-1]) :])
            raise ScriptError([Problem(at, f"include must not go round in a circle: {circle}")])
        key = (trail[-1], tuple(sorted(params.items())))
        if key not in self.read:
            self.taken.append(len(source.data))
            if sum(self.taken) > LARGEST:
                text = f"include reads more than {LARGEST // 1024} KiB for this session: a script again for each value "
                raise ScriptError([Problem(at, text + "of its params; include fewer, or with the same values")])
            path = str(source.path)
            self.read[key] = parse(source.text, path, self.step_types, params, asked_at=at, given=self.given)
        self.sources.setdefault(source.path, source)  # two links to a file are two names, and whoever copies needs both
        script = self.read[key]
        pronounce = {**self.pronounce, **script.pronounce}
        yield from replace(self, trail=trail, pronounce=pronounce, respelt={}).steps(script.steps)

    def steps(self, steps: Iterable[Step]) -> Iterator[Part]:
        """The parts of steps, one step after the other."""
        for step in steps:
            yield from cast("Technique", step.fields).parts(step.at, self)


@dataclass(frozen=True)
class Plan:
    """All parts of a session, in order.

    Attributes
    ----------
    included
        The scripts that it includes, each once.
    has_intro
        Whether there is an introduction in two versions.
    is_shuffled
        Whether the order of something depends on the seed.
    offered
        The short names of what can be left out.
    """

    parts: tuple[Part, ...]
    included: tuple[Source, ...] = ()
    has_intro: bool = False
    is_shuffled: bool = False
    offered: tuple[str, ...] = ()


def plan(
    session: Session,
    step_types: Mapping[str, type] = _NO_STEPS,
    skip: Collection[str] = frozenset(),
    intro: IntroVersion = "full",
    seed: int = 0,
    guide: tuple[GuidanceStage, ...] = (),
) -> Plan:
    """Convert the steps of a session to parts.

    Parameters
    ----------
    step_types
        The steps that included scripts may have.
    skip
        The short names of what to leave out, in any case.
    intro
        Which version of an introduction is heard.
    seed
        Draws the order of what is shuffled.
    guide
        How breaths are guided, in place of what the script says; empty is as it says.

    Raises
    ------
    ScriptError
        If a step cannot become parts; or there are more than `MOST_PARTS`, then without a ``rest``.
    UsageError
        If there is nothing of that name to leave out.
    """
    voice, left_out = session.voice, frozenset(each.casefold() for each in skip)
    spoken = (session.language, voice.name, voice.rates[0], voice.pitches[0])
    planner = Planner(*spoken, step_types, left_out, intro, session.pronounce, session.given, seed, guide)
    parts = tuple(_unfolded(session, planner))
    _must_be_offered(skip, planner.offered)
    met, sources = planner.met, tuple(planner.sources.values())
    return Plan(parts, sources, "intro" in met, "shuffle" in met, tuple(planner.offered))


def _unfolded(session: Session, planner: Planner) -> list[Part]:
    """The parts of all steps; what is wrong in several of them is told together."""
    parts: list[Part] = []
    problems: list[Problem] = []
    count = 0
    for step in session.steps:
        try:
            for part in planner.steps([step]):
                count += pieces(part)
                parts.append(part)
                if count > MOST_PARTS:
                    break
        except ScriptError as error:
            problems += error.problems
        if count > MOST_PARTS:
            text = f"the script unfolds to more than {MOST_PARTS} parts; repeat less"
            raise ScriptError([*problems, Problem(step.at, text)])
    if problems:
        raise ScriptError(problems, session)
    return parts


def _must_be_offered(skip: Iterable[str], offered: Iterable[str]) -> None:
    known = {short.casefold(): short for short in offered}
    for name in skip:
        if name.casefold() not in known:
            names = ", ".join(map(shortened, known.values()))
            there = f"there are {names}" if known else "nothing in this session can be left out"
            raise UsageError(f"there is no {shown(name)} to leave out; {did_you_mean(name, known.values()) or there}")
