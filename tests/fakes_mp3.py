"""Sounds that are hard for an MP3 encoder in different ways, and streams made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import signal

from player.export.mp3.writer import encoder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from player.export.mp3.writer import Mp3Writer

RATE: Final = 48_000


def noise(length: int, seed: int = 0) -> NDArray[np.float64]:
    white = np.random.default_rng(seed).normal(0, 300, (length, 2))
    return np.asarray(signal.lfilter([1], [1, -0.97], white, axis=0))


def tones(length: int, seed: int = 0) -> NDArray[np.float64]:
    at = np.arange(length)[:, None] / RATE
    return np.asarray(
        6000 * np.sin(2 * np.pi * 440 * at) + 3000 * np.sin(2 * np.pi * np.array([660.5, 661]) * at + seed)
    )


def silence(length: int, seed: int = 0) -> NDArray[np.float64]:
    return np.zeros((length, 2))


def clicks(length: int, seed: int = 0) -> NDArray[np.float64]:
    """One in every 200 ms or so: most frames change their block types."""
    random = np.random.default_rng(seed)
    sound = random.normal(0, 3, (length, 2))
    sound[random.integers(0, length, length // 9_000)] = 20_000
    return sound


def speech(length: int, seed: int = 0) -> NDArray[np.float64]:
    """Syllables: pulses or breath through three resonances, with gaps of nothing between."""
    random = np.random.default_rng(seed)
    sound, at = np.zeros((length, 2)), 0
    while at < length:
        spoken = _syllable(int(RATE * random.uniform(0.1, 0.35)), random)[: length - at, None]
        sound[at : at + len(spoken)] = spoken
        at += len(spoken) + int(RATE * random.uniform(0, 0.4))
    return sound


def _syllable(length: int, random: np.random.Generator) -> NDArray[np.float64]:
    pulses = np.diff(np.floor(np.arange(length) * random.uniform(90, 220) / RATE), prepend=0)
    sound = random.normal(0, 0.1, length) if random.random() < 0.3 else pulses
    for low, high in ((300, 800), (900, 2300), (2400, 3300)):
        turn = 2 * np.pi * random.uniform(low, high) / RATE
        sound = signal.lfilter([1], [1, -2 * 0.995 * np.cos(turn), 0.995**2], sound)
    sound = sound * np.hanning(length) ** 0.3
    return np.asarray(sound / (np.abs(sound).max() + 1e-9) * 8000 * random.uniform(0.3, 1))


def spoken_over_noise(length: int, seed: int = 0) -> NDArray[np.float64]:
    return speech(length, seed) + 0.2 * noise(length, seed)


def changing(length: int, seed: int = 0) -> NDArray[np.float64]:
    """All of them, in turn and abruptly."""
    random = np.random.default_rng(seed)
    parts: list[NDArray[np.float64]] = []
    while sum(map(len, parts)) < length:
        kind = (noise, tones, silence, speech)[random.integers(4)]
        parts.append(kind(int(RATE * random.uniform(0.2, 3)), len(parts)))
    return np.concatenate(parts)[:length]


SOUNDS: Final[dict[str, Callable[[int], NDArray[np.float64]]]] = {
    each.__name__: each for each in (noise, tones, silence, clicks, speech, spoken_over_noise, changing)
}


def samples(name: str, length: int, channels: int = 2) -> NDArray[np.int16]:
    """Shape ``(length, channels)``."""
    return np.clip(SOUNDS[name](length)[:, :channels], -32_000, 32_000).astype(np.int16)


def in_one_piece(sound: NDArray[np.int16], bitrate: int) -> bytes:
    lame = encoder(bitrate, sound.shape[1])
    return bytes(lame.encode(sound.tobytes()) + lame.flush())


def written(writer: Mp3Writer, path: Path, sound: NDArray[np.int16], piece: int = 96_000) -> Path:
    for at in range(0, len(sound), piece):
        writer.write(sound[at : at + piece].tobytes())
    writer.finish()
    return path
