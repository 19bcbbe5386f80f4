"""Values as YAML that a person would write: quotes only where they are needed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

Nested = str | list["Nested"] | dict[str, "Nested"]

_UNQUOTED: Final = re.compile(r"[^\W\d_][^:#\"'{}\[\],&*!|>%@`\n]*[^\s:#\"'{}\[\],&*!|>%@`]")
_MEANS_MORE: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off"})


def scalar(text: str) -> str:
    """The text without quotes if it begins with a letter, has none of YAML's own signs, and means nothing to YAML."""
    if text.lower() not in _MEANS_MORE and _UNQUOTED.fullmatch(text.replace(", ", " ")):
        return text
    return quoted(text)


def quoted(text: str) -> str:
    """The text in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def lines(value: Nested, indent: int = 0) -> Iterator[str]:
    """The lines of a mapping or a list, each value on a line of its own."""
    space = " " * indent
    items = value.items() if isinstance(value, dict) else ((None, each) for each in value)
    for key, each in items:
        head = f"{space}-" if key is None else f"{space}{key}:"
        if isinstance(each, str):
            yield f"{head} {scalar(each)}"
        else:
            yield head
            yield from lines(each, indent + 2)
