"""Errors of the file system: each kind of files has its sentence and its remedies."""

from __future__ import annotations

import errno
import io
import tempfile
from pathlib import Path

import pytest

from player.errors import DiaryError, OutputError, PlayerError, StoreError, UsageError, VoiceError
from player.storage.failures import foreseen, of_file, pass_on, sentences

FULL = OSError(errno.ENOSPC, "No space left on device")
CLOSED = OSError(errno.EROFS, "Read-only file system")
ODD = OSError("odd\n")
LOOK = "see whether the folder exists and you may read and write it"


@pytest.mark.parametrize(
    ("kind", "error", "told"),
    [
        (OutputError, FULL, "write a\\nb: No space left on device; free some space or choose another folder"),
        (OutputError, CLOSED, "write a\\nb: Read-only file system; choose a folder on a disk that can be written"),
        (
            StoreError,
            FULL,
            "write a\\nb: No space left on device; free some space, or set PLAYER_STORE to another folder",
        ),
        (
            StoreError,
            ODD,
            f"write a\\nb: odd\\n; {LOOK}, or set PLAYER_STORE to another folder",
        ),
        (
            VoiceError,
            CLOSED,
            "write a\\nb: Read-only file system; set PLAYER_VOICES to a folder on a disk that can be written",
        ),
        (
            StoreError,
            CLOSED,
            "write a\\nb: Read-only file system; set PLAYER_STORE to a folder on a disk that can be written",
        ),
        (
            DiaryError,
            CLOSED,
            "write the diary a\\nb: Read-only file system; set PLAYER_DIARY to a file on a disk that can be written",
        ),
        (UsageError, OSError(errno.EISDIR, "Is a directory"), "write a\\nb: Is a directory; choose another file"),
        (
            DiaryError,
            FULL,
            "write the diary a\\nb: No space left on device; free some space, or set PLAYER_DIARY to another file",
        ),
    ],
)
def test_each_kind_of_files_has_its_sentence(kind: type[PlayerError], error: OSError, told: str) -> None:
    with pytest.raises(kind) as caught, sentences(kind, "write", Path("a\nb")):
        raise error
    assert str(caught.value) == f"cannot {told}"


def test_a_library_without_numbers_is_known_by_its_words() -> None:
    with pytest.raises(DiaryError, match="; end the program that holds it, or"):  # noqa: SIM117
        with sentences(DiaryError, "read", Path("diary"), caught=(LookupError,)):
            raise LookupError("database is locked")


def test_other_errors_go_through() -> None:
    with pytest.raises(LookupError), sentences(StoreError, "read", Path("entry")):
        raise LookupError


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            OSError(errno.ENAMETOOLONG, "File name too long", "x\n"),
            "cannot use x\\n: File name too long; choose a shorter",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", b"a"),
            "cannot use a: Permission denied; allow it to be read",
        ),
        (
            UnicodeEncodeError("utf-8", "Exec=/home/caf\udce9 b", 14, 15, "surrogates"),
            "the name caf\\udce9 has bytes",
        ),
        (UnicodeEncodeError("ascii", "é", 0, 1, "ordinal"), None),
        (ValueError("odd"), None),
    ],
)
def test_what_a_machine_has_is_foreseen(error: Exception, told: str | None) -> None:
    found = foreseen(error)
    assert (found is None) == (told is None)
    assert found is None or (str(found).startswith(told or "") and found.exit_code == 2)


def test_a_machine_without_temporary_files_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [str(tmp_path / "none")])
    with pytest.raises(FileNotFoundError) as caught:
        tempfile.gettempdir()
    told = "no folder for temporary files can be written; set TMPDIR to one that can"
    assert str(foreseen(caught.value)) == told
    assert foreseen(FileNotFoundError(2, "No such file or directory", "a")) is None


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (FULL, "cannot go on: No space left on device; free some space"),
        (CLOSED, "cannot go on: Read-only file system; use a folder on a disk that can be written"),
        (
            OSError(errno.EIO, "Input/output error", "a\n"),
            "cannot use a\\n: Input/output error; try again, or use another disk",
        ),
        (InterruptedError(errno.EINTR, "Interrupted system call"), "cannot go on: Interrupted system call; try again"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), "cannot go on: Broken pipe; try again"),
        (
            OSError(errno.EMFILE, "Too many open files", b"a"),
            "cannot use a: Too many open files; end other programs, or raise the limit on open files",
        ),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "cannot go on: Cannot allocate memory; end other programs"),
        (
            io.UnsupportedOperation(None, None, "a"),
            "a cannot be read from the middle (it may be a pipe); copy it to a file and use that",
        ),
        (
            io.UnsupportedOperation("seek"),
            "a file cannot be read from the middle (it may be a pipe); copy it to a file and use that",
        ),
        (MemoryError(), "there is not enough memory; end other programs"),
        (RuntimeError("can't start new thread"), "there is not enough memory; end other programs"),
    ],
)
def test_what_the_machine_has_no_more_of_is_a_failure_and_no_surprise(error: Exception, told: str) -> None:
    found = foreseen(error)
    assert (str(found), found and found.exit_code) == (told, 1)


def test_an_error_of_reading_names_its_file() -> None:
    with pytest.raises(OSError, match="No space") as caught, of_file(Path("a")):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.filename == "a"
    with pytest.raises(OSError, match="No such") as caught, of_file(Path("a")):
        raise OSError(errno.ENOENT, "No such file", "b")
    assert caught.value.filename == "b"


def test_an_error_of_the_machine_says_nothing_of_a_file() -> None:
    pass_on(FileNotFoundError(errno.ENOENT, "No such file"))
    pass_on(ValueError("embedded null byte"))
    with pytest.raises(OSError, match="No space left"):
        pass_on(FULL)
