"""The loudness of speech: all voices alike over their sentences, and all counted words alike.

The rule: loudness is measured on the stem, all sentences of a voice without the silences, because long pauses make a
whole programme read 1.4 to 4.8 LU too low. One gain for all sentences of a voice keeps its own balance between a firm
line and a soft one. Counted words are alone on their seconds, where each is compared with the one before: each has a
gain of its own. The measurements are stored. It knows no times.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from player.sound.loudness import loudest_lufs, lufs_of_steps, step_powers, true_peak_dbtp
from player.storage.facts import is_number
from player.storage.store import Draft

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from player.storage.entry import JSON, Entry
    from player.storage.store import Store
    from player.techniques.cue import Utterance
    from player.voice.clips import Clip

TARGET_LUFS: Final = -18.0
"""AES TD1008: speech at -18 LUFS, measured on the speech."""
DUAL_MONO_LU: Final = 10 * math.log10(2)
"""A mono clip from two loudspeakers is this much louder (BS.1770 adds the channels' powers)."""

# All 1,024 sentences of the bundled sessions, brought to -18 LUFS, and 41 words to count and breathe by; in LUFS of a
# window of 400 ms:        heart    joe  gmw/en  gmw/en-us
# loudest of a sentence    -14.3  -13.9   -15.0      -14.9   in the mean
# three quarters under     -16.8  -16.8   -16.8      -16.5   of all within sentences
# counts with its gain     -15.5  -16.0   -17.7      -17.1   in the mean
#   the softest            -18.0  -20.5   -20.2      -19.2
#   the loudest            -13.9  -12.3   -15.9      -14.8
# stem of all at -17       -18.7  -18.2   -18.4      -18.6   or, in box-breathing, -17.9, -17.1 and -17.9
# their highest peaks       -5.2   -0.8    -3.1       -4.0   dBTP at -17
COUNT_LUFS: Final = -17.0
"""Momentary loudness (400 ms) of a counted word: that of a firm moment in a sentence, and then the words of a counted
breath have a stem as loud as that of sentences."""
COUNT_PEAK_DBTP: Final = -2.2
"""No count is raised above this, where the limiter would cut it: no bundled session with any bundled background, as
loud as they are by default, has a lower ceiling. Only joe's "eight", "eighteen" and "nineteen" would be, at -0.8, -1.0
and -2.1 dBTP."""
MOST_LOWERED_LU: Final = 2.0
"""For its sake all counts of a voice are lowered together, so that they stay even, but by no more."""

_WINDOW_MS: Final = 400
_MOST_POWER: Final = 100.0  # full scale is 1, and its weighting adds 4 dB
SCHEMA: Final = 4  # of the measurements: a new number measures everything again


def gains_db(clips: Iterable[Clip], store: Store) -> dict[Utterance, float]:
    """The gain in dB of every utterance.

    Parameters
    ----------
    clips
        In the order and as often as they are heard.
    """
    voices: dict[str, list[Clip]] = {}
    for clip in clips:
        voices.setdefault(clip.voice, []).append(clip)
    gains: dict[Utterance, float] = {}
    for spoken in voices.values():
        sentences = [clip for clip in spoken if clip.utterance.manner == "sentence"]
        gains |= dict.fromkeys((clip.utterance for clip in sentences), _stem_gain_db(sentences, store))
        gains |= _count_gains_db([clip for clip in spoken if clip.utterance.manner == "count"], store)
    return gains


def _stem_gain_db(clips: Sequence[Clip], store: Store) -> float:
    """The gain that brings the stem of these clips to the target; no clips need no gain: 0."""
    if not clips:
        return 0.0
    names = list(map(_name, clips))
    fields: dict[str, JSON] = {"kind": "stem", "schema": SCHEMA, "target_lufs": TARGET_LUFS, "clips": names}
    entry = store.get_or_make(fields, lambda: Draft({"gain_db": TARGET_LUFS - _loudness(clips, store)}, ()), is_stem)
    return float(str(entry.facts["gain_db"]))


def _loudness(clips: Sequence[Clip], store: Store) -> float:
    """Integrated loudness in LUFS of the stem, heard from two loudspeakers; silence counts as the target itself."""
    distinct = {_name(clip): clip for clip in clips}
    powers = {name: _powers(clip, store) for name, clip in distinct.items()}
    lufs = lufs_of_steps(np.concatenate([powers[_name(clip)] for clip in clips]))
    return TARGET_LUFS if lufs is None else lufs + DUAL_MONO_LU


def _powers(clip: Clip, store: Store) -> NDArray[np.float64]:
    """What the loudness of a stem is made of; stored, so that one sentence more costs no measuring of all others."""
    fields: dict[str, JSON] = {"kind": "powers", "schema": SCHEMA, "clip": _name(clip)}
    entry = store.get_or_make(
        fields, lambda: Draft({}, (step_powers(_samples(clip), clip.rate).tobytes(),)), are_powers
    )
    return np.frombuffer(entry.payload())


def _count_gains_db(clips: Sequence[Clip], store: Store) -> dict[Utterance, float]:
    """The gain that makes each of these clips as loud as the others, however often it is heard."""
    if not clips:
        return {}
    counts = {_name(clip): clip for clip in clips}
    limits: dict[str, JSON] = {"target_lufs": COUNT_LUFS, "peak_dbtp": COUNT_PEAK_DBTP, "most_lu": MOST_LOWERED_LU}
    fields: dict[str, JSON] = {"kind": "counts", "schema": SCHEMA, **limits, "clips": sorted(counts)}
    entry = store.get_or_make(fields, lambda: Draft(_evened(counts), ()), are_counts)
    return {clip.utterance: float(str(entry.facts[_name(clip)])) for clip in clips}


def is_stem(entry: Entry) -> bool:
    """Whether a stored gain is one."""
    return not entry.size and is_number(entry.facts["gain_db"])


def are_powers(entry: Entry) -> bool:
    """Whether stored powers are some that sound can have; NaN is in no range."""
    powers = np.frombuffer(entry.payload())
    return bool(len(powers)) and bool(((powers >= 0) & (powers <= _MOST_POWER)).all())


def are_counts(entry: Entry) -> bool:
    """Whether there is a gain for every clip."""
    names = cast("list[str]", entry.made_from["clips"])
    return not entry.size and all(is_number(entry.facts[name]) for name in names)


def _evened(counts: Mapping[str, Clip]) -> dict[str, float]:
    """The gain in dB of each, by name."""
    levels = {name: momentary_lufs(_samples(clip), clip.rate) for name, clip in counts.items()}
    crests = [true_peak_dbtp(_samples(clip), clip.rate) - levels[name] for name, clip in counts.items()]
    together = min(COUNT_LUFS, max(COUNT_LUFS - MOST_LOWERED_LU, COUNT_PEAK_DBTP - max(crests)))
    return {name: together - lufs for name, lufs in levels.items()}


def momentary_lufs(samples: NDArray[np.floating], rate: int) -> float:
    """The most that a meter shows of a word with silence around it, heard from two loudspeakers, in LUFS.

    One channel, shape ``(frames,)``, full scale 1.0; silence counts as `COUNT_LUFS` itself.
    """
    missing = max(0, rate * _WINDOW_MS // 1000 - len(samples))
    lufs = loudest_lufs(np.pad(samples, (0, missing))[:, None], rate)
    return lufs + DUAL_MONO_LU if math.isfinite(lufs) else COUNT_LUFS


def _samples(clip: Clip) -> NDArray[np.float64]:
    return clip.samples() / np.float64(32_768)


def _name(clip: Clip) -> str:
    return clip.entry.path.name
