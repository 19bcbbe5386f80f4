"""The worker script itself, with stand-ins for pyttsx3 in its path: traps, missing engines, other systems' drivers."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from player.voice.process import Worker, WorkerError
from player.voice.pyttsx3_engine import WORKER
from player.voice.take import read_take

if TYPE_CHECKING:
    from pathlib import Path

Ask = Callable[..., dict[str, Any]]

HEAD = """
import wave

def write(path, seconds):
    print("Audio saved to", path)
    with wave.open(path, "wb") as file:
        file.setnchannels(1), file.setsampwidth(2), file.setframerate(22050)
        file.writeframes(bytes(44100 * seconds))
"""

# The real pyttsx3, but for its driver: the traps of the proxy between them are the real ones.
REAL = """
import importlib.util, pathlib, sys, types
folders = [pathlib.Path(entry, "pyttsx3") for entry in sys.path]
__path__ = [str(folder) for folder in folders if (folder / "engine.py").exists()]
from pyttsx3.engine import Engine

def init(name):
    module = types.ModuleType("pyttsx3.drivers." + Driver.name)
    module.buildDriver = lambda proxy: Driver(proxy)
    sys.modules[module.__name__] = module
    return Engine(Driver.name)

class Voice:
    id, name, languages, gender = "id-1", "Daniel", ["en_GB"], "VoiceGenderMale"

class Settings:
    def __init__(self, proxy):
        self.proxy, self.settings = proxy, {}
    def getProperty(self, name):
        return [Voice()] if name == "voices" else "id-1"
    def setProperty(self, name, value):
        if name == "pitch":
            raise KeyError("this driver has no pitch")
        if (name, value) == ("voice", "unknown"):
            raise ValueError("unknown voice id")
        self.settings[name] = value
    def destroy(self):
        pass
"""

SAPI5 = """
class Driver(Settings):
    # Writes while it is called, announces nothing, and its loop ends only if it was ended after it started.
    name = "sapi5"
    looping = False
    def save_to_file(self, text, path):
        write(path, 1 if self.settings == {"voice": "id-1", "rate": 105} else 9)
    def startLoop(self):
        first = self.looping = True
        while self.looping:
            if first:
                self.proxy.setBusy(False)
                first = False
    def endLoop(self):
        self.looping = False
    def stop(self):
        pass
"""

NSSS = """
class Driver(Settings):
    # Writes while its loop runs, and a loop that is ended too early stops it.
    name = "nsss"
    path = None
    def save_to_file(self, text, path):
        self.proxy.setBusy(True)
        self.path = path
    def startLoop(self):
        self.running = True
        self.proxy.setBusy(False)
        for turn in range(3):
            if self.running and self.path and turn == 2:
                write(self.path, 1 if self.settings == {"voice": "id-1", "rate": 105} else 9)
                self.proxy.notify("finished-utterance", completed=True)
                self.proxy.setBusy(False)
    def endLoop(self):
        self.running = False
    def stop(self):
        if self.proxy.isBusy():
            self.path = None
"""

PLAIN = """
class Proxy:
    def setBusy(self, busy):
        pass

class Engine:
    proxy = Proxy()
    def __str__(self):
        return "nsss"
    def connect(self, topic, callback):
        setattr(self, topic.partition("-")[0], callback)
    def setProperty(self, name, value):
        pass
    def getProperty(self, name):
        return []
    def save_to_file(self, text, path):
        self.path = path
    def runAndWait(self):
        self.run()

def init(name):
    return Engine()
