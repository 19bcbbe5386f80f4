"""The voice stem: all speech of a session without the silences, and the one gain that brings it to its loudness.

The rule: loudness is measured on the stem, because long pauses make a whole programme read 1.4 to 4.8 LU too low. One
gain for all clips keeps the engine's own balance between a firm word and a soft one. The measurement is stored.
It knows no times.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from player.store import Draft

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from player.entry import JSON
    from player.store import Store
    from player.voice.clips import Clip

TARGET_LUFS: Final = -18.0
"""AES TD1008: speech at -18 LUFS, measured on the speech."""
STRETCH_S: Final = 60
"""The stem is measured in stretches, so that eight hours of it need no more memory than a minute."""
DUAL_MONO_LU: Final = 10 * math.log10(2)
"""A mono clip heard from two loudspeakers is this much louder (BS.1770 adds the channels' powers)."""


def gain_db(clips: Sequence[Clip], store: Store) -> float:
    """The gain in dB that brings the stem of these clips, in the order and as often as they are heard, to the target.

    No clips need no gain: 0.
    """
    if not clips:
        return 0.0
    names = [clip.entry.path.name for clip in clips]
    fields: dict[str, JSON] = {"kind": "stem", "target_lufs": TARGET_LUFS, "clips": names}
    entry = store.get_or_make(fields, lambda: Draft({"gain_db": TARGET_LUFS - _loudness(clips)}, ()))
    return float(str(entry.facts["gain_db"]))


def _loudness(clips: Sequence[Clip]) -> float:
    """Integrated loudness in LUFS: the power of the stretches, each weighed by its length."""
    from player.sound.loudness import integrated_lufs  # noqa: PLC0415 (slow to import, needed once a session)

    weighed = [(len(samples), integrated_lufs(samples, rate)) for samples, rate in _stretches(clips)]
    heard = [(length, lufs) for length, lufs in weighed if lufs is not None]
    if not heard:
        return TARGET_LUFS
    power = sum(length * 10 ** (lufs / 10) for length, lufs in heard) / sum(length for length, _ in heard)
    return 10 * math.log10(power) + DUAL_MONO_LU


def _stretches(clips: Iterable[Clip]) -> Iterator[tuple[np.ndarray, int]]:
    """The stem in stretches of about a minute: float samples in -1..1, shape (frames, 1), and their rate."""
    held: list[np.ndarray] = []
    rate = 0
    for clip in clips:
        if held and (clip.rate != rate or sum(map(len, held)) >= STRETCH_S * rate):
            yield np.concatenate(held)[:, None], rate
            held = []
        rate = clip.rate
        held.append(clip.samples() / np.float64(32768))
    if held:
        yield np.concatenate(held)[:, None], rate
