"""What is opened is a regular file, and whose it is."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from player.storage.regular_files import is_others, open_regular

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
