"""Loading pulsectl, which talks to PulseAudio and PipeWire, without letting it run other programs.

The rule: no other module imports pulsectl. Left alone, it asks `ctypes.util.find_library` for ``libpulse``, a name that
no machine knows (it would be ``pulse``). That runs ldconfig, gcc and ld for nothing (found by strace, and 0.1 s), and
then it takes ``libpulse.so.0``.
"""

from __future__ import annotations

import ctypes.util
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME: Final = "libpulse"
_ONE_AT_A_TIME: Final = threading.Lock()


def load() -> Any:  # noqa: ANN401 (the library has no types)
    """The module pulsectl.

    Raises
    ------
    ImportError, OSError
        If there is no pulsectl, or no libpulse.
    """
    with _ONE_AT_A_TIME, _without_a_search():
        import pulsectl  # noqa: PLC0415 (it may be missing, and takes 0.1 s to load)

    return pulsectl


@contextmanager
def _without_a_search() -> Iterator[None]:
    """Answer for this one library that it is not found; whoever looks for another meanwhile finds it."""
    find = ctypes.util.find_library
    ctypes.util.find_library = lambda name: None if name == _NAME else find(name)
    try:
        yield
    finally:
        ctypes.util.find_library = find
