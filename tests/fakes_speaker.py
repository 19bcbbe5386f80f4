"""A loudspeaker without a device: it plays the tape while the speaker sleeps, and has switches for what can fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from player.live.device.ringbuffer import State
from player.units import RATE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from player.live.device.ringbuffer import SharedRingBuffer


@dataclass
class FakeLoudspeaker:
    """Takes sound from its tape as time goes by.

    ``missing`` says why it has no device; ``dies_at`` is a frame of the tape.
    """

    kind: str
    tape: SharedRingBuffer
    missing: str | None = None
    dies_at: int | None = None
    latency: int = 0
    heard: bytearray = field(default_factory=bytearray)
    farthest_ahead: int = 0
    ended: bool = False

    def __post_init__(self) -> None:
        self.tape.latency = self.latency
        self.tape.grain = RATE // 10

    @property
    def is_done(self) -> bool:
        return self.tape.state == State.DONE

    def failure(self) -> str | None:
        if self.missing and self.tape.go:
            return self.missing
        return "it died" if self.dies_at is not None and self.tape.head >= self.dies_at else None

    def end(self) -> None:
        self.ended = True

    def elapse(self, seconds: float) -> None:
        if not self.ended and self.tape.go and self.failure() is None:
            self._take(int(seconds * RATE))

    def sound(self) -> NDArray[np.int16]:
        return np.frombuffer(bytes(self.heard), np.int16).reshape(-1, 2)

    def _take(self, frames: int) -> None:
        self.farthest_ahead = max(self.farthest_ahead, self.tape.filled - self.tape.head)
        block = self.tape.read(self.tape.head, frames)
        self.heard += block
        self.tape.head += len(block) // 4
        if self.tape.head == self.tape.total:
            self.tape.state = State.DONE


@dataclass
class Room:
    """Where fake loudspeakers stand: hand ``spawn`` and ``sleep`` to a `Speaker`.

    ``missing`` and ``dies_at`` are a loudspeaker's switches by its kind; ``interrupt_at`` is a frame at which somebody
    presses Ctrl-C; ``full`` refuses to make one.
    """

    missing: dict[str, str] = field(default_factory=dict)
    dies_at: int | None = None
    interrupt_at: int | None = None
    latency: int = 0
    full: bool = False
    loudspeakers: list[FakeLoudspeaker] = field(default_factory=list)

    def spawn(self, kind: str, tape: SharedRingBuffer, environ: Mapping[str, str]) -> FakeLoudspeaker:
        if self.full:
            raise OSError(28, "No space left on device")
        self.loudspeakers.append(FakeLoudspeaker(kind, tape, self.missing.get(kind), self.dies_at, self.latency))
        return self.loudspeakers[-1]

    def sleep(self, seconds: float) -> None:
        self.last.elapse(seconds)
        if self.interrupt_at is not None and self.last.tape.head >= self.interrupt_at:
            self.interrupt_at = None
            raise KeyboardInterrupt

    @property
    def last(self) -> FakeLoudspeaker:
        return self.loudspeakers[-1]
