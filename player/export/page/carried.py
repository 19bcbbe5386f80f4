"""The script that a page carries, found again.

The rule: a page may come from anywhere, so what does not have exactly the form that `document` writes counts as
missing, and the script must have the digest that stands beside it. Nothing of the page is interpreted.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Final

from player.errors import MediaError, printable
from player.export.tags.origin import Origin, restored

if TYPE_CHECKING:
    from pathlib import Path

_ENDINGS: Final = (".html", ".htm")
_SCRIPT: Final = re.compile(
    rb'<a class="save" download="[^"<>]*" href="data:application/yaml;base64,([A-Za-z0-9+/=]*)">'
)
_ORIGIN: Final = re.compile(rb'<script type="application/json" class="origin">([^<]*)</script>')
"""Text in a page has no ``<``, so neither can stand in a text."""


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
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MediaError(f"{name} cannot be read: {(error.strerror or str(error)).lower()}") from error
    scripts, documents = _SCRIPT.findall(content), _ORIGIN.findall(content)
    if len(scripts) > 1:
        raise MediaError(
            f"{name} carries the scripts of {len(scripts)} sessions, and only one can be given back; open the page and"
            " save the one that you want"
        )
    try:
        (script,), (document,) = scripts, documents
        return restored(base64.b64decode(script, validate=True), document.decode())
    except (ValueError, binascii.Error):
        raise MediaError(f"{name} carries no script that is whole; name a page that player export has made") from None
