"""The picture of a feed: one file beside it.

The rule: a picture is drawn once. From then on it stays, so that subscribers know the feed by it and anybody may put
a better one in its place. What directories would refuse is refused here where it was asked for, and told of where it
lies there already.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import imagesize

from player.errors import MediaError, UsageError, printable
from player.picture.enlarged import enlarged
from player.storage.atomic import must_be_free

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from player.export.feed.episodes import Episode

_NAME: Final = "cover"
_SIGNATURES: Final = {b"\x89PNG\r\n\x1a\n": ".png", b"\xff\xd8\xff": ".jpg"}
_ENDINGS: Final = (".png", ".jpg", ".jpeg")
_OWN_ENDINGS: Final = {".png": (".png",), ".jpg": (".jpg", ".jpeg")}
"""By what the picture is: Apple's guide wants the ending of the address to tell it, and writes it small."""
_LEAST, _MOST = 1400, 3000
"""Pixels a side, as Apple's directory wants them; the others follow it."""
_WANTED: Final = f"a square PNG or JPEG of {_LEAST} to {_MOST} pixels a side"


@dataclass(frozen=True)
class Artwork:
    """The name of a picture's file in the folder, or nothing; and its bytes where it is to be written."""

    name: str = ""
    content: bytes = b""


def asked_for(picture: Path, folder: Path, *, force: bool) -> Artwork:
    """The picture that the user names: as it is if it lies in the folder, rightly named, and otherwise to be copied.

    Raises
    ------
    MediaError
        If it cannot be read.
    UsageError
        If directories would refuse it, or another picture is in its way.
    """
    content = _read(picture)
    if why := _unfit(content):
        raise UsageError(f"--image must be {_WANTED}: {_shown(picture)} {why}")
    if picture.resolve().parent == folder.resolve() and not _misnamed(picture.name, content):
        return Artwork(picture.name)
    target = folder / f"{_NAME}{_ending(content)}"
    if target.is_file() and target.read_bytes() == content:
        return Artwork(target.name)
    must_be_free(target, force=force)
    return Artwork(target.name, content)


def standing(folder: Path, locked: str, on_note: Callable[[str], None]) -> Artwork | None:
    """The picture that lies there: the one that the feed had last, or else one with the usual name.

    ``on_note`` is called with a sentence if directories would refuse it. None if there is no picture.
    """
    usual = [f"{_NAME}{ending}" for ending in _ENDINGS]
    for name in [locked, *usual] if Path(locked).name == locked and locked else usual:
        if (folder / name).is_file():
            content = _read(folder / name)
            if why := _unfit(content) or _misnamed(name, content):
                on_note(f"{printable(name)} {why}; directories want {_WANTED}")
            return Artwork(name)
    return None


def drawn(episodes: Iterable[Episode]) -> Artwork:
    """The richest cover of the episodes, which is the one of most bytes, enlarged; nothing if none has one of ours."""
    for cover in sorted((each.tags.cover for each in episodes), key=len, reverse=True):
        try:
            return Artwork(f"{_NAME}.png", enlarged(cover))
        except ValueError:  # somebody put another picture in
            continue
    return Artwork()


def _read(picture: Path) -> bytes:
    try:
        if picture.exists() and not picture.is_file():  # a pipe would be waited for, and a device may have no end
            raise MediaError(f"{_shown(picture)} cannot be read: it is no file; name {_WANTED}")
        return picture.read_bytes()
    except OSError as error:
        reason = printable((error.strerror or str(error)).lower())
        raise MediaError(f"{_shown(picture)} cannot be read: {reason}") from error


def _unfit(content: bytes) -> str:
    """Why directories would refuse it; empty if they would not."""
    if not _ending(content):
        return "is neither PNG nor JPEG"
    try:
        width, height = imagesize.get(io.BytesIO(content))
    except ValueError:
        return "is damaged"
    if width == height and _LEAST <= width <= _MOST:
        return ""
    return f"is {width} × {height}" if min(width, height) > 0 else "is damaged"


def _misnamed(name: str, content: bytes) -> str:
    """How a PNG or JPEG should be named; empty if its name is right."""
    right = _OWN_ENDINGS[_ending(content)]
    return "" if name.endswith(right) else f"should end in {right[0]}, which is what it is"


def _ending(content: bytes) -> str:
    return next((ending for start, ending in _SIGNATURES.items() if content.startswith(start)), "")


def _shown(picture: Path) -> str:
    return printable(str(picture))
