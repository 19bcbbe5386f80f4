"""pyttsx3's driver ``hibari``, with its model, as any program would use it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import wave
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import pyttsx3

from player.voice import drivers
from player.voice.drivers import hibari

if TYPE_CHECKING:
    from numpy.typing import NDArray

pytest.importorskip("hibari", reason="needs hibari-tts: pip install hibari-tts")
pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[3]
TEXT = "Let your shoulders drop, and let your hands rest."


@pytest.fixture(autouse=True)
def only_the_bundled_voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_VOICES", str(tmp_path / "voices"))
    monkeypatch.setenv("HIBARI_HOME", str(tmp_path / "home"))


def said(tmp_path: Path, text: str = TEXT, **properties: object) -> NDArray[np.int16]:
    """What a new engine writes, and no error."""
    drivers.register()
    engine: Any = pyttsx3.init("hibari")
    faults: list[Exception] = []
    engine.connect("error", lambda name, exception: faults.append(exception))
    for name, value in properties.items():
        engine.setProperty(name, value)
    engine.save_to_file(text, str(tmp_path / "a.wav"))
    engine.runAndWait()
    assert not faults
    with wave.open(str(tmp_path / "a.wav"), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 24_000)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def pitches_hz(samples: NDArray[np.int16]) -> NDArray[np.float64]:
    """Of each frame of 40 ms, by the highest peak of its autocorrelation; NaN where it has no voice."""
    frames = samples[: len(samples) // 960 * 960].reshape(-1, 960).astype(float)
    likeness = np.fft.irfft(np.abs(np.fft.rfft(frames - frames.mean(axis=1, keepdims=True), 4096)) ** 2)
    shortest, longest = 24_000 // 450, 24_000 // 90
    peaks = likeness[:, shortest:longest]
    voiced = peaks.max(axis=1) > 0.5 * likeness[:, 0]
    return np.where(voiced, 24_000 / (shortest + peaks.argmax(axis=1)), np.nan)


def test_heart_is_there_by_itself() -> None:
    drivers.register()
    (heart,) = pyttsx3.init("hibari").getProperty("voices")
    assert (heart.id, heart.languages, heart.gender, heart.licence) == ("heart", ["en-US"], "female", "Apache-2.0")
    assert Path(heart.model).stat().st_size > 5_000_000


PROGRAM = """
import sys
for name in sys.argv[2:]:
    __import__(name)
import pyttsx3
from player.voice import drivers
drivers.register()
engine = pyttsx3.init("hibari")
engine.setProperty("rate", 144)
engine.save_to_file({text!r}, sys.argv[1])
engine.runAndWait()
import scipy.fft
assert scipy.fft.rfft([1.0]) == [1.0]
"""


@pytest.mark.parametrize("imported", [(), ("scipy.fft",), ("scipy.fft", "hibari.dsp")], ids=["none", "scipy", "both"])
def test_the_same_words_are_the_same_bytes_in_every_process(tmp_path: Path, imported: tuple[str, ...]) -> None:
    first, again = (said(tmp_path, rate=144).tobytes() for _ in range(2))
    path = tmp_path / "other.wav"
    program = [sys.executable, "-c", PROGRAM.format(text=TEXT), str(path), *imported]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    with wave.open(str(path), "rb") as file:
        other = file.readframes(file.getnframes())
    assert len({hashlib.sha256(each).hexdigest() for each in (first, again, other)}) == 1


@pytest.mark.parametrize("is_british", [False, True])
def test_the_large_files_of_the_lexicon_are_read_by_the_faster_reader(
    is_british: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hibari import g2p  # noqa: PLC0415 (as below)

    by_json: list[str] = []
    own = g2p._load_json

    def read(name: str) -> object:
        by_json.append(name)
        return own(name)

    monkeypatch.setattr(g2p, "_load_json", read)
    lexicon = hibari._load_lexicon(hibari._unpacked(is_british=is_british), is_british=is_british)
    assert lexicon("Let go.").startswith("lˈɛt")
    assert by_json == ["tokenizer_exceptions.json"]
    assert g2p._load_json is read  # another voice in this process reads as before


def test_words_that_are_known_by_heart_are_as_the_lexicon_has_them() -> None:
    from hibari import Hibari  # noqa: PLC0415 (0.3 s, and not where it is missing)

    model = Hibari("heart")
    assert {text: model.phonemize(text) for text in hibari.AMERICAN} == {
        text: [phonemes] for text, phonemes in hibari.AMERICAN.items()
    }


COUNTING = """
import sys
import pyttsx3
from player.voice import drivers
drivers.register()
engine = pyttsx3.init("hibari")
for number, text in enumerate(sys.argv[2:]):
    engine.save_to_file(text, f"{sys.argv[1]}/{number}.wav")
