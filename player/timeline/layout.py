"""Lays out parts and the lengths of their clips on a timeline.

The rule: a slot starts where the one before it ends, to the millisecond, and speech never moves it
(tests/timeline/test_layout.py). Speech that does not fit is a problem with its position, its length, its room and the
remedies; it is never shifted, cut or hurried. The layout knows only the length and the beat of a clip, so that tests
need no sound.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Protocol

from player.errors import Position, Problem, ScriptError
from player.techniques.cue import BedChange, Marker, Part, Recording, Slot, Sounding, Speech, Utterance
from player.timeline.model import BedState, Cue, Section, Span, Stretch, Timeline, VoiceLevel
from player.units import LONGEST_MS, format_duration, timecode

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from player.script.session import Session
    from player.timeline.model import Kind


class Spoken(Protocol):
    """What the layout knows of a clip, in ms: its length, its beat from its own start, and its silences."""

    @property
    def length_ms(self) -> int:
        """The clip's length."""
        ...

    @property
    def beat_ms(self) -> int:
        """The beat of its first word, from the clip's start."""
        ...

    @property
    def after_ms(self) -> int:
        """The silence that a slow rate adds to the gap before the next sentence of the same slot."""
        ...

    @property
    def pauses(self) -> Sequence[tuple[int, int]]:
        """Start and end of each pause inside that a slow rate has made longer, from the clip's start."""
        ...


def utterances(parts: Iterable[Part]) -> tuple[Utterance, ...]:
    """All distinct utterances, in the order of their first use."""
    cues = (cue for part in parts if isinstance(part, Slot) for cue in part.cues)
    said = (cue.said for cue in cues if isinstance(cue, Speech))
    return tuple(dict.fromkeys(each for each in said if isinstance(each, Utterance)))


def nominal_ms(parts: Iterable[Part]) -> tuple[int, bool]:
    """The length of parts without knowing their clips, and whether it is exact.

    Speech without a slot is estimated by its rate in words a minute, and a recording as if its words were spoken.
    """
    slots = [part for part in parts if isinstance(part, Slot)]
    lengths = [_estimate(slot) if slot.length_ms is None else slot.length_ms for slot in slots]
    return sum(lengths), all(slot.length_ms is not None for slot in slots)


