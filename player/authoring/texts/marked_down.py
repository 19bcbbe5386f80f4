"""Markdown: headings are sections, lists and quotations are said, emphasis is left out.

Lines inside a paragraph are read as those of a plain text. Code, tables, pictures, and the addresses of links are not
for a listener, and come back unread. The one module that knows ``markdown_it``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from markdown_it import MarkdownIt

from player.authoring.texts import plain
from player.authoring.texts.items import Heading, TextItem, Unread, WrittenPause

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

_SIGNS: Final = re.compile(
    r"^ {0,3}#{1,6}[ \t]+\S|(?<![\w*])\*\*[^\s*][^*\n]*\*\*|^ {0,3}(?:```|~~~)|\[[^\[\]\n]+\]\([^()\s]+\)", re.MULTILINE
)
_FRONT: Final = re.compile(r"---[ \t]*\n(?:.*\n)*?---[ \t]*(?:\n|\Z)")
_FRONT_TITLE: Final = re.compile(r"title[ \t]*:[ \t]*[\"']?(.*?)[\"']?[ \t]*", re.IGNORECASE)


def is_markdown(text: str) -> bool:
    """Whether a text has a sign of Markdown that plain texts do not have."""
    return _SIGNS.search(text) is not None


def read(text: str) -> Iterator[TextItem]:
    """The items of a Markdown text."""
    # Indented lines are verse here and no code, and tags are read with the other marks of pauses.
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["code", "entity"])
    front, lines = _FRONT.match(text), text.split("\n")
    body = text[front.end() :] if front else text
    first = text.count("\n", 0, front.end()) + 1 if front else 1
    if front:
        yield from _front_matter(lines[1 : first - 2])
    environment: dict[str, Any] = {}
    tokens = markdown.parse(body, environment)
    for label in (*environment.get("references", {}).values(), *environment.get("duplicate_refs", ())):
        yield from _unread(lines, first, label["map"])
    yield from _of_blocks(tokens, lines, first)


def _of_blocks(tokens: Sequence[Token], lines: Sequence[str], first: int) -> Iterator[TextItem]:
    """The items of the tokens; ``first`` is the number of the line at which they begin to count."""
    is_first, counted = True, _counted(tokens)
    for index, token in enumerate(tokens):
        begin, end = token.map or (0, 0)
        if token.type == "inline" and tokens[index - 1].type == "heading_open":
            text = " ".join(line for _, line in _lines_of(token, 0))
            if text.strip():
                yield Heading(first + begin, " ".join(text.split()), is_title=is_first)
            yield from _hidden(token, first + begin)
            is_first = False
        elif token.type == "inline" and tokens[index - 1].type == "paragraph_open":
            said = [*_lines_of(token, first + begin)]
            if number := counted.get(index):
                said[0] = (said[0][0], f"{number} {said[0][1]}")
            yield from plain.paragraph(said)
            yield from _hidden(token, first + begin)
            yield WrittenPause(first + end, plain.PARAGRAPH_MS, implied=True)
        elif token.type in {"fence", "table_open"}:
            yield from _unread(lines, first, (begin, end))


def _counted(tokens: Sequence[Token]) -> dict[int, str]:
    """The numbers of list items that count something, such as backwards, by the index of their text."""
    found: dict[int, str] = {}
    for index, token in enumerate(tokens):
        if token.type == "ordered_list_open":
            level = token.level + 1
            ends = (n for n in range(index, len(tokens)) if tokens[n].type == "ordered_list_close")
            end = next(n for n in ends if tokens[n].level == token.level)
            items = [n for n in range(index, end) if tokens[n].type == "list_item_open" and tokens[n].level == level]
            numbers = [int(tokens[n].info) for n in items]
            if numbers not in ([*range(1, len(items) + 1)], [1] * len(items)):
                found |= {n + 2: f"{number}{tokens[n].markup}" for n, number in zip(items, numbers, strict=True)}
    return found


def _lines_of(token: Token, number: int) -> Iterator[tuple[int, str]]:
    """The lines of a paragraph, with emphasis as stars, so that ``*pause*`` is known for one."""
    line = ""
    for child in token.children or ():
        if child.type in {"softbreak", "hardbreak"}:
            yield number, line
            line, number = "", number + 1
        elif child.type in {"em_open", "em_close", "strong_open", "strong_close"}:
            line += child.markup.replace("_", "*")
        elif child.type in {"text", "code_inline", "text_special"}:
            line += child.content
    yield number, line


def _hidden(token: Token, number: int) -> Iterator[Unread]:
    """What a paragraph shows to no reader, or only as a picture."""
    for child in token.children or ():
        if child.type in {"softbreak", "hardbreak"}:
            number += 1
        elif child.type == "link_open":
            yield Unread(number, " ".join(filter(None, map(str, child.attrs.values()))))
        elif child.type == "image":
            yield Unread(number, f"![{child.content}]({' '.join(filter(None, map(str, child.attrs.values())))})")


def _front_matter(lines: Sequence[str]) -> Iterator[TextItem]:
    """The title, and the other lines of a head such as those of web sites."""
    for number, line in enumerate(lines, start=2):
        if match := _FRONT_TITLE.fullmatch(line):
            yield Heading(number, match[1], is_title=True)
        elif line.strip():
            yield Unread(number, line.strip())


def _unread(lines: Sequence[str], first: int, span: Sequence[int]) -> Iterator[Unread]:
    for number in range(first + span[0], first + span[1]):
        if lines[number - 1].strip():
            yield Unread(number, lines[number - 1].strip())
