"""The atoms of M4A and M4B, after iTunes.

The rule: names as iTunes has them; the script stands in free-form atoms of the program's own. Chapters are not here:
they are a track of the file, made together with its sound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from player.export.tags.about import clean, plain_lyrics, software
from player.export.tags.failures import as_os_errors
from player.export.tags.origin import FACTS, SCRIPT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from player.export.tags.about import Tags


def tag_mp4(path: Path, tags: Tags) -> None:
    """Give a finished M4A or M4B file its atoms; chapters that it has stay."""
    from mutagen.mp4 import MP4  # noqa: PLC0415  (only an export needs mutagen)

    kind: Any = MP4
    with as_os_errors():
        file = kind(path)
        if file.tags is None:
            file.add_tags()
        file.tags.clear()
        file.tags.update(_atoms(tags))
        file.save(padding=lambda _: 0)


def _atoms(tags: Tags) -> Iterator[tuple[str, list[Any]]]:
    from mutagen import mp4 as known  # noqa: PLC0415

    forms: Any = known
    texts = {
        "\xa9nam": tags.title,
        "\xa9alb": tags.album,
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
        yield "covr", [forms.MP4Cover(cover, forms.MP4Cover.FORMAT_PNG)]
    if tags.language:
        yield "----:player:language", [forms.MP4FreeForm(tags.language.encode())]
    if tags.origin:
        yield f"----:player:{FACTS}", [forms.MP4FreeForm(tags.origin.document().encode())]
        yield f"----:player:{SCRIPT}", [forms.MP4FreeForm(tags.origin.script)]
