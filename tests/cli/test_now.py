"""``player now``: what it says, and what it hands on to ``play``, by a clock and a player of the test's own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from player.cli import main
from player.cli import now as module
from player.cli.play import play
from player.history.diary import Diary
from player.live import play as playback
from player.settings import writing
from tests.fakes_diary import make_bookmark

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

MORNING = datetime(2026, 6, 5, 8, 0).astimezone()


@dataclass
class FakePlayer:
    """In the place of ``player.live.play.play``: notes what it would play."""

    played: list[str] = field(default_factory=list)
    start_ms: int = 0
    voice: str | None = None

    def __call__(self, find_turns: Any, start_ms: int = 0, **more: Any) -> int:
        turns = find_turns()
        self.played, self.start_ms, self.voice = [each.name for each in turns], start_ms, turns[0].request.voice
        return 0


@pytest.fixture
def player(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePlayer:
    player = FakePlayer()
    monkeypatch.setenv("PLAYER_DIARY", str(tmp_path / "diary"))
    monkeypatch.setattr(playback, "play", player)
    monkeypatch.setattr(module, "_clock", lambda: MORNING)
    return player


def now(*arguments: str) -> Result:
    done = CliRunner().invoke(main, ["now", *arguments])
    assert done.exit_code == 0, done.output
    return done


def test_it_says_in_one_line_what_it_plays_and_why(player: FakePlayer) -> None:
    done = now("--voice", "heart")
    assert done.stderr == "belly-breathing, for the morning. `player now --another` takes another.\n"
    assert (player.played, player.voice) == (["belly-breathing"], "heart")


def test_it_has_what_is_kept_for_the_session_that_it_chooses(
    player: FakePlayer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYER_SETTINGS", str(tmp_path / "settings.toml"))
    writing.remember("belly-breathing", {"voice": "heart"})
    now("-q")
    assert (player.played, player.voice) == (["belly-breathing"], "heart")
    now("-q", "--another")
    assert player.voice is None
    now("-q", "--voice", "gmw/en-us")
    assert player.voice == "gmw/en-us"


def test_another_is_the_next_and_after_the_last_comes_the_first(player: FakePlayer) -> None:
    assert now("--another", "-q").stderr == ""
    assert player.played == ["morning-stiffness"]
    assert now("--another", "--another").stderr == "plan-your-day, for the morning.\n"
    now(*["--another"] * 3)
    assert player.played == ["belly-breathing"]


@pytest.mark.parametrize("option", ["--what", "--dry-run"])
def test_what_only_tells(player: FakePlayer, option: str) -> None:
    assert now(option).stdout == "belly-breathing, for the morning.\n"
    assert player.played == []


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_was_stopped_goes_on_in_the_language_in_which_it_was_begun(
    player: FakePlayer, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("PLAYER_LANGUAGE", language)
    with Diary(pytest.fail) as diary:
        diary.note(None, "box-breathing", replace(make_bookmark(noted=MORNING), asked={"session": "box-breathing"}))
    assert now().stderr.startswith("Box breathing, stopped at 3:20 of 7:00 today, goes on. `player now --another`")
    assert (player.played, player.start_ms) == (["box-breathing"], 200_000)
    now("--another")
    assert player.start_ms == 0


def test_in_another_language_it_takes_a_translation(player: FakePlayer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_LANGUAGE", "de")
    assert now().stderr.splitlines() == ["de/belly-breathing, for the morning. `player now --another` takes another."]
    assert player.played == ["de/belly-breathing"]


def test_a_diary_that_cannot_be_read_is_a_warning(
    player: FakePlayer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "folder").mkdir()
    monkeypatch.setenv("PLAYER_DIARY", str(tmp_path / "folder"))
    done = now("--what")
    assert done.stdout == "belly-breathing, for the morning.\n"
    assert done.stderr.count("\n") == 1


def test_the_options_of_play_are_its_own() -> None:
    handed_on = {each.name for each in play.params} - {"session", "start_ms", "resume", "part"}
    assert {each.name for each in module.now.params} == handed_on | {"another", "what"}
