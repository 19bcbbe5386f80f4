"""A session in pieces: its sections as files of their own, and the playlist that puts them together again.

The rule: pieces follow each other without a gap and without an overlap, so that together they are the whole, sample for
sample. What comes before the first section is a piece of its own. It writes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from player.errors import UsageError, printable
from player.export import playlists

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from pydub import AudioSegment

    from player.export.tags import Tags
    from player.timeline.model import Timeline

_LONGEST_NAME: Final = 40
_FEWEST_DIGITS: Final = 2


@dataclass(frozen=True)
class SplitPart:
    """A titled stretch of a session, half-open; ``number`` is counted from 1."""

    number: int
    title: str
    start_ms: int
    end_ms: int


def pieces(timeline: Timeline) -> tuple[SplitPart, ...]:
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
    held = [(title, start_ms, end_ms) for (start_ms, title), (end_ms, _) in spans if start_ms < end_ms]
    return tuple(SplitPart(number, *each) for number, each in enumerate(held, 1))


def path(target: Path, piece: SplitPart, count: int) -> Path:
    """``calm-01-settle.mp3``: the target's name with the piece's number and title."""
    digits = max(_FEWEST_DIGITS, len(str(count)))
    title = re.sub(r"\W+", "-", piece.title.lower())[:_LONGEST_NAME].strip("-_")
    return target.with_name(f"{target.stem}-{piece.number:0{digits}}{'-' if title else ''}{title}{target.suffix}")


def tags(whole: Tags, piece: SplitPart, count: int) -> Tags:
    """The tags of a piece, from those of the whole: which part it is, and of what.

    In a programme the album stays the programme's, the session becomes a disc of it, and its title goes before the
    piece's: players then have all pieces in their order.
    """
    here, title = range(piece.start_ms, piece.end_ms), piece.title or whole.title
    return replace(
        whole,
        title=f"{whole.title}: {title}" if whole.album and title != whole.title else title,
        album=whole.album or whole.title,
        track=piece.number,
        tracks=count,
        disc=whole.track,
        discs=whole.tracks,
        total_ms=len(here),
        chapters=tuple(
            replace(each, start_ms=each.start_ms - here.start) for each in whole.chapters if each.start_ms in here
        ),
        lyrics=tuple(
            replace(each, start_ms=each.start_ms - here.start) for each in whole.lyrics if each.start_ms in here
        ),
    )


def cut(blocks: Iterable[AudioSegment], found: Sequence[SplitPart]) -> Iterator[tuple[SplitPart, AudioSegment]]:
    """The blocks of the whole, cut where pieces meet, each with the piece that it is of."""
    at_ms, rest = 0, iter(found)
    piece = next(rest)
    for whole in blocks:
        block = whole
        while len(block):
            if at_ms == piece.end_ms:
                piece = next(rest)
            taken = block[: piece.end_ms - at_ms]
            yield piece, taken
            at_ms += len(taken)
            block = block[len(taken) :]


def playlist(title: str, found: Sequence[SplitPart], paths: Sequence[Path]) -> str:
    """The pieces in their order."""
    entries = (
        playlists.PlaylistEntry(piece.title or title, piece.end_ms - piece.start_ms, path)
        for piece, path in zip(found, paths, strict=True)
    )
    return playlists.text(title, entries)
