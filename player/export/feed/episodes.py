"""Episodes: the sound files of a folder that this program has made, with what lies beside them.

The rule: a file is told by its tags, never by its name alone. The order is that of an album, or else of
names. It writes nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from player.errors import MediaError, UsageError, printable
from player.export.feed.address import file_name
from player.export.feed.legible import legible
from player.export.options import FORMATS
from player.export.sidecars import CHAPTERS, TRANSCRIPT
from player.export.tags import TagsRead, read_tags
from player.sound.mixdown import LAYERS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path

_TRANSCRIPTS: Final = {
    ".vtt": "text/vtt",
    ".srt": "application/x-subrip",
    TRANSCRIPT: "text/html",
    ".txt": "text/plain",
}
"""What is said, by the endings of its files: types after the Podcast Namespace, those with exact times first."""
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True)
class Episode:
    """A sound file and what is known of it.

    Attributes
    ----------
    name
        Of the file, without its folder.
    size_bytes, modified_s
        Of the file; seconds since 1970.
    chapters
        The name of the file with its chapters; empty without one.
    transcripts
        The names of the files with what is said, and their types, in the order of `_TRANSCRIPTS`.
    is_numbered
        Whether its track is a number that no other episode of the folder has.
    """

    name: str
    size_bytes: int
    modified_s: int
    tags: TagsRead
    chapters: str = ""
    transcripts: tuple[tuple[str, str], ...] = ()
    is_numbered: bool = False

    @property
    def form(self) -> str:
        """The format, by its ending."""
        return _form(self.name)


def episodes(folder: Path, on_note: Callable[[str], None]) -> tuple[Episode, ...]:
    """The episodes in a folder, in order; ``on_note`` is called with a sentence about each sound that is left out.

    Raises
    ------
    UsageError
        If it is no folder, or has no episode.
    MediaError
        If it cannot be read.
    """
    files = _files(folder)
    found: list[Episode] = []
    for name in (name for name in files if _form(name) in FORMATS):
        one = _episode(folder / name, files)
        if isinstance(one, Episode):
            found.append(one)
        else:
            on_note(f"{printable(name)} is left out: {one}")
    if not found:
        where = printable(str(folder))
        raise UsageError(f"{where} has no sound file that player export has made; export a session into it first")
    return _numbered(sorted(found, key=_order))


def _files(folder: Path) -> tuple[str, ...]:
    """The names of all files that are not hidden, in order."""
    if not folder.is_dir():
        raise UsageError(f"{printable(str(folder))} is no folder; name the one that player export has filled")
    try:
        return tuple(sorted(path.name for path in folder.iterdir() if path.is_file() and path.name[0] != "."))
    except OSError as error:
        reason = printable((error.strerror or str(error)).lower())
        raise MediaError(f"{printable(str(folder))} cannot be read: {reason}") from error


def _episode(path: Path, files: Collection[str]) -> Episode | str:
    """The episode of a sound file, or why it is none; ``files`` are the names of all that lies beside it."""
    session, point, layer = path.stem.rpartition(".")
    if point and layer in LAYERS and (whole := f"{session}{path.suffix}") in files:
        return f"it is a stem of {printable(whole)}"
    try:
        tags, about = read_tags(path), path.stat()
    except (MediaError, OSError) as error:
        return printable(str(error))
    if tags is None:
        return "player export has not made it"
    chapters = path.with_suffix(CHAPTERS).name
    transcripts = ((path.with_suffix(ending).name, mime) for ending, mime in _TRANSCRIPTS.items())
    return Episode(
        name=path.name,
        size_bytes=about.st_size,
        modified_s=int(about.st_mtime),
        tags=_clean(tags, path.stem),
        chapters=chapters if chapters in files else "",
        transcripts=tuple((name, mime) for name, mime in transcripts if name in files),
    )


def _clean(tags: TagsRead, stem: str) -> TagsRead:
    """The same as a feed can hold it; a sound without a title has its file's name."""
    return replace(
        tags,
        title=legible(tags.title) or legible(stem) or file_name(stem),
        summary=legible(tags.summary),
        language=tags.language if _LANGUAGE.fullmatch(tags.language) else "",
        author=legible(tags.author),
        album=legible(tags.album),
    )


def _form(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _order(episode: Episode) -> tuple[bool, str, int, int, str]:
    """Albums by their tracks, and then what is in none, by names."""
    tags = episode.tags
    is_alone = not (tags.album and tags.track)
    return (True, "", 0, 0, episode.name) if is_alone else (False, tags.album, tags.disc, tags.track, episode.name)


def _numbered(ordered: Iterable[Episode]) -> tuple[Episode, ...]:
    """Where all are of one album, those that have a number of their own."""
    found = tuple(ordered)
    places = Counter((each.tags.disc, each.tags.track) for each in found)
    is_album = album(found) != ""
    return tuple(
        replace(each, is_numbered=is_album and each.tags.track > 0 and places[each.tags.disc, each.tags.track] == 1)
        for each in found
    )


def album(all_: Iterable[Episode]) -> str:
    """The album that all are of; empty if there is no such."""
    names = {each.tags.album for each in all_}
    return names.pop() if len(names) == 1 else ""
