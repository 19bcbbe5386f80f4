"""The clip cache: clips that were used last, and clips that are prefetched.

The rule: the clips used last are cached up to a number of bytes, and each is made once while it is cached. Clips that
are needed soon may be made in another thread: most of that work is resampling, which does not need the interpreter's
lock. It does not know what clips are made of.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final, Protocol

from pydub import AudioSegment

from player.units import CHANNELS, FRAMES_PER_MS, RATE, SAMPLE_WIDTH

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from concurrent.futures import Executor, Future

CACHE_BYTES: Final = 8 * 2**20
"""Clips and tones that are cached: about 45 s of sound. Twice as much took 9 MB more at the peak of three sessions, and
no less of a processor (0.74 to 1.2 s each)."""


class SessionClip(Protocol):
    """A clip in the session format: a pydub segment, or a sound too long to be one."""

    def __getitem__(self, span: slice) -> AudioSegment:
        """The sound between two milliseconds of it."""
        ...


class ClipCache:
    """Clips and tones; those used last are cached up to ``limit`` bytes."""

    def __init__(self, limit: int = CACHE_BYTES) -> None:
        self._limit = limit
        self._bytes = 0
        self._clips: OrderedDict[Hashable, SessionClip] = OrderedDict()
        self._pending: dict[Hashable, Future[SessionClip]] = {}

    def prefetch(self, sound: Hashable, make: Callable[[Any], SessionClip], executor: Executor) -> None:
        """Make one in another thread; an error is raised when the clip is read."""
        if sound not in self._clips and sound not in self._pending:
            self._pending[sound] = executor.submit(make, sound)

    def of(self, sound: Hashable, make: Callable[[Any], SessionClip]) -> SessionClip:
        """The clip of a sound.

        Raises
        ------
        ValueError
            If it is not in the session format.
        """
        if sound in self._clips:
            self._clips.move_to_end(sound)
            return self._clips[sound]
        made = self._pending.pop(sound).result() if sound in self._pending else make(sound)
        clip = self._clips[sound] = _whole(made) if isinstance(made, AudioSegment) else made
        self._bytes += _weight(clip)
        while self._bytes > self._limit and len(self._clips) > 1:
            self._bytes -= _weight(self._clips.popitem(last=False)[1])
        return clip

    def forget_pending(self) -> None:
        """Forget all prefetched clips, as their executor has ended."""
        self._pending.clear()


def _weight(clip: SessionClip) -> int:
    """Its bytes in memory; a clip that is no segment lies in the store."""
    return len(clip.raw_data) if isinstance(clip, AudioSegment) else 0


def _whole(clip: AudioSegment) -> AudioSegment:
    """The clip with its last millisecond filled: pydub counts in whole ones, and drops or invents the rest."""
    form = (clip.frame_rate, clip.sample_width, clip.channels)
    if form != (RATE, SAMPLE_WIDTH, CHANNELS):
        raise ValueError(f"a clip must have {(RATE, SAMPLE_WIDTH, CHANNELS)} as rate, width and channels, not {form}")
    width = FRAMES_PER_MS * SAMPLE_WIDTH * CHANNELS
    if missing := -len(clip.raw_data) % width:
        return clip._spawn(clip.raw_data + bytes(missing))  # noqa: SLF001 (pydub's own way to keep the format)
    return clip
