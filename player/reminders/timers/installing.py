"""Writes a timer's files where the system looks for them, and removes them again.

Nothing is written if one of the files is in the way, and each file is written whole or not at all. A file that player
did not write is left alone without ``force``; a mark in the first lines of our files says that we wrote them. Nothing
is switched on: that is one command, which is printed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from player.errors import OutputError, UsageError, printable
from player.reminders.timers import launchd, systemd
from player.storage import folders
from player.storage.atomic import NewFile, must_be_free
from player.storage.regular_files import open_regular

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from player.reminders.timers.scheduled_command import ScheduledCommand

MARK: Final = b"Written by `player every`, which also removes it."
"""In every file. It has no two hyphens, which a comment in XML may not have."""

_MARKED_LINES: Final = 3  # a property list begins with two lines of XML


@dataclass(frozen=True)
class Place:
    """Where a timer's files lie: all that its removal has to know.

    Attributes
    ----------
    paths
        Of the files.
    leftovers
        Files that the system itself adds when the timer is switched on.
    switch_on, switch_off
        Shell commands, for after the files were written and after they were removed.
    """

    paths: tuple[Path, ...]
    leftovers: tuple[Path, ...]
    switch_on: str
    switch_off: str

    @property
    def is_taken(self) -> bool:
        """Whether one of the files is there."""
        return any(_found(path) is not None for path in self.paths)


@dataclass(frozen=True)
class Timer(Place):
    """A timer that can be written.

    Attributes
    ----------
    files
        The content of each path.
    """

    files: Mapping[Path, bytes]


def timer(
    scheduled: ScheduledCommand,
    *,
    platform: str = sys.platform,
    environ: Mapping[str, str] = os.environ,
    home: Path | None = None,
) -> Timer:
    """The timer that runs a command on a system.

    Raises
    ------
    UsageError
        If it is neither Linux nor macOS.
    """
    if platform not in ("darwin", "linux"):
        command = printable(subprocess.list2cmdline(scheduled.command))
        told = f"give the Task Scheduler (schtasks /Create /?) this: {command}"
        raise UsageError(f"--install is for Linux and macOS; {told}")
    where = place(scheduled.name, platform=platform, environ=environ, home=home)
    contents = _launchd(scheduled) if platform == "darwin" else _systemd(scheduled)
    files = dict(zip(where.paths, contents, strict=True))
    return Timer(where.paths, where.leftovers, where.switch_on, where.switch_off, files)


def place(
    name: str, *, platform: str = sys.platform, environ: Mapping[str, str] = os.environ, home: Path | None = None
) -> Place:
    """Where the files of the timer with this name lie, whether they are there or not.

    Raises
    ------
    UsageError
        If the system is neither Linux nor macOS.
    """
    home = home or folders.home()
    if platform == "darwin":
        return _place_of_launchd(name, home)
    if platform == "linux":
        return _place_of_systemd(name, environ, home)
    raise UsageError("--uninstall is for Linux and macOS; the Task Scheduler removes its own (schtasks /Delete /?)")


def _place_of_systemd(name: str, environ: Mapping[str, str], home: Path) -> Place:
    config = Path(environ.get("XDG_CONFIG_HOME") or "")
    folder = (config if config.is_absolute() else home / ".config") / "systemd" / "user"
    service, timer = f"player-{name}.service", f"player-{name}.timer"
    return Place(
        (folder / service, folder / timer),
        (folder / "timers.target.wants" / timer,),
        f"systemctl --user daemon-reload && systemctl --user enable --now {timer}",
        f"systemctl --user stop {timer} && systemctl --user daemon-reload",
    )


def _place_of_launchd(name: str, home: Path) -> Place:
    label = launchd.label(name)
    path = home / "Library" / "LaunchAgents" / f"{label}.plist"
    return Place(
        (path,),
        (),
        f"launchctl bootstrap gui/$(id -u) {shlex.quote(str(path))}",
        f"launchctl bootout gui/$(id -u)/{label}",
    )


def _systemd(scheduled: ScheduledCommand) -> tuple[bytes, ...]:
    texts = systemd.service(scheduled), systemd.timer(scheduled)
    return tuple(b"# %b\n%b" % (MARK, text.encode()) for text in texts)


def _launchd(scheduled: ScheduledCommand) -> tuple[bytes, ...]:
    head, begin, rest = launchd.agent(scheduled).partition(b"<plist")
    return (b"%b<!-- %b -->\n%b%b" % (head, MARK, begin, rest),)


def install(timer: Timer, *, force: bool = False) -> tuple[Path, ...]:
    """Write the timer's files. Files that already have the same content are left as they are.

    Raises
    ------
    UsageError
        If another file is in the way, without ``force``.
    OutputError
        If one cannot be written.
    """
    missing = {path: data for path, data in timer.files.items() if _found(path) != data}
    for path in missing:
        if path.exists() and not force:
            raise UsageError(f"{printable(str(path))} is there already, and differs; write over it with --force")
        must_be_free(path, force=True)
    for path, data in missing.items():
        _write(path, data)
    return tuple(timer.files)


def _write(path: Path, data: bytes) -> None:
    with _written(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    new = NewFile(path, force=True)
    try:
        with _written(path):
            new.part.write_bytes(data)
        new.commit()
    finally:
        new.discard()


@contextlib.contextmanager
def _written(path: Path) -> Iterator[None]:
    """What fails, as a sentence; no other folder can be chosen, as the system looks in this one."""
    try:
        yield
    except OSError as error:
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        remedy = (
            "free some space" if is_full else "make its folder writable, as the system looks for timers nowhere else"
        )
        raise OutputError(f"cannot write {printable(str(path))}: {error.strerror or error}; {remedy}") from error


def uninstall(place: Place, *, force: bool = False) -> tuple[Path, ...]:
    """Remove the timer's files, and return those that were there.

    Raises
    ------
    UsageError
        If there is none, or one was written by others, without ``force``.
    OutputError
        If one cannot be removed.
    """
    found = {path: data for path in place.paths if (data := _found(path)) is not None}
    names = {path.name for path in place.paths}
    leftovers = (each for each in place.leftovers if each.is_symlink() and each.readlink().name in names)
    if not found:
        raise UsageError(f"{printable(str(place.paths[0]))} is not there, so there is nothing to remove")
    for path, data in found.items():
        if not _is_ours(data) and not force:
            raise UsageError(f"{printable(str(path))} was not written by player; remove it with --force")
    for path in (*found, *leftovers):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"cannot remove {printable(str(path))}: {error.strerror or error}") from error
    return tuple(found)


def _is_ours(data: bytes) -> bool:
    """Whether the mark stands in the first lines."""
    return any(MARK in line for line in data.split(b"\n", _MARKED_LINES)[:_MARKED_LINES])


def _found(path: Path) -> bytes | None:
    """The content of a file, None where there is none, and empty where something else lies there, such as a pipe."""
    try:
        file = open_regular(path.resolve())
        if file is None:
            return b""
        with os.fdopen(file, "rb") as opened:
            return opened.read()
    except OSError:
        return None
