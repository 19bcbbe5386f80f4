"""The words of the bundled sessions, measured: what a review by ear once found wrong must not come back.

``pytest tests/test_texts.py -k table -s`` prints the table.
"""

from __future__ import annotations

import re
import sys
from collections import Counter

import pytest

from player.script import library
from tests.texts_heard import HEADING, HeardText, all_heard, heard, is_instruction, repeated

NAMES = library.session_names()
FIRST_INSTRUCTION_MS = 20_000
FIRST_AID = {"panic-first-aid": 5_000}
LONGEST_MUTE_MS = 150_000
"""For a session that is listened to awake."""
TO_SLEEP = {"four-seven-eight", "sleep-wind-down", "awake-at-night"}
WITHOUT_A_BELL = TO_SLEEP | {"panic-first-aid", "evening-good-things", "micro-break"}
"""A bell may startle in a panic, the evening's last words may be heard in bed, and after ninety seconds one goes on."""
MOST_LETS = 1 / 8
GETTING_UP = re.compile(r"\b(stand|get up|sit|fingers|toes|roll|eyes|water|change)\b")
SESSIONS_WITH_THE_SAME_SENTENCE = 3
LEAST_SPOKEN, MOST_SPOKEN = 15, 75
"""Seconds of a hundred."""


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("intro", ["full", "short"])
def test_the_first_thing_to_do_comes_at_once(name: str, intro: str) -> None:
    """It was a minute and more: of conditions, for somebody who had sat down in fear or pain."""
    assert heard(name, intro).first_ms <= FIRST_AID.get(name, FIRST_INSTRUCTION_MS)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in TO_SLEEP])
def test_nobody_is_left_alone_for_long(name: str) -> None:
    assert heard(name).mute_ms <= LONGEST_MUTE_MS


@pytest.mark.parametrize("name", NAMES)
def test_few_sentences_begin_with_let(name: str) -> None:
    text = heard(name)
    assert sum(one.startswith("Let ") for one in text.said) <= max(1, MOST_LETS * len(text.said))


@pytest.mark.parametrize("name", NAMES)
def test_it_is_neither_a_lecture_nor_empty(name: str) -> None:
    assert LEAST_SPOKEN <= heard(name).spoken_of_100 <= MOST_SPOKEN


@pytest.mark.parametrize("name", NAMES)
def test_the_last_words_are_a_farewell_and_no_order(name: str) -> None:
    text = heard(name)
    assert not (is_instruction(text.said[-1]) and GETTING_UP.search(text.said[-1])), text.said[-1]
    assert text.rings_out == (name not in WITHOUT_A_BELL)


def test_no_sentence_is_heard_in_more_than_three_sessions() -> None:
    """Those who listen every day know the phrases of a house by heart, and no longer hear them."""
    assert [
        (one, names) for one, names in repeated(all_heard()).items() if len(names) > SESSIONS_WITH_THE_SAME_SENTENCE
    ] == []


def test_people_are_spoken_to_as_people_speak() -> None:
    """Of the words that have a short form, most are short, and somebody is there who says we."""
    words = Counter(
        word.lower() for text in all_heard() for one in text.said for word in one.replace("\u2019", "'").split()
    )
    short = sum(
        count
        for word, count in words.items()
        if word.strip(".,;:!?").endswith(("n't", "'s", "'re", "'ll", "'ve", "'m"))
    )
    long = sum(map(_says_at_length, (one for text in all_heard() for one in text.said)))
    assert short > 4 * long
    assert sum(words[each] for each in ("we", "we'll", "we're", "let's", "us")) > 40


def test_the_table_can_be_printed() -> None:
    rows = [HEADING, *map(HeardText.row, all_heard())]
    sys.stdout.write("\n".join(["", *rows, ""]))
    assert len({len(row) - len(row[92:]) for row in rows}) == 1


def _says_at_length(sentence: str) -> int:
    return sum(
        sentence.lower().count(each)
        for each in (" do not ", " it is ", " you are ", " i will ", " cannot ", " that is ", " there is ")
    )
