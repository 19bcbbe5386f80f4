"""The pacer on the terminal: a picture of every state.

When a session ends, the screen is restored, with one new line: its title, and how far it was heard.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from player.live.screen.columns import clipped
from player.live.screen.frame import frame
from player.live.screen.rows import Look
from player.timeline.pacer_index import PacerIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from player.live.observer import PlaybackState
    from player.live.screen.rows import Row
    from player.timeline.model import Timeline
    from player.timeline.pacer_index import Scene

LEAD_MS: Final = 25
"""A picture is shown until the next one, 50 ms later. It shows the middle of that time, so it is off by at most half of
it."""
NOTES_MS: Final = 20_000


class Screen(Protocol):
    """A screen that a pacer can draw on."""

    @property
    def encoding(self) -> str:
        """The encoding of its characters."""

    def size(self) -> tuple[int, int]:
        """Columns and rows."""

    def take(self) -> None:
        """Save the screen's content, and begin to draw."""

    def give_back(self) -> None:
        """Restore the screen's content."""

    def draw(self, rows: Sequence[Row]) -> None:
        """Draw a picture, from the top row on."""


class Pacer:
    """A playback observer that draws.

    Parameters
    ----------
    say
        Prints the line about a session that has ended.
    keys
        Each key and what it does, shown when the listener asks for it.
    notes
        Lines about the session that begins, such as its safety lines; shown for the first `NOTES_MS`, if there is room.
    """

    def __init__(
        self,
        screen: Screen,
        say: Callable[[str], object],
        keys: tuple[tuple[str, str], ...] = (),
        notes: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self._screen = screen
        self._say = say
        self._notes = notes
        self._noted: tuple[tuple[str, ...], int | None] = ((), None)
        self._look = Look(screen.encoding, keys)
        self._index: PacerIndex | None = None
        self._at_ms = 0
        self._seen: tuple[Scene, PlaybackState, tuple[int, int], tuple[str, ...]] | None = None
        self._picture: tuple[Row, ...] = ()

    def begin(self, timeline: Timeline) -> None:
        """Take the screen for a session that begins."""
        self._index, self._at_ms = PacerIndex(timeline), 0
        self._noted = (tuple(self._notes()), None)
        self._screen.take()

    def show(self, state: PlaybackState) -> None:
        """Draw the picture of a state."""
        if self._index is None:
            return
        self._at_ms = state.at_ms
        at_ms = state.at_ms if state.is_paused else state.at_ms + LEAD_MS
        seen = (self._index.at(at_ms), replace(state, at_ms=0), self._screen.size(), self._notes_at(at_ms))
        if seen != self._seen:  # equal scenes are equal pictures
            self._seen = seen
            scene, shown, size, notes = seen
            self._picture = frame(scene, shown, self._look, *size, notes)
        self._screen.draw(self._picture)

    def _notes_at(self, at_ms: int) -> tuple[str, ...]:
        notes, since_ms = self._noted
        since_ms = at_ms if since_ms is None else since_ms
        self._noted = (notes, since_ms)
        return notes if since_ms <= at_ms < since_ms + NOTES_MS else ()

    def end(self) -> None:
        """Restore the screen, and print how far the session was heard."""
        if self._index is None:
            return
        index, self._index = self._index, None
        columns, _ = self._screen.size()
        self._screen.give_back()
        heard = f", {index.heard(self._at_ms)}"
        self._say(clipped(index.title, columns - len(heard)) + heard)
