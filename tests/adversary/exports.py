"""Small whole exports of the program, in a process that something is done to; and what must hold afterwards.

The rule: whatever was done, an export leaves each file whole, old or absent, and no process; and the next one makes the
right files and leaves nothing else. The right files are those of a program that nothing was done to. It does not know
what is done: ``faults.py`` lets system calls fail, and ``kills.py`` kills.

A program that is attacked is a copy of this process that has the modules loaded already. It does what an export does,
and its system calls are the export's own: no module is read from a file any more, but in the processes that it starts.
Linux only.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import faulthandler
import importlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import weakref
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NoReturn

import numpy as np
import soundfile

from player.cli import main
from player.sound.kinds import fits
from player.storage import upkeep
from player.units import RATE

FORMS: Final = ("mp3", "wav", "flac", "ogg", "opus", "m4a")
ANSWERS_WITHIN_S: Final = 10.0
"""Seconds that a program may be idle in all: see `Watch`."""
GONE_WITHIN_S: Final = 5.0
"""What an export started has ended so long after it; as above."""

_SCRIPT: Final = """\
title: Attacked
background: {{sound: noise.wav}}
steps:
  - section: One
  - say: {words}
    for: 2s
  - section: Two
  - chime: bell
  - breathe: {{in: 1s, out: 1s, cycles: 1}}
