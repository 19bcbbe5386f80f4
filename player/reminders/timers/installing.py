"""Writing a system's timer to its place, and removing it again.

The rule: all files or none that is in the way, each whole or not at all; a file of others is left alone without
``force``. What was written says so in its first lines. Nothing is switched on: that is one command, which is told.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from player.errors import OutputError, UsageError, printable
from player.reminders.timers import launchd, systemd
from player.storage.atomic import NewFile, must_be_free, sentences

if TYPE_CHECKING:
    from collections.abc import Mapping

    from player.reminders.timers.work import ScheduledCommand

MARK: Final = b"Written by `player every`, which also removes it."
"""Stands in every file; two hyphens could not, in a comment of XML."""


@dataclass(frozen=True)
class Timer:
    """A timer as its system wants it.

    Attributes
    ----------
    files
        What lies where.
    leftovers
        What the system itself adds when it is switched on.
    switch_on, switch_off
        Commands for a shell: after the files were written, and after they were removed.
    """

    files: Mapping[Path, bytes]
    leftovers: tuple[Path, ...]
    switch_on: str
    switch_off: str


def timer(
    work: ScheduledCommand,
    *,
    platform: str = sys.platform,
    environ: Mapping[str, str] = os.environ,
    home: Path | None = None,
) -> Timer:
    """The timer of a work on a system.

    Raises
    ------
    UsageError
        If it is neither Linux nor macOS.
    """
    home = home or Path.home()
    if platform == "darwin":
        return _launchd(work, home)
    if platform == "linux":
        return _systemd(work, environ, home)
    command = printable(subprocess.list2cmdline(work.command))
    raise UsageError(f"--install is for Linux and macOS; give the Task Scheduler (schtasks /Create /?) this: {command}")


def _systemd(work: ScheduledCommand, environ: Mapping[str, str], home: Path) -> Timer:
    config = Path(environ.get("XDG_CONFIG_HOME") or "")
    folder = (config if config.is_absolute() else home / ".config") / "systemd" / "user"
    name = f"player-{work.name}"
    texts = {f"{name}.service": systemd.service(work), f"{name}.timer": systemd.timer(work)}
    return Timer(
        {folder / file: b"# %b\n%b" % (MARK, text.encode()) for file, text in texts.items()},
        (folder / "timers.target.wants" / f"{name}.timer",),
        f"systemctl --user daemon-reload && systemctl --user enable --now {name}.timer",
        f"systemctl --user stop {name}.timer && systemctl --user daemon-reload",
    )


def _launchd(work: ScheduledCommand, home: Path) -> Timer:
    path, label = home / "Library" / "LaunchAgents" / f"{launchd.label(work)}.plist", launchd.label(work)
    head, begin, rest = launchd.agent(work).partition(b"<plist")
    return Timer(
        {path: b"%b<!-- %b -->\n%b%b" % (head, MARK, begin, rest)},
        (),
        f"launchctl bootstrap gui/$(id -u) {shlex.quote(str(path))}",
        f"launchctl bootout gui/$(id -u)/{label}",
    )


def install(timer: Timer, *, force: bool = False) -> tuple[Path, ...]:
    """Write its files; those that are there already, just so, are left as they are.

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
    with sentences(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    new = NewFile(path, force=True)
    try:
        with sentences(path):
            new.part.write_bytes(data)
        new.commit()
    finally:
        new.discard()


def uninstall(timer: Timer, *, force: bool = False) -> tuple[Path, ...]:
    """Remove its files; those that were there.

    Raises
    ------
    UsageError
        If there is none, or one was written by others, without ``force``.
    OutputError
        If one cannot be removed.
    """
    found = {path: data for path in timer.files if (data := _found(path)) is not None}
    if not found:
        raise UsageError(f"{printable(str(next(iter(timer.files))))} is not there, so there is nothing to remove")
    for path, data in found.items():
        if MARK not in data and not force:
            raise UsageError(f"{printable(str(path))} was not written by player; remove it with --force")
    for path in (*found, *(each for each in timer.leftovers if each.is_symlink())):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"cannot remove {printable(str(path))}: {error.strerror or error}") from error
    return tuple(found)


def _found(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
