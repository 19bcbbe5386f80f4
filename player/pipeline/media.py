"""The backgrounds of a session, found where they may lie, and what the user's own one changes.

The rule: a file that a script names lies beside that script, or is bundled; a file that the user names may lie
anywhere. A file that is missing is a problem at its step. No file is opened here, so that a loudspeaker can open first.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from player.errors import BackgroundError, MediaError, Position, Problem, printable
from player.script import library
from player.script.library import is_address
from player.script.yaml.scalar_types import shown
from player.script.yaml.suggestions import did_you_mean
from player.storage.failures import pass_on
from player.storage.folders import expanded
from player.techniques.cue import BedChange, Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from player.script.session import Session


class FoundBackground(NamedTuple):
    """A background's file, and the place in a script that names it; None for the user's own."""

    path: Path
    at: Position | None


def beds(
    session: Session, parts: Iterable[Part], asked: str | None
) -> tuple[dict[str, FoundBackground], list[Problem]]:
    """The file of each bed by its name, and the problems of the others; ``asked`` is the user's own background.

    Raises
    ------
    BackgroundError
        If there is no such background as the user asks for.
    """
    found: dict[str, FoundBackground] = {}
    problems: list[Problem] = []
    for name, at in _named_beds(session, parts, asked):
        try:
            path = library.sound_file(name, near=Path(at.path).parent)
        except MediaError as error:
            problems.append(Problem(at, str(error)))
            continue
        if found.setdefault(name, FoundBackground(path, at)).path.resolve() != path.resolve():
            text = f"sound {shown(name)} is another file in the script that includes this one; rename it"
            problems.append(Problem(at, text))
    if asked is not None and asked != "none":
        found[asked] = FoundBackground(users_own(asked), None)
    return found, problems


def with_background(parts: Iterable[Part], asked: str | None) -> Iterator[Part]:
    """The parts with the user's background throughout: the script may still change its level, and turn it off."""
    for part in parts:
        if asked is None or not isinstance(part, BedChange):
            yield part
        elif asked != "none":
            yield part if part.sound == "none" else replace(part, sound=None)


def _named_beds(session: Session, parts: Iterable[Part], asked: str | None) -> Iterable[tuple[str, Position]]:
    first = session.background.sound
    if first and asked is None:
        yield first, session.places.get("background.sound", session.steps[0].at)
    for change in parts:
        if isinstance(change, BedChange) and change.sound and change.sound != "none":
            yield change.sound, change.at


def users_own(name: str) -> Path:
    """The file of a background that the user names: a bundled sound, or a file anywhere.

    Raises
    ------
    BackgroundError
        If there is none.
    """
    if is_address(name):
        text = f"the background {shown(name)} is an address on a network; download it, and name the file"
        raise BackgroundError(text)
    try:
        path = expanded(name)
        if path.is_file():
            return path
        is_named = "\0" not in name  # of a path with it, Python says that nothing is there
        met = "" if not path.exists() or not name else "a folder" if path.is_dir() else "no ordinary file"
    except (OSError, ValueError) as error:  # a name that no file system takes
        pass_on(error)
        is_named = False
    if not is_named:
        raise BackgroundError(f"the background {shown(name)} is not a name that a file can have")
    if name in library.sounds():
        return library.sound_file(name, near=path.parent)
    raise BackgroundError(_missing(name, path, met))


def _missing(name: str, path: Path, met: str) -> str:
    """The message for a background that is none; ``met`` is what else lies there, if anything does."""
    known = library.sounds()
    listed = ", ".join(known)
    if met:
        return f"{printable(name)} is {met}; name a sound file, or one of {listed}"
    if path.name == name and not path.suffix:
        return f"there is no sound {shown(name)}; {did_you_mean(name, known) or f'there are {listed}'}"
    where = "" if path.is_absolute() else f" in {printable(str(Path.cwd()))}"
    return f"there is no sound file '{printable(name)}'{where}; name another, or one of {listed}"
