"""The participants of a command that plays: the terminal, the desktop, the system, and the history.

This runs before anything plays, so it imports nothing heavy. Observers are made when the first sound is on its way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from player.cli._terminal import terminal_ui
from player.live.controls.inbox import Inbox
from player.live.controls.signals import signals
from player.live.participants import Participants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from player.live.participants import ProgressListener


def participants(
    *,
    plain: bool = False,
    quiet: bool,
    silent: bool = False,
    notes: Callable[[], Iterable[str]] = tuple,
    progress_listener: ProgressListener | None = None,
) -> Participants:
    """The participants on this machine.

    Parameters
    ----------
    plain, quiet, silent, notes
        As for `player.cli._terminal.terminal_ui`.
    progress_listener
        Hears how far each session was played, such as the history's recorder.
    """
    inbox = Inbox()
    ui = terminal_ui(plain=plain, quiet=quiet, silent=silent, notes=notes)
    return Participants(
        inbox,
        (signals,),
        ui.controls,
        ui.observers,
        ui.ticking,
        progress_listener,
        pauses_when_lost=ui.has_keys,
        add_job_part=ui.add_job_part,
        is_watched=ui.has_pacer,
        with_system=True,
    )
