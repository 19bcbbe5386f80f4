"""The identity of a driver: its versions and voices, kept in the store.

Asking a driver costs a process, so it is asked once for each state of the machine. The answer is stored under a key
that changes whenever the answer could change: with packages, Python, espeak-ng or models. The caller asks the driver.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from player.errors import VoiceError
from player.storage.store import JSON, Draft, Entry, Store
from player.voice.drivers import hibari, piper
from player.voice.engine import MissingEngineError, Voice
from player.voice.folder import folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from player.voice.drivers.table import Driver

SCHEMA: Final = 3
_TEXTS: Final = ("package", "driver", "version", "library", "default")
_VOICE_FIELDS: Final = 6  # id, name, language, gender, model and licence; the rest comes from the driver's row
_MISSING: Final = "missing"
_MODELS: Final = "*.onnx*"
_CARRIED: Final = "espeakng_loader"
_LIBRARY_FOLDERS: Final = ("/usr/local/lib", "/usr/lib", "/usr/lib64", "/lib")
_LIBRARY: Final = "libespeak*.so.1"


@dataclass(frozen=True)
class Identity:
    """A driver of this machine.

    Attributes
    ----------
    package
        The version of pyttsx3.
    version, library
        The versions of what the driver uses, and the path of its library, as far as they are known.
    variants
        The variants that may follow a voice and a ``+``.
    default
        The identifier of the system's preferred voice.
    """

    package: str
    driver: str
    version: str
    library: str
    default: str
    voices: tuple[Voice, ...]
    variants: tuple[str, ...]

    @classmethod
    def of(cls, answer: Mapping[str, Any], driver: Driver) -> Identity:
        """The identity in a worker's answer.

        Raises
        ------
        MissingEngineError
            If the driver has no voice.
        VoiceError
            If the answer is malformed.
        """
        try:
            voices = tuple(_voice(fields, driver) for fields in answer["voices"])
            package, name, version, library, default = (str(answer[name]) for name in _TEXTS)
            identity = cls(package, name, version, library, default, voices, tuple(map(str, answer["variants"])))
        except (KeyError, TypeError, ValueError) as error:
            raise VoiceError("the speech engine described itself with garbage; reinstall pyttsx3") from error
        if not identity.voices:
            raise MissingEngineError("the speech engine has no voice; install one in the settings of your system")
        return identity


def _voice(fields: Sequence[object], driver: Driver) -> Voice:
    name, title, language, gender, model, licence = map(str, fields)
    return Voice(name, title, language, gender, model, licence, driver.name, driver.quality)


def remembered(store: Store, driver: Driver, ask: Callable[[], Identity]) -> Identity:
    """A driver's identity from the store, or from ``ask``, which is then stored.

    Raises
    ------
    MissingEngineError
        If it has no voice. For a driver that keeps models this is stored, too, as it is true until a model comes.
    """
    fields = _state_of_machine(driver)
    entry = store.get_or_make(fields, lambda: _answered(driver, ask), lambda found: is_answer(found, driver))
    answer = json.loads(entry.payload())
    if _MISSING in answer:
        raise MissingEngineError(answer[_MISSING])
    return Identity.of(answer, driver)


def is_remembered(store: Store, driver: Driver) -> bool:
    """Whether the store has the driver's answer."""
    return store.get(_state_of_machine(driver)) is not None


def is_answer(entry: Entry, driver: Driver) -> bool:
    """Whether a stored answer describes the driver, or says that it is missing."""
    answer = json.loads(entry.payload())
    if _MISSING in answer:
        return isinstance(answer[_MISSING], str)
    words = [
        *(answer[name] for name in _TEXTS),
        *answer["variants"],
        *(text for each in answer["voices"] for text in each),
    ]
    return all(isinstance(word, str) for word in words) and bool(Identity.of(answer, driver))


def _answered(driver: Driver, ask: Callable[[], Identity]) -> Draft:
    try:
        return _draft(ask())
    except MissingEngineError as error:
        if not driver.keeps_model:
            raise
        return Draft({"driver": driver.name}, [json.dumps({_MISSING: str(error)}).encode("ascii")])


def remember(store: Store, driver: Driver, identity: Identity) -> None:
    """Replace the stored identity."""
    store.put(_state_of_machine(driver), _draft(identity))


def _draft(identity: Identity) -> Draft:
    voices = [list(asdict(voice).values())[:_VOICE_FIELDS] for voice in identity.voices]
    answer = asdict(identity) | {"voices": voices}
    return Draft({"driver": identity.driver, "version": identity.version}, [json.dumps(answer).encode("ascii")])


def _state_of_machine(driver: Driver) -> Mapping[str, JSON]:
    """Everything that can change a driver's answer and can be read without importing anything."""
    carried = _installed(_CARRIED)
    espeak = driver.has_variants
    return {
        "what": "driver",
        "schema": SCHEMA,
        "driver": driver.name,
        "packages": {name: _installed(name) for name in ("pyttsx3", *driver.packages)},
        "platform": sys.platform,
        "system": _system_release(),
        "python": sys.prefix,
        "carried": carried if espeak else "",
        "libraries": _system_libraries() if espeak and not carried else [],
        "data": os.environ.get("ESPEAK_DATA_PATH", "") if espeak else "",
        "models": list(_models()) if driver.keeps_model else [],
    }


def _models() -> Iterator[str]:
    """The models in the user's folders and in packages, each with its size and modification time."""
    yield from filter(None, map(_installed, piper.CARRIERS))
    for models_folder in (folder(), hibari.own_folder()):
        with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
            for path in sorted(models_folder.glob(_MODELS)):
                facts = path.stat()
                yield f"{path} {facts.st_size} {facts.st_mtime_ns}"


def _installed(name: str) -> str:
    """A package's path and modification time: as good as its version, and 30 ms faster."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        return ""
    return f"{spec.origin} {Path(spec.origin).stat().st_mtime_ns}"


def _system_release() -> str:
    if sys.platform == "win32":
        return str(sys.getwindowsversion().build)
    return os.uname().release if sys.platform == "darwin" else ""


def _system_libraries() -> list[str]:
    """The espeak-ng libraries of the system, each with its modification time."""
    folders = [Path(folder) for folder in _LIBRARY_FOLDERS]
    found = [path for folder in folders for pattern in (_LIBRARY, f"*/{_LIBRARY}") for path in folder.glob(pattern)]
    return sorted({f"{path.resolve()} {path.stat().st_mtime_ns}" for path in found})
