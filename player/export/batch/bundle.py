"""A bundle: a session with every file of the user's that it needs, so that it can be made on another machine.

The rule: files that come with the program are not sent. All others are: the script, the scripts that it includes, the
user's muscle sets, languages and pronunciations, sounds, recordings, takes and background. Files keep their paths
relative to the script, so that the same names find them; a worker that has unpacked a bundle works in the folder of the
script.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from player import pipeline
from player.errors import MediaError, PlayerError, printable
from player.script import library
from player.storage.folders import expanded
from player.techniques.cue import BedChange, Recording, Slot, Speech
from player.timeline.layout import utterances
from player.voice import own_takes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from player.pipeline import RequestedSession, SessionRequest
    from player.script.session import Session
    from player.techniques.cue import Part

HERE: Final = "here"
"""The folder of the script, in which the work is done."""
OWN: Final = "own"
"""The folder in the place of the user's own scripts."""
_SOUNDS: Final = "sounds"
_TAKES: Final = "takes"
LARGE: Final = 2**20
"""Bytes; a larger file is sent by itself, and only once for all sessions that need it."""


@dataclass(frozen=True)
class BundleFile:
    """A file of a bundle: its name with folders, its SHA-256, and its bytes unless it is large."""

    name: str
    digest: str
    data: bytes | None


@dataclass(frozen=True)
class Bundle:
    """A request, to be made in ``HERE``, and all files that it needs."""

    request: SessionRequest
    files: tuple[BundleFile, ...]

    @property
    def large(self) -> frozenset[str]:
        """Digests of the files that are sent by themselves."""
        return frozenset(file.digest for file in self.files if file.data is None)


def pack(request: SessionRequest) -> tuple[Bundle, dict[str, Path]]:
    """The bundle of a request, and where its large files are, by their digests.

    Raises
    ------
    PlayerError
        If the script has problems, or a file cannot be read.
    """
    requested = pipeline.RequestedSession(request)
    source = requested.source
    found: dict[str, Path] = {}
    if source.own:
        found |= _beside(requested)
        request = replace(request, session=source.path.name)
    own = library.own_scripts()
    found |= {f"{OWN}/{PurePosixPath(path.relative_to(own))}": path for path in library.own_data()}
    background = expanded(request.background or "none")
    if background.is_file():
        found[f"{_SOUNDS}/{background.name}"] = background
        request = replace(request, background=f"../{_SOUNDS}/{background.name}")
    if request.takes is not None:
        found |= {f"{_TAKES}/{path.name}": path for path in _takes(requested)}
        request = replace(request, takes=f"../{_TAKES}")
    files = tuple(_file(name, path) for name, path in sorted(found.items()))
    return Bundle(request, files), {file.digest: found[file.name] for file in files if file.data is None}


def unpack(bundle: Bundle, large: Mapping[str, bytes], folder: Path) -> None:
    """Write the files of a bundle into a folder.

    Raises
    ------
    PlayerError
        If a file would lie outside.
    """
    for each in (HERE, OWN, _TAKES):
        (folder / each).mkdir(parents=True)
    for file in bundle.files:
        if ".." in PurePosixPath(file.name).parts or PurePosixPath(file.name).is_absolute():
            raise PlayerError(
                f"{printable(file.name)} is outside the script's folder and cannot be sent to a cluster; move it there"
            )
        path = folder / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(large[file.digest] if file.data is None else file.data)


def _file(name: str, path: Path) -> BundleFile:
    try:
        found = path.stat()
        if found.st_size > LARGE:
            return BundleFile(name, _digest(path, found.st_size, found.st_mtime_ns), None)
        data = path.read_bytes()
    except OSError as error:
        raise MediaError(f"{printable(str(path))} cannot be read: {error.strerror or error}") from error
    return BundleFile(name, hashlib.sha256(data).hexdigest(), data)


@lru_cache(maxsize=1000)
def _digest(path: Path, size: int, changed_ns: int) -> str:  # noqa: ARG001 (a file that has changed is read again)
    """The SHA-256 of a large file, which a thousand tasks may need."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(2**20):
            digest.update(piece)
    return digest.hexdigest()


def _beside(requested: RequestedSession) -> dict[str, Path]:
    """The script and the files beside it that it needs, by their names in the bundle."""
    script = requested.source.path
    scripts = [script, *(included.path for included in requested.included)]
    wanted = [*scripts, *_sounds(requested.session, requested.parts)]
    ours = library.bundled("scripts").resolve()
    kept = (path for path in wanted if path == script or not path.resolve().is_relative_to(ours))
    base = os.path.abspath(script.parent)  # noqa: PTH100 (links keep their names)
    return {f"{HERE}/{PurePosixPath(Path(os.path.relpath(path, base)))}": path for path in kept}


def _sounds(session: Session, parts: Iterable[Part]) -> Iterator[Path]:
    """Files beside the scripts that name them; the worker reports one that is missing."""
    for name, script in _named(session, parts):
        path = script.parent / name
        if name not in library.sounds() and path.is_file():
            yield path


def _named(session: Session, parts: Iterable[Part]) -> Iterator[tuple[str, Path]]:
    if session.background.sound:
        yield session.background.sound, Path(session.path)
    for part in parts:
        if isinstance(part, BedChange) and part.sound:
            yield part.sound, Path(part.at.path)
        for cue in part.cues if isinstance(part, Slot) else ():
            if isinstance(cue, Speech) and isinstance(cue.said, Recording):
                yield cue.said.file, Path(cue.said.script)


def _takes(requested: RequestedSession) -> list[Path]:
    """The takes of this session's lines: one folder may hold those of many sessions."""
    texts = [each.text for each in utterances(requested.settled)]
    files = own_takes.matched(own_takes.in_folder(requested.request.takes or ""), texts).files
    return [path for found in files.values() for path in found]
