"""Commands in this process with a voice that hums: what they print, ask and refuse."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from player import doctor, pipeline
from player.authoring import watch
from player.cli import cache, log, main
from player.doctor import Finding
from player.history.diary import Diary
from player.live import voice_preview
from player.storage.store import Draft, Store
from tests.fakes_diary import NOON, make_bookmark, make_entry
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from player.timeline.model import Timeline

SESSION = """\
title: Calm
steps:
  - intro:
      full: [{say: "This is what we will do, and why.", for: 9s}]
      short: [{pause: 3s}]
  - say: Sit down.
    for: 3s
"""


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pipeline.Machine:
    machine = pipeline.Machine(FakeEngine(), Store(tmp_path / "store"))
    monkeypatch.setattr("player.machine.this_machine", lambda **_: machine)
    monkeypatch.setenv("PLAYER_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("PLAYER_SCRIPTS", str(tmp_path / "own"))
    monkeypatch.setenv("PLAYER_DIARY", str(tmp_path / "diary"))
    monkeypatch.setenv("SHELL", "")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "calm.yaml").write_text(SESSION)
    return machine


def run(*arguments: str, answer: str = "") -> tuple[int, str, str]:
    done = CliRunner().invoke(main, arguments, input=answer)
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ("new", "mine", "--from", "calm.yaml", "--from-text", "a.txt"),
            "--from begins with a session and --from-text",
        ),
        (("new", "mine", "--text-format", "markdown"), "--text-format is for a text; name it behind --from-text"),
        (("new", "mine", "--in", "de"), "--in translates a session; name it behind --from"),
        (("voices", "--install", "a", "--remove", "b"), "--install and --remove are asked for one after the other"),
        (("show", "desk-day", "--plot", "a.svg"), "a picture is of one session, and this is a programme; name one of"),
        (("show", "calm.yaml", "--plot", "a.svg", "--json"), "--plot makes a picture and --json a text; ask for one"),
        (("completion",), "name the shell: bash"),
    ],
)
def test_what_does_not_go_together_is_one_sentence_and_exit_2(arguments: tuple[str, ...], told: str) -> None:
    code, out, complaints = run(*arguments)
    assert (code, out) == (2, "")
    assert told in complaints


def test_voices_are_listed_for_programs_with_those_that_speak_by_themselves() -> None:
    code, out, _ = run("voices", "--json")
    assert code == 0
    rows = {row["id"]: row for row in json.loads(out)}
    assert list(rows) == ["gmw/en", "gmw/en-us", "gmw/de", "gmq/sv"]
    assert all(row["chosen"] for row in rows.values())
    assert rows["gmw/de"]["language"] == "de"


def test_each_voice_of_a_language_says_a_line_of_its_own_language(
    monkeypatch: pytest.MonkeyPatch, machine: pipeline.Machine
) -> None:
    heard: list[str] = []

    def play(timeline: Timeline, _: object) -> None:
        heard.extend(cue.text for cue in timeline.cues)

    monkeypatch.setattr(voice_preview, "play_through", play)
    code, out, told = run("voices", "--preview", "--language", "en")
    assert (code, out) == (0, "")
    assert told.splitlines() == [
        "gmw/en  English (Great Britain), synthetic",
        "gmw/en-us  English (America), synthetic",
    ]
    assert len(heard) == 2
    assert len(set(heard)) == 1
    heard.clear()
    assert run("voices", "--preview", "gmq/sv")[0] == 0
    assert heard == ["1, 2, 3, 4."]  # for Swedish there are no words, and every voice reads numbers in its own


@pytest.mark.parametrize(("well", "optional", "code"), [(True, False, 0), (False, True, 0), (False, False, 1)])
def test_the_doctor_fails_where_a_part_is_missing_that_every_session_needs(
    monkeypatch: pytest.MonkeyPatch, well: bool, optional: bool, code: int
) -> None:
    found = (Finding("voice", well=True, finding="natural: en"), Finding("store", well, "in its place", optional))
    monkeypatch.setattr(doctor, "examine", lambda: found)
    ended, out, _ = run("doctor")
    assert ended == code
    assert [line.split() for line in out.splitlines()] == [
        ["ok", "voice", "natural:", "en"],
        ["ok" if well else "--", "store", "in", "its", "place"],
    ]


def test_a_table_has_the_length_with_each_introduction() -> None:
    code, out, _ = run("show", "calm.yaml", "--json", "--quiet")
    assert code == 0
    shown = json.loads(out)
    assert shown["total_ms"] == 12_000
    assert shown["intros_ms"] == {"full": 12_000, "short": 6_000}


def test_check_watch_checks_again_what_was_saved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def rounds(files: tuple[str, ...], beside: str | None) -> Iterator[list[str]]:
        yield list(files)
        (tmp_path / "calm.yaml").write_text(SESSION.replace("3s", "10ms"))
        yield ["calm.yaml"]
        raise KeyboardInterrupt

    (tmp_path / "other.yaml").write_text("title: Other\nsteps:\n  - pause: 2s\n")
    monkeypatch.setattr(watch, "rounds", rounds)
    code, out, told = run("check", "--watch", "calm.yaml", "other.yaml")
    assert code == 130
    assert out.splitlines() == ["calm.yaml: fine, 0:12", "other.yaml: fine, 0:02"]
    assert told.count("calm.yaml:6:5: ") == 1
    assert told.splitlines()[-1] == "Stopped."


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "left"), [("n\n", 1), ("y\n", 0)])
def test_at_a_terminal_the_store_is_cleared_only_by_a_yes(
    monkeypatch: pytest.MonkeyPatch, machine: pipeline.Machine, answer: str, left: int
) -> None:
    assert isinstance(machine.store, Store)
    machine.store.put({"what": "script"}, Draft({}, ()))
    told = Terminal()
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stderr", told)
    cache._clear(machine.store, is_sure=False)
    assert "Remove 1 entry, 0.0 MB, from " in told.getvalue()
    assert "/store? What plays or is exported now may stop." in told.getvalue()
    assert machine.store.usage().entries == left
    assert ("Nothing was removed." in told.getvalue()) is bool(left)


def test_what_was_heard_to_its_end_is_offered_again_and_what_was_stopped_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []

    def confirm(text: str, **_: object) -> bool:
        asked.append(text)
        return True

    monkeypatch.setattr(log, "_can_ask", lambda: True)
    monkeypatch.setattr(log, "_now", lambda: NOON)
    monkeypatch.setattr("click.confirm", confirm)
    entry, bookmark = make_entry(), make_bookmark()
    with Diary(asked.append) as diary:
        diary.note(entry, entry.session, None)
    assert log.remembered(None, resume=False) == entry
    with Diary(asked.append) as diary:
        diary.note(None, bookmark.session, bookmark)
    assert log.remembered(None, resume=False) == bookmark
    assert asked == [
        "Box breathing, heard today. Play it again?",
        "Box breathing, stopped at 3:20 of 7:00 today. Go on?",
    ]
