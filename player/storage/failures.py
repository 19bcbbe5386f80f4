"""Errors of the file system as sentences: what was done to which file, why it failed, and the remedy.

The kind of error says which files are meant: those that the user asked for, the store, the folder of voices or the
diary. Each kind has remedies of its own, as each has another folder or variable to change.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from player.errors import DiaryError, OutputError, PlayerError, StoreError, UsageError, VoiceError, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Kind = TypeVar("Kind", bound=PlayerError)


@dataclass(frozen=True)
class _Remedies:
    """The remedies of one kind of files.

    Attributes
    ----------
    by_sign
        Remedies by an error's number, or by words in its reason where a library gives no number.
    read_only
        The remedy where the disk is read-only, so that no permission helps.
    otherwise, elsewhere
        The remedy of any other error, and what can be done instead of every remedy but the last.
    what
        Words before the path.
    """

    by_sign: Mapping[int | str, str]
    read_only: str
    otherwise: str
    elsewhere: str = ""
    what: str = ""


_FREE: Final = "free some space"
_OPEN: Final = "make the folder writable"
_TRY_AGAIN: Final = "try again"
_WRITABLE_DISK: Final = "on a disk that can be written"
_LOOK: Final = "see whether the folder exists and you may read and write it"
_FULL_OR_CLOSED: Final[Mapping[int | str, str]] = {
    errno.ENOSPC: _FREE,
    errno.EDQUOT: _FREE,
    errno.EACCES: _OPEN,
    errno.EPERM: _OPEN,
    errno.EIO: _TRY_AGAIN,
}
_KINDS: Final[Mapping[type[PlayerError], _Remedies]] = {
    OutputError: _Remedies(
        {
            errno.ENOSPC: f"{_FREE} or choose another folder",
            errno.EDQUOT: f"{_FREE} or choose another folder",
            errno.EFBIG: "choose a smaller format, or another folder",
            errno.ENAMETOOLONG: "choose a shorter name",
            errno.ENOENT: "make its folder first, or choose another folder",
            errno.ENOTDIR: "make its folder first, or choose another folder",
            "ffmpeg says": "choose another folder",
            "stopped ffmpeg": _TRY_AGAIN,
            "ffmpeg stood still": f"{_TRY_AGAIN} when the machine is less busy, or choose another format",
            "ffmpeg": "install ffmpeg anew, or choose another format",
        },
        read_only=f"choose a folder {_WRITABLE_DISK}",
        otherwise="choose another folder",
    ),
    StoreError: _Remedies(
        {**_FULL_OR_CLOSED, errno.EFBIG: "raise the limit on file sizes"},
        read_only=f"set PLAYER_STORE to a folder {_WRITABLE_DISK}",
        otherwise=_LOOK,
        elsewhere=", or set PLAYER_STORE to another folder",
    ),
    UsageError: _Remedies(
        {
            errno.ENAMETOOLONG: "choose a shorter name",
            errno.EACCES: "allow it to be read, or choose another file",
            errno.EPERM: "allow it to be read, or choose another file",
            errno.ELOOP: "name a file that no link leads back to",
        },
        read_only=f"choose a file {_WRITABLE_DISK}",
        otherwise="choose another file",
    ),
    VoiceError: _Remedies(
        _FULL_OR_CLOSED,
        read_only=f"set PLAYER_VOICES to a folder {_WRITABLE_DISK}",
        otherwise=_LOOK,
        elsewhere=", or set PLAYER_VOICES to another folder",
    ),
    DiaryError: _Remedies(
        {
            "full": _FREE,  # SQLite's words
            "locked": "end the program that holds it",
            "readonly": "make it writable",
            "unable to open": "make its folder writable",
            errno.ENOSPC: _FREE,
            errno.EACCES: "make its folder writable",
            errno.EIO: _TRY_AGAIN,
        },
        read_only=f"set PLAYER_DIARY to a file {_WRITABLE_DISK}",
        otherwise="see whether its folder exists and you may read and write it",
        elsewhere=", or set PLAYER_DIARY to another file",
        what="the diary ",
    ),
}

_OF_NAMES: Final = frozenset(
    (errno.ENAMETOOLONG, errno.EACCES, errno.EPERM, errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.EINVAL)
)
_OF_MACHINE: Final[Mapping[int, str]] = {
    errno.EIO: f"{_TRY_AGAIN}, or use another disk",
    errno.ENOSPC: _FREE,
    errno.EDQUOT: _FREE,
    errno.EROFS: f"use a folder {_WRITABLE_DISK}",
    **dict.fromkeys((errno.ENOMEM, errno.EAGAIN), "end other programs"),
    **dict.fromkeys((errno.EMFILE, errno.ENFILE), "end other programs, or raise the limit on open files"),
    **dict.fromkeys((errno.EINTR, errno.EPIPE, errno.ESTALE, errno.EBUSY, errno.ETIMEDOUT), _TRY_AGAIN),
}
"""Remedies for errors that any call can have, as they tell of the machine and not of a file."""
_NO_THREAD: Final = "can't start new thread"  # Python's words
_NO_TEXT: Final = re.compile(r"[^\s/\"'<>]*[\ud800-\udfff][^\s/\"'<>]*")
"""A name with bytes that are no UTF-8, which Python keeps as lone surrogates."""
_NO_TEMPORARY: Final = "No usable temporary directory"
"""How Python's tempfile begins to say so."""


