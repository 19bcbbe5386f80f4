"""Playing live: the pipeline's blocks, through the loudspeaker; of a programme, one session after another.

The rule: a device takes as long to open as Python takes to load the rest. So where the loudspeaker can wait for its
sound, it is opened first, and nothing heavy is loaded here before that. It stands beside the pipeline.

How much of a programme is known before the first sound: all of it as far as scripts tell, which is parsing and
planning, about 20 ms a session. To speak a whole week could take a minute, so only the first session is spoken then.
While a session plays, the next one is made ready in a thread: a problem that only the voice could tell of comes when
the present session has ended, not in the middle of it. Never more than two sessions are held, so memory stays flat.
"""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import Future, wait
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from player.errors import DeviceError, UsageError
from player.output.live.choice import available, choose
from player.output.live.edges import LEAD_IN_MS
from player.output.live.nobody import Nobody
from player.output.live.speaker import Speaker
from player.tasks.loading import load_sound
from player.tasks.practice.keeper import NOBODY, Keeper
from player.units import LONGEST_MS, timecode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from typing_extensions import Self

    from player.pipeline import Machine, Prepared, Progress
    from player.tasks.turns import Turn
    from player.timeline.model import Timeline

FIRST_BLOCK_MS: Final = 1000
"""The first block is short, so that sound begins at once."""
SILENCE_MS: Final = 2000
"""Between two sessions of a programme; the device is closed for most of it, and opens with its lead-in."""

_LOOK_EVERY_S: Final = 0.2  # Windows hears Ctrl-C only between two waits
_LEAVES_WITHIN_S: Final = 3.0


def play(
    ask: Callable[[], Sequence[Turn]],
    start_ms: int = 0,
    *,
    confirm: Callable[[Turn], bool],
    announce: Callable[[Turn, Prepared], None],
    progress: Progress | None = None,
    settle: Callable[[Timeline, int], int] | None = None,
    keeper: Keeper = NOBODY,
    silent: bool = False,
) -> None:
    """One session after another through the loudspeaker, the first from ``start_ms`` on, each to its end.

    Parameters
    ----------
    ask
        Tells what is to be heard; called once the loudspeaker is opening.
    confirm
        Called before each session, when the one before it has been heard to its end; returns when the listener is
        ready, and whether that took an answer.
    announce
        Called when a session is prepared, before its first sound.
    settle
        Tells where the first session really begins, from its timeline and ``start_ms``; None is just there.
    keeper
        Is told what is heard.
    silent
        No loudspeaker is asked for: time passes, and nothing is heard.

    Raises
    ------
    PlayerError
        With what stands in the way of a session, or if the first begins behind its end.
    DeviceError
        If there is no loudspeaker, or it is lost on the way.
    KeyboardInterrupt
        If the user ended it; the sound has faded by then.
    """
    with ExitStack() as stack:
        door = _Door(stack, start_ms, silent=silent)
        from player import pipeline  # noqa: PLC0415 (the rule above)

        first, *others = ask()
        confirm(first)
        if first.told_ms is not None and settle is None:
            door.open_for(first.told_ms, start_ms)
        load_sound()
        machine = pipeline.this_machine()
        ready = pipeline.prepare(first.request, machine, progress)
        announce(first, ready)
        if settle is not None:
            start_ms = settle(ready.timeline, start_ms)
        speaker = door.open_for(ready.timeline.total_ms, start_ms)
        with _Ahead(others, machine) as ahead:
            _hear(first, ready, speaker, start_ms, ahead, keeper)
            for turn in others:
                _play_next(turn, ahead, confirm, announce, keeper)


class _Door:
    """The way to the first loudspeaker: open already where it can wait, otherwise as soon as the length is told."""

    def __init__(self, stack: ExitStack, start_ms: int, *, silent: bool) -> None:
        self._stack = stack
        self._start_ms = start_ms
        self._open = _unheard if silent else Speaker
        self._opened = stack.enter_context(_waiting(start_ms)) if not silent and _can_wait() else None

    def open_for(self, total_ms: int, start_ms: int) -> Speaker:
        """The loudspeaker for a session of this length, from a moment of it on."""
        if start_ms >= total_ms:
            end, start = timecode(total_ms), timecode(start_ms)
            raise UsageError(f"the session ends at {end}, so it cannot begin at {start}")
        if self._opened is None or start_ms != self._start_ms:
            self._close()
            self._start_ms = start_ms
            self._opened = self._stack.enter_context(self._open(total_ms=total_ms, start_ms=start_ms))
        return self._opened

    def _close(self) -> None:
        if self._opened is not None:
            self._opened.abort()


