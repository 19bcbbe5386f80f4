"""The origin of a file: the script, byte for byte, and all other choices.

The rule: the script is stored unchanged, so that any reader of tags can show it; everything else is one line of JSON.
Anybody may have written what is read back: only data of the right form counts. It knows no format.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

SCRIPT: Final = "script"
FACTS: Final = "session"
"""The names of both in every format, behind the program's name."""
_LONGEST: Final = 2**24


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
