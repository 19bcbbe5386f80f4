"""Writes a voice into the folder: its config first, then its model, so that half a voice is never listed."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from player.errors import VoiceError
from player.storage.failures import sentences
from player.voice.models.checking import must_be_onnx
from player.voice.models.files import arrivals
from player.voice.models.notes import remember

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from player.voice.models.inventory import VoiceModel

_PIECE: Final = 2**20


def write_voice(
    voice: VoiceModel,
    model: Iterable[bytes],
    config: bytes,
    *,
    called: str,
    licence: str = "",
    source: str = "",
    report: Callable[[int], None] = lambda _: None,
) -> None:
    """Write a voice's files, all of them or none, and its note.

    Parameters
    ----------
    model
        The pieces of the model. If this raises, nothing is written.
    config
        The config of a Piper voice.
    called
        The user's name for the model, for an error message.
    licence, source
        For the note.
    report
        Called with the bytes of the model that are written, after each piece.

    Raises
    ------
    VoiceError
        If it is no ONNX model, or cannot be written.
    """
    with _arriving(voice, config) as file:
        sha256 = _write(model, file, report)
        must_be_onnx(Path(file.name), called)
    with contextlib.suppress(VoiceError):  # the voice is there, and speaks without a note
        remember(voice, sha256, licence, source)


def pieces(path: Path) -> Iterator[bytes]:
    """A file in pieces.

    Raises
    ------
    VoiceError
        If it cannot be read.
    """
    with sentences(VoiceError, "read", path), path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


@contextlib.contextmanager
def _arriving(voice: VoiceModel, config: bytes) -> Iterator[BinaryIO]:
    """A file for the model, with the config written before it."""
    if voice.config is None:
        with arrivals(voice.path) as (model_file,):
            yield model_file
    else:
        with arrivals(voice.config, voice.path) as (config_file, model_file):
            config_file.write(config)
            yield model_file


def _write(model: Iterable[bytes], file: BinaryIO, report: Callable[[int], None]) -> str:
    """Write all pieces; their SHA-256."""
    sha256 = hashlib.sha256()
    for piece in model:
        file.write(piece)
        sha256.update(piece)
        report(file.tell())
    file.flush()
    return sha256.hexdigest()
