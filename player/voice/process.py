"""One worker: a child process that answers one line of JSON for each line of JSON.

The rule: a worker that answers late, wrongly or not at all is killed with everything it started, and the caller gets a
`WorkerError`, never an endless wait (tests/voice/test_process.py). It ends by itself when the program does, because its
input ends then. This module does not know what the lines mean.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from player.children import ChildProgram, StalledError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LONGEST_ANSWER: Final = 2**22
_TAKES_WITHIN_S: Final = 1.0
"""The pipe of a new worker has room, so that only a thread of this program is waited for."""
_LEAN: Final = {"MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1"}
"""For glibc: with a heap a thread, a worker held 269 MB while hibari spoke half an hour; with one, 240. For numpy: it
starts a thread a core for products of matrices, which nothing here needs, in 0.12 s of processor on two cores."""


class WorkerError(Exception):
    """The worker cannot be used any more; the message says why."""


class StartError(WorkerError):
    """The worker cannot even be started."""


class Worker:
    """A running worker process.

    Parameters
    ----------
    command
        Its command line.
    setup
        The first message to it, besides the path of the program's modules.

    Raises
    ------
    StartError
        If it cannot be started.
    """

    def __init__(self, command: Sequence[str], setup: Mapping[str, Any] = MappingProxyType({})) -> None:
        try:
            self._child = ChildProgram(command, stdin=True, stdout=True, env={**os.environ, **_LEAN})
        except OSError as error:
            raise StartError(f"it cannot be started ({error.strerror})") from error
        self._rest = bytearray()
        self._write({"path": [str(Path(entry).absolute()) for entry in sys.path], **setup}, 0)

    def tell(self, request: Mapping[str, Any]) -> None:
        """Send a request that has no answer.

        Raises
        ------
        WorkerError
            If the worker does not take it. The worker is then killed.
        """
        try:
            self._write(request, _TAKES_WITHIN_S)
        except StalledError:
            self.kill()
            raise WorkerError("it does not take what it is sent") from None

    def ask(self, request: Mapping[str, Any], timeout_s: float) -> dict[str, Any]:
        """The worker's answer to a request.

        Raises
        ------
        WorkerError
            If there is no proper answer within ``timeout_s`` seconds. The worker is then killed.
        """
        if self._child.is_over:
            raise WorkerError("it died")
        end = time.monotonic() + timeout_s
        try:
            self._write(request, timeout_s)
            line = self._line(end)
        except StalledError as error:
            self.kill()
            why = str(error) if error.is_stopped else f"it did not answer within {timeout_s:.0f} s"
            raise WorkerError(why) from None
        except BrokenPipeError:
            self.kill()
            raise WorkerError("its answer cannot be read") from None
        return self._understood(line)

    def kill(self) -> None:
        """Kill the worker and everything it started. May be called from any thread, and more than once."""
        self._child.end()

    def _write(self, request: Mapping[str, Any], within_s: float) -> None:
        with contextlib.suppress(BrokenPipeError):  # a dead worker is noticed by its missing answer
            self._child.write(json.dumps(request).encode("ascii") + b"\n", within_s)

    def _line(self, end: float) -> bytes:
        """The next line; what there is of it where it does not end, or is longer than any answer."""
        while (size := self._rest.find(b"\n") + 1) == 0 and len(self._rest) < _LONGEST_ANSWER:
            if not (piece := self._child.read(end - time.monotonic())):
                size = len(self._rest)
                break
            self._rest += piece
        size = min(size or _LONGEST_ANSWER, _LONGEST_ANSWER)
        line = bytes(self._rest[:size])
        del self._rest[:size]
        return line

    def _understood(self, line: bytes) -> dict[str, Any]:
        if not line.endswith(b"\n") and len(line) < _LONGEST_ANSWER:
            self.kill()
            complaint = self._child.last_words()
            raise WorkerError(f"it died ({complaint})" if complaint else "it died")
        with contextlib.suppress(ValueError, RecursionError):
            answer = json.loads(line)
            if isinstance(answer, dict):
                return answer
        self.kill()
        raise WorkerError("it answered with garbage")
