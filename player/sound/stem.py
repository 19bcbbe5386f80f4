"""The voice stem: all speech of a session without the silences, and the one gain that brings it to its loudness.

The rule: loudness is measured on the stem, because long pauses make a whole programme read 1.4 to 4.8 LU too low. One
gain for all clips keeps the engine's own balance between a firm word and a soft one. The measurement is stored.
It knows no times.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from player.sound.loudness import Meter
from player.store import Draft

if TYPE_CHECKING:
    from collections.abc import Sequence

    from player.entry import JSON
    from player.store import Store
    from player.voice.clips import Clip

TARGET_LUFS: Final = -18.0
"""AES TD1008: speech at -18 LUFS, measured on the speech."""
DUAL_MONO_LU: Final = 10 * math.log10(2)
"""A mono clip heard from two loudspeakers is this much louder (BS.1770 adds the channels' powers)."""

_SCHEMA: Final = 2  # of the measurement: a new number measures every stem again


def gain_db(clips: Sequence[Clip], store: Store) -> float:
    """The gain in dB that brings the stem of these clips, in the order and as often as they are heard, to the target.

    No clips need no gain: 0.
    """
    if not clips:
        return 0.0
    names = [clip.entry.path.name for clip in clips]
    fields: dict[str, JSON] = {"kind": "stem", "schema": _SCHEMA, "target_lufs": TARGET_LUFS, "clips": names}
    entry = store.get_or_make(fields, lambda: Draft({"gain_db": TARGET_LUFS - _loudness(clips)}, ()))
    return float(str(entry.facts["gain_db"]))


def _loudness(clips: Sequence[Clip]) -> float:
    """Integrated loudness in LUFS of the stem, heard from two loudspeakers; silence counts as the target itself."""
    meter = Meter(clips[0].rate)
    for clip in clips:
        meter.add(clip.samples()[:, None] / np.float64(32768))
    lufs = meter.lufs()
    return TARGET_LUFS if lufs is None else lufs + DUAL_MONO_LU
