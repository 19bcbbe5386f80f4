"""Watching: which files a script is made of, and when one of them has been saved.

The rule: every file beside the script that one of its values may name is watched, with or without a script's ending,
whether it exists or not; so nothing here needs to know which steps name files. Files are not read: a save is a change
of time, size or identity, as some editors write a new file and give it the old one's name.
"""

from __future__ import annotations

import os
import re
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from player.errors import PlayerError
from player.script import library
from player.script.yaml import reader
from player.script.yaml.nodes import Mapping, Scalar
from player.storage.folders import expanded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from player.script.yaml.nodes import Node

EVERY_S: Final = 0.3
"""Between two polls; polling a script and its ten files takes a tenth of a millisecond."""
SETTLED_S: Final = 0.05
"""Files that have not changed for this long are saved whole."""
MOST_POLLS: Final = 20
"""Polls, `SETTLED_S` apart, before a file counts as removed: some editors remove it first when they save."""
MOST_FILES: Final = 1000

_NAME = re.compile(r"[^\s:*?\"<>|$]{1,120}")
"""A value that could be the name of a file that is not there yet; longer texts are names only if a file has them."""
_LONGEST: Final = 250

Snapshot = dict[str, tuple[int, int, int] | None]
"""File to its time of change in ns, size and identity; None where there is none."""


def rounds(
    names: Sequence[str], sleep: Callable[[float], None] = time.sleep, beside: str | None = None
) -> Iterator[list[str]]:
    """All scripts first; then, without end, those of which a file was saved, as soon as it was.

    Parameters
    ----------
    names
        Sessions or paths, as a user names them.
    beside
        A folder with files that belong to each of them.
    """
    seen = {name: snapshot([*files_of(name), *_inside(beside)]) for name in names}
    yield list(seen)
    while True:
        sleep(EVERY_S)
        changed = [name for name, before in seen.items() if snapshot(before) != before]
        for name in changed:
            seen[name] = _settled(name, seen[name], sleep, beside)
        if changed:
            yield changed


def _inside(folder: str | None) -> list[str]:
    """A folder, whose time changes with new files, and the files in it."""
    if folder is None:
        return []
    path = expanded(folder)
    try:
        return [str(path), *map(str, islice(path.iterdir(), MOST_FILES))]
    except OSError:  # checking the scripts gives the reason
        return [str(path)]


def _settled(name: str, before: Snapshot, sleep: Callable[[float], None], beside: str | None) -> Snapshot:
    """The files once they stay the same; one that was there and is gone gets a while to come back."""
    now = snapshot(before)
    for _ in range(MOST_POLLS):
        sleep(SETTLED_S)
        last, now = now, snapshot(before)
        if last == now and not any(before[file] and not now[file] for file in before):
            break
    return snapshot([*files_of(name, list(before)), *_inside(beside)])


def snapshot(files: Sequence[str] | Snapshot) -> Snapshot:
    """The state of the files, without reading them."""
    return {file: _file_state(file) for file in files}


def _file_state(file: str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(file)  # noqa: PTH116 (a `Path` would take three times as long)
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def files_of(name: str, known: Sequence[str] = ()) -> list[str]:
    """The files of a script; ``known`` are those of before, which it keeps while it cannot be read."""
    script = _script(name)
    found = {str(script): None}
    waiting = [script]
    while waiting and len(found) < MOST_FILES:
        try:
            root, _ = reader.compose((path := waiting.pop()).read_bytes(), "")
        except (OSError, PlayerError):
            found |= dict.fromkeys(known)
            continue
        for file in _named(root, path.parent):
            if file not in found and file.lower().endswith(library.SCRIPT_ENDINGS):
                waiting.append(Path(file))
            found.setdefault(file)
    return list(found)


def _script(name: str) -> Path:
    try:
        return (library.programme(name) or library.find(name)).path
    except PlayerError:
        return Path(name)


def _named(root: Node, folder: Path) -> Iterator[str]:
    """The files beside a script that its values may name."""
    for text in dict.fromkeys(_texts(root)):
        for ending in ("", *library.SCRIPT_ENDINGS):
            file = str(folder / (text + ending))
            if _NAME.fullmatch(text) or _file_state(file):
                yield file


def _texts(node: Node) -> Iterator[str]:
    if isinstance(node, Scalar):
        if node.text and len(node.text) <= _LONGEST and "\n" not in node.text:
            yield node.text
        return
    for each in (value for _, value in node.pairs) if isinstance(node, Mapping) else node.items:
        yield from _texts(each)
