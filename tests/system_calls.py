"""What whole commands ask of the system, told by strace: what they execute, reach and write. Linux only.

What was tried counts as much as what was done: a call that failed would not fail on another machine.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

needs_strace: Final = [
    pytest.mark.tools,
    pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's"),
    pytest.mark.skipif(not shutil.which("strace"), reason="needs strace: sudo apt install strace"),
]
_EXECUTING: Final = ("execve", "execveat")
_REACHING: Final = ("socket", "connect", "bind", "sendto", "sendmsg", "sendmmsg")
_OPENING: Final = ("open", "openat", "openat2", "creat")
_CHANGING: Final = (
    *("mkdir", "mkdirat", "rmdir", "mknod", "mknodat", "rename", "renameat", "renameat2", "unlink", "unlinkat"),
    *("link", "linkat", "symlink", "symlinkat", "truncate", "chmod", "fchmodat", "fchmodat2", "chown", "lchown"),
    *("fchownat", "utime", "utimes", "utimensat", "futimesat", "setxattr", "lsetxattr", "removexattr"),
)
_FOR_WRITING: Final = re.compile(r"\b(?:O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_TMPFILE)\b|^creat\(")
_CALL: Final = re.compile(r"(\w+)\(")
# With -y, strace writes the path of an open folder behind its number: renameat(4</home/a>, "x", 5</home/b>, "y").
_NAME: Final = re.compile(r'(?:[\w-]+<(?P<folder>[^>]*)>, )?"(?P<name>(?:[^"\\]|\\.)*)"')
_ESCAPE: Final = re.compile(rb"\\([0-7]{1,3}|.)")
_LETTERS: Final = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"v": b"\v", b"f": b"\f"}


@dataclass(frozen=True)
class Traced:
    """A command that has ended, and what it and all its children asked of the system.

    Attributes
    ----------
    executed
        The words of each program that was started, the command itself first, or that would have been if it were there.
    reached
        The calls that make, connect or use sockets, as strace writes them.
    written
        Every path that was opened for writing, made, renamed, removed or changed.
    """

    code: int
    stdout: str
    stderr: str
    executed: tuple[tuple[str, ...], ...]
    reached: tuple[str, ...]
    written: frozenset[Path]


def traced(command: Iterable[str], folder: Path, cwd: Path, env: Mapping[str, str]) -> Traced:
    """Run a command to its end with no input, and keep the record in a new folder.

    It is skipped where processes may not be traced, as in some containers.
    """
    folder.mkdir()
    # A question mark before a name: not every kernel and processor has the call.
    names = ",".join(f"?{name}" for name in (*_EXECUTING, *_REACHING, *_OPENING, *_CHANGING))
    # -ff: a record for each thread, so that no call stands in two lines.
    strace = ["strace", "-ff", "--seccomp-bpf", "-qq", "-y", "-s", "4096", "-e", f"trace={names}"]
    done = subprocess.run(
        [*strace, "-o", str(folder / "calls"), *command],
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if "ptrace" in done.stderr and "not permitted" in done.stderr:
        pytest.skip("needs to be allowed to trace: --cap-add SYS_PTRACE")
    records = sorted(folder.glob("calls.*"), key=lambda path: int(path.suffix[1:]))
    lines = [line for path in records for line in path.read_text(errors="surrogateescape").splitlines()]
    return Traced(
        done.returncode,
        done.stdout,
        done.stderr,
        tuple(_executed(line for line in lines if _called(line) in _EXECUTING)),
        tuple(line for line in lines if _called(line) in _REACHING),
        frozenset(path for line in lines for path in _written(line, cwd)),
    )


def _executed(calls: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """The words of each program; of one that is looked for in several folders, once. One that is nowhere counts."""
    found: list[tuple[str, ...]] = []
    missing: dict[tuple[str, ...], None] = {}
    for call in calls:
        if call.endswith("(No such file or directory)"):
            missing[_words(call)] = None
        else:
            found.append(_words(call))
    yield from found
    yield from (words for words in missing if words not in found)


def _called(line: str) -> str:
    match = _CALL.match(line)
    return match[1] if match else ""


def _words(line: str) -> tuple[str, ...]:
    """The words of a program that is executed; how it is named in the call is not one of them."""
    _, *words = (_decoded(match["name"]) for match in _NAME.finditer(line.partition("], ")[0]))
    return tuple(words)


def _written(line: str, cwd: Path) -> Iterator[Path]:
    call = _called(line)
    if call in _CHANGING or (call in _OPENING and _FOR_WRITING.search(line)):
        for match in _NAME.finditer(line.rpartition(" = ")[0]):
            yield cwd / (match["folder"] or "") / _decoded(match["name"])


def _decoded(text: str) -> str:
    def sign(match: re.Match[bytes]) -> bytes:
        code = match[1]
        return bytes([int(code, 8)]) if code.isdigit() else _LETTERS.get(code, code)

    return _ESCAPE.sub(sign, text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")
