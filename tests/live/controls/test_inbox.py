from __future__ import annotations

import itertools
import signal
import threading
import time
from queue import Empty
from typing import TYPE_CHECKING

import pytest

from player.live.controls.commands import Control, GoTo
from player.live.controls.inbox import Inbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TIMEOUT_S = 20.0


@pytest.fixture
def alarm() -> Iterator[Callable[[Callable[[], None], float, float], None]]:
    """Calls a function in a signal handler, after some time and then repeatedly."""
    if not hasattr(signal, "setitimer"):
        pytest.skip("this system has no timer that sends signals")
    before = signal.getsignal(signal.SIGALRM)

    def begin(do: Callable[[], None], after_s: float, every_s: float = 0.0) -> None:
        signal.signal(signal.SIGALRM, lambda *_: do())
        signal.setitimer(signal.ITIMER_REAL, after_s, every_s)

    yield begin
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def test_what_came_in_is_taken_in_order_and_once() -> None:
    inbox = Inbox()
    for at in range(5):
        inbox.put(GoTo(at))
    assert [inbox.get(0) for _ in range(3)] == [GoTo(0), GoTo(1), GoTo(2)]
    assert [inbox.get_nowait() for _ in range(2)] == [GoTo(3), GoTo(4)]
    with pytest.raises(Empty):
        inbox.get_nowait()


@pytest.mark.parametrize("wait_s", [0.0, 0.01, 0.2])
@pytest.mark.parametrize("had_some", [False, True])
def test_waiting_takes_as_long_as_was_said(wait_s: float, had_some: bool) -> None:
    inbox = Inbox()
    if had_some:
        inbox.put(Control.PAUSE)
        inbox.get_nowait()
    began = time.monotonic()
    with pytest.raises(Empty):
        inbox.get(wait_s)
    assert wait_s <= time.monotonic() - began < wait_s + TIMEOUT_S


def test_a_timeout_that_is_over_before_waiting_begins_does_not_wait_for_ever() -> None:
    times = itertools.count(100.0, 1.0)
    with pytest.raises(Empty):
        Inbox(lambda: next(times)).get(0.05)


def test_a_waiting_one_is_woken() -> None:
    inbox = Inbox()
    threading.Timer(0.05, inbox.put, (Control.PAUSE,)).start()
    assert inbox.get(TIMEOUT_S) is Control.PAUSE


def test_a_signals_handler_wakes_it(alarm: Callable[..., None]) -> None:
    inbox = Inbox()
    alarm(lambda: inbox.put(Control.QUIT), 0.05)
    assert inbox.get(TIMEOUT_S) is Control.QUIT


def test_signals_that_bring_nothing_do_not_make_it_wait_longer(alarm: Callable[..., None]) -> None:
    inbox, rung, began = Inbox(), list[float](), time.monotonic()
    alarm(lambda: rung.append(time.monotonic()), 0.001, 0.001)
    for _ in range(5):
        with pytest.raises(Empty):
            inbox.get(0.02)
    assert len(rung) > 10
    assert time.monotonic() - began < TIMEOUT_S


def test_of_what_many_put_in_nothing_is_lost_or_overtaken(alarm: Callable[..., None]) -> None:
    inbox, count, numbers = Inbox(), 2000, itertools.count()

    def ring() -> None:
        inbox.put(GoTo(-next(numbers)))

    def put(first: int) -> None:
        for at in range(first, first + count):
            inbox.put(GoTo(at))

    threads = [threading.Thread(target=put, args=(first * 10_000 + 1,)) for first in range(3)]
    alarm(ring, 0.001, 0.002)
    for thread in threads:
        thread.start()
    taken: list[int] = []
    while len(inbox) or len([at for at in taken if at > 0]) < 3 * count:
        control = inbox.get(TIMEOUT_S)
        assert isinstance(control, GoTo)
        taken.append(control.at_ms)
    for first in range(3):
        of_one = [at for at in taken if first * 10_000 < at <= first * 10_000 + count]
        assert of_one == sorted(of_one)
        assert len(of_one) == count
    of_signals = sorted(-at for at in taken if at <= 0)  # a handler may interrupt another one before its put
    assert of_signals == list(range(len(of_signals)))
