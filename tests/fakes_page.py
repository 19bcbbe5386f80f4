"""Pages made of timelines without a voice: the sound in them is any address."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from player.export.page.document import PageSession
from player.export.tags import Origin
from tests.fakes_picture import bundled

if TYPE_CHECKING:
    from player.timeline.model import Timeline

SCRIPT = b"\xef\xbb\xbftitle: Mine   # </script> & \xe2\x98\x95\r\nsteps: [pause: 3s, include: parts/a]\r\n"
INCLUDES = {"parts/a.yaml": b"title: <a>\nsteps: [pause: 1s]\n"}
ORIGIN = Origin("mine.yaml", SCRIPT, {"rate": 105, "note": "</script><!--"}, INCLUDES)


def shown(timeline: Timeline, sound: str = "data:audio/mpeg;base64,AAAA", **changes: object) -> PageSession:
    made = PageSession(
        timeline,
        summary="Four equal sides.",
        technique="breathing",
        language="en-US",
        safety=("Stop if you feel dizzy.",),
        cover=b"\x89PNG",
        origin=ORIGIN,
        sound=sound,
        notes=("Made by hand.",),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@cache
def box() -> PageSession:
    return shown(bundled("box-breathing")[1])
