"""What is read from the tags of a file, in whatever format, and how much of it at most.

The rule: a file may come from anywhere, so each reader beside this module walks the bytes itself, counts what it meets,
and stops at the limits below; it opens nothing that lies inside another thing, expands nothing past a limit, and looks
only at the fields named here. What breaks a limit or is damaged is a ValueError, or counts as missing.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

SCRIPT: Final = "script"
FACTS: Final = "session"
"""The names of the script, and of the JSON beside it, in every format, behind the program's name."""
LARGEST_TAG: Final = 2**25
"""Bytes of a whole tag. What this program writes is under 1 MB with a picture."""
MOST_FIELDS: Final = 10_000
"""Frames, comments, blocks, chunks or atoms, one beside the other; ours are 2,010 at most, for 999 chapters."""
LONGEST_TEXT: Final = 2**16
"""Bytes of a title and the like."""
LONGEST_DOCUMENT: Final = 2**23
"""Bytes of what a file says of its script, with all that the script includes."""
LARGEST_SCRIPT: Final = 2**20
"""Bytes of what carries a script, which itself has a quarter of that at most."""
LARGEST_COVER: Final = 2**24
DAMAGE: Final = (ValueError, KeyError, IndexError, struct.error, EOFError)
"""Errors of a reader at a damaged tag; a UnicodeError is a ValueError."""


@dataclass(frozen=True)
class TagFields:
    """The fields of a file's tags, as they stand there; what is missing is empty or 0.

    Attributes
    ----------
    software
        What made the file.
    language
        BCP 47, or three letters where the format has only those.
    track, disc
        Such as ``2/5``.
    length_ms
        Of the sound, as its container says.
    cover
        A picture.
    script, document
        The script's bytes and the JSON beside it, as `origin.restored` takes them.
    """

    software: str = ""
    title: str = ""
    summary: str = ""
    language: str = ""
    author: str = ""
    album: str = ""
    track: str = ""
    disc: str = ""
    length_ms: int = 0
    cover: bytes = b""
    script: bytes = b""
    document: str = ""
