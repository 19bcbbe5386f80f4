"""A timeline as text and as JSON.

Times are positions in the session. A run of equal breaths is one row. Pure functions: a timeline in, text out.
"""

from __future__ import annotations

import textwrap
from dataclasses import asdict, dataclass
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from player.errors import printable
from player.timeline.levels import levels
from player.units import format_duration, timecode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from player.script.regions import HelpNumbers
    from player.script.session import Parameter, Session
    from player.script.voice_settings import VoiceSettings
    from player.timeline.model import Cue, Stretch, Timeline

_BREATH: Final = ("in", "hold", "out", "rest")
_HELP: Final = {"count": "counted", "word": "in words", "tone": "in tones"}
_NARROW, _WIDE = 50, 100
_ONE_LENGTH: Final[Mapping[str, int]] = MappingProxyType({})


def as_json(
    timeline: Timeline, lengths: Mapping[str, int] = _ONE_LENGTH, voice: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The timeline as JSON: ``title``, ``total_ms``, ``levels_db``, ``sections`` and ``cues``, times in ms.

    With ``lengths`` (see `as_text`), they are there as ``intros_ms``; ``voice`` is what `voice_json` tells.
    """
    return {
        "title": timeline.title,
        "total_ms": timeline.total_ms,
        **({"intros_ms": dict(lengths)} if lengths else {}),
        **({"voice": dict(voice)} if voice else {}),
        "levels_db": levels(timeline)._asdict(),
        "sections": [{"title": section.title, "start_ms": section.start_ms} for section in timeline.sections],
        "cues": [_cue_json(cue) for cue in timeline.cues],
    }


def voice_json(voice: VoiceSettings, without_pitch: Sequence[str]) -> dict[str, Any]:
    """Rate, pitch and level at the first speech and at the last, and the voices that keep a pitch of their own."""
    ends = {"rate": voice.rates, "pitch": voice.pitches, "level_db": voice.levels_db}
    return {**{key: [*both] for key, both in ends.items()}, "without_pitch": [*without_pitch]}


def _cue_json(cue: Cue) -> dict[str, Any]:
    row: dict[str, Any] = {"start_ms": cue.start_ms, "end_ms": cue.end_ms, "slot_ms": cue.slot_ms, "kind": cue.kind}
    row["text"] = cue.text
    if cue.beat_ms is not None:
        row["beat_ms"] = cue.beat_ms
    if cue.pauses:
        row["pauses_ms"] = [[pause.start_ms, pause.end_ms] for pause in cue.pauses]
    return row


def as_text(
    session: Session,
    timeline: Timeline,
    width: int,
    lengths: Mapping[str, int] = _ONE_LENGTH,
    region: HelpNumbers | None = None,
    chosen: Iterable[object] = (),
    notes: Sequence[str] = (),
    without_pitch: Sequence[str] = (),
    offered: Sequence[str] = (),
) -> str:
    """The time table: title and total, then each section with its rows, wrapped to ``width`` columns.

    ``lengths`` are those with each version of the introduction, that of the time table first, where it has several.
    ``region`` is the country whose numbers are told in it, if there is one. ``chosen`` are its voice, background and so
    on, each as a text with where it was said, and ``notes`` what of it the session cannot have. ``without_pitch`` are
    the voices that keep a pitch of their own, and ``offered`` what can be left out.
    """
    width = min(_WIDE, max(_NARROW, width))
    lines = _heading(session.title, timeline.total_ms, lengths, width)
    lines += textwrap.wrap(session.summary or "", width)
    lines += [line for note in session.safety for line in _wrapped("  ! ", note, width)]
    if region:
        lines += _wrapped("  ", f"The numbers to call are those of {region.country} (--region).", width)
    lines += _wrapped("  ", told, width) if (told := _course(session.voice, without_pitch)) else []
    heard_with = ", ".join(map(str, chosen))
    lines += [
        line
        for text in map(printable, (_levels(timeline), heard_with, *notes))
        if text
        for line in _wrapped("  ", text, width)
    ]
    for told in _choices(session, offered):
        lines += _wrapped("  ", told, width)
    headings = {section.start_ms: section.title for section in timeline.sections}
    for row in _rows(timeline):
        if row.start_ms in headings:
            lines += ["", headings.pop(row.start_ms)]
        lines += _wrapped(f"{timecode(row.start_ms):>8}  {format_duration(row.length_ms):>7}  ", row.what, width)
    return "\n".join(lines)


def _choices(session: Session, offered: Sequence[str]) -> Iterator[str]:
    """A sentence with the parameters, and one with what can be left out; none where there is nothing of it."""
    if session.params:
        told = ", ".join(_parameter(name, each) for name, each in session.params.items())
        yield printable(f"Parameters (-p): {told}.")
    if offered:
        yield printable(f"Can be left out (--skip): {', '.join(offered)}.")


def _parameter(name: str, parameter: Parameter) -> str:
    """Its name, what it may be and its default; where the script allows anything, what the author says about it."""
    if parameter.allowed or not parameter.about:
        return f"{name} {parameter.allowed}".strip() + f" ({parameter.default})"
    return f"{name} ({parameter.default}; {parameter.about.rstrip('.')})"


def choices_json(session: Session, offered: Sequence[str]) -> dict[str, Any]:
    """``parameters`` with what each may be, as the script has it, and what can be left out, ``skippable``."""
    parameters = {
        name: {key: value for key, value in asdict(each).items() if value} for name, each in session.params.items()
    }
    return {"parameters": parameters, "skippable": [*offered]}


def _levels(timeline: Timeline) -> str:
    """A sentence with the levels that are relative to the voice; empty where there is nothing but the voice."""
    found = levels(timeline)
    rows = (
        (f"{found.sound} %s under it", found.under_voice_db),
        ("%s in pauses", found.in_pauses_db),
        ("tones %s", found.tones_db),
        ("bells %s", found.bells_db),
    )
    heard = [text % f"{db:g} dB".replace("-", "−") for text, db in rows if db is not None]
    return f"Against the voice: {', '.join(heard)}." if heard else ""


def _heading(title: str, total_ms: int, lengths: Mapping[str, int], width: int) -> list[str]:
    """Title and total in one line; in two, if there is no room for both."""
    others = [f"{timecode(each)} with the {name} introduction" for name, each in [*lengths.items()][1:]]
    total = ", ".join([timecode(total_ms), *others])
    if others and len(title) + 2 + len(total) > width:
        return [title, f"{total:>{width}}"]
    return [f"{title:<{width - len(total)}}{total}"]


def _course(voice: VoiceSettings, without_pitch: Sequence[str]) -> str:
    """What changes between the first speech and the last, in a sentence or two; empty where nothing does."""
    ways = {
        "from {:g} to {:g} words a minute": voice.rates,
        "from pitch {:g} to {:g}": voice.pitches,
        "from {:g} to {:g} dB": voice.levels_db,
    }
    said = [way.format(first, last) for way, (first, last) in ways.items() if first != last]
    told = [f"From its first words to its last, the voice goes {', '.join(said)}."] if said else []
    told += [f"There is only one pitch for {' and '.join(without_pitch)}."] if without_pitch else []
    return " ".join(told)


def _wrapped(head: str, words: str, width: int) -> list[str]:
    return textwrap.wrap(words, width, initial_indent=head, subsequent_indent=" " * len(head)) or [head.rstrip()]


@dataclass(frozen=True)
class _Row:
    start_ms: int
    length_ms: int
    what: str


@dataclass(frozen=True)
class _SlotRow:
    """A slot with its own cues."""

    stretch: Stretch
    cues: tuple[Cue, ...]

    @property
    def help(self) -> str:
        """How the breath is guided: counted, in words, in tones or in silence."""
        kinds = [cue.kind for cue in self.cues]
        return next((word for kind, word in _HELP.items() if kind in kinds), "in silence")


def _slots(timeline: Timeline) -> Iterator[_SlotRow]:
    cues = {start: tuple(group) for start, group in groupby(timeline.cues, key=lambda cue: cue.slot_start_ms)}
    for stretch in timeline.slots:
        yield _SlotRow(stretch, cues.get(stretch.start_ms, ()) if stretch.length_ms else ())


def _rows(timeline: Timeline) -> Iterator[_Row]:
    starts = {section.start_ms for section in timeline.sections}
    slots = list(_slots(timeline))
    at = 0
    while at < len(slots):
        end = at + 1
        if slots[at].stretch.guide in _BREATH:
            end = _breaths_end(slots, at, starts)
        yield _breath_row(slots[at:end]) if slots[at].stretch.guide in _BREATH else _plain_row(slots[at])
        at = end


def _breaths_end(slots: Sequence[_SlotRow], at: int, starts: set[int]) -> int:
    """Where a run of breaths ends: at a slot without breath, at a section, or at a cycle of another kind."""
    second = before = at
    end = at + _cycle_length(slots, at)
    while end < len(slots) and slots[end].stretch.opens and slots[end].stretch.start_ms not in starts:
        second = end if second == at else second
        steady = _lengths(slots, at) == _lengths(slots, second)
        if _kind(slots, end) != _kind(slots, at) or (_lengths(slots, before) == _lengths(slots, end)) != steady:
            break  # the cycles of a run are either all equal, or each differs from the one before
        before, end = end, end + _cycle_length(slots, end)
    return end


def _kind(slots: Sequence[_SlotRow], at: int) -> list[str]:
    """The help, the line and the phases of a cycle."""
    return [_cycle_help(slots, at), _line(slots, at), *(slot.stretch.guide for slot in _cycle(slots, at))]


def _line(slots: Sequence[_SlotRow], at: int) -> str:
    """What a person says over a cycle, beside words and numbers on its beats."""
    said = [cue.text for slot in _cycle(slots, at) for cue in slot.cues if cue.kind == "speech"]
    return f", with: {' '.join(said)}" if said else ""


def _lengths(slots: Sequence[_SlotRow], at: int) -> list[int]:
    return [slot.stretch.length_ms for slot in _cycle(slots, at)]


def _cycle(slots: Sequence[_SlotRow], at: int) -> Sequence[_SlotRow]:
    return slots[at : at + _cycle_length(slots, at)]


def _cycle_help(slots: Sequence[_SlotRow], at: int) -> str:
    """The help of a cycle. A short phase may have only its word while the others are counted."""
    helps = [slot.help for slot in _cycle(slots, at)]
    return next((word for word in _HELP.values() if word in helps), "in silence")


def _cycle_length(slots: Sequence[_SlotRow], at: int) -> int:
    """The number of slots until the next cycle opens, or the breaths end."""
    ahead = range(at + 1, len(slots))
    return next((i for i in ahead if slots[i].stretch.opens or not slots[i].stretch.guide), len(slots)) - at


def _breath_row(run: Sequence[_SlotRow]) -> _Row:
    first, last, again = run[0].stretch, run[-1].stretch, _cycle_length(run, 0)
    pairs = zip(run[:again], run[-again:], strict=True)
    phases = ", ".join(f"{a.stretch.guide} {_from_to(a.stretch.length_ms, b.stretch.length_ms)}" for a, b in pairs)
    length = last.start_ms + last.length_ms - first.start_ms
    return _Row(first.start_ms, length, f"{len(run) // again} × [{phases}], {_cycle_help(run, 0)}{_line(run, 0)}")


def _from_to(first_ms: int, last_ms: int) -> str:
    """A phase's length; the first and the last if it changes over the cycles."""
    first, last = format_duration(first_ms), format_duration(last_ms)
    return first if first == last else f"{first} to {last}"


def _plain_row(slot: _SlotRow) -> _Row:
    said = " ".join(cue.text or f"({cue.kind})" for cue in slot.cues)
    return _Row(slot.stretch.start_ms, slot.stretch.length_ms, said or "(quiet)")
