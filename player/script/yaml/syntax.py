"""Messages for text that is not YAML, in the words of authors.

The rule: one problem has one sentence, the position at which the author must change something (often not the one at
which the parser gave up), and the remedy if the cause is a common one. It reads the parser's messages as text and does
not know the parser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from player.script.yaml.scalar_types import shown

if TYPE_CHECKING:
    from collections.abc import Callable

Place = tuple[int, int]
"""Line and column, from 0."""
Explanation = tuple[int, int, str]
"""Line and column, from 1, and the sentence."""

NO_CHARACTER: Final = "this escape names no character; in double quotes a backslash must be doubled"
ONE_DASH: Final = "an entry of a list begins with one '-' and a space"
ONLY_A_COMMENT: Final = (
    "a '#' behind a blank begins a comment, and nothing else stands here; put a text with '#' in quotes"
)
SPLIT_BY_A_COMMA: Final = "a comma in brackets begins the next entry; put a text with a comma in quotes"
_UNEXPECTED: Final = ("expected <block end>", "expected '<document start>'")
"""What the parser says where a line fits nothing above it."""
_NO_COMMA: Final = "a comma must stand here, and not ';'; put a text with special characters in quotes"
_NO_SPACE: Final = "a space is missing after this colon"
_TOO_LITTLE: Final = "this line is indented too little; begin it in the column of the key beside which it belongs"
_FIRST_TOO_FAR: Final = "this line is indented too far; the first key of a script begins in column 1"
_FITS_NOWHERE: Final = "the indentation of this line fits no line above it; begin equal things in one column"
_PAIRS_WITHOUT_BRACES: Final = "keys and values in one line must be in braces, such as {in: 4s, out: 6s}"
_NO_COLON: Final = "this line has no colon; write a key, a colon, a space and a value"
_GLUED = re.compile(r"\s*(?:- +)*[A-Za-z_][\w-]*:(?=[^\s:/])")
_KEY = re.compile(r"[\"']?[\w$-]+[\"']?:(?:\s|$)")
_DASHES = re.compile(r" *(?:- +)*")
_GLUED_DASH = re.compile(r" *(?:- +)*(-)[A-Za-z_][\w-]*:(?:\s|$)")
_DASHES_TOGETHER = re.compile(r" *(--+) ")
_WORD = re.compile(r"[\w$-]{1,64}(?![^\s:;=,{\[(>|])")
_OPENED = re.compile(r"[\w$-]{1,64} *[\[{(]")
_PROSE = re.compile(r"[^\s\d]+ [^\s\d{\[$]+ \S|.*[.!?…]$")
_PAIRS = re.compile(r"[({]?\w+: [^,:]+(?:, *\w+: [^,:]+)+")
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

    def content_line_before(self, number: int) -> int | None:
        """The number of the nearest line above that is neither blank nor a comment."""
        lines = range(number - 1, -1, -1)
        return next((n for n in lines if self.line(n).strip() and not self.line(n).lstrip().startswith("#")), None)

    def begins_with_dash(self, number: int) -> bool:
        """Whether a line is an entry of a list."""
        return self.line(number).lstrip(" ").startswith("- ")


def explain(trouble: Trouble) -> Explanation:
    """The message of the first rule that fits."""
    return next(said for rule in _RULES if (said := rule(trouble)) is not None)


def is_split(text: str, after: str) -> bool:
    """Whether two entries of a list in brackets look like one sentence with a comma in it."""
    return after[:1].islower() and after.endswith((".", "!", "?")) and not text.endswith((".", "!", "?", ":"))


def without_colon(text: str) -> str:
    """The message for a line or a key of which only the colon is missing."""
    if word := _WORD.match(text):
        return f"a key must have a colon and a space behind it, such as '{word[0]}: ...', not {shown(text)}"
    return _NO_COLON


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
            return _say((line, match.end() - 1), _NO_SPACE)
    return None


def _no_colon(trouble: Trouble) -> Explanation | None:
    """The first key of a mapping without its colon: for YAML it is a text, which goes on up to the next colon."""
    number, column = trouble.at
    start: int | None = None
    if "mapping values are not allowed" in trouble.what:
        start = _text_in_place_of_a_key(trouble)
    elif any(words in trouble.what for words in _UNEXPECTED):  # a comment ends such a text
        above = trouble.content_line_before(number)
        if above is not None and not _key_of(line := trouble.line(above)) and not line.startswith(("%", "---")):
            start = above if _column(line) == column else None
    if start is None:
        return None
    line = trouble.line(start)
    if match := _GLUED.match(line):
        return _say((start, match.end() - 1), _NO_SPACE)
    return _say((start, _column(line)), without_colon(line[_column(line) :].rstrip()))


def _text_in_place_of_a_key(trouble: Trouble) -> int | None:
    """The line in which the text begins that ends at the trouble's colon; None if it is the value of a key."""
    number, column = trouble.at
    start = number
    own = trouble.line(number)
    if _key_of(own):
        if own.index(":") < column:
            return None
    elif _OPENED.match(own, _column(own)):
        return number
    for above in range(number - 1, -1, -1):
        line = trouble.line(above)
        if key := _key_of(line):
            has_value = line[key.end() :].strip() and not line[key.end() :].lstrip().startswith("#")
            return None if has_value or start == number else start
        # No text goes on behind a comment, or began before an anchor or the document.
        if line.lstrip(" -").startswith(("#", "&")) or line.startswith("---"):
            break
        start = above if line.strip() else start
        if trouble.begins_with_dash(above):
            break
    return start if start != number else None


def _key_of(line: str) -> re.Match[str] | None:
    """The key with its colon that a line begins with, behind its dashes."""
    return _KEY.match(line, _column(line))


