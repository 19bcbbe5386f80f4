"""A session as the desktop's media controls show it: title, chapter, words, volume, and whether it plays.

The rule: pure; a moment in, properties out, in the words of the MPRIS specification. It knows no bus.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import TYPE_CHECKING, Final, TypeVar

from player.controls.desktop.messages import Typed
from player.timeline.chapters import chapters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from player.output.live.moment import Moment
    from player.timeline.model import Stretch, Timeline

Properties = dict[str, Typed]
Part = TypeVar("Part")

US_PER_MS: Final = 1000
JUMP_MS: Final = 400
"""What lies between where it should be and where it is, before it counts as a jump; a device's clock is not exact."""

_SILENT: Final = 0.01  # -120 dB: no 16-bit sample is left
_CONSTANT: Final[Properties] = {
    "Rate": Typed("d", 1.0),
    "MinimumRate": Typed("d", 1.0),
    "MaximumRate": Typed("d", 1.0),
    **{
        name: Typed("b", True)  # noqa: FBT003 (a value of D-Bus)
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


class Shown:
    """One session; ``number`` tells it from others that this program plays."""

    def __init__(self, timeline: Timeline, number: int) -> None:
        self.track: Final = f"/player/session/{number}"
        self.total_ms: Final = timeline.total_ms
        self._title = timeline.title
        self._slots = timeline.slots
        self._chapters = chapters(timeline)
        self._chapter_starts = [chapter.start_ms for chapter in self._chapters]
        self._slot_starts = [slot.start_ms for slot in timeline.slots]
        self._words = _words(timeline)

    def properties(self, moment: Moment) -> Properties:
        """All but the position, which changes by itself."""
        return {
            **_CONSTANT,
            "PlaybackStatus": Typed("s", "Paused" if moment.is_paused else "Playing"),
            "Volume": Typed("d", volume_of(moment.volume_db)),
            "Metadata": Typed("a{sv}", self._metadata(moment.at_ms)),
        }

    def slot_at(self, at_ms: int) -> Stretch | None:
        """The slot that a moment lies in."""
        return _at(self._slots, self._slot_starts, at_ms)

    def _metadata(self, at_ms: int) -> Properties:
        chapter = _at(self._chapters, self._chapter_starts, at_ms)
        slot = self.slot_at(at_ms)
        return {
            "mpris:trackid": Typed("o", self.track),
            "mpris:length": Typed("x", self.total_ms * US_PER_MS),
            "xesam:title": Typed("s", self._title),
            "xesam:artist": Typed("as", ["player"]),  # desktops write "unknown artist" where there is none
            "xesam:album": Typed("s", chapter.title if chapter else ""),
            "xesam:asText": Typed("s", self._words.get(slot.start_ms, "") if slot else ""),
        }


class Hand:
    """Where the position is expected by those who were told it once and count on by themselves."""

    def __init__(self) -> None:
        self._at_ms = 0
        self._since_s = 0.0
        self._runs: bool | None = None

    def jumped(self, moment: Moment, now_s: float) -> bool:
        """Whether they must be told anew; asked at every moment."""
        expected_ms = self._at_ms + (now_s - self._since_s) * 1000 * bool(self._runs)
        jumped = self._runs is not None and abs(moment.at_ms - expected_ms) > JUMP_MS
        if jumped or self._runs is moment.is_paused or self._runs is None:
            self._at_ms, self._since_s, self._runs = moment.at_ms, now_s, not moment.is_paused
        return jumped


def _words(timeline: Timeline) -> dict[int, str]:
    """What is spoken in each slot, counting left out, by the slot's start."""
    words: dict[int, str] = {}
    for cue in timeline.cues:
        if cue.kind == "speech" and cue.text:
            words[cue.slot_start_ms] = f"{words.get(cue.slot_start_ms, '')} {cue.text}".strip()
    return words


def _at(parts: Sequence[Part], starts: Sequence[int], at_ms: int) -> Part | None:
    place = bisect_right(starts, at_ms) - 1
    return parts[place] if place >= 0 else None
