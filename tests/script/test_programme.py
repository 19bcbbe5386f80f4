from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from player.errors import ScriptError
from player.script.credits import Credits
from player.script.programme import FoundSession, Part, ProgrammeEntry, find_session, is_programme, misfits, parse
from player.script.yaml.params import Parameter

if TYPE_CHECKING:
    from pathlib import Path

WEEK = """\
title: Week
summary: Two days.
parts:
  - title: Day 1
    about: Begin here.
    sessions: [first, second]
  - title: Day 2
    sessions:
      - {session: third, params: {side: 3s, name: "a: b"}, before: Put it away.}
      - first
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own folder, with a session and a programme in it."""
    folder = tmp_path / "own"
    (folder / "programmes").mkdir(parents=True)
    (folder / "mine.yaml").write_text("title: Mine\nsteps: [{pause: 1s}]\n")
    (folder / "programmes" / "days.yaml").write_text("title: Days\nsessions: mine\n")
    monkeypatch.setenv("PLAYER_SCRIPTS", str(folder))
    return folder


def problems(text: str) -> list[str]:
    with pytest.raises(ScriptError) as caught:
        parse(text, "p.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_parts_are_in_order() -> None:
    week = parse(WEEK, "week.yaml")
    assert (week.title, week.summary) == ("Week", "Two days.")
    third = ProgrammeEntry("third", {"side": "3s", "name": "a: b"}, "Put it away.")
    assert week.all_parts == (
        Part("Day 1", (ProgrammeEntry("first"), ProgrammeEntry("second")), "Begin here."),
        Part("Day 2", (third, ProgrammeEntry("first"))),
    )


@pytest.mark.parametrize("sessions", ["one", "[one]", "[{session: one}]"])
def test_a_programme_of_one_part_needs_no_parts(sessions: str) -> None:
    assert parse(f"title: Short\nsessions: {sessions}\n", "p.yaml").all_parts == (
        Part("Short", (ProgrammeEntry("one"),)),
    )


@pytest.mark.parametrize(
    ("place", "line", "column"),
    [
        ((0, 0), 6, 16),
        ((0, 1), 6, 23),
        ((1, 0), 9, 19),
        ((1, 0, "params.side"), 9, 41),
        ((1, 1), 10, 9),
        ((1, 1, "before"), 10, 9),
    ],
)
def test_every_value_keeps_its_place(place: tuple[int, int], line: int, column: int) -> None:
    at = parse(WEEK, "week.yaml").where(*place)
    assert (at.path, at.line, at.column) == ("week.yaml", line, column)


@pytest.mark.parametrize("sessions", ["one", "[one]", "[{session: one}]"])
def test_a_lone_session_has_a_place_however_it_is_written(sessions: str) -> None:
    at = parse(f"title: Short\nsessions: {sessions}\n", "p.yaml").where(0, 0)
    assert (at.line, at.column) == (2, 11 + sessions.index("one"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title: A\n", "p.yaml:1:1: the programme must have sessions, or parts with sessions in them"),
        (
            "title: A\nsessions: [" + "a, " * 1000 + "a]\n",
            "p.yaml:1:1: the programme must have at most 1000 sessions, not 1001; split it into two",
        ),
        (
            "title: A\nsessions: a\nparts: [{title: B, sessions: b}]\n",
            "p.yaml:2:11: sessions cannot stand beside parts; put them into one of the parts",
        ),
        ("sessions: a\n", "p.yaml:1:1: title is missing in the programme"),
        ("title: A\nsesions: a\n", "p.yaml:2:1: unknown key 'sesions' in the programme; did you mean 'sessions'?"),
        ("title: A\nparts: []\n", "p.yaml:2:8: parts must not be empty"),
        ("title: A\nparts: [{title: B}]\n", "p.yaml:2:9: sessions is missing in parts"),
        ("title: A\nsessions: [{session: a, befor: x}]\n", "'befor' in sessions; did you mean 'before'?"),
        ("title: A\nsessions: {session: a}\n", "begin each entry with '- '"),
        ("- a\n", "p.yaml:1:1: a programme must be keys and values: a 'title:', and 'parts:' or 'sessions:'"),
        ("title: [\n", "p.yaml:2:1: "),
    ],
)
def test_what_is_wrong_is_reported_at_its_place(text: str, told: str) -> None:
    assert any(told in each for each in problems(text))


def test_all_problems_come_at_once() -> None:
    assert len(problems("titel: A\nparts: [{title: B, sesions: x}, {title: C, sessions: [{session: ''}]}]\n")) == 3


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (WEEK, True),
        ("title: A\nsessions: one\n", True),
        ("{title: A, sessions: one}", True),
        ('"parts": []\n', True),
        ("title: A\nsteps: [{say: parts}]\n", False),
        ("title: A\nsessions: one\nsteps: []\n", False),
        ("title: A\nsteps:\n  - say: >-\n      parts:\n      sessions:\n", False),
        ("{title: A, steps: []}", False),
        ("parts: [\n", False),
        ("- parts\n- sessions: x\n", False),
        ("", False),
    ],
)
def test_a_programme_is_known_by_its_keys(text: str, is_one: bool) -> None:
    assert is_programme(text) is is_one


