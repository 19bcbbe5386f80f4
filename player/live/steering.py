"""Steering: a table of the transport's method for each control.

`player.live.controls.commands` says what a control means to a listener; `player.live.transport` carries it out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from player.live.controls.commands import Control, ForcedPause, GoTo, SetVolume
from player.live.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.live.controls.commands import AnyControl

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
