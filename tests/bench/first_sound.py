"""How long after a command sound is heard: ``python tests/bench/first_sound.py``.

A private PulseAudio plays in real time, and its monitor is listened to: the first sample that is not zero, which is
the lead-in that wakes sleeping loudspeakers, and the first one that anybody hears. Each command is given several times,
from an empty store and from a warm one; the middle time counts. The processor's time is that of the command and all
that it started, and tells more on a busy machine.
"""

from __future__ import annotations

import itertools
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from player.live.device.backends import available
from tests.sound_server import Loudspeaker, sound_server, wait_until

COMMANDS: Final = (
    ("breathe", "4-4-4-4"),
    ("breathe", "4-4-4-4", "--tones"),
    ("play", "box-breathing"),
)
TIMES: Final = 5
AUDIBLE: Final = 33  # of 32768: 60 dB under full scale, and far above the lead-in


class Ear(Loudspeaker):
    """Notes when the first sound was at the sink that somebody hears."""

    first_audible: float | None = None

    def _note(self, heard: bytes) -> None:
        super()._note(heard)
        samples = np.frombuffer(heard[: len(heard) // 2 * 2], np.int16)
        if self.first_audible is None and np.abs(samples.astype(int)).max(initial=0) > AUDIBLE:
            self.first_audible = time.monotonic()


class Waited(NamedTuple):
    """Seconds to the first sample, to the first sound that is heard, and of the processor's time until then."""

    first: float
    heard: float
    processor: float


def waited(command: tuple[str, ...], env: dict[str, str]) -> Waited:
    """What it takes until something is heard of a command."""
    ear, before = Ear(env), resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    playing = subprocess.Popen([sys.executable, "-m", "player", *command], env=env, stderr=subprocess.DEVNULL)
    wait_until(lambda: ear.first_audible is not None, "nothing is heard")
    playing.terminate()  # not SIGINT, which a shell may have it ignore
    playing.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    ear.stop()
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Waited((ear.first_sound or 0) - start, (ear.first_audible or 0) - start, used)


def main() -> None:
    print(f"{'':<30}  first sample  heard    processor   (seconds, the middle of {TIMES})")
    with sound_server() as env:
        for command, kind in itertools.product(COMMANDS, available()):
            cold, warm = [], []
            for _ in range(TIMES):
                with tempfile.TemporaryDirectory() as store:
                    its = env | {"PLAYER_STORE": store, "PLAYER_SPEAKER": kind}
                    cold.append(waited(command, its))
                    warm.append(waited(command, its))
            for name, found in (("empty store", cold), ("warm", warm)):
                sample, heard, used = (statistics.median(each) for each in zip(*found, strict=True))
                said = " ".join(command)
                print(f"{said:<30}  {sample:8.2f}  {heard:8.2f}  {used:8.2f}   {kind}, {name}", flush=True)
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
