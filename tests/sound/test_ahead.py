from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from player.sound.ahead import computed_ahead, in_background

if TYPE_CHECKING:
    from collections.abc import Generator


class Maker:
    """Counts, notes how far it has come, and can fail or be slow."""

    def __init__(self, most: int = 100, fails_at: int | None = None, each_s: float = 0.0) -> None:
        self.made = 0
        self.is_closed = False
        self._most, self._fails_at, self._each_s = most, fails_at, each_s

    def numbers(self) -> Generator[int]:
        try:
            for number in range(self._most):
                if number == self._fails_at:
                    raise ValueError(f"no {number}")
                time.sleep(self._each_s)
                self.made += 1
                yield number
        finally:
            self.is_closed = True


def mixing() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name.startswith("mix")]


@pytest.mark.parametrize("count", [0, 1, 5, 6, 7, 100])
def test_everything_comes_and_in_order(count: int) -> None:
    executor = Maker(count)
    assert list(computed_ahead(executor.numbers())) == list(range(count))
    assert executor.is_closed
    assert mixing() == []


def test_a_few_are_made_before_they_are_asked_for_and_no_more() -> None:
    executor = Maker()
    results = computed_ahead(executor.numbers())
    assert next(results) == 0
    until = time.monotonic() + 10
    while executor.made < 3 and time.monotonic() < until:
        time.sleep(0.001)
    assert executor.made >= 3
    time.sleep(0.05)
    assert executor.made < 12
    results.close()


def test_what_goes_wrong_is_raised_where_it_would_have_come() -> None:
    executor, got = Maker(fails_at=9), list[int]()
    with pytest.raises(ValueError, match="no 9"):
        got.extend(computed_ahead(executor.numbers()))
    results = computed_ahead(Maker(fails_at=9).numbers())
    assert [next(results) for _ in range(9)] == list(range(9))
    with pytest.raises(ValueError, match="no 9"):
        next(results)
    assert executor.is_closed
    assert mixing() == []


def test_when_the_consumer_stops_nothing_is_left() -> None:
    executor = Maker(each_s=0.01)
    results = computed_ahead(executor.numbers())
    next(results)
    assert mixing() != []
    results.close()
    assert mixing() == []
    assert executor.is_closed
    assert executor.made < 12


def stopped(executor: Maker) -> None:
    for number in computed_ahead(executor.numbers()):
        if number == 20:
            raise KeyboardInterrupt


def test_who_stops_in_the_middle_leaves_nothing() -> None:
    executor = Maker()
    with pytest.raises(KeyboardInterrupt):
        stopped(executor)
    assert mixing() == []
    assert executor.is_closed


def test_what_is_needed_last_is_made_in_the_background() -> None:
    may_end, made_by = threading.Event(), list[str]()

    def make() -> int:
        made_by.append(threading.current_thread().name)
        may_end.wait(10)
        return 7

    result = in_background(make)
    may_end.set()
    assert (result(), result()) == (7, 7)
    assert made_by != [threading.current_thread().name]
    assert len(made_by) == 1


def test_an_error_in_the_background_is_raised_where_it_is_read() -> None:
    result = in_background(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        result()
