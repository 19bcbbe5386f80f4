"""Where scripts, sounds and muscle sets are: bundled ones, the user's own, and files that are named by their path.

The rule: a script reaches no file but those in its own folder, the bundled ones and those in folders that the user
names; nothing is ever fetched from a network. It knows no YAML and no audio: it finds files and hands out their text.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

from player.errors import MediaError, UsageError, printable
from player.script.yaml.encoding import LARGEST, decode
from player.script.yaml.scalar_types import shown
from player.script.yaml.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

SCRIPT_ENDINGS: Final = (".yaml", ".yml")
SOUND_ENDINGS: Final = (".ogg", ".flac", ".wav")
"""Endings of bundled sounds; an author's own may be any file that can be decoded."""

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://|data:")
_PATH_SIGNS = ("/", "\\")


@dataclass(frozen=True)
class Source:
    """A script or data file that was found.

    Attributes
    ----------
    name
        Without folder and ending; results are named after it.
    text
        The whole text.
    path
        The file, for messages and for files beside it.
    own
        It is the user's, not a bundled one.
    """

    name: str
    text: str
    path: Path
    own: bool


def bundled(folder: str) -> Path:
    """The bundled ``scripts`` or ``audio``: inside an installed package, beside the package in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "bundled" / folder
    return installed if installed.is_dir() else package.parent / folder


def own_scripts() -> Path:
    """The folder of the user's own scripts, which need not exist; the variable PLAYER_SCRIPTS names another one."""
    if named := os.environ.get("PLAYER_SCRIPTS"):
        return Path(named)
    import platformdirs  # noqa: PLC0415 (not needed for bundled sessions)

    return Path(platformdirs.user_data_dir("player", appauthor=False)) / "scripts"


def session_names() -> tuple[str, ...]:
    """All sessions that can be named without a path: the bundled ones, then the user's own, each in order."""
    own, ours = _named(own_scripts(), SCRIPT_ENDINGS), _named(bundled("scripts"), SCRIPT_ENDINGS)
    return tuple(dict.fromkeys([*ours, *own]))


def find(name_or_path: str, text: str | None = None) -> Source:
    """The session with this name, or the script with this path; or, with ``text``, a script without a file.

    Raises
    ------
    UsageError
        If there is none, or it cannot be read.
    ScriptError
        If it is not UTF-8.
    """
    if text is not None:
        return Source(Path(name_or_path).stem, text, Path(name_or_path), own=False)
    if not _is_path(name_or_path):
        for folder, own in ((bundled("scripts"), False), (own_scripts(), True)):
            if path := _named(folder, SCRIPT_ENDINGS).get(name_or_path):
                return Source(name_or_path, _text(path), path, own)
        if not _exists(Path(name_or_path)):
            hint = did_you_mean(name_or_path, [*session_names(), *programme_names()])
            text = f"there is no session {shown(name_or_path)}; {hint + ' ' if hint else ''}`player list` shows them"
            raise UsageError(text)
    path = Path(name_or_path)
    return Source(path.stem, _text(path), path, own=True)


def stem(session: str) -> str:
    """The stem of files made of a session: its name, or that of its file without folder and ending."""
    path = PurePath(session)
    return path.stem if session.lower().endswith(SCRIPT_ENDINGS) else path.name


def included(name: str, near: Path) -> Source:
    """The script that another one includes by this name: beside it, or bundled; the ending may be left out.

    Raises
    ------
    UsageError
        With a fragment that fits behind "include", if there is none where a script may reach.
    ScriptError
        If it is not UTF-8.
    """
    if _URL.match(name):
        raise UsageError(f"{shown(name)} is an address on a network; download it and put it beside the script")
    names = [name] if name.lower().endswith(SCRIPT_ENDINGS) else [name + ending for ending in SCRIPT_ENDINGS]
    ours = bundled("scripts")
    try:
        inside = [folder / each for folder in (near, ours) for each in names if _is_inside(folder / each, folder)]
        path = next((path for path in inside if path.is_file()), None)
    except (OSError, ValueError, RuntimeError):  # a name that no file system takes, a circle of links
        raise UsageError(f"{shown(name)} is not a name that a file can have") from None
    if path is not None:
        return Source(path.stem, _text(path), path, own=not _is_inside(path, ours))
    if not inside:
        raise UsageError(f"{shown(name)} is outside the script's own folder; put the file beside the script")
    meant = f"passages/{name}" if f"passages/{name}" in passages() else name
    hint = did_you_mean(meant, [*_named(near, SCRIPT_ENDINGS), *passages(), *session_names()])
    remedy = hint or f"there are {', '.join(passages())}"
    raise UsageError(f"{shown(name)} is neither beside this script nor among the bundled ones; {remedy}")