def _estimate(slot: Slot) -> int:
    spoken = [cue.said for cue in slot.cues if isinstance(cue, Speech)]
    return slot.then_ms + sum(len(each.text.split()) * 60_000 // getattr(each, "rate", 105) for each in spoken)


def lay_out(
    session: Session,
    parts: Sequence[Part],
    clip_of: Callable[[Utterance | Recording], Spoken],
    own: Collection[Utterance] = (),
) -> Timeline:
    """The timeline of a session.

    Parameters
    ----------
    clip_of
        Returns the length and beat of an utterance or recording.
    own
        The utterances with a take of a person, for which there are other remedies.

    Raises
    ------
    ScriptError
        With all problems of the session: speech longer than its slot, a line longer than its breath, a word longer than
        its phase, a count longer than its beat (each is ``about`` the utterances that do not fit), a session of no
        length or of more than a day.
    ValueError
        If an elastic stretch is among the parts.
    """
    builder = _LayoutBuilder(clip_of, [_first_bed(session)], own)
    for part in parts:
        builder.add(part)
    if builder.now_ms > LONGEST_MS or not (builder.now_ms or builder.problems):  # what has no room says so itself
        lasts = timecode(builder.now_ms)
        builder.problem(session.steps[0].at, f"a session must last more than nothing and at most 24 hours, not {lasts}")
    if builder.problems:
        raise ScriptError(builder.problems)
    return Timeline(
        session.title,
        builder.now_ms,
        tuple(builder.sections),
        tuple(builder.cues),
        joined(builder.spans),
        tuple(builder.beds),
        tuple(builder.slots),
        session.background.fade_in,
        session.background.fade_out,
        tuple(builder.groups),
        voice_level=_voice_level(session.voice.levels_db, builder.cues),
    )


def _voice_level(levels_db: tuple[float, float], cues: Iterable[Cue]) -> VoiceLevel | None:
    """The level that the first speech begins with and the last one has reached; None where it is the usual one."""
    starts = [cue.start_ms for cue in cues if not cue.is_tone] or [0]
    first, last = min(starts), max(starts)
    from_db, to_db = levels_db if first < last else (levels_db[0], levels_db[0])  # one sentence has no way to go
    return VoiceLevel(first, last, from_db, to_db) if from_db or to_db else None


def _first_bed(session: Session) -> BedState:
    bed = session.background
    return BedState(0, 0, _silence_is_none(bed.sound), bed.under_voice, bed.in_pauses)


def _silence_is_none(sound: str | None) -> str | None:
    return None if sound == "none" else sound


@dataclass
class _LayoutBuilder:
    """Builds the timeline: holds everything placed so far, and the last speech with its step."""

    clip_of: Callable[[Utterance | Recording], Spoken]
    beds: list[BedState]
    own: Collection[Utterance] = ()
    now_ms: int = 0
    sections: list[Section] = field(default_factory=list)
    groups: list[Section] = field(default_factory=list)
    cues: list[Cue] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    slots: list[Stretch] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    last: tuple[Cue, Position] | None = None

    def problem(self, at: Position, text: str, about: tuple[object, ...] = ()) -> None:
        self.problems.append(Problem(at, text, about))

    def add(self, part: Part) -> None:
        match part:
            case Marker():
                marks = self.sections if part.level == 1 else self.groups
                marks.append(Section(part.title, self.now_ms))
            case BedChange():
                self.beds.append(self._changed(part))
            case Slot():
                self._add_slot(part)
            case _:  # it would take no time, and nobody would notice
                raise ValueError(f"the stretch at {part.at} has no length yet; settle it first")

    def _changed(self, change: BedChange) -> BedState:
        before = self.beds[-1]
        return replace(
            before,
            start_ms=self.now_ms,
            over_ms=change.over_ms,
            sound=before.sound if change.sound is None else _silence_is_none(change.sound),
            under_voice_db=before.under_voice_db if change.under_voice_db is None else change.under_voice_db,
            in_pauses_db=before.in_pauses_db if change.in_pauses_db is None else change.in_pauses_db,
        )

    def _add_slot(self, slot: Slot) -> None:
        starts = self._starts(slot)
        ends = [start + self._length(cue) for start, cue in zip(starts, slot.cues, strict=True)]
        speech_end = max(ends, default=self.now_ms)
        length = speech_end - self.now_ms + slot.then_ms if slot.length_ms is None else slot.length_ms
        room = length if slot.room_ms is None else slot.room_ms
        for start, end, cue in zip(starts, ends, slot.cues, strict=True):
            self._place(slot, room, start, end, cue)
        self._check_room(slot, room, ends)
        if slot.ducked:
            self.spans.append(Span(self.now_ms, self.now_ms + length))
        self.slots.append(Stretch(self.now_ms, length, slot.guide, slot.opens))
        self.now_ms += length

    def _length(self, cue: Speech | Sounding) -> int:
        return cue.tone.length_ms if isinstance(cue, Sounding) else self.clip_of(cue.said).length_ms

    def _starts(self, slot: Slot) -> list[int]:
        """The start of each cue: tones at their time, words by their beat, speech after what is said before it."""
        starts, end, after_ms = [], self.now_ms, 0
        for cue in slot.cues:
            if isinstance(cue, Sounding):
                starts.append(self.now_ms + cue.at_ms)
                continue
            clip = self.clip_of(cue.said)
            by_beat = cue.beat_ms is not None
            gap_ms = cue.gap_ms and cue.gap_ms + after_ms
            on_beat = self.now_ms + (cue.beat_ms or 0) - clip.beat_ms
            start = on_beat if by_beat else max(end + gap_ms, self.now_ms + cue.from_ms)
            starts.append(start)
            end, after_ms = start + clip.length_ms, clip.after_ms
        return starts

    def _place(self, slot: Slot, room: int, start: int, end: int, cue: Speech | Sounding) -> None:
        if isinstance(cue, Sounding):
            self.cues.append(Cue(start, end, self.now_ms, room, cue.kind, cue.tone))
            return
        beat = None if cue.beat_ms is None else self.now_ms + cue.beat_ms
        pauses = tuple(Span(start + begin, start + over) for begin, over in self.clip_of(cue.said).pauses)
        placed = Cue(start, end, self.now_ms, room, cue.kind, cue.said, cue.said.text, beat, pauses)
        self._check_order(slot.at, placed)
        self.cues.append(placed)
        self.spans.append(Span(start, end))
        self.last = placed, slot.at

    def _check_order(self, at: Position, cue: Cue) -> None:
        """Report speech that begins before the session does, or before the speech before it has ended."""
        if cue.start_ms < 0 and self.last is None:  # otherwise what is said before it is too long, and told
            early = format_duration(-cue.start_ms)
            self.problem(at, f"{cue.text!r} begins {early} before the session does; put a pause: 1s before it")
        if self.last is None:
            return
        last, last_at = self.last
        if cue.start_ms >= last.end_ms:
            return
        if last.end_ms > last.slot_start_ms + last.slot_ms:
            return  # it is too long for its slot, which is reported already
        room = format_duration(cue.start_ms - last.start_ms)
        length = format_duration(last.end_ms - last.start_ms)
        text = f"{_short(last.text)!r} takes {length}, but {_short(cue.text)!r} begins {room} after its start; "
        said = (last.sound, cue.sound)
        self.problem(last_at, text + self._remedy(last.kind, said), said)

    def _check_room(self, slot: Slot, room: int, ends: Sequence[int]) -> None:
        """Report speech that goes on after its slot has ended, or after the room that it has of its own."""
        said = [(end, cue) for end, cue in zip(ends, slot.cues, strict=True) if isinstance(cue, Speech)]
        end, longest = max(said, key=lambda each: each[0], default=(0, None))
        takes = end - self.now_ms
        if longest is None or takes <= room:
            return
        if longest.beat_ms is not None:
            what = f"{_name(longest.said)!r} goes on for {format_duration(takes - room)} after its phase of "
            remedy = self._remedy(longest.kind, (longest.said,))
            self.problem(slot.at, f"{what}{format_duration(room)}; {remedy}", (longest.said,))
            return
        about = tuple(cue.said for _, cue in said)
        what = f"{_short(' '.join(map(_name, about)))!r} takes {format_duration(takes)}, but "
        again = _AGAIN if self._is_own(about) else ""
        if slot.room_ms is not None:
            there = f"there is {format_duration(room)} until the next breath; {again or _FEWER}"
        else:
            more, fewer = format_duration(-(-takes // 1000) * 1000), _SHORTER[type(longest.said)]
            there = f"its slot is {format_duration(room)}; make the slot {more} or longer, "
            there += f"or {again}" if again else fewer
        self.problem(slot.at, what + there, about)

    def _remedy(self, kind: Kind, said: Iterable[object]) -> str:
        return _REMEDIES_OF_OWN[kind] if self._is_own(said) else _REMEDIES[kind]

    def _is_own(self, said: Iterable[object]) -> bool:
        return any(each in self.own for each in said)


_FEWER = "use fewer words, or a faster rate"
_AGAIN = "speak it again, faster"
_SHORTER: Final[dict[type, str]] = {Utterance: _FEWER, Recording: "or shorten the recording"}
_REMEDIES = {
    "speech": f"make its slot longer, {_FEWER}",
    "word": "make the phase longer, choose a shorter word (words: {in: In}), or a faster rate",
    "count": "choose a faster rate, or guide: words",
}
_REMEDIES_OF_OWN = {
    "speech": f"make its slot longer, or {_AGAIN}",
    "word": f"make the phase longer, or {_AGAIN}",
    "count": f"{_AGAIN}, or choose guide: words",
}


def _name(said: Utterance | Recording) -> str:
    return said.file if isinstance(said, Recording) else said.text


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39].rstrip() + "…"


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in order, with those that touch or overlap joined."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda each: each.start_ms):
        if found and span.start_ms <= found[-1].end_ms:
            found[-1] = Span(found[-1].start_ms, max(found[-1].end_ms, span.end_ms))
        else:
            found.append(span)
    return tuple(found)
