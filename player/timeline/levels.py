"""Levels that the listener chooses: of the background, and of tones and bells, both relative to the voice.

The rule: a chosen level moves all of its kind by the same number of dB, so that the differences of the script stay:
between speech and pauses, between one background and the next, between a bell and a guide tone
(tests/timeline/test_levels.py). Pure: a timeline in, a timeline out; no time in it changes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from player.techniques.cue import Tone

if TYPE_CHECKING:
    from player.timeline.model import BedState, Cue, Timeline

USUAL_TONES_DB: Final = Tone("in", 0).level_db
"""Of guide tones and bells to which a script gives no level of their own."""


class Levels(NamedTuple):
    """Levels relative to the voice, in dB; None where there is nothing of the kind.

    ``sound`` is the first background that sounds. Of tones, and of bells, it is the highest level: under a line tones
    are softer.
    """

    sound: str | None
    under_voice_db: float | None
    in_pauses_db: float | None
    tones_db: float | None
    bells_db: float | None


def levels(timeline: Timeline) -> Levels:
    """The levels of a timeline."""
    first = first_bed(timeline)
    tones: dict[str, float] = {}
    for cue in timeline.cues:
        if isinstance(cue.sound, Tone):
            tones[cue.kind] = max(cue.sound.level_db, tones.get(cue.kind, cue.sound.level_db))
    others = tones.get("tone"), tones.get("chime")
    if first is None:
        return Levels(None, None, None, *others)
    return Levels(first.sound, first.under_voice_db, first.in_pauses_db, *others)


def first_bed(timeline: Timeline) -> BedState | None:
    """The first background that sounds; None where there is none."""
    return next((state for state in timeline.beds if state.sound is not None), None)


def levelled(timeline: Timeline, bed_db: float | None, tones_db: float | None) -> Timeline:
    """The timeline with other levels; None leaves one as the script has it.

    Parameters
    ----------
    bed_db
        The level under the voice of the first background that sounds.
    tones_db
        The level of whatever has the usual one, `USUAL_TONES_DB`.
    """
    first = first_bed(timeline)
    if bed_db is not None and first is not None:
        by_db = bed_db - first.under_voice_db
        timeline = replace(timeline, beds=tuple(_bed(state, by_db) for state in timeline.beds))
    if tones_db is not None:
        by_db = tones_db - USUAL_TONES_DB
        timeline = replace(timeline, cues=tuple(_cue(cue, by_db) for cue in timeline.cues))
    return timeline


def _bed(state: BedState, by_db: float) -> BedState:
    return replace(state, under_voice_db=state.under_voice_db + by_db, in_pauses_db=state.in_pauses_db + by_db)


def _cue(cue: Cue, by_db: float) -> Cue:
    return replace(cue, sound=_tone(cue.sound, by_db)) if isinstance(cue.sound, Tone) else cue


def _tone(tone: Tone, by_db: float) -> Tone:
    return replace(tone, level_db=tone.level_db + by_db)
