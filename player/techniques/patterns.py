"""Breathing patterns as the user types them, such as ``4-4-4-4`` or ``box``, and the script of each.

A pattern becomes the text of a script, so that everything works as for other sessions. `breaths` decides which breaths
are allowed; this module reads the short form. It knows no files and no voice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final, Literal, get_args

from player.errors import UsageError
from player.script.languages import languages, words_for
from player.script.session import DEFAULT_LANGUAGE
from player.script.yaml.scalar_types import shown
from player.script.yaml.suggestions import did_you_mean
from player.script.yaml.writing import quoted, scalar
from player.techniques.breaths import (
    FIRST_FOUR_SEVEN_EIGHT,
    MOST_FOUR_SEVEN_EIGHT,
    NATURAL_REST_MS,
    Kind,
    Pattern,
    PhaseLength,
    is_four_seven_eight,
)
from player.techniques.guidance import allotted, limited, most_help
from player.units import format_duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from player.script.languages import PatternWords
    from player.techniques.guidance import GuidanceStage

Help = Literal["voice", "tones", "nothing"]

NAMES: Final = {"box": "4-4-4-4", "478": "4-7-8", "coherent": "5.5-5.5", "exhale": "4-6"}
"""Patterns that have a name."""
USUAL_MS: Final = 180_000
LEAD_MS: Final = 500
"""Before the first breath: its word begins a little before its beat, and the listener has to let go of the keyboard."""

_KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_PHASES_BY_COUNT: Final[dict[int, tuple[Kind, ...]]] = {2: ("in", "out"), 3: ("in", "hold", "out"), 4: _KINDS}
"""The phases of a pattern's numbers, by how many numbers there are."""
_DASH: Final = re.compile("[-–]")
_NUMBER: Final = re.compile(r"\d{1,5}(\.\d{1,5})?")
_PLAIN: Final = re.compile("[a-z]+(-[a-z]+)*")
_LIMITS: Final = get_args(PhaseLength)[1]


@dataclass(frozen=True)
class Rhythm:
    """A pattern: its phases with their lengths in ms, without those of length 0."""

    phases: tuple[tuple[Kind, int], ...]

    @property
    def name(self) -> str:
        """The pattern in as few numbers as possible: ``4-6``, ``4-7-8``."""
        lengths = dict(self.phases)
        order = next(kinds for kinds in _PHASES_BY_COUNT.values() if lengths.keys() <= set(kinds))
        return "-".join(_seconds(lengths.get(kind, 0)) for kind in order)

    @property
    def is_four_seven_eight(self) -> bool:
        """Whether it has the ratio of four-seven-eight, at any speed."""
        return is_four_seven_eight(self.phases)

    @property
    def has_holds(self) -> bool:
        """Whether the breath is held, also with empty lungs."""
        lengths = dict(self.phases)
        return "hold" in lengths or lengths.get("rest", 0) > NATURAL_REST_MS

    def cycles(self, for_ms: int) -> int:
        """The whole number of cycles nearest to a time, at least one."""
        lengths = {"in_" if kind == "in" else kind: length for kind, length in self.phases}
        return Pattern(**lengths, for_=for_ms).count()  # type: ignore[arg-type]  # its keys are the phases


def rhythm(text: str) -> Rhythm:
    """Parse a pattern: a name, or two to four numbers of seconds with dashes, 0 for none.

    Raises
    ------
    UsageError
        If it is not a pattern.
    """
    numbers = _DASH.split(NAMES.get(text.strip().lower(), text.strip()))
    if len(numbers) not in _PHASES_BY_COUNT or not all(map(_NUMBER.fullmatch, numbers)):
        near = did_you_mean(text, NAMES)
        raise UsageError(
            f"a pattern must be {', '.join(NAMES)} or two to four numbers of seconds with dashes, "
            f"such as 4-4-4-4 (in, hold, out, rest), 4-7-8 or 4-6, not {shown(text)}{'; ' if near else ''}{near}"
        )
    kinds = _PHASES_BY_COUNT[len(numbers)]
    found = Rhythm(tuple((kind, _length(kind, each)) for kind, each in zip(kinds, numbers, strict=True) if float(each)))
    if missing := [kind for kind in ("in", "out") if kind not in dict(found.phases)]:
        raise UsageError(f"a breath must go in and out, so {' and '.join(missing)} must not be 0 in {shown(text)}")
    return found


def _length(kind: Kind, number: str) -> int:
    try:
        return int(_LIMITS.parse(number))
    except ValueError as error:
        raise UsageError(f"{kind} {error}") from error


