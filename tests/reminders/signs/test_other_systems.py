"""Signs on macOS and Windows: what their answers mean, which needs neither."""

from __future__ import annotations

import contextlib
import ctypes
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from player.reminders.politeness import Signs
from player.reminders.signs import macos
from player.reminders.signs.commands import told
from player.reminders.signs.windows import is_used, of_input, of_shell
from tests.fakes_system import loaded_on, windows_libraries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


def test_a_command_tells_what_it_prints_or_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("player.reminders.signs.commands.WITHIN_S", 20.0)  # a busy machine
    assert told(sys.executable, "-c", "print(' yes ')") == "yes"
    with pytest.raises(subprocess.SubprocessError):
        told(sys.executable, "-c", "raise SystemExit(1)")
    with pytest.raises(OSError, match="nothing"):
        told("nothing-of-this-name")


class FakeRegistry:
    """The part of winreg that is read: keys by their paths, each with values and names of keys below it."""

    HKEY_CURRENT_USER = "HKCU"

    def __init__(self, values: dict[str, dict[str, int]]) -> None:
        self._values = values

    @contextlib.contextmanager
    def OpenKey(self, root: str, path: str) -> Iterator[str]:  # noqa: N802 (as winreg calls it)
        if not self._below(path) and path not in self._values:
            raise FileNotFoundError(path)
        yield path

    def QueryValueEx(self, key: str, name: str) -> tuple[int, int]:  # noqa: N802
        if name not in self._values.get(key, {}):
            raise FileNotFoundError(name)
        return self._values[key][name], 11

    def QueryInfoKey(self, key: str) -> tuple[int, int, int]:  # noqa: N802
        return len(self._below(key)), 0, 0

    def EnumKey(self, key: str, number: int) -> str:  # noqa: N802
        return self._below(key)[number]

    def _below(self, key: str) -> list[str]:
        return sorted({path[len(key) + 1 :].split("\\")[0] for path in self._values if path.startswith(f"{key}\\")})


STORE = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"


def used(start: int, stop: int) -> dict[str, int]:
    return {"LastUsedTimeStart": start, "LastUsedTimeStop": stop}


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """The module as Windows loads it, with a state of the shell, clocks, and what the registry has."""

    def load(state: int = 5, input_ms: int = 0, now_ms: int = 0, works: bool = True, **devices: Any) -> Any:
        def shell_state(where: Any) -> int:
            where._obj.value = state
            return 0 if works else -1

        def last_input(where: Any) -> int:
            assert where._obj.size == ctypes.sizeof(where._obj)  # otherwise Windows refuses
            where._obj.time_ms = input_ms
            return int(works)

        windows_libraries(
            monkeypatch,
            shell32={"SHQueryUserNotificationState": shell_state},
            user32={"GetLastInputInfo": last_input},
            kernel32={"GetTickCount": lambda: now_ms},
        )
        keys: dict[str, dict[str, int]] = {rf"{STORE}\{name}": {} for name in ("microphone", "webcam")}
        keys |= {rf"{STORE}\{name}\{app}": times for name, apps in devices.items() for app, times in apps.items()}
        monkeypatch.setitem(sys.modules, "winreg", FakeRegistry(keys))
        return loaded_on("win32", "player.reminders.signs.windows", monkeypatch)

    return load


def test_windows_is_asked_for_each_sign(windows: Callable[..., Any]) -> None:
    talking = {"Teams": used(9, 0), "NonPackaged": {}, r"NonPackaged\C:#zoom.exe": used(5, 8)}
    filming = {"NonPackaged": {}, r"NonPackaged\C:#zoom.exe": used(5, 0)}
    for devices, hears, sees in (
        ({}, False, False),
        ({"microphone": talking}, True, False),
        ({"webcam": filming, "microphone": {"Recorder": used(3, 4)}}, False, True),
    ):
        asked = windows(state=1, input_ms=4000, now_ms=9000, **devices)
        found = [read() for read in asked.READINGS]
        shown = [(each.is_locked, each.presents, each.idle_s, each.hears, each.sees) for each in found]
        assert shown == [
            (True, False, 0, False, False),
            (False, False, 5.0, False, False),
            (False, False, 0, hears, sees),
        ]


def test_what_windows_does_not_tell_is_no_sign(windows: Callable[..., Any]) -> None:
    asked = windows(state=1, now_ms=9000, works=False)
    assert asked.shell() == asked.idle() == asked.Signs()


@pytest.mark.parametrize(
    ("platform", "count"),
    [("darwin", 2), ("win32", 3), ("freebsd14", 0)],
)
def test_each_system_has_its_own_signs(
    windows: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, platform: str, count: int
) -> None:
    monkeypatch.setitem(sys.modules, "player.reminders.signs.windows", windows())
    readings = loaded_on(platform, "player.reminders.signs.reader", monkeypatch).READINGS
    assert len(readings) == count
