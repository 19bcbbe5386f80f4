"""Checks files of unknown origin: an ONNX model, a Piper config, a JSON text.

Sizes and depths are limited, and a model is checked without loading it.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final, NoReturn

from player.errors import VoiceError, printable
from player.storage.failures import sentences
from player.voice.drivers.piper import READABLE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

MODEL_LIMIT: Final = 500 * 10**6
"""Bytes; the largest models of Piper's catalogue have 114 MB."""
CONFIG_LIMIT: Final = 5 * 10**6
"""Bytes; of a config and of a catalogue. Configs have some 5 kB, Piper's catalogue 0.2 MB."""
DEPTH_LIMIT: Final = 20
"""Of JSON; configs and catalogues have 5 levels at most."""

_NEEDED_FIELDS: Final = {1, 7, 8}
"""Of ONNX's ModelProto (onnx.proto3): ``ir_version``, ``graph``, ``opset_import``."""
_MOST_FIELDS: Final = 10_000
_WIDTHS: Final = {1: 8, 5: 4}
"""Bytes of protobuf's fixed wire types."""


def must_be_onnx(path: Path, name: str) -> None:
    """Refuse a file that is not a complete ONNX model; ``name`` is the user's name for it.

    An ONNX model is a protobuf message. Reading its outermost fields also finds a file that was cut, because the
    graph's length is before the graph.

    Raises
    ------
    VoiceError
        If it is none, or cannot be read.
    """
    with sentences(VoiceError, "read", path), path.open("rb") as file:
        try:
            fields = set(_fields(file, os.fstat(file.fileno()).st_size))
        except ValueError:
            fields = set()
    if not fields >= _NEEDED_FIELDS:
        raise VoiceError(f"{printable(name)} is no ONNX model, or is not whole; fetch it again where you got it")


def _fields(file: BinaryIO, size: int) -> Iterator[int]:
    """The numbers of the outermost fields of a protobuf message."""
    for _ in range(_MOST_FIELDS):
        if file.tell() == size:
            return
        number, wire = divmod(_varint(file), 8)
        if wire == 0:
            _varint(file)
        else:
            length = _varint(file) if wire == 2 else _WIDTHS.get(wire, size)
            if not number or file.tell() + length > size:
                raise ValueError("no protobuf message")
            file.seek(length, os.SEEK_CUR)
        yield number
    raise ValueError("too many fields")


def _varint(file: BinaryIO) -> int:
    value = 0
    for shift in range(0, 70, 7):
        byte = file.read(1)
        if not byte:
            break
        value |= (byte[0] & 127) << shift
        if byte[0] < 128:
            return value
    raise ValueError("no number")


def must_be_config(data: bytes, name: str) -> None:
    """Refuse data that is not a usable Piper config; ``name`` is the user's name for it.

    Raises
    ------
    VoiceError
        If it is not a config, or its voice cannot read words without further downloads.
    """
    config = json_in(data, name, CONFIG_LIMIT)
    try:
        rate, voice, speakers = config["audio"]["sample_rate"], config["espeak"]["voice"], config["num_speakers"]
        _must(isinstance(rate, int) and 8000 <= rate <= 96_000 and isinstance(voice, str) and isinstance(speakers, int))
        _must(isinstance(config["num_symbols"], int) and _are_phonemes(config["phoneme_id_map"]))
    except (KeyError, TypeError, ValueError):
        raise VoiceError(f"{printable(name)} is no Piper config; put the one that belongs to the model there") from None
    if (way := config.get("phoneme_type", READABLE[0])) not in READABLE:
        text = f"{printable(name)} asks for words to be read by {way!r}, which Piper would have to download more for"
        raise VoiceError(f"{text}; choose another voice")


def _are_phonemes(found: object) -> bool:
    if not isinstance(found, dict) or not found:
        return False
    return all(isinstance(ids, list) and all(isinstance(each, int) for each in ids) for ids in found.values())


def _must(holds: bool) -> None:  # noqa: FBT001 (a condition, as in assert)
    if not holds:
        raise ValueError("not as Piper writes it")


def json_in(data: bytes, name: str, limit: int) -> Any:  # noqa: ANN401 (what JSON can hold)
    """Parse JSON; ``name`` is the user's name for it, ``limit`` is in bytes.

    Raises
    ------
    VoiceError
        If it is not JSON, too long, or nested too deeply.
    """
    if len(data) > limit:
        _refuse(name, f"is longer than {limit // 10**6} MB")
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        _refuse(name, "is no JSON")
    level = [value]
    for _ in range(DEPTH_LIMIT):
        level = [inner for outer in level if isinstance(outer, (dict, list)) for inner in _inside(outer)]
        if not level:
            break
    else:
        _refuse(name, "is nested too deeply")
    return value


def _inside(outer: dict[str, Any] | list[Any]) -> Iterator[Any]:
    yield from outer.values() if isinstance(outer, dict) else outer


def _refuse(name: str, reason: str) -> NoReturn:
    raise VoiceError(f"{printable(name)} {reason}; fetch it again where you got it")
