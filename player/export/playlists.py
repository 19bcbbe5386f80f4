"""Playlists: files in the order in which they are played.

The rule: an extended M3U in UTF-8 holds names without folders and lies beside its files, so that the folder may move.
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
    """A file, its title, and its length."""

    title: str
    length_ms: int
    path: Path


def playlist(title: str, entries: Iterable[PlaylistEntry]) -> str:
    """The playlist of these files."""
    lines = ["#EXTM3U", f"#PLAYLIST:{_line(title)}"]
    for each in entries:
        lines += [f"#EXTINF:{each.length_ms / 1000:.3f},{_line(each.title)}", _name(each.path)]
    return "\n".join(lines) + "\n"


def _name(path: Path) -> str:
    """The file's name, which must not look like a comment."""
    return f"./{path.name}" if path.name.startswith("#") else path.name


def _line(text: str) -> str:
    return printable(" ".join(text.split()))
