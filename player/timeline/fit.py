"""Fitting: elastic stretches become slots, as long as the script says or as another length of the session asks.

The rule: only cycles of breath and pauses marked as flexible give way, all by the same factor as far as they can.
Breaths stay whole: without a flexible pause the session ends within half a cycle of the length that was asked for, with
one exactly on it. It knows lengths alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from player.errors import Problem, ScriptError, UsageError
from player.techniques.cue import Elastic, Slot
from player.units import LONGEST_MS, format_duration, timecode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from player.techniques.cue import Part

MOST_SLOTS: Final = 200_000
"""Eight hours of box breathing have 28 800 phases; more than this is a loop gone wrong."""
_HALVINGS: Final = 60


def settle(parts: Iterable[Part], amounts: Sequence[int] | None = None) -> tuple[Part, ...]:
    """The parts with every elastic stretch made into slots.

    Parameters
    ----------
    amounts
        Of the elastic stretches in their order; without it, each has what its script asks for.

    Raises
    ------
    ScriptError
        If there are more than `MOST_SLOTS` parts.
    """
    settled: list[Part] = []
    wanted = iter(amounts or ())
    for part in parts:
        if isinstance(part, Elastic):
            settled += part.slots(next(wanted, part.amount))
        else:
            settled.append(part)
        if len(settled) > MOST_SLOTS:
            at = part.at if isinstance(part, Elastic | Slot) else None
            text = f"the script unfolds to more than {MOST_SLOTS} parts; repeat less"
            raise ScriptError([Problem(at, text)] if at else [])
    return tuple(settled)


def to_length(parts: Sequence[Part], natural_ms: int, wanted_ms: int) -> tuple[Part, ...]:
    """The parts of a session that is to last about ``wanted_ms`` in place of ``natural_ms``.

    Raises
    ------
    UsageError
        If nothing in it can give way, or not so far.
    """
    elastics = [part for part in parts if isinstance(part, Elastic)]
    if not elastics:
        lasts = timecode(natural_ms)
        raise UsageError(f"its length is fixed at {lasts}: it has no breathing, and no pauses marked as flex")
    fixed_ms = natural_ms - sum(each.length_ms(each.amount) for each in elastics)
    least = fixed_ms + sum(each.length_ms(each.least) for each in elastics)
    most = min(LONGEST_MS, fixed_ms + sum(each.length_ms(each.most) for each in elastics))
    if not least <= wanted_ms <= most:
        allowed = f"{timecode(-(-least // 1000) * 1000)} to {timecode(most)}"
        raise UsageError(f"--length must be {allowed} for this session, not {format_duration(wanted_ms)}")
    return settle(parts, _shared(elastics, wanted_ms - fixed_ms))


def _shared(elastics: Sequence[Elastic], room_ms: int) -> list[int]:
    """Amounts that come as close to the room as whole cycles and flexible pauses can."""
    low, high = 0.0, max(each.most / each.amount for each in elastics)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _length(elastics, _at(elastics, middle)) <= room_ms:
            low = middle
        else:
            high = middle
    amounts = _at(elastics, low)
    _add_cycles(elastics, amounts, _at(elastics, high), room_ms)
    _fill_pauses(elastics, amounts, room_ms)
    return amounts


def _at(elastics: Sequence[Elastic], factor: float) -> list[int]:
    return [min(each.most, max(each.least, round(each.amount * factor))) for each in elastics]


def _length(elastics: Sequence[Elastic], amounts: Sequence[int]) -> int:
    return sum(each.length_ms(amount) for each, amount in zip(elastics, amounts, strict=True))


def _is_pause(elastic: Elastic) -> bool:
    return elastic.length_ms(elastic.least + 1) - elastic.length_ms(elastic.least) == 1


def _add_cycles(elastics: Sequence[Elastic], amounts: list[int], highest: Sequence[int], room_ms: int) -> None:
    """One cycle more wherever the next factor would bring one, as long as that comes closer."""
    pauses = any(map(_is_pause, elastics))
    for place, (each, most) in enumerate(zip(elastics, highest, strict=True)):
        left = room_ms - _length(elastics, amounts)
        cycle = each.length_ms(amounts[place] + 1) - each.length_ms(amounts[place])
        if amounts[place] < most and (left >= cycle or (2 * left > cycle and not pauses)):
            amounts[place] += 1


def _fill_pauses(elastics: Sequence[Elastic], amounts: list[int], room_ms: int) -> None:
    """What is left, which is less than a cycle, goes to the pauses in equal parts."""
    pauses = [place for place, each in enumerate(elastics) if _is_pause(each)]
    left = room_ms - _length(elastics, amounts)
    for number, place in enumerate(pauses):
        amounts[place] += left // len(pauses) + (number < left % len(pauses))
