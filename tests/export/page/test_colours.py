"""Text on a page can be read, in every technique's colours, by day and by night."""

from __future__ import annotations

import re

import pytest

from player.export.page import colours
from player.export.page.document import template
from player.picture.cover import COLOURS


@pytest.mark.parametrize("technique", [*COLOURS, "unheard-of"])
def test_text_has_a_contrast_of_seven_to_one(technique: str) -> None:
    found = colours.palette(technique)
    on_dark = [colours.contrast(found[name], found["deep"]) for name in ("light", "dim")]
    on_paper = [colours.contrast(found[name], found["paper"]) for name in ("ink", "soft")]
    assert min(on_dark + on_paper) >= 7


def test_the_one_line_of_the_night_can_be_read() -> None:
    (colour,) = re.findall(r"\.veil \{[^}]* color: #([0-9a-f]{6})", template("page.css"))
    assert colours.contrast(colour, "000000") >= 7


def test_contrast_is_that_of_the_standard() -> None:
    assert colours.contrast("ffffff", "000000") == pytest.approx(21)
    assert colours.contrast("767676", "ffffff") == pytest.approx(4.54, abs=0.01)  # the best known grey of WCAG
