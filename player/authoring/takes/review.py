"""A review of takes: which lines have one, and whether each can be heard and fits.

The rule: the timeline that plays decides what fits; lines without a take have a length there that always fits. So the
review of a take is also true when a voice speaks the other lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from player.authoring.takes.lines import rooms, texts
from player.errors import MediaError, ScriptError, printable
from player.sound.own_take import missing_db, open_take
from player.techniques.cue import Slot, Utterance
from player.timeline.layout import lay_out
from player.units import format_duration
from player.voice import own_takes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from player.authoring.takes.lines import LineToSpeak, SessionParts
    from player.storage.store import Store
    from player.techniques.cue import Part, Recording
    from player.timeline.layout import Spoken
    from player.voice.clips import Clip

State = Literal["there", "missing", "too long", "unreadable", "twice"]

_WORD_MS: Final = 300
_WORD_BEAT_MS: Final = 50
"""Of a word on a beat that has no take: short enough for every phase."""
_WARNED_FROM_DB: Final = 1.0


@dataclass(frozen=True)
class ReviewedLine:
    """A line and its take.

    Attributes
    ----------
    path, length_ms
        Of its take; None where there is none that can be heard.
    told
        A sentence if something is wrong with it, or could be better.
    """

    line: LineToSpeak
    state: State = "missing"
    path: Path | None = None
    length_ms: int | None = None
    told: str = ""

    @property
    def is_wrong(self) -> bool:
        """Whether the session cannot be heard with it."""
        return self.state not in {"there", "missing"}


@dataclass(frozen=True)
class Review:
    """All lines, and the sound files that are of none of them."""

    lines: tuple[ReviewedLine, ...]
    unused: tuple[Path, ...]

    def count(self, state: State) -> int:
        """How many lines are in a state."""
        return sum(each.state == state for each in self.lines)


def review(sessions: Sequence[SessionParts], all_: Iterable[LineToSpeak], folder: str, store: Store) -> Review:
    """Review the takes in a folder for these lines of a session, or of several.

    Raises
    ------
    UsageError
        If there is no such folder, or it cannot be read.
    StoreError
        If a take cannot be stored.
    """
    all_ = tuple(all_)
    found = own_takes.matched(own_takes.in_folder(folder), texts(all_))
    known = {line.name: _reviewed(line, found.files.get(line.name, ()), store) for line in all_}
    takes = {name: clip for name, (_, clip) in known.items() if clip}
    long = {name: told for each in sessions for name, told in _too_long(each, takes)}
    return Review(tuple(_with_length_problem(each, long.get(name)) for name, (each, _) in known.items()), found.unused)


def _reviewed(line: LineToSpeak, files: tuple[Path, ...], store: Store) -> tuple[ReviewedLine, Clip | None]:
    if not files:
        return ReviewedLine(line), None
    if len(files) > 1:
        return ReviewedLine(line, "twice", told=own_takes.duplicate_message(files, line.text)), None
    (path,) = files
    try:
        clip = open_take(path, Utterance(line.text), store)
    except MediaError as error:
        return ReviewedLine(line, "unreadable", path, told=str(error)), None
    told, missing = "", missing_db(clip)
    if missing >= _WARNED_FROM_DB:
        told = f"{printable(str(path))}: it is so soft that it stays {missing:.0f} dB under the others; speak it louder"
    return ReviewedLine(line, "there", path, clip.length_ms, told), clip


def _with_length_problem(found: ReviewedLine, long: str | None) -> ReviewedLine:
    if long is None:
        return found
    told = f"{printable(str(found.path))}: {long}"
    return ReviewedLine(found.line, "too long", found.path, found.length_ms, told)


@dataclass(frozen=True)
class _Room:
    """How long an utterance may last, from its beat on where it has one."""

    ms: int | None
    on_beat: bool

    def over(self, clip: Clip) -> str:
        """That a clip lasts longer, as part of a sentence; empty where it does not."""
        lasts_ms = clip.length_ms - clip.beat_ms if self.on_beat else clip.length_ms
        if self.ms is None or lasts_ms <= self.ms:
            return ""
        after = " after its beat" if self.on_beat else ""
        return f"it lasts {format_duration(lasts_ms)}{after} and has {format_duration(self.ms)}; speak it faster"


@dataclass(frozen=True)
class _StandIn:
    """Lengths for the timeline in place of a take that is missing."""

    length_ms: int
    beat_ms: int = 0
    after_ms: int = 0
    pauses: tuple[tuple[int, int], ...] = ()


def _too_long(session_parts: SessionParts, takes: Mapping[str, Clip]) -> Iterator[tuple[str, str]]:
    """The names of takes that do not fit into a session, and how they do not."""
    session, parts = session_parts
    room = _rooms(parts)
    own = {said: takes[name] for said in room if isinstance(said, Utterance) and (name := _name(said)) in takes}

    def clip_of(said: Utterance | Recording) -> Spoken:
        if isinstance(said, Utterance) and said in own:
            return own[said]
        return _StandIn(_WORD_MS, _WORD_BEAT_MS) if room[said].on_beat else _StandIn(room[said].ms or 0)

    try:
        lay_out(session, parts, clip_of, own)
    except ScriptError as error:
        for problem in error.problems:
            about = [said for said in problem.about if isinstance(said, Utterance) and said in own]
            over = {_name(said): sentence for said in about if (sentence := room[said].over(own[said]))}
            yield from (over or {_name(said): problem.text for said in about}).items()


def _rooms(parts: Iterable[Part]) -> dict[Utterance | Recording, _Room]:
    """The least room of everything that is said."""
    found: dict[Utterance | Recording, _Room] = {}
    for cue, ms in (each for part in parts if isinstance(part, Slot) for each in rooms(part)):
        before = found.get(cue.said)
        least = ms if before is None or before.ms is None else before.ms if ms is None else min(ms, before.ms)
        found[cue.said] = _Room(least, cue.beat_ms is not None)
    return found


def _name(said: Utterance) -> str:
    return own_takes.name(said.text)
