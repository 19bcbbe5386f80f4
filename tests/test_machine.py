"""When a voice begins to load: before the program knows what is to be spoken, where something new is to be expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from player import pipeline
from player.machine import A_COUNT, A_SENTENCE, Machine, remember_script, this_machine, this_machine_for
from player.storage.store import Store
from player.voice.pyttsx3_engine import Pyttsx3Engine
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = "title: Calm\nlanguage: en-US\nsteps:\n  - say: Breathe in.\n"


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The texts for which a voice was told to get ready, in a store of its own."""
    texts: list[str] = []
    monkeypatch.setenv("PLAYER_STORE", str(tmp_path / "store"))
    monkeypatch.setattr(Pyttsx3Engine, "begin", lambda engine, text: texts.append(text))
    return texts


@pytest.fixture
def calm(tmp_path: Path) -> str:
    (tmp_path / "calm.yaml").write_text(SCRIPT, encoding="utf-8")
    return str(tmp_path / "calm.yaml")


def test_only_where_it_will_speak_and_nobody_knows_the_voice(begun: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    this_machine()
    assert begun == []
    this_machine(soon=A_COUNT)
    assert begun == [A_COUNT]
    monkeypatch.setattr(Pyttsx3Engine, "is_known", property(lambda engine: True))
    this_machine(soon=A_COUNT)
    assert begun == [A_COUNT]


def test_a_script_that_was_spoken_as_it_is_needs_no_voice(begun: list[str], calm: str) -> None:
    this_machine_for(calm)
    assert begun == [A_SENTENCE]
    pipeline.prepare(pipeline.SessionRequest(calm), Machine(FakeEngine(), this_machine().store))
    this_machine_for(calm)
    assert begun == [A_SENTENCE]


def test_a_script_that_was_changed_does(begun: list[str], calm: str, tmp_path: Path) -> None:
    remember_script(SCRIPT, Store(tmp_path / "store"))
    this_machine_for(calm)
    assert begun == []
    (tmp_path / "calm.yaml").write_text(SCRIPT + "  - say: And out.\n", encoding="utf-8")
    this_machine_for(calm)
    assert begun == [A_SENTENCE]


def test_a_session_without_words_is_not_remembered(begun: list[str], tmp_path: Path) -> None:
    path = tmp_path / "quiet.yaml"
    path.write_text("title: Quiet\nlanguage: en-US\nsteps:\n  - pause: 2s\n", encoding="utf-8")
    machine = Machine(FakeEngine(), Store(tmp_path / "store"))
    pipeline.prepare(pipeline.SessionRequest(str(path)), machine)
    assert machine.store.usage().entries == 0


@pytest.mark.parametrize("session", ["no-such-session", "/nowhere/a.yaml"])
def test_what_is_not_there_is_said_by_who_needs_it(begun: list[str], session: str) -> None:
    this_machine_for(session)
    assert begun == []
