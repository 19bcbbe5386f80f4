"""Who is there while something plays: hands that steer it, eyes that follow it, and a memory of the place.

The rule: whoever is heavy to load comes as a factory, which is called when the first sound is on its way. Nobody here
knows of the others: hands put controls into the one inbox, views are shown moments, the keeper is told places.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

from player.live.controls.inbox import Inbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from player.live.observer import PlaybackObserver
    from player.pipeline import Prepared
    from player.pipeline.turns import Turn

ControlSource: TypeAlias = "Callable[[Inbox], AbstractContextManager[object]]"
"""Puts controls into the inbox for as long as its context lasts."""


class ProgressListener(Protocol):
    """Is told of each session that is played: once that it began, now and then how far it came, once that it ended."""

    def began(self, turn: Turn, ready: Prepared, start_ms: int) -> None:
        """A session is about to sound from ``start_ms`` on; its loudspeaker is open."""

    def reached(self, at_ms: int, heard_ms: int) -> None:
        """How far it has been heard, and how long it has sounded, without pauses; told every second, and at a pause."""

    def ended(self, at_ms: int, heard_ms: int, *, whole: bool) -> None:
        """It sounds no more: heard to its end, stopped, or lost. The times are as in `reached`."""


@dataclass(frozen=True)
class Participants:
    """All of them.

    Attributes
    ----------
    hands
        There from the first sound of the first session to the end of all: signals, the desktop.
    keys
        The terminal's: there only while a session sounds, as questions are asked between two.
    views
        Made at the first sound; begun and ended with every session.
    waits
        Somebody would see that the loudspeaker was lost, and could ask for another one: so it is waited for. Otherwise
        playing ends there.
    """

    inbox: Inbox = field(default_factory=Inbox)
    hands: tuple[ControlSource, ...] = ()
    keys: ControlSource | None = None
    views: tuple[Callable[[], PlaybackObserver], ...] = ()
    keeper: ProgressListener | None = None
    waits: bool = False
