"""What exported files say beside a title: a small value that both scripts and options hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Credits:
    """Who made a session, what it is part of, when, and under which terms; None is not told."""

    author: str | None = None
    album: str | None = None
    year: int | None = None
    license: str | None = None


NO_CREDITS: Final = Credits()
