"""How the worker serves the drivers of Windows and macOS, ``sapi5`` and ``nsss``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from player.voice.drivers.table import Driver


def prepare() -> None:
    """The system has everything."""


def settle(engine: Any, request: Mapping[str, Any]) -> None:  # noqa: ANN401  (pyttsx3 publishes no types)
    """Settings are taken at once; but a run ends early unless the save is still queued when it starts."""
    del request
    engine.proxy.setBusy(True)


def facts(driver: Driver) -> dict[str, Any]:
    """The system tells no versions."""
    del driver
    return {}