engine.runAndWait()
assert "hibari.g2p" not in sys.modules, "the lexicon was loaded"
assert "scipy" not in sys.modules, "scipy was loaded"
"""


def test_counting_loads_no_lexicon(tmp_path: Path) -> None:
    program = [sys.executable, "-c", COUNTING, str(tmp_path), *hibari.AMERICAN]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list(tmp_path.glob("*.wav"))) == len(hibari.AMERICAN)


def test_a_sentence_does_not_depend_on_what_was_said_before(tmp_path: Path) -> None:
    first = said(tmp_path)
    said(tmp_path, "Something else. And another sentence.")
    assert np.array_equal(said(tmp_path), first)


def test_a_faster_rate_is_never_slower(tmp_path: Path) -> None:
    lengths = [len(said(tmp_path, rate=rate)) for rate in (95, 110, 125, 144, 165, 190, 230, 300, 400)]
    assert lengths == sorted(lengths, reverse=True)
    assert len(set(lengths)) == len(lengths)
    assert lengths[0] > 3 * lengths[-1]


@pytest.mark.parametrize(("pitch", "semitones"), [(0, -6), (25, -3), (75, 3), (100, 6)])
def test_a_pitch_is_heard(tmp_path: Path, pitch: int, semitones: float) -> None:
    plain, other = pitches_hz(said(tmp_path)), pitches_hz(said(tmp_path, pitch=pitch))
    assert len(plain) == len(other), "no length changes"
    assert 12 * np.log2(np.nanmedian(other / plain)) == pytest.approx(semitones, abs=0.2)


def test_half_the_volume_is_half_the_samples(tmp_path: Path) -> None:
    whole, half = said(tmp_path), said(tmp_path, volume=0.5)
    assert np.abs(whole.astype(int) - 2 * half.astype(int)).max() <= 1
    assert np.abs(whole).max() > 5000


def test_a_word_may_be_given_its_sound(tmp_path: Path) -> None:
    assert not np.array_equal(said(tmp_path, "Close."), said(tmp_path, "[Close](/klˈOz/)."))


@pytest.mark.parametrize("text", ["…", "?!", "— …"])
def test_a_text_without_words_is_nothing(tmp_path: Path, text: str) -> None:
    """The model itself murmurs for half a second."""
    assert len(said(tmp_path, text)) == 0


def test_what_has_no_words_between_sentences_is_left_out(tmp_path: Path) -> None:
    assert len(said(tmp_path, "Rest. … Let go.")) == len(said(tmp_path, "Rest. Let go."))


@pytest.mark.parametrize("text", ["dot slash " * 60, "../" * 60])
def test_a_sentence_without_end_is_spoken_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """In one run of the model, its memory would grow with the square of the length."""
    runs: list[str] = []

    def run(model: hibari.HibariModel, phonemes: str, *rest: Any) -> NDArray[np.float32]:
        runs.append(phonemes)
        return one_run(model, phonemes, *rest)

    one_run = hibari.HibariModel._sentence
    monkeypatch.setattr(hibari.HibariModel, "_sentence", run)
    assert len(said(tmp_path, text)) > 20 * 24_000
    assert len(runs) > 1
    assert max(map(len, runs)) <= 180
    monkeypatch.setattr(hibari, "_MOST_PHONEMES", 10_000)
    pieces, runs[:] = "".join(runs), []
    said(tmp_path, text)
    assert "".join(runs).replace(" ", "") == pieces.replace(" ", "")


def test_an_unknown_voice_is_an_error_and_the_voice_stays(tmp_path: Path) -> None:
    drivers.register()
    engine: Any = pyttsx3.init("hibari")
    faults: list[str] = []
    engine.connect("error", lambda name, exception: faults.append(str(exception)))
    engine.setProperty("voice", "emma")
    engine.save_to_file(TEXT, str(tmp_path / "b.wav"))
    engine.runAndWait()
    assert faults == ["there is no voice 'emma'; there are heart"]
    assert engine.getProperty("voice") == "heart"


@pytest.mark.parametrize("place", ["voices", "home"])
def test_a_voice_that_was_brought_is_found_by_its_file(tmp_path: Path, place: str) -> None:
    (tmp_path / place).mkdir()
    (tmp_path / place / "bf_emma.int8.onnx").write_bytes(b"a model")
    drivers.register()
    heart, emma = pyttsx3.init("hibari").getProperty("voices")
    assert (heart.id, emma.id) == ("heart", "emma")
    assert (emma.languages, emma.model) == (["en-GB"], str(tmp_path / place / "bf_emma.int8.onnx"))


def test_a_brought_model_that_is_none_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "voices").mkdir()
    (tmp_path / "voices" / "bf_emma.int8.onnx").write_bytes(b"a model")
    drivers.register()
    engine: Any = pyttsx3.init("hibari")
    faults: list[str] = []
    engine.connect("error", lambda name, exception: faults.append(str(exception)))
    engine.setProperty("voice", "emma")
    engine.save_to_file(TEXT, str(tmp_path / "b.wav"))
    engine.runAndWait()
    (fault,) = faults
    assert fault.startswith(f"its model {tmp_path / 'voices' / 'bf_emma.int8.onnx'} cannot be loaded (")
    assert not (tmp_path / "b.wav").exists()
