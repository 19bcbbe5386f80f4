"""What is going on at a moment of playing, for whoever shows it.

The rule: frozen values; a view is told some twenty times a second, returns at once, and never changes what is heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from player.timeline.model import Timeline


@dataclass(frozen=True)
class PlaybackState:
    """A moment of playing.

    Attributes
    ----------
    at_ms
        What is heard now, in the session's own time; where it is paused, the place at which it will go on.
    volume_db
        0 is as exported.
    notice
        A sentence for the listener, such as why it is paused; or nothing.
    keys_shown
        Whether the listener wants to see what each key does.
    """

    at_ms: int
    is_paused: bool = False
    volume_db: float = 0.0
    has_background: bool = True
    notice: str = ""
    keys_shown: bool = False


class PlaybackObserver(Protocol):
    """Whoever shows what is heard: a pacer on a terminal, lines, the desktop's media controls."""

    def begin(self, timeline: Timeline) -> None:
        """A session begins."""

    def show(self, moment: PlaybackState) -> None:
        """What is going on now."""

    def end(self) -> None:
        """The session is over; may be called twice. The terminal is as it was before."""
