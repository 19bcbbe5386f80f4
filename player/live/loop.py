"""The loop: listens to who is there, keeps the loudspeaker fed, and tells what is heard.

The rule: one thread, some twenty turns a second, and a turn waits for nothing but the next wish. It knows no keys, no
screen and no file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from player.live.controls.commands import Control
from player.live.observer import PlaybackState
from player.live.running import exit_code
from player.live.steering import steer

if TYPE_CHECKING:
    from player.live.controls.commands import AnyControl
    from player.live.running import RunningParticipants
    from player.live.transport import Transport

TURN_S: Final = 0.05
_NOTE_MS: Final = 1000


class Loop:
    """A session that is being heard, in company."""

    def __init__(self, transport: Transport, party: RunningParticipants) -> None:
        self._transport = transport
        self._party = party
        self._keys_shown = False
        self._noted = (-_NOTE_MS, False)

    def run(self) -> int | None:
        """Return when it is over: None if it was heard to its end, otherwise the exit code that was asked for.

        Raises
        ------
        DeviceError
            If the loudspeaker was lost, and nobody is there to wait for, or whoever waited has given up.
        """
        transport, wait_s = self._transport, 0.0
        while not transport.is_over:
            for control in self._party.asked(wait_s):
                if (code := exit_code(control)) is not None:
                    if transport.lost and not code:
                        raise transport.lost
                    return code
                self._take(control)
            transport.turn()
            if transport.lost and not self._party.company.waits:
                raise transport.lost
            self._tell()
            wait_s = TURN_S
        return None

    def _take(self, control: AnyControl) -> None:
        if control is Control.SHOW_KEYS:
            self._keys_shown = not self._keys_shown
        else:
            steer(self._transport, control)

    def _tell(self) -> None:
        transport, taste = self._transport, self._transport.taste
        self._party.show(
            PlaybackState(
                transport.place_ms,
                transport.is_paused,
                taste.volume_db,
                taste.has_background,
                transport.notice,
                self._keys_shown,
            )
        )
        keeper, (noted_ms, was_paused) = self._party.company.keeper, self._noted
        if transport.heard_ms >= noted_ms + _NOTE_MS or transport.is_paused != was_paused:
            self._noted = (transport.heard_ms, transport.is_paused)
            if keeper:
                keeper.reached(transport.place_ms, transport.heard_ms)
