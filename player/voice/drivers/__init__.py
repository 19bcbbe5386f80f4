"""Drivers for pyttsx3 that speak with natural voices, without a network: ``hibari`` and ``piper``.

They need nothing else of this program, and work in any other that uses pyttsx3::

    import pyttsx3
    from player.voice import drivers

    drivers.register()
    engine = pyttsx3.init("hibari")
    engine.setProperty("rate", 144)  # words a minute inside a phrase
    engine.save_to_file("Let your shoulders drop.", "shoulders.wav")
    engine.runAndWait()

`modelled` is what both have in common; `table` tells what each driver can, pyttsx3's own included.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

OWN: Final = ("hibari", "piper")
"""The drivers that live here."""


def register() -> None:
    """Make our drivers known to pyttsx3 by their names; a package that is missing is told by ``pyttsx3.init``."""
    for name in OWN:
        sys.modules.setdefault(f"pyttsx3.drivers.{name}", import_module(f"{__name__}.{name}"))