"""
_SCRIPTS: Final = {"attacked.yaml": "Sit down.", "other.yaml": "Let go."}
_VOICE: Final = ("--voice", "gmw/en")
_OLD: Final = b"an earlier file"
_LOADED: Final = """\
import sys, atexit
atexit.register(lambda: open({told!r}, "w").write("\\n".join(sys.modules)))
from player.cli import main
main()
"""
_SUBREAPER: Final = 36  # PR_SET_CHILD_SUBREAPER: who was started by what has ended becomes a child of this process
_TRACER, _ANYBODY = 0x59616D61, 2**64 - 1  # PR_SET_PTRACER, for systems where only a parent may trace
_MOST_FILES: Final = 256
_LOOK_EVERY_S, _LOOK_AT_ALL_EVERY_S = 0.005, 0.1
_BUSY: Final = {"R", "D"}  # in proc(5)


@dataclass(frozen=True)
class Case:
    """An export: its words behind ``player``, and what is there before.

    Attributes
    ----------
    words
        The files go to the folder ``out``.
    is_warm
        Whether the store has all that is needed, or nothing.
    has_old
        Whether each file is there already, with another content, and may be overwritten.
    """

    name: str
    words: tuple[str, ...]
    is_warm: bool = False
    has_old: bool = False

    def __str__(self) -> str:
        return f"{self.name} {'warm' if self.is_warm else 'cold'}{' over old' if self.has_old else ''}"

    def with_(self, *, is_warm: bool, has_old: bool) -> Case:
        """The same export in another place."""
        return replace(self, is_warm=is_warm, has_old=has_old)


def one(form: str) -> Case:
    """The export of one file, with an empty store."""
    return Case(form, ("../attacked.yaml", "-o", f"out/attacked.{form}"))


@dataclass(frozen=True)
class End:
    """How a program ended: its exit code (None if it had to be killed), its words, and the seconds on the clock."""

    code: int | None
    said: str
    seconds: float


class Exports:
    """Exports in a folder, each with what is right.

    Raises
    ------
    RuntimeError
        If one fails to which nothing is done.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trial = folder / "trial"
        self._right: dict[tuple[str, ...], dict[str, bytes]] = {}
        self._seconds: dict[Case, float] = {}
        noise = np.random.default_rng(1).normal(0, 0.1, (RATE * 4, 2))
        soundfile.write(folder / "noise.wav", noise, RATE)
        for name, words in _SCRIPTS.items():
            (folder / name).write_text(_SCRIPT.format(words=words))

    def right(self, case: Case) -> dict[str, bytes]:
        """The files that the export makes if nothing is done to it, by their names."""
        if case.words not in self._right:
            self._lay(is_warm=bool(self._right), old=())
            told = self.folder / "modules.txt"
            words = (sys.executable, "-c", _LOADED.format(told=str(told)), "export", *case.words, *_VOICE)
            done = subprocess.run(words, cwd=self.trial, env=self._environment(), capture_output=True, check=False)
            if done.returncode:
                raise RuntimeError(done.stderr.decode())
            self._right[case.words] = _contents(self.trial / "out")
            shutil.rmtree(self.folder / "warm", ignore_errors=True)
            (self.trial / "store").rename(self.folder / "warm")
            _load(told.read_text().split())
        return self._right[case.words]

    def seconds(self, case: Case) -> float:
        """How long the export takes on the clock if nothing is done to it."""
        if case not in self._seconds:
            self.lay(case)
            self._seconds[case] = self.end(self.start(case), 6 * ANSWERS_WITHIN_S).seconds
        return self._seconds[case]

    def lay(self, case: Case) -> None:
        """Make the trial's folder as the export finds it."""
        names = self.right(case)
        self._lay(is_warm=case.is_warm, old=names if case.has_old else ())

    def _lay(self, *, is_warm: bool, old: tuple[str, ...] | dict[str, bytes]) -> None:
        shutil.rmtree(self.trial, ignore_errors=True)
        for name in ("out", "tmp"):
            (self.trial / name).mkdir(parents=True)
        if is_warm:
            shutil.copytree(self.folder / "warm", self.trial / "store")
            (self.trial / "store").chmod(0o700)
        for name in old:
            (self.trial / "out" / name).write_bytes(_OLD)

    def _environment(self) -> dict[str, str]:
        names = {"PLAYER_STORE": "store", "PLAYER_VOICES": "voices", "PLAYER_DIARY": "diary", "TMPDIR": "tmp"}
        own = {variable: str(self.trial / name) for variable, name in names.items()}
        return {**os.environ, **own, "HOME": str(self.trial / "home"), "NO_COLOR": "1"}

    def start(self, case: Case, *, waits: bool = False) -> int:
        """Start the export; its process, which has begun. If it ``waits``, it goes on at SIGUSR1."""
        _libc().prctl(_SUBREAPER, 1, 0, 0, 0)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
        sys.stdout.flush()
        sys.stderr.flush()
        reading, writing = os.pipe()
        if pid := os.fork():
            os.close(writing)
            os.read(reading, 1)  # it closes its end when it has become the program
            os.close(reading)
            return pid
        try:
            os.setsid()
            self._become()
            if waits:
                signal.sigwait({signal.SIGUSR1})
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
            _run(("export", *case.words, *_VOICE, *(("--force",) if case.has_old else ())))
        finally:
            os._exit(70)

    def _become(self) -> None:
        """Make this copy a process like a new one, with the trial's environment and streams."""
        os.chdir(self.trial)
        environment = self._environment()
        os.environ.clear()
        os.environ.update(environment)
        tempfile.tempdir = None
        atexit._clear()
        weakref.finalize._registry.clear()  # type: ignore[attr-defined]
        weakref.finalize._registered_with_atexit = False  # type: ignore[attr-defined]
        nowhere, said = os.open(os.devnull, os.O_RDONLY), os.open("said.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for number, file in ((0, nowhere), (1, said), (2, said)):
            os.dup2(file, number)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  (as of a new process)
        sys.stdout, sys.stderr = (open(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))  # noqa: SIM115
        faulthandler.register(signal.SIGUSR2, file=2)
        _libc().prctl(_TRACER, ctypes.c_ulong(_ANYBODY), 0, 0, 0)
        os.closerange(3, _MOST_FILES)  # the last of it: that is how the parent knows

    def end(self, pid: int, seconds: float = ANSWERS_WITHIN_S) -> End:
        """Wait for the end of a program; if it is idle for ``seconds``, it is made to tell where it is, and killed."""
        watch, code = Watch(), None
        while watch.idle_s() < seconds:
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                code = os.waitstatus_to_exitcode(status)
                break
            time.sleep(_LOOK_EVERY_S)
        else:
            os.kill(pid, signal.SIGUSR2)
            time.sleep(0.5)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        return End(code, self.said(), watch.seconds)

    def said(self) -> str:
        """All that the trial's programs said so far."""
        with contextlib.suppress(FileNotFoundError):
            return (self.trial / "said.txt").read_text("utf-8", "surrogateescape")
        return ""

    def wrong(self, case: Case, code: int | None) -> str:
        """What is wrong with the files that an export left, in a few words, by its exit code; empty if nothing is."""
        found = _contents(self.trial / "out")
        for name, right in self.right(case).items():
            allowed = {right} if code == 0 else {right, _OLD if case.has_old else None}
            if found.get(name) not in allowed:
                return f"{name} is {_kind(found.get(name))} after exit code {code}"
        return ""

    def wrong_afterwards(self, case: Case) -> str:
        """What the next export finds or leaves wrong, in a few words; empty if nothing is."""
        before = self.said()
        case = replace(case, has_old=True)
        end = self.end(self.start(case), 3 * ANSWERS_WITHIN_S)
        if end.code != 0:
            return f"the next export ends with {end.code}: {end.said[len(before) :].strip()[-200:]}"
        if wrong := self.wrong(case, 0):
            return f"next, {wrong}"
        if left := sorted(_contents(self.trial / "out").keys() - self.right(case).keys()):
            return f"left in the folder: {', '.join(left)}"
        if left := sorted(path.name for path in (self.trial / "tmp").iterdir() if not _is_probe(path)):
            return f"left among temporary files: {', '.join(left)}"
        store = self.trial / "store"
        entries = {flaw.path: flaw.reason for flaw in upkeep.flaws(store, fits, whole=True)}
        if entries:
            return f"in the store: {next(iter(entries.values()))}"
        others = {path for path in store.rglob("*") if path.is_file()} - set(upkeep.names(store))
        return f"left in the store: {', '.join(sorted(path.name for path in others))}" if others else ""


def left_processes(but: int = 0) -> str:
    """What still runs of what this process or its children started, `GONE_WITHIN_S` later; empty if nothing does.

    It is killed, and those that ended are waited for. ``but`` is a process to leave alone.
    """
    watch = Watch()
    while (pids := _children() - {but}) and watch.idle_s() < GONE_WITHIN_S:
        for pid in pids:
            os.waitpid(pid, os.WNOHANG)
        time.sleep(_LOOK_EVERY_S)
    names = [Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")[-80:] for pid in pids]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return "; ".join(names)


class Watch:
    """How long everything that this process started was idle, however busy the machine is.

    It is looked at now and then: while no thread of all those works or waits for a processor, nobody goes on.
    """

    def __init__(self) -> None:
        self._began = self._looked = time.monotonic()
        self._idle = 0.0

    @property
    def seconds(self) -> float:
        """On the clock, since it began."""
        return time.monotonic() - self._began

    def idle_s(self) -> float:
        """Seconds so far."""
        if (now := time.monotonic()) - self._looked > _LOOK_AT_ALL_EVERY_S:
            self._idle += 0.0 if _is_busy() else now - self._looked
            self._looked = now
        return self._idle


def _is_busy() -> bool:
    """Whether a thread of this process's children, or of theirs, works, waits for a processor or for a disk."""
    pids = _children()
    while pids:
        with contextlib.suppress(OSError):  # it has ended
            for thread in Path(f"/proc/{pids.pop()}/task").iterdir():
                if (thread / "stat").read_text().rpartition(")")[2].split()[0] in _BUSY:
                    return True
                pids |= _children(thread)
    return False


def _children(thread: Path = Path("/proc/thread-self")) -> set[int]:
    """The children of this process, those that have ended too; a child of one that has ended is a child of this one."""
    return set(map(int, (thread / "children").read_text().split()))


def _run(words: tuple[str, ...]) -> NoReturn:
    """Run the command line as a program's whole life: with what Python does at its end, too."""
    code: object = 1
    try:
        main(list(words), "player")
    except SystemExit as error:
        code = error.code
    except BaseException:  # noqa: BLE001  (as Python does)
        sys.excepthook(*sys.exc_info())
    ctypes.pythonapi.Py_Exit(code if isinstance(code, int) else 0)
    raise AssertionError("it has ended")


def _load(modules: list[str]) -> None:
    for name in modules:
        with contextlib.suppress(ImportError, AttributeError):
            importlib.import_module(name)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _is_probe(path: Path) -> bool:
    """Whether Python's own ``tempfile`` wrote it, to see whether it can write; it leaves it if it cannot remove it."""
    return path.is_file() and path.read_bytes() in {b"", b"blat"}


def _kind(content: bytes | None) -> str:
    if content is None:
        return "gone"
    return f"another one of {len(content)} bytes" if content else "empty"
