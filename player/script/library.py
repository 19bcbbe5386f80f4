"""Where scripts, sounds and muscle sets are: bundled ones, the user's own, and files that are named by their path.

The rule: a script can name files in its own folder, bundled files, and files in folders that the user allows, and no
others; nothing is ever fetched from a network. Here files are found and read as text, and not understood: neither YAML
nor sound. What fails as the machine does goes through as an `OSError`: it does not mean that there is no such file.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

from player.errors import MediaError, UsageError, printable
from player.script import reach
from player.script.script_file import read_bytes
from player.script.yaml.encoding import decode
from player.script.yaml.scalar_types import shown
from player.script.yaml.suggestions import did_you_mean
from player.storage.failures import pass_on
from player.storage.folders import existing, own_folder
from player.storage.names import safe_stem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

SCRIPT_ENDINGS: Final = reach.SCRIPT_ENDINGS
SOUND_ENDINGS: Final = (".ogg", ".flac", ".wav")
"""Endings of bundled sounds; an author's own may be any file that can be decoded."""

PRONUNCIATIONS: Final = "pronounce.yaml"
ORIGINAL: Final = "en"
"""The language in which sessions are written first; those in others are translations, in a folder of their own."""

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://|data:")
_PATH_SIGNS = ("/", "\\")


@dataclass(frozen=True)
class Source:
    """A script or data file that was found and read.

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
    data
        The file as it is on the disk, such as with a byte order mark; an exported file keeps it.
    """

    name: str
    text: str
    path: Path
    own: bool
    data: bytes = field(default=b"", compare=False, repr=False)


@cache
def bundled(folder: str) -> Path:
    """The bundled ``scripts`` or ``audio``: inside an installed package, beside the package in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "bundled" / folder
    return installed if installed.is_dir() else package.parent / folder


def own_scripts() -> Path:
    """The folder of the user's own scripts, which need not exist; the variable PLAYER_SCRIPTS names another one."""
    return own_folder("PLAYER_SCRIPTS", "data", "scripts")


def session_names(language: str = ORIGINAL) -> tuple[str, ...]:
    """All sessions of a language that can be named without a path: the bundled ones, then the user's own, in order.

    Those in English have plain names, and others the tag of their language before it: ``de/pmr-7``. The user's own
    that lie in no folder of a language are among the plain names.
    """
    folders = (folder if language == ORIGINAL else folder / language for folder in _script_folders())
    prefix = "" if language == ORIGINAL else f"{language}/"
    no_session = Path(PRONUNCIATIONS).stem
    found = (name for folder in folders for name in _files_by_name(folder) if name != no_session)
    return tuple(dict.fromkeys(prefix + name for name in found))


def in_language(name: str, language: str) -> str:
    """The name of a session's translation, where it has one; otherwise the name itself. A path keeps its name.

    With ``en/`` before it, a name always means the original.
    """
    if _is_path(name) or language == ORIGINAL:
        return name
    own = f"{language}/{name}"
    return own if own in session_names(language) else name


def find(name_or_path: str, text: str | None = None) -> Source:
    """The session with this name, or the script at this path. With ``text``, a script without a file, which has it.

    Raises
    ------
    UsageError
        If there is none, or it cannot be read.
    ScriptError
        If it is not UTF-8.
    """
    path = existing(Path(name_or_path))
    if text is not None:
        return Source(path.stem, text, path, own=False, data=text.encode("utf-8", "surrogatepass"))
    if not name_or_path.strip():
        raise UsageError("the session's name is empty; `player list` shows the sessions")
    if found := _first_file(name_or_path, _script_folders()):
        return _read(name_or_path, *found)
    if not _is_path(name_or_path) and not _exists(path):
        if name_or_path in programme_names():
            where = f"`player show {name_or_path}` has its sessions"
            raise UsageError(f"{shown(name_or_path)} is a programme, and this takes one session; {where}")
        hint = did_you_mean(name_or_path, _names_like(name_or_path))
        if _exists(beside := Path(f"{name_or_path}.yaml")):
            hint = f"a file of yours is named with its ending, {shown(str(beside))};"
        raise UsageError(f"there is no session {shown(name_or_path)}; {hint}{' ' * bool(hint)}`player list` shows them")
    return _read(path.stem, path, own=True)


def _names_like(name: str) -> list[str]:
    """What a name may have been meant to be: one with the tag of a language before it, a session in that."""
    tag, slash, _ = name.partition("/")
    if not slash:
        return [*session_names(), *programme_names()]
    return [each if tag != ORIGINAL else f"{ORIGINAL}/{each}" for each in session_names(tag)]


def identity(name_or_path: str) -> str:
    """What a session or programme is called for good: a bundled one's name, the absolute path of the user's own.

    What is not there keeps the name that it is called by. No file is read for it.
    """
    found = _first_file(name_or_path, _script_folders()) or _first_file(name_or_path, _programme_folders())
    path, own = found or (existing(Path(name_or_path)), True)
    if not own:
        return name_or_path.removeprefix(f"{ORIGINAL}/")
    # Not resolved: a script that is a link includes files that are beside the link.
    return os.path.abspath(path) if _exists(path) and not path.is_dir() else name_or_path  # noqa: PTH100


