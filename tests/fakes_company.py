"""Who is there while something plays, as fakes that remember what they were told."""

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
class Watcher:
    """A view; ``on_show`` is called with every moment."""

    on_show: Callable[[PlaybackState], None] = lambda _: None
    told: list[str] = field(default_factory=list)
    moments: list[PlaybackState] = field(default_factory=list)

    def begin(self, timeline: Timeline) -> None:
        self.told.append(f"begin {timeline.title}")

    def show(self, moment: PlaybackState) -> None:
        self.moments.append(moment)
        self.on_show(moment)

    def end(self) -> None:
        self.told.append("end")


@dataclass
class Rememberer:
    """A keeper."""

    told: list[tuple[object, ...]] = field(default_factory=list)
    reached_ms: list[tuple[int, int]] = field(default_factory=list)

    def began(self, turn: Turn, ready: Prepared, start_ms: int) -> None:
        self.told.append(("began", turn.name, start_ms))

    def reached(self, at_ms: int, heard_ms: int) -> None:
        self.reached_ms.append((at_ms, heard_ms))

    def ended(self, at_ms: int, heard_ms: int, *, whole: bool) -> None:
        self.told.append(("ended", at_ms, heard_ms, whole))


def hand(told: list[str], name: str) -> Callable[[Inbox], contextlib.AbstractContextManager[None]]:
    """A hand that puts nothing into the inbox, but says when it is there."""

    @contextlib.contextmanager
    def there(inbox: Inbox) -> Iterator[None]:
        told.append(f"{name} comes")
        yield
        told.append(f"{name} goes")

    return there
