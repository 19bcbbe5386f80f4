"""The origin of a file: the script, byte for byte, and all other choices.

The rule: the script is stored unchanged, so that any reader of tags can show it; everything else is one line of JSON.
Files come from anywhere, so data in another form than ours counts as missing. Sound is never read.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import mutagen
from mutagen import MutagenError
from mutagen.id3 import ID3

from player.errors import MediaError, printable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SCRIPT: Final = "script"
FACTS: Final = "session"
"""The names of both in every format, behind the program's name."""
_LONGEST: Final = 2**24
_LARGEST_TAG: Final = 2**25
_MOST_CHUNKS: Final = 1000
FLAWS: Final = (ValueError, KeyError, IndexError, TypeError, struct.error, EOFError)
"""Errors of a reader at a damaged tag."""


@dataclass(frozen=True)
class Origin:
    """A script and how it was made into sound.

    Attributes
    ----------
    name
        The script's file name, without a folder.
    script
        Its bytes.
    facts
        The choices, as texts and numbers for JSON: parameters, voice, version.
    includes
        The author's own scripts that it includes, by their paths from its folder, with ``/``.
    """

    name: str
    script: bytes
    facts: Mapping[str, Any] = field(default_factory=dict)
    includes: Mapping[str, bytes] = field(default_factory=dict)

    def document(self) -> str:
        """Everything but the script, as one line of JSON in ASCII."""
        texts = {name: text.decode() for name, text in self.includes.items()}
        return json.dumps({"script": self.name, "sha256": _digest(self.script), **self.facts, "includes": texts})


def restored(script: bytes, document: str) -> Origin:
    """The origin that was written as these two.

    Raises
    ------
    ValueError
        If the document is none of ours, or the script is not the one that it was written for.
    """
    if len(document) > _LONGEST:
        raise ValueError("what it says of its script is too long")
    facts = json.loads(document)
    if not isinstance(facts, dict):
        raise ValueError("what it says of its script is no mapping")  # noqa: TRY004 (of the text, not of our types)
    if facts.pop("sha256", "") != _digest(script):
        raise ValueError("the script is damaged")
    name, includes = facts.pop("script", ""), facts.pop("includes", {})
    texts = {key: text.encode() for key, text in _texts(includes).items()}
    return Origin(name if isinstance(name, str) else "", script, facts, texts)


def _digest(script: bytes) -> str:
    return hashlib.sha256(script).hexdigest()


def _texts(mapping: object) -> dict[str, str]:
    pairs = mapping.items() if isinstance(mapping, dict) else ()
    return {key: text for key, text in pairs if isinstance(key, str) and isinstance(text, str)}


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
        found = _in_id3(riff_tag(path)) if head in {b"RIFF", b"RF64"} else _in_tags(path)
    except OSError as error:
        raise MediaError(f"{name} cannot be read: {(error.strerror or str(error)).lower()}") from error
    except FLAWS:
        found = None
    if found is None:
        raise MediaError(f"{name} carries no script that is whole; name a sound file that player export has made")
    return found


def _in_tags(path: Path) -> Origin | None:
    opener: Any = mutagen  # mutagen publishes types for a part of itself only
    try:
        file = opener.File(path)
    except MutagenError:
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
    kind: Any = ID3
    with contextlib.suppress(MutagenError):
        return _of_frames(kind(io.BytesIO(tag)))
    return None


def _of_frames(tags: Any) -> Origin | None:  # noqa: ANN401
    scripts, documents = tags.getall(f"GEOB:player {SCRIPT}"), tags.getall(f"TXXX:player {FACTS}")
    return restored(scripts[0].data, str(documents[0].text[0])) if scripts and documents else None


def riff_tag(path: Path) -> bytes:
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
