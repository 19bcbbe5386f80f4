"""Sidecars: captions, chapters and labels as files beside the sound file, with its name and an ending of their own.

The rule: their content depends on the timeline alone. They are made together with the sound file, so that all of them
are there or none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from player.errors import UsageError
from player.export.captions import marks, subtitles
from player.export.names import CAPTIONS
from player.storage.atomic import must_be_free

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from player.timeline.model import Timeline

_CHAPTERS = ".chapters.json"
_LABELS = ".labels.txt"


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
    found = tuple(target.with_suffix(ending) for ending in _endings(captions, chapters=chapters, labels=labels))
    for path in found:
        must_be_free(path, force=force)
    return found


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
    texts = {f".{each}": subtitles.SUBTITLES[each](timeline, language) for each in captions}
    texts |= {_CHAPTERS: marks.podcast(timeline, target.name)} if chapters else {}
    texts |= {_LABELS: marks.labels(timeline, language)} if labels else {}
    endings = _endings(captions, chapters=chapters, labels=labels)
    return {target.with_suffix(ending): texts[ending].encode() for ending in endings}


def _endings(captions: Collection[str], *, chapters: bool, labels: bool) -> list[str]:
    return [f".{each}" for each in CAPTIONS if each in captions] + [_CHAPTERS] * chapters + [_LABELS] * labels
