"""Liars in the place of ffmpeg: each is a small program put first on the path, for all that ffmpeg is asked for.

First every lie of a table with every way to ask, in a random order, then liars put together at random, for ever. A lie
is survived if there is a sentence or, where the lie does no harm, a result; and neither a process nor an unfinished
file is left. What a liar does that has left its session and holds no pipe of the program is not looked at: nobody could
tell it from another program.

The program's patience is shortened, so that a lie that is waited out takes 2 s and not a minute.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import player.cli.doctor
import player.cli.export
import player.cli.extract
from player.cli import main
from player.export import exporter
from player.sound import ffmpeg
from tests.adversary.runner import Attack, Limits

if TYPE_CHECKING:
    import random as chance
    from collections.abc import Iterator

    from tests.adversary.runner import Outcome

LIMITS: Final = Limits(seconds=10, megabytes=300)
_LOADED: Final = (player.cli.doctor, player.cli.export, player.cli.extract, exporter)
"""Imported before the fork, so that each child need not."""
_STILL_S: Final = 2.0
_MARK: Final = "PLAYER_LIAR"
_GONE_WITHIN_S: Final = 3.0
_SCRIPTS: Final = {
    "plain.yaml": "title: Plain\nbackground: none\nsteps: [pause: 3s]\n",
    "play.yaml": "title: Heard\nbackground: none\nsteps: [play: sound.m4a, pause: 1s]\n",
}
_WAYS: Final = {
    "background": ("export", "plain.yaml", "--background", "sound.m4a", "-o", "made.wav"),
    "play": ("export", "play.yaml", "-o", "made.wav"),
    "m4a": ("export", "plain.yaml", "-o", "made.m4a"),
    "m4b": ("export", "plain.yaml", "-o", "made.m4b"),
    "doctor": ("doctor",),
    "extract": ("extract", "sound.m4a"),
}
_READING, _WRITING = ("background", "play"), ("m4a", "m4b")
_BOTH: Final = (*_READING, *_WRITING)
_PRELUDE: Final = """\
import os, signal, struct, subprocess, sys, time
words = sys.argv[1:]
decodes, encodes, named = "pipe:1" in words, "pipe:0" in words, words == ["-version"]
part = words[-1].removeprefix("file:")

def out(data, to=1):
    while data:
        data = data[os.write(to, data):]

def say(text):
    out(text.encode("utf-8", "surrogateescape"), 2)

def head(rate=48000, channels=2, start=32, encoding=6, magic=b".snd"):
    return struct.pack(">4sIIIII", magic, start, 0xFFFFFFFF, encoding, rate, channels) + bytes(8)

def sound(seconds, channels=2, value=None):
    second = b"".join(struct.pack(">f", 0.1 * (n * 7919 % 101 / 50 - 1) if value is None else value) * channels
                      for n in range(48000))
    return second * seconds

def long(text="Duration: 03:00:00.00", rate="48000"):
    say(f"  {text}, start: 0\\n  Stream #0:0: Audio: aac, {rate} Hz, stereo\\n")
    sys.exit(1)

def left(*words, **more):
    return subprocess.Popen(["sleep", "600"], **more)

def everything():
    while os.read(0, 65536):
        pass

def box(name, content=b""):
    return struct.pack(">I4s", 8 + len(content), name) + content

def write(content):
    with open(part, "wb") as file:
        file.write(content)

whole = box(b"ftyp", b"M4A " + bytes(4)) + box(b"mdat", bytes(99)) + box(b"moov", box(b"mvhd", bytes(100)))
"""


@dataclass(frozen=True)
class _Lie:
    """What stands in ffmpeg's place, the ways to ask that it is for, and the exit codes that are right."""

    program: str
    ways: tuple[str, ...]
    codes: frozenset[int] = frozenset({1})
    kind: str = "program"


def attacks(random: chance.Random, folder: Path) -> Iterator[Attack]:
    """The table, and then liars put together at random."""
    folder = folder.resolve()
    table = [(name, lie, way) for name, lie in _lies().items() for way in lie.ways]
    random.shuffle(table)
    for number, (name, lie, way) in enumerate(table):
        yield _attack(folder / str(number), name, lie, way)
    while True:
        number += 1
        lie = _Lie(_at_random(random), _BOTH, frozenset({0, 1}))
        yield _attack(folder / str(number), f"random {number}", lie, random.choice(_BOTH))


