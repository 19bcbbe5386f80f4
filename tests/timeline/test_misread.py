"""Texts that a voice would read wrongly."""

from __future__ import annotations

import pytest

from player.errors import Position
from player.script.languages import words_for
from player.techniques.cue import Slot, Speech, Utterance
from player.timeline import misread

AT = Position("a.yaml", 1, 1)


def causes(text: str, language: str = "en-US") -> list[str]:
    slot = Slot(AT, None, (Speech(Utterance(text, language)),))
    return [cause for _, cause, _ in misread.found(words_for(language), [slot])]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("**Rest** now.", "markup"),
        ("Be _very_ still.", "markup"),
        ("Rest `now`.", "markup"),
        ("# Rest", "markup"),
        ("See [the page](https://example.org).", "markup"),
        ("<break time='3s'/> Breathe out.", "tag"),
        ("Breathe <emphasis>out</emphasis>.", "tag"),
        ("[pause 3 seconds]", "brackets"),
        ("Rest (pause) now.", "brackets"),
        ("Rest (long pause) now.", "brackets"),
        ("LET IT GO.", "capitals"),
        ("RELAX now.", "capitals"),
        ("&quot;Relax&quot;", "entity"),
        ("Go on → there.", "symbol"),
        ("Done ✅", "symbol"),
        ("• Rest", "symbol"),
        ("Расслабьтесь.", "script"),
        ("放松。", "script"),
    ],
)
def test_what_no_voice_reads_as_it_is_meant_is_told_once(text: str, cause: str) -> None:
    assert causes(text) == [cause]


@pytest.mark.parametrize(
    "text",
    [
        "It's 50 % done, 2 + 2 = 4, and that is fine (really).",
        "Café, naïve, Zoë – “rest”, she said … now.",
        "TENS and PMR are short for something.",
        "In the snake_case of it",
        "2 * 3",
    ],
)
def test_what_voices_read_well_is_not_told(text: str) -> None:
    assert causes(text) == (["markup"] if "*" in text else [])


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("गहरी साँस लें।", "hi", []),
        ("PMR शुरू करें।", "hi", []),
        ("Breathe in.", "hi", ["script"]),
        ("गहरी साँस लें।", "de-DE", ["script"]),
        ("深呼吸。", "zh", []),
        ("息を吸って。", "ja", []),
        ("숨을 쉬세요.", "ko", []),
        ("Дышите.", "ru", []),
        ("Дышите.", "xx", []),
    ],
)
def test_letters_are_those_of_the_language(text: str, language: str, found: list[str]) -> None:
    assert causes(text, language) == found


def test_the_warning_says_what_to_write_instead() -> None:
    slot = Slot(AT, None, (Speech(Utterance("Breathe in.<break time='3s'/>")),))
    ((_, _, text),) = misread.found(None, [slot])
    assert "'- pause: 3s'" in text


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("**Rest** now.", "Rest now."),
        ("In.<break time='3s'/> Out.", "In. Out."),
        ("&quot;Relax&quot;", '"Relax"'),
        ("Go on → there", "Go on there"),
        ("Done ✅", "Done"),
        ("✅", "✅"),  # nothing would be left: the voice has to say that it cannot
        ("Rest [now](https://example.org).", "Rest now."),
        ("Plain words, as they are.", "Plain words, as they are."),
    ],
)
def test_a_voice_does_not_get_signs_that_are_no_words(text: str, read: str) -> None:
    assert Utterance(text).read() == read
    assert Utterance(text).text == text
