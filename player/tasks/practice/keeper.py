"""Who is told by the player what of a session was heard: the keeper.

The rule: a keeper returns at once and never raises; the player knows nothing else of what becomes of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from player.pipeline import Prepared
    from player.tasks.turns import Turn


class Keeper(Protocol):
    """Is told of each session that is played: once that it began, now and then how far it came, once that it ended."""

    def began(self, turn: Turn, ready: Prepared, start_ms: int) -> None:
        """A session begins to sound from ``start_ms`` on."""

    def reached(self, at_ms: int, heard_ms: int) -> None:
        """How far it has been heard, and how long it has sounded, without pauses; to be told every few seconds."""

    def ended(self, at_ms: int, heard_ms: int, *, whole: bool) -> None:
        """It sounds no more: heard to its end, stopped, or lost, even before it began. Times are as in `reached`."""


class _Nobody:
    """A keeper who keeps nothing."""

    def began(self, turn: Turn, ready: Prepared, start_ms: int) -> None:
        pass

    def reached(self, at_ms: int, heard_ms: int) -> None:
        pass

    def ended(self, at_ms: int, heard_ms: int, *, whole: bool) -> None:
        pass


NOBODY: Final[Keeper] = _Nobody()