def _is_inside(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def passages() -> tuple[str, ...]:
    """The bundled passages, as scripts include them."""
    return tuple(f"passages/{name}" for name in _named(bundled("scripts") / "passages", SCRIPT_ENDINGS))


def programme_names() -> tuple[str, ...]:
    """All programmes that can be named without a path: the bundled ones, then the user's own, each in order."""
    return tuple(dict.fromkeys(name for folder in _programme_folders() for name in _named(folder, SCRIPT_ENDINGS)))


def programme(name: str) -> Source | None:
    """The programme with this name; None where there is none, or where a session has the name: that one is meant."""
    if _is_path(name) or name in session_names():
        return None
    folders = _programme_folders()
    found = ((_named(folder, SCRIPT_ENDINGS).get(name), folder) for folder in folders)
    return next((Source(name, _text(path), path, folder != folders[0]) for path, folder in found if path), None)


def _programme_folders() -> tuple[Path, Path]:
    return bundled("scripts") / "programmes", own_scripts() / "programmes"


def beside(name: str, near: Path) -> Source | None:
    """The script of this name in a folder or below it, the ending may be left out; None where there is none."""
    names = [name] if name.lower().endswith(SCRIPT_ENDINGS) else [name + ending for ending in SCRIPT_ENDINGS]
    try:
        inside = (near / each for each in names if _is_inside(near / each, near))
        path = next((path for path in inside if path.is_file()), None)
    except (OSError, ValueError, RuntimeError):  # a name that no file system takes, a circle of links
        return None
    return Source(path.stem, _text(path), path, own=True) if path else None


def names_beside(near: Path) -> tuple[str, ...]:
    """The names of the scripts in a folder, in order."""
    return tuple(_named(near, SCRIPT_ENDINGS))


def _is_path(name: str) -> bool:
    return any(sign in name for sign in _PATH_SIGNS) or name.lower().endswith(SCRIPT_ENDINGS)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that no file system takes
        return False


def _named(folder: Path, endings: Iterable[str]) -> dict[str, Path]:
    """The files of a folder by their names without ending, in order; nothing where there is no such folder."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in endings)
    except OSError:
        return {}
    return {path.stem: path for path in paths if not path.name.startswith(".") and path.is_file()}


def _text(path: Path) -> str:
    shown_path = printable(str(path))
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 4)  # a little more than allowed shows that it is too large
    except IsADirectoryError:
        raise UsageError(f"{shown_path} is a folder; name a script in it") from None
    except FileNotFoundError:
        raise UsageError(f"{shown_path} is not there; `player list` shows the sessions that have names") from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        if path.is_dir():  # Windows reports a permission error
            reason = "it is a folder"
        raise UsageError(f"{shown_path} cannot be read: {reason}") from error
    return decode(data, str(path))


def sounds() -> tuple[str, ...]:
    """The names of the bundled sound files."""
    return tuple(_named(bundled("audio"), SOUND_ENDINGS))


def sound_file(name: str, near: Path, allowed: tuple[Path, ...] = (), others: Collection[str] = ()) -> Path:
    """The sound file that a script means by a name.

    Parameters
    ----------
    name
        A bundled sound, or a path; relative paths begin in ``near``.
    near
        The script's own folder.
    allowed
        More folders from which files may come.
    others
        Names that are sounds without being files, for suggestions.

    Raises
    ------
    MediaError
        If there is no such file, or it lies where a script may not reach.
    """
    if _URL.match(name):
        raise MediaError(f"sound {shown(name)} is an address on a network; download it and put it beside the script")
    if path := _named(bundled("audio"), SOUND_ENDINGS).get(name):
        return path
    return _reachable(name, (near, *allowed), others)


def _reachable(name: str, folders: tuple[Path, ...], others: Collection[str]) -> Path:
    try:
        found = [(folder / name).resolve() for folder in folders]
        inside = [path for path in found if any(path.is_relative_to(folder.resolve()) for folder in folders)]
        file = next((path for path in inside if path.is_file()), None)
    except (OSError, ValueError, RuntimeError):  # a name that no file system takes, a circle of links
        raise MediaError(f"sound {shown(name)} is not a name that a file can have") from None
    if file is not None:
        return file
    if not inside:
        raise MediaError(f"sound {shown(name)} is outside the script's own folder; put the file beside the script")
    if any(sign in name for sign in (*_PATH_SIGNS, ".")):
        raise MediaError(f"there is no sound file {shown(name)} in the script's own folder")
    known = sorted({*sounds(), *others})
    raise MediaError(f"there is no sound {shown(name)}; {did_you_mean(name, known) or _choice(known)}")


def _choice(known: list[str]) -> str:
    return f"there are {', '.join(known)}" if known else "name a file beside the script"


def muscle_sets(*, own: bool = True) -> tuple[str, ...]:
    """The names of the muscle sets: the bundled ones, then the user's own if they are wanted."""
    return tuple(name for name, (_, is_own) in _muscle_files().items() if own or not is_own)


def muscle_set(name: str) -> Source:
    """The muscle set with this name.

    Raises
    ------
    ValueError
        If there is none, with a fragment that fits behind a field's name.
    UsageError, ScriptError
        If its file cannot be read.
    """
    files = _muscle_files()
    if name not in files:
        hint = did_you_mean(name, files)
        raise ValueError(f"must be one of {', '.join(files)}, not {shown(name)}" + (f"; {hint}" if hint else ""))
    path, own = files[name]
    return Source(name, _text(path), path, own)


def _muscle_files() -> dict[str, tuple[Path, bool]]:
    ours = {name: (path, False) for name, path in _named(bundled("scripts") / "muscles", SCRIPT_ENDINGS).items()}
    own = {name: (path, True) for name, path in _named(own_scripts() / "muscles", SCRIPT_ENDINGS).items()}
    return ours | {name: found for name, found in own.items() if name not in ours}
