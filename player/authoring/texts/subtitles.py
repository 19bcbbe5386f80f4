"""Subtitles: SubRip (SRT) and WebVTT, whose texts are said at their times.

Own code, as the libraries for it skip what they do not understand, and tell no line of it; the tests read with them.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from player.authoring.texts.items import Heading, Passage, TextItem, Unread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_CLOCK: Final = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_TIMES: Final = re.compile(rf"\s*{_CLOCK}\s*-->\s*{_CLOCK}(?:[ \t].*)?", re.ASCII)
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>|<[\d:.]+>|\{\\?[A-Za-z][^{}]*\}|\[[^\[\]]*\]")
_LAYOUT: Final = re.compile(r"</?(?:[biu]|c|ruby|rt|font|v|lang)>|<[\d:.]+>|\{\\an\d\}|</?c(?:\.\w+)*>", re.IGNORECASE)
_SIGNATURE: Final = re.compile(r"WEBVTT(?:[ \t]+(?:-[ \t]*)?(.*?))?[ \t]*")
_OPEN_SENTENCE: Final = re.compile(r"[^.!?…।。！？\"'”’»)\]]\Z")
_JOINED_MS: Final = 700
"""Cues that come so soon after another are one sentence where it has not ended; editors leave up to half a second."""
_LONGEST: Final = 1500
"""Characters of cues that are joined; a text of a script may have 2000."""

_Cue = tuple[Passage, int]
"""A text with its start, and its end in ms."""


def is_vtt(text: str) -> bool:
    """Whether it begins as WebVTT does."""
    return _SIGNATURE.fullmatch(text.partition("\n")[0]) is not None


def is_srt(text: str) -> bool:
    """Whether there are times of subtitles in it."""
    return any(_TIMES.fullmatch(line) for line in text.split("\n"))


def read(text: str) -> Iterator[TextItem]:
    """The passages in the order of their times, each with the time to the next, and what was not read."""
    items = [*_items(text)]
    unread = [each for each in items if isinstance(each, Heading | Unread)]
    cues = [each for each in items if not isinstance(each, Heading | Unread)]
    cues = _sentences(sorted(cues, key=lambda each: (each[0].start_ms or 0, each[0].line)))
    ends = [*(cue.start_ms or 0 for cue, _ in cues[1:]), *(end for _, end in cues[-1:])]
    for (cue, _), next_ms in zip(cues, ends, strict=True):
        while unread and unread[0].line <= cue.line:
            yield unread.pop(0)
        yield replace(cue, slot_ms=max(0, next_ms - (cue.start_ms or 0)))
    yield from unread


def _items(text: str) -> Iterator[_Cue | Heading | Unread]:
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        match = _TIMES.fullmatch(lines[number])
        if match is None:
            yield from _outside(number + 1, lines[number], lines[number + 1 : number + 2])
            number += 1
            continue
        end = next((n for n in range(number + 1, len(lines)) if not lines[n].strip()), len(lines))
        yield from _cue(match, number + 2, lines[number + 1 : end])
        number = end


def _outside(number: int, line: str, after: Sequence[str]) -> Iterator[Heading | Unread]:
    """A line that is in no cue: nothing, if it is blank or the number of a cue; the title behind WebVTT's signature."""
    is_number = line.strip().isdigit() and bool(after) and _TIMES.fullmatch(after[0])
    if number == 1 and (match := _SIGNATURE.fullmatch(line)):
        if match[1]:
            yield Heading(number, match[1], is_title=True)
    elif line.strip() and not is_number:
        yield Unread(number, line.strip())


def _cue(match: re.Match[str], first: int, lines: Sequence[str]) -> Iterator[_Cue | Unread]:
    """The text of one cue, and what in it is for no listener."""
    said: list[str] = []
    for number, line in enumerate(lines, start=first):
        kept = _TAG.sub(" ", line)
        said.append(html.unescape(kept).lstrip("-– "))
        yield from (Unread(number, tag) for tag in _TAG.findall(line) if not _LAYOUT.fullmatch(tag))
    text = " ".join(" ".join(said).split())
    if any(map(str.isalnum, text)):
        yield Passage(first, text, start_ms=_ms(match.groups()[:4])), _ms(match.groups()[4:])


def _ms(clock: Sequence[str | None]) -> int:
    hours, minutes, seconds, part = clock
    return ((int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)) * 1000 + int(
        (part or "").ljust(3, "0")
    )


def _sentences(cues: Sequence[_Cue]) -> list[_Cue]:
    """Cues joined where one goes on in the next, or where two have one time."""
    joined: list[_Cue] = []
    for cue, end_ms in cues:
        before, before_end_ms = joined[-1] if joined else (cue, 0)
        gap_ms = (cue.start_ms or 0) - before_end_ms
        is_open = _OPEN_SENTENCE.search(before.text) is not None and gap_ms <= _JOINED_MS
        fits = len(before.text) + len(cue.text) < _LONGEST
        if joined and fits and (is_open or cue.start_ms == before.start_ms):
            joined[-1] = replace(before, text=f"{before.text} {cue.text}"), max(end_ms, before_end_ms)
        else:
            joined.append((cue, end_ms))
    return joined