def _play_next(
    turn: Turn,
    ahead: _Ahead,
    confirm: Callable[[Turn], bool],
    announce: Callable[[Turn, Prepared], None],
    keeper: Keeper,
) -> None:
    """A later session of a programme, a short silence after the one before it."""
    ended = time.monotonic()
    ready = ahead.take()
    answered = confirm(turn)
    announce(turn, ready)
    if not answered:
        time.sleep(max(0.0, ended + (SILENCE_MS - LEAD_IN_MS) / 1000 - time.monotonic()))
    _hear(turn, ready, Speaker(total_ms=ready.timeline.total_ms), 0, ahead, keeper)


def _hear(turn: Turn, ready: Prepared, speaker: Speaker, start_ms: int, ahead: _Ahead, keeper: Keeper = NOBODY) -> None:
    """A session to its end; as soon as it sounds, the next one is made ready."""
    from player import pipeline  # noqa: PLC0415 (the rule above)

    whole = False
    try:
        with speaker:
            blocks = pipeline.blocks(ready, start_ms, FIRST_BLOCK_MS)
            speaker.write(next(blocks))
            keeper.began(turn, ready, start_ms)
            ahead.begin()
            for block in blocks:
                speaker.write(block)
                keeper.reached(speaker.position_ms, speaker.position_ms - start_ms)
        whole = True
    except DeviceError as error:
        if not turn.programme:
            raise
        # Its sentence says from where to go on in a session; in a programme it must say in which.
        where = "" if error.position_ms is None else f" of `player play {turn.request.session}`"
        raise DeviceError(f"in {turn.name}, {error}{where}", error.position_ms) from error
    finally:
        keeper.ended(speaker.position_ms, speaker.position_ms - start_ms, whole=whole)


class _Ahead:
    """The next session, made ready in a thread while the present one plays; at most one at a time."""

    def __init__(self, turns: Sequence[Turn], machine: Machine) -> None:
        self._turns = iter(turns)
        self._machine = machine
        self._next: Future[Prepared] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop what is being spoken; a thread that is busy otherwise is left behind, and ends with the program."""
        until = time.monotonic() + _LEAVES_WITHIN_S
        while self._next and not self._next.done() and time.monotonic() < until:
            self._machine.engine.stop()
            wait([self._next], _LOOK_EVERY_S)

    def begin(self) -> None:
        """Begin with the next one; nothing happens if that is under way, or there is none."""
        if self._next is None and (turn := next(self._turns, None)):
            self._next = Future()
            threading.Thread(target=self._prepare, args=(turn, self._next), name="ahead", daemon=True).start()

    def take(self) -> Prepared:
        """The next one, as soon as it is ready.

        Raises
        ------
        PlayerError
            With what stands in its way.
        """
        self.begin()
        if self._next is None:
            raise IndexError("there is no other session")
        while not self._next.done():
            wait([self._next], _LOOK_EVERY_S)
        taken, self._next = self._next, None
        return taken.result()

    def _prepare(self, turn: Turn, ready: Future[Prepared]) -> None:
        from player import pipeline  # noqa: PLC0415 (the rule above)

        try:
            ready.set_result(pipeline.prepare(turn.request, self._machine))
        except BaseException as error:  # noqa: BLE001 (it is raised where the session is taken)
            ready.set_exception(error)


def _can_wait() -> bool:
    """Whether it will be miniaudio, which asks for sound as it needs it; simpleaudio must know the length first."""
    return choose(None, 0, os.environ, available())[0] == "miniaudio"


def _unheard(total_ms: int, start_ms: int) -> Speaker:
    return Speaker(total_ms=total_ms, start_ms=start_ms, kind="miniaudio", installed=("miniaudio",), spawn=Nobody)


def _waiting(start_ms: int) -> Speaker:
    """A loudspeaker that begins with its lead-in, for a session of any length."""
    speaker = Speaker(total_ms=start_ms + LONGEST_MS, start_ms=start_ms, kind="miniaudio")
    speaker.begin()
    return speaker
