"""Sidecars: captions, chapters and labels as files beside the sound file, with its name and an ending of their own.

The rule: all of them are written before the first gets its name, and each is whole or not there at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from player.errors import UsageError
from player.output.captions import marks, subtitles
from player.output.file.atomic import NewFile, must_be_free, sentences

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from player.timeline.model import Timeline

CAPTIONS = tuple(subtitles.FORMATS)
_CHAPTERS = ".chapters.json"
_LABELS = ".labels.txt"


def paths(
    target: Path, *, captions: Collection[str] = (), chapters: bool = False, labels: bool = False, force: bool = False
) -> tuple[Path, ...]:
    """The files that `write` would make, each of which may be written: to be asked before any work is done.

    Raises
    ------
    UsageError
        If a format of captions is unknown, or a file is there already, without ``force``.
    OutputError
        If one is a folder or a device.
    """
    if unknown := [each for each in captions if each not in CAPTIONS]:
        raise UsageError(f"captions must be of {', '.join(CAPTIONS)}, not {unknown[0]!r}")
    endings = [f".{each}" for each in CAPTIONS if each in captions] + [_CHAPTERS] * chapters + [_LABELS] * labels
    found = tuple(target.with_suffix(ending) for ending in endings)
    for path in found:
        must_be_free(path, force=force)
    return found


def write(
    timeline: Timeline,
    target: Path,
    *,
    captions: Collection[str] = (),
    chapters: bool = False,
    labels: bool = False,
    language: str = "en",
    force: bool = False,
) -> tuple[Path, ...]:
    """Write them beside the sound file ``target``; the files that were made.

    Parameters
    ----------
    captions
        Any of `CAPTIONS`.
    chapters
        Whether to write the chapters as podcasts have them.
    labels
        Whether to write a label track for Audacity.
    language
        The session's, BCP 47.

    Raises
    ------
    UsageError
        If a format of captions is unknown, or a file is there already, without ``force``.
    OutputError
        If one cannot be written.
    """
    asked = paths(target, captions=captions, chapters=chapters, labels=labels, force=force)
    texts = {f".{each}": subtitles.FORMATS[each](timeline, language) for each in captions}
    texts |= {_CHAPTERS: marks.podcast(timeline, target.name)} if chapters else {}
    texts |= {_LABELS: marks.labels(timeline, language)} if labels else {}
    return write_texts({path: texts[path.name.removeprefix(target.stem)].encode() for path in asked}, force=force)


def write_texts(texts: Mapping[Path, bytes], *, force: bool = False) -> tuple[Path, ...]:
    """Write several small files: all of them, before the first gets its name.

    Raises
    ------
    UsageError
        If one is there already, without ``force``.
    OutputError
        If one cannot be written.
    """
    files: list[NewFile] = []
    try:
        for path, text in texts.items():
            files.append(NewFile(path, force=force))
            with sentences(path):
                files[-1].part.write_bytes(text)
        for file in files:
            file.commit()
    finally:
        for file in files:
            file.discard()
    return tuple(texts)