@contextlib.contextmanager
def sentences(
    kind: type[PlayerError], doing: str, path: Path, caught: tuple[type[Exception], ...] = (OSError,)
) -> Iterator[None]:
    """An error of the file system inside becomes an error of this kind; ``doing`` is a verb, such as read."""
    try:
        yield
    except caught as error:
        raise _told(kind, doing, str(path), error) from error


@contextlib.contextmanager
def of_file(path: Path) -> Iterator[None]:
    """An error of the file system inside that names no file, as one of reading, names this one."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def foreseen(error: BaseException) -> PlayerError | None:
    """The sentence for what a machine has and nobody looked at more closely before; None for any other error.

    Such are a name that is too long or in a closed folder, one that is no text where it must stand in a text, a disk
    that fails, no memory, and no folder for temporary files.
    """
    if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and _NO_THREAD in str(error)):
        return PlayerError(f"there is not enough memory; {_OF_MACHINE[errno.ENOMEM]}")
    if isinstance(error, UnicodeEncodeError) and (match := _NO_TEXT.search(error.object)):
        name = printable(match[0])
        return UsageError(f"the name {name} has bytes that are no text in UTF-8, and must stand in a text; rename it")
    return _of_system(error) if isinstance(error, OSError) else None


def _of_system(error: OSError) -> PlayerError | None:
    if isinstance(error, FileNotFoundError) and _NO_TEMPORARY in str(error.strerror):
        return UsageError("no folder for temporary files can be written; set TMPDIR to one that can")
    name = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
    if isinstance(error, io.UnsupportedOperation):
        told = f"{printable(name) or 'a file'} cannot be read from the middle (it may be a pipe)"
        return PlayerError(f"{told}; copy it to a file and use that")
    if name and error.errno in _OF_NAMES:
        return _told(UsageError, "use", name, error)
    if (remedy := _OF_MACHINE.get(error.errno or 0)) is None:
        return None
    reason = error.strerror or str(error)
    return PlayerError(f"cannot {f'use {printable(name)}' if name else 'go on'}: {printable(reason)}; {remedy}")


def unexpected(error: BaseException) -> str:
    """What is said of an error that nobody foresaw: its words may quote anything."""
    return f"player met what it did not expect ({type(error).__name__}: {printable(str(error))})"


def pass_on(error: Exception) -> None:
    """Raise an error again that tells of the machine: then nothing is known of a file, not even that it is missing."""
    if isinstance(error, OSError) and error.errno in _OF_MACHINE:
        raise error


def _told(kind: type[Kind], doing: str, path: str, error: BaseException) -> Kind:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    number = error.errno if isinstance(error, OSError) else None
    told = _KINDS[kind]
    signs = (sign for sign in told.by_sign if sign == number or (isinstance(sign, str) and sign in reason))
    remedy = told.by_sign[sign] if (sign := next(signs, None)) is not None else told.otherwise
    remedy = told.read_only if number == errno.EROFS else f"{remedy}{told.elsewhere}"
    return kind(f"cannot {doing} {told.what}{printable(path)}: {printable(reason)}; {remedy}")
