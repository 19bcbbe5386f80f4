"""What is opened is a regular file, and whose it is."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from player.storage.regular_files import is_others, is_strangers, open_regular, overwrite, with_owner

if TYPE_CHECKING:
    from collections.abc import Callable

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and owners of POSIX")


def test_a_regular_file_is_opened_to_be_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"sound")
    file = open_regular(tmp_path / "a")
    assert file is not None
    with os.fdopen(file, "rb") as opened:
        assert opened.read() == b"sound"


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(path))  # a whole path may be too long for a socket


@POSIX
@pytest.mark.parametrize(
    "put",
    [
        Path.mkdir,
        os.mkfifo if hasattr(os, "mkfifo") else Path.mkdir,
        _socket,
        lambda path: path.symlink_to("/dev/zero"),
        lambda path: path.symlink_to("nothing"),
        lambda path: path.symlink_to(path.parent / "a"),
    ],
)
def test_nothing_else_is_opened_or_waited_for_and_no_descriptor_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, put: Callable[[Path], object]
) -> None:
    (tmp_path / "a").write_bytes(b"sound")
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "b")
    descriptor = os.dup(0)
    os.close(descriptor)
    assert open_regular(tmp_path / "b") is None
    assert os.dup(0) == descriptor
    os.close(descriptor)


def test_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_regular(tmp_path / "a")
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(NotADirectoryError):
        open_regular(tmp_path / "a" / "b")


def test_where_the_system_follows_every_link_a_link_is_seen_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows has no O_NOFOLLOW, and opens no folder."""
    monkeypatch.delattr(os, "O_NOFOLLOW", raising=False)
    (tmp_path / "a").write_bytes(b"sound")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert [open_regular(each) for each in (tmp_path / "link", tmp_path)] == [None, None]
    file = open_regular(tmp_path / "a")
    assert file is not None
    os.close(file)


@POSIX
def test_a_file_belongs_to_others_where_its_owner_is_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, own = tmp_path.stat(), os.geteuid()
    assert not is_others(found)
    monkeypatch.setattr(os, "geteuid", lambda: own + 7)
    assert is_others(found)
    monkeypatch.delattr(os, "geteuid")
    assert not is_others(found)


@POSIX
@pytest.mark.parametrize(("own", "owner", "is_a_strangers"), [(7, 7, False), (7, 8, True), (7, 0, True), (0, 8, False)])
def test_nothing_is_a_strangers_to_root(
    monkeypatch: pytest.MonkeyPatch, own: int, owner: int, *, is_a_strangers: bool
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: own)
    found = os.stat_result((0o100666, 0, 0, 1, owner, 9, 0, 0, 0, 0))
    assert is_strangers(found) is is_a_strangers
    assert with_owner(Path("/a\x1b"), found) == f"/a\\x1b (mode 0666, owner {owner}, group 9)"


@pytest.mark.parametrize("length", [0, 1, 65_536, 200_001])
def test_all_bytes_of_a_file_are_overwritten_where_they_are(tmp_path: Path, length: int) -> None:
    (tmp_path / "a").write_bytes(b"x" * length)
    os.link(tmp_path / "a", tmp_path / "b")
    overwrite(tmp_path / "a")
    assert (tmp_path / "b").read_bytes() == bytes(length)


@POSIX
def test_no_link_no_strangers_file_and_nothing_else_is_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe", "missing"):
        overwrite(tmp_path / name)
    own = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: own + 7)
    overwrite(tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b"x"
