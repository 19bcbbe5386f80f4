"""Signals as controls: from the system, or from a hotkey without a desktop.

A handler only puts a control into the inbox; the playback loop carries it out. Ctrl-C is not handled here: it is a
`KeyboardInterrupt` as usual; Ctrl-Z belongs to `player.live.controls.job_control`. A signal that was ignored before
stays ignored, as ``nohup`` needs.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING, Final

from player.live.controls.commands import AnyControl, Control, Quit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from player.live.controls.inbox import Inbox

HANG_UPS: Final = frozenset({128 + 1, 128 + 21})
"""The exit codes where the terminal's window was closed: SIGHUP, and SIGBREAK on Windows, which is Ctrl-Break, too."""
_MEANINGS: Final[dict[str, AnyControl]] = {
    "SIGTERM": Quit(128 + 15),
    "SIGHUP": Quit(128 + 1),
    "SIGBREAK": Quit(128 + 21),
    "SIGUSR1": Control.PAUSE_OR_RESUME,
    "SIGUSR2": Control.STEP_ON,
}
"""By name, because no system has all of them."""


@contextlib.contextmanager
def signals(inbox: Inbox) -> Iterator[None]:
    """Handle signals in this context; Python allows that only in the main thread."""
    handlers = {}
    if threading.current_thread() is threading.main_thread():
        for number in (signal.Signals[name] for name in _MEANINGS if name in signal.Signals.__members__):
            handlers[number] = signal.getsignal(number)
    taken = {number: handler for number, handler in handlers.items() if handler not in {signal.SIG_IGN, None}}
    for number in taken:
        signal.signal(number, lambda number, _: inbox.put(_MEANINGS[signal.Signals(number).name]))
    try:
        yield
    finally:
        for number, handler in taken.items():
            signal.signal(number, handler)
