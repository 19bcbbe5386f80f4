"""A loop that is read from its own long file, a stretch at a time, and never stored.

The rule: opening it takes as long for three hours as for ten minutes, and little memory. Stretches lie at fixed places
of the file, and each is decoded by itself, so a moment of the bed always has the same samples, wherever reading began.
Where a decoder cannot find a moment to the sample, a short fade from stretch to stretch hides it; where it can, both
are the same there. It does not know the bed's level at a time.

Its loudness is that of 10 seconds of every three minutes of its first half hour, which is what most sessions hear of
it. Of three hours of waves it reads within 0.2 LU of the whole, and takes a second where that takes minutes. A peak
that was not among them is limited, so that the sum of a session is kept under full scale.
"""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from player.errors import MediaError, printable
from player.sound.conform import seekable
from player.sound.ffmpeg import StandstillError
from player.sound.join import JOIN_FRAMES, joined
from player.sound.limiter import limit
from player.sound.loudness import Meter
from player.sound.resample import resample
from player.sound.sides import Balance, SidesMeter, is_balance
from player.sound.stored import REFERENCE_LUFS, file_state
from player.storage.facts import is_number
from player.storage.store import Draft
from player.units import CHANNELS, RATE, gain

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from player.sound.conform import SeekableSound
    from player.storage.store import JSON, Entry, Store

LONG_S: Final = 600
"""From this length on a file is long. Ten minutes in the store are 115 MB."""
_STRETCH_S: Final = 20
_STRETCH: Final = _STRETCH_S * RATE
_AROUND_S: Final = 1
"""Before and after a stretch, for what decoder, resampler and limiter need to settle."""
_FADE: Final = RATE // 20
_MEASURED_S: Final = 1800
_PIECE_S: Final = 10
_EVERY_S: Final = 180
_OVER_DB: Final = 1.0
"""A peak may be so much higher than any that was measured."""
SCHEMA: Final = 1
_LEAST_SCALE: Final = 1e-4  # 80 dB either way


@dataclass(frozen=True)
class _Level:
    """What is measured of a long file: see `LongLoop`; the offsets are those of its sides, before ``scale``."""

    scale: float
    ceiling_db: float
    left_offset: float
    right_offset: float
    mono_loss_db: float
    side: int
    side_gain: float


class LongLoop:
    """A loop that is read from a file.

    Attributes
    ----------
    length_frames
        Frames of one round of the loop.
    peak
        A magnitude that no sample passes.
    balance
        What one loudspeaker plays of it.
    """

    def __init__(self, sound: SeekableSound, level: _Level) -> None:
        self.length_frames = sound.seconds * RATE - JOIN_FRAMES
        self.peak = gain(level.ceiling_db) * 2**0.5  # two of them meet where the loop is joined
        self.balance = Balance(level.mono_loss_db, level.side, level.side_gain)
        self._sound, self._level = sound, level
        self._lock = threading.RLock()
        self._stretch = lru_cache(maxsize=3)(self._decoded)
        self._stands_still = False  # a minute for each of a night's stretches would be a day

    def read(self, start: int, frames: int) -> NDArray[np.float32]:
        """The bed from frame ``start`` of the programme on: float32, shape ``(frames, 2)``, at -18 LUFS.

        Raises
        ------
        MediaError
            If the file cannot be decoded at its beginning; where that is so later, it goes on with its beginning.
        """
        samples = np.empty((frames, CHANNELS), np.float32)
        filled = 0
        while filled < frames:
            at, left = (start + filled) % self.length_frames, frames - filled
            into = at - (self.length_frames - JOIN_FRAMES)
            if into < 0:
                part = self._of_file(at + JOIN_FRAMES, min(left, -into))
            else:
                left = min(left, JOIN_FRAMES - into)
                part = joined(self._of_file(at + JOIN_FRAMES, left), self._of_file(into, left), into)
            samples[filled : filled + len(part)] = part
            filled += len(part)
        return samples

    def _of_file(self, start: int, frames: int) -> NDArray[np.float32]:
        """The file from a frame on, levelled; from stretch to stretch it fades for 50 ms."""
        samples, filled = np.empty((frames, CHANNELS), np.float32), 0
        while filled < frames:
            index, skipped = divmod(start + filled, _STRETCH)
            count = min(frames - filled, _STRETCH - skipped)
            with self._lock:
                span = samples[filled : filled + count]
                span[:] = self._stretch(index)[skipped : skipped + count]
                if index and skipped < _FADE:
                    before = self._stretch(index - 1)[_STRETCH + skipped :][:count]
                    rise = ((np.arange(skipped, skipped + len(before)) + 0.5) / _FADE).astype(np.float32)[:, None]
                    span[: len(before)] += (before - span[: len(before)]) * (1 - rise)
            filled += count
        return samples

    def _decoded(self, index: int) -> NDArray[np.float32]:
        """A stretch and the fade after it, levelled and limited; what the file lacks there comes from its beginning."""
        first, around, level = index * _STRETCH_S, _AROUND_S if index else 0, self._level
        sound = np.empty((0, CHANNELS), np.float32)
        try:
            if not (index and self._stands_still):
                sound = self._sound.read(first - around, around + _STRETCH_S + _AROUND_S)
        except MediaError as error:
            if not index:
                raise
            self._stands_still = isinstance(error, StandstillError)
        offsets = np.array((level.left_offset, level.right_offset), np.float32)
        levelled = (resample(sound, self._sound.rate) - offsets) * np.float32(level.scale)
        stretch = limit(levelled, level.ceiling_db)[around * RATE :][: _STRETCH + _FADE]
        if len(lacking := self._filling(index, len(stretch))):
            stretch = np.concatenate((stretch, lacking))
        return stretch

    def _filling(self, index: int, frames: int) -> NDArray[np.float32]:
        """What goes on after so many frames of a stretch: a file may be damaged, or shorter than its header says."""
        if frames >= _STRETCH + _FADE:
            return np.empty((0, CHANNELS), np.float32)
        return self._stretch(0)[frames:] if index else np.zeros((_STRETCH + _FADE - frames, CHANNELS), np.float32)