def _attack(place: Path, name: str, lie: _Lie, way: str) -> Attack:
    (place / "bin").mkdir(parents=True)
    for script, text in _SCRIPTS.items():
        (place / script).write_text(text)
    (place / "sound.m4a").write_bytes(b"no sound" * 1000)
    (place / "other.m4a").write_bytes(b"the user's own")
    _put(place / "bin" / "ffmpeg", lie)
    kept = place / f"{way}-{name.replace(' ', '-').replace('/', '-')}.txt"
    kept.write_text(lie.program)
    environment = {
        "PATH": f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}",
        _MARK: str(place),
        **{variable: str(place / file) for variable, file in _OWN.items()},
    }
    before = frozenset(path.name for path in place.iterdir())
    return Attack(
        f"{way}: {name}", partial(_tried, place, way), (kept,), environment, partial(_faults, place, lie, way, before)
    )


_OWN: Final = {"PLAYER_STORE": "store", "PLAYER_DIARY": "diary", "PLAYER_SETTINGS": "settings", "PLAYER_SCRIPTS": "own"}


def _put(path: Path, lie: _Lie) -> None:
    if lie.kind == "folder":
        path.mkdir()
    elif lie.kind == "link":
        path.symlink_to(lie.program)
    else:
        start = f"#!{sys.executable} -SEs\n{_PRELUDE}" if lie.kind == "program" else ""
        path.write_text(start + lie.program, encoding="utf-8")
        path.chmod(0o644 if lie.kind == "closed" else 0o755)


def _tried(place: Path, way: str) -> None:
    os.chdir(place)
    vars(ffmpeg)["STILL_S"] = _STILL_S  # in this copy of the process alone
    main(list(_WAYS[way]))


def _faults(place: Path, lie: _Lie, way: str, before: frozenset[str], outcome: Outcome) -> str:
    """What is wrong with an outcome; the folder is cleared away."""
    codes = {"doctor": {0, 1}, "extract": {1, 2}}.get(
        way, lie.codes | ({2} if way == "play" and 1 in lie.codes else set())
    )
    said = [line for line in outcome.stderr.splitlines() if not line.startswith("Plain, ")]
    made = {"made" + Path(_WAYS[way][-1]).suffix} if way in _BOTH and not outcome.code else set()
    rest = {path.name for path in place.iterdir()} - before - set(_OWN.values()) - {"elsewhere"} - made
    faults = {
        f"exit code {outcome.code} where it should be {sorted(codes)}": outcome.code not in codes,
        f"left {', '.join(sorted(rest))}": rest,
        "changed another file": (place / "other.m4a").read_bytes() != b"the user's own",
        "left a process": _living(place),
        "more than a sentence": way in _BOTH and len(said) > (1 if outcome.code else 2),
    }
    kept = {path: path.read_bytes() for path in place.glob("*.txt")}
    shutil.rmtree(place, ignore_errors=True)
    for path, content in kept.items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    return next((fault for fault, met in faults.items() if met), "")


def _living(place: Path) -> list[int]:
    """Processes that a liar left, which are killed then. It has a moment to go."""
    end = time.monotonic() + _GONE_WITHIN_S
    while (found := _marked(place)) and time.monotonic() < end:
        time.sleep(0.05)
    for number in found:
        with suppress(OSError):
            os.kill(number, 9)
    return found


def _marked(place: Path) -> list[int]:
    mark, found = f"{_MARK}={place}\0".encode(), []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if mark in path.read_bytes():
                found.append(int(path.parent.name))
    return found


def _lies() -> dict[str, _Lie]:
    return {
        **_no_programs(),
        **_of_any_kind(),
        **_leaving_children(),
        **_heads(),
        **_sounds(),
        **_lengths(),
        **_files(),
    }


