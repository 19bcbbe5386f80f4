"""Takes looked at: there, missing, too long, unreadable, two for a line, of no line; as the timeline itself sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from player import pipeline
from player.authoring.takes.lines import lines
from player.authoring.takes.review import Review, review
from player.errors import ScriptError, UsageError
from player.storage.store import Store
from player.units import RATE
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from pathlib import Path

    from player.authoring.takes.lines import SessionParts

SCRIPT = """\
title: Mine
background: {sound: none}
steps:
  - section: One
  - say: Sit down. Let everything rest a while.
    for: 6s
  - breathe: {in: 3s, out: 3s, cycles: 2}
  - say: As you like.
"""
"""Of 4.8 s without the gap, "Sit down." has 1.13 s and the other sentence 3.66 s."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "takes").mkdir()
    (tmp_path / "mine.yaml").write_text(SCRIPT)
    return tmp_path


def take(folder: Path, name: str, seconds: float, peak: float = 0.3, before: float = 0.3) -> Path:
    tone = peak * np.sin(2 * np.pi * 400 * np.arange(round(seconds * RATE)) / RATE)
    path = folder / "takes" / name
    soundfile.write(path, np.concatenate((np.zeros(round(before * RATE)), tone, np.zeros(RATE // 3))), RATE)
    return path


def reviewed(folder: Path) -> Review:
    sessions = [settled(session_request(folder))]
    return review(sessions, lines(sessions), str(folder / "takes"), Store(folder / "store"))


def settled(request: pipeline.SessionRequest) -> SessionParts:
    requested = pipeline.as_requested(request)
    return requested.session, requested.settled


def session_request(folder: Path) -> pipeline.SessionRequest:
    return pipeline.SessionRequest(str(folder / "mine.yaml"), takes=str(folder / "takes"))


def states(folder: Path) -> dict[str, str]:
    return {each.line.text: each.state for each in reviewed(folder).lines if each.state != "missing"}


def is_playable(folder: Path) -> bool:
    machine = pipeline.Machine(FakeEngine(lead_ms=0), Store(folder / "store"))
    try:
        pipeline.prepare(session_request(folder), machine)
    except ScriptError:
        return False
    return True


def test_an_empty_folder_has_nothing_and_nothing_is_wrong(folder: Path) -> None:
    found = reviewed(folder)
    assert [each.line.text for each in found.lines] == [
        *("Sit down.", "Let everything rest a while.", "Breathe in", "two", "three", "Breathe out", "As you like."),
    ]
    assert (found.count("missing"), found.count("there"), found.unused) == (7, 0, ())
    assert not any(each.is_wrong or each.told or each.path for each in found.lines)


def test_a_take_is_there_with_its_length(folder: Path) -> None:
    path, other = take(folder, "1-sit-down.wav", 0.8), take(folder, "of-nothing.wav", 1)
    found = reviewed(folder)
    assert (found.lines[0].state, found.lines[0].path, found.unused) == ("there", path, (other,))
    assert found.lines[0].length_ms == pytest.approx(800 + 110, abs=20)


@pytest.mark.slow
def test_a_line_without_a_slot_is_never_too_long(folder: Path) -> None:
    take(folder, "as-you-like.wav", 60)
    assert states(folder) == {"As you like.": "there"}


def test_a_take_that_needs_the_room_of_another_sentence_is_too_long(folder: Path) -> None:
    take(folder, "sit-down.wav", 1.5)
    found = reviewed(folder).lines[0]
    assert (found.state, found.is_wrong) == ("too long", True)
    assert found.told == f"{found.path}: it lasts 1.61s and has 1.167s; speak it faster"


def test_but_not_where_the_other_one_leaves_it(folder: Path) -> None:
    take(folder, "sit-down.wav", 1.5)
    take(folder, "let-everything-rest-a-while.wav", 2.5)
    assert states(folder) == {"Sit down.": "there", "Let everything rest a while.": "there"}
    assert is_playable(folder)
    take(folder, "let-everything-rest-a-while.wav", 3.4)
    assert states(folder) == {"Sit down.": "too long", "Let everything rest a while.": "there"}
    assert not is_playable(folder)


@pytest.mark.parametrize(("seconds", "state"), [(0.5, "there"), (0.85, "there"), (0.95, "too long"), (1.6, "too long")])
def test_a_word_on_a_beat_must_have_ended_before_the_next(folder: Path, seconds: float, state: str) -> None:
    take(folder, "two.wav", seconds)
    take(folder, "three.wav", 0.4)
    assert states(folder)["two"] == state
    assert is_playable(folder) == (state == "there")


def test_it_is_reported_from_the_beat_on_how_long_a_word_is(folder: Path) -> None:
    take(folder, "breathe-in.wav", 1.6)
    (found,) = (each for each in reviewed(folder).lines if each.line.text == "Breathe in")
    assert found.told.startswith(f"{found.path}: it lasts 1.6")
    assert found.told.endswith("s after its beat and has 0.84s; speak it faster")


def test_what_cannot_be_heard_is_reported(folder: Path) -> None:
    take(folder, "two.wav", 1, peak=0)
    (folder / "takes" / "three.mp3").write_bytes(b"no sound")
    found = {each.line.text: each for each in reviewed(folder).lines}
    assert (found["two"].state, found["three"].state) == ("unreadable", "unreadable")
    assert "two.wav: nothing can be heard in it" in found["two"].told
    assert found["two"].length_ms is None


def test_two_takes_of_a_line_are_reported_and_neither_is_judged(folder: Path) -> None:
    take(folder, "two.wav", 5)
    take(folder, "004-two.flac", 0.4)
    (found,) = (each for each in reviewed(folder).lines if each.state != "missing")
    assert (found.state, found.path) == ("twice", None)
    assert "004-two.flac and " in found.told


def test_a_take_that_is_too_soft_to_be_raised_is_there_and_reported(folder: Path) -> None:
    take(folder, "two.wav", 0.4, peak=0.002)
    (found,) = (each for each in reviewed(folder).lines if each.state != "missing")
    assert found.state == "there"
    assert found.told == f"{found.path}: it is so soft that it stays 8 dB under the others; speak it louder"


def test_a_take_must_fit_into_every_session_of_a_programme(folder: Path) -> None:
    (folder / "tight.yaml").write_text(SCRIPT + "    for: 2s\n")
    take(folder, "as-you-like.wav", 3)
    sessions = [settled(pipeline.SessionRequest(str(folder / name))) for name in ("mine.yaml", "tight.yaml")]
    found = review(sessions, lines(sessions), str(folder / "takes"), Store(folder / "store"))
    assert [each.line.text for each in found.lines if each.is_wrong] == ["As you like."]


def test_no_folder_is_one_sentence(folder: Path) -> None:
    (folder / "takes").rmdir()
    with pytest.raises(UsageError, match="there is no folder"):
        reviewed(folder)
