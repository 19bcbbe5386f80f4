"""The stream: it writes a programme to an output device, and changes what is already written.

There is one way to change what is heard: the sound is mixed from its new position on, and overwrites the ring ahead of
the head, with a short cross-fade from the old sound. The first piece is mixed before the frame for it is chosen,
because the device plays on meanwhile.
Nothing here waits, and nothing here decides; the transport does. An unchanged programme is played sample for sample.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from player.live.device.fades import crossfaded, fade_out
from player.live.device.ringbuffer import FRAME_BYTES
from player.units import FRAMES_PER_MS, RATE

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.live.device.device import OutputDevice
    from player.live.entrance import Entrance
    from player.live.source import MixSource

FIRST_MS: Final = 1000
"""The first block is short, so that sound starts at once."""
BLOCK_MS: Final = 2000
PIECE_MS: Final = 500
"""The piece that is mixed before the ring is overwritten; more follows in the same tick."""

_SILENCE: Final = bytes(PIECE_MS * FRAMES_PER_MS * FRAME_BYTES)


class PositionTrack:
    """The position of the programme at each frame of the ring: runs of the programme, and silences, in order.

    When the ring is overwritten from a frame on, that is recorded here, and everything recorded after that frame is
    dropped. So the position that is heard is exact, however often the ring was overwritten. All numbers are frames.

    Parameters
    ----------
    frame, position, enters
        The programme begins at this frame of the ring, as by `play_from`. The lead-in comes before it.
    """

    def __init__(self, frame: int, position: int, enters: int = 0) -> None:
        self._frames = [frame]
        self._positions = [position]
        self._enters = [enters]
        self._moves = [True]

    def play_from(self, frame: int, position: int, enters: int = 0) -> None:
        """From ``frame`` of the ring on, the programme plays from ``position`` on; `told` begins with ``enters``."""
        self._note(frame, position, enters, moves=True)

    def stand_from(self, frame: int, position: int) -> None:
        """From ``frame`` of the ring on there is silence, and the programme stands at ``position``."""
        self._note(frame, position, position, moves=False)

    def position(self, frame: int) -> int:
        """The position of the programme at a frame; in a silence, the one at which it stands."""
        index = self._index(frame)
        passed = max(frame - self._frames[index], 0) if self._moves[index] else 0
        return self._positions[index] + passed

    def told(self, frame: int) -> int:
        """The position as the listener knows it: in an entrance, the one that is entered."""
        return max(self.position(frame), self._enters[self._index(frame)])

    def _index(self, frame: int) -> int:
        return max(bisect_right(self._frames, frame) - 1, 0)

    def _note(self, frame: int, position: int, enters: int, *, moves: bool) -> None:
        keep = max(bisect_right(self._frames, frame - 1), 0)
        self._frames[keep:] = [frame]
        self._positions[keep:] = [position]
        self._enters[keep:] = [enters]
        self._moves[keep:] = [moves]


class Stream:
    """Plays a programme on a new device: from its beginning, or from an entrance on.

    In an entrance, the programme stands at the entrance's position until its words are heard.
    The methods raise `DeviceError` if there is no memory for the sound.
    """

    def __init__(self, source: MixSource, device: OutputDevice, entrance: Entrance | None = None) -> None:
        self.device = device
        self._source = source
        self._entrance = entrance
        self._is_silent = False
        self._counted = 0
        start_ms = entrance.start_ms if entrance else 0
        sound = source.sound(start_ms, FIRST_MS, entrance)
        start = device.cut  # the lead-in may be over already
        self._begin(start, start_ms)
        device.overwrite(start, sound)
        self._go_to(start_ms + _ms(sound))

    @property
    def heard_ms(self) -> int:
        """The position of the programme that is heard now."""
        return self._position_ms(self.device.heard)

    @property
    def here_ms(self) -> int:
        """The position from which on a change made now would be heard."""
        return self._position_ms(self.device.cut)

    @property
    def is_over(self) -> bool:
        """Whether the programme has been heard to its end."""
        return self._is_whole and self.device.is_done

    @property
    def is_used_up(self) -> bool:
        """Whether the device's buffer has been played to its end before the programme ended."""
        return self.device.is_done and not self._is_whole

    @property
    def is_ending(self) -> bool:
        """Whether the device has taken all sound, so that nothing can be changed any more."""
        return self._is_whole and self.here_ms >= self._source.total_ms

    def count(self) -> int:
        """Frames of the programme that were heard since the last call."""
        before, self._counted = self._counted, max(self.device.heard, self._counted)
        return 0 if self._is_silent else self._counted - before

    def feed(self) -> bool:
        """Write the next block to the ring if it is needed; return whether it was."""
        if self._is_silent:
            return self._feed_silence()
        ms = min(BLOCK_MS, self._source.total_ms - self._next_ms)
        if ms <= 0 or self.device.is_far_ahead(ms * FRAMES_PER_MS):
            return False
        if self.device.left < ms * FRAMES_PER_MS:
            self.device.finish()
            return False
        self._put(self._source.sound(self._next_ms, ms, self._entrance))
        return True

    def play_from(self, start_ms: int, fade_ms: int) -> None:
        """Play the programme from another position on."""
        sound = self._source.sound(start_ms, PIECE_MS)
        cut = self.device.cut
        self._entrance, self._is_silent = None, False
        self._track.play_from(cut, start_ms * FRAMES_PER_MS)
        self._overwrite(cut, sound, fade_ms)
        self._go_to(start_ms + _ms(sound))

    def enter(self, entrance: Entrance, fade_ms: int) -> None:
        """Play the programme from an entrance on, after a silence, which may still be fading in."""
        sound = self._source.sound(entrance.start_ms, PIECE_MS, entrance)
        cut = self.device.cut
        self._entrance, self._is_silent = entrance, False
        self._begin(cut, entrance.start_ms)
        self._overwrite(cut, sound, fade_ms)
        self._go_to(entrance.start_ms + _ms(sound))

    def remix(self, fade_ms: int) -> None:
        """Mix the same positions again, with the source's new settings."""
        sound, late = b"", 0
        while late * FRAME_BYTES >= len(sound):  # mixing took so long that the device has taken these frames
            cut = self._whole_ms(self.device.cut)
            start_ms = self._track.position(cut) // FRAMES_PER_MS
            sound = self._source.sound(start_ms, PIECE_MS, self._entrance)
            if not sound:
                return
            late = self._whole_ms(self.device.cut) - cut
        self._overwrite(cut + late, sound[late * FRAME_BYTES :], fade_ms)
        self._go_to(start_ms + _ms(sound))

    def silence(self, stands_ms: int, fade_ms: int) -> None:
        """Fade to silence, in which the programme stands at a position."""
        cut = self.device.cut
        self._track.stand_from(cut + fade_ms * FRAMES_PER_MS, stands_ms * FRAMES_PER_MS)
        self._is_silent = True
        self._overwrite(cut, _SILENCE, fade_ms)

    def leave(self, sleep: Callable[[float], object]) -> None:
        """Fade out, if anything can be heard, and release the device."""
        try:
            if not self._is_silent:
                fade_out(self.device, sleep)
        finally:
            self.device.release()

    def _begin(self, frame: int, start_ms: int) -> None:
        """From ``frame`` of the ring on the programme plays; what is heard before it is not of the programme."""
        enters_ms = self._entrance.at_ms if self._entrance else start_ms
        self._track = PositionTrack(frame, start_ms * FRAMES_PER_MS, enters_ms * FRAMES_PER_MS)
        self._counted = frame + (enters_ms - start_ms) * FRAMES_PER_MS

    @property
    def _is_whole(self) -> bool:
        return not self._is_silent and self._next_ms >= self._source.total_ms

    def _feed_silence(self) -> bool:
        if self.device.ahead < RATE and self.device.left * FRAME_BYTES >= len(_SILENCE):
            self.device.put(_SILENCE)
        return False

    def _put(self, sound: bytes) -> None:
        self.device.put(sound)
        self._go_to(self._next_ms + _ms(sound))

    def _overwrite(self, cut: int, sound: bytes, fade_ms: int) -> None:
        fade = fade_ms * FRAMES_PER_MS
        self.device.overwrite(cut, crossfaded(self.device.read(cut, fade), sound, fade))

    def _go_to(self, next_ms: int) -> None:
        self._next_ms = next_ms
        if self._is_whole:
            self.device.finish()

    def _position_ms(self, frame: int) -> int:
        return min(self._track.told(frame) // FRAMES_PER_MS, self._source.total_ms)

    def _whole_ms(self, frame: int) -> int:
        """The next frame, from this one on, at which a millisecond of the programme starts."""
        return frame + -self._track.position(frame) % FRAMES_PER_MS


def _ms(sound: bytes) -> int:
    return len(sound) // FRAME_BYTES // FRAMES_PER_MS
