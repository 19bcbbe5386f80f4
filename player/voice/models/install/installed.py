"""Removes an installed voice, and finds what the user should know about one."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from player.errors import UsageError, VoiceError, printable
from player.storage.failures import sentences
from player.voice.folder import folder
from player.voice.models import inventory, registry
from player.voice.models.inventory import near, shown

if TYPE_CHECKING:
    from pathlib import Path

    from player.voice.engine import Engine
    from player.voice.models.inventory import VoiceModel

_PACKAGES: Final = {
    inventory.PIPER: ("piper", "'guided-relaxation[piper]'"),
    inventory.HIBARI: ("hibari", registry.PACKAGE),
}
"""The package that speaks with a driver's models: its import name, and its name for pip."""


def remove(wanted: str) -> tuple[Path, ...]:
    """Remove the files of a voice from the folder, and no others; returns the files that it had.

    The model goes first, so that an interrupted removal does not leave a voice that seems whole.

    Raises
    ------
    UsageError
        If there is no voice of this name, or a package contains it.
    VoiceError
        If its files cannot be removed.
    """
    voice = inventory.find(wanted)
    if voice is None:
        raise _nothing_to_remove(wanted)
    files = tuple(path for path in (voice.path, voice.config, voice.note) if path and path.exists())
    for path in files:
        with sentences(VoiceError, "remove", path):
            path.unlink(missing_ok=True)
    return files


def lacking(voice: VoiceModel) -> str:
    """The package that pip must still install before this voice can speak; empty if none is missing."""
    module, package = _PACKAGES[voice.driver]
    return "" if find_spec(module) else package


def default_in(voice: VoiceModel, engine: Engine) -> tuple[str, ...]:
    """The languages, such as ``de-de``, for which this voice is now chosen where a script names no voice."""
    try:
        return tuple(tag for tag, chosen in engine.chosen().items() if chosen.id == voice.id)
    except VoiceError:
        return ()


def _nothing_to_remove(wanted: str) -> UsageError:
    """The error that the folder does not have this voice, or that it belongs to a package."""
    if package := inventory.carrier(wanted):
        return UsageError(f"{shown(wanted)} belongs to a package and goes with it: pip uninstall {package}")
    known = [model.id for model in inventory.installed()]
    text = f"there is no voice {shown(wanted)} in {printable(str(folder()))}"
    if names := near(wanted, known):
        return UsageError(f"{text}; did you mean {' or '.join(names)}?")
    return UsageError(f"{text}; there {'are ' + ', '.join(known) if known else 'is none at all'}")
