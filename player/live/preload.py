"""What will be needed in a moment, loaded while the voice is waited for: where every word is new, half of the time.

The rule: nothing is loaded here that would not be loaded anyway, and the program does not end in the middle of it.
"""

from __future__ import annotations

import threading


def load_sound() -> None:
    """Begin to load what mixing needs, and return."""
    threading.Thread(target=_load_sound, name="loading").start()


def _load_sound() -> None:
    from player.sound import conform, headroom, mixdown, stem, tones  # noqa: F401, PLC0415 (this is what it is for)
    from player.voice import beat, clips  # noqa: F401, PLC0415
