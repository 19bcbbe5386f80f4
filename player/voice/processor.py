"""The kind of processor, as far as it changes the samples of a natural voice.

A model's arithmetic libraries choose their routines by the processor's vector instructions, and each routine rounds in
its own way: lengths and quality stay the same, samples do not. (Measured: an emulated Haswell and an EPYC.)
"""

from __future__ import annotations

import os
import platform
import re
import sys
from contextlib import suppress
from functools import cache
from typing import Final

_ENOUGH: Final = 16 * 2**10  # bytes of /proc/cpuinfo: its first processor
_FLAGS: Final = re.compile(r"^(?:flags|Features)\s*:\s*(.*)$", re.MULTILINE)
_VECTORS: Final = re.compile(r"avx\w*|fma|sse4_\d|amx\w*|f16c|asimd\w*|sve\w*|bf16|i8mm")


@cache
def kind() -> str:
    """Such as ``x86_64 avx avx2 f16c fma sse4_1 sse4_2``: the architecture, then its vector instructions in order."""
    return " ".join([platform.machine().lower(), *(_vectors() or [_windows_name()])]).strip()


def _vectors() -> list[str]:
    with suppress(OSError), open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
        found = _FLAGS.search(file.read(_ENOUGH))
        return sorted(flag for flag in found[1].split() if _VECTORS.fullmatch(flag)) if found else []
    return []


def _windows_name() -> str:
    """The processor's name on Windows. On macOS the architecture is enough, as Apple's processors of one are alike."""
    return os.environ.get("PROCESSOR_IDENTIFIER", "") if sys.platform == "win32" else ""
