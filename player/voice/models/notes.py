"""Notes beside the models: ``NAME.note.json`` has a model's digest, so that it is not computed again, and its licence.

A note is valid as long as the model's file has the same size and time. A voice works without a note.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from player.errors import VoiceError
from player.storage.failures import sentences
from player.voice.models.files import arrivals

if TYPE_CHECKING:
    from pathlib import Path

    from player.voice.models.inventory import VoiceModel

_PIECE: Final = 2**20
_LONGEST: Final = 2**16


@dataclass(frozen=True)
class ModelNote:
    """The note of a model.

    Attributes
    ----------
    size, written_ns
        The file's bytes, and its time in nanoseconds since 1970.
    licence
        The voice's licence, in its maker's words; empty if it is unknown.
    source
        The address that it came from; empty for a file of the user's.
    """

    size: int
    written_ns: int
    sha256: str
    licence: str = ""
    source: str = ""


def note_of(model: VoiceModel) -> ModelNote | None:
    """The note of a model; None if there is none, or if the model's file has changed since."""
    try:
        with model.note.open("rb") as file:
            note = ModelNote(**json.loads(file.read(_LONGEST)))
        state = model.path.stat()
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    holds = (note.size, note.written_ns) == (state.st_size, state.st_mtime_ns)
    return note if holds and all(isinstance(text, str) for text in (note.sha256, note.licence, note.source)) else None


def remember(model: VoiceModel, sha256: str, licence: str = "", source: str = "") -> None:
    """Write the note of a model that is in the folder.

    Raises
    ------
    VoiceError
        If the note cannot be written.
    """
    with sentences(VoiceError, "read", model.path):
        state = model.path.stat()
    note = ModelNote(state.st_size, state.st_mtime_ns, sha256, licence, source)
    with arrivals(model.note) as (file,):
        file.write(json.dumps(asdict(note)).encode("ascii"))


def sha256_of(model: VoiceModel) -> str:
    """The digest of a model, 64 hexadecimal digits: from its note if that is valid, or else computed and noted.

    Raises
    ------
    VoiceError
        If the model cannot be read.
    """
    known = note_of(model)
    if known:
        return known.sha256
    sha256 = digest(model.path)
    with contextlib.suppress(VoiceError):  # a folder that may only be read has no notes
        remember(model, sha256)
    return sha256


def digest(path: Path) -> str:
    """The SHA-256 of a file, 64 hexadecimal digits.

    Raises
    ------
    VoiceError
        If it cannot be read.
    """
    sha256 = hashlib.sha256()
    with sentences(VoiceError, "read", path), path.open("rb") as file:
        while piece := file.read(_PIECE):
            sha256.update(piece)
    return sha256.hexdigest()
