"""What the tests of the voice share: a store, workers that can fail, an engine that does not."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from player.errors import VoiceError
from player.storage.store import Store
from player.voice import registry
from player.voice.drivers.table import BY_NAME
from player.voice.pyttsx3_engine import Pyttsx3Engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from player.voice.drivers.table import Driver

ESPEAK = BY_NAME["espeak"]
FAKE = Path(__file__).with_name("fake_worker.py")


class Workers:
    """Starts fake workers, and knows the process ids of all that were ever started."""

    def __init__(self, log: Path) -> None:
        self.log = log

    def command(self, **switches: str) -> list[str]:
        return [sys.executable, "-I", str(FAKE), json.dumps({"log": str(self.log), **switches})]

    @property
    def started(self) -> list[int]:
        return [int(path.name) for path in self.log.iterdir() if path.name.isdigit()]

    def told(self) -> list[dict[str, Any]]:
        """What they were asked, in order."""
        return [json.loads(line) for line in (self.log / "told").read_text(encoding="utf-8").splitlines()]

    def alive(self) -> list[int]:
        return [number for number in self.started if is_alive(number)]


def is_alive(number: int) -> bool:
    """Whether a process runs. A dead one that its adopting process has not yet waited for does not."""
    try:
        os.kill(number, 0)
        state = Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def workers(tmp_path: Path) -> Workers:
    log = tmp_path / "workers"
    log.mkdir()
    return Workers(log)


@pytest.fixture
def engines(store: Store, workers: Workers) -> Iterator[Callable[..., Pyttsx3Engine]]:
    """Makes engines with fake workers; none of these may be alive at the end of a test."""
    made: list[Pyttsx3Engine] = []

    def engine(timeout_s: float = 30, drivers: Sequence[Driver] = (ESPEAK,), **switches: str) -> Pyttsx3Engine:
        command = workers.command(**switches)
        made.append(Pyttsx3Engine(store, command=command, timeout_s=timeout_s, drivers=drivers))
        return made[-1]

    yield engine
    for each in made:
        each.stop()
    assert wait_until(lambda: not workers.alive()), "a worker outlived its engine"


def usable(*drivers: str) -> tuple[Driver, ...]:
    """Those drivers, or a skipped test that says what to install."""
    here = {driver.name for driver in registry.installed_drivers()}
    if missing := [name for name in drivers if name not in here]:
        pytest.skip(f"run `pip install {' '.join(BY_NAME[name].distributions[0] for name in missing)}`")
    return tuple(BY_NAME[name] for name in drivers)


def engine_of(store: Store, *drivers: str) -> Iterator[Pyttsx3Engine]:
    engine = Pyttsx3Engine(store, drivers=usable(*drivers))
    try:
        engine.voices()
    except VoiceError as error:
        pytest.skip(str(error))
    yield engine
    engine.stop()


@pytest.fixture
def real_engine(store: Store) -> Iterator[Pyttsx3Engine]:
    """pyttsx3 with the driver that it takes itself: espeak-ng on Linux, or the system's."""
    yield from engine_of(store, {"win32": "sapi5", "darwin": "nsss"}.get(sys.platform, "espeak"))


@pytest.fixture
def whole_engine(store: Store) -> Iterator[Pyttsx3Engine]:
    """pyttsx3 with the drivers that are alike on all systems."""
    yield from engine_of(store, "hibari", "piper", "espeak")
