"""The origin of a file: the script, byte for byte, and all other choices.

The rule: the script is stored unchanged, so that any reader of tags can show it; everything else is one line of JSON.
Files come from anywhere, so data in another form than ours counts as missing. Sound is never read.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from player.errors import MediaError, printable
from player.export.tags.fields import LONGEST_DOCUMENT
from player.export.tags.opening import fields_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_DEEPEST: Final = 20
_MOST_VALUES: Final = 100_000
"""Of the JSON; ours is four deep, and has a few values for each script that is included."""
_TOKENS: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},]', re.DOTALL)


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
    facts = _parsed(document)
    if not isinstance(facts, dict):
        raise ValueError("what it says of its script is no mapping")  # noqa: TRY004 (of the text, not of our types)
    if facts.pop("sha256", "") != _digest(script):
        raise ValueError("the script is damaged")
    name, includes = facts.pop("script", ""), facts.pop("includes", {})
    texts = {key: text.encode() for key, text in _texts(includes).items()}
    return Origin(name if isinstance(name, str) else "", script, facts, texts)


def _parsed(document: str) -> Any:  # noqa: ANN401
    """The value of JSON that is neither too long nor too deep: Python's own reader has no limits."""
    if len(document) > LONGEST_DOCUMENT:
        raise ValueError("what it says of its script is too long")
    depth = 0
    for values, token in enumerate(_TOKENS.finditer(document)):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if depth > _DEEPEST or values > _MOST_VALUES:
            raise ValueError("what it says of its script is too deep, or too much")
    return json.loads(document, parse_constant=_no_number, parse_float=_finite)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError(f"{text} is too large")
    return number


def _digest(script: bytes) -> str:
    return hashlib.sha256(script).hexdigest()


def _texts(mapping: object) -> dict[str, str]:
    pairs = mapping.items() if isinstance(mapping, dict) else ()
    return {key: text for key, text in pairs if isinstance(key, str) and isinstance(text, str)}


def origin_of(path: Path) -> Origin:
    """The script in a sound file, and how the file was made from it.

    Raises
    ------
    MediaError
        If the file cannot be read, or carries no script.
    """
    found = fields_of(path)
    with contextlib.suppress(ValueError):
        if found and found.script and found.document:
            return restored(found.script, found.document)
    name = printable(str(path))
    raise MediaError(f"{name} carries no script that is whole; name a sound file that player export has made")
