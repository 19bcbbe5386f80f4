"""Whether a file is a page that this version can have made, told from its markup alone.

The rule: the head must be ours up to its texts and colours, and every ``<`` behind it must begin an element that
`document` writes, with the attributes that it writes. So a page can neither lead elsewhere nor run or load anything;
what its texts and its sound say is not judged. The patterns come from the templates, and from a list for what
`document` writes without one (tests/export/batch/test_contents.py).
"""

from __future__ import annotations

import mmap
import re
from functools import cache
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from player.export.page import colours
from player.export.page.document import digest, notice, style_policy, template

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_TEXT: Final = r'[^<>"\n]*'
"""Escaped, in an attribute or in the title."""
_BASE64: Final = "base64,[A-Za-z0-9+/=]*"
_HEX: Final = "[0-9a-f]{6}"
_FREE: Final[Mapping[str, str]] = {
    "lang": r"[\w-]*",
    "labels": r"[\w-]*",
    "paper": _HEX,
    "deep": _HEX,
    "colour": _HEX,
    "colours": "t-[a-z-]+",
    "media": "(?:data:|'self')",
    "sheet": "'sha256-[A-Za-z0-9+/]{43}='",
    "id": r"s\d+",
    "heading": "h[1-6]",
    "total_s": r"\d+",
    "cover": f"data:image/png;{_BASE64}",
    "sound": rf"(?:data:audio/[a-z0-9-]+;{_BASE64}|(?P<beside>[\w.~%-]+))",
}
"""What may stand in place of a word of a template; `_TEXT` for any other."""
_PLACE: Final = re.compile(r"\$([a-z_]+)")
_ELEMENT: Final = re.compile("<[^>]*>")
_RULES: Final = rf"(?:\.t-[a-z-]+ \{{(?: --[a-z]+: #{_HEX};)+ \}}\n)*"
_WRITTEN: Final = (
    r"</?(?:section|ul|ol|li|nav|a|time|span|div|p|h[1-6]|details|summary|pre)>",
    "</script>",
    '<section class="(?:safety|text)">',
    f'<nav class="chapters" aria-label="{_TEXT}">',
    r'<a href="#s\d+(?:-c?\d+)?"(?: data-ms="-?\d+")?>',
    f'<a class="save" download="{_TEXT}" href="data:application/yaml;{_BASE64}">',
    f'<span lang="{_TEXT}">',
    r'<p id="s\d+-\d+">',
    '<p class="about">',
    f'<h[1-6] class="part" lang="{_TEXT}">',
    r'<h[1-6] class="chapter-title" id="s\d+-c\d+">',
    f'<li class="t-[a-z-]+" lang="{_TEXT}">',
    f'<details class="script" lang="{_TEXT}">',
    f'<pre tabindex="0" aria-label="{_TEXT}">',
    '<script type="application/json" class="(?:origin|times)">',
)
"""Elements that `document` writes without a template, as patterns. A bare ``<script>`` is none of them."""


def is_page(path: Path, are_own: Callable[[Sequence[str]], bool]) -> bool:
    """Whether a file is one that `document.page` can have made in this version.

    ``are_own`` says of names of sound files beside it whether they can belong to it.
    """
    if not path.stat().st_size:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as page:
        head = _head().match(page)
        return head is not None and _has_our_elements(page, head.end(), are_own)


def _has_our_elements(page: mmap.mmap, at: int, are_own: Callable[[Sequence[str]], bool]) -> bool:
    """Whether everything from ``at`` on is text between elements that a page of ours has."""
    ours = _elements()
    while (at := page.find(b"<", at)) >= 0:
        found = ours.match(page, at)
        if found is None:
            return False
        beside = found["beside"]
        if beside is not None and not are_own([unquote(beside.decode("ascii", "replace"))]):
            return False
        at = found.end()
    return True


@cache
def _head() -> re.Pattern[bytes]:
    """All up to the content of the body. Nothing that could run stands before its policy."""
    policy = f"default-src 'none'; script-src {digest(template('page.js'))}; media-src $media; "
    policy += style_policy("").replace(digest(""), "$sheet")
    icon = re.sub(f"%23{_HEX}", "%23$colour", colours.icon("guide"))
    text = template("page.html").partition("$body")[0]
    for name, own in {"notice": notice(), "policy": policy, "icon": icon}.items():
        text = text.replace(f"${name}", own)
    return re.compile(_pattern(text, style=re.escape(template("page.css")) + _RULES).encode())


@cache
def _elements() -> re.Pattern[bytes]:
    """Any element of the body, or the one script with its content."""
    templates = "".join(map(template, ("player.html", "programme.html", "session.html")))
    templates += template("page.html").partition("$body")[2]
    elements = dict.fromkeys(_ELEMENT.findall(templates))
    script = re.escape(f"<script>{template('page.js')}</script>")
    patterns = [_pattern(each) for each in elements if each != "<script>"]
    return re.compile("|".join([*_WRITTEN, *patterns, script]).encode())


def _pattern(text: str, **more: str) -> str:
    """A text of a template as a pattern of all that it can become."""
    pieces = _PLACE.split(text)
    free = {**_FREE, **more}
    return "".join(free.get(piece, _TEXT) if number % 2 else re.escape(piece) for number, piece in enumerate(pieces))
