"""Loudspeakers without a device: they play the ring while the player sleeps, and can be made to fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from player.live.controls.inbox import Inbox
from player.live.device.ringbuffer import State
from player.units import RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from player.live.controls.commands import AnyControl
    from player.live.device.ringbuffer import SharedRingBuffer


@dataclass
class FakeLoudspeaker:
    """Takes sound from its ring as time goes by.

    ``missing`` says why it has no device; ``dies_at`` is a frame of the ring.
    """

    kind: str
    ring: SharedRingBuffer
    missing: str | None = None
    dies_at: int | None = None
    latency: int = 0
    heard: bytearray = field(default_factory=bytearray)
    farthest_ahead: int = 0
    ended: bool = False

    def __post_init__(self) -> None:
        self.ring.latency = self.latency
        self.ring.grain = RATE // 10

    @property
    def is_done(self) -> bool:
        return self.ring.state == State.DONE

    def failure(self) -> str | None:
        if self.missing and self.ring.go:
            return self.missing
        return "it died" if self.dies_at is not None and self.ring.head >= self.dies_at else None

    def end(self) -> None:
        self.ended = True

    def elapse(self, seconds: float) -> None:
        if not self.ended and self.ring.go and self.failure() is None:
            self._take(int(seconds * RATE))

    def sound(self) -> NDArray[np.int16]:
        return np.frombuffer(bytes(self.heard), np.int16).reshape(-1, 2)

    def _take(self, frames: int) -> None:
        self.farthest_ahead = max(self.farthest_ahead, self.ring.filled - self.ring.head)
        block = self.ring.read(self.ring.head, frames)
        self.heard += block
        self.ring.head += len(block) // 4
        if self.ring.head == self.ring.total:
            self.ring.state = State.DONE


@dataclass
class FakeLoudspeakers:
    """All fake loudspeakers of a test: pass ``spawn`` to an `OutputDevice`, and let time pass by ``sleep``.

    ``missing`` and ``dies_at`` are a loudspeaker's switches by its kind; ``interrupt_at`` is a frame at which Ctrl-C
    is pressed; ``full`` refuses to make one.
    """

    missing: dict[str, str] = field(default_factory=dict)
    dies_at: int | None = None
    interrupt_at: int | None = None
    latency: int = 0
    full: bool = False
    opened: list[FakeLoudspeaker] = field(default_factory=list)

    def spawn(self, kind: str, ring: SharedRingBuffer, environ: Mapping[str, str]) -> FakeLoudspeaker:
        if self.full:
            raise OSError(28, "No space left on device")
        self.opened.append(FakeLoudspeaker(kind, ring, self.missing.get(kind), self.dies_at, self.latency))
        return self.opened[-1]

    def sleep(self, seconds: float) -> None:
        self.last.elapse(seconds)
        if self.interrupt_at is not None and self.last.ring.head >= self.interrupt_at:
            self.interrupt_at = None
            raise KeyboardInterrupt

    @property
    def last(self) -> FakeLoudspeaker:
        return self.opened[-1]


class TimedInbox(Inbox):
    """An inbox in which waiting for a control is a call of ``sleep``."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        super().__init__()
        self._sleep = sleep

    def get(self, timeout: float) -> AnyControl:
        self._sleep(timeout)
        return self.get_nowait()
