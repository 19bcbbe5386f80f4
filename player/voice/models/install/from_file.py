"""Voices from a file that the user has, for machines without a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from player.errors import UsageError, VoiceError, printable
from player.voice.models import checking, inventory, registry
from player.voice.models.files import sentences
from player.voice.models.install.names import shown
from player.voice.models.notes import digest
from player.voice.models.placing import pieces, write_voice

if TYPE_CHECKING:
    from player.voice.models.inventory import VoiceModel
    from player.voice.models.registry import HibariVoice


def is_file(wanted: str) -> bool:
    """Whether the user means a file, and not a name."""
    return wanted.casefold().endswith(inventory.MODEL) or Path(wanted).expanduser().is_file()


def bring(source: Path) -> tuple[VoiceModel, bool]:
    """Copy a model into the folder; the voice, and whether it is new there.

    A file is one of hibari's voices if its digest is in hibari's registry, whatever it is called. Otherwise it is a
    Piper model, and its config lies beside it, under the model's name and ``.json``.

    Raises
    ------
    UsageError
        If another voice has its name already, or its name is none for a voice.
    VoiceError
        If it is no voice, or cannot be read or written.
    """
    _must_be_readable(source, checking.MODEL_LIMIT)
    checking.must_be_onnx(source, str(source))
    hibari = _hibari_voice(source)
    if hibari and hibari.carried:
        return inventory.hibari_model(hibari.name, hibari.carried.name, hibari.carried.parent), False
    config = b"" if hibari else _config_beside(source)
    voice = inventory.hibari_model(hibari.name, hibari.file) if hibari else inventory.piper_model(_name_of(source))
    if there := inventory.find(voice.id):
        _must_be_the_same(there, source)
        return there, False
    write_voice(voice, pieces(source), config, called=str(source), licence=licence(voice))
    return voice, True


def licence(voice: VoiceModel) -> str:
    """The licence of a voice that was brought by hand; empty for one of Piper, whose files do not tell it."""
    return registry.LICENCE if voice.driver == inventory.HIBARI else ""


def _must_be_readable(path: Path, limit: int) -> None:
    with sentences("read", path):
        size = path.stat().st_size
    name = printable(str(path))
    if not path.is_file():
        raise VoiceError(f"{name} is no ordinary file; name the model itself")
    if size > limit:
        raise VoiceError(f"{name} has {size} bytes, and at most {limit} are taken; choose a smaller model")


def _hibari_voice(path: Path) -> HibariVoice | None:
    """The voice of hibari that a file is; only a file of the right size is read for it."""
    size = path.stat().st_size
    voices = [voice for voice in registry.registry().values() if voice.size == size]
    sha256 = digest(path) if voices else ""
    return next((voice for voice in voices if voice.sha256 == sha256), None)


def _config_beside(source: Path) -> bytes:
    path = source.with_name(f"{source.name}.json")
    if not path.exists():
        text = f"{printable(str(source))} is no voice that hibari knows, and one of Piper needs {printable(path.name)}"
        raise VoiceError(f"{text} beside it; put it there")
    _must_be_readable(path, checking.CONFIG_LIMIT)
    with sentences("read", path):
        config = path.read_bytes()
    checking.must_be_config(config, str(path))
    return config


def _name_of(source: Path) -> str:
    name = source.name.removesuffix(inventory.MODEL)
    if not inventory.NAME.fullmatch(name):
        text = f"{shown(source.name)} cannot name a voice, which has letters a to z, digits, _ and - before .onnx"
        raise UsageError(f"{text}; rename the file and its config")
    return name


def _must_be_the_same(voice: VoiceModel, source: Path) -> None:
    if digest(voice.path) != digest(source):
        raise UsageError(
            f"another voice is called {voice.id} already; rename the file and its config, or remove the other one "
            f"first: player voices --remove {voice.id}"
        )
