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
        ("We'll go around a square. for: 17s", "option"),
        ("Rest. then: 1:30", "option"),
        ("Rest (long pause) now.", "brackets"),
        ("LET IT GO.", "capitals"),
        ("RELAX now.", "capitals"),
        ("&quot;Relax&quot;", "entity"),
        ("Go on → there.", "symbol"),
        ("Done ✅", "symbol"),
        ("• Rest", "symbol"),
        ("Расслабьтесь.", "script"),
        ("放松。", "script"),
        ("\U00017000", "script"),  # a Tangut letter, for which Python has no name
        ("Now GO ON with it.", "capitals"),
        ("&amp; TENS on.", "entity"),
        ("\ue000 Rest", "symbol"),
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
        ("X", "hi", ["script"]),
        ("1ª vez.", "es", []),
        ("गहरी \U00017000", "hi", ["script"]),
    ],
)
def test_letters_are_those_of_the_language(text: str, language: str, found: list[str]) -> None:
    assert causes(text, language) == found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Breathe in.<break time='3s'/>",
            (
                "\"<break time='3s'/>\" is a tag, which no voice can say, so it is not spoken; "
                "leave it out, and write silence as a step of its own: '- pause: 3s'"
            ),
        ),
        (
            "Rest now. for: 17s",
            (
                "a voice reads 'for: 17s' out; "
                "if it is an option, begin its line in the column of the key beside which it belongs"
            ),
        ),
        (
            "Rest (pause) now.",
            (
                "a voice reads '(pause)' out; "
                "write silence as a step of its own ('- pause: 3s'), and other words without brackets"
            ),
        ),
        (
            "&quot;Relax",
            "'&quot;' stands for a sign in web pages only; write the sign itself, or leave it out",
        ),
        ("**Rest.", "'**' is markup, which no voice can say, so it is not spoken; leave it out"),
        (
            "Now GO ON with it.",
            (
                "a voice may spell words in capitals such as 'GO ON'; "
                "write it in small letters, and give a word weight by its place in the sentence"
            ),
        ),
        ("• Rest", "'•' (bullet) is not spoken, as voices read its name; write a word, or nothing"),
        (
            "\ue000 Rest",
            "'\\ue000' (a sign without a name) is not spoken, as voices read its name; write a word, or nothing",
        ),
        (
            "Rest и now.",
            (
                "a voice of en-US cannot say 'и'; write it in the letters of the language, or give the text its own: "
                "'say: {text: ..., language: ...}'"
            ),
        ),
        (
            "Rest ии now.",
            (
                "a voice of en-US cannot say 'ии'; write it in the letters of the language, or give the text its own: "
                "'say: {text: ..., language: ...}'"
            ),
        ),
    ],
)
def test_the_warning_says_what_was_found_and_what_to_write_instead(text: str, told: str) -> None:
    slot = Slot(AT, None, (Speech(Utterance(text)),))
    assert [(at, said) for at, _, said in misread.found(None, [slot])] == [(slot, told)]


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
