"""The engine's identity: remembered for as long as the machine stays the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from player.errors import VoiceError
from player.store import Store
from player.voice.engine import Voice
from player.voice.identity import Identity, remember, remembered

if TYPE_CHECKING:
    from pathlib import Path

ANSWER: dict[str, Any] = {
    "package": "2.99",
    "driver": "espeak",
    "version": "1.52.0",
    "library": "/lib/libespeak-ng.so.1",
    "default": "gmw/en",
    "voices": [["gmw/en", "English (Great Britain)", "en-gb", "male"]],
    "variants": ["f2", "Mr serious"],
}


def never() -> Identity:
    raise AssertionError("the engine was asked again")


def test_an_answer_becomes_an_identity() -> None:
    identity = Identity.of(ANSWER)
    assert identity.voices == (Voice("gmw/en", "English (Great Britain)", "en-gb", "male"),)
    assert (identity.driver, identity.version, identity.variants) == ("espeak", "1.52.0", ("f2", "Mr serious"))


@pytest.mark.parametrize("change", [{"voices": 7}, {"voices": [["a"]]}, {"voices": [7]}, {"variants": None}])
def test_garbage_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(VoiceError, match="garbage; reinstall pyttsx3"):
        Identity.of({**ANSWER, **change})


def test_an_answer_with_something_missing_is_refused() -> None:
    for name in ANSWER:
        with pytest.raises(VoiceError, match="garbage"):
            Identity.of({key: value for key, value in ANSWER.items() if key != name})


def test_an_engine_without_a_voice_is_refused() -> None:
    with pytest.raises(VoiceError, match="has no voice; install one"):
        Identity.of({**ANSWER, "voices": []})


def test_it_is_asked_for_once(store: Store) -> None:
    identity = Identity.of(ANSWER)
    assert remembered(store, lambda: identity) == identity
    assert remembered(Store(store.root), never) == identity


def test_what_is_remembered_later_counts(store: Store) -> None:
    remembered(store, lambda: Identity.of(ANSWER))
    newer = Identity.of({**ANSWER, "version": "1.53"})
    remember(store, newer)
    assert remembered(store, never) == newer


@pytest.mark.parametrize("name", ["ESPEAK_DATA_PATH"])
def test_another_environment_is_another_engine(store: Store, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    remember(store, Identity.of(ANSWER))
    monkeypatch.setenv(name, "/elsewhere")
    newer = Identity.of({**ANSWER, "version": "1.53"})
    assert remembered(store, lambda: newer) == newer


def test_another_copy_of_a_package_is_another_engine(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(store, Identity.of(ANSWER))
    (tmp_path / "pyttsx3").mkdir()
    (tmp_path / "pyttsx3" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    other = Identity.of({**ANSWER, "package": "99.0"})
    assert remembered(store, lambda: other) == other


def test_an_engine_that_cannot_be_asked_is_not_remembered(store: Store) -> None:
    def fails() -> Identity:
        raise VoiceError("there is no speech engine")

    with pytest.raises(VoiceError):
        remembered(store, fails)
    assert store.usage().entries == 0
