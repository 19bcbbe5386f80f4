"""`breathe`: phases of a breath, counted, named, toned or silent.

The rule: a phase lasts exactly its length, with its spoken word; the word's beat is at the phase's start, and each
number's beat on its second (tests/techniques/test_breathing.py). Over the cycles the guidance becomes less; the bed
stays ducked while it speaks. `breaths` defines the phases of a pattern, and `coach` what a person says between them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

from player.script.yaml.types import FieldError, ListRule, Name, OneOrMore
from player.techniques.breaths import Pattern  # noqa: TC001 (a hint, read when a script is bound)
from player.techniques.coach import CoachLine, by_cycle
from player.techniques.cue import Elastic, Part, Slot, Sounding, Speech, Tone
from player.techniques.guidance import GuidanceStage, StageKind, allotted, limited, most_help, most_in, next_less
from player.techniques.speech import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from player.errors import Position
    from player.techniques.breaths import Phase
    from player.techniques.guidance import Help
    from player.techniques.planning import Planner

SHORTEST_COUNTED_MS: Final = 2000
"""A shorter phase gets only its word, as it has no room for counting."""
BEAT_MS: Final = 1000
COUNTING_PACE: Final = 1.25
"""Counted words are said a little faster than sentences, so that each leaves silence before the next."""
LEAD_MS: Final = 160
"""Kept free before a beat, because the beats of counted words are up to 156 ms behind their first sound."""
LINE_GAP_MS: Final = 250
"""A line begins this long after its breath, so that the tone which says what to do is heard first."""
LINE_AIR_MS: Final = 500
"""A line is over this long before the next breath, whose word may begin `LEAD_MS` early."""
TONE_UNDER_LINE_DB: Final = -14.0
"""Tones under a line are this soft, 6 dB under the usual: the beat goes on, and every word is understood."""

_SPOKEN: Final = ("count", "words")


@dataclass(frozen=True)
class PhaseWords:
    """What a phase is called where the language's own word does not fit."""

    example: ClassVar[str] = "words: {in: In, out: Out}"

    in_: Name | None = None
    hold: Name | None = None
    out: Name | None = None
    rest: Name | None = None

    def of(self, phase: Phase) -> str | None:
        """The author's own word for a phase; one beside the phase itself comes first."""
        words = {"in": self.in_, "hold": self.hold, "out": self.out, "rest": self.rest}
        return phase.word or words[phase.kind]


