"""Whole exports of the program's own, to be damaged: three seconds in each format, with all that tags can have."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from player.errors import PlayerError
from player.export.tags import Origin, SpokenLine
from player.picture.cover import cover
from tests.adversary import hostile_media
from tests.fakes_mix import timeline
from tests.fakes_output import TAGS, chirp, exported

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_FACTS: Final = {"version": "player 1", "parameters": {"side": "4s"}, "rate": 105, "spoken_by": "gmw/en", "skip": ["a"]}


def write_all(folder: Path, forms: Iterable[str]) -> None:
    """Write one of each format that can be written here, and a page."""
    folder.mkdir()
    origin = Origin("calm.yaml", hostile_media.SCRIPT, _FACTS, {"parts/a.yaml": b"title: a\n"})
    picture = cover(timeline(3_000), "breathing")
    full = replace(
        TAGS,
        origin=origin,
        cover=lambda: picture,
        album="Week",
        track=2,
        tracks=7,
        lyrics=(SpokenLine("Let go.", 120),),
    )
    for form in forms:
        try:
            exported(folder / f"whole.{form}", chirp(3 * 48_000), full)
        except PlayerError:  # no ffmpeg
            (folder / f"whole.{form}").unlink(missing_ok=True)
    (folder / "whole.html").write_bytes(hostile_media.page(origin.document().encode()))
