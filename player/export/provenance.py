"""The origin of a session: its script with the author's own includes, and everything that decides how it sounds.

The rule: these facts are enough to make the same session again, on a machine with the same program and voice. They name
no folder: of a background on a disk they have only the file's name, and of the user's own takes only how many lines
came from them. Bundled includes come with the program and are left out.
"""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from player.export.tags import Origin, software
from player.script import library
from player.techniques.cue import Utterance
from player.units import format_duration
from player.voice import processor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from player.pipeline import Prepared, RequestedSession


def origin(ready: Prepared) -> Origin:
    """The origin of a session: its scripts as they were read, whatever became of their files since."""
    source = ready.requested.source
    return Origin(source.path.name, source.data, _facts(ready), dict(sorted(_own_includes(ready.requested))))


def _facts(ready: Prepared) -> dict[str, Any]:
    session, asked, engine = ready.session, ready.request, ready.machine.engine
    said = (cue.sound for cue in ready.timeline.cues if isinstance(cue.sound, Utterance))
    first = next((each for each in said if not ready.clips[each].is_own), None)
    spoken = engine.request(first) if first else None
    length = None if asked.length_ms is None else format_duration(asked.length_ms)
    return {
        "version": software(),
        "parameters": dict(session.values),
        "voice": session.voice.name,
        "rate": session.voice.rates[0],  # as --rate takes it; the script has the rest of a course
        "pitch": session.voice.pitches[0],
        "spoken_by": spoken and spoken.voice,
        "engine": spoken and _engine(spoken.version),
        "background": asked.background and asked.background.replace("\\", "/").rpartition("/")[2],
        "length": length,
        "skip": list(asked.skip),
        "intro": asked.intro,
        "seed": asked.seed,
        "guide": asked.guide,
        "bed": None if asked.bed_db is None else f"{asked.bed_db:g}",
        "tones": None if asked.tones_db is None else f"{asked.tones_db:g}",
        "outlive": asked.outlive_ms and format_duration(asked.outlive_ms),
        "takes": ready.takes[0],
        "region": ready.request.region if ready.requested.region else None,
    }


def _engine(version: str) -> str:
    """The engine, with the processor's architecture alone: its vector instructions are nobody's business in a file."""
    kind = processor.kind()
    return f"{version.removesuffix(kind)}{kind.partition(' ')[0]}" if kind and version.endswith(kind) else version


def _own_includes(requested: RequestedSession) -> Iterator[tuple[str, bytes]]:
    """The included scripts that are not bundled, by their paths from the script's folder."""
    folder, ours = requested.source.path.parent, library.bundled("scripts").resolve()
    for each in requested.included:
        name = PurePosixPath(Path(os.path.relpath(each.path, folder)))  # a link keeps the name that it is included by
        if not each.path.resolve().is_relative_to(ours):
            yield str(name), each.data
