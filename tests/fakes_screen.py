"""A screen and a keyboard without a terminal, and the output of a pseudo-terminal."""

from __future__ import annotations

import os
import select
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from player.live.screen.rows import Row


def text(row: Row) -> str:
    return "".join(piece.text for piece in row)


@dataclass
class FakeScreen:
    """Keeps the last picture, and counts new ones."""

    columns: int = 80
    lines: int = 24
    encoding: str = "utf-8"
    is_taken: bool = False
    picture: tuple[Row, ...] = ()
    pictures: int = 0
    history: list[str] = field(default_factory=list)

    def size(self) -> tuple[int, int]:
        return self.columns, self.lines

    def take(self) -> None:
        self.is_taken = True
        self.history.append("taken")

    def give_back(self) -> None:
        self.is_taken = False
        self.history.append("given back")

    def draw(self, rows: Sequence[Row]) -> None:
        assert self.is_taken
        if tuple(rows) != self.picture:
            self.pictures += 1
        self.picture = tuple(rows)

    def text(self) -> str:
        return "\n".join(map(text, self.picture))


@dataclass
class FakeKeyboard:
    """Has ``keys``, one after the other; with ``is_gone`` the terminal hangs up after the last."""

    keys: deque[str] = field(default_factory=deque)
    is_gone: bool = False
    is_taken: bool = False

    def take(self) -> None:
        self.is_taken = True

    def give_back(self) -> None:
        self.is_taken = False

    def read(self, seconds: float) -> str:
        assert self.is_taken
        if self.keys:
            return self.keys.popleft()
        if self.is_gone:
            raise EOFError
        time.sleep(0.001)
        return ""


def output(terminal: int, seconds: float = 10.0, until: str = "") -> str:
    """What comes out of a pseudo-terminal: up to a text, or whatever is there at once."""
    end, got = time.monotonic() + seconds, b""
    while select.select([terminal], [], [], max(0.0, end - time.monotonic()) if until else 0.05)[0]:
        try:
            got += os.read(terminal, 65536)
        except OSError:
            break
        if until and until in got.decode(errors="replace"):
            break
    return got.decode(errors="replace")
