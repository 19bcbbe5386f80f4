"""What is played is adapted to its listener: by the diary, and by the date of the night."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from player import machine
from player.cli import _listener, main
from player.history.diary import KNOWN_MS, Diary
from player.live import play as playback
from player.live.preopen import DevicePreopener
from player.pipeline import RequestedSession, SessionRequest, programmes
from player.storage.store import Store
from tests.fakes_diary import make_entry
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from pathlib import Path

WELCOMING = """\
title: T
steps:
  - intro: {full: [{pause: 30s}], short: [{pause: 5s}]}
  - notice: {each: 5s, say: [A., B., C.], shuffle: yes}
"""
PLAIN = "title: T\nsteps: [{pause: 30s}]\n"


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLAYER_DIARY", str(tmp_path / "diary"))
    path = tmp_path / "mine.yaml"
    path.write_text(WELCOMING)
    return path


def adapted(script: Path, **asked: object) -> SessionRequest:
    return _listener.adapted(RequestedSession(replace(SessionRequest(str(script)), **asked))).request  # type: ignore[arg-type]


def heard(session: str, heard_ms: int, *, whole: bool = False) -> None:
    with Diary(pytest.fail) as diary:
        entry = replace(make_entry(), session=session, heard_ms=heard_ms, whole=whole)
        diary.note(entry, session, None)


def test_a_session_is_introduced_in_full_until_it_was_heard(script: Path, tmp_path: Path) -> None:
    assert adapted(script).intro == "full"
    assert not (tmp_path / "diary").exists()
    heard(str(script), KNOWN_MS - 1)
    heard(str(tmp_path / "other.yaml"), KNOWN_MS)
    assert adapted(script).intro == "full"
    heard(str(script), KNOWN_MS)
    assert adapted(script).intro == "short"


def test_a_short_session_is_known_when_it_was_heard_whole(script: Path) -> None:
    heard(str(script), 20_000, whole=True)
    assert adapted(script).intro == "short"


def test_what_is_asked_for_comes_first(script: Path) -> None:
    heard(str(script), KNOWN_MS)
    request = adapted(script, intro="full", seed=7)
    assert (request.intro, request.seed) == ("full", 7)


def test_a_diary_that_cannot_be_read_costs_nobody_the_conditions(script: Path, tmp_path: Path) -> None:
    (tmp_path / "diary").mkdir()
    assert adapted(script).intro == "full"


def test_a_session_with_nothing_to_choose_is_asked_for_as_it_was(script: Path) -> None:
    script.write_text(PLAIN)
    assert adapted(script) == SessionRequest(str(script))


@pytest.mark.parametrize(
    ("now", "seed"),
    [
        (datetime(2026, 12, 31, 12, 0), 20261231),  # noqa: DTZ001 (as a clock on the wall shows it)
        (datetime(2026, 12, 31, 22, 15), 20261231),  # noqa: DTZ001
        (datetime(2027, 1, 1, 3, 0), 20261231),  # noqa: DTZ001
        (datetime(2027, 1, 1, 11, 59), 20261231),  # noqa: DTZ001
        (datetime(2027, 1, 1, 12, 0), 20270101),  # noqa: DTZ001
    ],
)
def test_a_night_belongs_to_the_evening_on_which_it_began(now: datetime, seed: int) -> None:
    assert _listener.night(now) == seed


def test_the_order_is_that_of_tonight(script: Path) -> None:
    before = _listener.night(datetime.now())  # noqa: DTZ005 (as the program reads it)
    assert adapted(script).seed in {before, _listener.night(datetime.now())}  # noqa: DTZ005


def test_each_session_of_a_programme_is_adapted_by_itself(script: Path, tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text(WELCOMING)
    (tmp_path / "both.yaml").write_text("title: Both\nsessions: [mine, other]\n")
    heard(str(script), KNOWN_MS)
    plan = programmes.planned(SessionRequest(str(tmp_path / "both.yaml")), None, _listener.adapted)
    assert plan
    assert [(turn.request.intro, turn.length_ms) for turn in plan.turns] == [("short", 20_000), ("full", 45_000)]


SPOKEN = """\
title: T
steps:
  - intro: {full: [{say: Full., for: 1700ms}], short: [{say: Short., for: 700ms}]}
  - pause: 300ms
"""


class _Engine(FakeEngine):
    """Has no processes to begin or end."""

    is_known = True

    def begin(self, text: str) -> None:
        pass


def test_play_says_the_short_introduction_to_whoever_knows_the_session(
    script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playback, "DevicePreopener", lambda **_: DevicePreopener(silent=True))
    monkeypatch.setattr(machine, "_engine_and_store", lambda: (_Engine(), Store(tmp_path / "store")))
    script.write_text(SPOKEN)

    def played(*options: str) -> str:
        """Its first line: title and length."""
        done = CliRunner().invoke(main, ["play", str(script), "--plain", *options], catch_exceptions=False)
        assert done.exit_code == 0
        return done.output.partition("\n")[0]

    assert played() == "T, 0:02"
    heard(str(script), KNOWN_MS)
    assert played() == "T, 0:01"
    assert played("--intro", "full") == "T, 0:02"
