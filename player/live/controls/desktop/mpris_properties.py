"""A session as the desktop's media controls show it: title, chapter, words, volume, and whether it plays.

The rule: pure; a moment in, properties out, in the words of the MPRIS specification. It knows no bus.
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
"""What lies between where it should be and where it is, before it counts as a jump; a device's clock is not exact."""

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
    """What a slider at ``volume`` means: 1 is 0 dB, the volume of the export, and the highest.

    By the cubic law of PulseAudio, so that it feels even to the ear: a half is -18 dB, a quarter -36 dB.
    """
    return 60 * math.log10(min(max(volume, _SILENT), 1.0))


def volume_of(db: float) -> float:
    """Where the slider stands for so many dB."""
    volume = round(min(10 ** (db / 60), 1.0), 4)
    return volume if volume > _SILENT else 0.0


class ShownSession:
    """One session; ``number`` tells it from others that this program plays."""

    def __init__(self, timeline: Timeline, number: int) -> None:
        self.track: Final = f"/player/session/{number}"
        self.total_ms: Final = timeline.total_ms
        self._title = timeline.title
        self._chapters = chapters(timeline)
        self._chapter_starts = [chapter.start_ms for chapter in self._chapters]
        self._steps = Steps(timeline)
        self._words = _words(timeline, self._steps)

    def properties(self, moment: PlaybackState) -> Properties:
        """All but the position, which changes by itself."""
        return {
            **_CONSTANT,
            "PlaybackStatus": TypedValue("s", "Paused" if moment.is_paused else "Playing"),
            "Volume": TypedValue("d", volume_of(moment.volume_db)),
            "Metadata": TypedValue("a{sv}", self._metadata(moment.at_ms)),
        }

    def is_one_step(self, at_ms: int, other_ms: int) -> bool:
        """Whether two moments lie in the same step."""
        return self._steps.at(at_ms) == self._steps.at(other_ms)

    def _metadata(self, at_ms: int) -> Properties:
        start_ms = self._steps.at(at_ms).start_ms
        place = bisect_right(self._chapter_starts, max(at_ms, start_ms)) - 1  # a step is entered a little before it
        return {
            "mpris:trackid": TypedValue("o", self.track),
            "mpris:length": TypedValue("x", self.total_ms * US_PER_MS),
            "xesam:title": TypedValue("s", self._title),
            "xesam:artist": TypedValue("as", ["player"]),  # desktops write "unknown artist" where there is none
            "xesam:album": TypedValue("s", self._chapters[place].title if place >= 0 else ""),
            "xesam:asText": TypedValue("s", self._words.get(start_ms, "")),
        }


class ExpectedPosition:
    """Where the position is expected by those who were told it once and count on by themselves."""

    def __init__(self) -> None:
        self._at_ms = 0
        self._since_s = 0.0
        self._runs: bool | None = None

    def jumped(self, moment: PlaybackState, now_s: float) -> bool:
        """Whether they must be told anew; asked at every moment."""
        expected_ms = self._at_ms + (now_s - self._since_s) * 1000 * bool(self._runs)
        jumped = self._runs is not None and abs(moment.at_ms - expected_ms) > JUMP_MS
        if jumped or self._runs is moment.is_paused or self._runs is None:
            self._at_ms, self._since_s, self._runs = moment.at_ms, now_s, not moment.is_paused
        return jumped


def _words(timeline: Timeline, steps: Steps) -> dict[int, str]:
    """What is spoken in each step, counting left out, by the step's start."""
    words: dict[int, str] = {}
    for cue in timeline.cues:
        if cue.kind == "speech" and cue.text:
            start_ms = steps.at(cue.start_ms).start_ms
            words[start_ms] = f"{words.get(start_ms, '')} {cue.text}".strip()
    return words
