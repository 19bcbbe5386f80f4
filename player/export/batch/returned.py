"""What a cluster's worker returns: plain values about its files, and then their bytes. None of it is believed.

The rule: a worker may name only files that the order can have, with sizes that the session's length allows. A file gets
its name only if it has the size and the digest that were told, and begins as its format does. That the sound in it is
what the script says cannot be seen from outside; for that, the cluster is trusted. It knows nothing of Dask.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from player.errors import OutputError, printable
from player.export import playlists, sidecars
from player.export.batch.jobs import FailedExport
from player.export.options import FORMATS, PAGE
from player.units import CHANNELS, FRAMES_PER_MS, LONGEST_MS, SAMPLE_WIDTH

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from player.export.batch.jobs import ExportOrder

_LONGEST_ANSWER: Final = 2**22
"""Bytes; ten thousand files with long names."""
_MOST_FILES: Final = 10_000
_LONGEST_SENTENCE: Final = 10_000
_PLAIN_BYTES_PER_MS: Final = FRAMES_PER_MS * CHANNELS * SAMPLE_WIDTH
"""Of WAV, which no other format exceeds."""
_LAYERS: Final = 4
"""The whole and its stems."""
_BESIDE_SOUND: Final = 16 * 2**20
"""Bytes in a file besides its sound: cover, script, chapters, what a preset adds at both ends, the player of a page."""
_KEPT_OF_STEM: Final = 40
"""Characters; a longer stem may have been cut to make room for more behind it."""
_TEXTS: Final = (
    *(".vtt", ".srt", ".lrc", ".txt", ".labels.txt", sidecars.TRANSCRIPT),
    *(sidecars.CHAPTERS, playlists.ENDING),
)
_BEGINNINGS: Final[Mapping[str, tuple[tuple[int, bytes], ...]]] = {
    ".mp3": ((0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3")),
    ".wav": ((0, b"RIFF"), (0, b"RF64")),
    ".flac": ((0, b"fLaC"),),
    ".ogg": ((0, b"OggS"),),
    ".opus": ((0, b"OggS"),),
    ".m4a": ((4, b"ftyp"),),
    ".m4b": ((4, b"ftyp"),),
    ".html": ((0, b"<!doctype html"), (0, b"<!DOCTYPE html")),
    ".vtt": ((0, b"WEBVTT"),),
    ".json": ((0, b"{"),),
}
"""How files begin that have a beginning: any of these bytes at their place."""


@dataclass(frozen=True)
class Fetchable:
    """Files to be fetched from a worker: their names below ``folder``, sizes in bytes, and SHA-256.

    ``notes`` are those of an `ExportedFiles`.
    """

    folder: str
    files: tuple[tuple[str, int, str], ...]
    length_ms: int
    notes: tuple[str, ...] = ()


def written(result: Fetchable | FailedExport, worker: str) -> bytes:
    """The result as the bytes that are sent; ``worker`` is the address that has the files."""
    if isinstance(result, FailedExport):
        return json.dumps({"failed": result.sentence}).encode("ascii")
    plain = {"folder": result.folder, "files": result.files, "length_ms": result.length_ms, "notes": result.notes}
    return json.dumps({"worker": worker, **plain}).encode("ascii")


def read(answer: object, order: ExportOrder) -> tuple[str, Fetchable] | FailedExport:
    """What a worker says of an order: its address and what to fetch, or why it failed, without what steers a terminal.

    Raises
    ------
    OutputError
        If it is nothing that a worker of this program says, or offers what the order cannot have.
    """
    if not isinstance(answer, bytes) or len(answer) > _LONGEST_ANSWER:
        raise _unbelievable("it sends something else than a short text")
    try:
        told = json.loads(answer)
        if "failed" in told:
            return FailedExport(_sentence(told["failed"]))
        worker, found = str(told["worker"]), _fetchable(told)
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise _unbelievable("its text is not about files") from error
    _must_be_possible(found, order)
    return worker, found


def must_have_room(found: Fetchable, folder: Path) -> None:
    """Refuse files that are larger together than what is free where they go.

    Raises
    ------
    OutputError
        With both sizes.
    """
    size, free = sum(size for _, size, _ in found.files), shutil.disk_usage(folder).free
    if size > free:
        raise OutputError(
            f"cannot write {printable(str(folder))}: the files need {size // 2**20} MB, and {free // 2**20} are free; "
            "free some space or choose another folder"
        )


def must_be_of_its_format(path: Path, name: str) -> None:
    """Refuse a complete file that does not begin as its name says.

    Raises
    ------
    OutputError
        If it does not.
    """
    with path.open("rb") as file:
        head = file.read(16)
    wanted = _BEGINNINGS.get(PurePosixPath(name).suffix.lower(), ())
    if wanted and not any(head.startswith(sign, at) for at, sign in wanted):
        raise _unbelievable(f"{printable(name)} is not of the format that its name says")


def _fetchable(told: Mapping[str, Any]) -> Fetchable:
    files = tuple((_text(name), _count(size), _text(digest)) for name, size, digest in told["files"])
    notes = tuple(_sentence(note) for note in told["notes"])
    return Fetchable(_text(told["folder"]), files, _count(told["length_ms"]), notes)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise TypeError
    return value


def _sentence(value: object) -> str:
    return "\n".join(map(printable, _text(value)[:_LONGEST_SENTENCE].split("\n")))


def _must_be_possible(found: Fetchable, order: ExportOrder) -> None:
    names = [name for name, _, _ in found.files]
    if not 0 < len(set(names)) == len(names) <= _MOST_FILES:
        raise _unbelievable(f"it names {len(names)} files, where an export has each once")
    for name in names:
        if not may_have(order, name):
            raise _unbelievable(f"it names {printable(name[:100])}, which is no file of {printable(order.target.name)}")
    most = found.length_ms * _PLAIN_BYTES_PER_MS * _LAYERS + len(names) * _BESIDE_SOUND
    size = sum(size for _, size, _ in found.files)
    if not 0 < found.length_ms <= LONGEST_MS or size > most:
        raise _unbelievable(f"it offers {size:,} bytes for {found.length_ms:,} ms of sound")


def may_have(order: ExportOrder, name: str) -> bool:
    """Whether an export can have a file of that name, beside its target."""
    if name == order.target.name:
        return True
    if PurePosixPath(name).name != name or "\\" in name or not name.isprintable() or name.startswith("."):
        return False
    if order.task.options.form == PAGE:
        return order.task.options.beside and name.endswith(".mp3")
    endings = (*(f".{form}" for form in FORMATS if form == order.task.options.form), *_TEXTS)
    return name.startswith(order.target.stem[:_KEPT_OF_STEM]) and name.lower().endswith(endings)


def _unbelievable(what: str) -> OutputError:
    return OutputError(f"the cluster's worker cannot be believed: {what}; nothing of it is kept: look at that machine")
