"""Presets: how loud a file is for where it goes, and what else is asked for there.

The rule: who receives a podcast, a broadcast or an audio book measures the whole of the file with a gated meter, and
may send it back; so the whole is measured here too, silences and all, and one gain lifts or lowers everything. Nobody
measures what plays one to sleep: there the voice alone decides, or else the quietest nights would have the loudest
voice. A mono file is measured as it is heard, from two loudspeakers: -19 LUFS on a meter that counts one channel is -16
in stereo. Whatever a session misses is told.

Numbers: podcasts -16 LUFS, give or take 1 (Apple), broadcast -23 LUFS, give or take 0.5 (EBU R128), audio books -23 to
-18 dB RMS with peaks under -3 dB and no music (ACX), sleep -23 LUFS with a long fade.

Measured: of a whole session the gated meter reads 0.2 to 7 LU less than of its voice (box-breathing -20.9 LUFS, pmr-7
-21.9, body-scan-back -22.7, the voice at -18 in each). Podcast's level takes a lift of 2 to 5 dB in most; three lines
show why there is a most. Lifted by 4, 5 and 6 dB, pmr-7 reads -18.4, -18.3 and -18.2: beyond that the limiter takes
what the gain gives, and cuts more than 3 dB off 0.3, 2 and 6 % of the speech.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, Protocol

from player import pipeline
from player.sound.master import PEAK_DB, Master
from player.timeline.model import BedState

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from player.pipeline import Prepared

MOST_LIFT_DB: Final = 5.0
"""The voice at -13 LUFS before it is limited; more would be heard as cut, and hardly move the meter."""
_CLOSE_DB: Final = 0.1
_MOST_LIFTS: Final = 2
"""The limiter takes some of a lift, which is then made up for once."""


@dataclass(frozen=True)
class Preset:
    """What is asked for.

    Attributes
    ----------
    level_db
        LUFS, or dB RMS (of one channel, full scale 1.0).
    below_db, above_db
        How far from it a file may be.
    measure
        The whole by the gated meter, the whole's mean power, or the voice alone by the meter.
    peak_db
        Highest sample, dBFS; half a dB is kept for what encoding adds.
    background
        Whether one may be heard.
    fade_out_ms
        At least so long, if the session is four times as long.
    bitrate
        kbit/s of an MP3 in stereo, where one is asked for.
    """

    level_db: float
    below_db: float = 1.0
    above_db: float = 1.0
    measure: Literal["lufs", "rms", "voice"] = "lufs"
    peak_db: float = PEAK_DB
    background: bool = True
    fade_out_ms: int = 0
    bitrate: int | None = None


PRESETS: Final = {
    "podcast": Preset(-16.0),
    "broadcast": Preset(-23.0, 0.5, 0.5),
    "audiobook": Preset(-20.0, 3.0, 2.0, "rms", peak_db=-3.5, background=False, bitrate=192),
    "sleep": Preset(-23.0, measure="voice", fade_out_ms=60_000),
}
_UNITS: Final = {"lufs": "LUFS", "rms": "dB RMS", "voice": "LUFS"}


def suited(ready: Prepared, preset: Preset) -> Prepared:
    """The session without what is not wanted there, and with its fade."""
    timeline = ready.timeline
    fade_ms = max(timeline.fade_out_ms, min(preset.fade_out_ms, timeline.total_ms // 4))
    timeline = replace(timeline, fade_out_ms=fade_ms)
    if preset.background:
        return replace(ready, timeline=timeline)
    return replace(ready, timeline=replace(timeline, beds=(BedState(0, 0, None, 0.0, 0.0),)), beds={})


@dataclass(frozen=True)
class Mastering:
    """What a session is given, and the level that it then has, as ``preset`` measures it; None for silence."""

    preset: Preset
    master: Master
    level_db: float | None

    @property
    def shortfall(self) -> str:
        """Why the level is not the one that was asked for, in a sentence; or nothing."""
        preset, unit = self.preset, _UNITS[self.preset.measure]
        least_db, most_db = preset.level_db - preset.below_db, preset.level_db + preset.above_db
        if self.level_db is None or least_db <= self.level_db <= most_db:
            return ""
        return (
            f"The file has {self.level_db:.1f} {unit}, not {preset.level_db:.0f}: its silences count, and with more"
            " gain its voice would be cut."
        )


def mastering(ready: Prepared, preset: Preset, *, one_channel: bool = False) -> Mastering:
    """What brings a session that `suited` the preset to its level; to measure the whole it is mixed once or more."""
    from player.sound.stem import TARGET_LUFS  # noqa: PLC0415 (numpy)

    found = Master(peak_db=preset.peak_db)
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
    import numpy as np  # noqa: PLC0415 (heavy)

    from player.sound.loudness import Meter  # noqa: PLC0415 (numpy and soxr)
    from player.units import CHANNELS, RATE  # noqa: PLC0415

    meter: _Meter = Meter(RATE) if preset.measure == "lufs" else _Rms()
    for block in pipeline.blocks(ready, master=at):
        sides = np.frombuffer(block.raw_data, "<i2").reshape(-1, CHANNELS) / np.float64(32_768)
        if one_channel:
            sides = np.repeat(sides.mean(axis=1, keepdims=True), CHANNELS, axis=1)
        meter.add(sides)
    return meter.lufs()


class _Meter(Protocol):
    def add(self, block: NDArray[np.floating]) -> None: ...

    def lufs(self) -> float | None: ...


class _Rms:
    """The mean power of all samples; it reads in dB what the other meter reads in LUFS."""

    def __init__(self) -> None:
        self._power, self._samples = 0.0, 0

    def add(self, block: NDArray[np.floating]) -> None:
        self._power += float((block**2).sum())
        self._samples += block.size

    def lufs(self) -> float | None:
        return 10 * math.log10(self._power / self._samples) if self._power else None
