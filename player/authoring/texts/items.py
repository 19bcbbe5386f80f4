"""What a text consists of, in its order; ``line`` counts from 1."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """The name of a section; ``is_title``, that of the whole."""

    line: int
    text: str
    is_title: bool = False


@dataclass(frozen=True)
class Passage:
    """Something to say; ``start_ms`` and ``slot_ms`` are when, and in which time, where the text tells it."""

    line: int
    text: str
    start_ms: int | None = None
    slot_ms: int | None = None


@dataclass(frozen=True)
class WrittenPause:
    """Silence. One that is ``implied``, by a blank line or dots, counts only where none is written beside it."""

    line: int
    length_ms: int
    implied: bool = False


@dataclass(frozen=True)
class Unread:
    """What was not understood, as it stands in the text, on one line."""

    line: int
    text: str


TextItem = Heading | Passage | WrittenPause | Unread