def test_sessions_beside_the_programme_come_first(own: Path, tmp_path: Path) -> None:
    for name in ("box-breathing", "mine"):
        (tmp_path / f"{name}.yaml").write_text("title: Beside\nsteps: [{pause: 1s}]\n")
    assert find_session("mine", tmp_path) == FoundSession("mine", str(tmp_path / "mine.yaml"))
    assert find_session("mine.yaml", tmp_path) == FoundSession("mine", str(tmp_path / "mine.yaml"))
    assert find_session("own/mine", tmp_path) == FoundSession("mine", str(tmp_path / "own" / "mine.yaml"))
    assert find_session("mine", None) == FoundSession("mine", "mine")
    assert find_session("box-breathing", None) == FoundSession("box-breathing", "box-breathing")
    assert find_session("pmr-7", tmp_path) == FoundSession("pmr-7", "pmr-7")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("box-breathin", "there is no session 'box-breathin'; did you mean 'box-breathing'?"),
        ("qqqq", "there is no session 'qqqq'; `player list` shows them"),
        ("days", "'days' is itself a programme; name its sessions instead"),
        ("evening", "'evening' is itself a programme; name its sessions instead"),
        ("week", "'week' is itself a programme; name its sessions instead"),
        ("../own/mine", "there is no session '../own/mine'"),
        ("/etc/passwd", "there is no session '/etc/passwd'"),
        ("a" * 200 + "\0", "there is no session 'aaa"),
    ],
)
def test_what_is_no_session_is_reported(own: Path, tmp_path: Path, name: str, told: str) -> None:
    near = tmp_path / "here"
    near.mkdir()
    (near / "week.yaml").write_text(WEEK)
    with pytest.raises(ValueError, match="session") as caught:
        find_session(name, near)
    assert str(caught.value).startswith(told)


def test_values_must_fit_the_parameters_of_their_session() -> None:
    params = {"side": Parameter("4s", "3s", "6s")}
    assert not list(misfits(ProgrammeEntry("box", {"side": "5s"}), params))
    assert list(misfits(ProgrammeEntry("box", {"sid": "5s", "side": "9s"}), params)) == [
        ("sid", "'box' has no parameter 'sid'; did you mean 'side'?"),
        ("side", "side must be 3s to 6s, not 9s"),
    ]
    assert list(misfits(ProgrammeEntry("box", {"side": "5s"}), {})) == [
        ("side", "'box' has no parameter 'side'; it has none")
    ]


def test_a_programme_credits_its_files_with_what_it_says() -> None:
    found = parse("title: W\nauthor: Ann\nyear: 2026\nsessions: [one]\n", "f")
    assert found.credits == Credits("Ann", None, 2026, None)
