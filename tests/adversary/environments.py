"""Odd machines: a command under one to three faults of its environment, at random, each a process of its own.

Home and temporary folders that are missing, closed or files; odd locales, sizes and kinds of terminal; a folder that is
gone; umask 777; limits on files, sizes, memory and processes; standard streams that are closed or lead nowhere; our own
variables naming odd things; and a user without an entry in the system's table, who may not do what root may.

An attack is survived as `tests.adversary` says, and if no part of a file is left, and a file is there if it was made.
Linux only: ``unshare`` makes the user.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.adversary.runner import Attack, Limits, Outcome

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

LIMITS: Final = Limits(seconds=10, megabytes=500)
_ROOT: Final = Path(__file__).parents[2]
_NOBODY: Final = 54_321
"""A number that no user has."""
_SCRIPT: Final = """\
title: Tiny
background: rain
steps:
  - section: First
  - say: Sit down.
    for: 3s
  - section: Second
  - chime: bell
"""
_COMMANDS: Final = (
    *("--help", "--version", "list", "list --json", "show tiny.yaml", "show tiny.yaml --json", "check tiny.yaml"),
    *(f"export tiny.yaml -o new.{kind}" for kind in ("mp3", "wav", "flac", "ogg", "opus", "m4a", "html")),
    "export tiny.yaml -o new.mp3 --voice gmw/en",
    "export tiny.yaml -o new.mp3 --captions vtt,srt,lrc,txt,html --chapters json --labels",
    "export tiny.yaml -o new.wav --split",
    "export tiny.yaml -o new.wav --stems",
    "export tiny.yaml second.yaml -o both --jobs 2",
    "export tiny.yaml -o new.wav --background old.mp3",
    "breathe box --tones --for 16s -o new.wav",
    "breathe box --print",
    "show tiny.yaml --plot new.svg",
    *("new mine", "extract old.mp3", "extract old.mp3 -o back.yaml", "words", "words sv --csv new.csv", "sounds"),
    *("settings", "settings rate 120", "log", "log --json", "log --forget --yes", "now --what", "record tiny.yaml"),
    *("feed . --url https://example.org", "cache", "cache --verify", "cache --clear --yes", "completion bash"),
    *("every 2h tiny.yaml --install", "every 2h tiny.yaml --uninstall", "voices", "doctor", "nosuch", "show nosuch"),
)
_ODD_PATHS: Final = (
    *("", "/dev/null", "/dev/zero", "/proc/self/mem", "relative", "~", "~nosuch/x", ".", "/", "a\nb", "caf\udce9"),
    *("x" * 5000, "{work}/tiny.yaml", "{work}/tiny.yaml/below", "{work}/pipe", "{work}/loop", "{work}/closed"),
)
_VALUES: Final[dict[str, tuple[str | None, ...]]] = {
    **dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), (None, *_ODD_PATHS)),
    **dict.fromkeys(
        ("PLAYER_STORE", "PLAYER_DIARY", "PLAYER_SCRIPTS", "PLAYER_SETTINGS", "PLAYER_VOICES"), (None, *_ODD_PATHS)
    ),
    "PLAYER_LANGUAGE": ("", "xx", "de", "EN", "../x", "caf\udce9"),
    "PLAYER_CACHE_LIMIT": ("", "0", "-1", "1e400", "500Q", "1", "caf\udce9"),
    "PLAYER_SPEAKER": ("", "nosuch", "caf\udce9"),
    "LC_ALL": (None, "", "C", "POSIX", "de_DE.ISO-8859-1", "xx_YY.UTF-8", "x" * 300, "caf\udce9"),
    "PYTHONUTF8": ("0", "1"),
    "PYTHONIOENCODING": ("ascii", "latin-1", "cp1252:strict"),
    "COLUMNS": ("", "0", "-1", "1", "2", "7", "99999999999", "1e3", "abc", "٣"),
    "LINES": ("0", "-1", "abc"),
    "TERM": (None, "", "dumb", "nosuch", "xterm\x1b[2J"),
    "NO_COLOR": ("", "1"),
    "FORCE_COLOR": ("", "1"),
    "PATH": (None, "", "/nosuch", "relative"),
    "TZ": ("", "nosuch/zone", ":/etc/passwd", "caf\udce9"),
    "OPENBLAS_NUM_THREADS": ("0", "abc"),
    "SOURCE_DATE_EPOCH": ("abc", "-1"),
    "_PLAYER_COMPLETE": ("bash_complete", "nosuch"),
}
_LIMITS: Final[dict[str, tuple[int, ...]]] = {
    "NOFILE": (8, 12, 16, 20, 40),
    "FSIZE": (10_000, 100_000, 1_000_000),  # what it says goes into a file, too
    "AS": (300_000_000, 600_000_000, 1_000_000_000),
    "NPROC": (0, 1, 3),
}
_WHERE: Final = ("gone", "closed", "read-only", "/", "/proc/self")
_STREAMS: Final = ("closed", "folder", "/dev/full", "broken pipe")
_LAUNCH: Final = """
import json, os, resource, stat, sys
asked = json.loads(sys.argv[1])
os.chdir(asked["where"])
if asked["gone"]:
    os.rmdir(asked["where"])
if asked["umask"] is not None:
    os.umask(asked["umask"])
for name, most in asked["limits"].items():
    number = getattr(resource, "RLIMIT_" + name)
    resource.setrlimit(number, (most, most))
