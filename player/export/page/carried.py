"""The script that a page carries, found again.

The rule: a page may come from anywhere, so what does not have exactly the form that `document` writes counts as
missing, and the script must have the digest that stands beside it. Nothing of the page is interpreted.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from player.errors import MediaError, printable
from player.export.tags.opening import must_be_a_file
from player.export.tags.origin import Origin, restored

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

_ENDINGS: Final = (".html", ".htm")
_CARRIED: Final = re.compile(
    rb'<a class="save" download="[^"<>]*" href="data:application/yaml;base64,(?P<script>[A-Za-z0-9+/=]*)">'
    rb'|<script type="application/json" class="origin">(?P<document>[^<]*)</script>'
)
"""Text in a page has no ``<``, so neither can stand in a text."""
_BEGINNINGS: Final = (b'<a class="save"', b'<script type="application/json" class="origin"')
_LARGEST: Final = 2**30
"""Bytes of a page: eight hours of sound in it are 0.6 GB."""
_BLOCK: Final = 2**23
"""A page is searched in pieces; what begins in one is looked at again with the next, and may have so many bytes."""


def is_page(path: Path) -> bool:
    """Whether a file has the ending of a page."""
    return path.suffix.lower() in _ENDINGS


def origin_of_page(path: Path) -> Origin:
    """The script in a page, and how the page was made from it.

    Raises
    ------
    MediaError
        If the file cannot be read, or carries no script that is whole, or several.
    """
    name = printable(str(path))
    must_be_a_file(path)
    try:
        with path.open("rb") as file:
            counts, found = _searched(file)
    except OSError as error:
        raise MediaError(f"{name} cannot be read: {printable((error.strerror or str(error)).lower())}") from error
    if counts["script"] > 1:
        raise MediaError(
            f"{name} carries the scripts of {counts['script']} sessions, and only one can be given back; open the page"
            " and save the one that you want"
        )
    try:
        if counts["document"] == 1:
            return restored(base64.b64decode(found["script"], validate=True), found["document"].decode())
    except (ValueError, KeyError):  # no base64, no UTF-8, no JSON, not the script that it was
        pass
    raise MediaError(f"{name} carries no script that is whole; name a page that player export has made")


def _searched(file: BinaryIO) -> tuple[Counter[str], dict[str, bytes]]:
    """How many scripts and documents a page has, and the first of each."""
    counts, found, rest = Counter[str](), dict[str, bytes](), b""
    for _ in range(_LARGEST // _BLOCK):
        if not (block := file.read(_BLOCK)):
            break
        piece, end = rest + block, 0
        for match in _CARRIED.finditer(piece):
            kind, end = str(match.lastgroup), match.end()
            counts[kind] += 1
            found.setdefault(kind, match[kind])
        begun = max(piece.rfind(each, end) for each in _BEGINNINGS)
        split = max(end, len(piece) - len(max(_BEGINNINGS, key=len)))
        rest = piece[begun if begun >= max(0, len(piece) - _BLOCK) else split :]
    return counts, found