"""


@pytest.fixture
def ask_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Ask]]:
    """Puts a stand-in for pyttsx3 before the real one, and asks the real worker."""
    running: list[Worker] = []

    def stand_in(*pieces: str, driver: str = "nsss", arguments: tuple[str, ...] = ()) -> Ask:
        folder = tmp_path / "stand-in" / "pyttsx3"
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text("\n".join(map(textwrap.dedent, pieces)))
        monkeypatch.syspath_prepend(folder.parent)
        running.append(Worker([*WORKER, *arguments], {"driver": driver}))
        return lambda do="speak", timeout_s=30.0, **changes: running[0].ask(
            {
                "do": do,
                "text": "one",
                "voice": "id-1",
                "rate": 105,
                "pitch": 50,
                "file": str(tmp_path / "a.wav"),
                **changes,
            },
            timeout_s,
        )

    yield stand_in
    for worker in running:
        worker.kill()


@pytest.mark.parametrize(("driver", "code"), [("sapi5", SAPI5), ("nsss", NSSS)], ids=["sapi5", "nsss"])
@pytest.mark.parametrize("arguments", [(), ("--once",)], ids=["forked", "once"])
def test_drivers_of_other_systems_are_run_as_they_need_it(
    ask_with: Callable[..., Ask], tmp_path: Path, driver: str, code: str, arguments: tuple[str, ...]
) -> None:
    ask = ask_with(HEAD, REAL, code, driver=driver, arguments=arguments)
    answer = ask()
    assert answer.pop("last", False) is bool(arguments)
    assert answer == {"done": True}
    assert len(read_take(tmp_path / "a.wav").samples) == 22_050, "not the properties that were asked for"


@pytest.mark.parametrize(("driver", "code"), [("sapi5", SAPI5), ("nsss", NSSS)], ids=["sapi5", "nsss"])
def test_a_driver_that_does_not_know_the_voice_is_heard(ask_with: Callable[..., Ask], driver: str, code: str) -> None:
    assert ask_with(HEAD, REAL, code, driver=driver)(voice="unknown") == {"error": "unknown voice id"}


def test_other_drivers_describe_themselves(ask_with: Callable[..., Ask]) -> None:
    answer = ask_with(HEAD, REAL, NSSS)("describe")
    assert answer["driver"] == "nsss"
    assert answer["voices"] == [["id-1", "Daniel", "en-gb", "male", "", ""]]
    assert (answer["version"], answer["variants"], answer["default"]) == ("", [], "id-1")


def test_after_an_only_answer_the_worker_ends(ask_with: Callable[..., Ask]) -> None:
    ask = ask_with(HEAD, REAL, SAPI5, driver="sapi5", arguments=("--once",))
    assert ask()["last"]
    with pytest.raises(WorkerError, match="it died"):
        ask()


def test_what_an_engine_prints_is_no_answer(ask_with: Callable[..., Ask]) -> None:
    run = "Engine.run = lambda self: (print('{}'), write(self.path, 1), self.finished(None, True))"
    assert ask_with(HEAD, PLAIN, run)() == {"done": True}


def test_an_error_that_pyttsx3_only_notifies_is_an_error(ask_with: Callable[..., Ask]) -> None:
    run = "Engine.run = lambda self: self.error(None, ValueError('no such\\n voice'))"
    assert ask_with(PLAIN, run)() == {"error": "no such voice"}


def test_an_engine_that_breaks_off_is_an_error(ask_with: Callable[..., Ask]) -> None:
    run = "Engine.run = lambda self: (write(self.path, 1), self.finished(None, False))"
    assert ask_with(HEAD, PLAIN, run)() == {"error": "the engine broke off"}


def test_an_error_that_only_the_interpreter_sees_is_an_answer(ask_with: Callable[..., Ask]) -> None:
    """Raised in a callback from C, it would otherwise be printed and lost, and the loop would wait for ever."""
    run = """
    import ctypes, time

    @ctypes.CFUNCTYPE(None)
    def callback():
        raise RuntimeError("Error saving WAV file: No space left on device")

    def run(self):
        callback()
        time.sleep(1000)

    Engine.run = run
    """
    assert ask_with(PLAIN, run)()["error"] == "Error saving WAV file: No space left on device"


@pytest.mark.parametrize("how", ["os._exit(7)", "os.kill(os.getpid(), 11)"])
def test_an_engine_that_dies_is_an_error_and_the_next_one_speaks(ask_with: Callable[..., Ask], how: str) -> None:
    run = f"""
    import os

    def run(self):
        if self.rate == 200:
            {how}
        write(self.path, 1), self.finished(None, True)

    Engine.run = run
    Engine.setProperty = lambda self, name, value: setattr(self, name, value)
    """
    ask = ask_with(HEAD, PLAIN, run)
    assert ask(rate=200)["error"].startswith("the engine died with exit code ")
    assert ask() == {"done": True}


HURRIED = """
import os, sys

sys.modules["__main__"]._LOOKS_EVERY_S = 0.1
sys.modules["__main__"]._STOPPED_S = 0.3
"""


@pytest.mark.skipif(sys.platform != "linux", reason="where forking is possible")
def test_an_engine_that_is_stopped_is_an_error_and_the_next_one_speaks(ask_with: Callable[..., Ask]) -> None:
    run = """
    def run(self):
        if self.rate == 200:
            os.kill(os.getpid(), 19)
        write(self.path, 1), self.finished(None, True)

    Engine.run = run
    Engine.setProperty = lambda self, name, value: setattr(self, name, value)
    """
    ask = ask_with(HURRIED, HEAD, PLAIN, run)
    assert ask(rate=200) == {"error": "the engine was stopped by a signal"}
    assert ask() == {"done": True}


@pytest.mark.skipif(sys.platform != "linux", reason="where forking is possible")
def test_what_an_engine_leaves_behind_is_not_waited_for(ask_with: Callable[..., Ask], tmp_path: Path) -> None:
    run = f"""
    def run(self):
        if not (left := os.fork()):
            os.setsid()
            time.sleep(600)
        open({str(tmp_path / "left")!r}, "w").write(str(left))
        write(self.path, 1), self.finished(None, True)

    import time
    Engine.run = run
    """
    ask = ask_with(HURRIED, HEAD, PLAIN, run)
    assert ask(timeout_s=20) == {"done": True}
    os.kill(int((tmp_path / "left").read_text()), 9)


def test_an_engine_that_cannot_start_is_missing(ask_with: Callable[..., Ask]) -> None:
    answer = ask_with("def init(name):\n    raise RuntimeError('probably no eSpeak')")("describe")
    assert answer == {"error": "pyttsx3 cannot start: probably no eSpeak", "missing": True}


def test_a_pyttsx3_that_cannot_be_imported_is_missing(ask_with: Callable[..., Ask]) -> None:
    answer = ask_with("import surely_not_there")()
    assert answer == {"error": "pyttsx3 cannot be imported: No module named 'surely_not_there'", "missing": True}


def test_a_pyttsx3_that_is_not_there_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if "site-packages" not in entry])
    worker = Worker(WORKER, {"driver": "nsss"})
    try:
        answer = worker.ask({"do": "describe"}, 30)
    finally:
        worker.kill()
    assert answer == {"error": "pyttsx3 cannot be imported: No module named 'pyttsx3'", "missing": True}


def test_a_request_that_makes_no_sense_is_an_error(ask_with: Callable[..., Ask]) -> None:
    ask = ask_with(PLAIN, "Engine.run = print")
    assert ask("sing")["error"] == "'sing'"
    assert ask(do="describe")["driver"] == "nsss"
