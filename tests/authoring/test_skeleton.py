"""The skeleton of a translation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from player.authoring.skeleton import skeleton
from player.errors import ScriptError
from player.script import library
from player.script.session import parse
from player.techniques import TECHNIQUES
from player.techniques.planning import plan
from player.techniques.words import GIVEN

if TYPE_CHECKING:
    from player.script.session import Session

NAMES = ("box-breathing", "pmr-7", "grounding-54321", "body-scan-short", "safety-first")


@pytest.mark.parametrize("name", NAMES)
def test_only_texts_are_missing(name: str) -> None:
    with pytest.raises(ScriptError) as caught:
        parse(skeleton(library.find(name), "en"), "a.yaml", TECHNIQUES)
    assert caught.value.problems
    assert all(each.text.endswith("must not be empty") for each in caught.value.problems)


@pytest.mark.parametrize("name", NAMES)
def test_with_its_texts_it_has_the_steps_and_times_of_the_original(name: str) -> None:
    source = library.find(name)
    lines = skeleton(source, "en").split("\n")
    for number, line in enumerate(lines):
        if number and lines[number - 1].lstrip().startswith("#") and re.fullmatch(r" *(?:- )?(?:-|\w+:)", line):
            lines[number] = f"{line} Word"
    given = dict.fromkeys(GIVEN, "x")
    theirs, mine = (parse(text, "a.yaml", TECHNIQUES, given=given) for text in (source.text, "\n".join(lines)))
    assert kinds(mine) == kinds(theirs)
    assert mine.params == theirs.params
    assert mine.translates is not None
    assert mine.translates.hash == library.text_hash(source.text)


def kinds(session: Session) -> list[type]:
    return [type(part) for part in plan(session, TECHNIQUES).parts]


def test_every_text_of_the_original_is_a_comment_above_its_place() -> None:
    text = skeleton(library.find("safety-first"), "en")
    assert (
        "  # You don't have to manage alone. Whenever you're ready, choose a session, and we'll begin.\n  - say:\n"
        in text
    )
