"""Sinks: they receive the blocks of a programme, into a file or to the loudspeaker.

The rule: a sink is a context manager. At a normal end it closes, which commits what was written; at any exception,
Ctrl-C too, it aborts, and leaves nothing. It does not know where blocks come from.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from pydub import AudioSegment
    from typing_extensions import Self


class Sink(ABC):
    """Receives blocks in the session format, in order."""

    @abstractmethod
    def write(self, segment: AudioSegment) -> None:
        """Take the next block."""

    @abstractmethod
    def close(self) -> None:
        """Commit: what was written is now complete."""

    @abstractmethod
    def abort(self) -> None:
        """Leave nothing. Never raises, and may follow a `close` that failed."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            self.abort()
            return
        try:
            self.close()
        except BaseException:
            self.abort()
            raise
