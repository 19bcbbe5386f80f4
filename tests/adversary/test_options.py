"""The attack by options notices what it looks for, and makes the same again."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.adversary import options
from tests.adversary.runner import Outcome

if TYPE_CHECKING:
    from pathlib import Path

DONE = Outcome("a", 0, 0.1, 50, "", "")


def test_another_file_that_was_changed_and_a_part_that_was_left_are_faults(tmp_path: Path) -> None:
    (tmp_path / "work" / "folder").mkdir(parents=True)
    (script := tmp_path / "work" / "tiny.yaml").write_text("title: T\n")
    before = options._others(tmp_path)
    (tmp_path / "work" / "new.wav").write_bytes(b"sound")  # what it was asked to make
    assert options._touched(tmp_path, before, DONE) == ""
    (part := tmp_path / "work" / "folder" / ".new.wav.1-2-3.part").touch()
    assert options._touched(tmp_path, before, DONE) == f"left {part.name}"
    script.write_text("title: Other\n")
    assert options._touched(tmp_path, before, DONE) == "changed work/tiny.yaml"


def test_a_sentence_without_end_is_a_fault(tmp_path: Path) -> None:
    assert options._touched(tmp_path, {}, replace(DONE, code=2, stderr="a" * 2000)) == "a line of 2000 characters"


def test_every_command_that_does_not_play_is_attacked() -> None:
    assert {name for name, _ in options._typed()} - {*options._USUAL} == {"every", "now", "play"}


def test_a_seed_makes_the_same_again_and_another_one_others() -> None:
    made = [[options._changed(random.Random(seed), b"rate = 120\n") for seed in range(20)] for _ in range(2)]
    assert made[0] == made[1]
    assert len(set(made[0])) > 10
