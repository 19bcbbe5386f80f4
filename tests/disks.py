"""Disks that refuse: small or read-only ones, where this machine lets a test mount them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def tiny(folder: Path, size: str = "200k") -> Iterator[Path]:
    """An empty disk of a size, mounted on a folder that is made for it."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder], check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def make_read_only(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)


def unmeasured() -> dict[str, str]:
    """The environment of a child that may write little or nothing: coverage.py could not keep its measurements."""
    return {name: value for name, value in os.environ.items() if name != "COVERAGE_PROCESS_CONFIG"}


def _can_mount() -> bool:
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.suppress(subprocess.CalledProcessError),
        tiny(Path(folder)),
    ):
        return True
    return False


CAN_MOUNT = _can_mount()
