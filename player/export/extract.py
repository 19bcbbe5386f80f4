"""Extracting: the script that a file was made from, as it was.

The rule: the script comes back byte for byte or not at all. A file may come from anywhere, so only text that can
be a script comes back, and no include is written outside the folder of its script.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any, Final

from player.errors import MediaError, OutputError, ScriptError, printable
from player.export.page import carried
from player.export.tags.origin import origin_of
from player.script.library import SCRIPT_ENDINGS
from player.script.yaml import encoding
from player.storage.atomic import write_all
from player.storage.failures import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_OPTIONS: Final = {
    "voice": "--voice",
    "rate": "--rate",
    "background": "--background",
    "length": "--length",
    "outlive": "--outlive",
    "intro": "--intro",
    "seed": "--seed",
    "guide": "--guide",
    "bed": "--bed",
    "tones": "--tones",
    "region": "--region",
}


@dataclass(frozen=True)
class Extracted:
    """A script out of a sound file.

    Attributes
    ----------
    name
        The file name that it had.
    script
        Its bytes.
    facts
        How it was made into sound.
    includes
        The author's own scripts that it includes, by their paths from its folder.
    """

    name: str
    script: bytes
    facts: Mapping[str, Any]
    includes: Mapping[str, bytes]

    def as_json(self) -> dict[str, Any]:
        """Everything, for a program."""
        includes = {name: text.decode() for name, text in self.includes.items()}
        own = {"name": self.name, "includes": includes, "script": self.script.decode()}
        return {"name": self.name} | dict(self.facts) | own

    def notes(self) -> Iterator[str]:
        """Comments with all other facts; the last is the command that makes the file again."""
        yield f"# {self.name or 'a script'}, made by {_shown(self.facts.get('version'))}"
        spoken = self.facts.get("spoken_by")
        if spoken:
            rate = self.facts.get("rate")
            yield f"# spoken by {_shown(spoken)} at {_shown(rate)} words a minute ({_shown(self.facts.get('engine'))})"
        if takes := self.facts.get("takes"):
            yield f"# lines from takes of the author's own: {_shown(takes)}"
        for name, value in _pairs(self.facts.get("parameters")):
            yield f"# {_shown(name)}: {_shown(value)}"
        yield from (f"# includes {name}" for name in self.includes)
        yield f"# player export {self._options()}"

    def _options(self) -> str:
        words = [self.name or "SCRIPT"]
        for name, value in _pairs(self.facts.get("parameters")):
            words += ["-p", f"{name}={value}"]
        for key, option in _OPTIONS.items():
            words += [option, str(self.facts[key])] if self.facts.get(key) else []
        skip = self.facts.get("skip")
        words += ["--skip", ",".join(map(str, skip))] if skip and isinstance(skip, list) else []
        words += ["--takes", "FOLDER"] if self.facts.get("takes") else []
        return printable(shlex.join(words))


def extract(path: Path) -> Extracted:
    """The script in a sound file, or in a page.

    Raises
    ------
    MediaError
        If the file cannot be read, or carries no script.
    """
    found = carried.origin_of_page(path) if carried.is_page(path) else origin_of(path)
    name = printable(str(path))
    try:
        for text in (found.script, *found.includes.values()):
            encoding.check_characters(encoding.decode(text, name), name)
    except ScriptError:
        raise MediaError(f"{name} carries something that is no script; it is left alone") from None
    includes = {each: text for each, text in found.includes.items() if _is_inside(each)}
    return Extracted(printable(PurePosixPath(found.name).name), found.script, found.facts, includes)


def write(extracted: Extracted, target: Path, *, force: bool = False) -> tuple[Path, ...]:
    """Write the script, and what it includes beside it; the files that were made.

    Raises
    ------
    UsageError
        If one is there already, without ``force``.
    OutputError
        If one cannot be written.
    """
    includes = {target.parent / name: text for name, text in extracted.includes.items()}
    texts = {target: b""} | includes | {target: extracted.script}  # an include of the script's own name is not it
    texts = {path: text for path, text in texts.items() if not texts.keys() & set(path.parents)}
    for folder in sorted({path.parent for path in texts} - {target.parent}):
        with sentences(OutputError, "write", folder):
            folder.mkdir(parents=True, exist_ok=True)
    return write_all(texts, force=force)


def _is_inside(name: str) -> bool:
    """Whether a path stays in the folder that it starts from, on every system, and names a script."""
    parts, windows = PurePosixPath(name).parts, PureWindowsPath(name)
    plain = name.isprintable() and "\\" not in name and not windows.drive and not windows.root
    return plain and bool(parts) and ".." not in parts and name.lower().endswith(SCRIPT_ENDINGS)


def _pairs(mapping: object) -> list[tuple[str, str]]:
    return [(str(key), str(value)) for key, value in mapping.items()] if isinstance(mapping, dict) else []


def _shown(value: object) -> str:
    return printable(str(value))
