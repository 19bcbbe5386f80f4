"""The worker's adapter for our own drivers, ``hibari`` and ``piper``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from player.voice import drivers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from player.voice.drivers.table import Driver


def prepare() -> None:
    """Register the drivers. espeak-ng is not loaded: Piper has its own, and crashes with two."""
    drivers.register()


def settle(engine: Any, request: Mapping[str, Any]) -> None:  # noqa: ANN401  (pyttsx3 publishes no types)
    """Do nothing: settings apply at once."""
    del engine, request


def load(engine: Any, text: str) -> None:  # noqa: ANN401  (pyttsx3 publishes no types)
    """Load what a first utterance like this one would wait for."""
    engine.proxy._driver.get_ready(text)  # noqa: SLF001 (pyttsx3 has no other way to what a driver can besides)


def facts(driver: Driver) -> dict[str, Any]:
    """The versions of a driver's packages, as they decide how a voice sounds."""
    return {"version": ", ".join(f"{name} {driver.version_of(name)}" for name in driver.distributions)}
