"""The pacer on the terminal: a picture of every moment.

The rule: a session leaves one line behind on the screen as it was before: its title, and how far it was heard.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from player.live.screen.columns import clipped
from player.live.screen.frame import frame
from player.live.screen.rows import Look
from player.live.screen.score import PacerIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from player.live.observer import PlaybackState
    from player.live.screen.rows import Row
    from player.live.screen.score import Scene
    from player.timeline.model import Timeline

LEAD_MS: Final = 25
"""A picture stands until the next one, 50 ms later: it shows the middle of its time, so it is never off by more than
half of it."""
NOTES_MS: Final = 20_000


class Screen(Protocol):
    """What a pacer draws on."""

    @property
    def encoding(self) -> str:
        """What its characters are written in."""

    def size(self) -> tuple[int, int]:
        """Columns and rows."""

    def take(self) -> None:
        """Put aside what is there."""

    def give_back(self) -> None:
        """As it was before."""

    def draw(self, rows: Sequence[Row]) -> None:
        """A picture from the top row on."""


class Pacer:
    """A view for eyes.

    Parameters
    ----------
    say
        Prints the line that a session leaves behind.
    keys
        Each key and what it does, for the listener who asks.
    notes
        What is to be read of the session that begins, such as its safety lines; it is there for the first
        `NOTES_MS`, where there is room.
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
        self._score: PacerIndex | None = None
        self._at_ms = 0
        self._seen: tuple[Scene, PlaybackState, tuple[int, int], tuple[str, ...]] | None = None
        self._picture: tuple[Row, ...] = ()

    def begin(self, timeline: Timeline) -> None:
        """A session begins: the screen is taken."""
        self._score, self._at_ms = PacerIndex(timeline), 0
        self._noted = (tuple(self._notes()), None)
        self._screen.take()

    def show(self, moment: PlaybackState) -> None:
        """The picture of a moment."""
        if self._score is None:
            return
        self._at_ms = moment.at_ms
        at_ms = moment.at_ms if moment.is_paused else moment.at_ms + LEAD_MS
        seen = (self._score.at(at_ms), replace(moment, at_ms=0), self._screen.size(), self._notes_at(at_ms))
        if seen != self._seen:  # equal scenes are equal pictures
            self._seen = seen
            scene, state, size, notes = seen
            self._picture = frame(scene, state, self._look, *size, notes)
        self._screen.draw(self._picture)

    def _notes_at(self, at_ms: int) -> tuple[str, ...]:
        notes, since_ms = self._noted
        since_ms = at_ms if since_ms is None else since_ms
        self._noted = (notes, since_ms)
        return notes if since_ms <= at_ms < since_ms + NOTES_MS else ()

    def end(self) -> None:
        """The session is over: the screen is as it was, and a line tells how far it was heard."""
        if self._score is None:
            return
        score, self._score = self._score, None
        columns, _ = self._screen.size()
        self._screen.give_back()
        heard = f", {score.heard(self._at_ms)}"
        self._say(clipped(score.title, columns - len(heard)) + heard)
