"""What an exported file says of itself: a session and its timeline become tags.

The rule: everything comes from the session, so the same session makes the same tags. It writes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from player.export.captions.cues import spoken
from player.export.provenance import origin
from player.export.tags import SpokenLine, Tags
from player.picture.cover import cover
from player.sound.ahead import meanwhile
from player.timeline.chapters import chapters
from player.timeline.model import Section

if TYPE_CHECKING:
    from player.export.options import AlbumPosition
    from player.pipeline import Prepared


def tags(ready: Prepared, place: AlbumPosition | None = None) -> Tags:
    """The tags of a session's file; with a place in a programme, the programme is its album.

    Raises
    ------
    UsageError
        If the script has gone meanwhile.
    """
    session, timeline = ready.session, ready.timeline
    whole = Tags(
        session.title,
        session.summary,
        session.technique,
        session.language,
        tuple(Section(each.title, each.start_ms) for each in chapters(timeline)),
        timeline.total_ms,
        tuple(SpokenLine(each.text, each.start_ms) for each in spoken(timeline)),
        meanwhile(partial(cover, timeline, session.technique)),
        origin(ready),
    )
    return replace(whole, album=place.programme, track=place.number, tracks=place.count) if place else whole