for number, kind in asked["streams"].items():
    number = int(number)
    if kind == "closed":
        os.close(number)
    elif kind == "broken pipe":
        reader, writer = os.pipe(); os.close(reader if number else writer)
        os.dup2(writer if number else reader, number)
    else:
        os.dup2(os.open("/" if kind == "folder" else kind, os.O_RDONLY if kind == "folder" else os.O_RDWR), number)
unshare = ["/usr/bin/unshare", "--user", "--map-user", str(asked["user"]), "--"] if asked["user"] else []
command = [*unshare, *asked["command"]]
os.execve(command[0], command, asked["environment"])
"""


def attacks(random: random.Random, folder: Path) -> Iterator[Attack]:
    """Commands with one to three faults each, for ever."""
    template = _made(folder / "template")
    for number in range(2**63):
        words, faults = random.choice(_COMMANDS), random.sample(sorted(_FAULTS), random.choice((1, 1, 2, 3)))
        here = folder / "here"
        subprocess.run(["chmod", "-R", "u+rwx", str(here)], capture_output=True, check=False)
        shutil.rmtree(here, ignore_errors=True)
        shutil.copytree(template, here)
        asked = _usual(here, words)
        for fault in faults:
            _FAULTS[fault](random, asked)
        asked["where"] = asked["where"].replace("{work}", str(here / "work"))
        _prepare(here / "work")
        told = {name: asked[name] for name in ("changed", "limits", "streams", "where", "gone", "umask", "user")}
        kept = folder / f"{number}.json"
        kept.write_text(json.dumps({"words": words, **told}, indent=1))
        launch = (sys.executable, "-I", "-S", "-c", _LAUNCH, json.dumps(asked))
        # A shell's completion and a reader that went away are answered by the exit code; doctor answers on stdout.
        silent = bool(
            asked["streams"].keys() & {"1", "2"} or "_PLAYER_COMPLETE" in asked["changed"] or words == "doctor"
        )
        is_usual = asked["where"] == str(here / "work") and "1" not in asked["streams"]
        check = partial(_wrong, here / "work", words, is_usual=is_usual and "_PLAYER_COMPLETE" not in asked["changed"])
        yield Attack(f"{words}: {told!a}", launch, (kept,), check=check, silent=silent)


def _made(template: Path) -> Path:
    """The folders of a user who has exported a session before."""
    for name in ("work", "home", "tmp"):
        (template / name).mkdir(parents=True)
    for name in ("tiny.yaml", "second.yaml"):
        (template / "work" / name).write_text(_SCRIPT)
    command = [sys.executable, "-m", "player", "export", "tiny.yaml", "-o", "old.mp3"]
    env = _usual(template, "")["environment"]
    subprocess.run(command, cwd=template / "work", env=env, capture_output=True, check=True)
    return template


def _usual(here: Path, words: str) -> dict[str, Any]:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(_ROOT), "LANG": "C.UTF-8"}
    return {
        "command": [sys.executable, "-m", "player", *words.split()],
        "environment": {**env, "HOME": str(here / "home"), "TMPDIR": str(here / "tmp")},
        "changed": {},
        "limits": {},
        "streams": {},
        "umask": None,
        "user": 0,
        "gone": False,
        "where": str(here / "work"),
    }


def _prepare(work: Path) -> None:
    """What the odd paths lead to."""
    os.mkfifo(work / "pipe")
    (work / "loop").symlink_to("loop")
    for name, mode in (("closed", 0o000), ("read-only", 0o500), ("gone", 0o700)):
        (work / name).mkdir(mode=mode)


def _variable(random: random.Random, asked: dict[str, Any]) -> None:
    name = random.choice(sorted(_VALUES))
    value = random.choice(_VALUES[name])
    asked["changed"][name] = value
    if value is None:
        asked["environment"].pop(name, None)
    else:
        asked["environment"][name] = value.replace("{work}", asked["where"])


def _limit(random: random.Random, asked: dict[str, Any]) -> None:
    name = random.choice(sorted(_LIMITS))
    asked["limits"][name] = random.choice(_LIMITS[name])


def _stream(random: random.Random, asked: dict[str, Any]) -> None:
    asked["streams"][random.choice("012")] = random.choice(_STREAMS)


def _place(random: random.Random, asked: dict[str, Any]) -> None:
    where = random.choice(_WHERE)
    asked["gone"] = where == "gone"
    asked["where"] = where if where.startswith("/") else f"{asked['where']}/{where}"


def _mask(random: random.Random, asked: dict[str, Any]) -> None:
    asked["umask"] = random.choice((0o777, 0o377, 0))


def _user(random: random.Random, asked: dict[str, Any]) -> None:
    """Nobody that the system knows; ``random`` is not needed."""
    del random
    asked["user"] = _NOBODY


_FAULTS: Final = {
    **{f"variable {number}": _variable for number in range(4)},  # more often than the others
    "limit": _limit,
    "stream": _stream,
    "place": _place,
    "mask": _mask,
    "user": _user,
}


def _wrong(work: Path, words: str, outcome: Outcome, *, is_usual: bool) -> str:
    """What is wrong with the files that are there; empty if nothing is."""
    if parts := [path.name for path in work.rglob("*.part")]:
        return f"left {', '.join(parts)}"
    target = words.partition(" -o ")[2].partition(" ")[0]
    if is_usual and target.startswith("new.") and "--split" not in words:
        is_there = (work / target).exists()
        if is_there != (outcome.code == 0) and "--help" not in outcome.stderr:
            return f"{target} is {'' if is_there else 'not '}there, and the exit code is {outcome.code}"
    return ""
