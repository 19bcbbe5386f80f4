"""Timelines made by hand, and clips, tones and beds that are known sample by sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from pydub import AudioSegment

from player.techniques.cue import Tone, Utterance
from player.timeline.model import BedState, Cue, Section, Span, Timeline

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

FRAMES_PER_MS = 48


def state(
    start_ms: int, sound: str | None, over_ms: int = 0, under_db: float = -20.0, pauses_db: float = -16.0
) -> BedState:
    return BedState(start_ms, over_ms, sound, under_db, pauses_db)


def timeline(
    total_ms: int,
    *,
    speech: Iterable[tuple[int, int]] = (),
    beds: Sequence[BedState] = (),
    cues: Sequence[Cue] = (),
    fade_in_ms: int = 0,
    fade_out_ms: int = 0,
    fades_evenly: bool = False,
) -> Timeline:
    return Timeline(
        title="By hand",
        total_ms=total_ms,
        sections=(Section("All", 0),),
        cues=tuple(cues),
        speech=tuple(Span(start, end) for start, end in speech),
        beds=tuple(beds) or (state(0, "sea"),),
        fade_in_ms=fade_in_ms,
        fade_out_ms=fade_out_ms,
        fades_evenly=fades_evenly,
    )


def spoken(text: str, start_ms: int, end_ms: int) -> Cue:
    return Cue(start_ms, end_ms, start_ms, end_ms - start_ms, "speech", Utterance(text), text)


def sounded(start_ms: int, end_ms: int, level_db: float = -8.0, kind: Literal["tone", "chime"] = "tone") -> Cue:
    return Cue(start_ms, end_ms, start_ms, end_ms - start_ms, kind, Tone("in", end_ms - start_ms, level_db))


def segment(samples: NDArray[np.int16], rate: int = 48_000) -> AudioSegment:
    return AudioSegment(samples.tobytes(), sample_width=2, frame_rate=rate, channels=samples.shape[1])


def samples(segments: Iterable[AudioSegment]) -> NDArray[np.int16]:
    joined = b"".join(each.raw_data for each in segments)
    return np.frombuffer(joined, np.int16).reshape(-1, 2)


def steady(ms: int, value: int) -> AudioSegment:
    return segment(np.full((ms * FRAMES_PER_MS, 2), value, np.int16))


def murmur(ms: int, seed: int, peak: int = 8000) -> AudioSegment:
    return segment(np.random.default_rng(seed).integers(-peak, peak, (ms * FRAMES_PER_MS, 2), dtype=np.int16))


class Clips:
    """Opens clips by their text, and records each call."""

    def __init__(self, **clips: AudioSegment) -> None:
        self.clips = clips
        self.asked: list[str] = []

    def __call__(self, utterance: Utterance) -> AudioSegment:
        self.asked.append(utterance.text)
        return self.clips[utterance.text]


class NoiseBed:
    """A loop of noise a little longer than a second, which records what was read of it."""

    def __init__(self, seed: int = 0, level: float = 0.1) -> None:
        self.noise = np.random.default_rng(seed).normal(0, level, (50_021, 2)).astype(np.float32)
        self.reads: list[tuple[int, int]] = []
        self.length_frames = len(self.noise)
        self.loops: tuple[NoiseBed, ...] = (self,)

    def read(self, start: int, frames: int) -> NDArray[np.float32]:
        self.reads.append((start, frames))
        return self.noise[np.arange(start, start + frames) % len(self.noise)]


class SteadyBed:
    """An endless constant value."""

    length_frames = 1234

    def __init__(self, value: float = 1.0) -> None:
        self.value = value
        self.loops = (self,)

    def read(self, start: int, frames: int) -> NDArray[np.float32]:
        return np.full((frames, 2), self.value, np.float32)


def steady_tone(tone: Tone, peak: float = 0.5) -> NDArray[np.float32]:
    """A constant tone as loud as the voice at 0 dB."""
    return np.full((tone.length_ms * FRAMES_PER_MS, 2), peak * 10 ** (tone.level_db / 20), np.float32)
