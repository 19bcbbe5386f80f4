"""What C libraries print by themselves is kept off the terminal: libmpg123 tells of every odd tag and damaged frame.

The rule: only C's own stream ``stderr`` is led away, and not the file behind it, so what Python prints meanwhile, in
any thread, is printed. libsndfile has no switch for this, and the error that matters comes back as a value.
It is done where that stream is a variable that may be set: with glibc and on macOS. Elsewhere nothing changes.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import sys
import threading
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCK: Final = threading.Lock()
_depth = 0


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Inside, what C libraries print to ``stderr`` is dropped; several threads may be inside at once."""
    _lead_away(1)
    try:
        yield
    finally:
        _lead_away(-1)


def _lead_away(more: int) -> None:
    global _depth  # noqa: PLW0603 (as global as the stream itself)
    if (streams := _streams()) is None:
        return
    variable, usual, nowhere = streams
    with _LOCK:
        _depth += more
        variable.value = nowhere if _depth else usual


@cache
def _streams() -> tuple[ctypes.c_void_p, int | None, int] | None:
    """C's variable for the stream, what it was, and a stream that goes nowhere; None where it cannot be set."""
    name = {"linux": "stderr", "darwin": "__stderrp"}.get(sys.platform)
    if name is None or (sys.platform == "linux" and platform.libc_ver()[0] != "glibc"):  # in musl it is constant
        return None
    c = ctypes.CDLL(None)
    c.fopen.restype = ctypes.c_void_p
    variable, nowhere = ctypes.c_void_p.in_dll(c, name), c.fopen(os.devnull.encode(), b"w")
    return (variable, variable.value, nowhere) if nowhere else None
