"""A programme whose every frame tells its moment, and a transport that plays it to a loudspeaker without a device."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydub import AudioSegment

from player.live.device.device import OutputDevice
from player.live.device.noise import LEAD_IN
from player.live.source import ListenerSettings, MixSource
from player.live.transport import Transport
from player.timeline.model import BedState, Section, Stretch, Timeline
from player.timeline.steps import Steps
from player.units import RATE
from tests.fakes_speaker import FakeLoudspeakers

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

STEP_MS = 10_000
VOICE, BED = 4000, 2000
TURN_S = 0.05


class TellingMix:
    """On the left every second millisecond of the programme, from 1 on; on the right the sum of what is heard."""

    def block(self, start_ms: int, end_ms: int, layers: Collection[str]) -> AudioSegment:
        samples = np.empty(((end_ms - start_ms) * 48, 2), np.int16)
        samples[:, 0] = np.repeat(np.arange(start_ms, end_ms) // 2 + 1, 48)
        samples[:, 1] = VOICE * ("voice" in layers) + BED * ("bed" in layers)
        return AudioSegment(samples.tobytes(), frame_rate=RATE, sample_width=2, channels=2)


class SoundMix:
    """A mix that is the given frames."""

    def __init__(self, frames: NDArray[np.int16]) -> None:
        self._frames = frames

    def block(self, start_ms: int, end_ms: int, layers: Collection[str]) -> AudioSegment:
        sound = self._frames[start_ms * 48 : end_ms * 48].tobytes()
        return AudioSegment(sound, frame_rate=RATE, sample_width=2, channels=2)


def empty_timeline(total_ms: int) -> Timeline:
    """Nothing but its length."""
    return Timeline("Empty", total_ms, (), (), (), (BedState(0, 0, None, -20, -16),))


def telling_timeline(total_ms: int = 60_000, sections: tuple[int, ...] = (0, 30_000)) -> Timeline:
    """Steps of ten seconds with nothing in them."""
    slots = tuple(Stretch(at, min(STEP_MS, total_ms - at)) for at in range(0, total_ms, STEP_MS))
    marks = tuple(Section(f"From {at}", at) for at in sections)
    return Timeline("Told", total_ms, marks, (), (), (BedState(0, 0, None, -20, -16),), slots)


class TransportRun:
    """A transport with fake loudspeakers, in a time of its own; its device has been open for ``waits_s`` before."""

    def __init__(
        self,
        start_ms: int = 0,
        total_ms: int = 60_000,
        kind: str | None = "miniaudio",
        speakers: FakeLoudspeakers | None = None,
        waits_s: float = 0.0,
    ) -> None:
        self.speakers = speakers or FakeLoudspeakers()
        self.kind = kind
        self.now = 100.0
        source = MixSource(TellingMix(), total_ms, ListenerSettings())
        steps = Steps(telling_timeline(total_ms))
        first = self.open((total_ms - start_ms) * 48)
        if waits_s:
            first.begin()
            self.sleep(waits_s)
        self.transport = Transport(source, steps, start_ms, first, self.open, lambda: self.now)

    def open(self, frames: int) -> OutputDevice:
        return OutputDevice(
            frames,
            changes=True,
            kind=self.kind,
            environ={},
            spawn=self.speakers.spawn,
            installed=("simpleaudio", "miniaudio"),
        )

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.speakers.sleep(seconds)

    def listen(self, seconds: float) -> None:
        for _ in range(round(seconds / TURN_S)):
            self.sleep(TURN_S)
            self.transport.tick()

    def listen_until(self, ms: int) -> None:
        """Until that moment is heard; two seconds for each second of the programme must do."""
        for _ in range(2 * ms // 50 + 100):
            if self.transport.position_ms >= ms:
                return
            self.listen(TURN_S)
        raise AssertionError(f"{ms} was not heard, but {self.transport.position_ms}")

    def close(self) -> None:
        """Let go of what is open still, and hear nothing of it."""
        self.transport.leave(lambda _: None)

    def heard(self, loudspeaker: int = -1) -> NDArray[np.int64]:
        """What was heard of a loudspeaker behind its lead-in, (frames, 2)."""
        return self.speakers.opened[loudspeaker].sound()[LEAD_IN:].astype(int)


def told(sound: NDArray[np.int64]) -> list[tuple[int, int]]:
    """The runs of the programme in it, as first and last millisecond; cross-fades and silence are left out.

    Where a busy sound server made a gap, and lost nothing, that is no break.
    """
    left = sound[:, 0]
    goes_on = np.flatnonzero(left[96:] - left[:-96] == 1)
    runs = np.split(goes_on, np.flatnonzero(np.diff(goes_on) > 1) + 1)
    found: list[tuple[int, int]] = []
    for first, last in ((int(left[run[0]] - 1) * 2, int(left[run[-1]] - 1) * 2) for run in runs if len(run) > 20 * 48):
        if found and 0 <= first - found[-1][1] <= 6:
            first = found.pop()[0]  # noqa: PLW2901 (one run of both)
        found.append((first, last))
    return found