@dataclass(frozen=True)
class Breathe:
    """A breathing pattern, guided."""

    breathe: Pattern
    guide: OneOrMore[Annotated[GuidanceStage, StageKind()]] = (GuidanceStage("count"),)
    words: PhaseWords = field(default_factory=PhaseWords)
    count: Literal["up", "down", "none"] = "up"
    coach: Annotated[tuple[CoachLine, ...], ListRule(least=1)] | CoachLine = ()

    def __post_init__(self) -> None:
        """Only the last stage may go on to the end."""
        if any(stage.cycles is None for stage in self.guide[:-1]):
            raise FieldError("guide", "must give the cycles of every entry but the last, such as [count 6, silent]")

    def parts(self, at: Position, planner: Planner) -> Iterator[Part]:
        """As many cycles as the session has room for, one slot a phase."""
        yield self._elastic(at, planner, self._most_help() if planner.guide else "count")

    def _elastic(self, at: Position, planner: Planner, most: Help) -> Elastic:
        """The breaths, guided as the script says; or as the listener asks, with no more help than ``most``."""
        pattern, words = self.breathe, self._words(at, planner, counted=False)
        counted = self._words(at, planner, counted=True)
        guide = limited(planner.guide, most) or self.guide
        lines = (self.coach,) if isinstance(self.coach, CoachLine) else self.coach
        shuffled = [replace(each, say=planner.shuffled(at, each.say)) if each.shuffle else each for each in lines]
        coach = [each for each in shuffled if each.about != "guide" or guide == self.guide]

        def slots(cycles: int) -> list[Slot]:
            helps = allotted(guide, cycles)
            return list(self._slots(at, planner, (words, counted), by_cycle(coach, cycles), helps))

        elastic = Elastic(at, pattern.count(), 1, pattern.most(), pattern.length_ms, slots)
        if not planner.guide:
            return elastic
        pairs = ((asked.help, given.help) for asked, given in zip(planner.guide, guide, strict=True))
        instead = tuple(dict.fromkeys((asked, given) for asked, given in pairs if asked != given))
        less = next_less(most_in(guide))
        return replace(elastic, instead=instead, less=less and partial(self._elastic, at, planner, less))

    def _most_help(self) -> Help:
        """The most help that a listener can have with these breaths: what they have room for, or the script's own."""
        lengths = [each for phase in self.breathe.order for each in {phase.first_ms, phase.last_ms}]
        is_steady = all(phase.first_ms == phase.last_ms for phase in self.breathe.order)
        fits = most_help(lengths, counted=is_steady and self.count != "none")
        return most_in((*self.guide, GuidanceStage(fits)))

    def _slots(
        self,
        at: Position,
        planner: Planner,
        words: tuple[list[str], list[str]],
        lines: Mapping[int, str],
        helps: Sequence[Help],
    ) -> Iterator[Slot]:
        """The phases of all cycles; ``words`` are for those that are not counted, and for those that are.

        Cycles that are alike share their slots: 22 hours of counted breaths took 1.0 s, and take 0.05 s.
        """
        order = self.breathe.order
        alike: dict[tuple[Help, tuple[Tone, ...]], tuple[Slot, ...]] = {}
        for cycle, help_ in enumerate(helps):
            tones = tuple(Tone(phase.kind, phase.length_ms(cycle, len(helps))) for phase in order)
            if cycle in lines:
                yield from _under_a_line(at, spoken(lines[cycle], planner), help_, tones)
                continue
            if (help_, tones) not in alike:
                alike[help_, tones] = tuple(self._guided(at, planner, help_, tones, words[help_ == "count"]))
            yield from alike[help_, tones]

    def _guided(
        self, at: Position, planner: Planner, help_: Help, tones: Sequence[Tone], words: Sequence[str]
    ) -> Iterator[Slot]:
        """The phases of one cycle."""
        for number, (tone, word) in enumerate(zip(tones, words, strict=True)):
            cues = tuple(self._cues(at, planner, help_, tone, word))
            yield Slot(at, tone.length_ms, cues, ducked=help_ in _SPOKEN, guide=tone.name, opens=number == 0)

    def _words(self, at: Position, planner: Planner, *, counted: bool) -> list[str]:
        """The word for each phase. The language's own are read only if the author's words are not enough."""
        order = self.breathe.order
        own = [self.words.of(phase) for phase in order]
        if all(own) and self.count == "none":
            return [word or "" for word in own]
        table = planner.words(at)
        return [word or table.phase(phase.kind, counted=counted) for word, phase in zip(own, order, strict=True)]

    def _cues(self, at: Position, planner: Planner, help_: Help, tone: Tone, word: str) -> Iterator[Speech | Sounding]:
        if help_ == "tones":
            yield Sounding(tone, "tone")
        counted = help_ == "count" and self.count != "none" and tone.length_ms >= SHORTEST_COUNTED_MS
        if help_ in _SPOKEN:
            room_ms = (BEAT_MS if counted else tone.length_ms) - LEAD_MS
            yield Speech(planner.count(word, room_ms, pace=COUNTING_PACE), "word", beat_ms=0)
        if counted:
            yield from self._numbers(at, planner, tone.length_ms)

    def _numbers(self, at: Position, planner: Planner, length: int) -> Iterator[Speech]:
        words, seconds = planner.words(at), length // BEAT_MS
        for second in range(1, seconds):
            number = second + 1 if self.count == "up" else seconds - second
            said = planner.count(words.number(number), BEAT_MS - LEAD_MS, pace=COUNTING_PACE)
            yield Speech(said, "count", beat_ms=second * BEAT_MS)


def _under_a_line(at: Position, said: Sequence[Speech], help_: Help, tones: Sequence[Tone]) -> Iterator[Slot]:
    """The phases of a cycle over which a line is said: in soft tones, or without a sound where breaths are silent."""
    room_ms = sum(tone.length_ms for tone in tones) - LINE_AIR_MS
    line = (replace(said[0], gap_ms=LINE_GAP_MS), *said[1:])
    for number, tone in enumerate(tones):
        soft = () if help_ == "silent" else (Sounding(replace(tone, level_db=TONE_UNDER_LINE_DB), "tone"),)
        cues = soft if number else (*soft, *line)
        own = None if number else room_ms
        yield Slot(at, tone.length_ms, cues, ducked=True, guide=tone.name, opens=number == 0, room_ms=own)
