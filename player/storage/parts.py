"""Part files: until a file is complete, it lies beside its target under another name, ``.NAME.PID-HERE-RANDOM.part``.

The rule: nobody can know the name of a part before it is there, and it is made where nothing was. So a link that was
put in its place is never followed, and empties no other file. Parts of a killed run are removed by the next. It does
not know what is written.
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING, Final

from player.storage.stale_files import MARK, mark

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

PART: Final = re.compile(rf"\..+\.{MARK}(-[0-9a-f]{{12}})?\.part")
"""Earlier versions had parts without random figures."""
_RANDOM_BYTES: Final = 6
_LONGEST_NAME: Final = 50
"""Characters of the target's name in the part's: with four bytes each they still fit into a name of 255 bytes."""


def part_of(target: Path) -> Path:
    """A new name for the part of a file, in the same folder."""
    return target.with_name(f".{_short(target.name)}.{mark()}-{os.urandom(_RANDOM_BYTES).hex()}.part")


def created(path: Path) -> BinaryIO:
    """A new file, open for writing.

    Raises
    ------
    OSError
        If it cannot be made, or if anything lies there already, also a link: none is followed.
    """
    return path.open("xb")  # O_CREAT and O_EXCL, which refuses links on every system


def _short(name: str) -> str:
    """A shorter name; two long ones that differ only at their ends still differ."""
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[: _LONGEST_NAME - 7]}-{hashlib.sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:6]}"
