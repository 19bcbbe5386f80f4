"""Sidecars: captions, chapters and labels as files beside the sound file, with its name and an ending of their own.

The rule: their content depends on the timeline alone. They are made together with the sound file, so that all of them
are there or none. Chapters are the JSON of podcasts, and labels a track of Audacity; their times are seconds, written
from exact milliseconds, never from floating point.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from player.errors import UsageError, printable
from player.export.captions import SUBTITLES
from player.export.captions import captions as all_captions
from player.export.options import CAPTIONS
from player.storage.atomic import must_be_free
from player.timeline.chapters import chapters as all_chapters

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from player.timeline.model import Timeline

CHAPTERS = ".chapters.json"
TRANSCRIPT = ".transcript.html"
"""So that it is never taken for the page of the session, nor written over it."""
LABELS = ".labels.txt"


def paths(
    target: Path, *, captions: Collection[str] = (), chapters: bool = False, labels: bool = False, force: bool = False
) -> tuple[Path, ...]:
    """The paths of the sidecars, after a check that each may be written; call it before any work is done.

    Raises
    ------
    UsageError
        If a format of captions is unknown, or a file is there already, without ``force``.
    OutputError
        If one is a folder or a device.
    """
    if unknown := [each for each in captions if each not in CAPTIONS]:
        raise UsageError(f"captions must be of {', '.join(CAPTIONS)}, not {unknown[0]!r}")
    found = beside(target, captions=captions, chapters=chapters, labels=labels)
    for path in found:
        must_be_free(path, force=force)
    return found


def beside(
    target: Path, *, captions: Collection[str] = (), chapters: bool = False, labels: bool = False
) -> tuple[Path, ...]:
    """The paths of the sidecars, whether or not something is there."""
    return tuple(target.with_suffix(ending) for ending in _endings(captions, chapters=chapters, labels=labels))


def contents(
    timeline: Timeline,
    target: Path,
    *,
    captions: Collection[str] = (),
    chapters: bool = False,
    labels: bool = False,
    language: str = "en",
) -> dict[Path, bytes]:
    """The sidecars of the sound file ``target``: the bytes of each by its path.

    Parameters
    ----------
    captions
        Any of `CAPTIONS`.
    chapters
        Whether there are the chapters as podcasts have them.
    labels
        Whether there is a label track for Audacity.
    language
        The session's, BCP 47.
    """
    texts = {_ending(each): SUBTITLES[each](timeline, language) for each in captions}
    texts |= {CHAPTERS: podcast_chapters(timeline, target.name)} if chapters else {}
    texts |= {LABELS: audacity_labels(timeline, language)} if labels else {}
    endings = _endings(captions, chapters=chapters, labels=labels)
    paths = beside(target, captions=captions, chapters=chapters, labels=labels)
    return {path: texts[ending].encode() for path, ending in zip(paths, endings, strict=True)}


def _endings(captions: Collection[str], *, chapters: bool, labels: bool) -> list[str]:
    return [_ending(each) for each in CAPTIONS if each in captions] + [CHAPTERS] * chapters + [LABELS] * labels


def _ending(captions: str) -> str:
    return TRANSCRIPT if captions == "html" else f".{captions}"


def podcast_chapters(timeline: Timeline, file_name: str = "") -> str:
    """JSON Chapters 1.2.0 of the Podcast Namespace; ``file_name`` is the sound file that they belong to."""
    head = {"version": "1.2.0", "title": _line(timeline.title), "fileName": file_name}
    found = [
        {"startTime": _seconds(each.start_ms), "endTime": _seconds(each.end_ms), "title": _line(each.title)}
        for each in all_chapters(timeline)
    ]
    whole: dict[str, Any] = {key: value for key, value in head.items() if value} | {"chapters": found}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def audacity_labels(timeline: Timeline, language: str = "en") -> str:
    """A label track for Audacity: a region for every chapter and for everything that is heard, in order of time."""
    regions = [(each.start_ms, -each.end_ms, _line(each.title)) for each in all_chapters(timeline)]
    regions += [(each.start_ms, -each.end_ms, each.text) for each in all_captions(timeline, language)]
    rows = (f"{_exact(start)}\t{_exact(-end)}\t{text}\n" for start, end, text in sorted(regions))
    return "".join(rows)


def _seconds(ms: int) -> int | float:
    return ms // 1000 if ms % 1000 == 0 else ms / 1000


def _exact(ms: int) -> str:
    return f"{ms // 1000}.{ms % 1000:03}000"


def _line(text: str) -> str:
    return printable(" ".join(text.split()))
