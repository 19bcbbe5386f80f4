"""Signs on Linux: what logind, GNOME, KDE and other desktops tell on the D-Bus, and which programs hold a camera."""

from __future__ import annotations

import contextlib
import os
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from player.live.controls.desktop.calls import call, properties_of
from player.live.controls.desktop.dbus_messages import BusAddress
from player.reminders.politeness import Signs
from player.reminders.signs.commands import told
from player.reminders.signs.microphone import microphone

if TYPE_CHECKING:
    from collections.abc import Callable

SESSION: Final = BusAddress(
    "org.freedesktop.login1", "/org/freedesktop/login1/session/auto", "org.freedesktop.login1.Session"
)
NOTIFICATIONS: Final = BusAddress(
    "org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.Notifications"
)
IDLE: Final = BusAddress(
    "org.gnome.Mutter.IdleMonitor", "/org/gnome/Mutter/IdleMonitor/Core", "org.gnome.Mutter.IdleMonitor"
)
SCREEN_SAVERS: Final = tuple(
    BusAddress(f"org.{desktop}.ScreenSaver", f"/org/{desktop}/ScreenSaver", f"org.{desktop}.ScreenSaver")
    for desktop in ("freedesktop", "gnome", "cinnamon", "mate", "xfce")
)
_GRAPHICAL: Final = {"x11", "wayland", "mir"}
_HOLDS_CAMERAS: Final = {"wireplumber"}
"""It may keep a camera open, to list it, while nobody films (PipeWire's session manager)."""


def session() -> Signs:
    """What logind knows of the login: the lock, and on a desktop its idleness.

    A login without a desktop is idle whenever nobody types at its terminal, and yet a Raspberry Pi plays for a room.
    """
    found = properties_of("system", SESSION)
    is_idle = found["IdleHint"] and found["Type"] in _GRAPHICAL
    idle_s = time.time() - found["IdleSinceHint"] / 1e6 if is_idle else 0.0
    return Signs(is_locked=bool(found["LockedHint"]), idle_s=idle_s)


def screen_saver(whose: BusAddress) -> Signs:
    """Whether the lock or the saver of a desktop covers the screen."""
    (is_active,) = call("session", whose, "GetActive")
    return Signs(is_locked=bool(is_active))


def gnome_idle() -> Signs:
    """For how long GNOME has seen no key and no mouse."""
    (idle_ms,) = call("session", IDLE, "GetIdletime")
    return Signs(idle_s=idle_ms / 1000)


def inhibited() -> Signs:
    """Do Not Disturb of KDE, and of whoever else says it with the notifications."""
    return Signs(wants_quiet=bool(properties_of("session", NOTIFICATIONS).get("Inhibited")))


def gnome_quiet() -> Signs:
    """Do Not Disturb of GNOME, which is a setting: banners are shown, or not."""
    if "GNOME" not in os.environ.get("XDG_CURRENT_DESKTOP", "").upper().split(":"):
        return Signs()
    return Signs(wants_quiet=told("gsettings", "get", "org.gnome.desktop.notifications", "show-banners") == "false")


def camera(root: Path = Path("/")) -> Signs:
    """Whether a program holds a camera open, as far as its files can be seen: those of the same user."""
    cameras = {f"/dev/{each.name}" for each in root.glob("dev/video*")}
    return Signs(sees=bool(cameras) and any(_holds(process, cameras) for process in root.glob("proc/[0-9]*")))


def _holds(process: Path, files: set[str]) -> bool:
    with contextlib.suppress(OSError):  # it has ended, or is somebody else's
        if any(_target(each) in files for each in process.joinpath("fd").iterdir()):
            return process.joinpath("comm").read_text(errors="replace").strip() not in _HOLDS_CAMERAS
    return False


def _target(link: Path) -> str:
    with contextlib.suppress(OSError):  # it was closed just now
        return os.readlink(link)  # noqa: PTH115 (thousands of them: a `Path` for each takes four times as long)
    return ""


READINGS: Final[tuple[Callable[[], Signs], ...]] = (
    session,
    *(partial(screen_saver, each) for each in SCREEN_SAVERS),
    gnome_idle,
    inhibited,
    gnome_quiet,
    microphone,
    camera,
)
