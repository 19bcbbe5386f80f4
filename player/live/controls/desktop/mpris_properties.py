"""A session in the properties of MPRIS: title, chapter, spoken words, volume, and whether it plays.

It makes properties from a playback state, in the terms of the MPRIS specification; it knows no bus.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from player.live.controls.desktop.dbus_messages import TypedValue
from player.timeline.chapters import chapters
from player.timeline.steps import Steps

if TYPE_CHECKING:
    from player.live.observer import PlaybackState
    from player.timeline.model import Timeline

Properties = dict[str, TypedValue]

US_PER_MS: Final = 1000
JUMP_MS: Final = 400
"""A larger difference from the expected position is a jump; a device's clock is not exact."""

_SILENT: Final = 0.01  # -120 dB: no 16-bit sample is left
_CONSTANT: Final[Properties] = {
    "Rate": TypedValue("d", 1.0),
    "MinimumRate": TypedValue("d", 1.0),
    "MaximumRate": TypedValue("d", 1.0),
    **{
        name: TypedValue("b", True)  # noqa: FBT003 (a value of D-Bus)
        for name in ("CanGoNext", "CanGoPrevious", "CanPlay", "CanPause", "CanSeek", "CanControl")
    },
}


def db_of(volume: float) -> float:
    """The level of a slider at ``volume``: 1 is 0 dB, the volume of the export, and the highest.

    By the cubic law of PulseAudio, so that it feels even to the ear: a half is -18 dB, a quarter -36 dB.
    """
    return 60 * math.log10(min(max(volume, _SILENT), 1.0))


def volume_of(db: float) -> float:
    """The position of the slider for a level."""
    volume = round(min(10 ** (db / 60), 1.0), 4)
    return volume if volume > _SILENT else 0.0


class ShownSession:
    """A session; ``number`` distinguishes it from the others that this program plays."""

    def __init__(self, timeline: Timeline, number: int) -> None:
        self.track: Final = f"/player/session/{number}"
        self.total_ms: Final = timeline.total_ms
        self._title = timeline.title
        self._chapters = chapters(timeline)
        self._chapter_starts = [chapter.start_ms for chapter in self._chapters]
        self._steps = Steps(timeline)
        self._words = _words(timeline, self._steps)

    def properties(self, state: PlaybackState) -> Properties:
        """All properties except the position, which changes by itself."""
        return {
            **_CONSTANT,
            "PlaybackStatus": TypedValue("s", "Paused" if state.is_paused else "Playing"),
            "Volume": TypedValue("d", volume_of(state.volume_db)),
            "Metadata": TypedValue("a{sv}", self._metadata(state.at_ms)),
        }

    def is_one_step(self, at_ms: int, other_ms: int) -> bool:
        """Whether two positions lie in the same step."""
        return self._steps.at(at_ms) == self._steps.at(other_ms)

    def _metadata(self, at_ms: int) -> Properties:
        start_ms = self._steps.at(at_ms).start_ms
        index = bisect_right(self._chapter_starts, max(at_ms, start_ms)) - 1  # a step is entered a little before it
        return {
            "mpris:trackid": TypedValue("o", self.track),
            "mpris:length": TypedValue("x", self.total_ms * US_PER_MS),
            "xesam:title": TypedValue("s", self._title),
            "xesam:artist": TypedValue("as", ["player"]),  # desktops write "unknown artist" where there is none
            "xesam:album": TypedValue("s", self._chapters[index].title if index >= 0 else ""),
            "xesam:asText": TypedValue("s", self._words.get(start_ms, "")),
        }


class ExpectedPosition:
    """The position that clients expect, who count on from the last one that they received."""

    def __init__(self) -> None:
        self._at_ms = 0
        self._since_s = 0.0
        self._runs: bool | None = None

    def jumped(self, state: PlaybackState, now_s: float) -> bool:
        """Whether clients must receive the position again; called with every state."""
        expected_ms = self._at_ms + (now_s - self._since_s) * 1000 * bool(self._runs)
        jumped = self._runs is not None and abs(state.at_ms - expected_ms) > JUMP_MS
        if jumped or self._runs is state.is_paused or self._runs is None:
            self._at_ms, self._since_s, self._runs = state.at_ms, now_s, not state.is_paused
        return jumped


def _words(timeline: Timeline, steps: Steps) -> dict[int, str]:
    """The spoken words of each step, without counting, by the step's start."""
    words: dict[int, str] = {}
    for cue in timeline.cues:
        if cue.kind == "speech" and cue.text:
            start_ms = steps.at(cue.start_ms).start_ms
            words[start_ms] = f"{words.get(start_ms, '')} {cue.text}".strip()
    return words
