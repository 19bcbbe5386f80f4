"""The command that a timer runs at each moment of a schedule, complete and independent of the folder it runs in.

The interpreter and the user's own script, background and takes have absolute paths, and every option of the request is
kept. Pure, except that it looks where files are.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import player
from player.errors import PlayerError
from player.script import library
from player.storage.folders import expanded
from player.units import format_duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from player.pipeline import SessionRequest
    from player.reminders.schedule import Schedule

_SETTINGS: Final = re.compile(r"PLAYER_(?!DEBUG$)[A-Z_]+")
_ODD: Final = re.compile(r"[^A-Za-z0-9_.-]+")


@dataclass(frozen=True)
class ScheduledCommand:
    """A command, and when to run it.

    Attributes
    ----------
    name
        The session's name, in characters that every system allows in a file's name.
    title
        The session's title.
    command
        The command's words.
    folder
        The folder to run it in: the one that holds the package, so that ``-m`` finds no stray file of the user's.
    settings
        The program's own environment variables.
    """

    name: str
    title: str
    command: tuple[str, ...]
    folder: Path
    settings: Mapping[str, str]
    schedule: Schedule


def scheduled_command(
    request: SessionRequest,
    title: str,
    schedule: Schedule,
    when: tuple[str, ...],
    environ: Mapping[str, str] = os.environ,
) -> ScheduledCommand:
    """The command of a request; ``when`` are the schedule's arguments: ``2h``, ``--between``, ``9:00-18:00``.

    Raises
    ------
    UsageError
        If there is no such session.
    """
    source = library.find(request.session)
    session = str(source.path.absolute()) if source.own else source.name
    interval, *options = when
    command = (sys.executable, "-m", "player", "every", interval, *options, *_options(request), session, "--once")
    settings = {name: value for name, value in sorted(environ.items()) if _SETTINGS.fullmatch(name)}
    return ScheduledCommand(
        _safe(source.name), title, command, Path(player.__file__).absolute().parents[1], settings, schedule
    )


def timer_name(session: str) -> str:
    """The name of a session's timer, also where its script is gone or cannot be read."""
    try:
        return _safe(library.find(session).name)
    except PlayerError:
        is_file = session.lower().endswith(library.SCRIPT_ENDINGS)
        return _safe(Path(session).stem if is_file else session)


def _safe(name: str) -> str:
    return _ODD.sub("-", name).strip("-.") or "session"


def _options(request: SessionRequest) -> Iterator[str]:
    for name, value in request.values.items():
        yield from ("-p", f"{name}={value}")
    options = {
        "--voice": request.voice,
        "--rate": request.rate and str(request.rate),
        "--background": request.background and _absolute(request.background),
        "--length": request.length_ms and format_duration(request.length_ms),
        "--outlive": request.outlive_ms and format_duration(request.outlive_ms),
        "--skip": ",".join(request.skip),
        "--intro": request.intro,
        "--seed": None if request.seed is None else str(request.seed),
        "--region": request.region,
        "--guide": request.guide,
        "--bed": None if request.bed_db is None else f"{request.bed_db:g}",
        "--tones": None if request.tones_db is None else f"{request.tones_db:g}",
        "--takes": request.takes and str(expanded(request.takes).absolute()),
    }
    for option, text in options.items():
        if text:
            yield from (option, text)


def _absolute(background: str) -> str:
    path = expanded(background)
    return str(path.absolute()) if path.is_file() else background
