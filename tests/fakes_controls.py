"""What tests of controls share: a session to play, and functions that read an inbox."""

from __future__ import annotations

import contextlib
from queue import Empty
from typing import TYPE_CHECKING

from player.techniques.cue import Utterance
from player.timeline.model import BedState, Cue, Section, Stretch, Timeline

if TYPE_CHECKING:
    from player.live.controls.commands import AnyControl
    from player.live.controls.inbox import Inbox

TIMEOUT_S = 20.0


def said(text: str, start_ms: int, slot: Stretch, kind: str = "speech") -> Cue:
    return Cue(start_ms, start_ms + 500, slot.start_ms, slot.length_ms, kind, Utterance(text), text)  # type: ignore[arg-type]


_SIT, _BREATHE, _REST = Stretch(0, 10_000), Stretch(10_000, 40_000, "in", opens=True), Stretch(50_000, 10_000)
MINUTE = Timeline(
    title="Ruhe am Abend",
    total_ms=60_000,
    sections=(Section("Settle", 0), Section("Breathe", 10_000), Section("Rest", 50_000)),
    cues=(
        said("Sit down.", 500, _SIT),
        said("Let go.", 2_000, _SIT),
        said("one", 10_000, _BREATHE, "count"),
        said("Stay as you are.", 50_500, _REST),
    ),
    speech=(),
    beds=(BedState(0, 0, None, -20.0, -16.0),),
    slots=(_SIT, _BREATHE, _REST),
)
"""A minute in three steps: something said, something counted, something said."""


def taken(inbox: Inbox, within_s: float = TIMEOUT_S) -> AnyControl:
    """Wait for the next control in the inbox."""
    try:
        return inbox.get(timeout=within_s)
    except Empty:
        raise AssertionError("nothing came into the inbox") from None


def left(inbox: Inbox) -> list[AnyControl]:
    """All controls that are in the inbox now."""
    found: list[AnyControl] = []
    with contextlib.suppress(Empty):
        while True:
            found.append(inbox.get_nowait())
    return found
