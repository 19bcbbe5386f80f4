"""The sessions of one command, one after another.

Before the first sound, all scripts of a programme are read and planned, at about 20 ms a session. Speaking a whole week
could take a minute, so only the first session is spoken then. While a session plays, a thread prepares the next one
(`player.live.prefetch`).
"""

from __future__ import annotations

import shlex
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from player import pipeline
from player.errors import DeviceError
from player.live.adjusting import Adjuster, Adjustments
from player.live.device.device import EXPORT_INSTEAD
from player.live.device.noise import LEAD_IN_MS
from player.live.loop import Loop
from player.live.playback import new_transport
from player.live.prefetch import Prefetcher
from player.live.running import RunningParticipants

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from typing_extensions import Self

    from player.live.device.device import OutputDevice
    from player.live.participants import Participants
    from player.live.preopen import DevicePreopener
    from player.live.source import ListenerSettings
    from player.pipeline import Machine, Prepared
    from player.pipeline.turns import Turn

SILENCE_MS: Final = 2000
"""The silence between two sessions; the device is closed for most of it, and opens with its lead-in."""


def _naming(error: DeviceError, turn: Turn) -> DeviceError:
    """The error of a missing loudspeaker with the name of the session in it, where it has one for the command line."""
    if turn.request.script is not None:
        return error
    command = shlex.join(["player", "export", turn.request.session])
    return DeviceError(str(error).replace(EXPORT_INSTEAD, command), error.position_ms)


class Playlist:
    """Plays one session after another; each one starts with what the listener chose in the one before.

    Attributes
    ----------
    adjusted
        The guidance and the level of the background that were chosen last by keys.
    """

    def __init__(
        self, preopener: DevicePreopener, participants: Participants, others: Sequence[Turn], machine: Machine
    ) -> None:
        self._preopener = preopener
        self._others = others
        self._running = RunningParticipants(participants)
        self._speaking = threading.Lock()
        self._prefetcher = Prefetcher(others, machine, self._speaking)
        self.adjusted = Adjustments()
        self._settings: ListenerSettings | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.enter_context(self._running)
        self._stack.enter_context(self._prefetcher)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop preparing, and let the participants go."""
        self._stack.close()

    def play_all(
        self,
        first: Turn,
        ready: Prepared,
        start_ms: int,
        confirm: Callable[[Turn], bool],
        announce: Callable[[Turn, Prepared], None],
    ) -> int:
        """Play the first session from ``start_ms`` on, and the others; returns as `player.live.play.play`."""
        code = self.play(first, ready, start_ms)
        for turn in self._others:
            code = self.play_next(turn, confirm, announce) if code is None else code
        return code or 0

    def play_next(
        self, turn: Turn, confirm: Callable[[Turn], bool], announce: Callable[[Turn, Prepared], None]
    ) -> int | None:
        """Play a later session, after a short silence; returns as `play`."""
        ended = time.monotonic()
        ready = self._prefetcher.take()
        answered = confirm(turn)
        announce(turn, ready)
        silence_s = 0.0 if answered else ended + (SILENCE_MS - LEAD_IN_MS) / 1000 - time.monotonic()
        code = self._running.wait(silence_s)
        return self.play(turn, ready, 0) if code is None else code

    def play(self, turn: Turn, ready: Prepared, start_ms: int) -> int | None:
        """Play a session, and prepare the next one meanwhile; None if it was heard to its end, else an exit code."""
        device = self._preopener.take(ready.timeline.total_ms, start_ms)
        try:
            return self._play(turn, ready, start_ms, device)
        except DeviceError as failed:
            error = _naming(failed, turn)
            if not turn.programme:
                raise error from failed
            # The message says where to go on in a session; in a programme it must also name the session.
            where = "" if error.position_ms is None else f" of `player play {turn.request.session}`"
            raise DeviceError(f"in {turn.name}, {error}{where}", error.position_ms) from failed
        finally:
            device.release()

    def _play(self, turn: Turn, ready: Prepared, start_ms: int, device: OutputDevice) -> int | None:
        ready = ready.at_bed_level(self.adjusted.bed_db)
        adjuster = Adjuster(ready, self.adjusted, self._speaking)
        transport = new_transport(
            ready.timeline,
            pipeline.mix(ready),
            device,
            self._preopener.open,
            start_ms=start_ms,
            settings=self._settings,
        )
        listener, whole = self._running.participants.progress_listener, False
        if listener:
            listener.began(turn, ready, start_ms)
        try:
            try:
                transport.tick()  # writes some seconds ahead before the other participants are loaded
                self._prefetcher.begin()
                with self._running.session(ready.timeline):
                    code = self._run(Loop(transport, self._running, adjuster))
                whole = code is None
            finally:
                self._settings, self.adjusted = transport.settings, adjuster.by_keys
                transport.leave()
        finally:
            adjuster.close()
            if listener:
                listener.chose(self.adjusted.guide, self.adjusted.bed_db)
                listener.ended(transport.position_ms, transport.heard_ms, whole=whole)
        return code

    @staticmethod
    def _run(loop: Loop) -> int | None:
        """Run the loop, and fade out before the listener's screen is restored."""
        try:
            return loop.run()
        finally:
            loop.leave()
