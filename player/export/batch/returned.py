"""What a cluster's worker returns: plain values about its files, and then their bytes. None of it is believed.

The rule: a worker may name only files that the order's own export can make, with sizes that the session's length
allows. A file gets its name only if it has the size and the digest that were told, and is of its kind (`contents`).
That the sound in it is what the script says cannot be seen from outside; for that, the cluster is trusted. It knows
nothing of Dask.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from player.errors import OutputError, printable
from player.export import split
from player.export.batch import contents
from player.export.batch.jobs import FailedExport, known_files
from player.pipeline import RequestedSession
from player.techniques.cue import Marker
from player.units import CHANNELS, FRAMES_PER_MS, LONGEST_MS, SAMPLE_WIDTH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from player.export.batch.jobs import ExportOrder

_LONGEST_ANSWER: Final = 2**22
"""Bytes; ten thousand files with long names."""
_MOST_FILES: Final = 10_000
_LONGEST_SENTENCE: Final = 10_000
_LONGEST_ADDRESS: Final = 300
_PLAIN_BYTES_PER_MS: Final = FRAMES_PER_MS * CHANNELS * SAMPLE_WIDTH
"""Of WAV, which no other format exceeds."""
_LAYERS: Final = 4
"""The whole and its stems."""
_BESIDE_SOUND: Final = 16 * 2**20
"""Bytes in a file besides its sound: cover, script, chapters, what a preset adds at both ends, the player of a page."""


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
        raise _not_valid("it sent something other than a text of at most 4 MB")
    try:
        told = json.loads(answer)
        if "failed" in told:
            return FailedExport(_sentence(told["failed"]))
        worker, found = _address(told["worker"]), _fetchable(told)
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise _not_valid("it does not tell what was made") from error
    _must_be_possible(found, order, worker)
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


def must_be_of_its_format(path: Path, name: str, order: ExportOrder, worker: str) -> None:
    """Refuse a complete file that is not of the kind that its name says: see `contents`.

    Raises
    ------
    OutputError
        If it is not.
    """
    if not contents.fits(path, name, lambda names: not strangers(order, names)):
        raise _not_valid(f"{printable(name)} is not of the format that its name says", worker)


def _fetchable(told: Mapping[str, Any]) -> Fetchable:
    files = tuple((_text(name), _count(size), _text(digest)) for name, size, digest in told["files"])
    notes = tuple(_sentence(note) for note in told["notes"])
    return Fetchable(_text(told["folder"]), files, _count(told["length_ms"]), notes)


def _address(value: object) -> str:
    if not (address := _text(value)).isprintable() or len(address) > _LONGEST_ADDRESS:
        raise ValueError
    return address


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


def _must_be_possible(found: Fetchable, order: ExportOrder, worker: str) -> None:
    names = [name for name, _, _ in found.files]
    if not 0 < len(set(names)) == len(names) <= _MOST_FILES:
        raise _not_valid(f"it names {len(names)} files, where an export has each once", worker)
    if others := strangers(order, names):
        told = f"it names {printable(others[0][:100])}, which is no file of {printable(order.target.name)}"
        raise _not_valid(told, worker)
    for name, size, _ in found.files:
        if contents.is_text(name) and size > contents.MOST_TEXT:
            raise _not_valid(f"{printable(name)} is to have {size:,} bytes, and a text has at most 16 MB", worker)
    most = found.length_ms * _PLAIN_BYTES_PER_MS * _LAYERS + len(names) * _BESIDE_SOUND
    size = sum(size for _, size, _ in found.files)
    if not 0 < found.length_ms <= LONGEST_MS or size > most:
        raise _not_valid(f"it offers {size:,} bytes for {found.length_ms:,} ms of sound", worker)


def strangers(order: ExportOrder, names: Sequence[str]) -> list[str]:
    """Those of these names that no file of the order can have.

    Raises
    ------
    PlayerError
        If the session is split, and its script has problems.
    """
    known = {path.name for path in known_files(order)}
    others = [name for name in names if name not in known]
    if not (others and order.task.options.split):
        return others
    titles = _titles(order)
    return [name for name in others if not split.may_be_called(name, order.target, titles)]


def _titles(order: ExportOrder) -> list[str]:
    """The titles that the parts of a split session may have: its own, and those of its sections."""
    requested = RequestedSession(order.task.request)
    markers = (part for part in requested.parts if isinstance(part, Marker))
    return [requested.session.title, *(marker.title for marker in markers if marker.level == 1)]


def _not_valid(what: str, worker: str = "") -> OutputError:
    whose = f"the cluster's worker {worker}" if worker else "a worker of the cluster"
    return OutputError(
        f"the answer of {whose} is not valid ({what}); its files were not used; "
        "check that machine, or export without --cluster"
    )