def script(
    rhythm: Rhythm,
    for_ms: int | None = None,
    help_: Help = "voice",
    background: str = "none",
    *,
    guide: Sequence[GuidanceStage] = (),
    language: str = DEFAULT_LANGUAGE,
) -> str:
    """The script of a pattern.

    Parameters
    ----------
    for_ms
        How long to breathe, to the nearest whole cycle; None is three minutes, or four cycles of four-seven-eight.
    help_
        Guidance by a voice and then tones, by tones alone, or without sound.
    guide
        Another guidance than that; what the breaths have no room for becomes less help.
    language
        BCP 47; its texts are those of the nearest language that has words.

    Raises
    ------
    UsageError
        If the pattern may not have that many cycles, or the language has no words.
    """
    texts = _texts(language)
    lines = [
        f"title: {scalar(texts.title.format(pattern=rhythm.name))}",
        f"summary: {scalar(_summary(rhythm, texts))}",
        "technique: breathing",
        f"language: {language}",
        "safety:",
        *(f"  - {scalar(line)}" for line in _safety(rhythm, texts)),
        f"background: {background if _PLAIN.fullmatch(background) else quoted(background)}",
        "steps:",
        f"  - pause: {format_duration(LEAD_MS)}",
        f"  - breathe: {{{', '.join([*_lengths(rhythm), _amount(rhythm, for_ms)])}}}",
        f"    guide: [{', '.join(_asked(rhythm, guide, for_ms) if guide else _usual(rhythm, help_))}]",
        *(["  - chime: end"] if help_ != "nothing" else []),
    ]
    return "\n".join(lines) + "\n"


def _lengths(rhythm: Rhythm) -> list[str]:
    return [f"{kind}: {format_duration(length)}" for kind, length in rhythm.phases]


def _amount(rhythm: Rhythm, for_ms: int | None) -> str:
    """The number of cycles or the time, as the script writes it."""
    if not rhythm.is_four_seven_eight:
        return f"for: {format_duration(USUAL_MS if for_ms is None else for_ms)}"
    cycles = FIRST_FOUR_SEVEN_EIGHT if for_ms is None else rhythm.cycles(for_ms)
    if cycles > MOST_FOUR_SEVEN_EIGHT:
        most = format_duration(MOST_FOUR_SEVEN_EIGHT * sum(length for _, length in rhythm.phases))
        raise UsageError(
            f"{rhythm.name} is for {MOST_FOUR_SEVEN_EIGHT} cycles at most, and for {FIRST_FOUR_SEVEN_EIGHT} in the "
            f"first month, so --for must be {most} or less, not {format_duration(for_ms or 0)}"
        )
    return f"cycles: {cycles}, at_most: {MOST_FOUR_SEVEN_EIGHT}"


def _usual(rhythm: Rhythm, help_: Help) -> Sequence[str]:
    """Counted if all phases are whole seconds, in words if they have room, and then tones."""
    if help_ == "nothing":
        return ("silent",)
    most = most_help(length for _, length in rhythm.phases)
    if help_ == "tones" or most == "tones":
        return ("tones",)
    return ("count 3", "words 3", "tones") if most == "count" else ("words 3", "tones")


def _asked(rhythm: Rhythm, guide: Sequence[GuidanceStage], for_ms: int | None) -> list[str]:
    """What is asked for, as a script writes it: every stage but the last has its number of cycles."""
    usual = FIRST_FOUR_SEVEN_EIGHT if rhythm.is_four_seven_eight else rhythm.cycles(USUAL_MS)
    fitting = limited(guide, most_help(length for _, length in rhythm.phases))
    runs = groupby(allotted(fitting, usual if for_ms is None else rhythm.cycles(for_ms)))
    *before, last = ((help_, len([*run])) for help_, run in runs)
    return [*(f"{help_} {cycles}" for help_, cycles in before), last[0]]


def _texts(language: str) -> PatternWords:
    if words := words_for(language):
        return words.breathe
    raise UsageError(f"there are no words for the language {shown(language)} yet; there are {', '.join(languages())}")


def _summary(rhythm: Rhythm, texts: PatternWords) -> str:
    lengths = ((kind, _seconds(length).replace(".", texts.decimal)) for kind, length in rhythm.phases)
    phases = ", ".join(texts.phases[kind].format(seconds=seconds) for kind, seconds in lengths)
    text = texts.summary.format(phases=phases)
    return text[0].upper() + text[1:]


def _safety(rhythm: Rhythm, texts: PatternWords) -> Iterator[str]:
    yield texts.lightly
    if rhythm.has_holds:
        yield texts.holds
    if rhythm.is_four_seven_eight:
        yield texts.four_seven_eight


def _seconds(ms: int) -> str:
    return f"{ms / 1000:g}"
