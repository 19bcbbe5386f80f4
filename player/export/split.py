"""A session in parts: each section as a file, and a playlist of all.

The rule: the parts follow each other without a gap and without an overlap, so that together they are the whole, sample
for sample. What comes before the first section is a part of its own. It writes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from player.errors import UsageError, printable
from player.export import playlists
from player.export.rates import frames_of
from player.storage.names import with_tail, words_of
from player.units import RATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from pydub import AudioSegment

    from player.export.tags import Tags
    from player.timeline.model import Timeline

_LONGEST_NAME: Final = 40
_FEWEST_DIGITS: Final = 2
_NUMBER: Final = re.compile(r"-([0-9]{2,5})(?=[-.])")


@dataclass(frozen=True)
class SplitPart:
    """A titled part of a session, half-open; ``number`` is counted from 1."""

    number: int
    title: str
    start_ms: int
    end_ms: int


def parts(timeline: Timeline) -> tuple[SplitPart, ...]:
    """One for each section.

    Raises
    ------
    UsageError
        If there are no sections.
    """
    if not timeline.sections:
        raise UsageError(f"{printable(timeline.title)} has no sections to split it at; leave out --split")
    marks = [(section.start_ms, section.title) for section in timeline.sections]
    if marks[0][0] > 0:
        marks.insert(0, (0, timeline.title))
    spans = pairwise([*marks, (timeline.total_ms, "")])
    spans_with_titles = [(title, start_ms, end_ms) for (start_ms, title), (end_ms, _) in spans if start_ms < end_ms]
    return tuple(SplitPart(number, *each) for number, each in enumerate(spans_with_titles, 1))


def path(target: Path, part: SplitPart, count: int) -> Path:
    """``calm-01-settle.mp3``: the target's name with the part's number and title."""
    title = words_of(part.title, _LONGEST_NAME)
    tail = f"-{part.number:0{_digits(count)}}{'-' if title else ''}{title}{target.suffix}"
    return target.with_name(with_tail(target.stem, tail))


def may_be_called(name: str, target: Path, titles: Sequence[str]) -> bool:
    """Whether `path` can give this name to a part; ``titles`` are the session's and those of all its sections.

    Which number a section has is known when it is laid out: one in which nothing happens is no part.
    """
    most = len(titles)
    numbers = {each for each in _NUMBER.findall(name) if 1 <= int(each) <= most and len(each) <= _digits(most)}
    return any(
        name == path(target, SplitPart(int(number), title, 0, 0), 10 ** (len(number) - 1)).name
        for number in numbers
        for title in set(titles)
    )


def _digits(count: int) -> int:
    return max(_FEWEST_DIGITS, len(str(count)))


def tags(whole: Tags, part: SplitPart, count: int) -> Tags:
    """The tags of a part, from those of the whole: which part it is, and of what.

    In a programme, the programme stays the album, the session becomes a disc of it, and its title goes before the
    part's, so that players sort all parts in their order.
    """
    span, title = range(part.start_ms, part.end_ms), part.title or whole.title
    return replace(
        whole,
        title=f"{whole.title}: {title}" if whole.album and title != whole.title else title,
        album=whole.album or whole.title,
        track=part.number,
        tracks=count,
        disc=whole.track,
        discs=whole.tracks,
        total_ms=len(span),
        chapters=tuple(
            replace(each, start_ms=each.start_ms - span.start) for each in whole.chapters if each.start_ms in span
        ),
        lyrics=tuple(
            replace(each, start_ms=each.start_ms - span.start) for each in whole.lyrics if each.start_ms in span
        ),
    )


def cut(
    blocks: Iterable[AudioSegment], parts: Sequence[SplitPart], rate: int = RATE
) -> Iterator[tuple[SplitPart, AudioSegment]]:
    """The blocks of the whole, at any sample rate, cut at the frame where parts meet, each with its part."""
    at, rest = 0, iter(parts)
    part = next(rest)
    for block in blocks:
        start, end = 0, int(block.frame_count())
        while start < end:
            if at == frames_of(part.end_ms, rate):
                part = next(rest)
            size = min(end - start, frames_of(part.end_ms, rate) - at)
            yield part, block.get_sample_slice(start, start + size)
            at, start = at + size, start + size


def playlist(title: str, parts: Sequence[SplitPart], paths: Sequence[Path]) -> str:
    """The playlist of the parts."""
    entries = (
        playlists.PlaylistEntry(part.title or title, part.end_ms - part.start_ms, path)
        for part, path in zip(parts, paths, strict=True)
    )
    return playlists.playlist(title, entries)
