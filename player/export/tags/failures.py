"""Errors of writing tags, as errors of the file system."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def as_os_errors() -> Iterator[None]:
    """Raise the file system's error in place of mutagen's, which wraps it."""
    from mutagen import MutagenError  # noqa: PLC0415

    try:
        yield
    except MutagenError as error:
        cause = error.args[0] if error.args else None
        raise (cause if isinstance(cause, OSError) else OSError(str(error))) from error
