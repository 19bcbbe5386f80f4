"""Metadata: a session, its timeline and the options of an export become the tags of a file.

The rule: the same session and options make the same tags. What the options say wins over the script. It writes nothing.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from player.export.captions import spoken
from player.export.provenance import origin
from player.export.tags import SpokenLine, Tags
from player.picture.cover import cover
from player.script.credits import NO_CREDITS
from player.sound.ahead import in_background
from player.timeline.chapters import chapters
from player.timeline.model import Section

if TYPE_CHECKING:
    from player.export.options import ExportOptions
    from player.pipeline import Prepared


def tags(ready: Prepared, options: ExportOptions) -> Tags:
    """The tags of a session's file.

    With a position in a programme, the programme is its album, unless the options name another: the scripts' own albums
    would tear it apart. What else a programme's head says holds for sessions that do not say it themselves.
    """
    session, timeline, position = ready.session, ready.timeline, options.position
    given = position.credits if position else NO_CREDITS
    return Tags(
        session.title,
        session.summary,
        session.technique,
        session.language,
        tuple(Section(each.title, each.start_ms) for each in chapters(timeline)),
        timeline.total_ms,
        tuple(SpokenLine(each.text, each.start_ms) for each in spoken(timeline)),
        in_background(partial(cover, timeline, session.technique)),
        origin(ready),
        author=options.author or session.author or given.author or "",
        album=options.album or (position.album if position else session.album) or "",
        track=position.number if position else 0,
        tracks=position.count if position else 0,
        year=options.year or session.year or given.year or 0,
        license=options.license or session.license or given.license or "",
    )
