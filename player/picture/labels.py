"""Labels that do not overlap: titles over their places, and texts wrapped to a width.

The rule: no two labels overlap, and no leader (the hairline from a label down to its place) runs through another label.
A label without room is shortened or left out. The renderer says how wide a text is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Width = Callable[[str], float]

GAP: Final = 6.0
"""Between a leader and its label, and the least between two labels."""
RESERVED: Final = 2
"""Rows at the top for labels that cannot be cut short."""
MOST_TURNED: Final = 4
MOST_LABELS: Final = 40
"""More could not be read, and it keeps the search short."""


@dataclass(frozen=True)
class Label:
    """A text for a place on the line below.

    ``weight`` is its importance; ``short`` may stand in its place where there is too little room.
    """

    x: float
    text: str
    width: float
    weight: float = 0.0
    short: Label | None = None


@dataclass(frozen=True)
class Placed:
    """A label in its row, 0 the lowest; it stands to the right of its leader, or, near the edge, to the left."""

    label: Label
    row: int
    turned: bool = False

    @property
    def left(self) -> float:
        """Where the text begins."""
        return self.label.x - GAP / 2 - self.label.width if self.turned else self.label.x + GAP / 2

    @property
    def right(self) -> float:
        """Where the text ends."""
        return self.left + self.label.width

    def clashes(self, other: Placed) -> bool:
        """Whether the texts overlap, or the leader of one runs through the text of the other."""
        if self.row == other.row and self.left < other.right + GAP and other.left < self.right + GAP:
            return True
        low, high = sorted((self, other), key=lambda each: each.row)
        return low.row < high.row and low.left - GAP / 2 < high.label.x < low.right + GAP / 2


def place(labels: Sequence[Label], edge: float, rows: int) -> tuple[Placed, ...]:
    """As many labels as fit into ``rows`` rows left of an edge, in the order of their places."""
    wanted = sorted(labels, key=lambda label: label.x)
    while wanted:
        ways = _ways(wanted, edge, rows) if len(wanted) <= MOST_LABELS else ()
        if best := min(ways, key=lambda way: len({each.label for each in way}.difference(wanted)), default=()):
            return best
        del wanted[_least(wanted)]
    return ()


def _ways(wanted: Sequence[Label], edge: float, rows: int) -> Iterator[tuple[Placed, ...]]:
    """Ways to place all labels, with more and more of them turned."""
    for turned in range(min(len(wanted), MOST_TURNED) + 1):
        placed = _tried(wanted[: len(wanted) - turned], wanted[len(wanted) - turned :], rows)
        if placed and all(each.left >= 0 and each.right <= edge for each in placed):
            yield placed


def _least(labels: Sequence[Label]) -> int:
    """The least important label; of several that are alike, the one between the nearest neighbours."""
    x = [-math.inf, *(label.x for label in labels), math.inf]
    return min(range(len(labels)), key=lambda place: (labels[place].weight, x[place + 2] - x[place]))


def _tried(straight: Sequence[Label], turned: Sequence[Label], rows: int) -> tuple[Placed, ...]:
    """All labels, or none if one has no place.

    Each is met by its later neighbours below it, so that the rows go down like stairs and leaders stay free; turned
    ones are the mirror image.
    """
    placed: list[Placed] = []
    order = [*((label, True) for label in turned), *((label, False) for label in reversed(straight))]
    for label, is_turned in order:
        forms = [(label, row) for row in range(rows if is_turned or label.short is None else rows - RESERVED)]
        forms += [(label.short, row) for row in range(rows) if label.short and not is_turned]
        tries = (Placed(form, row, is_turned) for form, row in forms)
        found = next((each for each in tries if not any(each.clashes(other) for other in placed)), None)
        if found is None:
            return ()
        placed.append(found)
    return tuple(sorted(placed, key=lambda each: each.label.x))


def shortened(text: str, room: float, width: Width) -> str:
    """The text, cut with an ellipsis to fit; never less than its first letter."""
    if width(text) <= room:
        return text
    while len(text) > 1 and width(text + "…") > room:
        text = text[:-1].rstrip()
    return text + "…"


def folded(text: str, room: float, width: Width) -> Iterator[str]:
    """The text in lines that fit; a single word that is too long is a line of its own."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and width(longer) > room:
            yield line
            line = word
        else:
            line = longer
    if line:
        yield line
