"""Who the engine is: its driver, versions and voices, remembered in the store.

The rule: asking costs a process, so it is done once for each state of the machine, and what was answered is kept under
a key that changes whenever another engine could answer: other packages, another Python, another espeak-ng.
How the engine is asked is not known here.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from player.errors import VoiceError
from player.store import JSON, Draft, Store
from player.voice.engine import Voice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SCHEMA: Final = 2
_TEXTS: Final = ("package", "driver", "version", "library", "default")
_PACKAGES: Final = ("pyttsx3", "espeakng_loader")
_CARRIED: Final = "espeakng_loader"
_LIBRARY_FOLDERS: Final = ("/usr/local/lib", "/usr/lib", "/usr/lib64", "/lib")
_LIBRARY: Final = "libespeak*.so.1"


@dataclass(frozen=True)
class Identity:
    """The engine of this machine.

    Attributes
    ----------
    package
        The version of pyttsx3.
    version, library
        Of the library that the driver uses, as far as it tells: the number, and where it lies.
    variants
        What may stand behind a voice and a ``+``.
    default
        The identifier of the voice that the user's system prefers.
    """

    package: str
    driver: str
    version: str
    library: str
    default: str
    voices: tuple[Voice, ...]
    variants: tuple[str, ...]

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Identity:
        """What a worker's answer says.

        Raises
        ------
        VoiceError
            If it does not say it properly, or the engine has not a single voice.
        """
        try:
            voices = tuple(Voice(*map(str, voice)) for voice in answer["voices"])
            package, driver, version, library, default = (str(answer[name]) for name in _TEXTS)
            identity = cls(package, driver, version, library, default, voices, tuple(map(str, answer["variants"])))
        except (KeyError, TypeError) as error:
            raise VoiceError("the speech engine described itself with garbage; reinstall pyttsx3") from error
        if not identity.voices:
            raise VoiceError("the speech engine has no voice; install one in the settings of your system")
        return identity


def remembered(store: Store, ask: Callable[[], Identity]) -> Identity:
    """The identity from the store, or as ``ask`` gives it, which the store then keeps."""
    fields = _state_of_machine()
    entry = store.get_or_make(fields, lambda: _draft(ask()))
    return Identity.of(json.loads(entry.payload()))


def remember(store: Store, identity: Identity) -> None:
    """Put a newly asked identity in the place of the stored one."""
    store.put(_state_of_machine(), _draft(identity))


def _draft(identity: Identity) -> Draft:
    answer = asdict(identity) | {"voices": [list(asdict(voice).values()) for voice in identity.voices]}
    return Draft({"driver": identity.driver, "version": identity.version}, [json.dumps(answer).encode("ascii")])


def _state_of_machine() -> Mapping[str, JSON]:
    packages = {name: _installed(name) for name in _PACKAGES}
    return {
        "what": "engine identity",
        "schema": _SCHEMA,
        "packages": packages,
        "platform": sys.platform,
        "system": _system_release(),
        "python": sys.prefix,
        "libraries": [] if packages[_CARRIED] else _system_libraries(),
        "data": os.environ.get("ESPEAK_DATA_PATH", ""),
    }


def _installed(name: str) -> str:
    """Where a package lies and when it was put there: as telling as its version, and known 30 ms sooner."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        return ""
    return f"{spec.origin} {Path(spec.origin).stat().st_mtime_ns}"


def _system_release() -> str:
    if sys.platform == "win32":
        return str(sys.getwindowsversion().build)
    return os.uname().release if sys.platform == "darwin" else ""


def _system_libraries() -> list[str]:
    """The espeak-ng libraries of the system, each with the time it was put there."""
    folders = [Path(folder) for folder in _LIBRARY_FOLDERS]
    found = [path for folder in folders for pattern in (_LIBRARY, f"*/{_LIBRARY}") for path in folder.glob(pattern)]
    return sorted({f"{path.resolve()} {path.stat().st_mtime_ns}" for path in found})
