"""One worker: a child process that answers one line of JSON for each line of JSON.

The rule: a worker that answers late, wrongly or not at all is killed with everything it started, and the caller gets a
`WorkerError`, never an endless wait (tests/voice/test_process.py). The child has a session of its own, so that Ctrl-C
reaches only the program. It ends by itself when the program does, because its input ends then. This module does not
know what the lines mean.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_LONGEST_ANSWER: Final = 2**22
_LEAN: Final = {"MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1"}
"""For glibc: with a heap a thread, a worker held 269 MB while hibari spoke half an hour; with one, 240. For numpy: it
starts a thread a core for products of matrices, which nothing here needs, in 0.12 s of processor on two cores."""
_KEPT_OF_COMPLAINT: Final = 200
_LISTENS_ON_S: Final = 1.0  # after the end, for the case that an escaped process still holds the pipe


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
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115  (a full pipe would stop the worker)
        self._closing = threading.Lock()
        self._closed = False
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                env={**os.environ, **_LEAN},
                **_ON_ITS_OWN,
            )
        except OSError as error:
            self._complaints.close()
            raise StartError(f"it cannot be started ({error.strerror})") from error
        self._lines: queue.Queue[bytes] = queue.Queue()
        self._listener = threading.Thread(target=self._listen, name="worker's answers", daemon=True)
        self._listener.start()
        self._tell({"path": [str(Path(entry).absolute()) for entry in sys.path], **setup})

    def ask(self, request: Mapping[str, Any], timeout_s: float) -> dict[str, Any]:
        """The worker's answer to a request.

        Raises
        ------
        WorkerError
            If there is no proper answer within ``timeout_s`` seconds. The worker is then killed.
        """
        if self._closed:
            raise WorkerError("it died")
        with self._killed_after(timeout_s):  # a long request waits for the worker to read it
            self._tell(request)
        try:
            line = self._lines.get(timeout=timeout_s)
        except queue.Empty:
            self.kill()
            raise WorkerError(f"it did not answer within {timeout_s:.0f} s") from None
        return self._understood(line)

    def kill(self) -> None:
        """Kill the worker and everything it started. May be called from any thread, and more than once."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            _kill_with_children(self._process)
            self._process.wait()
            self._listener.join(_LISTENS_ON_S)
            self._complaints.close()
            with contextlib.suppress(OSError):  # a request may be left in the buffer
                if self._process.stdin:
                    self._process.stdin.close()

    @contextlib.contextmanager
    def _killed_after(self, seconds: float) -> Iterator[None]:
        timer = threading.Timer(seconds, self.kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _tell(self, request: Mapping[str, Any]) -> None:
        with contextlib.suppress(OSError, ValueError):  # a dead worker is noticed by its missing answer
            if stdin := self._process.stdin:
                stdin.write(json.dumps(request).encode("ascii") + b"\n")
                stdin.flush()

    def _listen(self) -> None:
        """Pass on each line, then nothing. It is not the caller who reads, because reading cannot be given up."""
        stdout = self._process.stdout
        while stdout and (line := stdout.readline(_LONGEST_ANSWER)):
            self._lines.put(line)
        if stdout:
            stdout.close()
        self._lines.put(b"")

    def _understood(self, line: bytes) -> dict[str, Any]:
        if not line.endswith(b"\n") and len(line) < _LONGEST_ANSWER:
            complaint = self._last_complaint()
            self.kill()
            raise WorkerError(f"it died{complaint}")
        with contextlib.suppress(ValueError):
            answer = json.loads(line)
            if isinstance(answer, dict):
                return answer
        self.kill()
        raise WorkerError("it answered with garbage")

    def _last_complaint(self) -> str:
        with contextlib.suppress(OSError, ValueError):
            self._complaints.seek(0)
            lines = self._complaints.read().decode("utf-8", "replace").split("\n")
            said = next((line.strip() for line in reversed(lines) if line.strip()), "")
            return f" ({said[:_KEPT_OF_COMPLAINT]})" if said else ""
        return ""


def _kill_with_children(process: subprocess.Popen[bytes]) -> None:
    """Kill the process before it is waited for: until then no other process can get its number."""
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS raises the latter if it has ended
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def _on_its_own() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


_ON_ITS_OWN: Final = _on_its_own()
