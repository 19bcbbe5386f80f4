"""A planned programme as text and as JSON.

Lengths are those of the sessions alone, without the silences between. Pure functions: a plan in, text out.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Final

from player.units import timecode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from player.pipeline.turns import PlannedProgramme, ProgrammePart, Turn

_NARROW, _WIDE = 50, 100
_INDENT: Final = "  "


def as_json(plan: PlannedProgramme) -> dict[str, Any]:
    """The plan as JSON: ``title``, ``summary``, ``total_ms``, ``exact`` and ``parts``, times in ms."""
    return {
        "title": plan.title,
        "summary": plan.summary,
        "total_ms": plan.length_ms,
        "exact": plan.exact,
        "parts": [_part_json(part) for part in plan.parts],
    }


def _part_json(part: ProgrammePart) -> dict[str, Any]:
    return {
        "title": part.title,
        "about": part.about,
        "total_ms": part.length_ms,
        "sessions": [_turn_json(turn) for turn in part.turns],
    }


def _turn_json(turn: Turn) -> dict[str, Any]:
    return {
        "session": turn.request.session,
        "title": turn.title,
        "length_ms": turn.length_ms,
        "exact": turn.exact,
        "params": dict(turn.request.values),
        "before": turn.before,
    }


def length(ms: int, *, exact: bool) -> str:
    """``7:00``, or ``about 7:00`` if the exact length depends on the voice."""
    return ("" if exact else "about ") + timecode(ms)


def as_text(plan: PlannedProgramme, width: int) -> str:
    """The plan as text: title and total, then each part with its sessions, wrapped to ``width`` columns."""
    width = min(_WIDE, max(_NARROW, width))
    lines = [_spread(plan.title, length(plan.length_ms, exact=plan.exact), width)]
    lines += textwrap.wrap(plan.summary, width)
    names = max((len(turn.name) for turn in plan.turns), default=0)
    for part in plan.parts:
        lines += ["", *_part(part, len(plan.parts) > 1, names, width)]
    return "\n".join(lines)


def _part(part: ProgrammePart, is_one_of_many: bool, names: int, width: int) -> Iterator[str]:  # noqa: FBT001
    if is_one_of_many:
        total = length(part.length_ms, exact=part.exact)
        yield _spread(f"{part.number:>2}  {part.title}", total, width)
        yield from textwrap.wrap(part.about, width, initial_indent="    ", subsequent_indent="    ")
    for turn in part.turns:
        if turn.before:
            yield from textwrap.wrap(turn.before, width, initial_indent="    ! ", subsequent_indent="      ")
        yield f"    {length(turn.length_ms, exact=turn.exact):>7}  {turn.name:<{names}}  {turn.title}"


def _spread(left: str, right: str, width: int) -> str:
    """Two texts, at the left and the right end of a line."""
    return f"{left:<{width - len(right) - 1}} {right}"
