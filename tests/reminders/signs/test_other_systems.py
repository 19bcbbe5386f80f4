"""Signs on macOS and Windows: what their answers mean, which needs neither."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from player.reminders.politeness import Signs
from player.reminders.signs import macos
from player.reminders.signs.commands import told
from player.reminders.signs.windows import is_used, of_input, of_shell

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = """\
+-o Root  <class IORegistryEntry, id 0x100000100, retain 16>
    {
      "IOConsoleLocked" = No
      "IOConsoleUsers" = ({"kCGSSessionOnConsoleKey"=Yes,"kCGSSessionUserNameKey"="ana"%s,"kCGSessionLoginDoneKey"=Yes})
    }
"""
HID = """\
+-o IOHIDSystem  <class IOHIDSystem, id 0x1000002d0, registered, matched, active>
    | {
    |   "HIDIdleTime" = 301500000000
    |   "HIDParameters" = {"HIDIdleTimeout"=1}
    | }
"""


def printing(text: str) -> Callable[..., str]:
    return lambda *_: text


def test_macos_mentions_a_lock_and_counts_nanoseconds() -> None:
    assert macos.locked(printing(ROOT % "")) == Signs()
    assert macos.locked(printing(ROOT % ',"CGSSessionScreenIsLocked"=Yes')) == Signs(is_locked=True)
    assert macos.idle(printing(HID)) == Signs(idle_s=301.5)
    assert macos.idle(printing("")) == Signs()


@pytest.mark.parametrize(
    ("state", "signs"),
    [
        (1, Signs(is_locked=True)),
        (5, Signs()),
        (6, Signs()),
        *((each, Signs(presents=True)) for each in (2, 3, 4, 7)),
    ],
)
def test_windows_has_a_number_for_whether_notifications_disturb(state: int, signs: Signs) -> None:
    assert of_shell(state) == signs


@pytest.mark.parametrize(("now_ms", "last_ms", "idle_s"), [(9000, 4000, 5.0), (1000, 2**32 - 1000, 2.0)])
def test_the_clock_of_windows_may_begin_again_meanwhile(now_ms: int, last_ms: int, idle_s: float) -> None:
    assert of_input(now_ms, last_ms).idle_s == idle_s


def test_a_device_is_used_by_who_has_not_ended() -> None:
    assert not is_used([])
    assert not is_used([(0, 0), (5, 9)])
    assert is_used([(5, 9), (7, 0)])


def test_a_command_tells_what_it_prints_or_fails() -> None:
    assert told(sys.executable, "-c", "print(' yes ')") == "yes"
    with pytest.raises(subprocess.SubprocessError):
        told(sys.executable, "-c", "raise SystemExit(1)")
    with pytest.raises(OSError, match="nothing"):
        told("nothing-of-this-name")
