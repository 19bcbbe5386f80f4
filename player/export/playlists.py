"""Playlists: files that follow each other, for a player to play in their order.

The rule: an extended M3U in UTF-8 with names alone, which lies beside its files, so that the folder may be moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from player.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ENDING = ".m3u8"


@dataclass(frozen=True)
class PlaylistEntry:
    """A file, what it is titled, and how long it is to be heard."""

    title: str
    length_ms: int
    path: Path


def text(title: str, entries: Iterable[PlaylistEntry]) -> str:
    """The playlist of these files."""
    lines = ["#EXTM3U", f"#PLAYLIST:{_line(title)}"]
    for each in entries:
        lines += [f"#EXTINF:{each.length_ms / 1000:.3f},{_line(each.title)}", _name(each.path)]
    return "\n".join(lines) + "\n"


def _name(path: Path) -> str:
    """A name that is no comment."""
    return f"./{path.name}" if path.name.startswith("#") else path.name


def _line(text: str) -> str:
    return printable(" ".join(text.split()))
