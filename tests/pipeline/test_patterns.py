"""A pattern that was typed goes the way of every session: checked, prepared, carried along and kept in what is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pytest

from player import pipeline
from player.export import provenance
from player.export.batch.bundle import pack
from player.pipeline import patterns, programmes
from player.storage.store import Store
from player.techniques.patterns import NAMES
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from pathlib import Path

    from player.techniques.patterns import Help
    from player.voice.engine import Engine


@dataclass(frozen=True)
class NoEngine:
    """Whoever asks it for anything has asked for a voice."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"the voice was asked for its {name}")


def machine(folder: Path, engine: object = None) -> pipeline.Machine:
    return pipeline.Machine(cast("Engine", engine or FakeEngine()), Store(folder / "store"))


@pytest.mark.parametrize("pattern", [*NAMES, "4-4", "3-1-5-3", "1-2", "0.5-4.3"])
def test_every_pattern_can_be_spoken_and_heard(tmp_path: Path, pattern: str) -> None:
    ready = pipeline.prepare(patterns.session_request(pattern, 40_000), machine(tmp_path))
    assert sum(map(len, pipeline.blocks(ready))) == ready.timeline.total_ms


@pytest.mark.parametrize("pattern", [*NAMES, "4-4", "2-3.5-4"])
def test_the_patterns_with_a_name_check_clean(tmp_path: Path, pattern: str) -> None:
    timeline, warnings = pipeline.check(patterns.session_request(pattern), machine(tmp_path))
    assert not warnings
    assert patterns.cautions(pipeline.prepare(patterns.session_request(pattern), machine(tmp_path))) == ()
    assert timeline.total_ms == pipeline.as_requested(patterns.session_request(pattern)).known_ms


@pytest.mark.parametrize("help_", ["tones", "nothing"])
def test_without_words_no_voice_is_asked(tmp_path: Path, help_: Help) -> None:
    ready = pipeline.prepare(patterns.session_request("box", 16_000, help_), machine(tmp_path, NoEngine()))
    loudest = max(block.max for block in pipeline.blocks(ready))
    assert (loudest > 0) == (help_ == "tones")
    assert [slot.guide for slot in ready.timeline.slots if slot.guide] == ["in", "hold", "out", "rest"]


@pytest.mark.parametrize("help_", ["voice", "tones", "nothing"])
def test_what_should_not_be_asked_of_everybody_is_reported_however_it_is_guided(tmp_path: Path, help_: Help) -> None:
    ready = pipeline.prepare(patterns.session_request("4-9-12", 60_000, help_), machine(tmp_path))
    told = patterns.cautions(ready)
    assert [each.partition(",")[0] for each in told] == [
        "a breath lasts 25s",
        "the breath out lasts 12s",
        "the hold lasts 9s",
    ]


def test_it_is_planned_like_a_session_by_itself() -> None:
    asked = patterns.session_request("4-6", 60_000)
    assert programmes.planned(asked) is None
    assert programmes.alone(asked).known_ms == 500 + 60_000 + 8000


def test_what_is_made_of_it_carries_its_script(tmp_path: Path) -> None:
    asked = patterns.session_request("4-6", 10_000)
    origin = provenance.origin(pipeline.prepare(asked, machine(tmp_path)))
    assert asked.script is not None
    assert (origin.name, origin.script) == ("breathe-4-6.yaml", asked.script.encode())


def test_it_travels_without_a_file() -> None:
    asked = patterns.session_request("4-6", background="none")
    bundle, large = pack(asked)
    assert (bundle.request, bundle.files, large) == (asked, (), {})
