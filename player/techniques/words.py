"""The fixed guiding words, by language: phases, numbers and the sentences of muscle relaxation.

A script may override any of them; in a language without a table here, it must give its own words. The table also
has the beginnings of words by which warnings recognise an announcement, so that a language is one table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from player.script.regions import CrisisLine, HelpNumbers


@dataclass(frozen=True)
class MuscleWords:
    """The sentences of muscle relaxation. Of several, each group or round takes the next, and they come round again.

    Attributes
    ----------
    attend
        What is said of a group that is tensed; ``{name}`` is the group's.
    arrive
        The same for one that only lets go: it is never told to let go of what it did not do.
    tighten
        What to do, and at which word; ``{how}`` is the group's. It never varies: people lie and wait for it.
    again
        A later round, which is lighter, and waits for the same word.
    now
        The word on the beat of the tension.
    let_go
        The words on the beat of the release. All begin with those that the listener was told to wait for.
    """

    attend: tuple[str, ...]
    arrive: tuple[str, ...]
    tighten: str
    again: tuple[str, ...]
    now: str
    let_go: tuple[str, ...]


@dataclass(frozen=True)
class GuidingWords:
    """The guiding words of one language.

    Attributes
    ----------
    phases
        Phase kind to its word: ``in``, ``hold``, ``out``, ``rest``.
    numbers
        One, two, three ... as they are spoken; index 0 is one.
    attend
        The sentence that leads to a place of the body; ``{name}`` is the place's.
    muscles
        The sentences of muscle relaxation.
    announces_quiet
        Each announces a time without words. Like those below, they are beginnings of words in lower case.
    holding, optional
        A sentence with one of each says that the holds may be left out.
    driving
        Each is about driving.
    zero
        The figure nought in a telephone number.
    emergency, crisis_line, named_line
        Whom to call where no number is known, and what a line is called of which only the number is.
    heteronyms
        Words that are written alike and said in two ways, of which a voice was heard to take the wrong one: in lower
        case, each with a respelling of both.
    """

    phases: dict[str, str]
    numbers: tuple[str, ...]
    attend: str
    muscles: MuscleWords
    announces_quiet: tuple[str, ...]
    holding: tuple[str, ...]
    optional: tuple[str, ...]
    driving: tuple[str, ...]
    zero: str
    emergency: str
    crisis_line: str
    named_line: str
    heteronyms: dict[str, tuple[str, str]]

    def number(self, value: int) -> str:
        """The spoken number, 1 and up; beyond the table the digits, which every voice can read."""
        return self.numbers[value - 1] if value <= len(self.numbers) else str(value)

    def digits(self, number: str) -> str:
        """A telephone number such as ``116 123`` as it is spoken: digit by digit, with a comma between its groups."""
        figures = (self.zero, *self.numbers)
        return ", ".join(" ".join(figures[int(digit)] for digit in group) for group in number.split())


_ENGLISH = GuidingWords(
    phases={"in": "Breathe in", "hold": "Hold", "out": "Breathe out", "rest": "Pause"},
    numbers=(
        *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
        *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
        "twenty",
    ),
    attend="Notice {name}.",
    muscles=MuscleWords(
        attend=("We'll go to {name}.", "Next, {name}.", "On to {name}.", "Then {name}."),
        arrive=("Notice {name}.", "Now {name}.", "And on to {name}.", "Then {name}."),
        tighten="When I say now, {how}.",
        again=(
            "When I say now, do that again, half as firmly.",
            "When I say now, do it again, a little lighter.",
            "When I say now, once more, ever so lightly.",
        ),
        now="Now.",
        let_go=("Let go.", "Let go, and breathe out.", "Let go, all at once.", "Let go, and rest."),
    ),
    announces_quiet=("quiet", "silen", "minute", "on your own", "without words"),
    holding=("hold",),
    optional=("optional", "without", "leav", "skip", "drop"),
    driving=("driv",),
    zero="zero",
    emergency="your local emergency number",
    crisis_line="a crisis line",
    named_line="the crisis line",
    # As measured by tests/bench/heteronyms.py; docs/decisions/words-that-are-read-in-two-ways.md has those left out.
    heteronyms={
        "bass": ("base", "bass"),
        "bow": ("boe", "bough"),
        "close": ("cloze", "cloce"),
        "lead": ("leed", "led"),
        "live": ("liv", "lyve"),
        "lives": ("livz", "lyves"),
        "read": ("reed", "red"),
        "tear": ("teer", "tare"),
        "wind": ("winned", "wined"),
        "wound": ("woond", "wownd"),
    },
)

_BY_LANGUAGE: Final = {"en": _ENGLISH}


def words_for(language: str) -> GuidingWords | None:
    """The table for a BCP 47 tag, by its primary subtag; None where there is none."""
    return _BY_LANGUAGE.get(language.partition("-")[0].lower())


GIVEN: Final = ("minutes", "emergency", "crisis_line")
"""The names that the program fills in the texts of every script, without being declared: see `given_words`."""


def given_words(
    language: str, length_ms: int, region: HelpNumbers | None = None, *, in_figures: bool = False
) -> dict[str, str]:
    """What each of `GIVEN` is in this language; nothing in a language without a table.

    Parameters
    ----------
    length_ms
        The length of the session.
    region
        Where the listener is, if that is known.
    in_figures
        Whether numbers are for the screen (``911``), and not for a voice (``nine one one``).
    """
    words = words_for(language)
    if words is None:
        return {}
    line = region and region.crisis_line
    return {
        "minutes": minutes_in_words(length_ms),
        "emergency": _number_to_call(words, region.emergency.number, in_figures) if region else words.emergency,
        "crisis_line": _line_to_call(words, line, in_figures) if line else words.crisis_line,
    }


def _line_to_call(words: GuidingWords, line: CrisisLine, in_figures: bool) -> str:  # noqa: FBT001 (as above)
    name = line.name if in_figures else line.spoken or words.named_line
    return f"{name}, {_number_to_call(words, line.number, in_figures)}"


def _number_to_call(words: GuidingWords, number: str, in_figures: bool) -> str:  # noqa: FBT001 (as above)
    return number if in_figures else words.digits(number)


_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_HALF_MINUTE_MS: Final = 30_000


def minutes_in_words(length_ms: int) -> str:
    """A length in English: to the half minute, and from ten minutes on to the whole one, as people say it."""
    halves = max(1, (length_ms + _HALF_MINUTE_MS // 2) // _HALF_MINUTE_MS)
    if halves >= 20:
        return f"{_number(length_ms // _HALF_MINUTE_MS + 1 >> 1)} minutes"
    whole, half = divmod(halves, 2)
    if whole < 2:
        return ("half a minute", "a minute", "a minute and a half")[halves - 1]
    return f"{_number(whole)} and a half minutes" if half else f"{_number(whole)} minutes"


def _number(value: int) -> str:
    """An English number; from a hundred on the digits, which every voice can read."""
    if value <= 20 or value >= 100:
        return _ENGLISH.number(value)
    tens, ones = divmod(value, 10)
    return _TENS[tens - 2] + (f"-{_ENGLISH.number(ones)}" if ones else "")


def languages() -> tuple[str, ...]:
    """The languages with a table."""
    return tuple(_BY_LANGUAGE)
