"""Bitrates and sample rates: which ones a format has, and which compression level of libsndfile comes close to one.

The rule: a bitrate is that of the whole file, in kbit/s. MP3 keeps it in every frame, Opus and AAC on average; Vorbis
has only a quality, which comes close. Whatever an encoder would silently replace by another value is refused. Pure
numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from player.errors import UsageError
from player.units import CHANNELS, RATE

MP3: Final = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
"""MPEG-1 Layer III's, at 44.1 and 48 kHz."""
MP3_24_KHZ: Final = (32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
"""MPEG-2 Layer III's, from the least whose frames an Info frame fits into."""
RANGES: Final = {"ogg": (64, 320), "opus": (24, 320), "m4a": (24, 320), "m4b": (24, 320)}
_RANGES_24_KHZ: Final = {
    1: {"ogg": (48, 96), "opus": (24, 320), "m4a": (24, 96), "m4b": (24, 96)},
    2: {"ogg": (48, 192), "opus": (24, 320), "m4a": (24, 192), "m4b": (24, 192)},
}
"""By the number of channels. Asked for 320, ffmpeg's AAC gives 110 and 191 kbit/s, Vorbis 96 and 197 (measured)."""
_LOW_RATE: Final = 24_000
_NOT_OPUS: Final = 44_100
"""Opus is 48 kHz inside, and takes only whole fractions of it (RFC 6716, 2)."""
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
_VORBIS_24_KHZ: Final = {
    1: (36, 37, 43, 48, 53, 57, 64, 71, 79, 88, 96),
    2: (47, 48, 56, 64, 73, 86, 106, 127, 150, 174, 197),
}
"""The same at 24 kHz, measured on noise."""
_OPUS_LEAST, _OPUS_MOST = 6.0, 256.0
"""kbit/s a channel, between which libsndfile places its compression level."""

_LAME_SCALES: Final = {192: 0.97, 224: 0.98, 256: 1.0, 320: 1.0}
_LAME_SCALE: Final = 0.95
"""What LAME 3.100 multiplies all samples by before it encodes at a constant bitrate, against clipping (presets.c)."""


@dataclass(frozen=True)
class Quality:
    """How a file is encoded: kbit/s (None is the format's own), channels, and frames a second."""

    bitrate: int | None = None
    channels: int = CHANNELS
    rate: int = RATE


USUAL: Final = Quality()
"""The format's own, in the session format."""


def usual(channels: int) -> int:
    """A good bitrate for speech over a background, in MP3 and AAC."""
    return _USUAL[channels]


def lost_db(form: str, bitrate: int | None) -> float:
    """How much softer the file is than the sound; measured on a tone, in one channel and in two."""
    return -20 * math.log10(_LAME_SCALES.get(bitrate or 0, _LAME_SCALE)) if form == "mp3" else 0.0


def has_rate(form: str, rate: int) -> bool:
    """Whether a format has a sample rate."""
    return not (form == "opus" and rate == _NOT_OPUS)


def of_mp3(rate: int) -> tuple[int, ...]:
    """The bitrates of MP3 at a sample rate."""
    return MP3_24_KHZ if rate == _LOW_RATE else MP3


def must_be_possible(form: str, quality: Quality) -> None:
    """Refuse a bitrate or a sample rate that a format does not have.

    Raises
    ------
    UsageError
        With what is allowed.
    """
    bitrate, rate = quality.bitrate, quality.rate
    if not has_rate(form, rate):
        raise UsageError(f"{form} has no sample rate of {rate}; choose 48000 or 24000, or another format")
    if bitrate is None:
        return
    at = "" if rate != _LOW_RATE else f" at a sample rate of {rate}"
    if form == "mp3":
        if bitrate not in of_mp3(rate):
            raise UsageError(f"--bitrate{at} must be one of {', '.join(map(str, of_mp3(rate)))} kbit/s, not {bitrate}")
        return
    ranges = _RANGES_24_KHZ[quality.channels] if rate == _LOW_RATE else RANGES
    if form not in ranges:
        raise UsageError(f"{form} keeps every sample and has no bitrate; leave --bitrate out")
    least, most = ranges[form]
    if not least <= bitrate <= most:
        in_one = " in one channel" if at and quality.channels == 1 else ""
        raise UsageError(f"--bitrate for {form}{at}{in_one} must be {least} to {most} kbit/s, not {bitrate}")


def vorbis_level(bitrate: int, channels: int, rate: int = RATE) -> float:
    """The compression level, 0 best to 1 smallest, for libsndfile."""
    known = _VORBIS_24_KHZ[channels] if rate == _LOW_RATE else _VORBIS[channels]
    for quality, (low, high) in enumerate(pairwise(known)):
        if bitrate <= high:
            return 1 - (quality + max(0.0, (bitrate - low) / (high - low))) / 10
    return 0.0


def opus_level(bitrate: int, channels: int, rate: int = RATE) -> float:  # noqa: ARG001 (it is 48 kHz inside)
    """The compression level, 0 best to 1 smallest, for libsndfile."""
    level = (_OPUS_MOST - bitrate / channels) / (_OPUS_MOST - _OPUS_LEAST)
    return min(1.0, max(0.0, level))
