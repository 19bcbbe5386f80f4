"""Sessions to fall asleep by: which those are, and from when on the listener may be asleep.

No key of a script says it; the end of a session does. Pages and playing ask here, so that both let the screen go dark
in the same sessions. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from player.timeline.model import Timeline

SLEEP_FADE_MS: Final = 60_000
"""A background that takes this long to fade is there to fall asleep by; ordinary ones take ten seconds."""


def is_for_sleep(timeline: Timeline) -> bool:
    """Whether a listener is to fall asleep: the background fades slowly at the end, and no bell follows the last word.

    Of the bundled sessions it is true for ``sleep-wind-down`` and ``awake-at-night``, and for any session with
    ``--outlive``.
    """
    last_word_ms = max((cue.end_ms for cue in timeline.cues if not cue.is_tone), default=0)
    rings = any(cue.kind == "chime" and cue.start_ms >= last_word_ms for cue in timeline.cues)
    return not rings and (timeline.fades_evenly or timeline.fade_out_ms >= SLEEP_FADE_MS)


def asleep_from_ms(timeline: Timeline) -> int | None:
    """The moment from which only the background is left, which fades; None where the listener is to stay awake."""
    return max(0, timeline.total_ms - timeline.fade_out_ms) if is_for_sleep(timeline) else None
