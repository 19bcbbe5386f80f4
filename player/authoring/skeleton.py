"""The skeleton of a translation: a session's steps and times, with each English text as a comment above an empty one.

It has problems until every text is written; `player check --watch` counts them down.
"""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Final

from player.script import library
from player.script.yaml import writing
from player.script.yaml.nodes import Mapping, Scalar, Sequence
from player.script.yaml.reader import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from player.script.library import Source
    from player.script.yaml.nodes import Node

TEXTS: Final = frozenset(
    (
        *("title", "summary", "safety", "section", "say", "text", "lead", "held", "later", "back", "then"),
        *("name", "how", "at", "attend", "caution", "feel", "ease", "again"),
    )
)
"""Keys whose values are for a listener. Some have times in other steps, which are no texts."""
_NO_TEXT: Final = re.compile(r"\$\w+|[\d.]+ *(ms|s|m|h|%| dB)?[\dms]*")
_HEAD: Final = frozenset({"language", "translates", "reviewed"})
_WIDTH: Final = 110


def skeleton(source: Source, language: str) -> str:
    """The text of a translation into ``language``, a tag such as ``de``; without the line for editors."""
    root = read(source.text, str(source.path))
    name = source.name.removeprefix(f"{library.ORIGINAL}/")
    lines: list[str] = []
    for key, value in root.pairs if isinstance(root, Mapping) else ():
        if key.text in _HEAD:
            continue
        lines += _entry(key.text, value, "", language)
        if key.text == "title":
            lines.append(f"language: {language}")
            lines.append(f'translates: {{session: {name}, hash: "{library.text_hash(source.text)}"}}')
            lines.append("reviewed: none")
    return "\n".join([*lines, ""])


def _entry(key: str, value: Node, indent: str, language: str, *, is_text: bool = False) -> Iterator[str]:
    """The lines of a key and its value."""
    if isinstance(value, Scalar):
        yield from _scalar(f"{indent}{key}:", "say" if is_text else key, value, indent, language)
        return
    yield f"{indent}{key}:"
    yield from _inside(key, value, f"{indent}  ", language)


def _inside(key: str, value: Node, indent: str, language: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner, each in value.pairs:  # the words of phases have the phases' names
            yield from _entry(inner.text, each, indent, language, is_text=key == "words")
    elif isinstance(value, Sequence):
        for each in value.items:
            if isinstance(each, Scalar):
                yield from _scalar(f"{indent}-", key, each, indent, language)
            else:
                first, *others = _inside(key, each, f"{indent}  ", language)
                while first.lstrip().startswith("#"):
                    yield first.replace("  ", "", 1)
                    first, *others = others
                yield f"{indent}- {first.lstrip()}"
                yield from others


def _scalar(head: str, key: str, value: Scalar, indent: str, language: str) -> Iterator[str]:
    if key in TEXTS and not _NO_TEXT.fullmatch(value.text):
        for line in textwrap.wrap(value.text, _WIDTH - len(indent), break_on_hyphens=False):
            yield f"{indent}# {line}"
        yield head
    elif key == "muscles" and f"{language}/{value.text}" in library.muscle_sets():
        yield f"{head} {language}/{value.text}"
    elif value.quoted or not _plain(value.text):
        yield f"{head} {writing.quoted(value.text)}"
    else:
        yield f"{head} {value.text}"


def _plain(text: str) -> bool:
    return re.fullmatch(r"[\w$][\w $./+%-]*", text) is not None
