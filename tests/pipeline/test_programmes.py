"""Programmes with a voice that hums: every stage is real but the speech."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from player import pipeline
from player.errors import MediaError, ScriptError, UsageError
from player.pipeline import SessionRequest, catalogue, programmes
from player.script import programme
from player.storage.store import Store
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from pathlib import Path

    from player.pipeline.turns import PlannedProgramme

SESSION = """\
title: TITLE
params: {room: {default: 3s, min: 1s, max: 9s}}
steps:
  - say: TITLE.
    for: $room
"""
PLAIN = "title: TITLE\nsteps:\n  - say: TITLE.\n    for: 2s\n"

WEEK = """\
title: Week
parts:
  - title: Day 1
    sessions: [one, two]
  - title: Day 2
    about: A little longer.
    sessions:
      - {session: one, params: {room: 5s}, before: Put it away.}
      - one
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "one.yaml").write_text(SESSION.replace("TITLE", "One"))
    (tmp_path / "two.yaml").write_text(PLAIN.replace("TITLE", "Two"))
    (tmp_path / "week.yaml").write_text(WEEK)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLAYER_SCRIPTS", str(tmp_path / "own"))
    return tmp_path


@pytest.fixture
def machine(tmp_path: Path) -> pipeline.Machine:
    return pipeline.Machine(FakeEngine(), Store(tmp_path / "store"))


def planned(request: str | SessionRequest = "week.yaml", part: int | None = None) -> PlannedProgramme:
    plan = programmes.planned(SessionRequest(request) if isinstance(request, str) else request, part)
    assert plan is not None
    return plan


def problems(text: str, folder: Path) -> list[str]:
    (folder / "week.yaml").write_text(text)
    with pytest.raises(ScriptError) as caught:
        planned()
    return [str(problem) for problem in caught.value.problems]


def test_every_session_has_its_turn(folder: Path) -> None:
    plan = planned()
    assert (plan.name, plan.title, plan.count, plan.length_ms, plan.exact) == ("week.yaml", "Week", 4, 13_000, True)
    rows = [(turn.number, turn.part, turn.opens, turn.name, turn.title, turn.length_ms) for turn in plan.turns]
    assert rows == [
        (1, 1, True, "one", "One", 3000),
        (2, 1, False, "two", "Two", 2000),
        (3, 2, True, "one", "One", 5000),
        (4, 2, False, "one", "One", 3000),
    ]
    assert [turn.before for turn in plan.turns] == ["", "", "Put it away.", ""]
    assert [part.length_ms for part in plan.parts] == [5000, 8000]


def test_one_part_keeps_its_numbers(folder: Path) -> None:
    plan = planned(part=2)
    assert [(turn.number, turn.part) for turn in plan.turns] == [(3, 2), (4, 2)]
    assert (plan.count, plan.length_ms) == (4, 8000)


def test_what_is_not_to_be_heard_is_not_looked_into(folder: Path) -> None:
    (folder / "two.yaml").write_text("title: Two\nsteps: [{sai: x}]\n")
    assert planned(part=2).length_ms == 8000
    with pytest.raises(ScriptError, match="unknown step 'sai'"):
        planned()


def test_only_the_voice_tells_some_lengths(folder: Path) -> None:
    (folder / "two.yaml").write_text("title: Two\nsteps: [{say: Two words}]\n")
    plan = planned()
    assert not plan.exact
    assert [turn.known_ms for turn in plan.turns] == [3000, None, 5000, 3000]


def test_options_hold_for_every_session_that_has_them(folder: Path) -> None:
    plan = planned(SessionRequest("week.yaml", {"room": "4s"}, voice="gmw/en-us", rate=150, background="none"))
    assert [turn.length_ms for turn in plan.turns] == [4000, 2000, 4000, 4000]
    assert [turn.request.values for turn in plan.turns] == [{"room": "4s"}, {}, {"room": "4s"}, {"room": "4s"}]
    assert {(turn.request.voice, turn.request.rate, turn.request.background) for turn in plan.turns} == {
        ("gmw/en-us", 150, "none")
    }


