"""A programme as people like to read it, and as a program does.

The rule: lengths are those of the sessions alone, without the silences between. Pure: a plan in, text out.
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
    """The plan for a program: ``title``, ``summary``, ``total_ms``, ``exact`` and ``parts``, times in ms."""
    return {
        "title": plan.title,
        "summary": plan.summary,
        "total_ms": plan.length_ms,
        "exact": plan.exact,
        "parts": [_part_json(sitting) for sitting in plan.sittings],
    }


def _part_json(sitting: ProgrammePart) -> dict[str, Any]:
    return {
        "title": sitting.title,
        "about": sitting.about,
        "total_ms": sitting.length_ms,
        "sessions": [_turn_json(turn) for turn in sitting.turns],
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
    """``7:00``, or ``about 7:00`` where only the voice could tell."""
    return ("" if exact else "about ") + timecode(ms)


def text(plan: PlannedProgramme, width: int) -> str:
    """The plan: title and total, then each part with its sessions, wrapped to ``width`` columns."""
    width = min(_WIDE, max(_NARROW, width))
    lines = [_spread(plan.title, length(plan.length_ms, exact=plan.exact), width)]
    lines += textwrap.wrap(plan.summary, width)
    names = max((len(turn.name) for turn in plan.turns), default=0)
    for sitting in plan.sittings:
        lines += ["", *_part(sitting, len(plan.sittings) > 1, names, width)]
    return "\n".join(lines)


def _part(sitting: ProgrammePart, is_one_of_many: bool, names: int, width: int) -> Iterator[str]:  # noqa: FBT001
    if is_one_of_many:
        total = length(sitting.length_ms, exact=sitting.exact)
        yield _spread(f"{sitting.number:>2}  {sitting.title}", total, width)
        yield from textwrap.wrap(sitting.about, width, initial_indent="    ", subsequent_indent="    ")
    for turn in sitting.turns:
        if turn.before:
            yield from textwrap.wrap(turn.before, width, initial_indent="    ! ", subsequent_indent="      ")
        yield f"    {length(turn.length_ms, exact=turn.exact):>7}  {turn.name:<{names}}  {turn.title}"


def _spread(left: str, right: str, width: int) -> str:
    """Two texts at the two ends of a line."""
    return f"{left:<{width - len(right) - 1}} {right}"
