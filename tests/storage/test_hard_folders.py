"""Folders of the store and of temporary files that cannot be used as they are, each with its answer."""

from __future__ import annotations

import os
import sys
import tempfile
from typing import TYPE_CHECKING

import pytest

from player.errors import StoreError, UnsafeStoreError, UsageError
from player.storage import standard_folders, upkeep
from player.storage.folders import existing, home
from player.storage.store import Draft, Store
from player.storage.upkeep import Flaw, flaws, listing, must_be_safe, stored_files

if TYPE_CHECKING:
    from pathlib import Path

    from player.storage.entry import Entry

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="owners of POSIX")


@POSIX
def test_a_store_of_another_user_is_refused_with_its_name_and_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not os.geteuid():
        os.chown(tmp_path, 4321, -1)
    monkeypatch.setattr(os, "geteuid", lambda: 4322)
    with pytest.raises(UnsafeStoreError) as caught:
        must_be_safe(tmp_path)
    found = tmp_path.stat()
    shown = f"{tmp_path} (mode {found.st_mode & 0o7777:04o}, owner {found.st_uid}, group {found.st_gid})"
    assert str(caught.value) == (
        f"{shown} belongs to another user, who could change what you hear; set PLAYER_STORE to another folder"
    )


def unread(_: Entry) -> bool:
    raise AssertionError("it was read")


def test_what_is_gone_meanwhile_is_no_flaw_and_what_cannot_be_read_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = [f"{letter}" * 64 for letter in "ab"]
    paths = [Store(tmp_path).root / digest[:2] / digest for digest in digests]
    errors = dict(zip(paths, (FileNotFoundError(), OSError(5, "Input/output error")), strict=True))

    def read(path: Path, most: int) -> Entry:
        raise errors[path]

    monkeypatch.setattr(upkeep, "names", lambda _: iter(paths))
    monkeypatch.setattr(upkeep, "read_entry", read)
    assert list(flaws(tmp_path, unread, whole=True)) == [Flaw(paths[1], "it cannot be read: Input/output error")]


@POSIX
def test_links_in_the_place_of_the_stores_folders_are_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ("a" * 64)).write_bytes(b"something else")
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "aa").symlink_to(elsewhere)
    assert list(stored_files(tmp_path / "store")) == []
    assert list(upkeep.names(tmp_path / "store")) == []


def test_a_file_in_the_place_of_a_folder_lists_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert listing(tmp_path / "file", upkeep.FOLDER) == []
    assert listing(tmp_path / "nowhere", upkeep.FOLDER) == []


def test_a_path_below_a_file_stays_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert existing(tmp_path / "file" / "caf\u00e9") == tmp_path / "file" / "caf\u00e9"


def test_without_any_folder_that_can_be_written_a_sentence_says_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path / "file"))
    with pytest.raises(StoreError) as caught:
        standard_folders._temporary.__wrapped__()
    assert str(caught.value) == (
        "neither a home folder nor one for temporary files can be written; set PLAYER_STORE to a folder that can"
    )


@POSIX
def test_a_home_folder_that_would_move_with_the_current_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "somewhere")
    with pytest.raises(UsageError, match="HOME is somewhere, which is no whole path; set it to one that begins with /"):
        home()


@POSIX
@pytest.mark.parametrize("mode", [0o777, 0o757])
def test_a_store_whose_place_others_could_take_is_refused(tmp_path: Path, mode: int) -> None:
    (shared := tmp_path / "shared").mkdir()
    (root := shared / "mine" / "store").mkdir(parents=True)
    shared.chmod(mode)
    for each in (root, shared / "not there yet"):
        with pytest.raises(UnsafeStoreError) as caught:
            must_be_safe(each)
        assert str(caught.value) == (
            f"others may write in {shared}, and put another folder in the place of the store; `chmod go-w` it, or set "
            "PLAYER_STORE to another folder"
        )
    shared.chmod(0o1777)  # as /tmp
    assert must_be_safe(root)


@POSIX
def test_new_folders_of_the_store_are_for_their_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        Store(tmp_path / "a" / "b" / "store").put({"what": "script"}, Draft({}, ()))
    finally:
        os.umask(before)
    made = [tmp_path / "a", tmp_path / "a" / "b", *(tmp_path / "a" / "b").rglob("*")]
    assert {each.stat().st_mode & 0o777 for each in made if each.is_dir()} == {0o700}
