"""A session's picture as a file, whole or not at all.

The rule: an unknown ending, a file that is there already, and a missing matplotlib are reported before any work is
done. matplotlib takes half a second to load, so this module is loaded only where a picture is asked for. It leaves
nothing on the machine but the picture.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from player.errors import OutputError, UsageError, printable
from player.picture.page import compose
from player.storage.atomic import NewFile, must_be_free
from player.storage.failures import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from player.picture.marks import About
    from player.timeline.model import Timeline

ENDINGS: Final = (".png", ".svg")
INSTALL: Final = "pip install matplotlib"


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let matplotlib load with a folder of its own, which is removed again, and without a look at the system's fonts.

    Left alone, it runs fc-list, and keeps a list of all fonts in the home folder (found by strace). The pictures use
    none but its own. This costs 0.1 s a picture, and saves 0.7 s at the first.
    """
    with tempfile.TemporaryDirectory(prefix="player-picture-", ignore_cleanup_errors=True) as folder:
        own = {"MPLCONFIGDIR": folder, "MPL_IGNORE_SYSTEM_FONTS": "1"}
        before = {name: os.environ.get(name) for name in own}
        os.environ.update(own)
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})


renderer: ModuleType | None
try:
    with _undisturbed():
        from player.picture import renderer
except ImportError:  # matplotlib is an extra
    renderer = None


def must_be_drawable(target: Path, *, force: bool = False) -> None:
    """Refuse a target that cannot be drawn.

    Raises
    ------
    UsageError
        If the file's ending is none of `ENDINGS`, or the file is there already, without ``force``.
    OutputError
        If it is no file, or matplotlib is not installed.
    """
    if target.suffix.lower() not in ENDINGS:
        raise UsageError(
            f"a picture ends in {' or '.join(ENDINGS)}, not {printable(target.name)!r}; choose one of them"
        )
    must_be_free(target, force=force)
    _renderer()


def draw(timeline: Timeline, about: About, target: Path, *, force: bool = False) -> None:
    """Draw a session into a file: ``.png``, 1800 pixels wide, or ``.svg``.

    Raises
    ------
    UsageError, OutputError
        As `must_be_drawable`, and if it cannot be written.
    """
    must_be_drawable(target, force=force)
    renderer = _renderer()
    page = compose(timeline, about, renderer.measure)
    data = renderer.svg(page) if target.suffix.lower() == ".svg" else renderer.png(page)
    file = NewFile(target, force=force)
    try:
        with sentences(OutputError, "write", target):
            file.part.write_bytes(data)
        file.commit()
    except BaseException:
        file.discard()
        raise


def _renderer() -> ModuleType:
    if renderer is None:
        raise OutputError(f"matplotlib, which draws pictures, is not installed; install it with: {INSTALL}")
    return renderer
