"""The playback loop: carries out controls, keeps the output device supplied, and shows what is heard.

It runs in one thread, some twenty times a second, and waits for nothing but the next control. It knows no keys, no
screen and no file.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from player.live.controls.commands import Control, ForcedPause, GoTo, SetVolume
from player.live.controls.signals import HANG_UPS
from player.live.observer import PlaybackState
from player.live.running import exit_code
from player.live.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.live.adjusting import Adjuster
    from player.live.controls.commands import AnyControl
    from player.live.running import RunningParticipants

TICK_S: Final = 0.05
_REPORT_MS: Final = 1000
_MEANINGS: Final[dict[Control, Callable[[Transport], None]]] = {
    Control.PAUSE_OR_RESUME: Transport.pause_or_resume,
    Control.PAUSE: Transport.pause,
    Control.RESUME: Transport.resume,
    Control.STEP_BACK: Transport.step_back,
    Control.STEP_ON: Transport.step_on,
    Control.REPEAT_STEP: Transport.repeat,
    Control.NEXT_SECTION: Transport.next_section,
    Control.LOUDER: Transport.louder,
    Control.SOFTER: Transport.softer,
    Control.BACKGROUND: Transport.switch_background,
}


class Loop:
    """The loop of one session, with its participants.

    Parameters
    ----------
    adjuster
        Changes guidance and the level of the background; None where there is nobody who could ask for it.
    """

    def __init__(self, transport: Transport, running: RunningParticipants, adjuster: Adjuster | None = None) -> None:
        self._transport = transport
        self._adjuster = adjuster
        self._running = running
        self._keys_shown = False
        self._reported = (-_REPORT_MS, False)

    def run(self) -> int | None:
        """Return None if the session was heard to its end, otherwise the exit code of the control that ended it.

        Raises
        ------
        DeviceError
            If the loudspeaker was lost, and nobody can ask for another one, or the listener gave up.
        """
        transport, wait_s = self._transport, 0.0
        while not transport.is_over:
            for control in self._running.controls(wait_s):
                if (code := exit_code(control)) is not None:
                    if transport.lost and not code:
                        raise transport.lost
                    return code
                self._carry_out(control)
            if self._adjuster:
                self._adjuster.tick(transport)
            transport.tick()
            if transport.lost and not self._running.participants.pauses_when_lost:
                raise transport.lost
            self._report()
            wait_s = TICK_S
        return None

    def leave(self) -> None:
        """Fade out, while the listener still sees what is heard; a second control that ends it ends the fade, too.

        But for hanging up: a window that is closed sends its signal more than once.
        """
        self._transport.leave(self._fading)

    def _fading(self, seconds: float) -> bool:
        code = self._running.wait(seconds)
        self._report()
        return code is not None and code not in HANG_UPS

    def _carry_out(self, control: AnyControl) -> None:
        if control is Control.SHOW_KEYS:
            self._keys_shown = not self._keys_shown
        elif not (self._adjuster and self._adjuster.carry_out(control, self._transport)):
            steer(self._transport, control)

    def _report(self) -> None:
        transport, settings, adjuster = self._transport, self._transport.settings, self._adjuster
        state = PlaybackState(
            transport.shown_ms,
            transport.is_paused,
            settings.volume_db,
            settings.has_background,
            transport.notice,
            self._keys_shown,
            transport.is_full,
        )
        if adjuster:
            notice = state.notice or adjuster.notice
            guide, bed_db, speaks = adjuster.guide, adjuster.bed_db, adjuster.speaks
            state = replace(state, notice=notice, guide=guide, bed_db=bed_db, speaks=speaks)
        self._running.show(state)
        listener, (reported_ms, was_paused) = self._running.participants.progress_listener, self._reported
        if transport.heard_ms >= reported_ms + _REPORT_MS or transport.is_paused != was_paused:
            self._reported = (transport.heard_ms, transport.is_paused)
            if listener:
                if adjuster:
                    listener.chose(adjuster.by_keys.guide, adjuster.by_keys.bed_db)
                listener.reached(transport.position_ms, transport.heard_ms)


def steer(transport: Transport, control: AnyControl) -> None:
    """Carry out a control; those that do not change what is heard do nothing here."""
    match control:
        case ForcedPause(notice):
            transport.pause(notice)
        case SetVolume(db):
            transport.set_volume(db)
        case GoTo(at_ms):
            transport.go_to(at_ms)
        case Control() if control in _MEANINGS:
            _MEANINGS[control](transport)
