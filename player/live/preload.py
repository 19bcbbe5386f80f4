"""Loading modules in a thread while the voice speaks; where every word is new, this saves half of the time.

It loads only what is needed anyway. The thread is no daemon, so the program does not end in the middle of an import.
"""

from __future__ import annotations

import threading


def load_sound() -> None:
    """Start to load what mixing needs, and return at once."""
    threading.Thread(target=_load_sound, name="loading").start()


def _load_sound() -> None:
    from player.sound import conform, headroom, mixdown, stem, tones  # noqa: F401, PLC0415 (this is what it is for)
    from player.voice import beat, clips  # noqa: F401, PLC0415
