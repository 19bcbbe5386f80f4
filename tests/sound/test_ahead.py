from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from player.sound.ahead import made_ahead, meanwhile

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
    maker = Maker(count)
    assert list(made_ahead(maker.numbers())) == list(range(count))
    assert maker.is_closed
    assert mixing() == []


def test_a_few_are_made_before_they_are_asked_for_and_no_more() -> None:
    maker = Maker()
    results = made_ahead(maker.numbers())
    assert next(results) == 0
    until = time.monotonic() + 10
    while maker.made < 3 and time.monotonic() < until:
        time.sleep(0.001)
    assert maker.made >= 3
    time.sleep(0.05)
    assert maker.made < 12
    results.close()


def test_what_goes_wrong_is_raised_where_it_would_have_come() -> None:
    maker, got = Maker(fails_at=9), list[int]()
    with pytest.raises(ValueError, match="no 9"):
        got.extend(made_ahead(maker.numbers()))
    results = made_ahead(Maker(fails_at=9).numbers())
    assert [next(results) for _ in range(9)] == list(range(9))
    with pytest.raises(ValueError, match="no 9"):
        next(results)
    assert maker.is_closed
    assert mixing() == []


def test_when_nobody_asks_any_more_nothing_is_left() -> None:
    maker = Maker(each_s=0.01)
    results = made_ahead(maker.numbers())
    next(results)
    assert mixing() != []
    results.close()
    assert mixing() == []
    assert maker.is_closed
    assert maker.made < 12


def stopped(maker: Maker) -> None:
    for number in made_ahead(maker.numbers()):
        if number == 20:
            raise KeyboardInterrupt


def test_who_stops_in_the_middle_leaves_nothing() -> None:
    maker = Maker()
    with pytest.raises(KeyboardInterrupt):
        stopped(maker)
    assert mixing() == []
    assert maker.is_closed


def test_what_is_needed_last_is_made_meanwhile() -> None:
    may_end, made_by = threading.Event(), list[str]()

    def make() -> int:
        made_by.append(threading.current_thread().name)
        may_end.wait(10)
        return 7

    result = meanwhile(make)
    may_end.set()
    assert (result(), result()) == (7, 7)
    assert made_by != [threading.current_thread().name]
    assert len(made_by) == 1


def test_what_goes_wrong_meanwhile_is_raised_by_whoever_asks() -> None:
    result = meanwhile(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        result()
