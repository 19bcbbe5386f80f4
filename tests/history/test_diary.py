"""The diary: entries in, entries out, also with other writers and damaged files."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import DiaryError, NoDiaryError
from player.history import sqlite_file
from player.history.diary import Diary
from player.history.entries import Bookmark, ForgottenCounts, HistoryEntry
from tests import disks
from tests.fakes_diary import NOON, make_bookmark, make_entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions: run it on Linux or macOS")
HOUR = timedelta(hours=1)

texts = st.text(st.characters(exclude_categories=["Cs"]))
numbers = st.integers(0, 2**40)
moments = st.datetimes(datetime(1970, 1, 1), datetime(9998, 12, 31), timezones=st.just(timezone.utc)).map(  # noqa: DTZ001
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)
asked = st.dictionaries(
    texts, st.none() | numbers | texts | st.lists(texts) | st.dictionaries(texts, texts), max_size=3
)


class Warnings(list[str]):
    """The warnings of a diary."""


@pytest.fixture
def warnings() -> Warnings:
    return Warnings()


@pytest.fixture
def diary(tmp_path: Path, warnings: Warnings) -> Iterator[Diary]:
    with Diary(warnings.append, tmp_path / "some" / "folder" / "diary.sqlite3") as diary:
        yield diary
    assert warnings == []


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
        assert diary.entries() == (entry,)
        assert diary.bookmarks() == (stopped,)
        assert diary.bookmark(stopped.session) == stopped


def test_there_is_one_bookmark_for_each_session_the_last_one_first(diary: Diary) -> None:
    for number, session in enumerate(["one", "two", "one"]):
        diary.note(None, session, make_bookmark(session, at_ms=number, noted=NOON + number * HOUR))
    assert [(each.session, each.at_ms) for each in diary.bookmarks()] == [("one", 2), ("two", 1)]
    assert diary.bookmark("three") is None


def test_a_session_that_was_finished_has_no_bookmark(diary: Diary) -> None:
    diary.note(make_entry(whole=False), "one", make_bookmark("one"))
    diary.note(None, "two", make_bookmark("two"))
    diary.note(make_entry(whole=True), "one", None)
    assert [each.session for each in diary.bookmarks()] == ["two"]
    assert [each.whole for each in diary.entries()] == [True]


def test_entries_come_in_the_order_of_their_beginning_in_any_time_zone(diary: Diary) -> None:
    east = timezone(5 * HOUR)
    diary.note(make_entry("late", began=NOON), "", None)
    diary.note(make_entry("early", began=(NOON - HOUR).astimezone(east)), "", None)
    assert [each.id for each in diary.entries()] == ["early", "late"]


def test_a_session_is_found_by_itself_and_in_a_programme(diary: Diary) -> None:
    diary.note(make_entry("1", "heat"), "", None)
    diary.note(make_entry("2", "heat", programme="evening"), "", None)
    diary.note(make_entry("3", "sleep", programme="evening"), "", None)
    assert [each.id for each in diary.entries("heat")] == ["1", "2"]
    assert [each.id for each in diary.entries("evening")] == ["2", "3"]


def test_looking_makes_no_file(diary: Diary) -> None:
    assert (diary.bookmarks(), diary.entries(), diary.bookmark("x"), diary.forget()) == (
        (),
        (),
        None,
        ForgottenCounts(0, 0),
    )
    assert not diary.path.parent.exists()


@POSIX
def test_only_its_owner_can_read_it(diary: Diary) -> None:
    diary.note(None, "one", make_bookmark("one"))
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in diary.path.parent.iterdir()}
    assert set(modes) == {"diary.sqlite3", "diary.sqlite3-journal"}
    assert set(modes.values()) == {0o600}


@POSIX
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o666, 0o604])
def test_one_that_others_may_read_becomes_its_owners_alone_when_it_is_written(diary: Diary, mode: int) -> None:
    diary.note(None, "one", make_bookmark("one"))
    diary.close()
    for each in diary.path.parent.iterdir():
        each.chmod(mode)
    with again(diary) as reader:
        assert reader.bookmark("one") == make_bookmark("one")
        assert {each.stat().st_mode & 0o777 for each in diary.path.parent.iterdir()} == {mode}
    with again(diary) as writer:
        writer.begin()
    assert len([*diary.path.parent.iterdir()]) == 2
    assert {each.stat().st_mode & 0o777 for each in diary.path.parent.iterdir()} == {0o600}
    assert diary.bookmark("one") == make_bookmark("one")


@POSIX
def test_a_damaged_one_is_closed_to_others_before_it_is_put_aside(diary: Diary, warnings: Warnings) -> None:
    diary.note(None, "one", make_bookmark("one"))
    diary.close()
    diary.path.write_bytes(diary.path.read_bytes()[:200] + b"damage" * 1000)
    diary.path.chmod(0o644)
    diary.begin()
    assert len(warnings) == 1
    warnings.clear()
    modes = {each.name: each.stat().st_mode & 0o777 for each in diary.path.parent.iterdir()}
    assert set(modes) >= {"diary.sqlite3", "diary.sqlite3.damaged"}
    assert set(modes.values()) == {0o600}


@POSIX
def test_an_empty_file_or_one_behind_a_link_becomes_its_owners_alone_too(diary: Diary, tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"")
    (tmp_path / "kept").chmod(0o644)
    diary.path.parent.mkdir(parents=True)
    diary.path.symlink_to(tmp_path / "kept")
    diary.note(None, "one", make_bookmark("one"))
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o600


@POSIX
@pytest.mark.parametrize("is_foreign", [False, True])
def test_another_programs_or_another_users_file_keeps_its_permissions(
    diary: Diary, monkeypatch: pytest.MonkeyPatch, *, is_foreign: bool
) -> None:
    diary.begin()
    diary.close()
    if is_foreign:
        with closing(sqlite3.connect(diary.path)) as other:
            other.execute("PRAGMA application_id = 7")
    else:
        monkeypatch.setattr(sqlite_file, "is_others", lambda _: True)
    diary.path.chmod(0o644)
    with contextlib.suppress(NoDiaryError), again(diary) as writer:
        writer.begin()
    assert diary.path.stat().st_mode & 0o777 == 0o644


def test_a_damaged_row_is_left_out(diary: Diary) -> None:
    diary.note(make_entry("1"), "one", make_bookmark("one"))
    diary.note(make_entry("2"), "two", make_bookmark("two"))
    diary.close()
    with sqlite3.connect(diary.path) as mine:
        mine.execute("UPDATE practised SET began = 'long ago' WHERE id = '1'")
        mine.execute("UPDATE places SET asked = '{' WHERE session = 'two'")
    mine.close()
    assert [each.id for each in diary.entries()] == ["2"]
    assert [each.session for each in diary.bookmarks()] == ["one"]


# Forgetting


def test_forgetting_leaves_no_trace_in_the_file(diary: Diary) -> None:
    diary.note(make_entry("1", "a-secret-session"), "a-secret-session", make_bookmark("a-secret-session"))
    with again(diary) as other:
        assert other.forget() == ForgottenCounts(1, 1)
    assert (diary.entries(), diary.bookmarks()) == ((), ())
    diary.close()
    assert b"a-secret" not in b"".join(each.read_bytes() for each in diary.path.parent.iterdir())


def bytes_beside(path: Path) -> bytes:
    return b"".join(each.read_bytes() for each in path.parent.iterdir() if each.is_file())


def test_forgetting_overwrites_the_journal_where_it_is(diary: Diary) -> None:
    for number in range(20):
        diary.note(make_entry(str(number), "a-secret-session"), "a-secret-session", make_bookmark("a-secret-session"))
    journal = diary.path.with_name(f"{diary.path.name}-journal")
    os.link(journal, diary.path.with_name("link"))
    diary.close()
    assert b"a-secret" in diary.path.with_name("link").read_bytes()
    assert diary.forget("a-secret-session") == ForgottenCounts(20, 1)
    assert not any(diary.path.with_name("link").read_bytes())
    assert b"a-secret" not in bytes_beside(diary.path)


def test_no_copy_of_what_is_forgotten_stays_between_the_rows_of_others(diary: Diary) -> None:
    """Where SQLite parts a page, copies of rows can stay in the old one; with SQLite 3.40, that of the 29th."""
    diary.begin()
    diary.close()
    random = Random(1)
    sessions = [f"/own/{random.randbytes(6).hex()}{'x' * random.randrange(60)}.yaml" for _ in range(120)]
    with closing(sqlite3.connect(diary.path, isolation_level=None)) as other:
        other.execute("PRAGMA secure_delete = ON")
        for session in sessions:
            for turn in range(random.randrange(1, 4)):
                asked = f'"{"z" * random.randrange(500 * turn + 1)}"'
                row = (session, "Box breathing", asked, 1, 2, "2025", None, 0, "")
                other.execute("INSERT OR REPLACE INTO places VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    for session in sessions[:30]:
        assert diary.forget(session) == ForgottenCounts(0, 1)
        assert session.encode() not in bytes_beside(diary.path)


def test_forgetting_leaves_other_rows_as_they_are_whatever_is_in_them(diary: Diary) -> None:
    diary.note(make_entry("1", "one"), "one", make_bookmark("one"))
    diary.close()
    odd = ("two", b"\xff\0", 1.5, "x", 2**62, "", None, "", "")  # SQLite makes text of the number
    with closing(sqlite3.connect(diary.path, isolation_level=None)) as other:
        other.execute("INSERT INTO places VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", odd)
    before = diary.entries()
    diary.forget("three")
    assert (diary.entries(), diary.bookmarks()) == (before, (make_bookmark("one"),))
    with closing(sqlite3.connect(diary.path)) as other:
        assert other.execute("SELECT * FROM places WHERE session = 'two'").fetchall() == [
            ("two", b"\xff\0", "1.5", "x", 2**62, "", None, "", "")
        ]


@pytest.mark.parametrize("is_writing", [False, True])
def test_what_another_program_holds_is_forgotten_wholly_or_not_at_all(
    diary: Diary, monkeypatch: pytest.MonkeyPatch, *, is_writing: bool
) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_MS", 10)
    diary.note(make_entry("1", "one"), "one", make_bookmark("one"))
    with closing(sqlite3.connect(diary.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE" if is_writing else "BEGIN").execute("SELECT * FROM places").fetchone()
        with pytest.raises(
            DiaryError, match=r"^nothing was forgotten, as another program holds .*; end it, and forget"
        ):
            diary.forget()
    assert len(diary.entries()) == 1
    assert diary.forget() == ForgottenCounts(1, 1)


def test_the_log_of_an_older_player_is_overwritten_before_it_goes(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_MS", 10)
    diary.begin()
    diary.close()
    log = diary.path.with_name(f"{diary.path.name}-wal")
    with closing(sqlite3.connect(diary.path, isolation_level=None)) as older:
        older.execute("PRAGMA journal_mode = WAL").execute("SELECT * FROM places").fetchall()
        diary.note(make_entry("1", "a-secret-session"), "a-secret-session", make_bookmark("a-secret-session"))
        diary.close()
        with pytest.raises(DiaryError, match=r"^nothing was forgotten, as another program holds"):
            diary.forget()
        assert len(diary.entries()) == 1
        diary.close()
        left = {each: each.read_bytes() for each in (diary.path, log)}
    for path, data in left.items():  # as if it had crashed
        path.write_bytes(data)
    os.link(log, diary.path.with_name("link"))
    assert b"a-secret" in left[log]
    assert diary.forget() == ForgottenCounts(1, 1)
    assert not log.exists()
    assert b"a-secret" not in bytes_beside(diary.path)


def test_a_journal_whose_diary_was_removed_is_overwritten_too(diary: Diary) -> None:
    for _ in range(2):
        diary.note(make_entry("1", "a-secret-session"), "a-secret-session", make_bookmark("a-secret-session"))
    diary.close()
    diary.path.unlink()
    assert b"a-secret" in bytes_beside(diary.path)
    assert diary.forget() == ForgottenCounts(0, 0)
    assert b"a-secret" not in bytes_beside(diary.path)


def test_forgetting_one_session_leaves_the_others(diary: Diary) -> None:
    diary.note(make_entry("1", "one"), "one", make_bookmark("one"))
    diary.note(make_entry("2", "two", programme="one"), "two", make_bookmark("two"))
    diary.note(make_entry("3", "two"), "two", make_bookmark("two"))
    assert diary.forget("one") == ForgottenCounts(2, 1)
    assert [each.id for each in diary.entries()] == ["3"]
    assert [each.session for each in diary.bookmarks()] == ["two"]


def test_forgetting_everything_takes_what_was_put_aside(tmp_path: Path, warnings: Warnings) -> None:
    (tmp_path / "diary.damaged-notes.txt").write_text("mine")
    (tmp_path / "diary.damaged-7").write_text("mine, too")
    with Diary(warnings.append, tmp_path / "diary") as diary:
        for number in range(50):
            diary.note(make_entry(str(number)), "one", make_bookmark("one"))
    scratched(tmp_path / "diary", 12288)
    with Diary(warnings.append, tmp_path / "diary") as diary:
        diary.begin()
        diary.entries()
        os.link(tmp_path / "diary.damaged", tmp_path / "link")
        assert b"Box breathing" in (tmp_path / "link").read_bytes()
        with pytest.raises(DiaryError, match=r"diary\.damaged, which was damaged and put aside, may still"):
            diary.forget("one")
        assert (tmp_path / "diary.damaged").exists()
        diary.forget()
        assert not [*tmp_path.glob("diary.damaged"), *tmp_path.glob("diary.damaged-journal")]
        assert not any((tmp_path / "link").read_bytes())
    assert (tmp_path / "diary.damaged-notes.txt").read_text() == "mine"
    assert (tmp_path / "diary.damaged-7").read_text() == "mine, too"


# Two players


WRITER = """
import sys
import time
from pathlib import Path
from player.history.diary import Diary
from tests.fakes_diary import make_bookmark, make_entry
with Diary(print, Path(sys.argv[1])) as diary:
    for number in range(50):
        diary.note(make_entry(f"{sys.argv[2]}-{number}"), sys.argv[2], make_bookmark(sys.argv[2], number))
        time.sleep(0.02)  # a player writes every 15 s
