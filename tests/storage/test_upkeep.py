"""The folder of the store: its limit, what is used, and what is none of the store's."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from player.errors import StoreError, UnsafeStoreError, UsageError
from player.storage import store as store_file
from player.storage import upkeep
from player.storage.store import Draft, Entry, Store, Usage
from player.storage.upkeep import Flaw

if TYPE_CHECKING:
    from collections.abc import Callable

DAY_S = 24 * 3600


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def put_entry(store: Store, number: int, days_ago: float = 0.0, size: int = 1000) -> Path:
    path = store.put({"n": number}, Draft({}, [bytes(size)])).path
    os.utime(path, (time.time() - days_ago * DAY_S,) * 2)
    return path


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        (None, 10**9),
        ("", 10**9),
        (" ", 10**9),
        ("0", 0),
        ("500M", 5 * 10**8),
        ("1.5 GB", 15 * 10**8),
        ("2g", 2 * 10**9),
        ("300", 300),
        ("7kb", 7000),
    ],
)
def test_the_limit_is_an_amount(text: str | None, limit: int) -> None:
    assert upkeep.limit_bytes({} if text is None else {upkeep.LIMIT: text}) == limit


@pytest.mark.parametrize("text", ["-1", "much", "1e9", "1P", "nan", "1 000", "\x1b[2J"])
def test_another_limit_is_a_sentence(text: str) -> None:
    with pytest.raises(UsageError, match="PLAYER_CACHE_LIMIT must be an amount such as 500M or 2G, not '") as caught:
        upkeep.limit_bytes({upkeep.LIMIT: text})
    assert "\x1b" not in str(caught.value)


def test_a_command_that_goes_on_without_a_limit_tells_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(upkeep.LIMIT, "lots")
    assert upkeep.told_of_limit() == (
        "PLAYER_CACHE_LIMIT must be an amount such as 500M or 2G, not 'lots'; "
        "until then, nothing is removed from the store"
    )
    monkeypatch.setenv(upkeep.LIMIT, "2G")
    assert upkeep.told_of_limit() == ""


def test_what_was_not_used_for_longest_goes_first(store: Store) -> None:
    files = {days: put_entry(store, days, days) for days in (9, 3, 7, 5)}
    size = files[9].stat().st_size
    assert upkeep.prune(store.root, 2 * size) == Usage(2, 2 * size)
    assert [days for days, path in files.items() if path.exists()] == [3, 5]
    assert upkeep.prune(store.root, 2 * size) == Usage(0, 0)


def test_what_may_be_in_use_is_never_pruned(store: Store) -> None:
    files = [put_entry(store, number, days) for number, days in enumerate((0, 1, 1.9, 2.1))]
    assert upkeep.prune(store.root, 0).entries == 1
    assert [path.exists() for path in files] == [True, True, True, False]


def test_a_use_is_noted_once_a_day(store: Store) -> None:
    path = put_entry(store, 1, days_ago=0.9)
    before = path.stat().st_mtime
    assert store.get({"n": 1}) is not None
    assert path.stat().st_mtime == before
    os.utime(path, (time.time() - 1.1 * DAY_S,) * 2)
    assert store.get({"n": 1}) is not None
    assert time.time() - path.stat().st_mtime < 60


def test_a_file_of_another_program_is_neither_counted_nor_removed(store: Store) -> None:
    """Other programs keep files by their digest, too, and a variable can name their folder."""
    mine = put_entry(store, 1, 9)
    backup = store.root / "ab" / ("ab" * 32)
    backup.parent.mkdir(exist_ok=True)
    backup.write_bytes(b"a backup")
    os.utime(backup, (0, 0))
    assert store.usage().entries == 1
    assert upkeep.prune(store.root, 0).entries == 1
    put_entry(store, 1, 9)
    assert store.clear().entries == 1
    assert (mine.exists(), backup.read_bytes()) == (False, b"a backup")


def _folder_with_letter(path: Path) -> None:
    path.mkdir()
    (path / "letter.txt").write_text("mine")


@pytest.mark.parametrize(
    "put",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"player-store 2\n"),
        lambda path: path.write_bytes(b"a backup"),
        Path.mkdir,
        _folder_with_letter,
        pytest.param(
            lambda path: path.symlink_to(path.parent),
            marks=pytest.mark.skipif(sys.platform == "win32", reason="links of POSIX"),
        ),
    ],
)
def test_what_has_no_mark_is_neither_pruned_nor_cleared_nor_swept_away(
    store: Store, put: Callable[[Path], object]
) -> None:
    """Not even under a name that an entry could have; only the entry of this very name takes its place."""
    entry = put_entry(store, 1, 9)
    foreign = entry.with_name("f" * 64)
    put(foreign)
    os.utime(foreign, (0, 0), follow_symlinks=False)
    assert upkeep.prune(store.root, 0).entries == 1
    put_entry(store, 1)
    assert Store(store.root).clear().entries == 1
    assert os.path.lexists(foreign)
    foreign.rename(entry)
    assert store.get({"n": 1}) is None
    assert not os.path.lexists(entry)
    assert [path.read_text() for path in store.root.rglob("letter.txt")] == ["mine"] * (put is _folder_with_letter)


def test_flaws_are_told_with_their_reason(store: Store) -> None:
    paths = [put_entry(store, number, size=100) for number in range(5)]
    os.truncate(paths[0], 500)
    paths[1].write_bytes(paths[1].read_bytes()[:-1] + b"x")
    paths[2].write_bytes(paths[3].read_bytes())
    paths[4].unlink()
    paths[4].symlink_to(paths[3])
    told = {
        paths[1]: "its content was changed",
        paths[2]: "it has the name of another entry",
        paths[4]: "it is no regular file",
    }
    found = {flaw.path: flaw.reason for flaw in upkeep.flaws(store.root, lambda _: True, whole=True)}
    assert found.pop(paths[0], None) in {
        "its size is not the one that it was written with",
        "its header cannot be read",
    }
    assert found == told
    quick = {flaw.path for flaw in upkeep.flaws(store.root, lambda _: True, whole=False)}
    assert quick == {paths[0], paths[2], paths[4]}
    unfit = upkeep.flaws(store.root, lambda entry: 1 // entry.size < 0, whole=True)
    assert (paths[3], "its facts do not fit its content") in [(flaw.path, flaw.reason) for flaw in unfit]


def test_a_content_is_digested_only_where_all_are(store: Store) -> None:
    for size in (1, 100):
        path = put_entry(store, size, size=size)
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert list(upkeep.flaws(store.root, lambda _: True, whole=False)) == []
    assert {flaw.reason for flaw in upkeep.flaws(store.root, lambda _: True, whole=True)} == {"its content was changed"}


def test_what_another_process_removes_meanwhile_is_no_flaw_and_hides_none(store: Store) -> None:
    good = put_entry(store, 1)
    removed, last = (good.with_name("f" * 63 + digit) for digit in "01")
    for path in (removed, last):
        path.write_bytes(good.read_bytes())

    def fits(_: Entry) -> bool:
        removed.unlink()
        return True

    assert list(upkeep.flaws(store.root, fits, whole=True)) == [Flaw(last, "it has the name of another entry")]


@pytest.mark.parametrize(
    ("error", "reason"),
    [(PermissionError(13, "Permission denied"), "Permission denied"), (OSError("odd\x1b"), r"odd\x1b")],
)
def test_what_cannot_be_read_is_told_with_its_reason(
    store: Store, monkeypatch: pytest.MonkeyPatch, error: OSError, reason: str
) -> None:
    path = put_entry(store, 1)

    def read(path: Path, digested_up_to: int) -> Entry:
        raise error

    monkeypatch.setattr(upkeep, "read_entry", read)
    assert list(upkeep.flaws(store.root, lambda _: True, whole=True)) == [Flaw(path, f"it cannot be read: {reason}")]


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of POSIX")
@pytest.mark.parametrize("as_link", [True, False])
def test_a_link_or_a_pipe_in_the_place_of_an_entry_is_neither_counted_nor_removed(
    store: Store, tmp_path: Path, *, as_link: bool
) -> None:
    kept, away = put_entry(store, 1, 9), put_entry(store, 2, 9)
    elsewhere = away.rename(tmp_path / "elsewhere")
    if as_link:
        away.symlink_to(elsewhere)
    else:
        os.mkfifo(away)
    assert store.usage() == Usage(1, kept.stat().st_size)
    assert upkeep.prune(store.root, 0).entries == 1
    assert os.path.lexists(away)


def test_a_limit_that_is_no_amount_ends_no_program_badly(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    old = put_entry(store, 1, 9)
    monkeypatch.setenv(upkeep.LIMIT, "much")
    store_file._prune(store.root)
    assert old.exists()
    monkeypatch.setenv(upkeep.LIMIT, "100")
    store_file._prune(store.root)
    assert not old.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="owners of POSIX")
@pytest.mark.parametrize(
    ("own", "owner", "told"),
    [
        (1000, 1000, ""),
        (1000, 0, ""),  # the system's own
        (0, 1001, ""),  # root works for others, as in a container
        (
            1000,
            1001,
            "/store (mode 0700, owner 1001, group 1001) belongs to another user, who could change what you hear; {}",
        ),
    ],
)
def test_a_folder_is_ours_or_the_systems(monkeypatch: pytest.MonkeyPatch, own: int, owner: int, told: str) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: own)
    found = os.stat_result((0o40700, 0, 0, 1, owner, owner, 0, 0, 0, 0))
    if told:
        with pytest.raises(UnsafeStoreError) as caught:
            upkeep._must_be_ours(Path("/store"), found)
        assert str(caught.value) == told.format(ELSEWHERE)
    else:
        upkeep._must_be_ours(Path("/store"), found)


OF_OTHERS = "others may write in /store (mode {:04o}, owner {}, group {}), and change what you hear; "
ELSEWHERE = "set PLAYER_STORE to another folder"
CLOSE_IT = f"`chmod go-w` it, or {ELSEWHERE}"


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
@pytest.mark.parametrize(
    ("mode", "owner", "group", "told"),
    [
        (0o755, 1000, 100, ""),
        (0o775, 1000, 1000, ""),  # the user's own group, as Debian's umask of 002 makes folders
        (0o770, 1000, 1000, ""),
        (0o775, 0, 0, ""),
        (0o770, 1000, 100, CLOSE_IT),
        (0o720, 1000, 100, CLOSE_IT),
        (0o2775, 1000, 1001, CLOSE_IT),
        (0o770, 1000, 0, CLOSE_IT),
        (0o777, 1000, 1000, CLOSE_IT),
        (0o702, 1000, 1000, CLOSE_IT),
        (0o1777, 1000, 1000, ELSEWHERE),
        (0o775, 0, 1000, ELSEWHERE),  # only root can close it
    ],
)
@pytest.mark.parametrize("is_within", [False, True])
def test_no_group_but_the_users_own_may_write(
    monkeypatch: pytest.MonkeyPatch, mode: int, owner: int, group: int, told: str, *, is_within: bool
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    found = os.stat_result((0o40000 | mode, 0, 0, 1, owner, group, 0, 0, 0, 0))
    monkeypatch.setattr(Path, "lstat" if is_within else "stat", lambda _: found)
    check = upkeep.must_be_safe_within if is_within else upkeep.must_be_safe
    if not told:
        check(Path("/store"))
        return
    with pytest.raises(UnsafeStoreError) as caught:
        check(Path("/store"))
    assert str(caught.value) == OF_OTHERS.format(mode, owner, group) + told


def test_windows_does_not_tell_who_may_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    upkeep._must_be_ours(Path("/store"), os.stat_result((0o40777, 0, 0, 1, 7, 7, 0, 0, 0, 0)))


@pytest.mark.skipif(sys.platform == "win32", reason="links of POSIX")
def test_a_folder_that_cannot_be_looked_at_is_a_sentence(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(StoreError) as caught:
        Store(loop).usage()
    assert str(caught.value).startswith(f"cannot read {loop}: ")
    assert str(caught.value).endswith(
        "; see whether the folder exists and you may read and write it, or set PLAYER_STORE to another folder"
    )


def test_a_folder_within_that_is_not_there_or_closed_is_safe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("mine")
    for path in (tmp_path / "ab", tmp_path / "file" / "ab"):
        upkeep.must_be_safe_within(path)

    def closed(path: Path) -> os.stat_result:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "lstat", closed)
    upkeep.must_be_safe_within(tmp_path)


def test_where_nothing_can_be_noted_or_looked_at_an_entry_is_still_used(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_entry(store, 1, days_ago=9)

    def closed(*_: object) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "utime", closed)
    found = store.get({"n": 1}, lambda entry: entry.size == 1000)
    assert found is not None
    monkeypatch.setattr(upkeep, "has_mark", closed)
    assert store.usage() == Usage(0, 0)


WRITER = """
from player.storage.store import Draft, Store
Store().put({"new": 1}, Draft({}, [b"new"]))
"""


def test_a_program_that_wrote_keeps_the_limit_at_its_end(store: Store) -> None:
    old = put_entry(store, 1, 9)
    env = {**os.environ, "PLAYER_STORE": str(store.root), "PLAYER_CACHE_LIMIT": "100"}
    subprocess.run([sys.executable, "-c", WRITER], env=env, cwd=Path(__file__).parents[2], check=True)
    assert not old.exists()
    assert store.get({"new": 1}) is not None


@pytest.mark.parametrize("method", ["lstat", "stat", "iterdir", "is_symlink"])
def test_a_disk_that_fails_at_the_end_of_a_program_is_not_told(
    store: Store, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`player cache` tells it. Where something is asked for, it is a sentence."""
    put_entry(store, 1)

    def fails(path: Path, **_: object) -> NoReturn:
        raise OSError(errno.EIO, "Input/output error", str(path))

    monkeypatch.setattr(Path, method, fails)
    store_file._prune(store.root)
    with pytest.raises(
        StoreError,
        match=r"cannot read .*: Input/output error; try again, or set",
    ):
        Store(store.root).get({"n": 1}) if method == "lstat" else store.usage()
