"""A person's own take of a line: a sound file becomes a clip, trimmed, levelled by itself, its beat found.

The rule: a take is heard as it was spoken, at the loudness of a voice for such a line, a sentence or a count. Nothing
in its middle is cut, hurried or cleaned. What is before and after the speech is removed, by the take's own loudness and
its room's noise, as no room is as quiet as a speech engine. It is decoded once and found by its content. It does not
know which line it is, or where it is placed.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from player.errors import MediaError, printable
from player.sound.conform import decode
from player.sound.loudness import integrated_lufs
from player.sound.stem import COUNT_LUFS, DUAL_MONO_LU, TARGET_LUFS, momentary_lufs
from player.sound.stored import source_digest
from player.storage.facts import is_number, is_whole
from player.storage.store import Draft
from player.units import RATE, SAMPLE_WIDTH
from player.voice.beat import beat_ms
from player.voice.clips import Clip
from player.voice.take import SILENCE_DB

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from player.storage.entry import JSON, Entry, Scalar
    from player.storage.store import Store
    from player.techniques.cue import Utterance

LARGEST: Final = 100_000_000
"""Bytes of a file; five minutes of 24-bit stereo at 48 kHz are 86 million."""
LONGEST_S: Final = 300
MOST_GAIN_DB: Final = 30.0
"""More would make a room's noise as loud as a voice; a telephone on the table is about 25 dB too quiet."""

BELOW_DB: Final = 35.0
"""Under the loud part of a take nothing is speech: the weakest English consonant, th, lies 28 dB under the strongest
vowel (Fletcher, Speech and Hearing in Communication, 1953), and breath drawn before a sentence is mostly softer."""
OVER_NOISE_DB: Final = 6.0
LEAST_BELOW_DB: Final = 15.0
"""What is as loud as the room's noise is none either, as long as that is not nearly as loud as the voice."""
LEAD_MS: Final = 30
TAIL_MS: Final = 80
"""Kept before and after what can be heard, and faded: soft sounds begin and end slowly."""
SHORTEST_MS: Final = 50
"""What sounds for less and stands apart from the words is the click with which a recording was begun or ended."""
APART_MS: Final = 200

SCHEMA: Final = 2  # of what is done to a take: a new number reads every file again
_WINDOW_MS: Final = 10
_WINDOW: Final = RATE * _WINDOW_MS // 1000
_LOUD_MS: Final = 200  # the loud part: less than any word, more than any click
_QUIET_MS: Final = 50
_NOTHING: Final = 1e-12
_PEAK: Final = 0.9
_BEAT_WITHIN_S: Final = 3


def open_take(path: Path, utterance: Utterance, store: Store) -> Clip:
    """The take in a sound file as the clip of an utterance, taken from the store if it is there.

    Raises
    ------
    MediaError
        If the file cannot be read, is too large or too long, or is empty or silent.
    StoreError
        If it cannot be stored.
    """
    _must_be_small(path)
    levels: dict[str, JSON] = {"sentence_lufs": TARGET_LUFS, "count_lufs": COUNT_LUFS}
    fields: dict[str, JSON] = {"kind": "own take", "schema": SCHEMA, "source": source_digest(path, store), **levels}
    entry = store.get_or_make(fields, lambda: _draft(path), is_take)
    frames, beat = (cast("int", entry.facts[name]) for name in ("frames", "beat_ms"))
    level_db = float(str(entry.facts[f"{utterance.manner}_db"]))
    return Clip(utterance, "take", RATE, frames, beat, 0, (), entry, level_db)


