"""Messages for text that is not YAML, in the words of authors.

The rule: one problem has one sentence, the position at which the author must change something (often not the one at
which the parser gave up), and the remedy if the cause is a common one. It reads the parser's messages as text and does
not know the parser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

Place = tuple[int, int]
"""Line and column, from 0."""
Explanation = tuple[int, int, str]
"""Line and column, from 1, and the sentence."""

NO_CHARACTER: Final = "this escape names no character; in double quotes a backslash must be doubled"
ONLY_A_COMMENT: Final = (
    "a '#' behind a blank begins a comment, and nothing else stands here; put a text with '#' in quotes"
)
SPLIT_BY_A_COMMA: Final = "a comma in brackets begins the next entry; put a text with a comma in quotes"
_GLUED = re.compile(r"\s*(?:- +)*[A-Za-z_][\w-]*:(?=[^\s:/])")
_KEY = re.compile(r"[\"']?[\w$-]+[\"']?:(?:\s|$)")
_KEY_ONLY = re.compile(r"\s*(?:- +)*[\"']?[\w$-]+[\"']?\s*")


class Quote(NamedTuple):
    """The quoted text that was read last: from its first quote to behind its last."""

    start: Place
    end: Place


@dataclass(frozen=True)
class Trouble:
    """An error of the parser.

    Attributes
    ----------
    what
        The parser's message: what it was doing, a colon, what it found.
    at, context_at
        Where it gave up, and where it had begun this part.
    lines
        The whole text.
    quote
        The text that it read last, if that was in quotes.
    """

    what: str
    at: Place
    context_at: Place | None
    lines: tuple[str, ...]
    quote: Quote | None = None

    def line(self, number: int) -> str:
        """A line of the text, or nothing beyond its end."""
        return self.lines[number] if 0 <= number < len(self.lines) else ""

    def filled_line_before(self, number: int) -> int:
        """The number of the nearest line above that is not blank, or the line itself."""
        return next((n for n in range(number - 1, -1, -1) if self.line(n).strip()), number)


def explain(trouble: Trouble) -> Explanation:
    """The message of the first rule that fits."""
    return next(said for rule in _RULES if (said := rule(trouble)) is not None)


def is_split(text: str, after: str) -> bool:
    """Whether two entries of a list in brackets look like one sentence with a comma in it."""
    return after[:1].islower() and after.endswith((".", "!", "?")) and not text.endswith((".", "!", "?", ":"))


def _say(place: Place, text: str) -> Explanation:
    return place[0] + 1, place[1] + 1, text


def _tab(trouble: Trouble) -> Explanation | None:
    number, column = trouble.at
    for line in (number, trouble.filled_line_before(number)):
        text = trouble.line(line)
        blank = text[: len(text) - len(text.lstrip())]
        if "\t" in blank:
            return _say((line, blank.index("\t")), "a tab stands here; indent with spaces")
    if r"'\t'" in trouble.what:
        return _say((number, column), "a tab stands here; use spaces")
    return None


def _quotes(trouble: Trouble) -> Explanation | None:
    start = trouble.context_at or trouble.at
    if "scanning a quoted scalar" in trouble.what:
        return _say(start, "this quote is never closed; close it where the text ends")
    if "double-quoted scalar" in trouble.what:
        return _say(trouble.at, "this escape is not known; in double quotes a backslash must be doubled")
    quote = trouble.quote
    if quote is None or quote.end[0] != trouble.at[0]:
        return None
    if quote.start[0] != quote.end[0]:
        text = (
            f"this quote is closed only in line {quote.end[0] + 1}, and more text follows there; close it in its line"
        )
        return _say(quote.start, text)
    return _say(quote.end, "the text goes on after its closing quote; put all of it in quotes of the other kind")


def _glued(trouble: Trouble) -> Explanation | None:
    if "mapping values are not allowed" not in trouble.what and "simple key" not in trouble.what:
        return None
    first = (trouble.context_at or trouble.at)[0]
    for line in (first, trouble.filled_line_before(first)):
        if match := _GLUED.match(trouble.line(line)):
            return _say((line, match.end() - 1), "a space is missing after this colon")
    return None


def _colon(trouble: Trouble) -> Explanation | None:
    if "mapping values are not allowed" not in trouble.what:
        return None
    number, column = trouble.at
    before = trouble.line(number)[:column]
    if _KEY_ONLY.fullmatch(before):
        start = len(before) - len(before.lstrip())
        return _say((number, start), "this line is indented too far; the keys of one mapping begin in one column")
    return _say(trouble.at, "a colon stands in the middle of a text; put the text in quotes")


def _flow(trouble: Trouble) -> Explanation | None:
    opener = {"flow sequence": ("[", "]"), "flow mapping": ("{", "}")}
    found = next((pair for name, pair in opener.items() if f"parsing a {name}" in trouble.what), None)
    if found is None or trouble.context_at is None:
        return None
    opening, closing = found
    number, column = trouble.at
    if trouble.line(number)[:column].endswith("$"):
        return _say((number, column - 1), "a text with ${name} must be in quotes here")
    if number != trouble.context_at[0]:
        return _say(trouble.context_at, f"this {opening!r} is not closed; close it with {closing!r}")
    return _say(trouble.at, f"a comma or {closing!r} is missing here; put a text with special characters in quotes")


def _block(trouble: Trouble) -> Explanation | None:
    if "expected <block end>" not in trouble.what and "expected '<document start>'" not in trouble.what:
        return None
    directive = next((n for n, line in enumerate(trouble.lines) if line.startswith("%")), None)
    if directive is not None and "<document start>" in trouble.what:
        return _say((directive, 0), "a line that begins with '%' must be in quotes")
    number, column = trouble.at
    before = trouble.line(number)[:column].rstrip()
    if before.endswith(("]", "}")):
        return _say(trouble.at, f"the text goes on after {before[-1]!r}; put all of it in quotes")
    if before.strip(" -"):
        return _say(trouble.at, "this cannot stand here; put a text with special characters in quotes")
    if _under_a_dash(trouble):
        return _say(
            trouble.at, "this line begins under a '-'; begin it in the column of the key beside which it belongs"
        )
    return _say(trouble.at, "the indentation of this line fits no line above it; begin equal things in one column")


def _under_a_dash(trouble: Trouble) -> bool:
    """A key in the column of a list's dashes: most often an option of the entry above, indented too little."""
    number, column = trouble.at
    place = trouble.context_at
    above = place is not None and place[1] == column and trouble.line(place[0])[column:].startswith("- ")
    return above and _KEY.match(trouble.line(number), column) is not None


