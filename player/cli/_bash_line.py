"""A line of bash up to the cursor: its words without their quotes, and how a word goes on that was begun.

The rule: a word that goes on reaches the program exactly as it was offered, whatever is in it. Where a quote is open
in which it cannot be written, or where bash would expand what was typed, there is no way to go on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_PIECE: Final = re.compile(
    r"""\\(?P<escaped>.?)|'(?P<single>[^']*)(?P<closed>'?)"""
    r"""|"(?P<double>(?:[^"\\]|\\.?)*)(?P<shut>"?)|(?P<blank>[ \t\n]+)|(?P<plain>[^\s\\'"]+|\s)""",
    re.DOTALL,
)
_IN_DOUBLE: Final = re.compile(r'\\([$`"\\\n])')
_EXPANDED: Final = re.compile(r"[$`!*?\[\]{}()<>|&;]|^[~#]|(?<=[=:])~")
_EXPANDED_IN_DOUBLE: Final = re.compile(r"[$`!]")
_NOT_IN: Final = {"'": re.compile("'"), '"': re.compile(r'[$`"\\!]')}


@dataclass(frozen=True)
class BashLine:
    """What was typed.

    Attributes
    ----------
    words
        All before the word at the cursor.
    begun
        What there is of the word at the cursor.
    quote
        The quote that is open there, or nothing.
    is_literal
        Bash passes on what is begun as it is: it has nothing to expand.
    """

    words: tuple[str, ...] = ()
    begun: str = ""
    quote: str = ""
    is_literal: bool = True

    @classmethod
    def read(cls, line: str) -> BashLine:
        """A line that ends at the cursor."""
        words: list[str] = []
        begun: list[str] = []
        quote, is_literal = "", True
        for match in _PIECE.finditer(line):
            if match.lastgroup == "blank":
                words += ["".join(begun)] if begun else []
                begun, is_literal = [], True
                continue
            text, quote, expands = _piece(match, first=not begun)
            begun.append(text)
            is_literal &= not expands
        return cls(tuple(words), "".join(begun), quote, is_literal)

    def rest(self, word: str, replaced: str) -> str | None:
        """What a word has in place of the end of the line that bash replaces, without quotes; None for no way.

        Parameters
        ----------
        word
            It begins with what is begun.
        replaced
            The end of the line that bash replaces, as it was typed, but for an open quote before it.
        """
        old = _unquoted(replaced, self.quote)
        if not self.is_literal or not self.begun.endswith(old):
            return None
        rest = word[len(self.begun) - len(old) :]
        return None if self.quote and _NOT_IN[self.quote].search(rest) else rest


def _unquoted(text: str, quote: str) -> str:
    if quote == "'":
        return text
    return _IN_DOUBLE.sub(r"\1", text) if quote else BashLine.read(text).begun


def _piece(match: re.Match[str], *, first: bool) -> tuple[str, str, bool]:
    """The text of a piece of a word, the quote that it leaves open, and whether bash expands something in it."""
    if (single := match["single"]) is not None:
        return single, "" if match["closed"] else "'", False
    if (double := match["double"]) is not None:
        expands = _EXPANDED_IN_DOUBLE.search(re.sub(r"\\[$`\"\\]", "", double))
        return _IN_DOUBLE.sub(r"\1", double), "" if match["shut"] else '"', expands is not None
    if (plain := match["plain"]) is not None:
        return plain, "", _EXPANDED.search(plain if first else f"x{plain}") is not None
    return match["escaped"], "", False
