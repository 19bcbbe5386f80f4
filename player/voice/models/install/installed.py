"""Voices that are in the folder: removed, and what there is to say of one."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from player.errors import VoiceError
from player.voice.models import inventory, registry
from player.voice.models.files import sentences
from player.voice.models.install.names import nothing_to_remove

if TYPE_CHECKING:
    from pathlib import Path

    from player.voice.engine import Engine
    from player.voice.models.inventory import VoiceModel

_PACKAGES: Final = {
    inventory.PIPER: ("piper", "'guided-relaxation[piper]'"),
    inventory.HIBARI: ("hibari", registry.PACKAGE),
}
"""What speaks with the models of a driver: how Python knows it, and how pip does."""


def remove(wanted: str) -> tuple[Path, ...]:
    """Remove a voice from the folder: its files and no others; those that it had.

    The model goes first: what is left if this is interrupted is no voice.

    Raises
    ------
    UsageError
        If there is none of this name, or it belongs to a package.
    VoiceError
        If its files cannot be removed.
    """
    voice = inventory.find(wanted)
    if voice is None:
        raise nothing_to_remove(wanted)
    files = tuple(path for path in (voice.path, voice.config, voice.note) if path and path.exists())
    for path in files:
        with sentences("remove", path):
            path.unlink(missing_ok=True)
    return files


def lacking(voice: VoiceModel) -> str:
    """What pip must still install so that this voice can speak; empty if nothing."""
    module, package = _PACKAGES[voice.driver]
    return "" if find_spec(module) else package


def default_in(voice: VoiceModel, engine: Engine) -> tuple[str, ...]:
    """The languages, such as ``de-de``, of scripts that this voice now speaks without being named."""
    try:
        return tuple(tag for tag, chosen in engine.chosen().items() if chosen.id == voice.id)
    except VoiceError:
        return ()
