"""One entry of the store: a file with a few facts and a run of bytes.

The rule: what is read is verified, and what is written takes its name only when it is complete. The file is a magic
line, one line of JSON (size, digests, facts, and the fields of its key, which must give its name), then the payload,
which starts at a multiple of 64 bytes so that it can be mapped as samples. The store decides where entries lie, and
whoever made an entry knows which facts fit.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from player.errors import StoreError, printable
from player.storage.failures import sentences
from player.storage.key import JSON, Scalar, key
from player.storage.regular_files import is_believed, open_regular

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from io import BufferedReader
    from pathlib import Path

__all__ = ["DIGESTED_UP_TO", "JSON", "DamageError", "Draft", "Entry", "Scalar", "has_mark", "read_entry", "write_entry"]

DIGESTED_UP_TO: Final = 64 * 2**20
"""Bytes; of a larger payload, only the size is checked at every read, and not the digest."""

_MAGIC: Final = b"player-store 1\n"
_ALIGNMENT: Final = 64
_LONGEST_HEADER: Final = 2**20
_LARGEST_SIZE: Final = 2**62
_DIGEST_BYTES: Final = 32
_PIECE: Final = 2**18  # fits into a processor's cache


@dataclass(frozen=True)
class Draft:
    """A new entry: its facts, which are known first, and the payload in chunks, so that it may be long."""

    facts: Mapping[str, Scalar]
    chunks: Iterable[bytes]


@dataclass(frozen=True)
class Entry:
    """A verified entry.

    Attributes
    ----------
    facts
        The facts of its draft.
    path, offset, size
        Where the payload lies, in bytes: ``np.memmap(path, offset=offset, ...)`` reads it in place.
    made_from
        The fields of its key, as they are in the file.
    used_s
        When it was last used, in seconds since 1970, to a day.
    """

    facts: Mapping[str, Scalar]
    path: Path
    offset: int
    size: int
    made_from: Mapping[str, JSON] = field(default_factory=dict, compare=False, repr=False)
    used_s: float = field(default=0.0, compare=False, repr=False)

    def open(self) -> int:
        """The descriptor of its file, open for reading.

        Raises
        ------
        StoreError
            If the entry has been removed or replaced since it was found.
        """
        with sentences(StoreError, "read", self.path):
            file = open_regular(self.path)
        if file is not None and is_believed(os.fstat(file)):
            return file
        if file is not None:
            os.close(file)
        raise StoreError(f"{printable(str(self.path))} was replaced while it was in use; start again")

    def payload(self) -> bytes:
        """The payload, read now.

        Raises
        ------
        StoreError
            If the entry has been removed or cut since it was found.
        """
        opened = self.open()
        with sentences(StoreError, "read", self.path), os.fdopen(opened, "rb") as file:
            file.seek(self.offset)
            payload = file.read(self.size)
        if len(payload) < self.size:
            raise StoreError(f"{printable(str(self.path))} was cut short while it was in use; start again")
        return payload


class DamageError(Exception):
    """A file is no entry; the message says why, in a few words."""


def has_mark(path: Path) -> bool:
    """Whether a file is one that the store wrote; errors of the file system go through."""
    file = open_regular(path)
    if file is None:
        return False
    with os.fdopen(file, "rb") as opened:
        return opened.read(len(_MAGIC)) == _MAGIC


def read_entry(path: Path, digested_up_to: int = DIGESTED_UP_TO) -> Entry:
    """The verified entry in a file; errors of the file system go through.

    Parameters
    ----------
    digested_up_to
        Of a larger payload, in bytes, only the size is checked.

    Raises
    ------
    DamageError
        If the file is none, or is not what was written under this name.
    """
    descriptor = open_regular(path)
    if descriptor is None:
        raise DamageError("it is no regular file")
    with os.fdopen(descriptor, "rb") as file:
        _must(is_believed(os.fstat(descriptor)), "it belongs to another user")
        _must(file.readline(len(_MAGIC)) == _MAGIC, "it does not begin as an entry does")
        try:
            header = json.loads(file.readline(_LONGEST_HEADER))
            facts, made_from, size, digest = (header[name] for name in ("facts", "made_from", "size", "sha256"))
            sealed = _is_well_formed(facts, size) and header["seal"] == _seal(facts, size, digest)
            named = key(made_from) == path.name
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise DamageError("its header cannot be read") from error
        _must(sealed, "its facts were changed")
        _must(named, "it has the name of another entry")
        offset, found = file.tell(), os.fstat(file.fileno())
        _must(found.st_size == offset + size, "its size is not the one that it was written with")
        _must(size > digested_up_to or _digest_of(file) == digest, "its content was changed")
    return Entry(facts, path, offset, size, made_from, found.st_mtime)


def _must(holds: bool, reason: str) -> None:  # noqa: FBT001 (a condition, as of an assertion)
    if not holds:
        raise DamageError(reason)


def _is_well_formed(facts: Any, size: Any) -> bool:  # noqa: ANN401 (whatever JSON can hold)
    scalars = all(isinstance(value, Scalar) for value in facts.values())
    return isinstance(facts, dict) and scalars and type(size) is int and size >= 0


def write_entry(temporary: Path, path: Path, fields: Mapping[str, JSON], draft: Draft) -> Entry:
    """Write the file under its temporary name; the entry that it is when it has been renamed to ``path``.

    Raises
    ------
    StoreError
        If it cannot be written. Errors of the chunks' iterator go through.
    """
    with sentences(StoreError, "write", path):
        file = temporary.open("xb")
    try:
        offset = len(_header(draft.facts, fields, _LARGEST_SIZE, "0" * 2 * _DIGEST_BYTES))
        with sentences(StoreError, "write", path):
            file.seek(offset)
        size, digest = 0, hashlib.sha256()
        for chunk in draft.chunks:  # outside the guards: an error of the chunks is not the store's
            digest.update(chunk)
            size += len(chunk)
            with sentences(StoreError, "write", path):
                file.write(chunk)
        with sentences(StoreError, "write", path):
            file.seek(0)
            file.write(_header(draft.facts, fields, size, digest.hexdigest(), offset))
    finally:
        with sentences(StoreError, "write", path):
            file.close()
    return Entry(dict(draft.facts), path, offset, size, fields)


def _header(facts: Mapping[str, Scalar], fields: Mapping[str, JSON], size: int, digest: str, width: int = 0) -> bytes:
    seal = _seal(facts, size, digest)
    header = {"size": size, "sha256": digest, "seal": seal, "facts": dict(facts), "made_from": fields}
    lines = _MAGIC + json.dumps(header, default=dict).encode("ascii")
    width = width or -(-(len(lines) + 1) // _ALIGNMENT) * _ALIGNMENT
    return lines.ljust(width - 1) + b"\n"


def _digest_of(file: BufferedReader) -> str:
    """The digest of the rest of a file. Processors have instructions for SHA-256: a bed's 16 MB take 11 ms."""
    digest, piece = hashlib.sha256(), bytearray(_PIECE)
    while count := file.readinto(piece):
        digest.update(memoryview(piece)[:count])
    return digest.hexdigest()


def _seal(facts: Mapping[str, Scalar], size: int, digest: str) -> str:
    """A digest of the facts about the payload, so that damage to a fact is found too."""
    said = json.dumps([dict(facts), size, digest], sort_keys=True)
    return hashlib.sha256(said.encode("ascii")).hexdigest()
