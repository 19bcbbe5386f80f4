"""Command lines whose options have hostile values, and the program's own small files with hostile contents.

Each attack is one command. Either one of its options, or its argument, has a value that nobody should type; or it
reads settings, a feed's lock, a feed or a sound's tags that were changed at random places. It is survived as
`tests.adversary` says, and if nothing else of the user's was changed. Commands that wait for a time or a network are
left out.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING, Final

import click

from player.cli import main
from tests.adversary.runner import Attack, Limits, Outcome

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from pathlib import Path

LIMITS: Final = Limits(seconds=10, megabytes=500)
"""An export with another voice speaks and mixes, too."""
_SCRIPT: Final = "title: Tiny\nsteps:\n  - chime: bell\n  - pause: 2s\n"
_SETTINGS: Final = 'rate = 120\nbed = -26\nguide = "count 6, silent"\n[session.box-breathing]\nrate = 110\n'
_USUAL: Final[dict[str, tuple[str, ...]]] = {
    "export": ("tiny.yaml", "-q", "-o", "new.wav", "--force"),
    "breathe": ("box", "--for", "16s", "-o", "new.wav", "--force"),
    "feed": ("lib", "--url", "https://example.org/x", "--force"),
    "completion": ("bash",),
    "settings": ("bed",),
    "new": ("mine",),
    "words": ("sv",),
    **dict.fromkeys(("show", "check", "record"), ("tiny.yaml",)),
    **dict.fromkeys(("extract",), ("lib/old.mp3",)),
    **dict.fromkeys(("list", "log", "cache", "voices", "sounds", "doctor"), ()),
}
"""Words that make each command work."""
_NAME_THEIR_FILES: Final = frozenset({"extract", "new", "record", "words"})
_WAITS: Final = frozenset({"--watch", "--install", "--cluster", "--preview"})
_VALUES: Final = (
    *("", " ", "nan", "inf", "-1", "0", "1", "1e9", "9" * 30, "-0", "0x10", "٣", "1.5", "50%", "-20dB", "0dB"),
    *("0s", "1s", "24h", "99h", "0.0001s", "9:99:99", "1:99", "1m", "mon", "8:00", "25:00", "8:00-7:00", "2026-13-01"),
    *("../../x", "/dev/null", "/dev/full", "/dev/zero", "/proc/self/mem", "/", "~", "~nosuch/x", "/nosuch/x", "."),
    *("folder", "folder/", "binary", "empty", "tiny.yaml", "tiny.yaml/x", "loop", "closed.yaml", "lib/old.mp3"),
    *("a.mp3", "a.wav", "a.xyz", ".mp3", "-", "--", "=", "=x", "x=", "x=1", "a,b", ",", ",,", "$x", "{x}"),
    *("{name}.mp3", "%s", "*", "None", "\x1b[31mred", "\u202ex", "a\nb", "🙂", "caf\udce9", "x" * 400, "en", "de"),
    *("xx", "zz-ZZ", "C", "heart", "+f2", "gmw/en+", "gmw/en+nosuch", "IE", "ie", "EU", "rain", "none", "box"),
    *("words,tones", "count 0", "http://x", "file:///etc/passwd", "ftp://x", "https://a@b/", "{0.__class__}"),
)
_PIECES: Final = (
    *(b"nan", b"inf", b"-1", b"1e999", b"\x00", b"\xff", b"[[[[", b"]]", b"{", b"}", b'"', b"'''", b"=", b"\n"),
    *(b"true", b"null", b"9" * 50, b"[a]\n", b"a.b.c=1\n", b"\x1b[31m", b"\xe2\x80\xae", b"1979-05-27T07:32:00Z"),
    *(b"x" * 3000, b"..", b"/", b"\\u0000", b"\\ud800", b"{}", b"&x;", b"<!DOCTYPE x>", b"\xef\xbb\xbf", b"[" * 5000),
)
_READERS: Final[dict[str, tuple[str, ...]]] = {
    "settings.toml": (
        *("settings", "settings rate", "settings rate 130", "settings --json", "settings --unset bed", "list"),
        *("show tiny.yaml", "export tiny.yaml -q -o new.wav --force", "completion bash", "doctor"),
    ),
    "work/lib/feed.lock.json": ("feed lib --url https://example.org/x --force", "feed lib --url https://example.org/x"),
    "work/lib/feed.xml": ("feed lib --url https://example.org/x --force", "feed lib --url https://example.org/x"),
    "work/lib/old.mp3": ("extract lib/old.mp3", "feed lib --url https://example.org/x --force", "play lib/old.mp3"),
}
"""Files, and commands that read them."""
_WRITTEN: Final = ("work/new", "work/lib", "work/folder", "store", "diary", "settings", "scripts")
"""What commands may write, or below it: their targets, and what is the program's own."""


