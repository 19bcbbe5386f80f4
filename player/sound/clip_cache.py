"""Clips at hand: those used last, and those that will be needed in a moment.

The rule: what was used last is kept up to a number of bytes, and each is made once while it is kept. What is to come
soon may be made in another thread meanwhile: most of that is resampling, which needs no interpreter. It does not know
what clips are made of.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final, Protocol

from pydub import AudioSegment

from player.units import CHANNELS, FRAMES_PER_MS, RATE, SAMPLE_WIDTH

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from concurrent.futures import Executor, Future

HELD_BYTES: Final = 16 * 2**20
"""Clips and tones kept for their next use: about a minute and a half of sound."""


class SessionClip(Protocol):
    """A clip in the session format: a pydub segment, or whatever is too long to be one."""

    def __getitem__(self, span: slice) -> AudioSegment:
        """What lies between two milliseconds of it."""
        ...


class ClipCache:
    """Clips and tones, the ones used last kept up to so many bytes."""

    def __init__(self, limit: int = HELD_BYTES) -> None:
        self._limit = limit
        self._bytes = 0
        self._clips: OrderedDict[Hashable, SessionClip] = OrderedDict()
        self._coming: dict[Hashable, Future[SessionClip]] = {}

    def expect(self, sound: Hashable, make: Callable[[Any], SessionClip], hands: Executor) -> None:
        """Have one made by other hands; what goes wrong is raised when it is asked for."""
        if sound not in self._clips and sound not in self._coming:
            self._coming[sound] = hands.submit(make, sound)

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
        made = self._coming.pop(sound).result() if sound in self._coming else make(sound)
        clip = self._clips[sound] = _whole(made) if isinstance(made, AudioSegment) else made
        self._bytes += _weight(clip)
        while self._bytes > self._limit and len(self._clips) > 1:
            self._bytes -= _weight(self._clips.popitem(last=False)[1])
        return clip

    def forget_coming(self) -> None:
        """No other hands are at work any more."""
        self._coming.clear()


def _weight(clip: SessionClip) -> int:
    """Bytes that it holds; what is no segment lies in the store."""
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
