"""Reading signs: what fails or is slow is no sign, and holds nothing up."""

from __future__ import annotations

import threading

from player.reminders.politeness import Signs
from player.reminders.signs.reader import SignReader
from tests.sound_server import wait_until


def test_what_fails_is_no_sign() -> None:
    def fails() -> Signs:
        raise OSError("no such bus")

    assert SignReader((fails, lambda: Signs(hears=True), lambda: Signs(idle_s=5)))() == Signs(idle_s=5, hears=True)
    assert SignReader(())() == Signs()


def test_what_does_not_answer_is_left_out_and_asked_again_only_when_it_has() -> None:
    asked, answers = [0], threading.Event()

    def slow() -> Signs:
        asked[0] += 1
        answers.wait()
        return Signs(sees=True)

    read = SignReader((slow, lambda: Signs(is_locked=True)), within_s=0.05)
    assert read() == read() == Signs(is_locked=True)
    assert asked == [1]
    answers.set()
    wait_until(lambda: read() == Signs(is_locked=True, sees=True), "it is not read again")


def test_a_sign_that_is_gone_is_told_no_longer() -> None:
    found = [Signs(is_locked=True), Signs()]
    read = SignReader((lambda: found.pop(0),), within_s=20.0)
    assert (read(), read()) == (Signs(is_locked=True), Signs())
    assert read() == Signs()
