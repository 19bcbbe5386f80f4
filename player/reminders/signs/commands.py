"""What a program of the system prints, within a time limit."""

from __future__ import annotations

import subprocess
from typing import Final

WITHIN_S: Final = 1.0


def told(*command: str) -> str:
    """What a command prints, without spaces around it.

    Raises
    ------
    OSError, subprocess.SubprocessError
        If there is no such command, it fails, or it lasts too long.
    """
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=WITHIN_S,
        check=True,
    )
    return done.stdout.decode(errors="replace").strip()
