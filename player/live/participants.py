"""The participants of playback: control sources, observers, what only needs to tick, and a listener to its progress.

Observers are heavy to load, so they come as factories, which are called when the first sound is on its way. The
participants do not know each other: control sources put controls into the one inbox, observers receive states, and the
progress listener receives positions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

from player.live.controls.inbox import Inbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from player.live.controls.job_control import JobPart
    from player.live.observer import PlaybackObserver, Ticking
    from player.pipeline import Prepared
    from player.pipeline.turns import Turn

ControlSource: TypeAlias = "Callable[[Inbox], AbstractContextManager[object]]"
"""Puts controls into the inbox for as long as its context lasts."""


class ProgressListener(Protocol):
    """Receives the progress of each session: its beginning, its position every second, and its end.

    What keys chose is told before each position and before the end.
    """

    def began(self, turn: Turn, ready: Prepared, start_ms: int) -> None:
        """A session begins at ``start_ms``; its output device is open."""

    def chose(self, guide: str | None, bed_db: float | None) -> None:
        """The guidance and the level of the background that keys chose so far; None where no key did."""

    def reached(self, at_ms: int, heard_ms: int) -> None:
        """The position, and how long the session has sounded without pauses; called every second and at a pause."""

    def ended(self, at_ms: int, heard_ms: int, *, whole: bool) -> None:
        """The session has ended: heard as a whole, stopped, or lost. The times are as in `reached`."""


@dataclass(frozen=True)
class Participants:
    """All participants of one command.

    Attributes
    ----------
    control_sources
        Open from the first sound of the first session to the end of the last one: signals.
    keys
        The terminal's keys: open only while a session sounds, because questions are asked between two sessions.
    observers
        Made at the first sound; begun and ended with every session.
    ticking
        Made anew for every session.
    progress_listener
        Such as the one that writes the history.
    pauses_when_lost
        Whether to pause when the loudspeaker is lost, because somebody can see that and ask for another one. Otherwise
        playing ends there.
    add_job_part
        Takes what must be given back before the program stops as a job of the shell.
    is_watched
        Whether a pacer is shown, so that the display is to stay on.
    with_system
        Whether keeping the machine awake, media keys, a sleep of the computer and a move of the sound take part.
    """

    inbox: Inbox = field(default_factory=Inbox)
    control_sources: tuple[ControlSource, ...] = ()
    keys: ControlSource | None = None
    observers: tuple[Callable[[], PlaybackObserver], ...] = ()
    ticking: tuple[Callable[[], Ticking], ...] = ()
    progress_listener: ProgressListener | None = None
    pauses_when_lost: bool = False
    add_job_part: Callable[[JobPart], None] = lambda _: None
    is_watched: bool = False
    with_system: bool = False
