"""Forged entries in the store: every field with every lie, every kind of file in an entry's place, and random damage.

Each attack is one lie in a copy of a good store of a small session that has a clip, a background, a recording and a
take of one's own. It is survived if ``player cache --verify`` would name the entry, and the export has the same bytes
as with the good store. What nobody could notice is not tried: another sound of the same length with good digests.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import socket
import stat
import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import soundfile

from player import pipeline
from player.export import exporter
from player.export.options import ExportOptions
from player.sound.kinds import fits
from player.storage import upkeep
from player.storage.entry import _seal
from player.storage.store import Store
from player.units import RATE
from tests.adversary.runner import Attack, Limits
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator
    from pathlib import Path

LIMITS: Final = Limits(seconds=15)

_SCRIPT: Final = """\
title: Attacked
background: {sound: noise.wav}
steps:
  - say: Sit.
    for: 3s
  - say: Lie down, and let go.
  - play: bell.wav
  - breathe: {in: 2s, out: 2s, cycles: 1}
"""
_LIES: Final[tuple[Any, ...]] = (
    *(None, True, -1, 0.5, "", "1", "0", [], {}, [1], math.nan, math.inf, -math.inf, 2**63, -(2**63), 10**400, 1e300),
    *("\x1b[2J", "\ud800", "x" * 100_000),
)
_LIES_OF: Final[dict[str, tuple[Any, ...]]] = {
    "rate": (0, 1, 10**9, "22050", 22050.0),
    "frames": (0, 1, 10**9),
    "beat_ms": (10**7,),
    "after_ms": (10**12,),
    "pauses": ("[[2, 1]]", "[[0, 99999999]]", "[[NaN, 1]]", "[" * 90_000, "[[1]]", "null"),
    "scale": (0, 2, 1e-3),
    "peak": (0, 1e6),
}


@dataclass(frozen=True)
class _Good:
    """A good store, the session that is exported with it, and what that gives."""

    folder: Path
    request: pipeline.SessionRequest
    sound: bytes

    @property
    def entries(self) -> list[Path]:
        return [file.path for file in upkeep.stored_files(self.folder / "good")]


def attacks(random: random.Random, folder: Path) -> Iterator[Attack]:
    """The table first, in a random order, and then damage at random places for ever."""
    good = _made(folder)
    table = [each for path in good.entries for each in (*_headers(path), *_contents(path), *_places(path, good))]
    random.shuffle(table)
    for path, name, forge in table:
        yield _attack(good, path, name, forge)
    while True:
        path = random.choice(good.entries)
        at, bit = random.randrange(path.stat().st_size), 1 << random.randrange(8)
        if not _is_blank(path, at):
            yield _attack(good, path, f"bit {bit} at {at}", partial(_flip, at=at, bit=bit))


def _made(folder: Path) -> _Good:
    noise = np.random.default_rng(1).normal(0, 0.1, (RATE * 4, 2))
    (folder / "takes").mkdir()
    for name in ("noise.wav", "bell.wav", "takes/Sit.wav"):
        soundfile.write(folder / name, noise[: RATE * (4 if name == "noise.wav" else 1)], RATE)
    (folder / "attacked.yaml").write_text(_SCRIPT)
    request = pipeline.SessionRequest(str(folder / "attacked.yaml"), takes=str(folder / "takes"))
    return _Good(folder, request, _exported(request, folder / "good", folder / "good.wav"))


def _exported(request: pipeline.SessionRequest, store: Path, target: Path) -> bytes:
    ready = pipeline.prepare(request, pipeline.Machine(FakeEngine(), Store(store)))
    exporter.export(ready, target, ExportOptions("wav"), force=True)
    return target.read_bytes()


def _attack(good: _Good, path: Path, name: str, forge: Callable[[Path], object]) -> Attack:
    copy, kind = good.folder / "copy", _kind(path)
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(good.folder / "good", copy)
    os.chmod(copy, 0o700)  # noqa: PTH101
    if kind == "powers":  # they are asked for only where no gain is known
        for other in good.entries:
            if _kind(other) == "stem":
                (copy / other.relative_to(good.folder / "good")).unlink()
    forged = copy / path.relative_to(good.folder / "good")
    forge(forged)
    kept = good.folder / f"{kind.replace(' ', '-')}.entry"
    if stat.S_ISREG(forged.lstat().st_mode):
        shutil.copy(forged, kept)
    return Attack(f"{kind}: {name}", partial(_survive, good, forged), (kept,) if kept.exists() else ())


def _survive(good: _Good, forged: Path) -> int:
    """0 if the lie is told, and the sound is the same."""
    if forged not in {flaw.path for flaw in upkeep.flaws(good.folder / "copy", fits, whole=True)}:
        print("it is not told", file=sys.stderr)  # noqa: T201
        return 3
    if _exported(good.request, good.folder / "copy", good.folder / "copy.wav") != good.sound:
        print("the sound is another", file=sys.stderr)  # noqa: T201
        return 3
    return 0


def _headers(path: Path) -> Iterator[Any]:
    """Every field of the header, and every fact, with every lie; sealed again as the store does."""
    header = _parts(path)[0]
    for name in header:
        for lie in (*_LIES, "absent"):
            if lie != header[name]:
                yield path, f"{name}: {_short(lie)}", partial(_rewrite, change=partial(_put, name=name, lie=lie))
    for name in header["facts"]:
        for lie in (*_LIES, *_LIES_OF.get(name, ()), "absent"):
            if lie != header["facts"][name] and not _is_plausible(name, lie):
                yield (
                    path,
                    f"fact {name}: {_short(lie)}",
                    partial(_rewrite, change=partial(_put, name=name, lie=lie, of="facts")),
                )
    for name in ("facts", "made_from"):
        yield path, f"{name} nested deep", partial(_nested, name=name)


def _is_plausible(name: str, lie: object) -> bool:
    """Whether it is another loudness or gain, which sound may have."""
    is_level = name.endswith(("_db", "_lufs", "_gain")) or len(name) == len("0" * 64)  # a clip's name
    return is_level and type(lie) in {int, float} and abs(lie) <= 200  # type: ignore[arg-type]


def _contents(path: Path) -> Iterator[Any]:
    """Payloads that do not fit, with good digests; and files that are none."""
    size = _parts(path)[0]["size"]
    payloads = {"empty": b"", "odd": b"x" * (size | 1), "longer": bytes(size + 4), "one frame": bytes(4)}
    for name, payload in payloads.items():
        if len(payload) != size:
            yield path, f"payload {name}", partial(_repaid, payload=payload)
    files = {
        "empty": b"",
        "zeros": bytes(500),
        "magic only": b"player-store 1\n",
        "no end": b"player-store 1\n" + b"[" * 2**21,
    }
    files |= {
        "UTF-16": b"player-store 1\n" + "{}".encode("utf-16") + b"\n",
        "lists": b"player-store 1\n" + b"[" * 900_000 + b"\n",
    }
    for name, content in files.items():
        yield path, f"file {name}", partial(_overwritten, content=content)


def _places(path: Path, good: _Good) -> Iterator[Any]:
    """Something else in the place of the file, and the content of each other entry."""
    kinds: dict[str, Callable[[Path], object]] = {
        "folder": lambda at: at.mkdir(),
        "full folder": lambda at: (at / "inside").mkdir(parents=True),
        "pipe": os.mkfifo,
        "link to a device": lambda at: at.symlink_to("/dev/zero"),
        "link to nothing": lambda at: at.symlink_to("nothing"),
        "link to itself": lambda at: at.symlink_to(at.name),
        "link to the good one": lambda at: at.symlink_to(path),
        "socket": _socket,
    }
    if os.geteuid() == 0:
        kinds["device"] = lambda at: os.mknod(at, stat.S_IFCHR | 0o600, os.makedev(1, 5))
    for name, put in kinds.items():
        yield path, name, partial(_replaced, put=put)
    for other in good.entries:
        if other != path:
            yield path, f"content of a {_kind(other)}", partial(_overwritten, content=other.read_bytes())


def _parts(path: Path) -> tuple[dict[str, Any], bytes]:
    _, line, payload = path.read_bytes().split(b"\n", 2)
    return json.loads(line), payload


def _kind(path: Path) -> str:
    made_from = _parts(path)[0]["made_from"]
    return str(made_from.get("kind", made_from.get("what")))


def _is_blank(path: Path, at: int) -> bool:
    """Whether a byte only fills the header up, and means nothing."""
    content = path.read_bytes()
    return content[at : at + 1] == b" " and at < content.index(b"\n", 15)


def _put(header: dict[str, Any], *, name: str, lie: Any, of: str = "") -> None:
    place = header[of] if of else header
    if lie == "absent":
        del place[name]
    else:
        place[name] = lie


def _rewrite(path: Path, *, change: Callable[[dict[str, Any]], object], payload: bytes | None = None) -> None:
    header, old = _parts(path)
    seal = header["seal"]
    change(header)
    try:
        if header.get("seal") == seal:
            header["seal"] = _seal(header["facts"], header["size"], header["sha256"])
    except (KeyError, TypeError, ValueError):
        pass
    sys.set_int_max_str_digits(0)
    path.write_bytes(b"player-store 1\n" + json.dumps(header).encode() + b"\n" + (old if payload is None else payload))


def _repaid(path: Path, *, payload: bytes) -> None:
    digest = hashlib.sha256(payload).hexdigest()
    _rewrite(path, change=lambda header: header.update(size=len(payload), sha256=digest), payload=payload)


def _nested(path: Path, *, name: str) -> None:
    header, payload = _parts(path)
    header[name] = "DEEP"
    line = json.dumps(header).replace('"DEEP"', '{"a":' * 3000 + "1" + "}" * 3000)
    path.write_bytes(b"player-store 1\n" + line.encode() + b"\n" + payload)


def _overwritten(path: Path, *, content: bytes) -> None:
    path.write_bytes(content)


def _replaced(path: Path, *, put: Callable[[Path], object]) -> None:
    path.unlink()
    put(path)


def _socket(path: Path) -> None:
    here = os.getcwd()  # noqa: PTH109
    os.chdir(path.parent)  # a whole path may be too long for a socket
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)
    os.chdir(here)


def _flip(path: Path, *, at: int, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= bit
    path.write_bytes(content)


def _short(lie: object) -> str:
    return repr(lie)[:20]
