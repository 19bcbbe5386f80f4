"""What the program says in the texts of scripts: a session's length, and whom to call, in the language's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from player.script.languages import words_for

if TYPE_CHECKING:
    from player.script.languages import LanguageWords, MinuteWords
    from player.script.regions import CrisisLine, HelpNumbers

GIVEN: Final = ("minutes", "emergency", "crisis_line")
"""The names that the program fills in the texts of every script, without being declared: see `given_words`."""

_HALF_MINUTE_MS: Final = 30_000


def given_words(
    language: str, length_ms: int, region: HelpNumbers | None = None, *, in_figures: bool = False
) -> dict[str, str]:
    """What each of `GIVEN` is in this language; nothing in a language without words.

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
        "minutes": minutes_in_words(words.minutes, length_ms),
        "emergency": _number_to_call(words, region.emergency.number, in_figures) if region else words.help.emergency,
        "crisis_line": _line_to_call(words, line, language, in_figures) if line else words.help.crisis_line,
    }


def _line_to_call(words: LanguageWords, line: CrisisLine, language: str, in_figures: bool) -> str:  # noqa: FBT001
    name = line.called_in(language) or (line.name if in_figures else words.help.named_line)
    return f"{name}, {_number_to_call(words, line.number, in_figures)}"


def _number_to_call(words: LanguageWords, number: str, in_figures: bool) -> str:  # noqa: FBT001 (as above)
    return number if in_figures else words.digits(number)


def minutes_in_words(words: MinuteWords, length_ms: int) -> str:
    """A length: to the half minute, and from ten minutes on to the whole one, as people say it."""
    halves = max(1, (length_ms + _HALF_MINUTE_MS // 2) // _HALF_MINUTE_MS)
    if halves >= 20:
        return words.whole.format(number=words.number(length_ms // _HALF_MINUTE_MS + 1 >> 1))
    whole, half = divmod(halves, 2)
    if whole < 2:
        return (words.half, words.one, words.one_and_a_half)[halves - 1]
    if halves == 5 and words.two_and_a_half:
        return words.two_and_a_half
    return (words.and_a_half if half else words.whole).format(number=words.number(whole))
