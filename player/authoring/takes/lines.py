"""The lines of a session for a person to speak, each once, with the longest time that it may take.

The rule: lines come in the order in which they are first heard, and have their names from `own_takes`. The room of a
line is the shortest of all places where it is heard. Sentences in one slot share its time by their letters, so that all
fit if each keeps to its share. Pure: it needs no voice and no take.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

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
    said = [cue for cue in slot.cues if isinstance(cue, Speech)]
    sharing = [cue for cue in said if not _own_room(cue)]
    letters = sum(_letters(cue) for cue in sharing)
    left_ms = None if slot.length_ms is None else slot.length_ms - sum(cue.gap_ms for cue in sharing)
    for cue in said:
        if own_ms := _own_room(cue):
            yield cue, own_ms
        else:
            yield cue, None if left_ms is None else max(0, left_ms * _letters(cue) // letters)


def _own_room(cue: Speech) -> int:
    return cue.said.room_ms if isinstance(cue.said, Utterance) else 0


def _letters(cue: Speech) -> int:
    return max(1, len(cue.said.text))


def texts(all_: Iterable[LineToSpeak]) -> list[str]:
    """What is spoken in them."""
    return [line.text for line in all_]