def _first_file(name: str, folders: tuple[Path, Path]) -> tuple[Path, bool] | None:
    """The script of this name in the bundled folder, or else in the user's own, and whether it is the user's.

    A path is no name.
    """
    if _is_path(name):
        return None
    tag, _, plain = unicodedata.normalize("NFC", name).rpartition("/")
    found = (_files_by_name(folder / ("" if tag == ORIGINAL else tag)).get(plain) for folder in folders)
    return next(((path, own) for path, own in zip(found, (False, True), strict=True) if path), None)


def _script_folders() -> tuple[Path, Path]:
    """The bundled sessions, and the user's own."""
    return bundled("scripts"), own_scripts()


def stem(session: str) -> str:
    """What the files that are made of a session are called: its name, or that of its file without folder and ending.

    What some file system cannot hold is replaced: see `safe_stem`.
    """
    path = PurePath(session)
    return safe_stem(path.stem if session.lower().endswith(SCRIPT_ENDINGS) else path.name)


def included(name: str, near: Path) -> Source:
    """The script that another one includes by this name: beside it, or bundled; the ending may be left out.

    Raises
    ------
    UsageError
        With a fragment that fits behind "include", if there is none where a script may reach.
    ScriptError
        If it is not UTF-8.
    """
    if is_address(name):
        raise UsageError(f"{shown(name)} is an address on a network; download it and put it beside the script")
    ours = bundled("scripts")
    try:
        tried = [(existing(folder / each), folder) for folder in (near, ours) for each in reach.with_ending(name)]
        inside = [path for path, folder in tried if reach.is_inside(path, folder)]
        path = next((path for path in inside if path.is_file()), None)
    except (OSError, ValueError, RuntimeError) as error:  # a name that no file system takes, a circle of links
        pass_on(error)
        raise UsageError(f"{shown(name)} is not a name that a file can have") from None
    if path is not None:
        return _read(path.stem, path, own=not reach.is_inside(path, ours))
    if reach.leads_out(name, near):
        remedy = "put the file itself beside the script"
        raise UsageError(f"{shown(name)} {reach.A_LINK_OUT} the script's own folder; {remedy}")
    if not inside:
        raise UsageError(f"{shown(name)} is outside the script's own folder; put the file beside the script")
    meant = f"passages/{name}" if f"passages/{name}" in passages() else name
    hint = did_you_mean(meant, [*_files_by_name(near), *passages(), *session_names()])
    remedy = hint or f"there are {', '.join(passages())}"
    raise UsageError(f"{shown(name)} is neither beside this script nor among the bundled ones; {remedy}")


def passages() -> tuple[str, ...]:
    """The bundled passages, as scripts include them."""
    return tuple(f"passages/{name}" for name in _files_by_name(bundled("scripts") / "passages"))


def programme_names() -> tuple[str, ...]:
    """All programmes that can be named without a path: the bundled ones, then the user's own, each in order."""
    return tuple(dict.fromkeys(name for folder in _programme_folders() for name in _files_by_name(folder)))


def programme(name: str) -> Source | None:
    """The programme with this name; None where there is none, or where a session has the name: that one is meant."""
    found = None if _first_file(name, _script_folders()) else _first_file(name, _programme_folders())
    return _read(name, *found) if found else None


def _programme_folders() -> tuple[Path, Path]:
    return bundled("scripts") / "programmes", own_scripts() / "programmes"


def beside(name: str, near: Path) -> Source | None:
    """The script of this name in a folder or below it, the ending may be left out; None where there is none."""
    try:
        inside = (existing(near / each) for each in reach.with_ending(name) if reach.is_inside(near / each, near))
        path = next((path for path in inside if path.is_file()), None)
    except (OSError, ValueError, RuntimeError) as error:  # a name that no file system takes, a circle of links
        pass_on(error)
        return None
    return _read(path.stem, path, own=True) if path else None


def names_beside(near: Path) -> tuple[str, ...]:
    """The names of the scripts in a folder, in order."""
    return tuple(_files_by_name(near))


def _is_path(name: str) -> bool:
    """Whether it is no name of a session: names may have the tag of a language before them, as in ``de/pmr-7``."""
    tag, _, plain = name.partition("/")
    if plain and tag in languages():
        name = plain
    return any(sign in name for sign in _PATH_SIGNS) or name.lower().endswith(SCRIPT_ENDINGS)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError) as error:  # a name that no file system takes
        pass_on(error)
        return False


