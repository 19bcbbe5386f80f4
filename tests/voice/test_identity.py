"""A driver's identity: remembered for as long as the machine stays the same."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest

from player.errors import VoiceError
from player.storage.store import Store
from player.voice.drivers import piper
from player.voice.drivers.table import BY_NAME
from player.voice.engine import MissingEngineError, Voice
from player.voice.identity import Identity, remember, remembered

ESPEAK, HIBARI, PIPER = (BY_NAME[name] for name in ("espeak", "hibari", "piper"))
GERMAN = ["piper:de_DE-eva-low", "Eva (Piper)", "de-de", "female", "0123456789abcdef", "CC0"]
ANSWER: dict[str, Any] = {
    "package": "2.99",
    "driver": "espeak",
    "version": "1.52.0",
    "library": "/lib/libespeak-ng.so.1",
    "default": "gmw/en",
    "voices": [["gmw/en", "English (Great Britain)", "en-gb", "male", "", ""]],
    "variants": ["f2", "Mr serious"],
}


def never() -> Identity:
    raise AssertionError("the engine was asked again")


def test_an_answer_becomes_an_identity() -> None:
    identity = Identity.of(ANSWER, ESPEAK)
    assert identity.voices == (Voice("gmw/en", "English (Great Britain)", "en-gb", "male", driver="espeak"),)
    assert (identity.driver, identity.version, identity.variants) == ("espeak", "1.52.0", ("f2", "Mr serious"))


@pytest.mark.parametrize("change", [{"voices": 7}, {"voices": [["a"]]}, {"voices": [7]}, {"variants": None}])
def test_garbage_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(VoiceError, match="garbage; reinstall pyttsx3"):
        Identity.of({**ANSWER, **change}, ESPEAK)


def test_an_answer_with_something_missing_is_refused() -> None:
    for name in ANSWER:
        with pytest.raises(VoiceError, match="garbage"):
            Identity.of({key: value for key, value in ANSWER.items() if key != name}, ESPEAK)


def test_an_engine_without_a_voice_is_refused() -> None:
    with pytest.raises(VoiceError, match="has no voice; install one"):
        Identity.of({**ANSWER, "voices": []}, ESPEAK)


def test_it_is_asked_for_once(store: Store) -> None:
    identity = Identity.of(ANSWER, ESPEAK)
    assert remembered(store, ESPEAK, lambda: identity) == identity
    assert remembered(Store(store.root), ESPEAK, never) == identity


def test_what_is_remembered_later_counts(store: Store) -> None:
    remembered(store, ESPEAK, lambda: Identity.of(ANSWER, ESPEAK))
    newer = Identity.of({**ANSWER, "version": "1.53"}, ESPEAK)
    remember(store, ESPEAK, newer)
    assert remembered(store, ESPEAK, never) == newer


@pytest.mark.parametrize("name", ["ESPEAK_DATA_PATH"])
def test_another_environment_is_another_engine(store: Store, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    remember(store, ESPEAK, Identity.of(ANSWER, ESPEAK))
    monkeypatch.setenv(name, "/elsewhere")
    newer = Identity.of({**ANSWER, "version": "1.53"}, ESPEAK)
    assert remembered(store, ESPEAK, lambda: newer) == newer


def test_another_copy_of_a_package_is_another_engine(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(store, ESPEAK, Identity.of(ANSWER, ESPEAK))
    monkeypatch.delitem(sys.modules, "pyttsx3", raising=False)  # other tests may have imported it; the program does not
    (tmp_path / "pyttsx3").mkdir()
    (tmp_path / "pyttsx3" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    other = Identity.of({**ANSWER, "package": "99.0"}, ESPEAK)
    assert remembered(store, ESPEAK, lambda: other) == other


def test_an_engine_that_cannot_be_asked_is_not_remembered(store: Store) -> None:
    def fails() -> Identity:
        raise VoiceError("there is no speech engine")

    with pytest.raises(VoiceError):
        remembered(store, ESPEAK, fails)
    assert store.usage().entries == 0


def natural(*voices: list[str]) -> Identity:
    return Identity.of({**ANSWER, "driver": "piper", "voices": [GERMAN, *voices], "variants": []}, PIPER)


def test_drivers_are_remembered_apart_with_all_that_their_voices_have(store: Store) -> None:
    remember(store, ESPEAK, Identity.of(ANSWER, ESPEAK))
    remember(store, PIPER, natural())
    (voice,) = remembered(store, PIPER, never).voices
    eva = Voice("piper:de_DE-eva-low", "Eva (Piper)", "de-de", "female", "0123456789abcdef", "CC0", "piper", "natural")
    assert voice == eva
    assert remembered(store, ESPEAK, never).voices[0].driver == "espeak"


@pytest.mark.parametrize("variable", ["PLAYER_VOICES", "HIBARI_HOME"])
def test_a_model_that_comes_or_goes_makes_another_driver_of_those_that_keep_models(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "voices"))
    remember(store, ESPEAK, Identity.of(ANSWER, ESPEAK))
    remember(store, PIPER, natural())
    (tmp_path / "voices").mkdir()
    model = tmp_path / "voices" / "de_DE-karl-low.onnx"
    model.write_bytes(b"model")
    more = natural(["piper:de_DE-karl-low", "Karl (Piper)", "de-de", "", "", ""])
    assert remembered(store, PIPER, lambda: more) == more
    model.write_bytes(b"another model")
    assert remembered(store, PIPER, natural) == natural()
    model.unlink()
    assert remembered(store, PIPER, never) == natural()
    assert remembered(store, ESPEAK, never).driver == "espeak"


def test_models_that_cannot_be_looked_at_are_not_taken_for_none(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(path: Path, *_: object) -> NoReturn:
        raise OSError(errno.EIO, "Input/output error", str(path))

    monkeypatch.setenv("PLAYER_VOICES", str(tmp_path))
    monkeypatch.setattr(Path, "glob", fails)
    with pytest.raises(OSError, match="Input/output error"):
        remember(store, PIPER, natural())


def test_the_facts_beside_a_model_count_too(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_VOICES", str(tmp_path))
    (tmp_path / "de_DE-karl-low.onnx").write_bytes(b"model")
    remember(store, PIPER, natural())
    (tmp_path / "de_DE-karl-low.onnx.json").write_text("{}")
    with pytest.raises(AssertionError, match="asked again"):
        remembered(store, PIPER, never)


def test_a_package_with_a_voice_inside_makes_another_driver(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(store, PIPER, natural())
    for name in piper.CARRIERS:
        monkeypatch.delitem(sys.modules, name, raising=False)
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(AssertionError, match="asked again"):
        remembered(store, PIPER, never)


def without_a_voice() -> Identity:
    raise MissingEngineError("there is no voice for this driver")


def test_a_driver_without_models_is_asked_once_until_one_comes(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYER_VOICES", str(tmp_path))
    for ask in (without_a_voice, never):
        with pytest.raises(MissingEngineError, match=r"^there is no voice for this driver$"):
            remembered(store, PIPER, ask)
    (tmp_path / "de_DE-karl-low.onnx").write_bytes(b"model")
    assert remembered(store, PIPER, natural) == natural()


def test_a_system_engine_that_is_missing_is_looked_for_again(store: Store) -> None:
    with pytest.raises(MissingEngineError):
        remembered(store, ESPEAK, without_a_voice)
    assert store.usage().entries == 0
    assert remembered(store, ESPEAK, lambda: Identity.of(ANSWER, ESPEAK)).driver == "espeak"