def attacks(random: random.Random, folder: Path) -> Iterator[Attack]:
    """Values and changed files by turns, for ever."""
    template = _made(folder / "template")
    typed = [each for each in _typed() if each[0] in _USUAL]
    for number in range(2**63):
        here = folder / "here"
        shutil.rmtree(here, ignore_errors=True)
        shutil.copytree(template, here, symlinks=True)
        keep: tuple[Path, ...] = ()
        if number % 2:
            name = random.choice(sorted(_READERS))
            changed = _changed(random, (here / name).read_bytes())
            (here / name).write_bytes(changed)
            (kept := folder / f"{number}-{name.rpartition('/')[2]}").write_bytes(changed)
            words, keep = tuple(random.choice(_READERS[name]).split()), (kept,)
        else:
            command, option = random.choice(typed)
            words = _line(command, option, random.choice(_plain(command)))
        check, silent = partial(_touched, here, _others(here)), words[0] == "doctor"
        yield Attack(f"{words!a}", partial(_call, here, words), keep, _environment(here), check, silent=silent)


def _typed() -> list[tuple[str, str]]:
    """Every command with each of its options that has a value, and with its argument."""
    context = click.Context(main)
    return [
        (name, "" if isinstance(each, click.Argument) else max(each.opts, key=len))
        for name in main.list_commands(context)
        for each in (main.get_command(context, name) or click.Command(name)).params
        if not (isinstance(each, click.Option) and (each.is_flag or _WAITS & {*each.opts}))
    ]


def _line(command: str, option: str, value: str) -> tuple[str, ...]:
    if not option:
        return (command, "--", value)
    return (command, *_USUAL[command], *((f"{option}={value}",) if option.startswith("--") else (option, value)))


def _plain(command: str) -> tuple[str, ...]:
    """The values; some commands name the file that they make, which into a pipe is its name as it is."""
    return tuple(each for each in _VALUES if each.isprintable() or command not in _NAME_THEIR_FILES)


def _changed(random: random.Random, data: bytes) -> bytes:
    """One to six changes: something put in, taken out, repeated, or in the place of a value."""
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        start = random.randrange(len(data) + 1)
        end = min(len(data), start + random.choice((0, 0, 1, 2, 5, 20, 100)))
        twice = data[start:end] * random.choice((2, 50))
        new = random.choice((random.choice(_PIECES), b"", twice, random.randbytes(1)))
        data = data[:start] + new + data[end:]
    return data


def _call(here: Path, words: tuple[str, ...]) -> int:
    os.chdir(here / "work")
    main(list(words), "player")
    return 0


def _environment(here: Path) -> dict[str, str]:
    own = {f"PLAYER_{name.upper()}": str(here / name) for name in ("store", "diary", "scripts")}
    return {**own, "PLAYER_SETTINGS": str(here / "settings.toml"), "HOME": str(here / "home"), "NO_COLOR": "1"}


def _made(template: Path) -> Path:
    """The files of somebody who has exported a session, made a feed of it, and chosen something for good."""
    for name in ("work/folder", "work/lib", "home", "scripts"):
        (template / name).mkdir(parents=True)
    work = template / "work"
    (work / "tiny.yaml").write_text(_SCRIPT)
    (work / "closed.yaml").write_text(_SCRIPT)
    (work / "closed.yaml").chmod(0)
    (work / "empty").touch()
    (work / "binary").write_bytes(bytes(range(256)) * 9)
    (work / "loop").symlink_to("loop")
    (template / "settings.toml").write_text(_SETTINGS)
    for words in ("export tiny.yaml -q -o lib/old.mp3", "feed lib --url https://example.org/x"):
        command = [sys.executable, "-m", "player", *words.split()]
        subprocess.run(command, cwd=work, env={**os.environ, **_environment(template)}, capture_output=True, check=True)
    return template


def _others(here: Path) -> dict[str, str]:
    """Digests of the files that no command is asked to write."""
    return {
        str(path.relative_to(here)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(here.rglob("*"))
        if path.is_file() and not str(path.relative_to(here)).startswith(_WRITTEN)
    }


def _touched(here: Path, before: dict[str, str], outcome: Outcome) -> str:
    """What was changed or left besides the targets; a new file is a target, unless it is a part."""
    after = _others(here)
    lost = [name for name in before if after.get(name) != before[name]]
    parts = [path.name for path in here.rglob("*.part")]
    return f"changed {', '.join(lost)}" if lost else f"left {', '.join(parts)}" if parts else _long(outcome)


def _long(outcome: Outcome) -> str:
    longest = max(map(len, outcome.stderr.splitlines()), default=0)
    return f"a line of {longest} characters" if outcome.code and longest > 1500 else ""
