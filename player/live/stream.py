"""The stream: a programme on a deck, from any moment on, and how it gives way to another one.

How: there is one way to change what is heard. A new stream is mixed from the moment on that it is to begin with, and
laid over the tape ahead of the head, the old one going over into it in a short cross-fade. Its first piece is mixed
before the place for it is chosen, as the device does not wait.
The rule: nothing here waits either, and nothing here decides anything; that is the transport's business. What nobody
touches is the programme, sample for sample.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from player.live.device.fade_out import fade_out
from player.live.device.fades import crossfaded
from player.live.device.ringbuffer import FRAME_BYTES
from player.live.positions import PositionTrack
from player.units import FRAMES_PER_MS, RATE

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.live.device.device import OutputDevice
    from player.live.source import MixSource

FIRST_MS: Final = 1000
"""The first block is short, so that sound begins at once."""
BLOCK_MS: Final = 2000
PIECE_MS: Final = 500
"""What is mixed before a new stream is laid; the rest follows in the same turn."""

_SILENCE: Final = bytes(PIECE_MS * FRAMES_PER_MS * FRAME_BYTES)


class Stream:
    """A programme from ``start_ms`` on, on a deck that has nothing on it yet; it fades in over ``fade_ms``.

    Its methods raise `DeviceError` if there is no memory for the sound.
    """

    def __init__(self, reel: MixSource, deck: OutputDevice, start_ms: int, fade_ms: int = 0) -> None:
        self.deck = deck
        self._reel = reel
        self._next_ms = start_ms
        self._is_hushed = False
        deck.begin()
        sound = crossfaded(b"", reel.sound(start_ms, FIRST_MS), fade_ms * FRAMES_PER_MS)
        self._counted = deck.cut  # the lead-in may be over already
        self._course = PositionTrack(self._counted, start_ms * FRAMES_PER_MS)
        deck.lay(self._counted, sound)
        self._go_to(start_ms + _ms(sound))

    @property
    def heard_ms(self) -> int:
        """The moment of the programme that is heard now."""
        return self._moment_ms(self.deck.heard)

    @property
    def here_ms(self) -> int:
        """The moment at which a change can be heard, if it is made now."""
        return self._moment_ms(self.deck.cut)

    @property
    def is_over(self) -> bool:
        """Everything has been heard, to the end of the programme."""
        return self._is_whole and self.deck.is_done

    @property
    def is_used_up(self) -> bool:
        """Everything has been heard that its tape could hold, and the programme goes on."""
        return self.deck.is_done and not self._is_whole

    @property
    def is_ending(self) -> bool:
        """The device has taken all there is, so nothing can be changed any more."""
        return self._is_whole and self.here_ms >= self._reel.total_ms

    def count(self) -> int:
        """Frames of the programme that were heard since this was asked last."""
        before, self._counted = self._counted, max(self.deck.heard, self._counted)
        return 0 if self._is_hushed else self._counted - before

    def feed(self) -> bool:
        """Put the next block on the tape, if it is needed; whether it was."""
        if self._is_hushed:
            return self._feed_silence()
        ms = min(BLOCK_MS, self._reel.total_ms - self._next_ms)
        if ms <= 0 or self.deck.is_far_ahead(ms * FRAMES_PER_MS):
            return False
        if self.deck.left < ms * FRAMES_PER_MS:
            self.deck.finish()
            return False
        self._put(self._reel.sound(self._next_ms, ms))
        return True

    def go_on(self, start_ms: int, fade_ms: int) -> None:
        """The programme from another moment on."""
        sound = self._reel.sound(start_ms, PIECE_MS)
        cut = self.deck.cut
        self._course.lay(cut, start_ms * FRAMES_PER_MS)
        self._is_hushed = False
        self._lay(cut, sound, fade_ms)
        self._go_to(start_ms + _ms(sound))

    def change(self, fade_ms: int) -> None:
        """The same moments again, to another taste."""
        sound, late = b"", 0
        while late * FRAME_BYTES >= len(sound):  # not in time for its own place, if it took so long to mix
            cut = self._whole_ms(self.deck.cut)
            start_ms = self._moment_ms(cut)
            sound = self._reel.sound(start_ms, PIECE_MS)
            if not sound:
                return
            late = self._whole_ms(self.deck.cut) - cut
        self._lay(cut + late, sound[late * FRAME_BYTES :], fade_ms)
        self._go_to(start_ms + _ms(sound))

    def hush(self, stands_ms: int, fade_ms: int) -> None:
        """Silence, in which the programme stands at a moment."""
        cut = self.deck.cut
        self._course.hush(cut + fade_ms * FRAMES_PER_MS, stands_ms * FRAMES_PER_MS)
        self._is_hushed = True
        self._lay(cut, _SILENCE, fade_ms)

    def leave(self, sleep: Callable[[float], None]) -> None:
        """Fade out, if there is anything to be heard, and let go of the deck."""
        try:
            if not self._is_hushed:
                fade_out(self.deck, sleep)
        finally:
            self.deck.release()

    @property
    def _is_whole(self) -> bool:
        return not self._is_hushed and self._next_ms >= self._reel.total_ms

    def _feed_silence(self) -> bool:
        if self.deck.ahead < RATE and self.deck.left * FRAME_BYTES >= len(_SILENCE):
            self.deck.put(_SILENCE)
        return False

    def _put(self, sound: bytes) -> None:
        self.deck.put(sound)
        self._go_to(self._next_ms + _ms(sound))

    def _lay(self, cut: int, sound: bytes, fade_ms: int) -> None:
        fade = fade_ms * FRAMES_PER_MS
        self.deck.lay(cut, crossfaded(self.deck.read(cut, fade), sound, fade))

    def _go_to(self, next_ms: int) -> None:
        self._next_ms = next_ms
        if self._is_whole:
            self.deck.finish()

    def _moment_ms(self, frame: int) -> int:
        return min(self._course.moment(frame) // FRAMES_PER_MS, self._reel.total_ms)

    def _whole_ms(self, frame: int) -> int:
        """The first frame from there on that is the first of a millisecond of the programme."""
        return frame + -self._course.moment(frame) % FRAMES_PER_MS


def _ms(sound: bytes) -> int:
    return len(sound) // FRAME_BYTES // FRAMES_PER_MS
