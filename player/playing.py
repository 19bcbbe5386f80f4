"""Playing live: the pipeline's blocks, through the loudspeaker.

The rule: a device takes as long to open as Python takes to load the rest. So where the loudspeaker can wait for its
sound, it is opened first, and nothing heavy is loaded here before that. It stands beside the pipeline.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from player.errors import UsageError
from player.output.live.choice import available, choose
from player.output.live.speaker import Speaker
from player.units import LONGEST_MS, timecode

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.pipeline import Prepared, Progress, Request

FIRST_BLOCK_MS: Final = 1000
"""The first block is short, so that sound begins at once."""


def play(
    ask: Callable[[], Request],
    start_ms: int = 0,
    *,
    announce: Callable[[Prepared], None],
    progress: Progress | None = None,
) -> None:
    """The session through the loudspeaker, from ``start_ms`` to its end.

    Parameters
    ----------
    ask
        Tells the request; called once the loudspeaker is opening.
    announce
        Called when all is prepared, before the session's first sound.

    Raises
    ------
    PlayerError
        With what stands in the way of the session, or if it begins behind its end.
    DeviceError
        If there is no loudspeaker, or it is lost on the way.
    KeyboardInterrupt
        If the user ended it; the sound has faded by then.
    """
    with ExitStack() as stack:
        opened: list[Speaker] = [stack.enter_context(_waiting(start_ms))] if _can_wait() else []

        def open_for(total_ms: int) -> None:
            if start_ms >= total_ms:
                end, start = timecode(total_ms), timecode(start_ms)
                raise UsageError(f"the session ends at {end}, so it cannot begin at {start}")
            if not opened:
                opened.append(stack.enter_context(Speaker(total_ms=total_ms, start_ms=start_ms)))

        from player import pipeline  # noqa: PLC0415 (the rule above)

        request = ask()
        if (told_ms := pipeline.told_length(request)) is not None:
            open_for(told_ms)
        ready = pipeline.prepare(request, pipeline.this_machine(), progress)
        open_for(ready.timeline.total_ms)
        announce(ready)
        for block in pipeline.blocks(ready, start_ms, FIRST_BLOCK_MS):
            opened[0].write(block)


def _can_wait() -> bool:
    """Whether it will be miniaudio, which asks for sound as it needs it; simpleaudio must know the length first."""
    return choose(None, 0, os.environ, available())[0] == "miniaudio"


def _waiting(start_ms: int) -> Speaker:
    """A loudspeaker that begins with its lead-in, for a session of any length."""
    speaker = Speaker(total_ms=start_ms + LONGEST_MS, start_ms=start_ms, kind="miniaudio")
    speaker.begin()
    return speaker
