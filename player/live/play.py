"""Playing live: one session, or the sessions of a programme one after another, through the output device.

A device takes as long to open as Python takes to load the rest. So where the device can wait for its sound, it is
opened first, and nothing heavy is loaded here before that.

Before the first sound, all scripts of a programme are read and planned, at about 20 ms a session. Speaking a whole week
could take a minute, so only the first session is spoken then. While a session plays, a thread prepares the next one
(`player.live.prefetch`).
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from player.errors import DeviceError
from player.live.device.fades import LEAD_IN_MS
from player.live.participants import Participants
from player.live.preopen import DevicePreopener

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from player.live.device.device import OutputDevice
    from player.live.prefetch import Prefetcher
    from player.live.running import RunningParticipants
    from player.live.source import ListenerSettings
    from player.live.transport import Transport
    from player.pipeline import Prepared, Progress
    from player.pipeline.turns import Turn
    from player.timeline.model import Timeline

SILENCE_MS: Final = 2000
"""The silence between two sessions; the device is closed for most of it, and opens with its lead-in."""


def play(
    ask: Callable[[], Sequence[Turn]],
    start_ms: int = 0,
    *,
    confirm: Callable[[Turn], bool],
    announce: Callable[[Turn, Prepared], None],
    progress: Progress | None = None,
    settle: Callable[[Timeline, int], int] | None = None,
    participants: Participants | None = None,
    silent: bool = False,
    speaks: bool = True,
) -> int:
    """Play sessions one after another, each to its end; the first one from ``start_ms`` on.

    ``ask`` returns the sessions; it is called while the device opens. ``confirm`` is called before each: it returns
    when the listener is ready, and whether that took an answer. ``announce`` is called when one is prepared. ``settle``
    returns where the first really begins. ``silent`` opens no device. Without ``speaks``, no voice begins to load.
    Returns the exit code: 0, or that of the signal that ended it. Raises `PlayerError` if a session cannot be made,
    `DeviceError` if there is no loudspeaker or it is lost, and `KeyboardInterrupt` after the fade.
    """
    with ExitStack() as stack:
        preopener = stack.enter_context(DevicePreopener(silent=silent))
        from player.machine import A_COUNT, this_machine  # noqa: PLC0415 (after the device is opened)

        machine = this_machine(soon=A_COUNT if speaks else "")
        from player import pipeline  # noqa: PLC0415 (after the device is opened)
        from player.live.prefetch import Prefetcher  # noqa: PLC0415
        from player.live.preload import load_sound  # noqa: PLC0415
        from player.live.running import RunningParticipants  # noqa: PLC0415

        first, *others = ask()
        confirm(first)
        if first.known_ms is not None and settle is None:
            preopener.open_for(first.known_ms, start_ms)
        load_sound()
        ready = pipeline.prepare(first.requested, machine, progress)
        machine.engine.stop()  # if nothing had to be spoken, a voice process may still be waiting
        announce(first, ready)
        start_ms = settle(ready.timeline, start_ms) if settle else start_ms
        running = stack.enter_context(RunningParticipants(participants or Participants()))
        playlist = _PlaylistPlayer(preopener, running, stack.enter_context(Prefetcher(others, machine)))
        code = playlist.play(first, ready, start_ms)
        for turn in others:
            code = playlist.play_next(turn, confirm, announce) if code is None else code
        return code or 0


class _PlaylistPlayer:
    """Plays one session after another; each one starts with the volume and background of the one before."""

    def __init__(self, preopener: DevicePreopener, running: RunningParticipants, prefetcher: Prefetcher) -> None:
        self._preopener = preopener
        self._running = running
        self._prefetcher = prefetcher
        self._settings: ListenerSettings | None = None

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
        except DeviceError as error:
            if not turn.programme:
                raise
            # The message says where to go on in a session; in a programme it must also name the session.
            where = "" if error.position_ms is None else f" of `player play {turn.request.session}`"
            raise DeviceError(f"in {turn.name}, {error}{where}", error.position_ms) from error
        finally:
            device.release()

    def _play(self, turn: Turn, ready: Prepared, start_ms: int, device: OutputDevice) -> int | None:
        from player.live.loop import Loop  # noqa: PLC0415 (after the device is opened)

        transport = self._transport(ready, start_ms, device)
        listener, whole = self._running.participants.progress_listener, False
        if listener:
            listener.began(turn, ready, start_ms)
        try:
            try:
                transport.tick()  # writes some seconds ahead before the other participants are loaded
                self._prefetcher.begin()
                with self._running.session(ready.timeline):
                    code = Loop(transport, self._running).run()
                whole = code is None
            finally:
                self._settings = transport.settings
                transport.leave()
        finally:
            if listener:
                listener.ended(transport.position_ms, transport.heard_ms, whole=whole)
        return code

    def _transport(self, ready: Prepared, start_ms: int, device: OutputDevice) -> Transport:
        from player import pipeline  # noqa: PLC0415 (after the device is opened)
        from player.live.source import ListenerSettings, MixSource  # noqa: PLC0415
        from player.live.transport import Transport  # noqa: PLC0415
        from player.timeline.steps import Steps  # noqa: PLC0415

        source = MixSource(pipeline.mix(ready), ready.timeline.total_ms, self._settings or ListenerSettings())
        return Transport(source, Steps(ready.timeline), start_ms, device, self._preopener.open)