def _column(line: str) -> int:
    """Where a line's text begins, behind its dashes."""
    match = _DASHES.match(line)
    return match.end() if match else 0


def _colon(trouble: Trouble) -> Explanation | None:
    if "mapping values are not allowed" not in trouble.what:
        return None
    number, column = trouble.at
    line = trouble.line(number)
    if _KEY_ONLY.fullmatch(line[:column]):
        return _too_far(trouble)
    if (key := _key_of(line)) and _PAIRS.match(line, key.end()):
        return _say((number, key.end()), _PAIRS_WITHOUT_BRACES)
    return _say(trouble.at, "a colon stands in the middle of a text; put the text in quotes")


def _too_far(trouble: Trouble) -> Explanation:
    """A key or an entry of a list that YAML takes for a part of the text above it."""
    number, above = trouble.at[0], trouble.filled_line_before(trouble.at[0])
    line = trouble.line(number)
    start = len(line) - len(line.lstrip())
    if not trouble.begins_with_dash(number):
        return _say((number, start), "this line is indented too far; the keys of one mapping begin in one column")
    entries = (each for each in trouble.lines[:above] if each.lstrip().startswith("- "))
    if any(len(each) - len(each.lstrip()) == start for each in entries):  # so this one stands right
        return _say((above, _column(trouble.line(above))), _TOO_LITTLE)
    return _say((number, start), "this line is indented too far; the entries of one list begin in one column")


def _flow(trouble: Trouble) -> Explanation | None:
    opener = {"flow sequence": ("[", "]"), "flow mapping": ("{", "}")}
    found = next((pair for name, pair in opener.items() if f"parsing a {name}" in trouble.what), None)
    if found is None or trouble.context_at is None:
        return None
    opening, closing = found
    number, column = trouble.at
    if trouble.line(number)[:column].endswith("$"):
        return _say((number, column - 1), "a text with ${name} must be in quotes here")
    begun, at = trouble.context_at
    if (other := trouble.line(begun).find(";", at)) >= 0 and number == begun and other < column:
        return _say((number, other), _NO_COMMA)
    if number != begun:
        return _say(trouble.context_at, f"this {opening!r} is not closed; close it with {closing!r}")
    return _say(trouble.at, f"a comma or {closing!r} is missing here; put a text with special characters in quotes")


def _block(trouble: Trouble) -> Explanation | None:
    if not any(words in trouble.what for words in _UNEXPECTED):
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
    return _dash(trouble) or _first_line(trouble) or _say(trouble.at, _FITS_NOWHERE)


def _dash(trouble: Trouble) -> Explanation | None:
    """A dash of a list that is wrong or missing."""
    number, column = trouble.at
    place = trouble.context_at or trouble.at
    for each in (number, place[0]):
        if match := _GLUED_DASH.match(trouble.line(each)):
            return _say((each, match.end(1)), "a space is missing after this '-'")
        if match := _DASHES_TOGETHER.match(trouble.line(each)):
            return _say((each, match.start(1)), ONE_DASH)
    if _under_a_dash(trouble):
        text = "this line begins under a '-'; begin it with '- ', or in the column of the key beside which it belongs"
        return _say(trouble.at, text)
    if (
        place[1] == column
        and trouble.begins_with_dash(number)
        and not any(map(trouble.begins_with_dash, range(number)))
    ):
        return _say(trouble.at, "this list has no key; write the key, such as 'steps:', on a line above it")
    first = _first_below_key(trouble)
    if first is None or trouble.begins_with_dash(first) or not trouble.begins_with_dash(number):
        return None
    text = f"this line has no '- ' before it, and the entry in line {number + 1} has; begin both alike"
    return _say((first, _column(trouble.line(first))), text)


def _first_below_key(trouble: Trouble) -> int | None:
    """The first line of the block that ends at the trouble, if that is indented more, and a key stands above it."""
    number, column = trouble.at
    first: int | None = None
    while (above := trouble.content_line_before(number if first is None else first)) is not None:
        line = trouble.line(above)
        if len(line) - len(line.lstrip(" ")) <= column:
            key = _key_of(line)
            return first if key and not line[key.end() :].strip() else None
        first = above
    return None


def _first_line(trouble: Trouble) -> Explanation | None:
    """The first key of a file, where it is indented and the others are not."""
    first, line = next(
        ((n, line) for n, line in enumerate(trouble.lines) if line.strip() and not line.lstrip().startswith("#")),
        (0, ""),
    )
    is_deeper = trouble.at[1] == 0 and first < trouble.at[0] and line.startswith(" ")
    return _say((first, _column(line)), _FIRST_TOO_FAR) if is_deeper else None


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
    ("simple key", _NO_COLON),
    ("sequence entries", "a list begins on a line of its own; put a text that begins with '-' in quotes"),
    ("mapping keys", "a text that begins with '?' must be in quotes"),
)


def _start(trouble: Trouble) -> Explanation | None:
    text = next((text for words, text in _STARTS if words in trouble.what), None)
    if text is None:
        return None
    number, column = place = trouble.context_at or trouble.at
    if text == _NO_COLON and _PROSE.match(trouble.line(number), column):
        text += "; a text that goes on begins to the right of its key"
    return _say(place, text)


def _first_character(trouble: Trouble) -> Explanation | None:
    match = re.search(r"found character '(.)'", trouble.what)
    return match and _say(trouble.at, f"a text that begins with {match[1]!r} must be in quotes")


def _anything(trouble: Trouble) -> Explanation:
    return _say(trouble.at, f"this is not YAML: {trouble.what.removeprefix(': ')}")


_RULES: Final[tuple[Callable[[Trouble], Explanation | None], ...]] = (
    _tab,
    _quotes,
    _glued,
    _no_colon,
    _colon,
    _flow,
    _block,
    _start,
    _first_character,
    _anything,
)
