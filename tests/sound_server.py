"""A loudspeaker that can be listened to: a private PulseAudio with one silent sink, whose monitor is recorded.

It runs in real time, as a sound card does. ALSA's default device leads to it too, so that it stands for any loudspeaker
of a Linux desktop. Programs reach it by the environment ``Loudspeaker.env`` and nothing else. Where ``pulseaudio`` or
``parec`` is missing, a test that asks for it is skipped.

That environment asks for more patience than a listener has, as other tests have the processors too; whoever tests how
soon something is heard takes `prompt`.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
import threading
import time
from bisect import bisect_right
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

PATIENCE_S = 20.0
LOUDEST_NOISE = 5
"""Of the noise that keeps a loudspeaker awake."""
ALSA_TO_PULSE = "pcm.!default { type pulse }\nctl.!default { type pulse }\n"
# As it comes, it would resample, remix and scale; all of this is off, so that what is recorded is what was played.
SERVER = [
    *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--log-target=stderr"),
    *("--high-priority=no", "--realtime=no", "--resample-method=copy"),
    *("-L", "module-null-sink sink_name=null rate=48000 format=s16le channels=2 norewinds=1"),
]
RECORDER = [
    *("parec", "--device=null.monitor", "--format=s16le", "--rate=48000", "--channels=2", "--raw"),
    "--latency-msec=20",  # a quick recorder makes the sink quick too; left alone, it works two seconds ahead
]


class Loudspeaker:
    """What is played under ``env`` is heard in `recording`.

    Attributes
    ----------
    env
        The environment for programs, with this process's own in it.
    first_sound
        The moment, in `time.monotonic` seconds, at which the first sample that is not zero was at the sink; or None.
    """

    def __init__(self, env: dict[str, str]) -> None:
        self.env = env
        self.first_sound: float | None = None
        self._heard: list[bytes] = []
        self._times: list[float] = []
        self._recorder = subprocess.Popen(RECORDER, env=env, stdout=subprocess.PIPE)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        wait_until(lambda: bool(self._heard), "parec records nothing")

    def recording(self) -> NDArray[np.int16]:
        """Everything until now, shape (frames, 2), from before the first sound on."""
        time.sleep(0.3)  # what has been played may still be on its way through the recorder
        heard = b"".join(self._heard)
        return np.frombuffer(heard[: len(heard) // 4 * 4], np.int16).reshape(-1, 2)

    def time_of(self, frame: int) -> float:
        """When a frame of the recording was at the sink, in `time.monotonic` seconds; some 20 ms may be missing."""
        ends = list(accumulate(map(len, self._heard)))
        return self._times[bisect_right(ends, frame * 4)]

    def wait_for(self, frames: int) -> None:
        """Return when so many frames that are louder than the noise before a programme have been played."""
        wait_until(lambda: self._sounding() > frames, f"{frames} frames were not heard")

    def stop(self) -> None:
        self._recorder.terminate()
        self._recorder.wait()
        self._listener.join()
        if self._recorder.stdout:
            self._recorder.stdout.close()

    def _sounding(self) -> int:
        heard = b"".join(self._heard)
        frames = np.frombuffer(heard[: len(heard) // 4 * 4], np.int16).reshape(-1, 2)
        return int(np.count_nonzero((abs(frames) > LOUDEST_NOISE).any(axis=1)))

    def _listen(self) -> None:
        out = self._recorder.stdout
        while out and (heard := os.read(out.fileno(), 1 << 16)):
            self._note(heard)
            self._times.append(time.monotonic())
            self._heard.append(heard)

    def _note(self, heard: bytes) -> None:
        if self.first_sound is None and any(heard):
            self.first_sound = time.monotonic()


class SoundServer:
    """A private sound server; programs find it by ``env``, and find it again when it was stopped and started."""

    def __init__(self, folder: Path) -> None:
        self.env = _environment(folder)
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Return when it answers."""
        socket = self._folder / "socket"
        server = subprocess.Popen(
            [*SERVER, "-L", f"module-native-protocol-unix socket={socket} auth-anonymous=1"],
            env={**self.env, "HOME": str(self._folder)},
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # as a desktop's: Linux shares its processors out among sessions
        )
        self._processes.append(server)
        wait_until(socket.exists, "pulseaudio does not start")
        keeper = subprocess.Popen(RECORDER, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._processes.append(keeper)  # keeps it quick between the tests

    def kill(self) -> None:
        """It is gone from one moment to the next."""
        for process in self._processes:
            process.kill()
            process.wait()
        self._processes.clear()
        (self._folder / "socket").unlink(missing_ok=True)

    def stop(self) -> None:
        """Return when it has ended."""
        for process in reversed(self._processes):
            process.terminate()
            process.wait()


@contextlib.contextmanager
def mortal_server() -> Iterator[SoundServer]:
    """A sound server that runs for as long as the context lasts, unless it is killed."""
    for program in ("pulseaudio", "parec"):
        if not shutil.which(program):
            pytest.skip(f"needs {program}: install pulseaudio and pulseaudio-utils")
    # Not pytest's folder: the path of a socket has at most 107 characters.
    with tempfile.TemporaryDirectory(prefix="sound-") as folder:
        server = SoundServer(Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.stop()


@contextlib.contextmanager
def sound_server() -> Iterator[dict[str, str]]:
    """The environment in which programs find a private sound server, for as long as the context lasts."""
    with mortal_server() as server:
        yield server.env


@pytest.fixture(params=["simpleaudio", "miniaudio"])
def kind(request: pytest.FixtureRequest) -> str:
    """Each library that can play."""
    kind = str(request.param)
    if not importlib.util.find_spec(kind):
        pytest.skip(f"needs {kind}: pip install {kind}")
    if kind == "simpleaudio" and not any(Path("/usr").glob("lib*/**/alsa-lib/libasound_module_pcm_pulse.so")):
        pytest.skip("needs ALSA's way to PulseAudio: install libasound2-plugins")
    return kind


@pytest.fixture(scope="session")
def sound_environment() -> Iterator[dict[str, str]]:
    with sound_server() as env:
        yield env


@pytest.fixture
def loudspeaker(sound_environment: dict[str, str]) -> Iterator[Loudspeaker]:
    loudspeaker = Loudspeaker(sound_environment)
    yield loudspeaker
    loudspeaker.stop()


def without_devices(folder: Path) -> dict[str, str]:
    """The environment of a machine that has no audio device at all."""
    (folder / "asound.conf").write_text("")
    return {
        **_own_environment(),
        "PULSE_SERVER": f"unix:{folder}/nothing",
        "XDG_RUNTIME_DIR": str(folder),
        "ALSA_CONFIG_PATH": str(folder / "asound.conf"),
    }


def _environment(folder: Path) -> dict[str, str]:
    asound = folder / "asound.conf"
    asound.write_text(ALSA_TO_PULSE)
    return {
        **_own_environment(),
        "PULSE_SERVER": f"unix:{folder}/socket",
        "XDG_RUNTIME_DIR": str(folder),
        "ALSA_CONFIG_PATH": str(asound),
        "PLAYER_LATENCY": "300",
    }


def prompt(env: dict[str, str]) -> dict[str, str]:
    """The environment with the latency that a listener has."""
    return {name: value for name, value in env.items() if name != "PLAYER_LATENCY"}


def _own_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PULSE_", "ALSA_", "PLAYER_"))}


def wait_until(happened: Callable[[], bool], otherwise: str) -> None:
    """Return as soon as it has happened; fail with those words if it does not within `PATIENCE_S`."""
    until = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < until, otherwise
        time.sleep(0.02)
