"""The state of playback, the observers that receive it, and those who only need to be called often.

A state is frozen. An observer receives one some twenty times a second, must return at once, and cannot change what is
heard except by a control.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from player.timeline.model import Timeline


@dataclass(frozen=True)
class PlaybackState:
    """What is going on at one moment of playback.

    Attributes
    ----------
    at_ms
        The position that is heard now, in the session's own time; in a pause, the position at which it will go on. A
        step that is entered a little before its beginning is at its beginning.
    volume_db
        0 is as exported, and the highest; minus infinity is silence.
    notice
        A sentence for the listener, such as why it is paused; or an empty string.
    keys_shown
        Whether the listener wants to see what each key does.
    is_full
        Whether the listener has just made it as loud as it can be, or asked for more.
    guide
        How breaths are guided, as the listener chose it; empty where the script decides.
    bed_db
        The level of the background relative to the voice, as the listener chose it; None where the script decides.
    speaks
        Whether words for another guidance are being spoken.
    """

    at_ms: int
    is_paused: bool = False
    volume_db: float = 0.0
    has_background: bool = True
    notice: str = ""
    keys_shown: bool = False
    is_full: bool = False
    guide: str = ""
    bed_db: float | None = None
    speaks: bool = False


class PlaybackObserver(Protocol):
    """Receives the state of playback: a pacer on a terminal, lines of text, the desktop's media controls."""

    def begin(self, timeline: Timeline) -> None:
        """A session begins."""

    def show(self, state: PlaybackState) -> None:
        """Receive the present state."""

    def end(self) -> None:
        """The session is over; may be called twice. Restore the terminal."""


class Ticking(Protocol):
    """Does a little at each turn of the playback loop, some twenty times a second: job control, sleep detection."""

    def tick(self, *, is_paused: bool) -> None:
        """Called after all observers have received the state; must return at once."""
