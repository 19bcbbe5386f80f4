"""The words of a language that the program itself says and writes: ``scripts/languages/*.yaml``, one file a language.

The rule: what depends on a language stands in its file and nowhere else; a language is one file and no code
(tests/script/test_languages.py). Here files are found and read; how the words are used is for those who guide.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping  # noqa: TC003 (hints are read when a file is bound)
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Final

from player.errors import ScriptError, UsageError
from player.script import library, tags
from player.script.pronunciation import Respelling, Word  # noqa: TC001 (hints are read when a file is bound)
from player.script.yaml.binding import bind
from player.script.yaml.reader import compose, read
from player.script.yaml.scalar_types import shown
from player.script.yaml.types import FieldError, Identifier, Language, ListRule, Name, OneOrMore, Text

NOT_REVIEWED: Final = "none"
PHASES: Final = ("in", "hold", "out", "rest")
LEAST_NUMBERS: Final = 20
"""Counted breaths go up to twenty seconds."""

Words = Annotated[tuple[Name, ...], ListRule()]


@dataclass(frozen=True)
class MuscleWords:
    """The sentences of muscle relaxation. Of several, each group or round takes the next, and they come round again.

    ``{name}`` is the group's name, and ``{at}`` the form of it that follows a word such as "to", where it has one.

    Attributes
    ----------
    attend
        What is said of a group that is tensed.
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

    attend: OneOrMore[Text]
    arrive: OneOrMore[Text]
    tighten: Text
    again: OneOrMore[Text]
    now: Text
    let_go: OneOrMore[Text]

    def __post_init__(self) -> None:
        """Nothing stands in braces but what is filled in."""
        for key in ("attend", "arrive"):
            _only_these(key, getattr(self, key), {"name": "", "at": ""})
        _only_these("tighten", (self.tighten,), {"how": ""}, needed=True)
        waited_for = self.let_go[0].rstrip(" .।。")
        if wrong := [each for each in self.let_go if not each.startswith(waited_for)]:
            text = f"must begin with the same words, {shown(waited_for)}, and not as {shown(wrong[0])}"
            raise FieldError("let_go", text)


@dataclass(frozen=True)
class HelpWords:
    """Whom to call where no number is known, and what a line is called of which only the number is."""

    emergency: Name
    crisis_line: Name
    named_line: Name


@dataclass(frozen=True)
class MinuteWords:
    """A length in words; ``{number}`` is one of ``numbers``, which begin with two, in the form before "minutes".

    ``two_and_a_half`` is for languages that have a word of its own for that.
    """

    half: Name
    one: Name
    one_and_a_half: Name
    whole: Name
    and_a_half: Name
    numbers: OneOrMore[Name]
    two_and_a_half: Name | None = None

    def __post_init__(self) -> None:
        """Nothing stands in braces but the number."""
        for key in ("whole", "and_a_half"):
            _only_these(key, (getattr(self, key),), {"number": ""}, needed=True)

    def number(self, value: int) -> str:
        """Two and up; beyond the list the digits, which every voice can read."""
        return self.numbers[value - 2] if value - 2 < len(self.numbers) else str(value)


@dataclass(frozen=True)
class CaptionWords:
    """What captions call sounds and silences; ``second`` and ``minute`` are for one and for several."""

    silence: Name
    second: OneOrMore[Name]
    minute: OneOrMore[Name]
    tone: Name
    chime: Name

    def __post_init__(self) -> None:
        """One and several have a form each, which may be the same."""
        for key in ("second", "minute"):
            if len(getattr(self, key)) != 2:
                raise FieldError(key, "must be the word for one and the word for several, such as [second, seconds]")


@dataclass(frozen=True)
class ShortcutWords:
    """What a page's list of keys says of each: what it is called (``space``), and what the others do."""

    space: Name
    pause: Name
    steps: Name
    again: Name
    section: Name
    volume: Name
    night: Name
    quit: Name
    keys: Name


