"""How the worker serves the drivers that live here, ``hibari`` and ``piper``."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING, Any

from player.voice import drivers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from player.voice.drivers.table import Driver


def prepare() -> None:
    """Make the drivers known to pyttsx3; espeak-ng is not loaded, as Piper carries its own, and dies of two."""
    drivers.register()


def settle(engine: Any, request: Mapping[str, Any]) -> None:  # noqa: ANN401  (pyttsx3 publishes no types)
    """Settings are taken at once."""
    del engine, request


def load(engine: Any, text: str) -> None:  # noqa: ANN401  (pyttsx3 publishes no types)
    """Load what a first utterance such as this one would have to wait for."""
    engine.proxy._driver.get_ready(text)  # noqa: SLF001 (pyttsx3 has no other way to what a driver can besides)


def facts(driver: Driver) -> dict[str, Any]:
    """What is installed of all that a driver stands on: versions decide how a voice sounds."""
    return {"version": ", ".join(f"{name} {_version(name)}" for name in driver.distributions)}


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
