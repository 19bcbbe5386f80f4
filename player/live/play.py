"""Playing live: one session, or the sessions of a programme one after another, through the output device.

A device takes as long to open as Python takes to load the rest. So where the device can wait for its sound, it is
opened first, and nothing heavy is loaded here before that. `player.live.playlist` plays.
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from player.live.participants import Participants
from player.live.preopen import DevicePreopener

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from player.live.adjusting import Adjustments
    from player.pipeline import Prepared, Progress
    from player.pipeline.turns import Turn
    from player.timeline.model import Timeline


def play(
    find_turns: Callable[[], Sequence[Turn]],
    start_ms: int = 0,
    *,
    confirm: Callable[[Turn], bool],
    announce: Callable[[Turn, Prepared], None],
    progress: Progress | None = None,
    resume_at: Callable[[Timeline, int], int] | None = None,
    participants: Participants | None = None,
    silent: bool = False,
    speaks: bool = True,
    adjusted: Callable[[Adjustments], object] | None = None,
) -> int:
    """Play sessions one after another, each to its end; the first one from ``start_ms`` on.

    ``find_turns`` returns the sessions; it is called while the device opens. ``confirm`` is called before each: it
    returns when the listener is ready, and whether that took an answer. ``announce`` is called when one is prepared.
    ``resume_at`` returns where the first really begins. ``silent`` opens no device. Without ``speaks``, no voice begins
    to load. ``adjusted`` is called at the end with the guidance and the level of the background that keys chose last.
    Returns the exit code: 0, or that of the signal that ended it. Raises `PlayerError` if a session cannot be made,
    `DeviceError` if there is no loudspeaker or it is lost, and `KeyboardInterrupt` after the fade.
    """
    with DevicePreopener(silent=silent) as preopener:
        from player.machine import A_COUNT, this_machine  # noqa: PLC0415 (after the device is opened)

        machine = this_machine(soon=A_COUNT if speaks else "")
        from player import pipeline  # noqa: PLC0415 (after the voice has begun to load)

        first, *others = find_turns()
        confirm(first)
        if first.known_ms is not None and resume_at is None:
            preopener.open_for(first.known_ms, start_ms)
        load_sound()
        ready = pipeline.prepare(first.requested, machine, progress)
        machine.engine.stop()  # if nothing had to be spoken, a voice process may still be waiting
        announce(first, ready)
        start_ms = resume_at(ready.timeline, start_ms) if resume_at else start_ms
        from player.live.playlist import Playlist  # noqa: PLC0415 (numpy and pydub, which are loaded meanwhile)

        with Playlist(preopener, participants or Participants(), others, machine) as playlist:
            try:
                return playlist.play_all(first, ready, start_ms, confirm, announce)
            finally:
                if adjusted:
                    adjusted(playlist.adjusted)


def load_sound() -> None:
    """Start to load what mixing needs, and return at once; where every word is new, this saves half of the time.

    The thread is no daemon, so the program does not end in the middle of an import.
    """
    threading.Thread(target=_load_sound, name="loading").start()


def _load_sound() -> None:
    with contextlib.suppress(RuntimeError):  # who presses Ctrl-C meanwhile ends Python, and no thread can start then
        from player.sound import conform, headroom, mixdown, stem, tones  # noqa: F401, PLC0415 (this is what it is for)
        from player.voice import beat, clips  # noqa: F401, PLC0415 (as above)