@dataclass(frozen=True)
class PageWords:
    """The labels of a page for a browser.

    Attributes
    ----------
    play, pause, position, back, again, forward, night, leave_night, keys, close
        Of its buttons and its slider; ``keys`` is also the title of the list of ``shortcuts``.
    left
        How long it still takes; ``{time}`` is a clock such as 3:20.
    before, chapters, text, script, sessions
        Headings; the first is that of the safety lines.
    save
        The link that saves the script; ``{name}`` is its file.
    hours
        A length of an hour and more; shorter ones have the words of captions.
    listed
        What a list of pages says of itself: ``{number}`` and ``{time}``.
    by, made, spoken, remake
        Where the page comes from: ``{author}`` (with a year, where it is known); ``{program}`` and ``{name}``;
        ``{voice}`` and ``{rate}``; ``{command}``.
    licence, bundled, own, around
        The licence of words and sound: one that is told (``{licence}``), that of the bundled ones, or none; and that
        of the page itself.
    """

    play: Name
    pause: Name
    position: Name
    back: Name
    again: Name
    forward: Name
    night: Name
    leave_night: Name
    keys: Name
    close: Name
    left: Name
    before: Name
    chapters: Name
    text: Name
    script: Name
    save: Name
    sessions: Name
    hours: Name
    listed: Name
    by: Name
    made: Name
    spoken: Name
    remake: Name
    licence: Name
    bundled: Name
    own: Name
    around: Name
    shortcuts: ShortcutWords

    def __post_init__(self) -> None:
        """Nothing stands in braces but what is filled in."""
        filled = {"left": "time", "save": "name", "hours": "time", "listed": "number time", "by": "author"}
        filled |= {"made": "program name", "spoken": "voice rate", "remake": "command", "licence": "licence"}
        for key, names in filled.items():
            _only_these(key, (getattr(self, key),), dict.fromkeys(names.split(), ""), needed=True)


@dataclass(frozen=True)
class PatternWords:
    """The texts of a typed breathing pattern.

    ``phases`` are joined by commas to ``{phases}``; ``decimal`` is the sign in 5.5 seconds.
    """

    title: Name
    phases: Mapping[Identifier, Name]
    summary: Name
    lightly: Text
    holds: Text
    four_seven_eight: Text
    decimal: Name = "."

    def __post_init__(self) -> None:
        """Every phase has a text, and nothing stands in braces but what is filled in."""
        _each_phase(self.phases)
        _only_these("phases", self.phases.values(), {"seconds": ""}, needed=True)
        _only_these("title", (self.title,), {"pattern": ""}, needed=True)
        _only_these("summary", (self.summary,), {"phases": ""}, needed=True)


@dataclass(frozen=True)
class WarningWords:
    """Beginnings of words, in lower case, by which warnings recognise what a text says.

    Attributes
    ----------
    quiet
        Each announces a time without words.
    holding, optional
        A sentence with one of each says that the holds may be left out.
    driving
        Each is about driving.
    """

    quiet: OneOrMore[Name]
    holding: OneOrMore[Name]
    optional: OneOrMore[Name]
    driving: OneOrMore[Name]


