"""The sound files of a session, opened: backgrounds, recordings and the user's own takes.

The rule: a file that is missing or no sound is a problem at its step, and all of them are told at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from player.errors import BackgroundError, MediaError, Position, Problem, ScriptError, UsageError, printable
from player.pipeline import media
from player.script import library
from player.sound.bed import open_bed
from player.sound.conform import decode
from player.sound.own_take import open_take
from player.sound.recording import open_recording
from player.techniques.cue import Part, Recording, Slot, Speech
from player.units import RATE
from player.voice import own_takes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from player.pipeline.media import FoundBackground
    from player.sound.bed import Bed
    from player.sound.recording import OpenRecording
    from player.storage.store import Store
    from player.techniques.cue import Utterance
    from player.voice.clips import Clip


def open_beds(beds: Mapping[str, FoundBackground], store: Store) -> dict[str, Bed]:
    """Each bed, conformed (or found in the store) and open.

    Raises
    ------
    ScriptError
        With every file named in a script that is no sound.
    BackgroundError
        If the user's own is none.
    """
    opened: dict[str, Bed] = {}
    problems: list[Problem] = []
    for name, (path, at) in beds.items():
        try:
            opened[name] = open_bed(path, store)
        except MediaError as error:
            if at is None:
                raise BackgroundError(str(error)) from error
            problems.append(Problem(at, str(error)))
    if problems:
        raise ScriptError(problems)
    return opened


def users_own_sound(name: str) -> None:
    """Look at the background that the user names, as far as its sound begins.

    Raises
    ------
    BackgroundError
        If it is not there, or no sound.
    """
    path = media.users_own(name)
    try:
        next(decode(path), None)
    except MediaError as error:
        raise BackgroundError(str(error)) from error


def warnings(beds: Mapping[str, Bed], *, one_channel: bool = False) -> tuple[str, ...]:
    """A sentence for each bed that may be a nuisance; ``one_channel`` is whether a file of one channel is made."""
    found: list[str] = []
    for name, bed in beds.items():
        if bed.balance.cancels and not one_channel:
            found.append(
                f"{printable(name)}: its two sides cancel each other where one loudspeaker plays both, as in phones;"
                " export with --mono, which keeps one side of it, or choose another background"
            )
        if bed.is_heard_again:
            every = f"{bed.length_frames / RATE:.1f} s"
            found.append(f"{printable(name)}: it comes round every {every}, which is heard; choose a longer background")
    return tuple(found)


def recordings(parts: Iterable[Part], store: Store) -> dict[Recording, OpenRecording]:
    """Each recording of the parts, open.

    Raises
    ------
    ScriptError
        With every one that is not there or cannot be read.
    """
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
