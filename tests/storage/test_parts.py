"""Names of parts cannot be guessed, and are made only where nothing is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from player.errors import OutputError
from player.storage.atomic import NewFile, write_all
from player.storage.parts import PART, created, part_of

if TYPE_CHECKING:
    from pathlib import Path


def test_each_part_has_a_name_of_its_own_that_is_known_again(tmp_path: Path) -> None:
    names = {part_of(tmp_path / "calm.mp3").name for _ in range(50)}
    assert len(names) == 50
    assert all(PART.fullmatch(name) for name in names)


@pytest.mark.parametrize("letter", ["a", "ü", "\N{SMILING FACE WITH OPEN MOUTH}"])
def test_the_longest_name_of_a_file_has_a_part(tmp_path: Path, letter: str) -> None:
    """And one for its notes, which are six characters longer."""
    target = tmp_path / (letter * ((255 - 4) // len(letter.encode())) + ".m4a")
    part = part_of(target)
    assert len(part.name.encode()) + len("notes-") <= 255
    assert PART.fullmatch(part.name)


@pytest.mark.parametrize("is_there", [True, False])
def test_what_lies_in_the_place_of_a_part_is_not_opened(tmp_path: Path, *, is_there: bool) -> None:
    other = tmp_path / "mine"
    if is_there:
        other.write_bytes(b"mine")
    (tmp_path / ".link.part").symlink_to(other)
    (tmp_path / ".file.part").write_bytes(b"file")
    for name in (".link.part", ".file.part"):
        with pytest.raises(FileExistsError):
            created(tmp_path / name)
    assert other.exists() is is_there
    assert not is_there or other.read_bytes() == b"mine"
    assert (tmp_path / ".file.part").read_bytes() == b"file"


def test_a_link_where_the_part_would_be_empties_no_other_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if its name was guessed."""
    monkeypatch.setattr(os, "urandom", bytes)
    (other := tmp_path / "mine").write_bytes(b"mine")
    part_of(tmp_path / "calm.mp3").symlink_to(other)
    with pytest.raises(OutputError, match=r"cannot write .*calm\.mp3: File exists"):
        NewFile(tmp_path / "calm.mp3")
    with pytest.raises(OutputError):
        write_all({tmp_path / "calm.mp3": b"sound"})
    assert other.read_bytes() == b"mine"
    assert not (tmp_path / "calm.mp3").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_what_was_put_in_the_place_of_a_part_meanwhile_gets_no_name(tmp_path: Path) -> None:
    (other := tmp_path / "mine").write_bytes(b"mine")
    file = NewFile(tmp_path / "calm.mp3")
    file.part.unlink()
    file.part.symlink_to(other)
    with pytest.raises(OutputError, match=r"calm\.mp3: another user put something else in its place while"):
        file.commit()
    file.discard()
    assert [each.name for each in tmp_path.iterdir()] == ["mine"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files to others")
def test_a_file_of_somebody_else_gets_no_name(tmp_path: Path) -> None:
    file = NewFile(tmp_path / "calm.mp3")
    os.chown(file.part, 4321, -1)
    with pytest.raises(OutputError, match="another user put something else in its place"):
        file.commit()
    assert not file.target.exists()


def test_a_file_has_the_permissions_that_the_users_mask_leaves(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_all({tmp_path / "a.srt": b"1"})
    finally:
        os.umask(before)
    assert (tmp_path / "a.srt").stat().st_mode & 0o777 == 0o640
