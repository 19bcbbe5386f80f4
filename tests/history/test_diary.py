"""The diary: entries in, entries out, whoever else writes and whatever became of the file."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import DiaryError
from player.history import sqlite_file
from player.history.diary import Diary
from player.history.entries import Bookmark, ForgottenCounts, HistoryEntry
from tests import disks
from tests.fakes_diary import NOON, place, practised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions: run it on Linux or macOS")
HOUR = timedelta(hours=1)

texts = st.text(st.characters(exclude_categories=["Cs"]))
numbers = st.integers(0, 2**40)
moments = st.datetimes(timezones=st.just(timezone.utc)).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)
asked = st.dictionaries(
    texts, st.none() | numbers | texts | st.lists(texts) | st.dictionaries(texts, texts), max_size=3
)


class Told(list[str]):
    """What a diary warned of."""


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def diary(tmp_path: Path, told: Told) -> Iterator[Diary]:
    with Diary(told.append, tmp_path / "some" / "folder" / "diary.sqlite3") as diary:
        yield diary
    assert told == []


def again(diary: Diary) -> Diary:
    """As another player finds it."""
    return Diary(pytest.fail, diary.path)


# In and out


@given(
    entry=st.builds(
        HistoryEntry, st.just("id"), texts, texts, asked, texts, moments, numbers, numbers, numbers, st.booleans()
    ),
    stopped=st.builds(
        Bookmark,
        texts,
        texts,
        asked,
        numbers,
        numbers,
        moments,
        st.none() | st.integers(1, 9),
        st.integers(0, 9),
        texts,
    ),
)
def test_what_goes_in_comes_out(
    tmp_path_factory: pytest.TempPathFactory, entry: HistoryEntry, stopped: Bookmark
) -> None:
    path = tmp_path_factory.mktemp("diary") / "diary"
    with Diary(pytest.fail, path) as diary:
        diary.note(entry, stopped.session, stopped)
    with Diary(pytest.fail, path) as diary:
        assert diary.practised() == (entry,)
        assert diary.places() == (stopped,)
        assert diary.place(stopped.session) == stopped


def test_there_is_one_place_for_each_session_the_last_one_first(diary: Diary) -> None:
    for number, session in enumerate(["one", "two", "one"]):
        diary.note(None, session, place(session, at_ms=number, noted=NOON + number * HOUR))
    assert [(each.session, each.at_ms) for each in diary.places()] == [("one", 2), ("two", 1)]
    assert diary.place("three") is None


def test_a_session_that_was_finished_has_no_place(diary: Diary) -> None:
    diary.note(practised(whole=False), "one", place("one"))
    diary.note(None, "two", place("two"))
    diary.note(practised(whole=True), "one", None)
    assert [each.session for each in diary.places()] == ["two"]
    assert [each.whole for each in diary.practised()] == [True]


def test_entries_come_in_the_order_of_their_beginning_in_any_time_zone(diary: Diary) -> None:
    east = timezone(5 * HOUR)
    diary.note(practised("late", began=NOON), "", None)
    diary.note(practised("early", began=(NOON - HOUR).astimezone(east)), "", None)
    assert [each.id for each in diary.practised()] == ["early", "late"]


def test_a_session_is_found_by_itself_and_in_a_programme(diary: Diary) -> None:
    diary.note(practised("1", "heat"), "", None)
    diary.note(practised("2", "heat", programme="evening"), "", None)
    diary.note(practised("3", "sleep", programme="evening"), "", None)
    assert [each.id for each in diary.practised("heat")] == ["1", "2"]
    assert [each.id for each in diary.practised("evening")] == ["2", "3"]


def test_looking_makes_no_file(diary: Diary) -> None:
    assert (diary.places(), diary.practised(), diary.place("x"), diary.forget()) == (
        (),
        (),
        None,
        ForgottenCounts(0, 0),
    )
    assert not diary.path.parent.exists()


@POSIX
def test_nobody_else_can_read_it(diary: Diary) -> None:
    diary.note(None, "one", place("one"))
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in diary.path.parent.iterdir()}
    assert set(modes) >= {"diary.sqlite3", "diary.sqlite3-wal"}
    assert set(modes.values()) == {0o600}


def test_a_row_that_somebody_wrote_by_hand_is_left_out(diary: Diary) -> None:
    diary.note(practised("1"), "one", place("one"))
    diary.note(practised("2"), "two", place("two"))
    diary.close()
    with sqlite3.connect(diary.path) as mine:
        mine.execute("UPDATE practised SET began = 'long ago' WHERE id = '1'")
        mine.execute("UPDATE places SET asked = '{' WHERE session = 'two'")
    mine.close()
    assert [each.id for each in diary.practised()] == ["2"]
    assert [each.session for each in diary.places()] == ["one"]


# Forgetting


def test_forgetting_leaves_no_trace_in_the_file(diary: Diary) -> None:
    diary.note(practised("1", "a-secret-session"), "a-secret-session", place("a-secret-session"))
    with again(diary) as other:
        assert other.forget() == ForgottenCounts(1, 1)
    assert (diary.practised(), diary.places()) == ((), ())
    diary.close()
    assert b"a-secret" not in b"".join(each.read_bytes() for each in diary.path.parent.iterdir())


def test_forgetting_one_session_leaves_the_others(diary: Diary) -> None:
    diary.note(practised("1", "one"), "one", place("one"))
    diary.note(practised("2", "two", programme="one"), "two", place("two"))
    diary.note(practised("3", "two"), "two", place("two"))
    assert diary.forget("one") == ForgottenCounts(2, 1)
    assert [each.id for each in diary.practised()] == ["3"]
    assert [each.session for each in diary.places()] == ["two"]


def test_forgetting_everything_takes_what_was_put_aside(tmp_path: Path, told: Told) -> None:
    (tmp_path / "diary").write_bytes(b"not a diary" * 1000)
    with Diary(told.append, tmp_path / "diary") as diary:
        diary.begin()
        assert (tmp_path / "diary.damaged").exists()
        diary.forget("one")
        assert (tmp_path / "diary.damaged").exists()
        diary.forget()
        assert not (tmp_path / "diary.damaged").exists()


# Two players


WRITER = """
import sys
from pathlib import Path
from player.history.diary import Diary
from tests.fakes_diary import place, practised
with Diary(print, Path(sys.argv[1])) as diary:
    for number in range(100):
        diary.note(practised(f"{sys.argv[2]}-{number}"), sys.argv[2], place(sys.argv[2], number))
