"""Bitrates: which ones a format has, and which compression level of libsndfile comes close to one.

The rule: a bitrate is that of the whole file, in kbit/s. MP3 keeps it in every frame, Opus and AAC on average; Vorbis
has only a quality, which comes close. Pure numbers.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Final

from player.errors import UsageError

MP3: Final = (64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
"""Layer III's, from the least whose frames the Info frame fits into."""
RANGES: Final = {"ogg": (64, 320), "opus": (24, 320), "m4a": (64, 320), "m4b": (64, 320)}
OF_SPEECH: Final = 128
"""An MP3 without a background: Apple asks podcasts in stereo for 128 to 256."""
_USUAL: Final = {1: 96, 2: 160}
"""Of one channel and of two, in MP3 and AAC. Apple asks podcasts in mono for 64 to 128; for speech over noise in stereo
160 to 192 is advised (support.iono.fm)."""
_VORBIS: Final = {
    1: (48, 60, 66, 70, 78, 86, 105, 116, 128, 190, 270),
    2: (64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 500),
}
"""kbit/s at the qualities 0 to 10: libvorbis's own for two channels, measured on noise for one."""
_OPUS_LEAST, _OPUS_MOST = 6.0, 256.0
"""kbit/s a channel, between which libsndfile places its compression level."""

_LAME_SCALES: Final = {192: 0.97, 224: 0.98, 256: 1.0, 320: 1.0}
_LAME_SCALE: Final = 0.95
"""What LAME 3.100 multiplies all samples by before it encodes at a constant bitrate, against clipping (presets.c)."""


def usual(channels: int) -> int:
    """A good bitrate for speech over a background, in MP3 and AAC."""
    return _USUAL[channels]


def lost_db(form: str, bitrate: int | None) -> float:
    """How much softer the file is than the sound; measured on a tone, in one channel and in two."""
    return -20 * math.log10(_LAME_SCALES.get(bitrate or 0, _LAME_SCALE)) if form == "mp3" else 0.0


def must_be_possible(form: str, bitrate: int | None) -> None:
    """Refuse a bitrate that a format does not have.

    Raises
    ------
    UsageError
        With what is allowed.
    """
    if bitrate is None:
        return
    if form == "mp3":
        if bitrate not in MP3:
            raise UsageError(f"the bitrate must be one of {', '.join(map(str, MP3))}, not {bitrate}")
        return
    if form not in RANGES:
        raise UsageError(f"{form} keeps every sample and has no bitrate; leave it out")
    least, most = RANGES[form]
    if not least <= bitrate <= most:
        raise UsageError(f"the bitrate of {form} must be {least} to {most} kbit/s, not {bitrate}")


def vorbis_level(bitrate: int, channels: int) -> float:
    """The compression level, 0 best to 1 smallest, for libsndfile."""
    known = _VORBIS[channels]
    for quality, (low, high) in enumerate(pairwise(known)):
        if bitrate <= high:
            return 1 - (quality + max(0.0, (bitrate - low) / (high - low))) / 10
    return 0.0


def opus_level(bitrate: int, channels: int) -> float:
    """The compression level, 0 best to 1 smallest, for libsndfile."""
    level = (_OPUS_MOST - bitrate / channels) / (_OPUS_MOST - _OPUS_LEAST)
    return min(1.0, max(0.0, level))
