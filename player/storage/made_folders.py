"""Folders for files that are written below another folder: they appear with the files, or not at all.

The rule: no link is followed on the way, so what is written below a folder is really in it.
"""

from __future__ import annotations

import contextlib
import stat
from typing import TYPE_CHECKING

from player.errors import OutputError, printable
from player.storage.failures import sentences

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path


@contextlib.contextmanager
def folders_of(paths: Collection[Path], below: Path) -> Iterator[None]:
    """Make the folders of files that are written inside; those that were made go again if that fails.

    Raises
    ------
    OutputError
        If a folder cannot be made, or it or a file is a link.
    """
    above = {below, *below.parents}
    made: list[Path] = []
    try:
        for folder in sorted({folder for path in paths for folder in path.parents} - above):
            with sentences(OutputError, "write", folder):
                if not _is_folder(folder):
                    folder.mkdir()
                    made.append(folder)
        _must_be_no_links(paths)
        yield
    except BaseException:
        for folder in reversed(made):
            with contextlib.suppress(OSError):  # it has files of others already
                folder.rmdir()
        raise


def _must_be_no_links(paths: Collection[Path]) -> None:
    for path in paths:
        with sentences(OutputError, "write", path):
            found = path.is_symlink()
        if found:
            raise _is_link(path)


def _is_folder(path: Path) -> bool:
    """Whether it is a folder; False where nothing is."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    if stat.S_ISLNK(found.st_mode):
        raise _is_link(path)
    if not stat.S_ISDIR(found.st_mode):
        raise OutputError(f"cannot write in {printable(str(path))}: it is no folder; choose another folder")
    return True


def _is_link(path: Path) -> OutputError:
    return OutputError(f"cannot write {printable(str(path))}: it is a link to elsewhere; choose another folder")