"""


def test_two_players_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "diary"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, path, name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for name in ("one", "two")
    ]
    assert [writer.communicate(timeout=60)[0] for writer in writers] == [b"", b""]
    with Diary(pytest.fail, path) as diary:
        assert len({each.id for each in diary.entries()}) == 100
        assert {(each.session, each.at_ms) for each in diary.bookmarks()} == {("one", 49), ("two", 49)}


def test_many_begin_it_at_once(tmp_path: Path) -> None:
    warnings, at_once = Warnings(), threading.Barrier(8)

    def begin(number: int) -> None:
        with Diary(warnings.append, tmp_path / "diary") as diary:
            at_once.wait(10)
            try:
                diary.note(make_entry(str(number)), "", None)
            except DiaryError as error:
                warnings.append(str(error))

    threads = [threading.Thread(target=begin, args=[number]) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert warnings == []
    with Diary(pytest.fail, tmp_path / "diary") as diary:
        assert len(diary.entries()) == 8


def test_a_file_that_another_program_holds_is_a_sentence(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_MS", 10)
    diary.begin()
    holder = sqlite3.connect(diary.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with again(diary) as other, pytest.raises(DiaryError, match="locked; end the program that holds it, or set"):
        other.note(None, "one", make_bookmark("one"))
    holder.execute("ROLLBACK")
    holder.close()
    diary.note(None, "one", make_bookmark("one"))  # and afterwards it can be written again


# What became of the file


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def scratched(path: Path, length: int = 1 << 20) -> None:
    """Its head is well, and its tables are not."""
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * len(data[4096 : 4096 + length]) + data[4096 + length :])


DAMAGE = {each.__name__: each for each in (cut, scratched)}
USES: dict[str, Callable[[Diary], object]] = {
    "noting": lambda diary: diary.note(make_entry("new"), "new", make_bookmark("new")),
    "looking": lambda diary: diary.entries(),
    "forgetting": lambda diary: diary.forget(),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_put_aside_and_a_new_one_begun(
    tmp_path: Path, warnings: Warnings, damage: str, use: str
) -> None:
    path = tmp_path / "diary"
    with Diary(warnings.append, path) as diary:
        for number in range(50):
            diary.note(make_entry(str(number)), "one", make_bookmark("one"))
    DAMAGE[damage](path)
    damaged = path.read_bytes()
    with Diary(warnings.append, path) as diary:
        USES[use](diary)
        diary.note(make_entry("newer"), "new", make_bookmark("new"))
        assert diary.entries()[-1].id == "newer"
    assert warnings == [f"the diary was damaged and begins anew; what there was is in {path}.damaged"]
    if use == "forgetting":
        assert not (tmp_path / "diary.damaged").exists()
    else:
        assert (tmp_path / "diary.damaged").read_bytes() == damaged


def test_what_was_put_aside_before_stays(tmp_path: Path, warnings: Warnings) -> None:
    for _ in range(4):
        with Diary(warnings.append, tmp_path / "diary") as diary:
            diary.note(make_entry(), "one", make_bookmark("one"))
            diary.entries()
        scratched(tmp_path / "diary")
    kept = {each.name for each in tmp_path.glob("*.damaged*") if not each.name.endswith("-journal")}
    assert kept == {"diary.damaged", "diary.damaged-2", "diary.damaged-3"}


NOT_OURS: dict[str, Callable[[Path], object]] = {
    "is no diary": lambda path: path.write_text("root:x:0:0:root:/root:/bin/bash\n" * 40),
    "is no diary;": lambda path: path.write_bytes(b"x"),
    "belongs to another program": lambda path: path.write_bytes(
        (b"SQLite format 3\0".ljust(68) + b"GPKG").ljust(8192, b"?")
    ),
    "belongs to another program, and is no diary;": lambda path: path.write_bytes(
        b"SQLite format 3\0".ljust(8192, b"\0")
    ),
}


@pytest.mark.parametrize("told", NOT_OURS)
def test_a_file_without_our_mark_is_never_touched(tmp_path: Path, told: str) -> None:
    NOT_OURS[told](tmp_path / "precious")
    before = (tmp_path / "precious").read_bytes()
    with Diary(pytest.fail, tmp_path / "precious") as diary:
        for use in USES.values():
            with pytest.raises(NoDiaryError, match=rf"precious {told}.*set PLAYER_DIARY to another file, or move"):
                use(diary)
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"precious": before}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with Diary(pytest.fail, tmp_path / "pipe") as diary:
        for use in USES.values():
            with pytest.raises(NoDiaryError, match="is no ordinary file"):
                use(diary)


def test_a_database_of_another_program_without_tables_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "theirs", isolation_level=None)) as theirs:
        theirs.execute("PRAGMA journal_mode = WAL")
        theirs.execute("CREATE TABLE gone (name)")
        theirs.execute("DROP TABLE gone")
    before = (tmp_path / "theirs").read_bytes()
    with Diary(pytest.fail, tmp_path / "theirs") as diary:
        for use in USES.values():
            with pytest.raises(NoDiaryError, match="belongs to another program, and is no diary; set PLAYER_DIARY"):
                use(diary)
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"theirs": before}


@POSIX
@pytest.mark.parametrize("whose", ["diary", "diary-journal", "diary-wal", "link"])
@pytest.mark.parametrize("is_begun", [False, True])
def test_a_file_of_another_user_is_neither_written_nor_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whose: str, *, is_begun: bool
) -> None:
    (tmp_path / "link").symlink_to("diary")
    if is_begun:
        with Diary(pytest.fail, tmp_path / "diary") as diary:
            diary.note(make_entry(), "one", make_bookmark("one"))
    (tmp_path / "diary").touch()
    (tmp_path / "diary-wal").touch()
    (tmp_path / "diary-journal").touch()
    owner = (tmp_path / whose).lstat()
    monkeypatch.setattr(sqlite_file, "is_strangers", lambda found: found.st_ino == owner.st_ino)
    before = bytes_beside(tmp_path / "diary")
    with Diary(pytest.fail, tmp_path / "link") as diary:
        for name in USES if is_begun else ["noting"]:
            with pytest.raises(
                NoDiaryError, match=rf"{whose} \(mode 0\d+, owner \d+, .* to another user, .*; set PLAYER_"
            ):
                USES[name](diary)
    assert bytes_beside(tmp_path / "diary") == before


@POSIX
def test_nothing_is_made_where_a_link_of_another_user_leads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "link").symlink_to("diary")
    monkeypatch.setattr(sqlite_file, "is_strangers", lambda found: stat.S_ISLNK(found.st_mode))
    with Diary(pytest.fail, tmp_path / "link") as diary, pytest.raises(NoDiaryError, match="to another user"):
        diary.begin()
    assert not (tmp_path / "diary").exists()


@POSIX
@pytest.mark.parametrize("ending", ["-journal", "-wal"])
@pytest.mark.parametrize(
    "put",
    [
        Path.mkdir,
        os.mkfifo if hasattr(os, "mkfifo") else Path.mkdir,
        lambda path: path.write_text("my journal"),
        lambda path: path.symlink_to("mine"),
    ],
)
@pytest.mark.parametrize("is_begun", [False, True])
def test_what_lies_in_the_place_of_the_journal_stays(
    tmp_path: Path, put: Callable[[Path], object], ending: str, *, is_begun: bool
) -> None:
    """SQLite would remove it, or play it back."""
    (tmp_path / "mine").write_text("mine")
    with Diary(pytest.fail, tmp_path / "diary") as diary:
        if is_begun:
            diary.begin()
            diary.close()
            (tmp_path / "diary-journal").unlink()
        put(tmp_path / f"diary{ending}")
        before = (tmp_path / f"diary{ending}").lstat()
        for use in USES.values() if is_begun else (USES["noting"], USES["forgetting"]):
            with pytest.raises(
                NoDiaryError, match=rf"diary{ending} lies where SQLite keeps the journal of the diary; set"
            ):
                use(diary)
    assert (tmp_path / f"diary{ending}").lstat() == before
    assert (tmp_path / "mine").read_text() == "mine"


@POSIX
def test_a_link_that_leads_to_itself_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with Diary(pytest.fail, tmp_path / "loop" / "diary") as diary, pytest.raises(NoDiaryError, match="is no folder"):
        diary.entries()
    with Diary(pytest.fail, tmp_path / "loop") as diary:
        for use in USES.values():
            with pytest.raises(NoDiaryError, match="loop is no ordinary file; set PLAYER_DIARY"):
                use(diary)


SCHEMAS = {
    "a table is missing": "DROP TABLE places",
    "a column has another name": "ALTER TABLE practised RENAME COLUMN title TO name",
    "a trigger runs": "CREATE TRIGGER more AFTER INSERT ON places BEGIN DELETE FROM practised; END",
}


@pytest.mark.parametrize("told", SCHEMAS)
def test_a_diary_with_other_tables_is_put_aside(tmp_path: Path, warnings: Warnings, told: str) -> None:
    with Diary(warnings.append, tmp_path / "diary") as diary:
        diary.note(make_entry(), "one", make_bookmark("one"))
        diary.close()
        with closing(sqlite3.connect(diary.path, isolation_level=None)) as other:
            other.execute(SCHEMAS[told])
        assert diary.entries() == ()
        diary.note(make_entry(), "one", make_bookmark("one"))
        assert diary.entries() == (make_entry(),)
    assert warnings == [f"the diary was damaged and begins anew; what there was is in {tmp_path}/diary.damaged"]


def test_a_damaged_name_that_is_no_text_is_damage(tmp_path: Path, warnings: Warnings) -> None:
    """SQLite quotes it in its message, and Python cannot read that."""
    with Diary(warnings.append, tmp_path / "diary") as diary:
        diary.begin()
        diary.close()
        data = diary.path.read_bytes()
        diary.path.write_bytes(data.replace(b"CREATE TABLE places", b"CREATE TABLE \xff\xff\xff\xff)("))
        assert diary.entries() == ()
    assert len(warnings) == 1


def test_a_row_that_its_table_may_not_have_does_not_keep_others_from_being_forgotten(diary: Diary) -> None:
    for name in ("one", "two", "three"):
        diary.note(None, name, make_bookmark(name))
    diary.close()
    with_any_value(diary.path, "title", None)
    assert diary.forget("one") == ForgottenCounts(0, 1)
    assert [each.session for each in diary.bookmarks()] == ["three"]


def test_a_format_of_sqlite_that_there_is_not_is_damage(tmp_path: Path, warnings: Warnings) -> None:
    with Diary(warnings.append, tmp_path / "diary") as diary:
        diary.begin()
        diary.close()
        data = diary.path.read_bytes()
        diary.path.write_bytes(data[:44] + b"\0\0\0\x63" + data[48:])
        assert diary.entries() == ()
    assert len(warnings) == 1


def with_any_value(path: Path, column: str, value: object) -> None:
    """Put a value into the bookmark of ``two`` that SQLite itself would refuse."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA writable_schema = ON")
        other.execute("UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL', '') WHERE name = 'places'")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute(f"UPDATE places SET {column} = ? WHERE session = 'two'", [value])  # noqa: S608
        other.execute("PRAGMA writable_schema = ON")
        other.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'places'", [sqlite_file._SCHEMA[0]])


