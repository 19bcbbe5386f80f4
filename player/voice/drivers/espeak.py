"""The worker's adapter for pyttsx3's driver ``espeak``: loads its library, and waits until settings are applied."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from player.voice.drivers.table import Driver

_SETTLES_WITHIN_S: Final = 10
_PYTTSX3_LOOKS_FOR: Final = {
    "darwin": "/opt/homebrew/lib/libespeak-ng.1.dylib",
    "win32": r"C:\Program Files\eSpeak NG\libespeak-ng.dll",
}


def prepare() -> None:
    """Load the espeak-ng that came with the program, before pyttsx3 looks for one.

    It is preferred to the system's, so that the same session sounds the same on every Linux machine. There, pyttsx3
    finds a loaded library by its name; elsewhere it looks in folders, and `_hand_over` gives it this one instead.
    """
    try:
        import espeakng_loader  # noqa: PLC0415  (optional)

        data, path = espeakng_loader.get_data_path(), espeakng_loader.get_library_path()
        library = ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)
    except (ImportError, OSError, RuntimeError):
        return  # the system may have its own
    if sys.platform != "linux":
        _hand_over(library)
    # espeak-ng keeps 160 characters of its data's path, too few for many environments: a relative path is short.
    os.chdir(os.path.dirname(data))  # noqa: PTH120  (pathlib would double the time to start)
    os.environ["ESPEAK_DATA_PATH"] = os.path.basename(data)  # noqa: PTH119


def _hand_over(library: ctypes.CDLL) -> None:
    """Make ``cdll.LoadLibrary`` return this library for the first path that pyttsx3 tries."""
    load = ctypes.cdll.LoadLibrary

    def load_library(name: str) -> ctypes.CDLL:
        return library if name == _PYTTSX3_LOOKS_FOR.get(sys.platform) else load(name)

    ctypes.cdll.LoadLibrary = load_library  # type: ignore[method-assign]


def settle(engine: Any, request: Mapping[str, Any]) -> None:  # noqa: ANN401  (pyttsx3 publishes no types)
    """Wait until espeak-ng has applied all settings, which it does in a thread of its own.

    Raises
    ------
    TimeoutError
        If it has not after ten seconds.
    ValueError
        If it took another voice.
    """
    del engine  # its library has one state for all
    espeak = _library()
    wanted = {espeak.RATE: request["rate"], espeak.PITCH: request["pitch"]}
    current = espeak.dll.espeak_GetParameter  # pyttsx3 leaves out the argument that asks for the current value
    end = time.monotonic() + _SETTLES_WITHIN_S
    while espeak.IsPlaying() or any(current(number, 1) != value for number, value in wanted.items()):
        if time.monotonic() > end:
            raise TimeoutError("the engine did not take the rate and pitch")
        time.sleep(0.001)
    voice = espeak.GetCurrentVoice().contents.identifier.decode()
    if voice.lower() != request["voice"].lower():
        raise ValueError(f"the engine took the voice {voice!r} instead of {request['voice']!r}")


def facts(driver: Driver) -> dict[str, Any]:
    """The library's version and path, and the variants of its voices."""
    del driver
    espeak, data = _library(), ctypes.c_char_p()
    version = espeak.Info(ctypes.addressof(data)).decode()
    folder = os.path.join((data.value or b"").decode(), "voices", "!v")  # noqa: PTH118  (as above)
    variants = sorted(os.listdir(folder)) if os.path.isdir(folder) else []  # noqa: PTH112, PTH208
    return {"version": version, "library": _mapped_library() or espeak.dll._name, "variants": variants}  # noqa: SLF001


def _library() -> Any:  # noqa: ANN401  (pyttsx3 publishes no types)
    return sys.modules["pyttsx3.drivers._espeak"]


def _mapped_library() -> str:
    """The path of the loaded library, which only Linux knows."""
    with contextlib.suppress(OSError), open("/proc/self/maps", encoding="utf-8") as lines:  # noqa: PTH123
        return next((line.split(maxsplit=5)[5].strip() for line in lines if "libespeak" in line), "")
    return ""