def is_take(entry: Entry) -> bool:
    """Whether a stored take is sound of the length that its facts tell, with its beat inside and levels that exist."""
    frames, beat = entry.facts["frames"], entry.facts["beat_ms"]
    if not (is_whole(frames, 1, LONGEST_S * RATE) and frames * SAMPLE_WIDTH == entry.size):
        return False
    levels = is_number(entry.facts["sentence_db"]) and is_number(entry.facts["count_db"])
    return levels and is_number(entry.facts["missing_db"], 0.0) and is_whole(beat, 0, -(-frames * 1000 // RATE))


def missing_db(clip: Clip) -> float:
    """By how many dB a take is softer than the voice, as more gain would only make its noise loud."""
    return float(str(clip.entry.facts.get("missing_db", 0.0)))


def _must_be_small(path: Path) -> None:
    try:
        size = path.stat().st_size
    except OSError:
        return  # reading it gives the reason
    if size > LARGEST:
        raise MediaError(f"{_shown(path)}: a take may have {LARGEST // 10**6} MB, and it has {size // 10**6}; cut it")


def _draft(path: Path) -> Draft:
    said = trimmed(lambda: _in_one_channel(path))
    lufs = integrated_lufs(said[:, None], RATE) if len(said) else None
    if lufs is None:
        raise MediaError(f"{_shown(path)}: nothing can be heard in it; speak it again, or remove it")
    sentence_db, count_db = TARGET_LUFS - DUAL_MONO_LU - lufs, COUNT_LUFS - momentary_lufs(said, RATE)
    stored = _PEAK / float(np.abs(said).max())
    samples = np.rint(said * np.float32(stored * 32_768)).astype("<i2")
    facts: dict[str, Scalar] = {
        "frames": len(samples),
        "beat_ms": round(beat_ms(samples[: _BEAT_WITHIN_S * RATE], RATE)),
        "sentence_db": min(sentence_db, MOST_GAIN_DB) - 20 * math.log10(stored),
        "count_db": min(count_db, MOST_GAIN_DB) - 20 * math.log10(stored),
        "missing_db": max(0.0, sentence_db - MOST_GAIN_DB),
    }
    return Draft(facts, [samples.tobytes()])


def _in_one_channel(path: Path) -> Iterator[NDArray[np.float32]]:
    frames = 0
    for block in decode(path):
        frames += len(block)
        if frames > LONGEST_S * RATE:
            raise MediaError(f"{_shown(path)}: a take may last {LONGEST_S // 60} minutes, and it lasts longer; cut it")
        yield block.mean(axis=1)


def trimmed(blocks: Callable[[], Iterable[NDArray[np.float32]]]) -> NDArray[np.float32]:
    """What is spoken in a sound, with soft edges; empty where nothing is.

    Parameters
    ----------
    blocks
        Makes blocks of one channel at 48 kHz, shape ``(frames,)``, full scale 1.0. It is called a second time, since a
        long take is mostly silence, which need not be held.
    """
    levels, frames, offset = _levels(blocks())
    span = _speech_span(levels)
    if span is None:
        return np.empty(0, np.float32)
    first, last = span[0] * _WINDOW, min(span[1] * _WINDOW, frames)
    start, stop = max(0, first - LEAD_MS * RATE // 1000), min(frames, last + TAIL_MS * RATE // 1000)
    said = _piece(blocks(), start, stop)
    said -= np.float32(offset)
    said[: first - start] *= _rise(first - start)
    said[len(said) - (stop - last) :] *= _rise(stop - last)[::-1]
    return said


def _rise(frames: int) -> NDArray[np.float32]:
    return (0.5 - 0.5 * np.cos(np.pi * (np.arange(frames) + 0.5) / max(1, frames))).astype(np.float32)


def _levels(blocks: Iterable[NDArray[np.float32]]) -> tuple[NDArray[np.float64], int, float]:
    """The level of each window in dB below full scale, the frames, and the offset that some recorders add.

    What is slower than a window is no sound.
    """
    powers: list[NDArray[np.float64]] = []
    rest, frames, total = np.empty(0, np.float32), 0, 0.0
    for block in blocks:
        frames, total = frames + len(block), total + float(block.sum(dtype=np.float64))
        rest = np.concatenate((rest, block))
        whole = len(rest) // _WINDOW * _WINDOW
        powers.append(rest[:whole].reshape(-1, _WINDOW).var(axis=1, dtype=np.float64))
        rest = rest[whole:]
    if len(rest):
        powers.append(rest[None, :].var(axis=1, dtype=np.float64))
    power = np.concatenate([np.empty(0), *powers])
    return 10 * np.log10(power + _NOTHING), frames, total / max(1, frames)


def _piece(blocks: Iterable[NDArray[np.float32]], start: int, stop: int) -> NDArray[np.float32]:
    """The frames from ``start`` to ``stop``, in memory of their own."""
    piece, at = np.zeros(stop - start, np.float32), 0
    for block in blocks:
        part = block[max(0, start - at) : max(0, stop - at)]
        place = max(0, at - start)
        piece[place : place + len(part)] = part
        at += len(block)
    return piece


def _speech_span(levels: NDArray[np.float64]) -> tuple[int, int] | None:
    """The first window with speech in it, and the one behind the last."""
    if not len(levels):
        return None
    loud = float(np.median(np.sort(levels)[-_LOUD_MS // _WINDOW_MS :]))
    if loud < SILENCE_DB:
        return None
    noise = _noise_db(levels)
    threshold = max(loud - BELOW_DB, min(noise + OVER_NOISE_DB, loud - LEAST_BELOW_DB))
    sounds = _sounds(np.flatnonzero(levels >= threshold))
    words = [sound for sound in sounds if len(sound) * _WINDOW_MS >= SHORTEST_MS] or sounds
    return int(words[0][0]), int(words[-1][-1]) + 1


def _noise_db(levels: NDArray[np.float64]) -> float:
    """The quietest `_QUIET_MS` of a take."""
    width = min(_QUIET_MS // _WINDOW_MS, len(levels))
    power = np.convolve(10 ** (levels / 10), np.full(width, 1 / width), mode="valid")
    return 10 * math.log10(float(power.min()))


def _sounds(windows: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Windows with something in them, those together that are not `APART_MS` from each other."""
    return np.split(windows, np.flatnonzero(np.diff(windows) > APART_MS // _WINDOW_MS) + 1)


def _shown(path: Path) -> str:
    return printable(str(path))
