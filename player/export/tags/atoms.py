"""The atoms of M4A and M4B, after iTunes.

The rule: names as iTunes has them; the script stands in free-form atoms of the program's own. Chapters are not here:
they are a track of the file, made together with its sound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mutagen import mp4

from player.export.tags.about import as_os_errors, clean, plain_lyrics, software
from player.export.tags.fields import FACTS, SCRIPT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from player.export.tags.about import Tags

_MP4: Final[Any] = mp4  # mutagen publishes types for a part of itself only


def tag_mp4(path: Path, tags: Tags) -> None:
    """Give a finished M4A or M4B file its atoms; chapters that it has stay."""
    with as_os_errors():
        file = _MP4.MP4(path)
        if file.tags is None:
            file.add_tags()
        file.tags.clear()
        file.tags.update(_atoms(tags))
        file.save(padding=lambda _: 0)


def _atoms(tags: Tags) -> Iterator[tuple[str, list[Any]]]:
    texts = {
        "\xa9nam": tags.title,
        "\xa9ART": tags.author,
        "\xa9alb": tags.album,
        "\xa9day": str(tags.year or ""),
        "cprt": tags.copyright,
        "desc": tags.summary,
        "\xa9gen": tags.technique,
        "\xa9too": software(),
    }
    yield from ((name, [clean(text)]) for name, text in texts.items() if text)
    if tags.track:
        yield "trkn", [(tags.track, tags.tracks)]
    if tags.disc:
        yield "disk", [(tags.disc, tags.discs)]
    if tags.lyrics:
        yield "\xa9lyr", [plain_lyrics(tags)]
    if cover := tags.cover():
        yield "covr", [_MP4.MP4Cover(cover, _MP4.MP4Cover.FORMAT_PNG)]
    if tags.license:  # as MusicBrainz Picard names it, after which others read it
        yield "----:com.apple.iTunes:LICENSE", [_MP4.MP4FreeForm(clean(tags.license).encode())]
    if tags.language:
        yield "----:player:language", [_MP4.MP4FreeForm(tags.language.encode())]
    if tags.origin:
        yield f"----:player:{FACTS}", [_MP4.MP4FreeForm(tags.origin.document().encode())]
        yield f"----:player:{SCRIPT}", [_MP4.MP4FreeForm(tags.origin.script)]
