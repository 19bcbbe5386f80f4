"""One timeline through an output device, by the transport and the loop of a session.

Sessions have all their participants; previews and bells have none, and only their inbox can end them early.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from player.live.controls.inbox import Inbox
from player.live.device.device import OutputDevice
from player.live.loop import Loop
from player.live.participants import Participants
from player.live.running import RunningParticipants
from player.live.source import ListenerSettings, MixSource
from player.live.transport import Transport
from player.timeline.steps import Steps
from player.units import FRAMES_PER_MS

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.live.source import SeekableMix
    from player.timeline.model import Timeline


def new_transport(
    timeline: Timeline,
    mix: SeekableMix,
    device: OutputDevice,
    open_device: Callable[[int], OutputDevice],
    *,
    start_ms: int = 0,
    settings: ListenerSettings | None = None,
) -> Transport:
    """A transport that plays a timeline from ``start_ms`` on; ``device`` and ``open_device`` are as for `Transport`."""
    source = MixSource(mix, timeline.total_ms, settings or ListenerSettings())
    return Transport(source, Steps(timeline), start_ms, device, open_device)


def play_through(
    timeline: Timeline,
    mix: SeekableMix,
    inbox: Inbox | None = None,
    *,
    open_device: Callable[[int], OutputDevice] = OutputDevice,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Play a timeline to its end; at a control that ends it, or at Ctrl-C, it fades out first.

    Its sound cannot become longer than it is, because nobody can pause it or step back.

    Raises
    ------
    DeviceError
        If there is no loudspeaker, or it is lost.
    """
    running = RunningParticipants(Participants(Inbox() if inbox is None else inbox))  # an empty one is false
    device = open_device(timeline.total_ms * FRAMES_PER_MS)
    try:
        transport = new_transport(timeline, mix, device, open_device)
        try:
            Loop(transport, running).run()
        finally:
            transport.leave(sleep)
    finally:
        device.release()
