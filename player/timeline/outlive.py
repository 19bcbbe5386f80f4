"""Outliving: the background goes on after the session, and fades so slowly that a sleeper does not wake.

The session's own times do not change. A quiet stretch is added, and the fade takes all of it, instead of the session's
own fade. Closing bells are left out, as the listener may be asleep: a bell is a closing one if nothing is said or
guided after it. Pure: a timeline in, a timeline out. The envelope decides how the fade sounds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from player.errors import UsageError
from player.techniques.cue import BedChange
from player.timeline.model import Stretch
from player.units import LONGEST_MS, format_duration, timecode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from player.script.session import Session
    from player.techniques.cue import Part
    from player.timeline.model import Cue, Timeline

SHORTEST_MS: Final = 1000
MOST_MS: Final = 8 * 3_600_000
"""A night."""


def must_be_possible(session: Session, parts: Iterable[Part], by_ms: int | None) -> None:
    """Refuse a session that cannot be outlived, before anything is spoken; None changes nothing.

    Raises
    ------
    UsageError
        If there is no background at the end, or the time is out of range.
    """
    if by_ms is None:
        return
    if not SHORTEST_MS <= by_ms <= MOST_MS:
        allowed = f"{format_duration(SHORTEST_MS)} to {MOST_MS // 3_600_000}h"
        raise UsageError(f"--outlive must be {allowed}, not {format_duration(by_ms)}")
    last = next((part for part in reversed([*parts]) if isinstance(part, BedChange) and part.sound), None)
    if last is not None and last.sound == "none":
        raise UsageError(f"--outlive needs a background at the end, but {last.at} turns it off; take that step out")
    if last is None and session.background.sound in {None, "none"}:
        raise UsageError("--outlive needs a background to go on with; choose one, such as --background rain")


def outlived(timeline: Timeline, by_ms: int | None) -> Timeline:
    """The timeline with a background that goes on for ``by_ms`` more and fades; unchanged with None.

    Raises
    ------
    UsageError
        If the session becomes longer than a day.
    """
    if by_ms is None:
        return timeline
    total_ms = timeline.total_ms + by_ms
    if total_ms > LONGEST_MS:
        lasts, most = timecode(total_ms), timecode(LONGEST_MS - timeline.total_ms)
        raise UsageError(f"with --outlive it would last {lasts}, more than 24 hours; at most {most} can be added")
    return replace(
        timeline,
        total_ms=total_ms,
        cues=_without_closing_bells(timeline.cues),
        slots=(*timeline.slots, Stretch(timeline.total_ms, by_ms)),
        fade_out_ms=by_ms,
        fades_evenly=True,
    )


def _without_closing_bells(cues: tuple[Cue, ...]) -> tuple[Cue, ...]:
    until_ms = max((cue.start_ms for cue in cues if cue.kind != "chime"), default=0)
    return tuple(cue for cue in cues if cue.kind != "chime" or cue.start_ms < until_ms)