ODD: list[tuple[str, object]] = [
    ("title", None),
    ("title", b"\xff"),
    ("at_ms", "long"),
    ("at_ms", 1.5),
    ("at_ms", float("inf")),
    ("at_ms", -1),
    ("at_ms", 2**62),
    ("noted", "2025-11-25T12:00:00"),
    ("noted", "9999-12-31T23:59:59+00:00"),
    ("asked", "7"),
    ("asked", "[" * 100_000),
    ("asked", '{"rate": NaN}'),
    ("asked", '{"rate": 1e999}'),
    ("part", "first"),
]


@pytest.mark.parametrize(("column", "value"), ODD)
def test_a_row_with_a_value_of_another_kind_is_left_out(diary: Diary, column: str, value: object) -> None:
    diary.note(None, "one", make_bookmark("one"))
    diary.note(None, "two", make_bookmark("two"))
    diary.close()
    with_any_value(diary.path, column, value)
    assert [each.session for each in diary.bookmarks()] == ["one"]


def test_text_that_is_none_is_shown_as_far_as_it_is(diary: Diary) -> None:
    diary.note(None, "one", make_bookmark("one"))
    diary.close()
    with closing(sqlite3.connect(diary.path, isolation_level=None)) as other:
        other.execute("UPDATE places SET title = CAST(x'42ff42' AS TEXT)")
    assert [each.title for each in diary.bookmarks()] == ["B\ufffdB"]


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
    diary.note(make_entry(), "one", make_bookmark("one"))
    diary.close()
    with sqlite3.connect(diary.path) as newer:
        newer.execute(f"PRAGMA user_version = {sqlite_file.VERSION + 1}")
    newer.close()
    with pytest.raises(DiaryError, match="is from a newer player; install that one, or set PLAYER_DIARY"):
        diary.entries()