@pytest.mark.parametrize(
    ("request_", "part", "told"),
    [
        (
            SessionRequest("week.yaml", {"rom": "4s"}),
            None,
            "no session of 'week.yaml' has a parameter 'rom'; did you mean",
        ),
        (SessionRequest("week.yaml", {"xyz": "4s"}), None, "'xyz'; there is room"),
        (SessionRequest("week.yaml"), 3, "'week.yaml' has parts 1 to 2, so there is no part 3"),
        (
            SessionRequest("week.yaml", length_ms=60_000),
            None,
            "--length is for one session, and 'week.yaml' is a programme",
        ),
        (SessionRequest("week.yaml", skip=("neck",)), None, "--skip is for one session"),
        (SessionRequest("one.yaml"), 1, "--part is for programmes, and 'one.yaml' is a session; leave it out"),
        (SessionRequest("nothing.yaml"), None, "there is no file nothing.yaml; look at its name and folder"),
        (SessionRequest("frist-week"), None, "did you mean 'first-week'"),
    ],
)
def test_what_cannot_be_is_one_sentence(folder: Path, request_: SessionRequest, part: int | None, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        programmes.planned(request_, part)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_value_out_of_its_range_is_a_problem(folder: Path) -> None:
    with pytest.raises(ScriptError, match="room must be 1s to 9s, not 10s"):
        planned(SessionRequest("week.yaml", {"room": "10s"}))


def test_a_session_is_no_programme(folder: Path) -> None:
    assert programmes.planned(SessionRequest("one.yaml")) is None
    assert programmes.planned(SessionRequest("box-breathing")) is None


def test_every_problem_is_reported_at_once_where_it_is(folder: Path) -> None:
    (folder / "bad.yaml").write_text("title: Bad\nsteps: [{sai: x}]\n")
    (folder / "other.yaml").write_text("title: Other\nsessions: one\n")
    (folder.parent / f"{folder.name}-outside.yaml").write_text("title: Outside\nsteps: [pause: 1s]\n")
    (folder / "link.yaml").symlink_to(folder.parent / f"{folder.name}-outside.yaml")
    told = problems(
        "title: Week\nsessions:\n"
        "  - onee\n"
        "  - {session: one, params: {rom: 5s}}\n"
        "  - {session: one, params: {room: 50s}}\n"
        "  - other\n"
        "  - bad\n"
        "  - bad\n"
        "  - link\n",
        folder,
    )
    assert told == [
        "bad.yaml:2:10: unknown step 'sai'; did you mean 'say'?",
        "week.yaml:3:5: there is no session 'onee'; did you mean 'one'?",
        "week.yaml:4:34: 'one' has no parameter 'rom'; did you mean 'room'?",
        "week.yaml:5:35: room must be 1s to 9s, not 50s",
        "week.yaml:6:5: 'other' is itself a programme; name its sessions instead",
        "week.yaml:9:5: 'link' is a link that leads out of the programme's folder; put the file itself beside it",
    ]


def test_a_session_is_looked_for_once_and_after_a_hundred_problems_no_more(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_for: list[str] = []
    find = programme.find_session

    def noted(name: str, near: Path | None) -> programme.FoundSession:
        looked_for.append(name)
        return find(name, near)

    monkeypatch.setattr(programme, "find_session", noted)
    (folder / "week.yaml").write_text("title: W\nsessions: [" + "one, " * 500 + "two]\n")
    assert programmes.planned(SessionRequest("week.yaml")) is not None
    assert looked_for == ["one", "two"]
    (folder / "week.yaml").write_text("title: W\nsessions: [" + ", ".join(f"gone-{n}" for n in range(500)) + "]\n")
    with pytest.raises(ScriptError) as caught:
        programmes.planned(SessionRequest("week.yaml"))
    assert len(caught.value.problems) == 100


def test_backgrounds_are_looked_for_without_a_voice(folder: Path) -> None:
    (folder / "two.yaml").write_text("background: oceam\n" + PLAIN)
    with pytest.raises(ScriptError, match=r"two\.yaml:1:13: there is no sound 'oceam'; did you mean 'ocean'"):
        planned()
    assert planned(SessionRequest("week.yaml", background="rain")).count == 4
    with pytest.raises(MediaError, match="oceam"):
        planned(SessionRequest("week.yaml", background="oceam"))


def test_a_programme_is_no_session_of_itself(folder: Path) -> None:
    assert problems("title: Week\nsessions: week\n", folder) == [
        "week.yaml:2:11: 'week' is itself a programme; name its sessions instead"
    ]


def test_a_programme_found_by_name_has_sessions_with_names(folder: Path) -> None:
    (folder / "own" / "programmes").mkdir(parents=True)
    (folder / "own" / "programmes" / "mine.yaml").write_text("title: Mine\nsessions: [micro-break, hers]\n")
    (folder / "own" / "hers.yaml").write_text(PLAIN.replace("TITLE", "Hers"))
    assert [turn.request.session for turn in planned("mine").turns] == ["micro-break", "hers"]
    (folder / "own" / "hers.yaml").unlink()
    (folder / "own" / "programmes" / "other.yml").write_text(PLAIN.replace("TITLE", "Hers"))
    with pytest.raises(ScriptError, match=r"mine\.yaml:2:25: there is no session 'hers'"):
        planned("mine")


def test_check_speaks_each_session_once(folder: Path, machine: pipeline.Machine) -> None:
    assert programmes.check(SessionRequest("week.yaml"), machine) == (13_000, ())
    assert isinstance(machine.engine, FakeEngine)
    assert machine.engine.spoken == {"One.": 1, "Two.": 1}


def test_check_warns_once_of_what_comes_twice(folder: Path, machine: pipeline.Machine) -> None:
    (folder / "two.yaml").write_text("title: Two\nsteps:\n  - say: Two.\n    for: 2s\n  - pause: 2m\n")
    (folder / "week.yaml").write_text("title: Week\nsessions: [two, one, two]\n")
    total_ms, warnings = programmes.check(SessionRequest("week.yaml"), machine)
    assert total_ms == 247_000
    assert [str(warning.at) for warning in warnings] == ["two.yaml:5:5"]


def test_check_takes_a_session_too(folder: Path, machine: pipeline.Machine) -> None:
    assert programmes.check(SessionRequest("one.yaml"), machine) == (3000, ())


def test_check_tells_all_that_does_not_fit(folder: Path, machine: pipeline.Machine) -> None:
    for name in ("one", "two"):
        (folder / f"{name}.yaml").write_text(PLAIN.replace("TITLE", name).replace("2s", "100ms"))
    (folder / "week.yaml").write_text("title: Week\nsessions: [one, two]\n")
    with pytest.raises(ScriptError) as caught:
        programmes.check(SessionRequest("week.yaml"), machine)
    assert [str(problem.at) for problem in caught.value.problems] == ["one.yaml:3:5", "two.yaml:3:5"]


@pytest.mark.parametrize(
    ("name", "parts", "sessions", "minutes"),
    [
        ("first-week", 7, 11, 54.5),
        ("six-weeks-pmr", 6, 6, 90),
        ("flare-up-week", 7, 9, 70),
        ("fortnight-of-worry", 14, 16, 144),
        ("two-weeks-of-sleep", 14, 19, 250),
        ("desk-day", 8, 8, 36.5),
        ("evening", 3, 3, 46.5),
    ],
)
def test_the_bundled_programmes_are_whole(name: str, parts: int, sessions: int, minutes: float) -> None:
    listed = next(each for each in catalogue.programmes() if each.name == name)
    assert (listed.parts, listed.sessions, listed.length_ms) == (parts, sessions, minutes * 60_000)
    assert listed.exact


def test_heat_is_put_away_before_anything_goes_on() -> None:
    turns = planned("evening").turns
    heat = next(at for at, turn in enumerate(turns) if turn.name == "heat-compress")
    assert all(turn.before for turn in turns[heat + 1 :])


def test_programmes_with_problems_are_listed_all_the_same(folder: Path) -> None:
    own = folder / "own"
    (own / "programmes").mkdir(parents=True)
    (own / "mine.yaml").write_text(PLAIN)
    for name, text in (
        ("broken", "title: ["),
        ("lost", "title: A\nsessions: x\n"),
        ("mine", "title: A\nsessions: mine\n"),
    ):
        (own / "programmes" / f"{name}.yaml").write_text(text)
    listed = {each.name: each for each in catalogue.programmes()}
    assert listed["broken"].title == "has problems: player check broken"
    assert listed["lost"].title == "has problems: player check lost"
    assert listed["mine"].title == "has the name of a session: give its file another one"
    assert {listed[name].length_ms for name in ("broken", "lost", "mine")} == {None}


def test_nothing_is_spoken_to_plan(folder: Path) -> None:
    before = threading.active_count()
    planned("first-week")
    assert threading.active_count() == before


def test_what_outlives_a_programme_outlives_its_last_session(folder: Path) -> None:
    for name in ("one", "two"):
        path = folder / f"{name}.yaml"
        path.write_text(path.read_text().replace("\nsteps", "\nbackground: rain\nsteps"))
    asked = SessionRequest("week.yaml", outlive_ms=60_000)
    assert [turn.request.outlive_ms for turn in planned(asked).turns] == [None, None, None, 60_000]
    assert [turn.length_ms for turn in planned(asked).turns] == [3000, 2000, 5000, 63_000]
    assert [turn.request.outlive_ms for turn in planned(asked, 1).turns] == [None, 60_000]


def test_a_programme_without_a_background_is_not_outlived(folder: Path) -> None:
    with pytest.raises(UsageError, match="--outlive needs a background"):
        planned(SessionRequest("week.yaml", outlive_ms=60_000))
