"""One worker: a child process that answers one line of JSON for each line of JSON.

The rule: a worker that answers late, wrongly or not at all is killed with everything it started, and whoever asked gets
a `WorkerError`, never a wait without end. The child has a session of its own, so that Ctrl-C reaches only the program,
and ends by itself when the program does, because its input ends then. What the lines mean is not known here.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LONGEST_ANSWER: Final = 2**22
_KEPT_OF_COMPLAINT: Final = 200


class WorkerError(Exception):
    """The worker is of no use any more; the text says in what way."""


class Worker:
    """A running worker process.

    Raises
    ------
    WorkerError
        If it cannot be started.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115  (a pipe that nobody empties would stop the worker)
        self._closing = threading.Lock()
        self._closed = self._late = False
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                **_ON_ITS_OWN,
            )
        except OSError as error:
            self._complaints.close()
            raise WorkerError(f"it cannot be started ({error.strerror})") from error
        self._tell({"path": [str(Path(entry).absolute()) for entry in sys.path]})

    def ask(self, request: Mapping[str, Any], timeout_s: float) -> dict[str, Any]:
        """The worker's answer to a request.

        Raises
        ------
        WorkerError
            If there is no proper answer within ``timeout_s`` seconds. The worker is dead then.
        """
        timer = threading.Timer(timeout_s, self._give_up)
        timer.daemon = True
        timer.start()
        try:
            self._tell(request)
            line = self._read()
        finally:
            timer.cancel()
        if self._late:
            raise WorkerError(f"it did not answer within {timeout_s:.0f} s")
        return self._understood(line)

    def kill(self) -> None:
        """End the worker and everything it started, at once; may be called from any thread, and again."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            _kill_with_children(self._process)
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._complaints):
            if pipe:
                with contextlib.suppress(OSError):  # a request may be left in the buffer
                    pipe.close()

    def _tell(self, request: Mapping[str, Any]) -> None:
        stdin = self._process.stdin
        with contextlib.suppress(OSError, ValueError):  # a dead worker is noticed by its missing answer
            if stdin:
                stdin.write(json.dumps(request).encode("ascii") + b"\n")
                stdin.flush()

    def _read(self) -> bytes:
        stdout = self._process.stdout
        with contextlib.suppress(OSError, ValueError):  # closed by another thread: no answer
            return stdout.readline(_LONGEST_ANSWER) if stdout else b""
        return b""

    def _give_up(self) -> None:
        self._late = True
        self.kill()

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
    """Kill before the process is waited for: until then nobody else can get its number."""
    if sys.platform == "win32":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS forbids it where it is only too late
        os.killpg(process.pid, signal.SIGKILL)


def _on_its_own() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


_ON_ITS_OWN: Final = _on_its_own()
