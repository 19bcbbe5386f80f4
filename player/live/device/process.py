"""The device's process: it plays a ring, and ends as soon as the process that fills the ring has ended.

Started by `player.live.device.child` as ``python -m player.live.device.process KIND HANDLE CAPACITY LATENCY_MS``.
The rule: it imports the standard library and one audio library, and nothing heavier. It reports everything through the
ring, and ends by ``os._exit``, because an audio library's threads may still run. A crash in native audio code ends this
process, not the player.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from typing import Final

from player.live.device.miniaudio import Miniaudio
from player.live.device.ringbuffer import SharedRingBuffer, State
from player.live.device.simpleaudio import Simpleaudio, StuckError

TICK_S: Final = 0.01
"""It costs half a percent of a core, and makes the head exact enough to change the sound at once."""


MOST_RESTARTS: Final = 3


def main(kind: str, handle: str, capacity: str, latency_ms: str, restarts: str = "0") -> None:
    """Open the device, wait for enough sound, play it, and end the process.

    If the device is stuck, the program begins anew in this process, which ends all threads, and goes on where it was.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the player, which then fades the sound out
    ring = SharedRingBuffer.open(handle, int(capacity))
    threading.Thread(target=_leave_with_the_parent, daemon=True).start()
    try:
        _play(kind, ring, int(latency_ms))
    except StuckError:
        if int(restarts) < MOST_RESTARTS:
            ring.state = State.OPENING
            again = [kind, handle, capacity, latency_ms, str(int(restarts) + 1)]
            os.execv(sys.executable, [sys.executable, "-m", "player.live.device.process", *again])  # noqa: S606
        ring.fail("the device takes no more sound")
    except BaseException as error:  # noqa: BLE001 - the process ends here; the player reports it
        ring.fail(", ".join(map(str, error.args)) or type(error).__name__)
    os._exit(0)


def _play(kind: str, ring: SharedRingBuffer, latency_ms: int) -> None:
    parent = os.getppid()

    def tick() -> None:
        ring.heartbeat += 1
        if os.getppid() != parent:  # a fork of the parent may still hold standard input open
            os._exit(1)
        time.sleep(TICK_S)

    device = _open(kind, ring, latency_ms)
    ring.state = State.READY
    while not ring.go:
        tick()
    device.play(tick)
    ring.state = State.DONE


def _open(kind: str, ring: SharedRingBuffer, latency_ms: int) -> Simpleaudio | Miniaudio:
    """Only the library that is asked for is loaded."""
    return Simpleaudio(ring, latency_ms) if kind == "simpleaudio" else Miniaudio(ring, latency_ms)


def _leave_with_the_parent() -> None:
    """The parent writes nothing to standard input; its end means that the parent is gone."""
    os.read(0, 1)
    os._exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