"""


def test_two_players_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "diary"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, path, name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for name in ("one", "two")
    ]
    assert [writer.communicate(timeout=60)[0] for writer in writers] == [b"", b""]
    with Diary(pytest.fail, path) as diary:
        assert len({each.id for each in diary.practised()}) == 200
        assert {(each.session, each.at_ms) for each in diary.places()} == {("one", 99), ("two", 99)}


def test_many_begin_it_at_once(tmp_path: Path) -> None:
    told, at_once = Told(), threading.Barrier(8)

    def begin(number: int) -> None:
        with Diary(told.append, tmp_path / "diary") as diary:
            at_once.wait(10)
            try:
                diary.note(practised(str(number)), "", None)
            except DiaryError as error:
                told.append(str(error))

    threads = [threading.Thread(target=begin, args=[number]) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert told == []
    with Diary(pytest.fail, tmp_path / "diary") as diary:
        assert len(diary.practised()) == 8


def test_a_file_that_another_program_holds_is_a_sentence(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_MS", 10)
    diary.begin()
    holder = sqlite3.connect(diary.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with again(diary) as other, pytest.raises(DiaryError, match="locked; end the program that holds it or set"):
        other.note(None, "one", place("one"))
    holder.execute("ROLLBACK")
    holder.close()
    diary.note(None, "one", place("one"))  # and afterwards it can be written again


# What became of the file


def overwritten(path: Path) -> None:
    path.write_bytes(b"this is not a database, and long enough to be none" * 200)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def scratched(path: Path) -> None:
    """Its head is well, and its tables are not."""
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))


DAMAGE = {each.__name__: each for each in (overwritten, cut, scratched)}
USES: dict[str, Callable[[Diary], object]] = {
    "noting": lambda diary: diary.note(practised("new"), "new", place("new")),
    "looking": lambda diary: diary.practised(),
    "forgetting": lambda diary: diary.forget("one"),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_put_aside_and_a_new_one_begun(tmp_path: Path, told: Told, damage: str, use: str) -> None:
    path = tmp_path / "diary"
    with Diary(told.append, path) as diary:
        for number in range(50):
            diary.note(practised(str(number)), "one", place("one"))
    DAMAGE[damage](path)
    damaged = path.read_bytes()
    with Diary(told.append, path) as diary:
        USES[use](diary)
        diary.note(practised("newer"), "new", place("new"))
        assert diary.practised()[-1].id == "newer"
    assert told == [f"the diary was damaged and begins anew; what there was is in {path}.damaged"]
    assert (tmp_path / "diary.damaged").read_bytes() == damaged


def test_what_was_put_aside_before_stays(tmp_path: Path, told: Told) -> None:
    for content in (b"first", b"second", b"third"):
        (tmp_path / "diary").write_bytes(content * 1000)
        with Diary(told.append, tmp_path / "diary") as diary:
            diary.begin()
    kept = {each.name: each.read_bytes()[:5] for each in tmp_path.glob("*.damaged*")}
    assert kept == {"diary.damaged": b"first", "diary.damaged-2": b"secon", "diary.damaged-3": b"third"}


def test_a_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "theirs") as theirs:
        theirs.execute("CREATE TABLE bookmarks (name)")
    theirs.close()
    before = (tmp_path / "theirs").read_bytes()
    with Diary(pytest.fail, tmp_path / "theirs") as diary:
        for use in USES.values():
            with pytest.raises(DiaryError, match="belongs to another program, and is no diary; set PLAYER_DIARY"):
                use(diary)
    assert (tmp_path / "theirs").read_bytes() == before


def test_a_file_of_a_newer_player_is_left_alone(diary: Diary) -> None:
    diary.note(practised(), "one", place("one"))
    diary.close()
    with sqlite3.connect(diary.path) as newer:
        newer.execute(f"PRAGMA user_version = {sqlite_file.VERSION + 1}")
    newer.close()
    with pytest.raises(DiaryError, match="is from a newer player; install that one, or set PLAYER_DIARY"):
        diary.practised()


def test_an_empty_file_is_a_new_diary(tmp_path: Path) -> None:
    (tmp_path / "diary").touch()  # a crash between making the file and its tables
    with Diary(pytest.fail, tmp_path / "diary") as diary:
        assert diary.practised() == ()
        diary.note(practised(), "one", place("one"))
        assert diary.practised() == (practised(),)


def test_a_file_in_the_place_of_its_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    diary = Diary(pytest.fail, tmp_path / "file" / "diary")
    with pytest.raises(
        DiaryError, match=r"^cannot write the diary .*; check its folder or set PLAYER_DIARY to another"
    ):
        diary.begin()
    assert diary.practised() == ()


def test_a_folder_in_its_place_is_a_sentence(tmp_path: Path) -> None:
    diary = Diary(pytest.fail, tmp_path)
    for use in USES.values():
        with pytest.raises(DiaryError, match=r"^cannot (read|write) the diary .*unable to open"):
            use(diary)


def test_a_control_character_in_its_name_does_not_reach_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[2J").mkdir()
    with pytest.raises(DiaryError) as caught:
        Diary(pytest.fail, tmp_path / "a\x1b[2J").begin()
    assert "\x1b" not in str(caught.value)


if disks.CAN_MOUNT:

    def test_a_full_disk_is_a_sentence_and_leaves_what_was_there(tmp_path: Path) -> None:
        with disks.tiny(tmp_path / "disk") as disk, Diary(pytest.fail, disk / "diary") as diary:
            diary.note(practised("kept"), "one", place("one"))
            too_long = replace(practised("new"), title="x" * 300_000)
            with pytest.raises(DiaryError, match="full; free some space or set PLAYER_DIARY to another file"):
                diary.note(too_long, "two", None)
            diary.close()
            assert diary.practised() == (practised("kept"),)
            assert diary.place("one") == place("one")
            diary.close()

    def test_a_read_only_disk_can_be_read(tmp_path: Path) -> None:
        with disks.tiny(tmp_path / "disk", "1m") as disk:
            with Diary(pytest.fail, disk / "diary") as diary:
                diary.note(practised(), "one", place("one"))
            disks.make_read_only(disk)
            with Diary(pytest.fail, disk / "diary") as diary:
                assert (diary.practised(), diary.places()) == ((practised(),), (place("one"),))
                with pytest.raises(DiaryError, match="make it writable or set PLAYER_DIARY to another file"):
                    diary.note(None, "one", None)
            with pytest.raises(DiaryError, match="make its folder writable"):
                Diary(pytest.fail, disk / "other").begin()


# Where it is


def test_the_environment_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_DIARY", str(tmp_path / "mine"))
    assert Diary(pytest.fail).path == tmp_path / "mine"
    monkeypatch.setenv("PLAYER_DIARY", "~/mine")
    assert Diary(pytest.fail).path.is_absolute()
    assert "~" not in str(Diary(pytest.fail).path)


def test_without_the_environment_it_lies_in_the_users_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLAYER_DIARY", raising=False)
    path = Diary(pytest.fail).path
    assert (path.parent.name, path.name) == ("player", "diary.sqlite3")
