"""Reading the origin of a file: the script that it was made from.

The rule: files come from anywhere, so data in another form than ours counts as missing. Sound is never read.
"""

from __future__ import annotations

import contextlib
import io
import struct
from typing import TYPE_CHECKING, Any, Final

from player.errors import MediaError, printable
from player.export.tags.origin import FACTS, SCRIPT, Origin, restored

if TYPE_CHECKING:
    from pathlib import Path

_LARGEST_TAG: Final = 2**25
_MOST_CHUNKS: Final = 1000
_FLAWS: Final = (ValueError, KeyError, IndexError, TypeError, struct.error, EOFError)
"""Errors of a reader at a damaged tag."""


def origin_of(path: Path) -> Origin:
    """The script in a file, and how the file was made from it.

    Raises
    ------
    MediaError
        If the file cannot be read, or carries no script.
    """
    name = printable(str(path))
    try:
        with path.open("rb") as file:
            head = file.read(4)
        found = _in_id3(_riff_tag(path)) if head in {b"RIFF", b"RF64"} else _in_tags(path)
    except OSError as error:
        raise MediaError(f"{name} cannot be read: {(error.strerror or str(error)).lower()}") from error
    except _FLAWS:
        found = None
    if found is None:
        raise MediaError(f"{name} carries no script that is whole; name a sound file that player export has made")
    return found


def _in_tags(path: Path) -> Origin | None:
    import mutagen  # noqa: PLC0415  (only an extraction needs it)

    opener: Any = mutagen
    try:
        file = opener.File(path)
    except opener.MutagenError:
        return None
    tags = getattr(file, "tags", None)
    if tags is None:
        return None
    if hasattr(tags, "getall"):
        return _of_frames(tags)
    names = f"PLAYER_{SCRIPT}".upper(), f"PLAYER_{FACTS}".upper()
    if names[0] in tags:
        return restored(tags[names[0]][0].encode(), tags[names[1]][0])
    atoms = f"----:player:{SCRIPT}", f"----:player:{FACTS}"
    return restored(bytes(tags[atoms[0]][0]), bytes(tags[atoms[1]][0]).decode()) if atoms[0] in tags else None


def _in_id3(tag: bytes) -> Origin | None:
    from mutagen import MutagenError  # noqa: PLC0415
    from mutagen.id3 import ID3  # noqa: PLC0415

    kind: Any = ID3
    with contextlib.suppress(MutagenError):
        return _of_frames(kind(io.BytesIO(tag)))
    return None


def _of_frames(tags: Any) -> Origin | None:  # noqa: ANN401
    scripts, documents = tags.getall(f"GEOB:player {SCRIPT}"), tags.getall(f"TXXX:player {FACTS}")
    return restored(scripts[0].data, str(documents[0].text[0])) if scripts and documents else None


def _riff_tag(path: Path) -> bytes:
    """The ID3 chunk of a WAV file; RF64 keeps the length of its sound in its first chunk (EBU Tech 3306)."""
    with path.open("rb") as file:
        file.seek(12)
        sound_bytes = None
        for _ in range(_MOST_CHUNKS):
            if len(head := file.read(8)) < 8:
                break
            name, size = struct.unpack("<4sL", head)
            if name.lower() == b"id3 ":
                tag = file.read(min(size, _LARGEST_TAG))
                return tag if len(tag) == size else b""
            if name == b"ds64":
                sound_bytes = struct.unpack("<8xQ", file.read(16))[0]
                size -= 16
            if name == b"data" and sound_bytes is not None:
                size = sound_bytes
            file.seek(size + size % 2, 1)
    return b""