def _no_programs() -> dict[str, _Lie]:
    """What cannot be run, or is passed over on the path, where the real one may follow."""
    real = frozenset({0, 1})
    return {
        "text": _Lie("no program\n", (*_WAYS,), kind="text"),
        "empty": _Lie("", (*_WAYS,), kind="text"),
        "no interpreter": _Lie("#!/nowhere/python\n", (*_WAYS,), kind="text"),
        "a folder": _Lie("", (*_WAYS,), real, "folder"),
        "not executable": _Lie("", (*_WAYS,), real, "closed"),
        "link to itself": _Lie("ffmpeg", (*_WAYS,), real, "link"),
        "link to nothing": _Lie("nothing", (*_WAYS,), real, "link"),
        "link to a device": _Lie("/dev/zero", (*_WAYS,), real, "link"),
        "another program": _Lie("/bin/true", (*_WAYS,), kind="link"),
        "a shell": _Lie("/bin/sh", (*_WAYS,), kind="link"),
        "echo": _Lie("/bin/echo", (*_WAYS,), kind="link"),
        "yes": _Lie("/usr/bin/yes", (*_WAYS,), kind="link"),
        "vanishes": _Lie("os.unlink(sys.argv[0]); sys.exit(1)", (*_WAYS,), real),
    }


def _of_any_kind() -> dict[str, _Lie]:
    """What a program can do instead of its work."""
    programs = {
        "nothing": "",
        "exit code 3": "sys.exit(3)",
        "complains": "say('ffmpeg: it rains\\n'); sys.exit(1)",
        "complains, exit code 0": "say('ffmpeg: it rains\\n')",
        "steers the terminal": "say('\\x1b[2J\\x1b]0;x\\x07\\x9b31m\\r\\b'); sys.exit(1)",
        "turns text around": "say('a\\u202eb\\u2066c\\u200e\\u2028d'); sys.exit(1)",
        "no text": "out(b'\\xff\\xfe\\x80' * 99, 2); sys.exit(1)",
        "a long line": "out(b'x' * 10**7, 2); sys.exit(1)",
        "many lines": "out(b'it rains\\n' * 10**6, 2); sys.exit(1)",
        "complains for ever": "while True: say('it rains\\n' * 999)",
        "floods": "while True: out(os.urandom(65536))",
        "floods both": "while True: out(bytes(9999)); out(bytes(9999), 2)",
        "sleeps": "time.sleep(600)",
        "works for ever": "while True: pass",
        "ignores signals": "[signal.signal(n, signal.SIG_IGN) for n in (1, 2, 3, 13, 15, 24)]; time.sleep(600)",
        "stops": "os.kill(os.getpid(), signal.SIGSTOP)",
        "stops its group": "left(); os.killpg(0, signal.SIGSTOP)",
        "is killed": "os.kill(os.getpid(), signal.SIGKILL)",
        "crashes": "signal.signal(11, signal.SIG_DFL); os.kill(os.getpid(), signal.SIGSEGV)",
        "is asked to end": "os.kill(os.getpid(), signal.SIGTERM)",
        "closes all": "[os.close(n) for n in (0, 1, 2)]; time.sleep(600)",
        "closes all, and ends": "[os.close(n) for n in (0, 1, 2)]; os._exit(0)",
        "closes its output": "os.close(1); os.close(2); time.sleep(600)",
        "closes its input": "os.close(0); time.sleep(600)",
        "writes elsewhere": "os.mkdir('elsewhere'); open('elsewhere/x', 'wb').write(bytes(999))",
        "asks": "out(b'Overwrite? [y/N] '); sys.stdin.read(1); sys.exit(1)",
        "takes memory": "kept = [bytearray(2**24) for n in range(9)]; [b for b in kept]; sys.exit(1)",
    }
    return {name: _Lie(program, (*_BOTH, "doctor")) for name, program in programs.items()}


def _leaving_children() -> dict[str, _Lie]:
    """Programs that leave others behind, which hold the pipes."""
    kinds = {"child": "", "session": "start_new_session=True", "group": "process_group=0"}
    ends = {"ends": "sys.exit(1)", "sleeps": "time.sleep(600)", "is killed": "os.kill(os.getpid(), 9)"}
    programs = {
        f"a {kind} of its own, and {end}": f"left({how}); {act}"
        for kind, how in kinds.items()
        for end, act in ends.items()
    }
    programs["many children"] = "[left() for n in range(30)]; sys.exit(1)"
    programs["a child that ignores signals"] = (
        "[signal.signal(n, signal.SIG_IGN) for n in (1, 2, 15)]; left(); sys.exit(1)"
    )
    programs["a grandchild"] = "os.fork() or os.fork() or time.sleep(600); sys.exit(1)"
    programs["a session of a grandchild"] = "os.fork() or (os.setsid(), os.fork() or time.sleep(600)); sys.exit(1)"
    programs["a stopped child"] = "os.kill(left().pid, signal.SIGSTOP); sys.exit(1)"
    return {name: _Lie(program, _BOTH) for name, program in programs.items()}