@dataclass(frozen=True)
class LanguageWords:
    """All the program's words of one language.

    Attributes
    ----------
    name, english
        What its speakers call it, and its English name.
    register
        How the listener is spoken to, such as *Sie*, and what a later author must know; for authors.
    reviewed
        Who has read and heard the words, a speaker by birth; ``none`` if nobody has.
    phases
        Phase kind to its word: ``in``, ``hold``, ``out``, ``rest``.
    counted
        Shorter words for phases that are counted, where the usual one is not over before "two": German *Einatmen*, and
        *Ein, zwei, drei*. A phase without one keeps its word.
    numbers
        One, two, three ... as they are counted; index 0 is one.
    zero
        The figure nought in a telephone number.
    attend
        The sentence that leads to a place of the body; ``{name}`` is the place's.
    page
        The labels of a page for a browser.
    breathe
        The texts of a typed breathing pattern.
    abbreviations
        After them a sentence goes on, besides those that the library for sentences knows.
    ordinals_after
        Words after which a number with a point does not end a sentence: "die 2. Übung".
    warnings
        What recognises an announcement.
    preview
        A line that any session might have, with which a voice is tried.
    not_reviewed
        The sentence that a translation has in its summary until somebody has reviewed it.
    heteronyms
        Words that are written alike and said in two ways, of which a voice was heard to take the wrong one: in lower
        case, each with a respelling of both.
    """

    name: Name
    english: Name
    phases: Mapping[Identifier, Name]
    numbers: OneOrMore[Name]
    zero: Name
    attend: Text
    muscles: MuscleWords
    help: HelpWords
    minutes: MinuteWords
    captions: CaptionWords
    page: PageWords
    breathe: PatternWords
    warnings: WarningWords
    not_reviewed: Text
    preview: Text
    counted: Mapping[Identifier, Name] = field(default_factory=dict)
    register: Text = ""
    reviewed: Name = NOT_REVIEWED
    abbreviations: Words = ()
    ordinals_after: Words = ()
    heteronyms: Mapping[Word, OneOrMore[Respelling]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """The lists are whole."""
        _each_phase(self.phases)
        _known_phases("counted", self.counted)
        _only_these("attend", (self.attend,), {"name": ""}, needed=True)
        if len(self.numbers) < LEAST_NUMBERS:
            raise FieldError("numbers", f"must count from one to {LEAST_NUMBERS}, not to {len(self.numbers)}")
        if wrong := [word for word, both in self.heteronyms.items() if len(both) != 2]:
            text = f"must have two respellings of {shown(wrong[0])}, one for each way to say it"
            raise FieldError("heteronyms", text)

    def phase(self, kind: str, *, counted: bool = False) -> str:
        """The word of a phase of breath; ``counted`` is where numbers follow it on the beat."""
        return (self.counted.get(kind) if counted else None) or self.phases[kind]

    def number(self, value: int) -> str:
        """The counted number, 1 and up; beyond the list the digits, which every voice can read."""
        return self.numbers[value - 1] if value <= len(self.numbers) else str(value)

    def digits(self, number: str) -> str:
        """A telephone number such as ``116 123`` as it is spoken: digit by digit, with a comma between its groups."""
        figures = (self.zero, *self.numbers)
        return ", ".join(" ".join(figures[int(digit)] for digit in group) for group in number.split())


def _each_phase(words: Mapping[str, str]) -> None:
    if missing := [kind for kind in PHASES if kind not in words]:
        raise FieldError("phases", f"must have {', '.join(PHASES)}; {missing[0]} is missing")
    _known_phases("phases", words)


def _known_phases(key: str, words: Mapping[str, str]) -> None:
    if unknown := [kind for kind in words if kind not in PHASES]:
        raise FieldError(key, f"is about {', '.join(PHASES)}, and not about {shown(unknown[0])}")


def _only_these(key: str, texts: Iterable[str], known: Mapping[str, str], *, needed: bool = False) -> None:
    """Every text can be filled in, and has all that is ``needed``."""
    allowed = " and ".join(f"{{{each}}}" for each in known)
    for text in texts:
        if not _in_braces(text) <= set(known):
            raise FieldError(key, f"may have {allowed} in braces and nothing else, not {shown(text)}")
        if needed and any(f"{{{each}}}" not in text for each in known):
            raise FieldError(key, f"must have {allowed} in it, which {shown(text)} has not")


def _in_braces(text: str) -> set[str]:
    """What a text has in braces, whole: a width behind a colon could make a text of gigabytes when it is filled in."""
    try:
        fields = [each for each in string.Formatter().parse(text) if each[1] is not None]
    except ValueError:  # a brace that is not closed
        return {text}
    return {f"{name}{form}{turn or ''}" for _, name, form, turn in fields}


def languages() -> tuple[str, ...]:
    """The tags of the languages that have a file, bundled ones first."""
    return library.languages()


def words_for(language: str) -> LanguageWords | None:
    """The words for a BCP 47 tag such as ``de-AT``, by the nearest language that has a file; None where there is none.

    Raises
    ------
    ScriptError
        If its file has mistakes.
    """
    tag = tags.nearest(language, library.languages())
    return _read(tag) if tag else None


@cache
def _read(tag: str) -> LanguageWords:
    source = library.language(tag)
    name = str(source.path)
    with suppress(ScriptError):  # nearly every file is good; the problems of another one are then read exactly
        node, problems = compose(source.text, name, exact=False)
        if not problems:
            return bind(node, LanguageWords)
    return bind(read(source.text, name), LanguageWords)


@dataclass(frozen=True)
class Pronunciations:
    """The user's own pronunciations for all scripts: words with their respellings, by language."""

    pronounce: Mapping[Language, Mapping[Word, Respelling]]

    def in_language(self, tag: str) -> dict[str, str]:
        """Those of a language, and before them those of its country: of ``en-GB``, ``en`` and ``en-GB``."""
        wanted = f"{tag.lower()}-"
        fitting = sorted((each for each in self.pronounce if wanted.startswith(f"{each.lower()}-")), key=len)
        return {word: said for each in fitting for word, said in self.pronounce[each].items()}


def own_pronunciations(tag: str) -> dict[str, str]:
    """The user's own pronunciations for a language.

    Raises
    ------
    ScriptError
        If the file has mistakes.
    """
    source = library.pronunciations()
    return bind(read(source.text, str(source.path)), Pronunciations).in_language(tag) if source else {}


def named(tag: str, asked_by: str) -> str:
    """The language that somebody named, as the nearest one that has a file.

    Raises
    ------
    UsageError
        If there is none.
    """
    known = library.languages()
    if found := tags.nearest(tag, known):
        return found
    raise UsageError(f"{asked_by} must be a language that has words ({', '.join(known)}), not {shown(tag)}")