def _files_by_name(folder: Path, endings: Iterable[str] = SCRIPT_ENDINGS) -> dict[str, Path]:
    """The scripts of a folder by their names without ending, in order; nothing where there is no such folder."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in endings)
    except OSError as error:
        pass_on(error)
        return {}
    files = (path for path in paths if not path.name.startswith(".") and path.is_file())
    return {unicodedata.normalize("NFC", path.stem): path for path in files}


def _read(name: str, path: Path, own: bool) -> Source:  # noqa: FBT001 (what the functions above found)
    try:
        data = read_bytes(path)
    except FileNotFoundError:
        hint = f", or leave out {path.suffix} for the session" if path.stem in session_names() else ""
        raise UsageError(f"there is no file {printable(str(path))}; look at its name and folder{hint}") from None
    return Source(name, decode(data, str(path)), path, own, data)


def sounds() -> tuple[str, ...]:
    """The names of the bundled sound files."""
    return tuple(_files_by_name(bundled("audio"), SOUND_ENDINGS))


def is_address(name: str) -> bool:
    """Whether a name is an address on a network, from which nothing is ever fetched."""
    return _URL.match(name) is not None


def second_loop(path: Path) -> Path | None:
    """The file that sounds together with a bundled sound, so that it does not come round; None for any other file."""
    folder = bundled("audio")
    second = folder / "second" / path.name
    return second if path.parent == folder and second.is_file() else None


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
    if is_address(name):
        raise MediaError(f"sound {shown(name)} is an address on a network; download it and put it beside the script")
    if path := _files_by_name(bundled("audio"), SOUND_ENDINGS).get(name):
        return path
    return _reachable(name, (near, *allowed), others)


def _reachable(name: str, folders: tuple[Path, ...], others: Collection[str]) -> Path:
    try:
        found = [existing(folder / name).resolve() for folder in folders]
        inside = [path for path in found if any(path.is_relative_to(folder.resolve()) for folder in folders)]
        file = next((path for path in inside if path.is_file()), None)
    except (OSError, ValueError, RuntimeError) as error:  # a name that no file system takes, a circle of links
        pass_on(error)
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


def regions() -> tuple[str, ...]:
    """The codes of the countries of which numbers for help are known, in order."""
    return tuple(_files_by_name(bundled("scripts") / "regions"))


def region(code: str) -> Source:
    """The numbers for help of a country.

    Raises
    ------
    UsageError
        If there is no file of it, or it cannot be read.
    """
    return _read(code, bundled("scripts") / "regions" / f"{code}.yaml", own=False)


def languages() -> tuple[str, ...]:
    """The tags of the languages whose words are known: the bundled ones, then the user's own."""
    return tuple(dict.fromkeys(tag for folder in _language_folders() for tag in _languages_in(folder)))


@cache
def _languages_in(folder: Path) -> tuple[str, ...]:
    """Looked for once, as every breath and sentence asks for its language: 0.4 s of the 2.9 s of `player list`."""
    return tuple(_files_by_name(folder))


def language(tag: str) -> Source:
    """The words of a language: the bundled ones, or else the user's own.

    Raises
    ------
    UsageError
        If it cannot be read.
    """
    ours, own = (_files_by_name(folder) for folder in _language_folders())
    path = ours.get(tag) or own.get(tag) or Path(f"{tag}.yaml")
    return _read(tag, path, own=tag not in ours)


def _language_folders() -> tuple[Path, Path]:
    return bundled("scripts") / "languages", own_scripts() / "languages"


def pronunciations() -> Source | None:
    """The user's file ``pronounce.yaml``, which lies among the user's scripts; None where there is none."""
    path = own_scripts() / PRONUNCIATIONS
    return _read(path.stem, path, own=True) if path.is_file() else None


def own_data() -> list[Path]:
    """The files of the user's own that any session may need, besides scripts and sounds; they are few and small."""
    sets = [path for path, own in _muscle_files().values() if own]
    words = _files_by_name(own_scripts() / "languages").values()
    said = own_scripts() / PRONUNCIATIONS
    return [*sets, *words, *([said] if said.is_file() else [])]


def _in_each_language(folder: Path, below: str = ".") -> dict[str, Path]:
    """The scripts of a folder by name, and behind them those of its folder of each language, such as ``de/pmr-7``."""
    found = _files_by_name(folder / below)
    for tag in languages():
        found |= {f"{tag}/{name}": path for name, path in _files_by_name(folder / tag / below).items()}
    return found


def text_hash(text: str) -> str:
    """Twelve figures of a text's SHA-256, by which a translation knows the original that it was made from."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def muscle_sets(*, own: bool = True) -> tuple[str, ...]:
    """The names of the muscle sets in all languages: the bundled ones, then the user's own if they are wanted."""
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
        plain = ", ".join(each for each in files if "/" not in each)
        raise ValueError(f"must be one of {plain}, not {shown(name)}" + (f"; {hint}" if hint else ""))
    return _read(name, *files[name])


def _muscle_files() -> dict[str, tuple[Path, bool]]:
    found: dict[str, tuple[Path, bool]] = {}
    for folder, own in zip(_script_folders(), (False, True), strict=True):
        for name, path in _in_each_language(folder, "muscles").items():
            found.setdefault(name, (path, own))
    return found