def _heads() -> dict[str, _Lie]:
    """Heads of a sound that lie."""
    lies = {
        "channels": (0, 65, 2**16, 2**32 - 1),
        "rate": (0, 1, 3999, 768_001, 2**32 - 1),
        "start": (0, 23, 2**16 + 1, 2**32 - 1),
        "encoding": (0, 1, 3, 2**32 - 1),
        "magic": (b"RIFF", b"dns.", bytes(4)),
    }
    return {
        f"{field} {lie!r}": _Lie(f"out(head({field}={lie!r}) + sound(2))", _READING)
        for field, values in lies.items()
        for lie in values
    }


def _sounds() -> dict[str, _Lie]:
    """Sounds that lie, after a good head."""
    either = frozenset({0, 1})
    programs = {
        "half a head": ("out(head()[:10])", frozenset({1})),
        "a head alone": ("out(head())", frozenset({1})),
        "a head, and sleeps": ("out(head()); time.sleep(600)", frozenset({1})),
        "a byte": ("out(head() + b'x')", frozenset({1})),
        "silence": ("out(head() + sound(2, value=0.0))", frozenset({1})),
        "no numbers": ("out(head() + sound(2, value=float('nan')))", frozenset({1})),
        "infinite": ("out(head() + sound(2, value=float('-inf')))", frozenset({1})),
        "as loud as can be": ("out(head() + sound(2, value=3e38))", either),
        "as soft as can be": ("out(head() + sound(2, value=1e-45))", either),
        "random bytes": ("out(head() + os.urandom(10**6))", either),
        "an odd end": ("out(head() + sound(2) + b'xyz')", frozenset({0})),
        "64 channels": ("out(head(channels=64) + sound(1, 64))", frozenset({0})),
        "768 kHz": ("out(head(rate=768000) + sound(4))", frozenset({0})),
        "silence for ever": ("out(head())\nwhile True: out(bytes(65536))", frozenset({1})),
        "sound for ever": ("out(head()); s = sound(1)\nwhile True: out(s)", either),
        "drips": ("out(head())\nwhile True: out(b'x'); time.sleep(0.2)", frozenset({1})),
        "sound, and sleeps": ("out(head() + sound(2)); time.sleep(600)", frozenset({1})),
        "sound, and closes": ("out(head() + sound(2)); os.close(1); time.sleep(600)", frozenset({1})),
        "sound, and is killed": ("out(head() + sound(2)); os.kill(os.getpid(), 9)", frozenset({1})),
        "sound, and crashes": ("out(head() + sound(2)); os.kill(os.getpid(), 11)", frozenset({1})),
        "sound, and a child": ("out(head() + sound(2)); left()", frozenset({0})),
        "sound, and a session": ("out(head() + sound(2)); left(start_new_session=True)", frozenset({0})),
        "sound, and complains": ("out(head() + sound(2)); out(b'it rains\\n' * 10**6, 2)", frozenset({0})),
        "sound in bytes": ("for n in head() + sound(1)[:9999]: out(bytes([n]))", either),
        "each time another": ("out(head(channels=1 + time.time_ns() // 1000 % 2) + sound(2))", either),
    }
    return {
        name: _Lie(f"decodes or sys.exit(1)\n{program}", _READING, codes) for name, (program, codes) in programs.items()
    }


def _lengths() -> dict[str, _Lie]:
    """Lengths that lie: a background of ten minutes and more is read in stretches."""
    looks = {
        "a long one": "long()",
        "a longest one": "long('Duration: 99999:59:59.00')",
        "more digits": "long('Duration: ' + '9' * 5000 + ':00:00')",
        "more of a rate": "long(rate='9' * 5000)",
        "no rate": "long(rate='0')",
        "768 kHz": "long(rate='768000')",
        "before the limit": "while True: pass",
        "asleep": "time.sleep(600)",
        "many tags": "out(b'  title: x\\n' * 10**6, 2); long()",
        "killed": "os.kill(os.getpid(), 9)",
    }
    answers = {
        "nothing": "",
        "the rate": "out(head() + sound(22))",
        "all rates": "out(head(rate=768000) + sound(352))",
        "sleeps": "time.sleep(600)",
    }
    return {
        f"long, {look}, then {answer}": _Lie(f"if not decodes:\n    {told}\n{act}", ("background",), frozenset({0, 1}))
        for look, told in looks.items()
        for answer, act in answers.items()
    }


