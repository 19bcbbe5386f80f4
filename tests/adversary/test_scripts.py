"""The attack by scripts notices what it looks for, and makes the same again."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from player.errors import Position, Problem, ScriptError, UsageError
from tests.adversary import mutations, scripts

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("line", "column", "fault"),
    [(1, 1, ""), (2, 5, ""), (3, 1, ""), (2, 7, "column 7 of 4"), (4, 1, "line 4 of 3"), (0, 1, "line 0 of 3")],
)
def test_a_place_outside_its_file_is_a_fault(tmp_path: Path, line: int, column: int, fault: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"a: b\rc: d\r\n")
    error = ScriptError([Problem(Position(str(file), line, column), "is wrong")])
    assert scripts.misplaced(error).startswith(fault)
    assert bool(scripts.misplaced(error)) == bool(fault)


def test_a_sentence_without_end_and_one_without_words_are_faults() -> None:
    assert scripts.misplaced(UsageError("a" * 2000)) == "a sentence of 2000 characters"
    assert scripts.misplaced(UsageError(" ")) == "an empty sentence"
    assert scripts.misplaced(ScriptError([])) == "no problem is told"


def test_a_seed_makes_the_same_again_and_another_one_others() -> None:
    good = ["title: T\nsteps:\n  - say: Hello.\n    for: 4s\n  - pause: 2s\n"]
    made = [[mutations.mutated(random.Random(seed), good) for seed in range(40)] for _ in range(2)]
    assert made[0] == made[1]
    assert len(set(made[0])) > 20
