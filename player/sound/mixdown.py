"""The mixdown: a timeline, its clips, tones and bed become a stream of blocks in the session format.

The rule: a block is a function of its time alone, so blocks of any length, begun anywhere, hold the same samples; and
the whole session is never in memory. The bed is rendered first (`player.sound.bed_renderer`); then clips and tones are
laid over it by pydub, at their millisecond. pydub adds in 16 bits and clips a sum over full scale without an error:
`player.sound.headroom` makes room for the sum beforehand.
It does not know where clips and beds come from, or where the blocks go.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from pydub import AudioSegment

from player.sound import voice_level
from player.sound.bed_renderer import FULL_SCALE, BedRenderer, rounded
from player.sound.clip_cache import ClipCache
from player.units import CHANNELS, FRAMES_PER_MS, RATE, SAMPLE_WIDTH, gain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterable
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from player.sound.bed_renderer import Readable
    from player.sound.clip_cache import SessionClip
    from player.techniques.cue import Tone
    from player.timeline.model import Cue, Timeline

BLOCK_MS: Final = 2000
"""Long enough that calls cost nothing, short enough for a processor's cache; twice or half of it is no quicker."""
SOON_MS: Final = 8000
"""Clips that begin this soon after a block are made while it is mixed."""

Layer = Literal["bed", "voice", "tones"]
LAYERS: Final[tuple[Layer, ...]] = ("bed", "voice", "tones")


def blocks(
    timeline: Timeline,
    *,
    open_clip: Callable[[Any], SessionClip],
    open_bed: Callable[[str], Readable],
    render_tone: Callable[[Tone], NDArray[np.float32]],
    start_ms: int = 0,
    block_ms: int = BLOCK_MS,
    first_block_ms: int | None = None,
    trim_db: float = 0.0,
    layers: Collection[Layer] = LAYERS,
) -> Generator[AudioSegment]:
    """The programme from ``start_ms`` to its end, block after block: 48 kHz, 16 bit, stereo.

    Parameters
    ----------
    open_clip
        The clip of a cue's utterance or recording in the session format, levelled and trimmed. Asked for again when it
        was not used for long.
    open_bed
        The bed of a name; asked for once.
    render_tone
        A tone, float32 of shape ``(frames, 2)`` in -1..1, at its level relative to the voice.
    first_block_ms
        Length of the first block, where sound must begin at once.
    trim_db
        Added to the level of tones and bed: what the whole is lowered by to make room, or raised by to be louder.
    layers
        What is to be heard, for stems.

    Raises
    ------
    ValueError
        If a clip is not in the session format: pydub would resample it silently, and badly.
    """
    mix = Mix(timeline, open_clip=open_clip, open_bed=open_bed, render_tone=render_tone, trim_db=trim_db)
    yield from mix.blocks(start_ms, block_ms, first_block_ms, layers)


def _segment(samples: NDArray[np.int16]) -> AudioSegment:
    """Samples of shape ``(frames, 2)`` as a pydub segment in the session format."""
    return AudioSegment(samples.tobytes(), sample_width=SAMPLE_WIDTH, frame_rate=RATE, channels=CHANNELS)


def _samples(segment: AudioSegment) -> NDArray[np.int16]:
    return np.frombuffer(segment.raw_data, np.int16).reshape(-1, CHANNELS)


class Mix:
    """The mix of one timeline: its bed, its cues by time, and the clips used last.

    Blocks may be read in any order. The parameters are those of `blocks`.
    """

    def __init__(
        self,
        timeline: Timeline,
        *,
        open_clip: Callable[[Any], SessionClip],
        open_bed: Callable[[str], Readable],
        render_tone: Callable[[Tone], NDArray[np.float32]],
        trim_db: float = 0.0,
    ) -> None:
        self._timeline = timeline
        self._open_bed = open_bed
        self._factor = gain(trim_db)
        self._cue_index = _CueIndex(timeline.cues)
        self._clip_cache = ClipCache()
        scale = np.float32(self._factor * FULL_SCALE)
        self._open: dict[Layer, Callable[[Any], SessionClip]] = {
            "voice": open_clip,
            "tones": lambda tone: _segment(rounded(render_tone(tone) * scale).astype(np.int16)),
        }

    def blocks(
        self,
        start_ms: int = 0,
        block_ms: int = BLOCK_MS,
        first_block_ms: int | None = None,
        layers: Collection[Layer] = LAYERS,
    ) -> Generator[AudioSegment]:
        """The programme from ``start_ms`` to its end, block after block; see `blocks`."""
        at, end, executor = start_ms, start_ms + (first_block_ms or block_ms), ThreadPoolExecutor(1, "clips")
        try:
            while at < self._timeline.total_ms:
                self._prefetch(end, end + SOON_MS, layers, executor)
                yield self.block(at, min(end, self._timeline.total_ms), layers)
                at, end = end, end + block_ms
        finally:
            executor.shutdown(cancel_futures=True)
            self._clip_cache.forget_pending()

    def block(self, start_ms: int, end_ms: int, layers: Collection[Layer] = LAYERS) -> AudioSegment:
        """The programme between two moments."""
        start, frames = start_ms * FRAMES_PER_MS, (end_ms - start_ms) * FRAMES_PER_MS
        block = self._bed_renderer.render(start, frames) if "bed" in layers else np.zeros((frames, CHANNELS), np.int16)
        for cue in self._cue_index.between(start_ms, end_ms):
            if (layer := _layer(cue)) not in layers:
                continue
            clip = self._clip_cache.of(cue.sound, self._open[layer])
            part = clip[max(start_ms - cue.start_ms, 0) : min(end_ms, cue.end_ms) - cue.start_ms]
            at = max(cue.start_ms - start_ms, 0) * FRAMES_PER_MS
            _lay(part, block[at : at + int(part.frame_count())])
        if self._timeline.voice_level:
            voice_level.apply(self._timeline.voice_level, block, start_ms)
        return _segment(block)

    def _prefetch(self, start_ms: int, end_ms: int, layers: Collection[Layer], executor: Executor) -> None:
        for cue in self._cue_index.between(start_ms, end_ms):
            if (layer := _layer(cue)) in layers:
                self._clip_cache.prefetch(cue.sound, self._open[layer], executor)

    @cached_property
    def _bed_renderer(self) -> BedRenderer:
        return BedRenderer(self._timeline, self._open_bed, self._factor)


def _lay(part: AudioSegment, under: NDArray[np.int16]) -> None:
    """Lay a clip over what is there, in place; pydub copies what it is given, so it is given no more than that."""
    if len(under):
        under[:] = _samples(_segment(under).overlay(part))


def _layer(cue: Cue) -> Layer:
    return "tones" if cue.is_tone else "voice"


class _CueIndex:
    """Cues in the order in which they begin, found by time."""

    def __init__(self, cues: Iterable[Cue]) -> None:
        self._cues = sorted(cues, key=lambda cue: cue.start_ms)
        self._starts = [cue.start_ms for cue in self._cues]
        # The latest end so far never decreases, so that the first cue still sounding at a moment can be bisected for.
        self._latest_ends = list(accumulate((cue.end_ms for cue in self._cues), max))

    def between(self, start_ms: int, end_ms: int) -> list[Cue]:
        first, last = bisect_right(self._latest_ends, start_ms), bisect_left(self._starts, end_ms)
        return [cue for cue in self._cues[first:last] if cue.end_ms > start_ms]