_STARTS: Final = (
    ("an alias", "a text that begins with '*' must be in quotes"),
    ("an anchor", "a text that begins with '&' must be in quotes"),
    ("a tag", "a text that begins with '!' must be in quotes"),
    ("undefined tag handle", "a text that begins with '!' must be in quotes"),
    ("a directive", "a line that begins with '%' must be in quotes"),
    ("directive", "this directive is not known; leave the line out"),
    ("YAML document", "this version of YAML is not known; leave the line out"),
    ("a block scalar", "a text behind '>' or '|' begins on the next line; if the sign is text, put it in quotes"),
    ("the node content", "a value is missing here; put a text that is only a sign in quotes"),
    ("simple key", "this line has no colon; write a key, a colon, a space and a value"),
    ("sequence entries", "a list begins on a line of its own; put a text that begins with '-' in quotes"),
    ("mapping keys", "a text that begins with '?' must be in quotes"),
)


def _start(trouble: Trouble) -> Explanation | None:
    text = next((text for words, text in _STARTS if words in trouble.what), None)
    return _say(trouble.context_at or trouble.at, text) if text else None


def _first_character(trouble: Trouble) -> Explanation | None:
    match = re.search(r"found character '(.)'", trouble.what)
    return match and _say(trouble.at, f"a text that begins with {match[1]!r} must be in quotes")


def _anything(trouble: Trouble) -> Explanation:
    return _say(trouble.at, f"this is not YAML: {trouble.what.removeprefix(': ')}")


_RULES: Final[tuple[Callable[[Trouble], Explanation | None], ...]] = (
    _tab,
    _quotes,
    _glued,
    _colon,
    _flow,
    _block,
    _start,
    _first_character,
    _anything,
)
