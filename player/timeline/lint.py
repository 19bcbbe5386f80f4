"""Warnings about what may not be good for a listener, found on the finished timeline.

Only what is heard counts (guided phases, words and tones), not the names of steps. A warning is one sentence at the
step that causes it, given once with its worst case. A warning never keeps a session from being played.

The limits are those of clinical handouts and trials of paced breathing and muscle relaxation. If sources only show a
usual range, the limit is the project's own choice just outside of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

from player.errors import Position, Problem
from player.script.languages import words_for
from player.techniques.breaths import MOST_FOUR_SEVEN_EIGHT, NATURAL_REST_MS, is_four_seven_eight
from player.techniques.cue import Slot
from player.techniques.sentences import sentences
from player.timeline import misread
from player.units import format_duration

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from player.script.languages import LanguageWords
    from player.script.session import Session
    from player.techniques.cue import Part
    from player.timeline.model import Cue, Stretch, Timeline

SHORTEST_PHASE_MS: Final = 2000
LONGEST_PHASE_MS: Final = {"in": 10_000, "out": 10_000, "hold": 7000, "empty hold": 6000, "tense": 10_000}
"""How long a phase may last. Breaths of trials and handouts have phases of 2 to 10 s; the longest hold that is widely
taught is the 7 s of four-seven-eight, and holding with empty lungs is harder; handouts tense for 4 to 10 s."""
SLOWEST_BREATH_MS: Final = 20_000
FASTEST_BREATH_MS: Final = 5000
"""A breath at 3 and at 12 a minute. Box breathing is at 3.75, paced breathing at 4.5 to 6.5; 12 a minute was
the placebo of a large trial: it slows nothing down."""
QUIET_MS: Final = 45_000
"""A longer silence must be announced, or listeners open their eyes to see whether something is broken."""

_BREATH: Final = ("in", "hold", "out", "rest")
_CALLED: Final = {"in": "breath in", "out": "breath out", "hold": "hold", "empty hold": "hold with empty lungs"}
_REMEDIES: Final = {
    "in": "a shorter one is easier, and nobody has to strain for it",
    "out": "a shorter one is easier, and nobody has to strain for it",
    "hold": "a shorter hold, or none, is enough",
    "empty hold": "a shorter rest, or none, is enough",
    "tense": "a shorter tension is enough, and does not cramp",
}


class Warned(NamedTuple):
    """A candidate for a warning. Of several with one position and cause, the one of greatest weight is given."""

    at: Position
    cause: str
    weight: int
    text: str


@dataclass(frozen=True)
class GuidedRun:
    """Slots of the same kind that follow each other without a break."""

    at: Position
    kind: str
    start_ms: int
    length_ms: int

    @property
    def end_ms(self) -> int:
        """The end of the last slot."""
        return self.start_ms + self.length_ms


def warnings(
    session: Session, parts: Iterable[Part], timeline: Timeline, known: Sequence[str] = ()
) -> tuple[Problem, ...]:
    """The warnings about a session, in the order of the script.

    Parameters
    ----------
    parts
        The parts that the timeline was laid out from: the same slots, in the same order.
    timeline
        The session's timeline.
    known
        Texts that its listener has heard before: the full introduction, where this is the session with the short one.
    """
    slots = [part for part in parts if isinstance(part, Slot)]
    phases = list(_phases(slots, timeline.slots))
    runs = _breathed(phases)
    found = [*_tension(phases), *_breathing(runs), *_four_seven_eight(runs)]
    texts = (cue.text for cue in timeline.cues)
    words = words_for(session.language)
    found += [Warned(slot.at, cause, 0, text) for slot, cause, text in misread.found(words, slots)]
    if words:
        found += [
            *_silences(words, slots, timeline),
            *_unsaid(words, session, runs, (*known, *texts)),
        ]
    return _once(found)


def of_breath(parts: Iterable[Part], timeline: Timeline) -> tuple[Problem, ...]:
    """Those of the `warnings` that are about the breath itself, whatever else is heard."""
    slots = [part for part in parts if isinstance(part, Slot)]
    runs = _breathed(list(_phases(slots, timeline.slots)))
    return _once([*_breathing(runs), *_four_seven_eight(runs)])


def _once(found: Iterable[Warned]) -> tuple[Problem, ...]:
    worst: dict[tuple[Position, str], Warned] = {}
    for each in found:
        before = worst.setdefault((each.at, each.cause), each)
        if each.weight > before.weight:
            worst[each.at, each.cause] = each
    return tuple(sorted(Problem(each.at, each.text) for each in worst.values()))


def _phases(slots: Sequence[Slot], stretches: Sequence[Stretch]) -> Iterator[GuidedRun]:
    """The guided phases. A second breath in on top of the first is joined to it."""
    last: GuidedRun | None = None
    for slot, stretch in zip(slots, stretches, strict=True):
        if not stretch.length_ms:
            continue
        joins = last is not None and (last.kind, last.at, last.end_ms) == (stretch.guide, slot.at, stretch.start_ms)
        start_ms = last.start_ms if last and joins else stretch.start_ms
        if last and not joins:
            yield last
        length_ms = stretch.start_ms + stretch.length_ms - start_ms
        last = GuidedRun(slot.at, stretch.guide, start_ms, length_ms) if stretch.guide else None
    if last:
        yield last


def _runs(phases: Iterable[GuidedRun]) -> Iterator[list[GuidedRun]]:
    """Phases of breath of one step that follow each other without a gap."""
    run: list[GuidedRun] = []
    for phase in (each for each in phases if each.kind in _BREATH):
        if run and (run[-1].end_ms, run[-1].at) != (phase.start_ms, phase.at):
            yield run
            run = []
        run.append(phase)
    if run:
        yield run


def _breathed(phases: Sequence[GuidedRun]) -> list[list[GuidedRun]]:
    return [run for run in _runs(phases) if any(phase.kind in {"in", "out"} for phase in run)]


def _breaths(run: Sequence[GuidedRun]) -> Iterator[list[GuidedRun]]:
    """The whole breaths of a run: each begins with the first breath in after a breath out."""
    breath: list[GuidedRun] = []
    for phase in run:
        if phase.kind == "in" and any(each.kind == "out" for each in breath):
            yield from _whole(breath)
            breath = []
        breath.append(phase)
    yield from _whole(breath)


def _whole(breath: list[GuidedRun]) -> Iterator[list[GuidedRun]]:
    """The breath if it is whole. A pattern that begins with a breath out has a part of a breath at each end."""
    if {"in", "out"} <= {each.kind for each in breath}:
        yield breath


def _tension(phases: Iterable[GuidedRun]) -> Iterator[Warned]:
    for phase in phases:
        if phase.kind == "tense":
            yield from _too_long(phase, "tense", "muscles are tensed for")


def _breathing(runs: Iterable[Sequence[GuidedRun]]) -> Iterator[Warned]:
    for run in runs:
        before = ""
        for phase in run:
            yield from _phase(phase, before)
            before = phase.kind
        for breath in _breaths(run):
            yield from _rate(breath)


def _phase(phase: GuidedRun, before: str) -> Iterator[Warned]:
    """``before`` is the kind of the phase before it: after a breath out the lungs are empty."""
    empty = phase.kind == "rest" or (phase.kind == "hold" and before == "out")
    name = "empty hold" if empty else phase.kind
    what = f"the {_CALLED[name]} lasts"
    yield from _too_long(phase, name, what)
    if phase.length_ms < SHORTEST_PHASE_MS:
        least, lasts = format_duration(SHORTEST_PHASE_MS), format_duration(phase.length_ms)
        text = f"{what} {lasts}, under the {least} that a calm breath needs; make it longer, or leave it out"
        yield Warned(phase.at, f"short {name}", -phase.length_ms, text)


def _too_long(phase: GuidedRun, name: str, what: str) -> Iterator[Warned]:
    if phase.length_ms > LONGEST_PHASE_MS[name]:
        most, lasts = format_duration(LONGEST_PHASE_MS[name]), format_duration(phase.length_ms)
        text = f"{what} {lasts}, more than {most}; {_REMEDIES[name]}"
        yield Warned(phase.at, f"long {name}", phase.length_ms, text)


def _rate(breath: Sequence[GuidedRun]) -> Iterator[Warned]:
    length_ms = sum(phase.length_ms for phase in breath)
    lasts = f"a breath lasts {format_duration(length_ms)}, {60_000 / length_ms:.3g} a minute"
    if length_ms > SLOWEST_BREATH_MS:
        text = f"{lasts}; under 3 a minute is air hunger for many, so make its phases shorter"
        yield Warned(breath[0].at, "slow", length_ms, text)
    if length_ms < FASTEST_BREATH_MS:
        text = f"{lasts}; over 12 a minute does not calm, so make its phases longer"
        yield Warned(breath[0].at, "fast", -length_ms, text)


def _four_seven_eight(runs: Iterable[Sequence[GuidedRun]]) -> Iterator[Warned]:
    """Too many cycles in the whole session; the warning is at the first one too many."""
    cycles = [breath[0].at for run in runs for breath in _breaths(run) if _is_four_seven_eight(breath)]
    if len(cycles) > MOST_FOUR_SEVEN_EIGHT:
        text = (
            f"there are {len(cycles)} cycles of four-seven-eight, more than {MOST_FOUR_SEVEN_EIGHT}; "
            "four are enough in the first month, and eight are the most ever"
        )
        yield Warned(cycles[MOST_FOUR_SEVEN_EIGHT], "four-seven-eight", 0, text)


def _is_four_seven_eight(breath: Sequence[GuidedRun]) -> bool:
    return is_four_seven_eight([(phase.kind, phase.length_ms) for phase in breath])


def _silences(words: LanguageWords, slots: Sequence[Slot], timeline: Timeline) -> Iterator[Warned]:
    """Long silences between two cues, if they are not announced."""
    heard = [cue for cue in timeline.cues if cue.kind != "chime"]
    guided = {stretch.start_ms for stretch in timeline.slots if stretch.guide in _BREATH}
    ends = [*accumulate((cue.end_ms for cue in heard), max, initial=0)]  # a line goes on over the tones of its breath
    starts = [*(cue.start_ms for cue in heard), timeline.total_ms]
    for number, (end_ms, start_ms) in enumerate(zip(ends, starts, strict=True)):
        if start_ms - end_ms > QUIET_MS and not _has(words.warnings.quiet, _said_before(heard[:number], guided)):
            yield _quiet(slots, timeline.slots, end_ms, start_ms - end_ms)


def _said_before(heard: Sequence[Cue], guided: Collection[int]) -> str:
    """The words of the last slot with any. Silent breathing is announced before it, in the last speech."""
    last = next(reversed(heard), None)
    if last and last.slot_start_ms + last.slot_ms in guided:
        last = next((cue for cue in reversed(heard) if cue.kind == "speech"), None)
    return " ".join(cue.text for cue in heard if last and cue.slot_start_ms == last.slot_start_ms)


def _quiet(slots: Sequence[Slot], stretches: Sequence[Stretch], since_ms: int, length_ms: int) -> Warned:
    """The warning, at the step in which the silence becomes too long."""
    there = zip(slots, stretches, strict=True)
    at = next(slot.at for slot, stretch in there if stretch.start_ms + stretch.length_ms > since_ms + QUIET_MS)
    lasts, most = format_duration(-(-length_ms // 100) * 100), format_duration(QUIET_MS)
    text = (
        f"there is no word and no guide tone for {lasts}, more than {most}; "
        "announce it just before (such as 'about a minute of quiet'), or put words into it"
    )
    return Warned(at, "quiet", length_ms, text)


def _unsaid(
    words: LanguageWords, session: Session, runs: Sequence[Sequence[GuidedRun]], heard: Sequence[str]
) -> Iterator[Warned]:
    """What a session with holds must say, in speech or in its safety lines, and does not."""
    held = next((phase.at for run in runs for phase in run if _is_held(phase)), None)
    if held is None:
        return
    said = [*heard, *(each for line in session.safety for each in sentences(line, session.language))]
    if not any(_has(words.warnings.holding, each) and _has(words.warnings.optional, each) for each in said):
        text = "nothing says that the holds can be left out; say it, or put it into safety ('The holds are optional.')"
        yield Warned(held, "optional", 0, text)
    if not any(_has(words.warnings.driving, each) for each in said):
        text = "nothing says that a session with holds is not for driving; say it, or put it into safety"
        yield Warned(held, "driving", 0, text)


def _is_held(phase: GuidedRun) -> bool:
    return phase.kind == "hold" or (phase.kind == "rest" and phase.length_ms > NATURAL_REST_MS)


def _has(beginnings: Iterable[str], text: str) -> bool:
    """Whether the text has a word, or words, that begin with one of these."""
    return any(re.search(rf"\b{re.escape(each)}", text.lower()) for each in beginnings)
