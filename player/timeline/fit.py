"""Fits a session to a length: elastic stretches become slots, as long as the script or the ``--length`` option says.

The rule: only cycles of breath and flexible pauses change, all by the same factor within their limits, and breaths stay
whole (tests/timeline/test_fit.py). Without a flexible pause the session ends within half a cycle of the wanted length;
with one, exactly on it. It knows lengths only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from player.errors import Problem, ScriptError, UsageError
from player.techniques.cue import Elastic, Marker, Slot, pieces
from player.techniques.planning import MOST_PARTS
from player.units import LONGEST_MS, format_duration, timecode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from player.errors import Position
    from player.techniques.cue import Part

MOST_SLOTS: Final = MOST_PARTS
"""With all that is heard in them, as in a plan."""
_HALVINGS: Final = 60


def settle(parts: Iterable[Part], amounts: Sequence[int] | None = None) -> tuple[Part, ...]:
    """The parts, with slots in place of the elastic stretches.

    Parameters
    ----------
    amounts
        The amounts of the elastic stretches, in their order; without it, those of the script.

    Raises
    ------
    ScriptError
        If there are more than `MOST_SLOTS` parts, or they last more than a day by the lengths that are known.
    """
    settled: list[Part] = []
    count = 0
    at: Position | None = None  # of the last part that has a place
    for part, amount in _amounts(parts, amounts):
        more = part.slots(amount) if isinstance(part, Elastic) else (part,)
        settled += more
        count += sum(map(pieces, more))
        at = at if isinstance(part, Marker) else part.at
        if at and count > MOST_SLOTS:
            raise ScriptError([Problem(at, f"the script unfolds to more than {MOST_SLOTS} parts; repeat less")])
    return tuple(settled)


def _amounts(parts: Iterable[Part], amounts: Sequence[int] | None) -> list[tuple[Part, int]]:
    """The parts with the amount of each that is elastic; no slots are made before it is known that a day holds them.

    Ninety times a thousand breaths of a minute, each second counted, were two gigabytes of slots.
    """
    wanted, total_ms = iter(amounts or ()), 0
    found: list[tuple[Part, int]] = []
    too_long: Position | None = None
    for part in parts:
        amount = next(wanted, part.amount) if isinstance(part, Elastic) else 0
        found.append((part, amount))
        if isinstance(part, Elastic | Slot):
            total_ms += part.length_ms(amount) if isinstance(part, Elastic) else part.length_ms or 0
            too_long = too_long or (part.at if total_ms > LONGEST_MS else None)
    if too_long:
        text = f"a session must last at most 24 hours, not {timecode(total_ms)}; repeat less"
        raise ScriptError([Problem(too_long, text)])
    return found


def to_length(parts: Sequence[Part], natural_ms: int, wanted_ms: int) -> tuple[Part, ...]:
    """The parts of a session, fitted to last about ``wanted_ms`` instead of ``natural_ms``.

    Raises
    ------
    UsageError
        If nothing in it is elastic, or not elastic enough.
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
    """Amounts that bring the length as close to ``room_ms`` as whole cycles and flexible pauses can."""
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
    """Add one cycle wherever the next factor would, as long as that comes closer."""
    pauses, left = any(map(_is_pause, elastics)), room_ms - _length(elastics, amounts)
    for number, (each, most) in enumerate(zip(elastics, highest, strict=True)):
        cycle = each.length_ms(amounts[number] + 1) - each.length_ms(amounts[number])
        if amounts[number] < most and (left >= cycle or (2 * left > cycle and not pauses)):
            amounts[number] += 1
            left -= cycle


def _fill_pauses(elastics: Sequence[Elastic], amounts: list[int], room_ms: int) -> None:
    """Share the rest, which is less than a cycle, equally among the pauses."""
    pauses = [index for index, each in enumerate(elastics) if _is_pause(each)]
    left = room_ms - _length(elastics, amounts)
    for number, index in enumerate(pauses):
        amounts[index] += left // len(pauses) + (number < left % len(pauses))
