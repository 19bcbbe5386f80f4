"""The lines of a session for a person to speak, each once, with the longest time that it may take; and a sheet of them.

The rule: lines come in the order in which they are first heard, and have their names from `own_takes`. The room of a
line is the shortest of all places where it is heard. Sentences in one slot share its time by their letters, so that all
fit if each keeps to its share. The sheet is text to be printed: a take a line, with its file name and its time. Pure:
it needs no voice and no take.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from player.errors import printable
from player.techniques.cue import Marker, Slot, Speech, Utterance
from player.voice import own_takes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from player.script.session import Session
    from player.techniques.cue import Part

SessionParts = tuple["Session", tuple["Part", ...]]
"""A session and its parts, without anything elastic."""

ENDING: Final = ".wav"
"""Of the suggested file names; any other sound file will do."""
WIDTH: Final = 80
_ADVICE: Final = (
    "Record each line by itself, in a quiet room, always at the same distance from the microphone. Leave a moment of "
    "silence before and after it: that is cut away. Save it under its name, as WAV, FLAC, Ogg or MP3, and all of them "
    "in one folder; the number may be left out. Speak slowly, but within the time that is named. Words on a beat are "
    "counted on: say them as one, without a pause."
)


@dataclass(frozen=True)
class LineToSpeak:
    """A line, and how it is heard.

    Attributes
    ----------
    number
        Its place, counted from 1.
    name
        Of its take, without number and ending.
    text
        As it is first heard.
    section
        In which it is first heard.
    room_ms
        How long it may last at most; where it is on a beat, from its beat on. None is as long as it takes.
    on_beat
        It is a word that falls on a beat, with others after it.
    times
        How often it is heard.
    """

    number: int
    name: str
    text: str
    section: str
    room_ms: int | None
    on_beat: bool = False
    times: int = 1

    @property
    def file(self) -> str:
        """The file name that is suggested for its take."""
        return f"{self.number:03d}-{self.name}{ENDING}"


def lines(sessions: Sequence[SessionParts]) -> tuple[LineToSpeak, ...]:
    """All lines of a session, or of several that follow each other."""
    found: dict[str, LineToSpeak] = {}
    for heard in _heard(sessions):
        known = found.setdefault(heard.name, replace(heard, number=len(found) + 1, times=0))
        rooms = [each.room_ms for each in (known, heard) if each.room_ms is not None]
        found[heard.name] = replace(
            known,
            room_ms=min(rooms, default=None),
            on_beat=known.on_beat or heard.on_beat,
            times=known.times + 1,
        )
    return tuple(found.values())


def _heard(sessions: Sequence[SessionParts]) -> Iterator[LineToSpeak]:
    """Every line in every place where it is heard."""
    for session, parts in sessions:
        before = f"{session.title}: " if len(sessions) > 1 else ""
        section = ""
        for part in parts:
            if isinstance(part, Marker) and part.level == 1:
                section = part.title
            for cue, room_ms in rooms(part) if isinstance(part, Slot) else ():
                if isinstance(cue.said, Utterance):
                    text = cue.said.text
                    place = before + section if section else session.title if before else ""
                    yield LineToSpeak(0, own_takes.name(text), text, place, room_ms, cue.beat_ms is not None)


def rooms(slot: Slot) -> Iterator[tuple[Speech, int | None]]:
    """How long each speech of a slot may last; a word that is counted on, from its beat."""
    for said, length_ms in _stretches(slot):
        sharing = [cue for cue in said if not _own_room(cue)]
        letters = sum(_letters(cue) for cue in sharing)
        left_ms = None if length_ms is None else length_ms - sum(cue.gap_ms for cue in sharing)
        for cue in said:
            if own_ms := _own_room(cue):
                yield cue, own_ms
            else:
                yield cue, None if left_ms is None else max(0, left_ms * _letters(cue) // letters)


def _stretches(slot: Slot) -> Iterator[tuple[list[Speech], int | None]]:
    """The speech of a slot, divided where something waits for its time, and how long each part of the slot is."""
    said = [cue for cue in slot.cues if isinstance(cue, Speech)]
    starts = [0, *(place for place, cue in enumerate(said) if cue.from_ms and place), len(said)]
    for first, last in pairwise(starts):
        ends_ms = said[last].from_ms - said[last].gap_ms if last < len(said) else slot.for_speech_ms
        begins_ms = said[first].from_ms - said[first].gap_ms if first else 0
        yield said[first:last], None if ends_ms is None else ends_ms - begins_ms


def _own_room(cue: Speech) -> int:
    return cue.said.room_ms if isinstance(cue.said, Utterance) else 0


def _letters(cue: Speech) -> int:
    return max(1, len(cue.said.text))


def texts(all_: Iterable[LineToSpeak]) -> list[str]:
    """What is spoken in them."""
    return [line.text for line in all_]


def sheet(title: str, all_: Iterable[LineToSpeak]) -> str:
    """The sheet, with a line feed at its end."""
    return "\n".join(_rows(printable(title), tuple(all_))) + "\n"


def _rows(title: str, all_: tuple[LineToSpeak, ...]) -> Iterator[str]:
    count = "1 line" if len(all_) == 1 else f"{len(all_)} lines"
    yield from textwrap.wrap(f"{title}: {count} to speak", WIDTH)
    yield ""
    yield from textwrap.wrap(_ADVICE, WIDTH)
    section = ""
    for line in all_:
        if line.section != section:
            section = line.section
            yield from ("", printable(section).upper())
        yield from ("", f"{line.file}{_time(line)}")
        yield from textwrap.wrap(printable(line.text), WIDTH, initial_indent="    ", subsequent_indent="    ")


def _time(line: LineToSpeak) -> str:
    if line.room_ms is None:
        return ""
    return f"   ({'on a beat, ' if line.on_beat else ''}at most {seconds(line.room_ms)})"


def seconds(ms: int) -> str:
    """Seconds with one decimal, rounded down, so that what is promised is there: ``4.2 s``."""
    return f"{ms // 100 / 10:.1f} s"
