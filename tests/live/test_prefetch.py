"""The next session of a programme, prepared while the present one plays; tests/cli plays it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from player import pipeline
from player.errors import ScriptError, VoiceError
from player.live.prefetch import Prefetcher
from player.pipeline.turns import Turn
from player.storage.store import Store
from tests.fakes_voice import FakeEngine
from tests.sound_server import wait_until

if TYPE_CHECKING:
    from pathlib import Path

SESSION = "title: TITLE\nsteps:\n  - say: TITLE.\n    for: 2s\n"


def turns(folder: Path, *titles: str) -> list[Turn]:
    for title in titles:
        (folder / f"{title}.yaml").write_text(SESSION.replace("TITLE", title))
    return [
        Turn(
            pipeline.as_requested(pipeline.SessionRequest(str(folder / f"{title}.yaml"))),
            title,
            title,
            2000,
            exact=True,
        )
        for title in titles
    ]


def machine(folder: Path, engine: FakeEngine) -> pipeline.Machine:
    return pipeline.Machine(engine, Store(folder / "store"))


def test_one_session_at_a_time_is_made_ready_in_order(tmp_path: Path) -> None:
    engine = FakeEngine()
    with Prefetcher(turns(tmp_path, "One", "Two", "Three"), machine(tmp_path, engine)) as prefetcher:
        prefetcher.begin()
        prefetcher.begin()  # a second begin is none
        assert prefetcher.take().session.title == "One"
        assert engine.spoken == {"One.": 1}
        prefetcher.begin()
        assert prefetcher.take().session.title == "Two"
        assert prefetcher.take().session.title == "Three"  # taken before it was begun: it begins now
        prefetcher.begin()
        with pytest.raises(IndexError):
            prefetcher.take()


def test_a_problem_comes_when_its_session_is_taken(tmp_path: Path) -> None:
    found = turns(tmp_path, "One", "Two")
    (tmp_path / "One.yaml").write_text(SESSION.replace("2s", "10ms"))
    with Prefetcher(found, machine(tmp_path, FakeEngine())) as prefetcher:
        prefetcher.begin()
        with pytest.raises(ScriptError, match=r"One\.yaml:3:5"):
            prefetcher.take()


def test_leaving_stops_what_is_being_spoken(tmp_path: Path) -> None:
    begun, over = threading.Event(), threading.Event()

    class Slow(FakeEngine):
        def stop(self) -> None:
            over.set()
            super().stop()

    def speak() -> None:
        begun.set()
        assert over.wait(10)
        raise VoiceError("it was stopped")

    with Prefetcher(turns(tmp_path, "One"), machine(tmp_path, Slow(while_speaking=speak))) as prefetcher:
        prefetcher.begin()
        assert begun.wait(10)
    assert over.is_set()
    wait_until(lambda: "prefetch" not in {each.name for each in threading.enumerate()}, "its thread goes on")


def test_leaving_without_a_next_session_does_not_wait(tmp_path: Path) -> None:
    engine = FakeEngine()
    with Prefetcher([], machine(tmp_path, engine)) as prefetcher:
        prefetcher.begin()
    assert engine.stops == 0
