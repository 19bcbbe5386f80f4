"""Extracting: the script that a file was made from, as it was.

The rule: the script comes back byte for byte or not at all. A file may come from anywhere, so only scripts come back,
and of its includes only those that it has. They are written below the folder of the script, under names that scripts
have, through no link, and all of them or none.
"""

from __future__ import annotations

import shlex
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from player.errors import MediaError, UsageError, printable
from player.export import carried_scripts
from player.export.page import carried
from player.export.tags.origin import origin_of
from player.script.yaml.scalar_types import shown
from player.storage.atomic import write_all
from player.storage.made_folders import folders_of

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

_NOTHING_WRITTEN: Final = "so nothing is written; leave out -o to get the script alone"


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
        yield from (f"# includes {_shown(name)}" for name in self.includes)
        yield f"# player export {self._options()}"

    def _options(self) -> str:
        words = [f"./{self.name}" if self.name.startswith("-") else self.name or "SCRIPT"]
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
    remedy = "so nothing of it is given back; name a file that player export has made"
    script = carried_scripts.read(found.script)
    if script is None:
        raise MediaError(f"{printable(str(path))} carries something that is no script, {remedy}")
    try:
        includes = carried_scripts.included(script, found.includes)
    except ValueError as error:
        raise MediaError(f"{printable(str(path))} carries {error}, {remedy}") from None
    return Extracted(printable(PurePosixPath(found.name).name), found.script, found.facts, includes)


def write(extracted: Extracted, target: Path, *, force: bool = False) -> tuple[Path, ...]:
    """Write the script, and what it includes below its folder, all of them or none; the files that were made.

    Raises
    ------
    MediaError
        If an include has a name that files of scripts do not have, or could be another program's file.
    UsageError
        If one is there already, without ``force``, or has the script's own name.
    OutputError
        If one cannot be written, or would be written through a link.
    """
    what = f"{extracted.name or 'the script'} includes"
    _must_be_scripts(extracted.includes, what)
    _must_differ(extracted.includes, target.name, what)
    includes = {target.parent / name: text for name, text in extracted.includes.items()}
    with folders_of(includes, target.parent):
        return write_all({target: extracted.script, **includes}, force=force)


def _must_be_scripts(includes: Mapping[str, bytes], what: str) -> None:
    for name, text in includes.items():
        if not carried_scripts.is_name(name):
            raise MediaError(f"{what} {shown(name)}, which no file of a script is called, {_NOTHING_WRITTEN}")
        if (key := carried_scripts.foreign_key(text)) is not None:
            raise MediaError(f"{what} {shown(name)}, with {shown(key)} where no script has it, {_NOTHING_WRITTEN}")


def _must_differ(includes: Mapping[str, bytes], target: str, what: str) -> None:
    """Refuse names that are one file on some system: many take large and small letters for the same."""
    taken = {_folded(target): target}
    for name in sorted(includes, key=_folded):
        above = (str(each) for each in PurePosixPath(name).parents)
        met = next((taken[each] for each in map(_folded, (name, *above)) if each in taken), None)
        if met == target:
            text = f"{what} {shown(name)}, and {shown(target)} would be in its way; choose another name for -o"
            raise UsageError(text)
        if met is not None:
            text = f"{what} {shown(met)} and {shown(name)}, which are one file on many systems, {_NOTHING_WRITTEN}"
            raise MediaError(text)
        taken[_folded(name)] = name


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _pairs(mapping: object) -> list[tuple[str, str]]:
    return [(str(key), str(value)) for key, value in mapping.items()] if isinstance(mapping, dict) else []


def _shown(value: object) -> str:
    return printable(str(value))
