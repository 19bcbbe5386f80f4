"""Where a session goes on that was stopped, and what can be offered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from player.errors import UsageError
from player.history.bookmarks import bookmark_of, last
from player.history.diary import Diary
from player.history.requests import TURN, as_json
from player.history.resume import ResumedPlayback
from player.pipeline import SessionRequest, programmes
from player.timeline.model import BedState, Stretch, Timeline
from tests.fakes_diary import NOON, make_bookmark, make_entry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from player.history.entries import Bookmark
    from player.storage.entry import JSON

SESSION = "title: TITLE\nsteps:\n  - say: TITLE.\n    for: 60s\n"
HOUR = timedelta(hours=1)


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def diary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Diary]:
    monkeypatch.setenv("PLAYER_SCRIPTS", str(tmp_path / "own"))
    with Diary(pytest.fail, tmp_path / "diary") as diary:
        yield diary


def lasting(total_ms: int) -> Timeline:
    """In steps of three seconds."""
    slots = tuple(Stretch(start_ms, 3000) for start_ms in range(0, total_ms, 3000))
    return Timeline("", total_ms, (), (), (), (BedState(0, 0, None, 0.0, 0.0),), slots)


# Which bookmark


def test_the_bookmark_of_a_session_is_found_by_any_name_of_it(diary: Diary, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "calm.yaml").write_text(SESSION)
    key = str(tmp_path / "own" / "calm.yaml")
    diary.note(None, key, make_bookmark(key))
    assert bookmark_of("calm", diary) == bookmark_of(key, diary) == make_bookmark(key)


def test_a_session_without_a_bookmark_is_a_sentence_with_those_that_have_one(diary: Diary, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^'pmr-7' was not stopped on its way; no place is remembered; leave out"):
        bookmark_of("pmr-7", diary)
    diary.note(None, "box-breathing", make_bookmark())
    diary.note(None, f"{tmp_path}/calm.yaml", make_bookmark(f"{tmp_path}/calm.yaml", 5000, NOON + HOUR))
    remembered = "a place is remembered in calm (0:05 of 7:00), box-breathing (3:20 of 7:00)"
    with pytest.raises(UsageError) as caught:
        bookmark_of("evening", diary)
    assert str(caught.value) == f"'evening' was not stopped on its way; {remembered}; leave out --resume to begin it"


def test_a_session_that_is_not_there_is_said_to_be_so(diary: Diary) -> None:
    with pytest.raises(UsageError, match=r"there is no session 'box-breathin'; did you mean 'box-breathing'\?"):
        bookmark_of("box-breathin", diary)


def test_the_last_bookmark_comes_before_the_last_entry(diary: Diary) -> None:
    assert last(diary) is None
    diary.note(make_entry("1"), "", None)
    diary.note(make_entry("2", began=NOON + HOUR), "", None)
    assert last(diary) == make_entry("2", began=NOON + HOUR)
    diary.note(None, "pmr-7", make_bookmark("pmr-7"))
    diary.note(None, "pmr-4", make_bookmark("pmr-4", noted=NOON - HOUR))
    assert last(diary) == make_bookmark("pmr-7")


def test_a_script_that_is_gone_is_not_offered(diary: Diary, tmp_path: Path) -> None:
    gone = str(tmp_path / "gone.yaml")
    diary.note(make_entry("1", gone), gone, make_bookmark(gone))
    assert last(diary) is None
    diary.note(make_entry("2", "breathe 4-6"), "", None)
    assert last(diary) == make_entry("2", "breathe 4-6")


# Where it goes on


def test_a_bookmark_goes_on_with_what_was_asked_for_then(warnings: list[str]) -> None:
    resumed = ResumedPlayback(make_bookmark(), warnings.append)
    assert resumed.start_ms == 200_000
    wanted, part = resumed.asked(SessionRequest("", rate=90), None)
    assert (wanted, part) == (SessionRequest("box-breathing", {"rounds": "3"}, rate=90, skip=("neck",)), None)
    assert resumed.resume_at(lasting(420_000), 200_000) == 198_000
    assert warnings == []


def test_a_bookmark_behind_the_end_is_a_warning_and_begins_at_the_beginning(warnings: list[str]) -> None:
    resumed = ResumedPlayback(make_bookmark(), warnings.append)
    assert resumed.resume_at(lasting(200_000), 200_000) == 0
    assert warnings == ["you stopped at 3:20, and it ends at 3:20 now, so it begins at the beginning"]


def test_an_entry_is_heard_from_its_beginning(warnings: list[str]) -> None:
    resumed = ResumedPlayback(make_entry(), warnings.append)
    assert resumed.start_ms == 0
    assert resumed.asked(SessionRequest(""), None)[0].values == {"rounds": "3"}
    assert resumed.resume_at(lasting(10), 0) == 0


def test_a_bookmark_keeps_the_introduction_and_the_order_and_an_entry_does_not(warnings: list[str]) -> None:
    begun: dict[str, JSON] = {"session": "pmr-7", "intro": "full", "seed": 20261231}
    on = ResumedPlayback(replace(make_bookmark(), asked=begun), warnings.append)
    again = ResumedPlayback(replace(make_entry(), asked=begun), warnings.append)
    assert on.asked(SessionRequest(""), None)[0] == SessionRequest("pmr-7", intro="full", seed=20261231)
    assert on.asked(SessionRequest("", intro="short"), None)[0] == SessionRequest("pmr-7", intro="short", seed=20261231)
    assert again.asked(SessionRequest(""), None)[0] == SessionRequest("pmr-7")


def test_nothing_remembered_is_what_is_asked_for(warnings: list[str]) -> None:
    resumed = ResumedPlayback(None, warnings.append)
    assert resumed.start_ms == 0
    assert resumed.asked(SessionRequest("pmr-7"), 3) == (SessionRequest("pmr-7"), 3)


# Programmes


@pytest.fixture
def week(tmp_path: Path, diary: Diary) -> Path:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(SESSION.replace("TITLE", name.capitalize()))
    path = tmp_path / "week.yaml"
    path.write_text("title: Week\nparts: [{title: A, sessions: [one, two]}, {title: B, sessions: [one, two]}]\n")
    return path


def stopped(week: Path, number: int, turn: str, part: int | None = None) -> Bookmark:
    asked = as_json(SessionRequest(str(week)))
    return replace(
        make_bookmark(str(week)), asked=asked, part=part, number=number, turn=str(week.parent / f"{turn}.yaml")
    )


def numbers(week: Path, resumed: ResumedPlayback, part: int | None = None) -> list[int]:
    """The sessions that are played, by their places in the programme."""
    wanted, part = resumed.asked(SessionRequest(""), part)
    plan = programmes.planned(wanted, part)
    assert plan
    return [turn.number for turn in resumed.turns(plan.turns)]


def test_a_programme_goes_on_in_the_session_where_one_was(week: Path, warnings: list[str]) -> None:
    resumed = ResumedPlayback(stopped(week, 2, "two"), warnings.append)
    assert numbers(week, resumed) == [2, 3, 4]
    assert resumed.resume_at(lasting(420_000), 200_000) == 198_000


def test_a_part_goes_on_to_its_own_end(week: Path, warnings: list[str]) -> None:
    assert numbers(week, ResumedPlayback(stopped(week, 3, "one", part=2), warnings.append)) == [3, 4]
    assert warnings == []


@pytest.mark.parametrize(("number", "turn", "part"), [(2, "one", None), (5, "two", None), (2, "two", 2)])
def test_a_session_that_is_no_longer_there_is_a_warning(
    week: Path, warnings: list[str], number: int, turn: str, part: int | None
) -> None:
    resumed = ResumedPlayback(stopped(week, number, turn), warnings.append)
    assert numbers(week, resumed, part) == ([3, 4] if part else [1, 2, 3, 4])
    assert resumed.resume_at(lasting(420_000), 200_000) == 0
    assert warnings == ["the session in which you stopped is not there any more, so it begins at the beginning"]


def test_only_the_session_in_which_one_was_has_the_introduction_that_was_begun(week: Path, warnings: list[str]) -> None:
    begun = stopped(week, 2, "two")
    resumed = ResumedPlayback(replace(begun, asked={**begun.asked, TURN: {"intro": "short"}}), warnings.append)
    wanted, part = resumed.asked(SessionRequest(""), None)
    plan = programmes.planned(wanted, part)
    assert plan
    assert [turn.request.intro for turn in resumed.turns(plan.turns)] == ["short", None, None]


def test_a_turn_is_as_long_as_the_introduction_that_was_begun(week: Path, warnings: list[str]) -> None:
    (week.parent / "two.yaml").write_text(
        "title: Two\nsteps:\n- intro: {full: [{pause: 30s}], short: [{pause: 5s}]}\n- pause: 60s\n"
    )
    begun = stopped(week, 2, "two")
    resumed = ResumedPlayback(replace(begun, asked={**begun.asked, TURN: {"intro": "short"}}), warnings.append)
    plan = programmes.planned(resumed.asked(SessionRequest(""), None)[0])
    assert plan
    assert [turn.length_ms for turn in resumed.turns(plan.turns)] == [65_000, 60_000, 90_000]
