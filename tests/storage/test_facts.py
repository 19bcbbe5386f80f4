"""Facts of an entry that may lie: what is the number that it should be."""

from __future__ import annotations

import math

import pytest

from player.storage.facts import MOST_DB, is_number, is_whole


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, True),
        (7, True),
        (9, True),
        (0, False),
        (10, False),
        (5.0, False),
        (True, False),
        ("5", False),
        (None, False),
    ],
)
def test_a_whole_number_is_an_integer_within_its_limits(value: object, *, expected: bool) -> None:
    assert is_whole(value, 1, 9) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, True),
        (-16.5, True),
        (MOST_DB, True),
        (-MOST_DB, True),
        (MOST_DB + 0.1, False),
        (-MOST_DB - 0.1, False),
        (math.nan, False),
        (math.inf, False),
        (True, False),
        ("5", False),
        (None, False),
        ([1.0], False),
    ],
)
def test_a_number_is_finite_and_no_truth_value(value: object, *, expected: bool) -> None:
    assert is_number(value) is expected


def test_a_number_without_an_end_is_none_whatever_the_limits() -> None:
    assert [is_number(each, -math.inf, math.inf) for each in (math.inf, -math.inf, 1e300)] == [False, False, True]
