"""Child programs: each on its own, with pipes that nobody waits for without a limit, and ended with all it started.

The rule: whatever a child does, the program goes on. A child has a session of its own, so that Ctrl-C reaches only the
program, and everything that the child starts can be killed together; what has left that session is found by the pipe
that it holds (on Linux). A thread a pipe does the reading and writing, because these cannot be given up; it is left
behind where a pipe never ends. This module does not know what the children are for.

Patience is counted in waits, not by the clock: while the program is stopped or the machine sleeps, none is used up.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Final, TypeVar

from player.errors import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import BinaryIO

    Waited = TypeVar("Waited")

_SLICE_S: Final = 0.5
"""After so long without a byte it is looked whether the child has ended, and another process holds its pipe."""
GONE_WITHIN_S: Final = 5.0
"""A killed process is gone in a millisecond, but not while the system holds it, as for a network drive that is away."""
STOPPED_S: Final = 5.0
"""A child that is stopped by a signal for so long is given up, however long it may take otherwise."""
_PIPES_END_WITHIN_S: Final = 0.2
_PIECE: Final = 2**16
_AHEAD: Final = 2
"""Pieces that are read before they are asked for."""
_LAST_WORDS: Final = 4096
_LONGEST_WORDS: Final = 200
_KILLED: Final = 9
_BREATH_S: Final = 0.01
"""Between two looks at what a child says when it has said too much: it gets no more than 6.5 MB/s, and no processor."""
_OTHER_END: Final = {"rb": 0o200, "wb": 0o400}
"""The permission that the other end of a pipe shows on Linux: to write what we read, or to read what we write."""


class StalledError(Exception):
    """A child neither gave nor took anything for as long as it was waited for, or is stopped.

    Attributes
    ----------
    is_stopped
        Whether it was stopped by a signal (SIGSTOP), and stayed so for 5 s.
    """

    def __init__(self, *, is_stopped: bool = False) -> None:
        super().__init__("it was stopped by a signal" if is_stopped else "it stood still")
        self.is_stopped = is_stopped


class ChildProgram:
    """A running child program.

    Parameters
    ----------
    command
        Its command line.
    stdin, stdout
        Whether it gets a pipe there; otherwise it reads nothing, and what it writes is lost.
    piece
        Bytes that `read` gives at once, but for the last; 1 gives them as they come.
    heard
        Bytes that are kept of the beginning of what it says on standard error; of the end, 4096 are.
    env, cwd
        Its environment and its working folder; None is the program's own.

    Raises
    ------
    OSError
        If it cannot be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        stdin: bool = False,
        stdout: bool = False,
        piece: int = 1,
        heard: int = 0,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        kind = {False: subprocess.DEVNULL, True: subprocess.PIPE}
        self._process = subprocess.Popen(
            command,
            stdin=kind[stdin],
            stdout=kind[stdout],
            stderr=subprocess.PIPE,
            bufsize=0,  # so that no lock is held by a thread that is left behind
            env=env,
            cwd=cwd,
            **ON_ITS_OWN,
        )
        self._closed, self._closing, self._stopped_s = False, threading.Lock(), 0.0
        self._complaints = _Complaints(heard)
        self._answers = _Answers(piece)
        self._orders = _Orders()
        works = ((self._process.stderr, self._complaints.work), (self._process.stdout, self._answers.work))
        pairs = [(pipe, work) for pipe, work in (*works, (self._process.stdin, self._orders.work)) if pipe]
        self._pipes = {os.fstat(pipe.fileno()).st_ino: _OTHER_END[pipe.mode] for pipe, _ in pairs}
        self._threads = [
            threading.Thread(target=work, args=(pipe,), name="pipe of a child", daemon=True) for pipe, work in pairs
        ]
        try:
            for thread in self._threads:
                thread.start()
        except BaseException:
            self.end()
            raise

    @property
    def pid(self) -> int:
        """Its number, also that of its session and group."""
        return self._process.pid

    @property
    def code(self) -> int:
        """How it ended: its exit code, or minus the signal; after `end` only, and minus 9 if that was what ended it."""
        code = self._process.returncode
        return -_KILLED if code is None else code

    @property
    def is_over(self) -> bool:
        """Whether `end` was called."""
        return self._closed

    def read(self, within_s: float) -> bytes:
        """The next piece of its output; nothing if there is no more.

        Raises
        ------
        StalledError
            If it does not come within so many seconds.
        BrokenPipeError
            If its pipe cannot be read: there may have been more.
        """
        was_over = False

        def once(seconds: float) -> bytes:
            nonlocal was_over
            try:
                return self._answers.pieces.get(timeout=seconds)
            except queue.Empty:
                if was_over:
                    return b""
                # Something that it started may hold the pipe; and it answers nothing that did not arrive.
                if self._orders.is_broken or self.has_ended():
                    self.end()
                    was_over = True
                raise

        piece = self._patiently(once, within_s)
        if piece:
            self._answers.room.release()
        else:
            self._answers.pieces.put(b"")  # for whoever asks again
            if self._answers.is_broken:
                raise BrokenPipeError
        return piece

    def write(self, data: bytes, within_s: float) -> None:
        """Give it the next bytes, which go while the caller goes on.

        Raises
        ------
        StalledError
            If it does not take those before within so many seconds.
        BrokenPipeError
            If it does not read any more.
        """

        def once(seconds: float) -> None:
            if not self._orders.room.acquire(timeout=seconds):
                if self.has_ended():
                    raise BrokenPipeError
                raise queue.Full

        self._patiently(once, within_s)
        if self._orders.is_broken or self._closed:
            self._orders.room.release()
            raise BrokenPipeError
        self._orders.pieces.put(data)

    def close_input(self) -> None:
        """Let its input end after what was written."""
        self._orders.pieces.put(None)

    def wait(self, within_s: float, progress: Callable[[], object] = lambda: None) -> int:
        """Its exit code, when it ends by itself; then what it started is killed.

        Parameters
        ----------
        progress
            As long as its value changes, the child is waited for.

        Raises
        ------
        StalledError
            If it neither ends nor gets on within so many seconds.
        BrokenPipeError
            If it runs on because its input could not be closed.
        """
        left, seen = within_s, progress()
        while not self.has_ended():
            if self._complaints.is_over.is_set():
                time.sleep(pause := _BREATH_S)
            else:
                self._complaints.is_over.wait(pause := min(_SLICE_S, left))  # it is so at once when it ends
            left -= pause
            if pause == _SLICE_S:
                self._give_up_if_stopped()
            if (now := progress()) != seen:
                left, seen = within_s, now
            elif left <= 0:
                raise StalledError
            if self._orders.is_left_open:
                raise BrokenPipeError
        self.end()
        return self.code

    def has_ended(self) -> bool:
        """Whether it has ended by itself; its number stays its own until `end`."""
        if self._process.returncode is not None or not hasattr(os, "waitid"):
            return self._process.poll() is not None
        try:
            return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        except ChildProcessError:  # it is being waited for in another thread
            return True

    def end(self) -> None:
        """Kill it with everything that it started, and wait until they are gone.

        It takes some seconds at most, may be called from any thread, and more than once.
        """
        with self._closing:
            if self._closed:
                return
            self._closed = True
            _kill_with_children(self._process)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(GONE_WITHIN_S)
            self._answers.close()
            self._orders.close()
            if not self._threads_end():
                for number in _holders(self._pipes):
                    with contextlib.suppress(OSError):
                        os.kill(number, signal.SIGKILL)
                self._threads_end()

    def __del__(self) -> None:
        """End it when nobody holds it any more: its threads would keep it for as long as the program runs."""
        if hasattr(self, "_threads"):
            with contextlib.suppress(Exception):  # an interpreter that ends has no more threads to wait with
                self.end()

    def said(self) -> str:
        """The beginning of what it says on standard error, as far as it is kept."""
        return bytes(self._complaints.first).decode("utf-8", "replace")

    def last_words(self) -> str:
        """The last line of what it said on standard error, fit to be shown; 200 letters at most, and perhaps none."""
        lines = bytes(self._complaints.last).decode("utf-8", "replace").split("\n")
        said = next((line.strip() for line in reversed(lines) if line.strip()), "")
        return printable(said[:_LONGEST_WORDS])

    def _patiently(self, once: Callable[[float], Waited], within_s: float) -> Waited:
        """What comes of waiting once and again, for so many seconds in all."""
        while True:
            try:
                return once(max(0.0, min(_SLICE_S, within_s)))
            except (queue.Empty, queue.Full):
                within_s -= _SLICE_S
                self._give_up_if_stopped()
                if within_s <= 0:
                    raise StalledError from None

    def _give_up_if_stopped(self) -> None:
        self._stopped_s = self._stopped_s + _SLICE_S if is_stopped(self.pid) else 0.0
        if self._stopped_s >= STOPPED_S:
            raise StalledError(is_stopped=True) from None

    def _threads_end(self) -> bool:
        end = time.monotonic() + _PIPES_END_WITHIN_S
        for thread in self._threads:
            if thread.ident:
                thread.join(max(0.0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)


class _Answers:
    """Reads pieces, a few ahead."""

    def __init__(self, piece: int) -> None:
        self.pieces: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.room = threading.Semaphore(_AHEAD)
        self.is_broken = False
        self._piece = piece
        self._closed = False

    def work(self, pipe: BinaryIO) -> None:
        try:
            with pipe:
                while self.room.acquire() and not self._closed and (piece := self._next(pipe)):
                    self.pieces.put(piece)
        except (OSError, MemoryError):
            self.is_broken = True
        finally:
            self.pieces.put(b"")

    def close(self) -> None:
        self._closed = True
        self.room.release()

    def _next(self, pipe: BinaryIO) -> bytes:
        piece = pipe.read(max(_PIECE, self._piece)) or b""
        if len(piece) >= self._piece:
            return piece
        parts, size = [piece], len(piece)
        while size < self._piece and (part := pipe.read(self._piece - size)):
            parts.append(part)
            size += len(part)
        return b"".join(parts)


class _Orders:
    """Writes pieces, one while the next is made."""

    def __init__(self) -> None:
        self.pieces: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.room = threading.Semaphore(1)
        self.is_broken = False
        self.is_left_open = False
        """Whether the pipe could not be closed, so that the child may wait for more."""

    def work(self, pipe: BinaryIO) -> None:
        try:
            with pipe:
                while (piece := self.pieces.get()) is not None:
                    self._write(pipe, memoryview(piece))
                    self.room.release()
        except OSError:
            self.is_left_open = True

    def close(self) -> None:
        self.pieces.put(None)

    def _write(self, pipe: BinaryIO, rest: memoryview) -> None:
        try:
            while rest and not self.is_broken:
                rest = rest[pipe.write(rest) :]
        except OSError:  # it does not read any more
            self.is_broken = True


class _Complaints:
    """Reads what a child says on standard error, so that it never waits; keeps a little of it."""

    def __init__(self, heard: int) -> None:
        self.heard = heard
        self.first, self.last = bytearray(), bytearray()
        self.is_over = threading.Event()

    def work(self, pipe: BinaryIO) -> None:
        said = 0
        with contextlib.suppress(OSError), pipe:
            while piece := pipe.read(_PIECE):
                self.first += piece[: max(0, self.heard - len(self.first))]
                self.last[:] = (self.last + piece)[-_LAST_WORDS:]
                if (said := said + len(piece)) > max(self.heard, 16 * _PIECE):
                    time.sleep(_BREATH_S)
        self.is_over.set()


def _kill_with_children(process: subprocess.Popen[bytes]) -> None:
    """Kill the process before it is waited for: until then no other process can get its number."""
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS raises the latter if it has ended
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def _holders(pipes: Mapping[int, int]) -> set[int]:
    """The other processes that hold the other end of one of these pipes; only Linux tells them."""
    names = {f"pipe:[{inode}]": permission for inode, permission in pipes.items()}
    found = set()
    for number in _numbers("/proc") - {os.getpid()}:
        for descriptor in _numbers(f"/proc/{number}/fd"):
            link = f"/proc/{number}/fd/{descriptor}"
            with contextlib.suppress(OSError):
                if os.lstat(link).st_mode & names.get(os.readlink(link), 0):  # noqa: PTH115  (many, and fast)
                    found.add(number)
    return found


def _numbers(folder: str) -> set[int]:
    with contextlib.suppress(OSError):
        return {int(name) for name in os.listdir(folder) if name.isdigit()}  # noqa: PTH208  (names are all it needs)
    return set()


def is_stopped(pid: int) -> bool:
    """Whether a child of this process is stopped by a signal; where the system does not tell, it is not."""
    if not hasattr(os, "waitid"):
        return False
    with contextlib.suppress(OSError):
        return os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOHANG | os.WNOWAIT) is not None
    return False


def ending(code: int) -> str:
    """How a child ended, in words: ``exit code 3``, or the name of a signal."""
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"


def _on_its_own() -> dict[str, Any]:
    """Options for a process that does not get the terminal's Ctrl-C: only the program gets it."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


ON_ITS_OWN: Final = _on_its_own()
