"""Installs a voice from a file that the user has, for machines without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from player.errors import UsageError, VoiceError, printable
from player.storage.failures import sentences
from player.storage.folders import expanded
from player.voice.models import checking, inventory, registry
from player.voice.models.inventory import shown
from player.voice.models.notes import digest
from player.voice.models.placing import pieces, write_voice

if TYPE_CHECKING:
    from pathlib import Path

    from player.voice.models.inventory import VoiceModel
    from player.voice.models.registry import HibariVoice


def is_file(wanted: str) -> bool:
    """Whether the text names a file, and not a voice."""
    return wanted.casefold().endswith(inventory.MODEL) or expanded(wanted).is_file()


def bring(source: Path) -> tuple[VoiceModel, bool]:
    """Copy a model into the folder; the voice, and whether it is new there.

    If the file's digest is in hibari's registry, it is that voice of hibari, under any file name. Otherwise it is taken
    for a Piper model. Its config must lie beside it: the same file name with ``.json`` added.

    Raises
    ------
    UsageError
        If another voice already has its name, or the file's name cannot be a voice's.
    VoiceError
        If it is not the model of a voice, or cannot be read or written.
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
    """The licence of a voice from a file; empty for a Piper voice, whose files do not name one."""
    return registry.LICENCE if voice.driver == inventory.HIBARI else ""


def _must_be_readable(path: Path, limit: int) -> None:
    name = printable(str(path))
    if not path.exists():
        raise UsageError(f"there is no file {name}; name a model that you have, or a voice that can be fetched")
    with sentences(UsageError, "read", path):  # the file that was named, not the folder of voices
        size = path.stat().st_size
    if not path.is_file():
        raise VoiceError(f"{name} is no ordinary file; name the model itself")
    with sentences(UsageError, "read", path):
        path.open("rb").close()
    if size > limit:
        raise VoiceError(f"{name} has {size} bytes, and at most {limit} are taken; choose a smaller model")


def _hibari_voice(path: Path) -> HibariVoice | None:
    """The voice of hibari whose model this file is, or None; a file of another size is not read."""
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
    with sentences(UsageError, "read", path):
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
