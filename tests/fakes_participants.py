"""Fake participants of playback, which record their calls."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from player.live.controls.inbox import Inbox
    from player.live.observer import PlaybackState
    from player.pipeline import Prepared
    from player.pipeline.turns import Turn
    from player.timeline.model import Timeline


@dataclass
class FakeObserver:
    """An observer; ``on_show`` is called with every state."""

    on_show: Callable[[PlaybackState], None] = lambda _: None
    events: list[str] = field(default_factory=list)
    states: list[PlaybackState] = field(default_factory=list)

    def begin(self, timeline: Timeline) -> None:
        self.events.append(f"begin {timeline.title}")

    def show(self, state: PlaybackState) -> None:
        self.states.append(state)
        self.on_show(state)

    def end(self) -> None:
        self.events.append("end")


@dataclass
class FakeTicking:
    """Notes its making and its ticks."""

    events: list[str]

    def __post_init__(self) -> None:
        self.events.append("made")

    def tick(self, *, is_paused: bool) -> None:
        self.events.append("tick in a pause" if is_paused else "tick")


@dataclass
class FakeProgressListener:
    """A progress listener."""

    calls: list[tuple[object, ...]] = field(default_factory=list)
    reached_ms: list[tuple[int, int]] = field(default_factory=list)
    chosen: tuple[str | None, float | None] = (None, None)

    def began(self, turn: Turn, ready: Prepared, start_ms: int) -> None:
        self.calls.append(("began", turn.name, start_ms))

    def chose(self, guide: str | None, bed_db: float | None) -> None:
        self.chosen = (guide, bed_db)

    def reached(self, at_ms: int, heard_ms: int) -> None:
        self.reached_ms.append((at_ms, heard_ms))

    def ended(self, at_ms: int, heard_ms: int, *, whole: bool) -> None:
        self.calls.append(("ended", at_ms, heard_ms, whole))


def control_source(events: list[str], name: str) -> Callable[[Inbox], contextlib.AbstractContextManager[None]]:
    """A control source that puts nothing into the inbox, but records when it is open."""

    @contextlib.contextmanager
    def opened(inbox: Inbox) -> Iterator[None]:
        events.append(f"{name} comes")
        yield
        events.append(f"{name} goes")

    return opened
