"""Metadata: a session and its timeline become the tags of a file.

The rule: everything comes from the session, so the same session makes the same tags. It writes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from player.export.captions import spoken
from player.export.provenance import origin
from player.export.tags import SpokenLine, Tags
from player.picture.cover import cover
from player.sound.ahead import in_background
from player.timeline.chapters import chapters
from player.timeline.model import Section

if TYPE_CHECKING:
    from player.export.options import AlbumPosition
    from player.pipeline import Prepared


def tags(ready: Prepared, position: AlbumPosition | None = None) -> Tags:
    """The tags of a session's file; with a position in a programme, the programme is its album."""
    session, timeline = ready.session, ready.timeline
    whole = Tags(
        session.title,
        session.summary,
        session.technique,
        session.language,
        tuple(Section(each.title, each.start_ms) for each in chapters(timeline)),
        timeline.total_ms,
        tuple(SpokenLine(each.text, each.start_ms) for each in spoken(timeline)),
        in_background(partial(cover, timeline, session.technique)),
        origin(ready),
    )
    if position is None:
        return whole
    return replace(whole, album=position.programme, track=position.number, tracks=position.count)