def test_an_empty_file_is_a_new_diary(tmp_path: Path) -> None:
    (tmp_path / "diary").touch()  # a crash between making the file and its tables
    with Diary(pytest.fail, tmp_path / "diary") as diary:
        assert diary.entries() == ()
        assert (tmp_path / "diary").read_bytes() == b""
        diary.note(make_entry(), "one", make_bookmark("one"))
        assert diary.entries() == (make_entry(),)


def test_a_file_where_its_folder_should_be_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with Diary(pytest.fail, tmp_path / "file" / "folder" / "diary") as diary:
        for use in USES.values():
            with pytest.raises(NoDiaryError, match=r"cannot be the diary, as .*file is no folder; set PLAYER_DIARY"):
                use(diary)
        with pytest.raises(NoDiaryError, match="is no folder"):
            diary.begin()
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_folder_where_the_file_should_be_is_a_sentence(tmp_path: Path) -> None:
    diary = Diary(pytest.fail, tmp_path)
    for use in USES.values():
        with pytest.raises(NoDiaryError, match=r"is no ordinary file; set PLAYER_DIARY"):
            use(diary)


def test_a_control_character_in_its_name_does_not_reach_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[2J").mkdir()
    with pytest.raises(DiaryError) as caught:
        Diary(pytest.fail, tmp_path / "a\x1b[2J").begin()
    assert "\x1b" not in str(caught.value)


if disks.CAN_MOUNT:

    def test_a_full_disk_is_a_sentence_and_leaves_what_was_there(tmp_path: Path) -> None:
        with disks.tiny(tmp_path / "disk") as disk, Diary(pytest.fail, disk / "diary") as diary:
            diary.note(make_entry("kept"), "one", make_bookmark("one"))
            too_long = replace(make_entry("new"), title="x" * 300_000)
            with pytest.raises(DiaryError, match="full; free some space, or set PLAYER_DIARY to another file"):
                diary.note(too_long, "two", None)
            diary.close()
            assert diary.entries() == (make_entry("kept"),)
            assert diary.bookmark("one") == make_bookmark("one")
            diary.close()

    def test_a_read_only_disk_can_be_read(tmp_path: Path) -> None:
        with disks.tiny(tmp_path / "disk", "1m") as disk:
            with Diary(pytest.fail, disk / "diary") as diary:
                diary.note(make_entry(), "one", make_bookmark("one"))
            disks.make_read_only(disk)
            with Diary(pytest.fail, disk / "diary") as diary:
                assert (diary.entries(), diary.bookmarks()) == ((make_entry(),), (make_bookmark("one"),))
                with pytest.raises(DiaryError, match="make it writable, or set PLAYER_DIARY to another file"):
                    diary.note(None, "one", None)
            with pytest.raises(
                DiaryError, match="Read-only file system; set PLAYER_DIARY to a file on a disk that can be written"
            ):
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
