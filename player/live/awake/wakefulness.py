"""How awake the machine has to be, and until when. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from player.timeline.for_sleep import asleep_from_ms

if TYPE_CHECKING:
    from player.timeline.model import Timeline

PAUSED_FOR_S: Final = 180.0
"""A longer pause lets the machine sleep: whoever left is not kept waiting for, and who answered the door is."""


class Wakefulness(Enum):
    """What the machine may do by itself. Nothing keeps it from what its user tells it, such as closing the lid."""

    MAY_SLEEP = auto()
    RUNNING = auto()
    """It does not go to sleep; the display may turn off."""
    DISPLAYING = auto()
    """It does not go to sleep, and the display stays on."""


@dataclass(frozen=True)
class WakefulnessRule:
    """How awake the machine has to be while a session plays.

    Attributes
    ----------
    awake
        While the session plays.
    until_ms
        From here on it may sleep, as the listener may; None is to the end.
    """

    awake: Wakefulness
    until_ms: int | None

    def at(self, at_ms: int, paused_s: float) -> Wakefulness:
        """How awake at a position, in a pause of ``paused_s``."""
        is_asleep = self.until_ms is not None and at_ms >= self.until_ms
        return Wakefulness.MAY_SLEEP if is_asleep or paused_s > PAUSED_FOR_S else self.awake


def rule_for(timeline: Timeline, *, is_watched: bool) -> WakefulnessRule:
    """The rule for a session: a display that is lit keeps nobody from falling asleep, however it is watched."""
    until_ms = asleep_from_ms(timeline)
    is_lit = is_watched and until_ms is None
    return WakefulnessRule(Wakefulness.DISPLAYING if is_lit else Wakefulness.RUNNING, until_ms)
