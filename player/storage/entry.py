"""One entry of the store: a file with a few facts and a run of bytes.

The rule: what is read is verified, and what is written takes its name only when it is complete. The file is a magic
line, one line of JSON (size, digests, facts, and for people the fields of its key), then the payload, which starts at a
multiple of 64 bytes so that it can be mapped as samples. The store decides where entries lie and their
names.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from player.errors import StoreError, printable
from player.storage.failures import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from io import BufferedReader
    from pathlib import Path

Scalar: TypeAlias = str | int | float | bool | None
JSON: TypeAlias = "Scalar | Sequence[JSON] | Mapping[str, JSON]"

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
    """

    facts: Mapping[str, Scalar]
    path: Path
    offset: int
    size: int

    def payload(self) -> bytes:
        """The payload, read now.

        Raises
        ------
        StoreError
            If the entry has been removed or cut since it was found.
        """
        with sentences(StoreError, "read", self.path), self.path.open("rb") as file:
            file.seek(self.offset)
            payload = file.read(self.size)
        if len(payload) < self.size:
            raise StoreError(f"{printable(str(self.path))} was cut short while it was in use; start again")
        return payload


def read_entry(path: Path) -> Entry | None:
    """The verified entry in a file, or None if the file is damaged; errors of the file system go through."""
    with path.open("rb") as file:
        if file.readline(len(_MAGIC)) != _MAGIC:
            return None
        try:
            header = json.loads(file.readline(_LONGEST_HEADER))
            facts, size, digest = dict(header["facts"]), int(header["size"]), str(header["sha256"])
            sealed = header["seal"] == _seal(facts, size, digest)
        except (ValueError, KeyError, TypeError):
            return None
        offset = file.tell()
        if not sealed or os.fstat(file.fileno()).st_size != offset + size:
            return None
        if size <= DIGESTED_UP_TO and _digest_of(file) != digest:
            return None
    return Entry(facts, path, offset, size)


def write_entry(temporary: Path, path: Path, fields: Mapping[str, JSON], draft: Draft) -> Entry:
    """Write the file under its temporary name; the entry that it is when it has been renamed to ``path``.

    Raises
    ------
    StoreError
        If it cannot be written. Errors of the chunks' iterator go through.
    """
    with sentences(StoreError, "write", path):
        path.parent.mkdir(parents=True, exist_ok=True)
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
    return Entry(dict(draft.facts), path, offset, size)


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
