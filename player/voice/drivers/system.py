"""The worker's adapter for the drivers of Windows and macOS, ``sapi5`` and ``nsss``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from player.voice.drivers.table import Driver


def prepare() -> None:
    """Do nothing: the system has everything."""


def settle(engine: Any, request: Mapping[str, Any]) -> None:  # noqa: ANN401  (pyttsx3 publishes no types)
    """Keep the save queued until the run starts, or the run would end early. Settings apply at once."""
    del request
    engine.proxy.setBusy(True)


def facts(driver: Driver) -> dict[str, Any]:
    """Nothing: the system has no versions to report."""
    del driver
    return {}
