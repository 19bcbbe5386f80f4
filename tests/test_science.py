"""What the sessions rest on: the page has each session once, and says where it comes from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from player.pipeline.requested import RequestedSession, SessionRequest
from player.script import library

TEXT = (Path(__file__).parents[1] / "scripts" / "SCIENCE.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in TEXT.splitlines() if line.startswith("| [")]
NAMES = [re.sub(r"\[(.*)\]\(\1\.yaml\)", r"\1", row[0]) for row in ROWS]


def test_every_session_has_exactly_one_row_and_every_row_is_a_session() -> None:
    assert sorted(NAMES) == sorted(path.stem for path in library.bundled("scripts").glob("*.yaml"))


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_a_row_says_what_for_how_much_from_where_and_what_is_ours(row: list[str]) -> None:
    assert len(row) == 5
    assert all(row)
    assert row[3].startswith("none") or re.fullmatch(r"(\[[^\]]+\]\(https?://[^)\s]+\)(; )?)+", row[3])


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_a_dose_that_begins_with_a_length_is_that_of_the_session(row: list[str]) -> None:
    if told := re.match(r"(\d+) min(?: (\d+) s)?(?=$|[;,:])", row[2]):
        name = NAMES[ROWS.index(row)]
        told_s = 60 * int(told[1]) + int(told[2] or 0)
        assert RequestedSession(SessionRequest(name)).nominal_ms == (1000 * told_s, True)


@pytest.mark.parametrize("word", ["treats", "cures", "heals", "proven", "guarantee", "detox", "oxygen"])
def test_nothing_is_promised(word: str) -> None:
    assert not re.search(rf"\b{word}", TEXT, re.IGNORECASE)
