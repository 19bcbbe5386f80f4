"""The transport: play, pause, seek and settings of a programme that is being heard.

It never waits: `Transport.tick` is called some twenty times a second, and does a little each time. Playing goes on at
the beginning of a step, after an `Entrance`; if the loudspeaker is lost, the programme pauses where it was heard last.

The steps that a key may lead to next are loaded beforehand, because opening a long clip takes up to a tenth of a
second.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from player.errors import DeviceError
from player.live.device.device import stopped
from player.live.entrance import FADE_IN_MS
from player.live.source import FULL_DB, clamped, louder, softer
from player.live.stream import PIECE_MS, Stream
from player.units import FRAMES_PER_MS

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.live.device.device import OutputDevice
    from player.live.entrance import Entrance
    from player.live.source import ListenerSettings, MixSource, SeekableMix
    from player.timeline.steps import Steps, TimelineStep

JOIN_MS: Final = 100
"""Cross-fade from one position to another, and out of silence; `player.timeline.steps.LEAD_MS` leaves room for it."""
PAUSE_MS: Final = 150
VOLUME_MS: Final = 40
BACKGROUND_MS: Final = 400
RELEASES_AFTER_S: Final = 5.0
"""A longer pause releases the loudspeaker, so that it can sleep."""
FULL_S: Final = 3.0
"""For so long it is told that the volume is full, when somebody asks for more."""


class Transport:
    """Plays a programme from ``start_ms`` on.

    Parameters
    ----------
    device
        An open device, to which nothing was written yet.
    open_device
        Opens another device for a number of frames: after a long pause, or when the loudspeaker was lost.
    clock
        Seconds; it never goes back.

    Attributes
    ----------
    notice
        A sentence for the listener about why it is paused; or an empty string.
    lost
        The error by which the loudspeaker was lost; None again when playing goes on.

    Raises
    ------
    DeviceError
        Any method: if there is no memory for the sound. `tick`: if no loudspeaker could be opened at the beginning.
    """

    def __init__(
        self,
        source: MixSource,
        steps: Steps,
        start_ms: int,
        device: OutputDevice,
        open_device: Callable[[int], OutputDevice],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.notice = ""
        self.lost: DeviceError | None = None
        self._source = source
        self._steps = steps
        self._open_device = open_device
        self._clock = clock
        self._entered = steps.beginning(start_ms)
        self._position_ms = self._entered.entry_ms  # where it goes on after a pause
        self._is_paused = False
        self._paused = 0.0
        self._counted = 0
        self._fade_ms = 0  # of a change of settings that the next tick makes
        self._full = -math.inf  # when it was told last that the volume is full
        self._nearby = _Nearby(source, steps)
        self._stream: Stream | None = Stream(source, device, self._entrance() if start_ms else None)

    @property
    def is_paused(self) -> bool:
        """Whether it is paused, for any reason."""
        return self._is_paused

    @property
    def is_over(self) -> bool:
        """Whether the programme has been heard to its end."""
        return self._stream is not None and self._stream.is_over

    @property
    def position_ms(self) -> int:
        """The position that is heard now; in a pause, the one at which it will go on."""
        return self._position_ms if self._is_paused or self._stream is None else self._stream.heard_ms

    @property
    def shown_ms(self) -> int:
        """The position to show: of a step that was entered a little before its beginning, the beginning."""
        at_ms, entered = self.position_ms, self._entered
        return entered.start_ms if entered.entry_ms <= at_ms < entered.start_ms else at_ms

    @property
    def is_full(self) -> bool:
        """Whether somebody has just made it as loud as it can be, or asked for more."""
        return self._clock() < self._full + FULL_S

    @property
    def heard_ms(self) -> int:
        """How long it has been heard, without the pauses."""
        return self._counted // FRAMES_PER_MS

    @property
    def here_ms(self) -> int:
        """The position from which on a change made now would be heard."""
        return self._here_ms

    @property
    def plays_whole(self) -> bool:
        """Whether the mix that is heard is the one for every position; see `exchange`."""
        return self._source.is_whole

    @property
    def settings(self) -> ListenerSettings:
        """The listener's settings."""
        return self._source.settings

    def tick(self) -> None:
        """Check the loudspeaker, and keep the ring filled."""
        if self._stream is not None and self._check(self._stream):
            self._tick(self._stream)

    def leave(self, sleep: Callable[[float], object] = time.sleep) -> None:
        """Fade out, and release the loudspeaker; it stays at the position before the fade. A second call does nothing.

        ``sleep`` may end the fade, as for `fade_out`.
        """
        if self._stream is not None:
            at_ms = self.position_ms
            try:
                self._stream.leave(sleep)
            finally:
                self._position_ms, self._stream = at_ms, None

    def pause(self, notice: str = "") -> None:
        """Fade out and pause; it will go on at the beginning of the step."""
        self.notice = notice or self.notice
        if self._is_paused or self._stream is None or self._stream.is_ending:
            return
        self._pause_at(self._stream.here_ms)
        self._stream.silence(self._position_ms, PAUSE_MS)

    def resume(self) -> None:
        """Go on at the beginning of the step; open the loudspeaker again if it was released."""
        if not self._is_paused:
            return
        self._is_paused, self.notice, self.lost = False, "", None
        self._source.leave_place()
        if self._stream is not None:
            self._stream.enter(self._entrance(), JOIN_MS)
        else:
            self._open()

    def pause_or_resume(self) -> None:
        """Resume if it is paused; otherwise pause."""
        (self.resume if self._is_paused else self.pause)()

    def step_back(self) -> None:
        """Go to the step before this one; in the first step, to its beginning."""
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
        """Go to the beginning of the step that contains a position."""
        self._go_to(self._steps.at(at_ms))

    def louder(self) -> None:
        """Two dB more, up to the programme as it was exported."""
        self.set_volume(louder(self.settings.volume_db))
        if self.settings.volume_db == FULL_DB:
            self._full = self._clock()

    def softer(self) -> None:
        """Two dB less, down to silence."""
        self._full = -math.inf
        self.set_volume(softer(self.settings.volume_db))

    def set_volume(self, db: float) -> None:
        """Set the volume; 0 is as exported, and the highest."""
        self._change_settings(replace(self.settings, volume_db=clamped(db)), VOLUME_MS)

    def switch_background(self) -> None:
        """Turn the background off, or on again."""
        self._change_settings(replace(self.settings, has_background=not self.settings.has_background), BACKGROUND_MS)

    def exchange(self, mix: SeekableMix, whole: SeekableMix, steps: Steps, fade_ms: int) -> None:
        """Go on with another mix of the same programme, in which every time is the same.

        Parameters
        ----------
        mix
            Heard from here on.
        whole
            Heard after any step to another position, or after a pause; ``steps`` are its own.
        """
        self._source.exchange(mix, whole)
        self._steps, self._nearby = steps, _Nearby(self._source, steps)
        self._fade_ms = max(self._fade_ms, fade_ms)

    @property
    def _here_ms(self) -> int:
        """The position that a control refers to: the one that is heard when the control can take effect."""
        return self._position_ms if self._is_paused or self._stream is None else self._stream.here_ms

    def _change_settings(self, settings: ListenerSettings, fade_ms: int) -> None:
        """Carried out in the next tick, so that a key that is held down makes one change, not many."""
        if settings != self.settings:
            self._source.settings = settings
            self._fade_ms = max(self._fade_ms, fade_ms)

    def _go_to(self, step: TimelineStep | None) -> None:
        if step is None or (self._stream is not None and self._stream.is_ending):
            return
        self._entered = step
        if self._is_paused:
            self._position_ms = step.entry_ms
        elif self._stream is not None:
            self._source.leave_place()
            self._stream.play_from(step.entry_ms, JOIN_MS)

    def _pause_at(self, at_ms: int) -> None:
        self._entered = self._steps.at(at_ms)
        self._position_ms, self._is_paused, self._paused = self._entered.entry_ms, True, self._clock()

    def _entrance(self) -> Entrance:
        """At the position at which it goes on. What has begun to sound before it fades in as slowly as a background."""
        is_cut = self._steps.is_within_sound(self._position_ms)
        return self._source.entrance(self._position_ms, FADE_IN_MS if is_cut else JOIN_MS)

    def _check(self, stream: Stream) -> bool:
        """Whether the loudspeaker still plays; otherwise pause where it was lost."""
        try:
            reason = stream.device.check()
        except DeviceError as error:
            if not self._counted:
                raise  # there never was one
            self._lose(stream, error)
            return False
        if reason:
            self._lose(stream, stopped(reason, self.position_ms))
            return False
        self._counted += stream.count()
        return True

    def _lose(self, stream: Stream, error: DeviceError) -> None:
        if not self._is_paused:
            self._pause_at(stream.heard_ms)
        self._stream, self.lost, self.notice = None, error, _notice_of(error)
        stream.device.release()

    def _tick(self, stream: Stream) -> None:
        if self._is_paused and self._clock() > self._paused + RELEASES_AFTER_S:
            self._stream = None
            stream.device.release()
        elif stream.is_used_up and not self._is_paused:
            self._pause_at(stream.heard_ms)
            stream.device.release()
            self._stream = None
            self.resume()
        else:
            self._play(stream)

    def _play(self, stream: Stream) -> None:
        if self._fade_ms and not self._is_paused:
            stream.remix(self._fade_ms)
        self._fade_ms = 0
        if not stream.feed():
            self._nearby.warm(self.position_ms)

    def _open(self) -> None:
        try:
            device = self._open_device((self._source.total_ms - self._position_ms) * FRAMES_PER_MS)
        except DeviceError as error:
            self._pause_at(self._position_ms)
            self.lost, self.notice = error, _notice_of(error)
            return
        self._stream = Stream(self._source, device, self._entrance())


class _Nearby:
    """Loads the steps that a key may lead to from here."""

    def __init__(self, source: MixSource, steps: Steps) -> None:
        self._source = source
        self._steps = steps
        self._here: TimelineStep | None = None
        self._due: list[TimelineStep] = []

    def warm(self, position_ms: int) -> None:
        """Load one of the steps around a position, if one is not loaded yet."""
        here = self._steps.at(position_ms)
        if here != self._here:
            around = (
                self._steps.before(position_ms),
                self._steps.after(position_ms),
                self._steps.section_after(position_ms),
            )
            self._here, self._due = here, [here, *(step for step in around if step is not None)]
        if self._due:
            self._source.warm(self._due.pop().entry_ms, PIECE_MS)


def _notice_of(error: DeviceError) -> str:
    """The error's sentence with another remedy: a key to press."""
    what = str(error).partition(";")[0]
    return f"{what[:1].upper()}{what[1:]}; space tries again."
