"""Presets: the loudness and the other requirements of a place where files are published.

The rule: publishers of podcasts, broadcasts and audio books measure the whole file with a gated meter, and may send it
back. So the whole is measured here too, with its silences, and one gain lifts or lowers everything. Nobody measures a
file for falling asleep: there the voice alone decides, as otherwise the quietest sessions would have the loudest voice.
A mono file is measured as it is heard, from two loudspeakers: -19 LUFS on a meter that counts one channel is -16 in
stereo. Where a session cannot meet its preset, the user gets a sentence.

Numbers: podcasts -16 LUFS, give or take 1 (Apple), broadcast -23 LUFS, give or take 0.5 (EBU R128), audio books -23 to
-18 dB RMS with peaks under -3 dB, no music, and MP3 of a constant 192 kbit/s or more at 44.1 kHz (ACX), sleep -23 LUFS
with a long fade.

Measured: for a whole session the gated meter reads 0.2 to 7 LU less than for its voice (box-breathing -20.9 LUFS, pmr-7
-21.9, body-scan-back -22.7, the voice at -18 in each). Most sessions need a lift of 2 to 5 dB for a podcast. The lift
has a limit: lifted by 4, 5 and 6 dB, pmr-7 reads -18.4, -18.3 and -18.2. Beyond that the limiter removes what the gain
adds, and cuts more than 3 dB off 0.3, 2 and 6 % of the speech.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, Protocol

import numpy as np

from player import pipeline
from player.sound.loudness import Meter
from player.sound.master import PEAK_DB, Master
from player.sound.stem import TARGET_LUFS
from player.timeline.model import BedState
from player.units import CHANNELS, RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from player.pipeline import Prepared

MOST_LIFT_DB: Final = 5.0
"""The voice at -13 LUFS before it is limited; more would sound cut, and would hardly change the reading."""
_CLOSE_DB: Final = 0.1
_MOST_LIFTS: Final = 2
"""The limiter removes some of a lift, which is then corrected once."""


@dataclass(frozen=True)
class Preset:
    """The requirements of a place where files are published.

    Attributes
    ----------
    level_db
        LUFS, or dB RMS (of one channel, full scale 1.0).
    below_db, above_db
        How far from it a file may be.
    measure
        What the level is: the gated meter of the whole, the whole's mean power, or the gated meter of the voice.
    peak_db
        Highest sample, dBFS; half a dB is left for peaks that encoding adds.
    background
        Whether a background may be heard.
    fade_out_ms
        Shortest fade-out, if the session is at least four times as long.
    bitrate
        kbit/s of an MP3, if one is required.
    sample_rate
        Frames a second, if they are required.
    """

    level_db: float
    below_db: float = 1.0
    above_db: float = 1.0
    measure: Literal["lufs", "rms", "voice"] = "lufs"
    peak_db: float = PEAK_DB
    background: bool = True
    fade_out_ms: int = 0
    bitrate: int | None = None
    sample_rate: int | None = None


PRESETS: Final = {
    "podcast": Preset(-16.0),
    "broadcast": Preset(-23.0, 0.5, 0.5),
    "audiobook": Preset(-20.0, 3.0, 2.0, "rms", peak_db=-3.5, background=False, bitrate=192, sample_rate=44_100),
    "sleep": Preset(-23.0, measure="voice", fade_out_ms=60_000),
}
_UNITS: Final = {"lufs": "LUFS", "rms": "dB RMS", "voice": "LUFS"}


def suited(ready: Prepared, preset: Preset) -> Prepared:
    """The session with the preset's fade-out, and without a background if the preset has none."""
    timeline = ready.timeline
    fade_ms = max(timeline.fade_out_ms, min(preset.fade_out_ms, timeline.total_ms // 4))
    timeline = replace(timeline, fade_out_ms=fade_ms)
    if preset.background:
        return replace(ready, timeline=timeline)
    return replace(ready, timeline=replace(timeline, beds=(BedState(0, 0, None, 0.0, 0.0),)), beds={})


@dataclass(frozen=True)
class Mastering:
    """The master for a session, and the level that it then has, as ``preset`` measures it; None for silence."""

    preset: Preset
    master: Master
    level_db: float | None

    @property
    def shortfall(self) -> str:
        """Why the level is not the preset's, in a sentence; or empty."""
        preset, unit = self.preset, _UNITS[self.preset.measure]
        least_db, most_db = preset.level_db - preset.below_db, preset.level_db + preset.above_db
        if self.level_db is None or least_db <= self.level_db <= most_db:
            return ""
        return (
            f"The file has {self.level_db:.1f} {unit}, not {preset.level_db:.0f}: its silences count, and with more"
            " gain its voice would be cut."
        )


def mastering(ready: Prepared, preset: Preset, *, one_channel: bool = False) -> Mastering:
    """The master that brings a session (see `suited`) to the preset's level; to measure, it is mixed once or more."""
    found = Master(peak_db=preset.peak_db, one_channel=one_channel)
    if preset.measure == "voice":
        return Mastering(preset, replace(found, gain_db=preset.level_db - TARGET_LUFS), preset.level_db)
    level_db = _level_db(ready, found, preset, one_channel=one_channel)
    for _ in range(_MOST_LIFTS):
        if level_db is None:
            break
        gain_db = min(MOST_LIFT_DB, found.gain_db + preset.level_db - level_db)
        change_db, found = gain_db - found.gain_db, replace(found, gain_db=gain_db)
        if found.gain_db <= 0:  # nothing is limited, so nothing is lost
            return Mastering(preset, found, level_db + change_db)
        if abs(change_db) < _CLOSE_DB:
            break
        level_db = _level_db(ready, found, preset, one_channel=one_channel)
    return Mastering(preset, found, level_db)


def _level_db(ready: Prepared, at: Master, preset: Preset, *, one_channel: bool) -> float | None:
    """The level of the whole; None for silence."""
    meter: _PresetMeter = Meter(RATE) if preset.measure == "lufs" else _Rms()
    for block in pipeline.blocks(ready, master=at):
        channels = np.frombuffer(block.raw_data, "<i2").reshape(-1, CHANNELS) / np.float64(32_768)
        if one_channel:
            channels = np.repeat(channels.mean(axis=1, keepdims=True), CHANNELS, axis=1)
        meter.add(channels)
    return meter.lufs()


class _PresetMeter(Protocol):
    def add(self, block: NDArray[np.floating]) -> None: ...

    def lufs(self) -> float | None: ...


class _Rms:
    """The mean power of all samples in dB, with the methods of the gated meter."""

    def __init__(self) -> None:
        self._power, self._samples = 0.0, 0

    def add(self, block: NDArray[np.floating]) -> None:
        self._power += float((block**2).sum())
        self._samples += block.size

    def lufs(self) -> float | None:
        return 10 * math.log10(self._power / self._samples) if self._power else None
