"""The sound files of a session: backgrounds, recordings and the user's own takes, found where they may lie.

The rule: a file that a script names lies beside that script, or is bundled; a file that the user names may lie
anywhere. A file that is missing is a problem at its step.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from player.errors import MediaError, Position, Problem, ScriptError, UsageError, printable
from player.script import library
from player.techniques.cue import BedChange, Part, Recording, Slot, Speech
from player.voice import own_takes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from player.script.session import Session
    from player.sound.bed import Bed
    from player.sound.recording import OpenRecording
    from player.storage.store import Store
    from player.techniques.cue import Utterance
    from player.voice.clips import Clip


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
    MediaError
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
            problems.append(
                Problem(at, f"sound {name!r} is another file in the script that includes this one; rename it")
            )
    if asked is not None and asked != "none":
        found[asked] = FoundBackground(_users_own(asked), None)
    return found, problems


def with_background(parts: Iterable[Part], asked: str | None) -> Iterator[Part]:
    """The parts with the user's background throughout: the script may still change its level, and turn it off."""
    for part in parts:
        if asked is None or not isinstance(part, BedChange):
            yield part
        elif asked != "none":
            yield part if part.sound == "none" else replace(part, sound=None)


def open_beds(beds: Mapping[str, FoundBackground], store: Store) -> dict[str, Bed]:
    """Each bed, conformed (or found in the store) and open.

    Raises
    ------
    ScriptError
        With every file named in a script that is no sound.
    MediaError
        If the user's own is none.
    """
    from player.sound.bed import open_bed  # noqa: PLC0415 (numpy)

    opened: dict[str, Bed] = {}
    problems: list[Problem] = []
    for name, (path, at) in beds.items():
        try:
            opened[name] = open_bed(path, store)
        except MediaError as error:
            if at is None:
                raise
            problems.append(Problem(at, str(error)))
    if problems:
        raise ScriptError(problems)
    return opened


def _named_beds(session: Session, parts: Iterable[Part], asked: str | None) -> Iterable[tuple[str, Position]]:
    first = session.background.sound
    if first and asked is None:
        yield first, session.places.get("background.sound", session.steps[0].at)
    for change in parts:
        if isinstance(change, BedChange) and change.sound and change.sound != "none":
            yield change.sound, change.at


def _users_own(name: str) -> Path:
    path = Path(name).expanduser()
    if not path.is_file() and path.suffix.lower() in library.SOUND_ENDINGS:
        raise MediaError(
            f"there is no sound file {printable(name)}; name another with --background, or a bundled sound"
        )
    return path if path.is_file() else library.sound_file(name, near=Path.cwd())


def recordings(parts: Iterable[Part], store: Store) -> dict[Recording, OpenRecording]:
    """Each recording of the parts, open.

    Raises
    ------
    ScriptError
        With every one that is not there or cannot be read.
    """
    from player.sound.recording import open_recording  # noqa: PLC0415 (numpy)

    opened: dict[Recording, OpenRecording] = {}
    problems: list[Problem] = []
    for recording, at in _named_recordings(parts).items():
        try:
            path = library.sound_file(recording.file, near=Path(recording.script).parent)
            opened[recording] = open_recording(path, store)
        except MediaError as error:
            problems.append(Problem(at, str(error)))
    if problems:
        raise ScriptError(problems)
    return opened


def takes(folder: str | None, wanted: Iterable[Utterance], store: Store) -> dict[Utterance, Clip]:
    """A clip for each utterance of which there is a take in the user's folder; None is no folder.

    Raises
    ------
    UsageError
        If there is no such folder, or a line has two takes.
    MediaError
        With every take that cannot be read.
    """
    if folder is None:
        return {}
    from player.sound.own_take import open_take  # noqa: PLC0415 (numpy)

    wanted = tuple(wanted)
    files = own_takes.matched(own_takes.in_folder(folder), [each.text for each in wanted]).files
    clips: dict[Utterance, Clip] = {}
    problems: dict[str, None] = {}
    for each in wanted:
        found = files.get(own_takes.name(each.text), ())
        if len(found) > 1:
            raise UsageError(own_takes.duplicate_message(found, each.text))
        try:
            clips.update((each, open_take(path, each, store)) for path in found)
        except MediaError as error:
            problems[str(error)] = None
    if problems:
        raise MediaError("\n".join(problems))
    return clips


def _named_recordings(parts: Iterable[Part]) -> dict[Recording, Position]:
    slots = (part for part in parts if isinstance(part, Slot))
    said = ((cue.said, slot.at) for slot in slots for cue in slot.cues if isinstance(cue, Speech))
    return {each: at for each, at in said if isinstance(each, Recording)}
