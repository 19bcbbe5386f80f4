"""Drivers for pyttsx3 that speak with natural voices, without a network: ``hibari`` and ``piper``.

They need no other part of this program, and work in every program that uses pyttsx3::

    import pyttsx3
    from player.voice import drivers

    drivers.register()
    engine = pyttsx3.init("hibari")
    engine.setProperty("rate", 144)  # words a minute inside a phrase
    engine.save_to_file("Let your shoulders drop.", "shoulders.wav")
    engine.runAndWait()

`modelled` is what both have in common; `table` lists what each driver can do, pyttsx3's own included.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

OWN: Final = ("hibari", "piper")
"""The drivers that live here."""


def register() -> None:
    """Register our drivers with pyttsx3 by their names. ``pyttsx3.init`` reports a missing package."""
    for name in OWN:
        sys.modules.setdefault(f"pyttsx3.drivers.{name}", import_module(f"{__name__}.{name}"))
