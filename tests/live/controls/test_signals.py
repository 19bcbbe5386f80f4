"""Signals, sent to this very process."""

from __future__ import annotations

import signal
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from player.live.controls.commands import Control, Quit
from player.live.controls.inbox import Inbox
from player.live.controls.signals import signals
from tests.fakes_controls import left

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process instead of signalling it")

MEANINGS = {
    "SIGTERM": Quit(143),
    "SIGHUP": Quit(129),
    "SIGUSR1": Control.PAUSE_OR_RESUME,
    "SIGUSR2": Control.STEP_ON,
}


@pytest.fixture(autouse=True)
def nothing_ignored() -> Iterator[None]:
    """No signal is ignored, as when a shell starts a program, however these tests were started."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in map(signal.Signals.__getitem__, MEANINGS)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


def handlers() -> list[object]:
    return [signal.getsignal(signal.Signals[name]) for name in (*MEANINGS, "SIGINT", "SIGTSTP", "SIGCONT")]


@pytest.mark.parametrize("name", MEANINGS)
def test_a_signal_is_a_control(name: str, inbox: Inbox) -> None:
    before = handlers()
    with signals(inbox):
        signal.raise_signal(signal.Signals[name])
        signal.raise_signal(signal.Signals[name])
    assert left(inbox) == [MEANINGS[name]] * 2
    assert handlers() == before


def test_the_keys_of_the_terminal_are_left_alone(inbox: Inbox) -> None:
    before = handlers()[-3:]
    with signals(inbox):
        assert handlers()[-3:] == before


def test_what_was_ignored_stays_ignored(inbox: Inbox) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    with signals(inbox):
        signal.raise_signal(signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    assert left(inbox) == []


def test_after_an_error_they_are_given_back_too(inbox: Inbox) -> None:
    before = handlers()
    with pytest.raises(KeyboardInterrupt), signals(inbox):
        raise KeyboardInterrupt
    assert handlers() == before


def test_in_another_thread_it_does_no_harm(inbox: Inbox) -> None:
    before, seen = handlers(), []

    def listen() -> None:
        with signals(inbox):
            seen.append(handlers())

    elsewhere = threading.Thread(target=listen)
    elsewhere.start()
    elsewhere.join()
    assert seen == [before]
