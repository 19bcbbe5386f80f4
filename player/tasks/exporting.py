"""Exporting: the pipeline's blocks, into a file that says what it is.

The rule: the file is whole or not there at all, and holds the blocks that playing would send to the loudspeaker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from player import pipeline
from player.output.file.export import export_sink
from player.output.file.mp3 import BITRATE_OF_SPEECH
from player.output.file.tags import Tags

if TYPE_CHECKING:
    from pathlib import Path

    from player.pipeline import Prepared, Progress


def export(ready: Prepared, target: Path, form: str, *, force: bool, progress: Progress | None = None) -> None:
    """The session as a file, whole or not at all.

    Raises
    ------
    UsageError
        If the file is there already, without ``force``.
    OutputError
        If it cannot be written.
    """
    session, timeline = ready.session, ready.timeline
    tags = Tags(
        session.title, session.summary, session.technique, session.language, timeline.sections, timeline.total_ms
    )
    bitrate = BITRATE_OF_SPEECH if form == "mp3" and not ready.beds else None
    with export_sink(target, form, tags=tags, bitrate=bitrate, force=force) as sink:
        done_ms = 0
        for block in pipeline.blocks(ready):
            sink.write(block)
            done_ms += len(block)
            if progress:
                progress(done_ms, timeline.total_ms)
