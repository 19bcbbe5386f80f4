"""Plays a bundled session by the clock, without a sound: what the terminal does, and nothing else.

Run by tests in a terminal, and by hand: ``python tests/screen_driver.py box-breathing --from 50``.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from queue import Empty
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

from player.cli._terminal import terminal_ui
from player.errors import DeviceError
from player.live.controls.commands import AnyControl, Control
from player.live.controls.inbox import Inbox
from player.live.observer import PlaybackState
from tests.fakes_picture import bundled

if TYPE_CHECKING:
    from player.script.session import Session
    from player.timeline.model import Timeline

EVERY_S = 0.05


class SilentPlayback:
    """A session that plays by the clock."""

    def __init__(self, timeline: Timeline, start_ms: int) -> None:
        self.timeline = timeline
        self.state = PlaybackState(start_ms)
        self._since = time.monotonic()
        self._from_ms = start_ms
        self.is_over = False

    def elapse(self) -> None:
        if not self.state.is_paused:
            at = self._from_ms + round((time.monotonic() - self._since) * 1000)
            self.state = replace(self.state, at_ms=min(at, self.timeline.total_ms))
            self.is_over |= at >= self.timeline.total_ms

    def take(self, control: AnyControl) -> None:
        state, slots = self.state, self.timeline.slots
        number = max(n for n, slot in enumerate(slots) if slot.start_ms <= state.at_ms)
        steps = {Control.STEP_BACK: -1, Control.REPEAT_STEP: 0, Control.STEP_ON: 1}
        if control in (Control.PAUSE_OR_RESUME, Control.PAUSE, Control.RESUME):
            is_paused = not state.is_paused if control is Control.PAUSE_OR_RESUME else control is Control.PAUSE
            self.go(slots[number].start_ms)
            self.state = replace(self.state, is_paused=is_paused)
        elif control in steps:
            self.go(slots[max(0, number + steps[control])].start_ms)
        elif control is Control.NEXT_SECTION:
            self.go(min((s.start_ms for s in self.timeline.sections if s.start_ms > state.at_ms), default=0))
        elif control in (Control.LOUDER, Control.SOFTER):
            change = 2 if control is Control.LOUDER else -2
            self.state = replace(state, volume_db=min(0.0, state.volume_db + change))
        elif control is Control.BACKGROUND:
            self.state = replace(state, has_background=not state.has_background)
        elif control is Control.SHOW_KEYS:
            self.state = replace(state, keys_shown=not state.keys_shown)
        elif control is Control.QUIT:
            self.is_over = True

    def go(self, at_ms: int) -> None:
        self._since, self._from_ms = time.monotonic(), at_ms
        self.state = replace(self.state, at_ms=at_ms)


def play(session: Session, timeline: Timeline, start_ms: int, seconds: float, *, plain: bool, quiet: bool) -> None:
    inbox = Inbox()
    ui = terminal_ui(plain=plain, quiet=quiet, notes=lambda: session.safety)
    until = time.monotonic() + seconds
    with ExitStack() as stack:
        if ui.controls:
            stack.enter_context(ui.controls(inbox))
        observers, ticking = [make() for make in ui.observers], [make() for make in ui.ticking]
        for observer in observers:
            stack.callback(observer.end)
            observer.begin(timeline)
        playback = SilentPlayback(timeline, start_ms)
        while not playback.is_over and time.monotonic() < until:
            with suppress(Empty):
                playback.take(inbox.get(timeout=EVERY_S))
            playback.elapse()
            for observer in observers:
                observer.show(playback.state)
            for each in ticking:
                each.tick(is_paused=playback.state.is_paused)


def _crash(number: int, frame: object) -> None:
    raise DeviceError("the loudspeaker stopped")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("session")
    parser.add_argument("--from", dest="start", type=float, default=0)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--pid", type=Path, help="where to write the number of the process")
    parser.add_argument("--usage", action="store_true", help="tell the CPU time that it took")
    asked = parser.parse_args()
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, lambda number, _: sys.exit(128 + number))
    signal.signal(signal.SIGUSR1, _crash)
    session, timeline = bundled(asked.session)
    if asked.pid:
        asked.pid.write_text(str(os.getpid()))
    began, spent = time.monotonic(), time.process_time()
    try:
        play(session, timeline, round(asked.start * 1000), asked.seconds, plain=asked.plain, quiet=asked.quiet)
    except (KeyboardInterrupt, DeviceError) as error:
        sys.stderr.write(f"{str(error) or 'Stopped.'}\n")
        sys.exit(130 if isinstance(error, KeyboardInterrupt) else 1)
    finally:
        if asked.usage:
            share = (time.process_time() - spent) / (time.monotonic() - began)
            sys.stderr.write(f"{share:.2%} of a core, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss} kB\n")


if __name__ == "__main__":
    main()