def open_long_loop(path: Path, store: Store) -> LongLoop | None:
    """The bed in a long file, or None if the file is short, or its length cannot be told.

    Raises
    ------
    MediaError
        If the file cannot be read or decoded, or its first half hour is silent.
    StoreError
        If its level cannot be stored.
    """
    sound = seekable(path)
    if sound is None or sound.seconds < LONG_S:
        return None
    if (state := file_state(path)) is None:
        return LongLoop(sound, _measured(sound))
    made_from: dict[str, JSON] = {"kind": "long loop", "schema": SCHEMA, "lufs": REFERENCE_LUFS, **state}
    facts = store.get_or_make(made_from, lambda: Draft(asdict(_measured(sound)), ()), is_long_loop).facts
    return LongLoop(sound, _Level(**cast("dict[str, Any]", dict(facts))))


def is_long_loop(entry: Entry) -> bool:
    """Whether a stored level has all its fields, with values that sound can have."""
    facts = entry.facts
    whole = not entry.size and facts.keys() == {each.name for each in fields(_Level)}
    offsets = is_number(facts["left_offset"], -2.0, 2.0) and is_number(facts["right_offset"], -2.0, 2.0)
    scaled = is_number(facts["scale"], _LEAST_SCALE, 1 / _LEAST_SCALE) and is_number(facts["ceiling_db"])
    return whole and offsets and scaled and is_balance(facts)


def _measured(sound: SeekableSound) -> _Level:
    meter, sides = Meter(sound.rate), SidesMeter()
    for start_s in range(0, min(sound.seconds, _MEASURED_S) - _PIECE_S, _EVERY_S):
        piece = sound.read(start_s, _PIECE_S)
        for at in range(0, len(piece), sound.rate):
            second = piece[at : at + sound.rate]
            meter.add(second)
            sides.add(second)
    if (lufs := meter.lufs()) is None:
        text = "its first half hour is silent, so it cannot be a background; choose another or `none`"
        raise MediaError(f"{printable(str(sound.path))}: {text}")
    scale, balance = gain(REFERENCE_LUFS - lufs), sides.balance
    ceiling_db = float(20 * np.log10(sides.peak * scale)) + _OVER_DB
    left, right = map(float, sides.offsets)
    return _Level(scale, ceiling_db, left, right, balance.mono_loss_db, balance.side, balance.side_gain)
