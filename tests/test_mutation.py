"""The table of mutation testing: a file that was moved would no longer be tested, and nobody would notice."""

from __future__ import annotations

import pytest

from tests.mutation import ROOT, TARGETS, report


@pytest.mark.parametrize("name", TARGETS)
def test_all_modules_and_tests_of_a_target_are_there(name: str) -> None:
    modules, tests = TARGETS[name]
    assert all(any(ROOT.glob(each)) for each in modules)
    assert all((ROOT / each.partition("::")[0]).exists() for each in tests)


def test_what_was_not_killed_is_listed_below_the_counts() -> None:
    came = {"b": "survived", "c": "killed", "a": "timeout", "d": "killed"}
    assert report("timeline", came) == (
        "timeline: 4 tried, 2 killed, 1 survived, 1 timeout, 0 no tests\n  a: timeout\n  b: survived"
    )
