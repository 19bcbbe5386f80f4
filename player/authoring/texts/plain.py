"""Plain text: paragraphs, headings, lists and pauses; and lines of a phrase, a semicolon and seconds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from player.authoring.texts.items import Heading, Passage, TextItem, Unread, WrittenPause
from player.authoring.texts.pauses import pieces
from player.units import LONGEST_MS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PARAGRAPH_MS: Final = 3000
"""Between two paragraphs; the project's own choice, more than twice what is between two sentences."""
LONGEST_HEADING: Final = 60
LONGEST_TITLE: Final = 80

NumberedLine = tuple[int, str]

_BULLET: Final = re.compile(r"^\s*(?:[-*+•‣·▪●○–—]|>)\s+(?=\S)")
_RULE: Final = re.compile(r"\s*([-=_*~•·#])(?:\s*\1){2,}\s*")
_SENTENCE_END: Final = re.compile(r"[.!?…।。！？][\"'”’»)\]]*$")
_TITLE_KEY: Final = re.compile(r"(?:title|titel|titre|título|titolo)\s*:\s*(\S.*)", re.IGNORECASE)
_TIMED: Final = re.compile(r"\s*(.*?)\s*;\s*(\d{1,5}(?:[.,]\d{1,3})?)\s*(?:s|sec|seconds)?\s*;?\s*")
_WRAPPED: Final = 50
"""Characters; where no line of a paragraph is longer, its lines were broken by hand."""


def read(text: str) -> Iterator[TextItem]:
    """The items of a plain text."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1)]
    blocks = list(_blocks(lines))
    capitals = sum(all(line.isupper() for _, line in block) for block in blocks) * 2 <= len(blocks)
    for index, block in enumerate(blocks):
        if index:
            yield WrittenPause(block[0][0], PARAGRAPH_MS, implied=True)
        heading, rest = _heading(block, is_first=index == 0 and len(blocks) > 1, capitals=capitals)
        if heading:
            yield heading
        yield from paragraph(rest)


def is_timed(text: str) -> bool:
    """Whether most lines with words are ``phrase;seconds``."""
    lines = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")]
    return bool(lines) and 2 * sum(_TIMED.fullmatch(line) is not None for line in lines) > len(lines)


def read_timed(text: str) -> Iterator[TextItem]:
    """The items of lines ``phrase;seconds``: the phrase, then so much silence."""
    for number, line in enumerate(text.split("\n"), start=1):
        match = _TIMED.fullmatch(line)
        length = round(float(match[2].replace(",", ".")) * 1000) if match else 0
        if line.lstrip().startswith("#"):
            yield Unread(number, line.strip())
            continue
        yield from paragraph([(number, match[1] if match and length <= LONGEST_MS else line)])
        if match and 0 < length <= LONGEST_MS:
            yield WrittenPause(number, length)


def paragraph(lines: Sequence[NumberedLine]) -> Iterator[TextItem]:
    """The items of lines that belong together; a line goes on in the next one where it reads so."""
    widest = max((len(line) for _, line in lines), default=0)
    said, began, before = "", 0, ""
    for number, written in lines:
        line = _BULLET.sub("", written, count=1)
        goes_on = line == written and _goes_on(before, line.strip(), widest)
        before = line.strip()
        for piece in pieces(line):
            if said and not (goes_on and piece.read and piece.pause_ms is None):
                yield Passage(began, said)
                said = ""
            goes_on = False
            if not piece.read:
                yield Unread(number, piece.text)
            elif piece.pause_ms is not None:
                yield WrittenPause(number, piece.pause_ms, implied=piece.implied)
            else:
                began = began if said else number
                said = f"{said} {piece.text}".lstrip()
    if said:
        yield Passage(began, said)


def _goes_on(before: str, line: str, widest: int) -> bool:
    """Whether a line belongs to the sentence before it, or is the next sentence of the same paragraph."""
    if not before or not line:
        return False
    if _SENTENCE_END.search(before) or line[0].islower():
        return True
    return widest > _WRAPPED and len(before) + 1 + len(line.split(maxsplit=1)[0]) > widest


def _blocks(lines: Iterable[NumberedLine]) -> Iterator[list[NumberedLine]]:
    """The lines between blank ones and lines across the page; a line that underlines a heading stays with it."""
    block: list[NumberedLine] = []
    for number, line in lines:
        underlines = _RULE.fullmatch(line) and line.strip()[0] in "-=" and len(block) == 1
        if line.strip() and (underlines or not _RULE.fullmatch(line)):
            block.append((number, line))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _heading(
    block: Sequence[NumberedLine], *, is_first: bool, capitals: bool
) -> tuple[Heading | None, Sequence[NumberedLine]]:
    """The heading that a block is or begins with, and the rest of it."""
    number, line = block[0][0], block[0][1].strip()
    if match := _TITLE_KEY.fullmatch(line):
        return Heading(number, match[1], is_title=True), block[1:]
    if len(block) > 1 and _RULE.fullmatch(block[1][1]):
        return Heading(number, line, is_title=is_first), block[2:]
    if len(block) > 1 or not any(map(str.isalpha, line)) or _has_marks(line):
        return None, block
    if is_first and len(line) <= LONGEST_TITLE and not _SENTENCE_END.search(line) and line[-1] not in ",;":
        return Heading(number, line.rstrip(" :"), is_title=True), []
    if len(line) <= LONGEST_HEADING and (line.endswith(":") or (capitals and line.isupper())):
        return Heading(number, line.rstrip(" :")), []
    return None, block


def _has_marks(line: str) -> bool:
    """Whether there is more in a line than words."""
    return [piece.text for piece in pieces(line)] != [" ".join(line.split())]
