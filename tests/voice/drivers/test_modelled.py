"""What the drivers with models have in common, driven through plain pyttsx3 by a model that hums."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import wave
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pytest
import pyttsx3

from tests.voice.drivers.fake_driver import EVE, KARL, RATE, Switches, hum, installed

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from numpy.typing import NDArray

    from tests.sound_server import Loudspeaker

ROOT = Path(__file__).parents[3]
PATIENCE_S = 60


@pytest.fixture
def switches() -> Iterator[Switches]:
    switches = Switches()
    with installed(switches):
        yield switches


class Heard:
    """All events of an engine, in order, each with the name of its utterance and what else it tells."""

    def __init__(self, engine: Any) -> None:
        self.events: list[tuple[str, str | None, object]] = []
        engine.connect("started-utterance", lambda name: self.events.append(("started", name, None)))
        engine.connect("finished-utterance", lambda name, completed: self.events.append(("finished", name, completed)))
        engine.connect("error", lambda name, exception: self.events.append(("error", name, str(exception))))


def idle() -> Any:
    """An engine that takes what it is told at once, instead of when it first runs."""
    engine = pyttsx3.init("fake")
    engine.proxy.setBusy(False)
    return engine


def samples(path: Path) -> NDArray[np.int16]:
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        content = file.readframes(file.getnframes())
    return np.frombuffer(content, np.int16)


def pcm(text: str, volume: float = 1.0) -> NDArray[np.int16]:
    return np.asarray(np.rint(hum(text) * volume * 32767), np.int16)


# Properties


def test_the_first_voice_speaks_as_it_is_until_something_is_set(switches: Switches) -> None:
    engine = pyttsx3.init("fake")
    told = {name: engine.getProperty(name) for name in ("voice", "rate", "volume", "pitch")}
    assert told == {"voice": "eve", "rate": 120, "volume": 1.0, "pitch": 50}


def test_voices_are_listed_as_by_pyttsx3_with_model_and_licence(switches: Switches) -> None:
    eve, karl = pyttsx3.init("fake").getProperty("voices")
    assert (eve.id, eve.name, eve.languages, eve.gender) == ("eve", "Eve (fake)", ["en-US"], "female")
    assert (eve.model, eve.licence) == (EVE.model, "CC0")
    assert (karl.id, karl.gender) == (KARL.id, None)


@pytest.mark.parametrize(
    ("name", "value", "taken"),
    [
        ("voice", "de-karl", "de-karl"),
        ("rate", 200, 200),
        ("rate", 143.8, 143.8),
        ("rate", -5, 1),
        ("volume", 0.25, 0.25),
        ("volume", 3, 1),
        ("volume", -1, 0),
        ("pitch", 80, 80),
        ("pitch", 101, 100),
        ("pitch", -1, 0),
    ],
)
def test_a_property_is_taken_or_becomes_the_nearest_that_is_allowed(
    switches: Switches, name: str, value: object, taken: object
) -> None:
    engine = idle()
    heard = Heard(engine)
    engine.setProperty(name, value)
    assert engine.getProperty(name) == taken
    assert not heard.events


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("voice", "eva", "there is no voice 'eva'; there are eve, de-karl"),
        ("rate", "fast", "could not convert"),
        ("warmth", 3, "unknown property warmth"),
        ("voices", [], "unknown property voices"),
    ],
)
def test_what_cannot_be_set_is_an_error_and_changes_nothing(
    switches: Switches, name: str, value: object, said: str
) -> None:
    engine = idle()
    heard = Heard(engine)
    engine.setProperty(name, value)
    ((event, _, sentence),) = heard.events
    assert event == "error"
    assert said in str(sentence)
    assert (engine.getProperty("voice"), engine.getProperty("rate")) == ("eve", 120)


def test_an_unknown_property_cannot_be_asked_for(switches: Switches) -> None:
    with pytest.raises(KeyError, match="unknown property warmth"):
        pyttsx3.init("fake").getProperty("warmth")


def test_a_driver_without_a_voice_cannot_start(switches: Switches) -> None:
    switches.voices = ()
    with pytest.raises(RuntimeError, match="there is no voice for this driver"):
        pyttsx3.init("fake")


def test_all_that_was_set_before_the_first_run_counts(switches: Switches, tmp_path: Path) -> None:
    """A new engine queues it until then; with espeak-ng, some of it is lost there."""
    engine = pyttsx3.init("fake")
    for name, value in (("voice", "de-karl"), ("rate", 200), ("pitch", 30)):
        engine.setProperty(name, value)
    engine.save_to_file("ab", str(tmp_path / "a.wav"))
    engine.setProperty("rate", 90)
    engine.save_to_file("cd", str(tmp_path / "b.wav"))
    engine.runAndWait()
    assert switches.spoken == [("de-karl", "ab", 200, 30), ("de-karl", "cd", 90, 30)]


# Files and events


def test_a_file_has_the_samples_of_the_model(switches: Switches, tmp_path: Path) -> None:
    engine = pyttsx3.init("fake")
    engine.setProperty("volume", 0.5)
    engine.save_to_file("abc", str(tmp_path / "a.wav"))
    engine.runAndWait()
    assert np.array_equal(samples(tmp_path / "a.wav"), pcm("abc", 0.5))


def test_what_is_too_loud_is_limited_and_nothing_is_an_empty_file(switches: Switches, tmp_path: Path) -> None:
    engine = pyttsx3.init("fake")
    for name, says in (("loud", [1.5, -1.5, 1.0, -1.0, 0.0]), ("none", [])):
        switches.says = np.array(says, np.float32)
        engine.save_to_file("a", str(tmp_path / name))
        engine.runAndWait()
    assert samples(tmp_path / "loud").tolist() == [32767, -32768, 32767, -32767, 0]
    assert samples(tmp_path / "none").tolist() == []


def test_events_come_in_order_and_with_names_and_the_model_is_loaded_once(switches: Switches, tmp_path: Path) -> None:
    engine = pyttsx3.init("fake")
    heard = Heard(engine)
    for name in ("one", "two"):
        engine.save_to_file(name, str(tmp_path / name), name)
    engine.runAndWait()
    assert heard.events == [
        *(("started", "one", None), ("finished", "one", True)),
        *(("started", "two", None), ("finished", "two", True)),
    ]
    assert np.array_equal(samples(tmp_path / "two"), pcm("two"))
    assert switches.loaded == ["eve"]


def test_a_failing_model_is_an_error_and_the_next_utterance_is_spoken(switches: Switches, tmp_path: Path) -> None:
    switches.fails_on = frozenset({"bad"})
    engine = pyttsx3.init("fake")
    heard = Heard(engine)
    for name in ("bad", "good"):
        engine.save_to_file(name, str(tmp_path / name), name)
    engine.runAndWait()
    assert heard.events == [
        *(("started", "bad", None), ("error", "bad", "no phonemes for 'bad'"), ("finished", "bad", False)),
        *(("started", "good", None), ("finished", "good", True)),
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["good"]
    assert not engine.isBusy() or engine.proxy._queue == []


def test_a_model_that_cannot_be_loaded_is_tried_again(switches: Switches, tmp_path: Path) -> None:
    switches.unloadable = frozenset({"eve"})
    engine = pyttsx3.init("fake")
    heard = Heard(engine)
    engine.save_to_file("a", str(tmp_path / "a.wav"))
    engine.runAndWait()
    said = "its model /models/eve.onnx cannot be loaded (it is no model)"
    assert ("error", None, said) in heard.events
    switches.unloadable = frozenset()
    engine.save_to_file("a", str(tmp_path / "a.wav"))
    engine.runAndWait()
    assert heard.events[-1] == ("finished", None, True)


def test_a_folder_that_is_missing_is_an_error(switches: Switches, tmp_path: Path) -> None:
    engine = pyttsx3.init("fake")
    heard = Heard(engine)
    engine.save_to_file("a", str(tmp_path / "missing" / "a.wav"))
    engine.runAndWait()
    assert [event for event, *_ in heard.events] == ["started", "error", "finished"]


def test_any_number_of_utterances_may_be_queued(switches: Switches, tmp_path: Path) -> None:
    """More than Python allows calls within calls."""
    switches.says = np.zeros(1, np.float32)
    engine = pyttsx3.init("fake")
    heard = Heard(engine)
    for number in range(sys.getrecursionlimit()):
        engine.save_to_file("a", str(tmp_path / "a.wav"), str(number))
    engine.runAndWait()
    finished = [(name, completed) for event, name, completed in heard.events if event == "finished"]
    assert finished == [(str(number), True) for number in range(sys.getrecursionlimit())]


def test_an_event_may_ask_for_more(switches: Switches, tmp_path: Path) -> None:
    engine = pyttsx3.init("fake")
    heard = Heard(engine)
    second = str(tmp_path / "second")
    engine.connect("started-utterance", lambda name: name == "first" and engine.save_to_file("b", second, "second"))
    engine.save_to_file("a", str(tmp_path / "first"), "first")
    engine.startLoop(False)
    engine.iterate()
    engine.endLoop()
    assert [(event, name) for event, name, _ in heard.events] == [
        *(("started", "first"), ("finished", "first")),
        *(("started", "second"), ("finished", "second")),
    ]


# Stopping, and loops


def test_stopping_as_it_starts_leaves_out_the_rest(switches: Switches, tmp_path: Path) -> None:
    engine = pyttsx3.init("fake")
    heard = Heard(engine)
    engine.connect("started-utterance", lambda name: engine.stop())
    for name in ("one", "two"):
        engine.save_to_file(name, str(tmp_path / name), name)
    engine.runAndWait()
    assert heard.events == [("started", "one", None), ("finished", "one", False)]
    assert list(tmp_path.iterdir()) == []


def test_after_stopping_it_speaks_again(switches: Switches, tmp_path: Path) -> None:
    engine = pyttsx3.init("fake")
    engine.stop()
    engine.save_to_file("a", str(tmp_path / "a.wav"))
    engine.runAndWait()
    assert np.array_equal(samples(tmp_path / "a.wav"), pcm("a"))


def test_it_may_run_again_and_again_and_be_made_anew(switches: Switches, tmp_path: Path) -> None:
    for turn in range(2):
        engine = pyttsx3.init("fake")
        heard = Heard(engine)
        for run in range(2):
            engine.save_to_file("a", str(tmp_path / f"{turn}-{run}"))
            engine.runAndWait()
        engine.runAndWait()
        assert [event for event, *_ in heard.events] == ["started", "finished"] * 2
        engine.setProperty("rate", 300)
        del engine
    assert pyttsx3.init("fake").getProperty("rate") == 120, "a new engine has its own settings"
    assert len(list(tmp_path.iterdir())) == 4
    assert switches.loaded == ["eve"], "but not its own models"


def test_a_loop_runs_until_an_event_ends_it(switches: Switches, tmp_path: Path) -> None:
    engine = pyttsx3.init("fake")
    heard = Heard(engine)
    engine.connect("finished-utterance", lambda name, completed: name == "two" and engine.endLoop())
    for name in ("one", "two", "three"):
        engine.save_to_file(name, str(tmp_path / name), name)
    engine.startLoop()
    assert heard.events[-1] == ("finished", "two", True), "ending drops what is queued"
    engine.save_to_file("four", str(tmp_path / "four"), "four")
    engine.runAndWait()
    assert heard.events[-1] == ("finished", "four", True)


def test_a_loop_carries_out_what_another_thread_asks_for_and_is_ended_by_it(switches: Switches, tmp_path: Path) -> None:
    engine = pyttsx3.init("fake")
    heard = Heard(engine)

    def ask() -> None:
        engine.save_to_file("a", str(tmp_path / "a.wav"), "asked")
        engine.endLoop()

    threading.Timer(0.3, ask).start()
    started = time.monotonic()
    engine.startLoop()
    assert time.monotonic() - started < PATIENCE_S
    assert heard.events == [("started", "asked", None), ("finished", "asked", True)]


def test_a_loop_of_ones_own_pumps_it(switches: Switches, tmp_path: Path) -> None:
    engine = pyttsx3.init("fake")
    heard = Heard(engine)
    engine.startLoop(False)
    engine.save_to_file("a", str(tmp_path / "a.wav"), "one")
    assert not heard.events
    for turn in range(3):
        engine.iterate()
        engine.save_to_file("a", str(tmp_path / "a.wav"), f"turn {turn}")
    engine.endLoop()
    assert [name for event, name, _ in heard.events if event == "finished"] == ["one", "turn 0", "turn 1", "turn 2"]


# Aloud


class FakeDevice:
    """Takes what it is given ten milliseconds at a time, and keeps it; it hangs after ``hangs_after`` bytes."""

    opened: ClassVar[list[FakeDevice]] = []
    hangs_after = 10**9

    def __init__(self, form: object, *, nchannels: int, sample_rate: int, backends: list[object]) -> None:
        self.told = (nchannels, sample_rate, backends)
        self.taken = b""
        self.closed = False
        self.opened.append(self)

    def __enter__(self) -> FakeDevice:  # noqa: PYI034 (Self is of 3.11)
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True

    def start(self, stream: Generator[bytes, int]) -> None:
        threading.Thread(target=self._take, args=(stream,), daemon=True).start()

    def _take(self, stream: Generator[bytes, int]) -> None:
        while len(self.taken) < self.hangs_after and not self.closed:
            try:
                self.taken += stream.send(RATE // 100)
            except StopIteration:
                return


class Backend(Enum):
    ALSA, CUSTOM, NULL = range(3)


@pytest.fixture
def devices(monkeypatch: pytest.MonkeyPatch) -> list[FakeDevice]:
    """A stand-in for miniaudio, and the devices that were opened."""
    module: Any = ModuleType("miniaudio")
    module.Backend, module.is_backend_enabled, module.PlaybackDevice = Backend, lambda way: True, FakeDevice
    module.SampleFormat = type("SampleFormat", (), {"SIGNED16": 2})
    monkeypatch.setitem(sys.modules, "miniaudio", module)
    monkeypatch.setattr(FakeDevice, "opened", [])
    monkeypatch.setattr(FakeDevice, "hangs_after", 10**9)
    return FakeDevice.opened


def test_what_is_said_aloud_is_played_to_its_end_and_never_to_nothing(
    switches: Switches, devices: list[FakeDevice]
) -> None:
    engine = pyttsx3.init("fake")
    heard = Heard(engine)
    engine.say("abc", "one")
    engine.say("de", "two")
    engine.runAndWait()
    assert [device.taken for device in devices] == [pcm("abc").tobytes(), pcm("de").tobytes()]
    assert {device.told[:2] for device in devices} == {(1, RATE)}
    assert devices[0].told[2] == [Backend.ALSA]
    assert all(device.closed for device in devices)
    assert [(name, completed) for event, name, completed in heard.events if event == "finished"] == [
        ("one", True),
        ("two", True),
    ]


def test_stopping_from_another_thread_breaks_off_what_is_said(switches: Switches, devices: list[FakeDevice]) -> None:
    FakeDevice.hangs_after = RATE
    engine = pyttsx3.init("fake")
    heard = Heard(engine)
    for name in ("abcdefghijkl", "next"):
        engine.say(name, name)
    threading.Timer(0.3, engine.stop).start()
    started = time.monotonic()
    engine.runAndWait()
    assert time.monotonic() - started < PATIENCE_S
    assert heard.events == [("started", "abcdefghijkl", None), ("finished", "abcdefghijkl", False)]
    assert devices[0].closed


def test_a_device_that_cannot_be_opened_is_an_error(
    switches: Switches, devices: list[FakeDevice], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("there is no loudspeaker")

    monkeypatch.setattr(sys.modules["miniaudio"], "PlaybackDevice", refuse)
    engine = pyttsx3.init("fake")
    heard = Heard(engine)
    engine.say("a", "one")
    engine.runAndWait()
    assert heard.events == [
        ("started", "one", None),
        ("error", "one", "there is no loudspeaker"),
        ("finished", "one", False),
    ]


def test_without_miniaudio_saying_is_an_error_and_saving_is_not(
    switches: Switches, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "miniaudio", None)
    engine = pyttsx3.init("fake")
    heard = Heard(engine)
    engine.say("a", "aloud")
    engine.save_to_file("a", str(tmp_path / "a.wav"), "saved")
    engine.runAndWait()
    assert [event[:2] for event in heard.events if event[0] == "error"] == [("error", "aloud")]
    assert heard.events[-1] == ("finished", "saved", True)


ALOUD = """
import pyttsx3
from tests.voice.drivers.fake_driver import Switches, installed
with installed(Switches()):
    engine = pyttsx3.init("fake")
    engine.connect("error", lambda name, exception: print(exception))
    engine.say("abcde")
    engine.say("fghij")
    engine.runAndWait()
"""


@pytest.mark.device
def test_a_loudspeaker_plays_both_utterances_whole(loudspeaker: Loudspeaker) -> None:
    pytest.importorskip("miniaudio")
    done = subprocess.run(
        [sys.executable, "-c", ALOUD], cwd=ROOT, env=loudspeaker.env, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")
    sounding = np.flatnonzero(np.abs(loudspeaker.recording()[:, 0].astype(int)) > 50)
    first, second = np.split(sounding, np.flatnonzero(np.diff(sounding) > 480) + 1)
    for run in (first, second):
        assert (run[-1] - run[0]) / 48_000 == pytest.approx(0.5, abs=0.01)
