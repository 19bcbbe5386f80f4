"""The transport: what a listener may do with a programme that is being heard.

The rule: it never waits. It is turned some twenty times a second, and does a little each time. Whoever goes on, goes on
at the beginning of a step; whatever happens to the loudspeaker, the programme stands still where it was heard last.

What a key may lead to next is kept at hand, as to open a long clip takes up to a tenth of a second.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from player.errors import DeviceError
from player.live.device.device import stopped
from player.live.stream import PIECE_MS, Stream
from player.live.volume import clamped, louder, softer
from player.units import FRAMES_PER_MS

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.live.device.device import OutputDevice
    from player.live.source import ListenerSettings, MixSource
    from player.timeline.steps import Steps, TimelineStep

JOIN_MS: Final = 100
"""From one place to another, and out of silence; `player.timeline.steps.LEAD_MS` is there for it."""
PAUSE_MS: Final = 150
VOLUME_MS: Final = 40
BACKGROUND_MS: Final = 400
RESTS_AFTER_S: Final = 5.0
"""A longer pause lets go of the loudspeaker, so that it may sleep."""


class Transport:
    """A programme on its way to the ear, from ``start_ms`` on.

    Parameters
    ----------
    deck
        An open one, with nothing on it yet.
    open_deck
        Opens another one for so many frames: after a long pause, or when the loudspeaker was lost.
    clock
        Seconds; it never goes back.

    Attributes
    ----------
    notice
        A sentence for the listener about why it is paused; or nothing.
    lost
        How the loudspeaker was lost; None again as soon as it goes on.

    Raises
    ------
    DeviceError
        Any method: if there is no memory for the sound; and `turn`: if no loudspeaker could be opened at the beginning.
    """

    def __init__(
        self,
        reel: MixSource,
        steps: Steps,
        start_ms: int,
        deck: OutputDevice,
        open_deck: Callable[[int], OutputDevice],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.notice = ""
        self.lost: DeviceError | None = None
        self._reel = reel
        self._steps = steps
        self._open_deck = open_deck
        self._clock = clock
        self._place_ms = start_ms  # where it goes on, as long as it stands still
        self._is_paused = False
        self._paused = 0.0
        self._counted = 0
        self._fade_ms = 0  # of a change of taste that is yet to be made
        self._nearby = _Nearby(reel, steps)
        self._stream: Stream | None = Stream(reel, deck, start_ms)

    @property
    def is_paused(self) -> bool:
        """Whether it stands still, for whatever reason."""
        return self._is_paused

    @property
    def is_over(self) -> bool:
        """Whether the programme has been heard to its end."""
        return self._stream is not None and self._stream.is_over

    @property
    def place_ms(self) -> int:
        """What is heard now; where it stands still, where it will go on."""
        return self._place_ms if self._is_paused or self._stream is None else self._stream.heard_ms

    @property
    def heard_ms(self) -> int:
        """For how long it has been heard, without the pauses."""
        return self._counted // FRAMES_PER_MS

    @property
    def taste(self) -> ListenerSettings:
        """How the listener wants it."""
        return self._reel.taste

    def turn(self) -> None:
        """Look after the loudspeaker, and see that the tape does not run dry."""
        if self._stream is not None and self._is_well(self._stream):
            self._turn(self._stream)

    def leave(self, sleep: Callable[[float], None] = time.sleep) -> None:
        """Fade out, and let go of the loudspeaker; the place stays. A second time, this does nothing."""
        if self._stream is not None:
            try:
                self._stream.leave(sleep)
            finally:
                self._place_ms, self._stream = self.place_ms, None

    def pause(self, notice: str = "") -> None:
        """Fade out and stand still; it will go on at the beginning of the step."""
        self.notice = notice or self.notice
        if self._is_paused or self._stream is None or self._stream.is_ending:
            return
        self._stand_still(self._stream.here_ms)
        self._stream.hush(self._place_ms, PAUSE_MS)

    def resume(self) -> None:
        """Go on at the beginning of the step; with another loudspeaker, if that was let go."""
        if not self._is_paused:
            return
        self._is_paused, self.notice, self.lost = False, "", None
        if self._stream is not None:
            self._stream.go_on(self._place_ms, JOIN_MS)
        else:
            self._open()

    def pause_or_resume(self) -> None:
        """The one or the other."""
        (self.resume if self._is_paused else self.pause)()

    def step_back(self) -> None:
        """Go to the step before this one; again and again, as far as the beginning."""
        self._go_to(self._steps.before(self._here_ms))

    def step_on(self) -> None:
        """Go to the next step; in the last one nothing happens."""
        self._go_to(self._steps.after(self._here_ms))

    def repeat(self) -> None:
        """Begin this step again."""
        self._go_to(self._steps.at(self._here_ms))

    def next_section(self) -> None:
        """Go to the next section; in the last one nothing happens."""
        self._go_to(self._steps.section_after(self._here_ms))

    def go_to(self, at_ms: int) -> None:
        """Go to the step that a moment lies in."""
        self._go_to(self._steps.at(at_ms))

    def louder(self) -> None:
        """Two dB more, up to the programme as it was exported."""
        self.set_volume(louder(self.taste.volume_db))

    def softer(self) -> None:
        """Two dB less, down to silence."""
        self.set_volume(softer(self.taste.volume_db))

    def set_volume(self, db: float) -> None:
        """The volume; 0 is as exported, and the highest."""
        self._want(replace(self.taste, volume_db=clamped(db)), VOLUME_MS)

    def switch_background(self) -> None:
        """The background off, or on again."""
        self._want(replace(self.taste, has_background=not self.taste.has_background), BACKGROUND_MS)

    @property
    def _here_ms(self) -> int:
        """The moment that a wish is about: what is heard when it can be fulfilled."""
        return self._place_ms if self._is_paused or self._stream is None else self._stream.here_ms

    def _want(self, taste: ListenerSettings, fade_ms: int) -> None:
        """Carried out in the next turn: who holds a key down wants many things at once."""
        if taste != self.taste:
            self._reel.taste = taste
            self._fade_ms = max(self._fade_ms, fade_ms)

    def _go_to(self, step: TimelineStep | None) -> None:
        if step is None or (self._stream is not None and self._stream.is_ending):
            return
        if self._is_paused:
            self._place_ms = step.entry_ms
        elif self._stream is not None:
            self._stream.go_on(step.entry_ms, JOIN_MS)

    def _stand_still(self, at_ms: int) -> None:
        self._place_ms, self._is_paused, self._paused = self._steps.at(at_ms).entry_ms, True, self._clock()

    def _is_well(self, stream: Stream) -> bool:
        """Whether the loudspeaker is there still; otherwise it stands still where that was lost."""
        try:
            reason = stream.deck.check()
        except DeviceError as error:
            if not self._counted:
                raise  # there never was one
            self._lose(stream, error)
            return False
        if reason:
            self._lose(stream, stopped(reason, self.place_ms))
            return False
        self._counted += stream.count()
        return True

    def _lose(self, stream: Stream, error: DeviceError) -> None:
        if not self._is_paused:
            self._stand_still(stream.heard_ms)
        self._stream, self.lost, self.notice = None, error, _told(error)
        stream.deck.release()

    def _turn(self, stream: Stream) -> None:
        if self._is_paused and self._clock() > self._paused + RESTS_AFTER_S:
            self._stream = None
            stream.deck.release()
        elif stream.is_used_up and not self._is_paused:
            self._stand_still(stream.heard_ms)
            stream.deck.release()
            self._stream = None
            self.resume()
        else:
            self._play(stream)

    def _play(self, stream: Stream) -> None:
        if self._fade_ms and not self._is_paused:
            stream.change(self._fade_ms)
        self._fade_ms = 0
        if not stream.feed():
            self._nearby.keep(self.place_ms)

    def _open(self) -> None:
        try:
            deck = self._open_deck((self._reel.total_ms - self._place_ms) * FRAMES_PER_MS)
        except DeviceError as error:
            self._stand_still(self._place_ms)
            self.lost, self.notice = error, _told(error)
            return
        self._stream = Stream(self._reel, deck, self._place_ms, JOIN_MS)


class _Nearby:
    """What a key may lead to from here, kept at hand."""

    def __init__(self, reel: MixSource, steps: Steps) -> None:
        self._reel = reel
        self._steps = steps
        self._near: TimelineStep | None = None
        self._due: list[TimelineStep] = []

    def keep(self, place_ms: int) -> None:
        """Open one of the steps around a place, if any is not open yet."""
        here = self._steps.at(place_ms)
        if here != self._near:
            around = (self._steps.before(place_ms), self._steps.after(place_ms), self._steps.section_after(place_ms))
            self._near, self._due = here, [here, *(step for step in around if step is not None)]
        if self._due:
            self._reel.warm(self._due.pop().entry_ms, PIECE_MS)


def _told(error: DeviceError) -> str:
    """Its sentence with another remedy: for whoever can press a key."""
    what = str(error).partition(";")[0]
    return f"{what[:1].upper()}{what[1:]}; space tries again."
