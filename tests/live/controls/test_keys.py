from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import suppress

import pytest

from player.live.controls.commands import AnyControl, Control
from player.live.controls.inbox import Inbox
from player.live.controls.keys import HELP, KEYS, SILENT_KEYS, Key, KeyControls, help_of
from tests.fakes_screen import FakeKeyboard


def pressed(*names: str, is_gone: bool = False) -> list[AnyControl]:
    inbox = Inbox()
    keyboard = FakeKeyboard(deque(names), is_gone=is_gone)
    with KeyControls(inbox, keyboard):
        until = time.monotonic() + 10
        while keyboard.keys and time.monotonic() < until:
            time.sleep(0.005)
    assert not keyboard.is_taken
    return [inbox.get_nowait() for _ in range(len(inbox))]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.label)
def test_every_key_puts_its_control_into_the_inbox(key: Key) -> None:
    assert pressed(key.name) == [key.control]


def test_keys_come_in_their_order_and_unknown_ones_do_nothing() -> None:
    wanted = [Control.STEP_ON, Control.LOUDER, Control.QUIT]
    assert pressed("KEY_RIGHT", "x", "KEY_F5", "é", "KEY_UP", "KEY_ESCAPE", "q") == wanted


def test_capital_letters_are_the_same_keys() -> None:
    assert pressed("B", "R", "M", "Q") == pressed("b", "r", "m", "q")


def test_every_key_has_a_name_of_its_own_and_a_help() -> None:
    assert len({key.name for key in KEYS}) == len({key.control for key in KEYS}) == len(HELP) == 13
    assert all(label and does for label, does in HELP)


def test_a_terminal_that_hangs_up_ends_the_listening_and_nothing_else() -> None:
    assert pressed("b", is_gone=True) == [Control.BACKGROUND]


def test_an_exception_gives_the_terminal_back_and_no_thread_is_left() -> None:
    keyboard = FakeKeyboard()
    with suppress(KeyboardInterrupt), KeyControls(Inbox(), keyboard):
        assert keyboard.is_taken
        raise KeyboardInterrupt
    assert not keyboard.is_taken
    assert not [thread for thread in threading.enumerate() if thread.name == "keys"]


def test_where_nothing_is_heard_there_are_no_keys_for_sound() -> None:
    assert [label for label, _ in help_of(SILENT_KEYS)] == ["space", "left", "right", "r", "m", "q", "?"]
    inbox, keyboard = Inbox(), FakeKeyboard(deque(["KEY_DOWN", "b", "KEY_LEFT"]), is_gone=True)
    with KeyControls(inbox, keyboard, SILENT_KEYS):
        assert inbox.get(timeout=5) is Control.STEP_BACK
    assert not len(inbox)