def _files() -> dict[str, _Lie]:
    """What is written in the place of an M4A file."""
    programs = {
        "reads all": "everything()",
        "reads half": "os.read(0, 99999)",
        "reads, and sleeps": "everything(); time.sleep(600)",
        "removes it": "everything(); os.unlink(part)",
        "a folder": "everything(); os.unlink(part); os.mkdir(part); os.rmdir(part)",
        "a pipe": "everything(); os.unlink(part); os.mkfifo(part)",
        "a link to a device": "everything(); os.unlink(part); os.symlink('/dev/zero', part)",
        "a link to another": "everything(); os.unlink(part); os.symlink('other.m4a', part)",
        "another's second name": "everything(); os.unlink(part); os.link('other.m4a', part)",
        "itself": "everything(); os.unlink(part); os.symlink(part, part)",
        "closed": "everything(); os.chmod(part, 0)",
        "garbage": "everything(); write(os.urandom(99999))",
        "a head": "everything(); write(whole[:16])",
        "boxes": "everything(); write(box(b'moov') + box(b'mdat'))",
        "boxes without sound": "everything(); write(whole)",
        "an endless box": "everything(); write(whole + bytes(4) + b'free')",
        "boxes without an end": "everything(); write(whole + bytes(8) * 999)",
        "a box of 4 GB": "everything(); write(whole + b'\\xff\\xff\\xff\\xfffree')",
        "a box of 2 to the 64": "everything(); write(whole + bytes([0, 0, 0, 1]) + b'free' + b'\\xff' * 8)",
        "deep boxes": (
            "everything(); write(box(b'mdat') + "
            "b''.join(struct.pack('>I', 8 * n) + b'moov' for n in range(50000, 0, -1)))"
        ),
        "a million boxes": "everything(); write(box(b'free') * 10**6 + whole)",
        "holes": "everything(); write(whole); os.truncate(part, 2**40)",
        "grows for ever": "with open(part, 'wb') as file:\n    while True: file.write(bytes(2**20))",
        "changes for ever": "everything()\nwhile True: os.utime(part); time.sleep(0.1)",
        "never ends, and reads": "everything(); write(whole); time.sleep(600)",
        "whole, exit code 1": "everything(); write(whole); sys.exit(1)",
        "whole, and complains": "everything(); write(whole); say('it rains')",
        "whole, without reading": "write(whole)",
        "whole, and a child": "everything(); write(whole); left()",
        "removes the notes": "os.unlink(words[words.index('ffmetadata') + 2].removeprefix('file:')); everything()",
        "drips": "while os.read(0, 1): time.sleep(0.05)",
        "floods": "while os.read(0, 9): out(b'x' * 65536)",
    }
    return {f"file: {name}": _Lie(program, _WRITING) for name, program in programs.items()}


def _at_random(random: chance.Random) -> str:
    """A few acts one after the other."""
    acts = (
        lambda: f"out(head(rate={random.choice((0, 8000, 48000, 2**31))}, channels={random.choice((0, 1, 2, 6, 99))}))",
        lambda: f"out(sound({random.randrange(3)}))",
        lambda: f"out(os.urandom({random.randrange(10**6)}))",
        lambda: f"say({''.join(chr(random.randrange(0xD000)) for _ in range(20))!r})",
        lambda: f"time.sleep({random.choice((0, 0.01, 600))})",
        lambda: f"os.close({random.randrange(3)})",
        lambda: f"left(start_new_session={random.choice((True, False))})",
        lambda: f"os.read(0, {random.randrange(10**5)}) if encodes else 0",
        lambda: "everything() if encodes else 0",
        lambda: f"write({random.choice(('whole', 'whole[:50]', 'os.urandom(99)', 'whole * 9'))}) if encodes else 0",
        lambda: f"os.kill(os.getpid(), {random.choice((2, 6, 9, 11, 13, 15, 19))})",
        lambda: f"decodes or encodes or long(rate={random.choice(('48000', '8000', '1'))!r})",
        lambda: f"sys.exit({random.randrange(256)})",
    )
    return "\n".join(random.choice(acts)() for _ in range(random.randrange(1, 8)))
