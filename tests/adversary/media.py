"""Attacks on `player extract` and on files that are read as a background: hostile media of every container.

First each of a list that was written by hand, then seeded changes to whole exports of the program's own, for ever. Each
file is extracted, as text and as JSON, or else decoded as a background or a recording is; one in fifty goes through the
whole command, started anew.
"""

from __future__ import annotations

import shutil
import struct
import sys
from functools import partial
from typing import TYPE_CHECKING, Final

import player.cli.extract
from player.cli import main
from player.errors import PlayerError
from player.export.extract import extract
from player.export.tags import read_tags
from player.sound.bed import open_bed
from player.sound.recording import open_recording
from player.storage.store import Store
from tests.adversary import hostile_media as media
from tests.adversary.runner import Attack, Limits, Outcome, run

if TYPE_CHECKING:
    import random as chance
    from collections.abc import Callable, Iterator
    from pathlib import Path

LIMITS: Final = Limits(seconds=5, megabytes=300)
_FORMS: Final = ("mp3", "wav", "flac", "ogg", "opus", "m4a", "m4b")
_WAYS: Final = ("text", "json", "tags", "bed", "recording")
"""The script as it is, the script and all facts as JSON, what a feed reads, and the sound."""
_MB: Final = 2**20
_MANY: Final = 200_000
_LOADED: Final = (player.cli.extract, extract)
"""Imported before the fork, so that each child need not."""


def attacks(random: chance.Random, folder: Path) -> Iterator[Attack]:
    """Those written by hand, and then changes to whole files without end."""
    for name, write in _by_hand().items():
        path = folder / name
        path.write_bytes(write())
        yield from _tried(path, folder, _WAYS)
    made = run(Attack("make", partial(_exports, folder)), Limits(seconds=60, megabytes=1000))
    if made.code:
        raise SystemExit(made.stderr)
    wholes = sorted((folder / "whole").iterdir())
    number = 0
    while True:
        whole = random.choice(wholes)
        number += 1
        path = folder / f"{number}{whole.suffix}"
        path.write_bytes(media.mutated(whole.read_bytes(), random.randrange))
        ways = _WAYS if whole.suffix[1:] in _FORMS else ("text", "json")
        yield from _tried(path, folder, ("command" if random.randrange(50) == 0 else random.choice(ways),))


def _tried(path: Path, folder: Path, ways: tuple[str, ...]) -> Iterator[Attack]:
    for way in ways:
        kept = path.with_name(f"{way}-{path.name}")
        path.rename(kept) if way == ways[-1] else shutil.copy(path, kept)
        act: tuple[str, ...] | Callable[[], int | None]
        if way == "command":
            act = (sys.executable, "-m", "player", "extract", str(kept))
        elif way in {"text", "json"}:
            act = partial(_extract, ["extract", str(kept), *(["--json"] if way == "json" else [])])
        else:
            act = partial(_read, kept, folder / "store", way)
        yield Attack(kept.name, act, keep=(kept,), check=_is_the_script if way in {"text", "command"} else _nothing)


def _is_the_script(outcome: Outcome) -> str:
    return "" if outcome.code or outcome.stdout.encode() == media.SCRIPT else "gave another script"


def _nothing(_: Outcome) -> str:
    return ""


def _extract(words: list[str]) -> None:
    main(words)


def _read(path: Path, store: Path, way: str) -> int:
    """Read a file's tags, or its sound as a bed or a recording, into a store that is empty."""
    try:
        if way == "tags":
            read_tags(path)
        else:
            (open_bed if way == "bed" else open_recording)(path, Store(store))
    except PlayerError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return error.exit_code
    finally:
        shutil.rmtree(store, ignore_errors=True)
    return 0


def _exports(folder: Path) -> None:
    """Whole exports of three seconds, with everything that tags can have, and pages; in a child, as it takes memory."""
    from tests.adversary.whole_exports import write_all  # noqa: PLC0415

    write_all(folder / "whole", _FORMS)


def _by_hand() -> dict[str, Callable[[], bytes]]:
    return {**_id3(), **_chunks(), **_vorbis(), **_atoms(), **_pages(), **_sounds()}


def _id3() -> dict[str, Callable[[], bytes]]:
    zeros, sizes = bytes(64 * _MB), {2: _MB, 3: 64 * _MB, 4: 64 * _MB}  # version 2.2 has nothing compressed
    late = {**sizes, 2: 1000}  # for a decoder, what stands within a stream is a part of it, and lasts
    frame, tag, squeezed, origin = media.frame, media.tag, media.squeezed, media.origin_frames
    pair = media.contents(b"a", b"b"), media.contents(b"b", b"a")
    wide, number = (
        media.document(x="HERE").replace(b'"HERE"', each) for each in (b"[" + b"[]," * 2 * _MB + b"1]", b"9" * _MB)
    )
    odd = media.document(version="\x1b[2J\u202e\ud800", name="\u2066", rate=1e300)
    some = ("APIC", "TXXX", "TIT2", "COMM")

    def many_bombs(v: int) -> bytes:
        return tag([squeezed(name, zeros[: min(sizes[v], 15 * _MB)], v) for name in some] * (1 if v == 2 else 300), v)

    written: dict[str, Callable[[int], bytes]] = {
        "geob-bomb": lambda v: tag([squeezed("GEOB", media.geob(zeros[: sizes[v]]), v)] * 8, v),
        "many-bombs": many_bombs,
        "priv-bombs": lambda v: tag([squeezed("PRIV", zeros[: sizes[v]], v)] * 20, v),
        "late-bombs": lambda v: b"\xff\xfb\x90\x64" + bytes(413) + tag([squeezed("TIT2", zeros[: late[v]], v)] * 20, v),
        "chapters": lambda v: tag([frame("CHAP", media.chapter(b"c%d" % n), v) for n in range(_MANY)], v),
        "one-chapter": lambda v: tag([frame("CHAP", media.chapter(b"c"), v)] * _MANY, v),
        "nested": lambda v: tag([media.nested(3000, v)], v),
        "cycle": lambda v: tag([frame("CTOC", each, v) for each in pair], v),
        "tiny": lambda v: tag([frame("TIT2", b"\0", v)] * (2 * _MB), v),
        "texts": lambda v: tag([frame("TXXX", media.txxx(b"{}"), v)] * _MANY, v),
        "zeros": lambda v: tag([frame("TXXX", b"\1" + b"\0\0\1" * _MB * 2, v)] * 4, v),
        "deep": lambda v: tag(origin(v, content=media.deep_document(100_000)), v),
        "wide": lambda v: tag(origin(v, content=wide), v),
        "strange": lambda v: tag(origin(v, content=odd), v),
        "number": lambda v: tag(origin(v, content=number), v),
    }
    found: dict[str, Callable[[], bytes]] = {
        f"v{v}-{name}.mp3": partial(write, v) for v in (2, 3, 4) for name, write in written.items()
    }
    found["stacked.mp3"] = lambda: tag([]) * (4 * _MB)
    found["syncs.mp3"] = lambda: tag([frame("TIT2", b"\0a")]) + b"\xff\xfb" * (8 * _MB)
    found["huge-tag.mp3"] = lambda: tag([frame("TIT2", b"\0" + zeros + zeros)])
    return found


def _chunks() -> dict[str, Callable[[], bytes]]:
    sound = (b"fmt ", media.wav_format()), (b"data", bytes(400_000))
    bomb = partial(media.squeezed, "GEOB", media.geob(bytes(64 * _MB)), 4)
    far = _ds64(2**63)
    return {
        "bomb.wav": lambda: media.riff(*sound, (b"id3 ", media.tag([bomb()] * 8, 4))),
        "chapters.wav": lambda: media.riff(
            *sound, (b"id3 ", media.tag([media.frame("CHAP", media.chapter(b"c"))] * _MANY))
        ),
        "chunks.wav": lambda: media.riff(sound[0], *[(b"junk", b"")] * (2 * _MB), sound[1]),
        "lists.wav": lambda: media.riff(sound[0], *[(b"LIST", b"INFOINAM\4\0\0\0abcd")] * _MANY, sound[1]),
        "id3s.wav": lambda: media.riff(*sound, *[(b"id3 ", b"")] * _MANY),
        "far.wav": lambda: media.riff((b"ds64", far), *sound, (b"id3 ", media.tag([])), kind=b"RF64"),
        "ds64s.wav": lambda: media.riff(*[(b"ds64", far)] * _MANY, kind=b"RF64"),
    }


def _ds64(length: int) -> bytes:
    """The first chunk of RF64, which says how long its sound is."""
    return b"\xff" * 8 + (length & 2**64 - 1).to_bytes(8, "little") + bytes(12)


def _vorbis() -> dict[str, Callable[[], bytes]]:
    own, deep = media.origin_comments(), media.origin_comments(media.deep_document(100_000))
    many = [(f"CHAPTER{n}", b"0") for n in range(_MANY)]
    heads = {"ogg": (media.VORBIS_HEAD, b"\x03vorbis"), "opus": (media.OPUS_HEAD, b"OpusTags")}
    found: dict[str, Callable[[], bytes]] = {
        "deep.flac": lambda: media.flac((4, media.comments(deep))),
        "count.flac": lambda: media.flac((4, media.comments(own, count=2**32 - 1))),
        "many.flac": lambda: media.flac((4, media.comments(many))),
        "empty.flac": lambda: media.flac((4, media.comments([], 2**22) + bytes(2**23))),
        "blocks.flac": lambda: media.flac(*[(1, b"")] * _MANY),
        "pictures.flac": lambda: media.flac(*[(6, bytes(2**23))] * 8, (4, media.comments(own))),
        "rate.flac": lambda: media.flac((4, media.comments(own)), rate=0, samples=2**36 - 1),
        "id3.flac": lambda: media.tag([media.nested(3000)]) + media.flac((4, media.comments(own))),
    }
    written: dict[str, Callable[[bytes, bytes], bytes]] = {
        "deep": lambda head, start: media.ogg(head, start + media.comments(deep)),
        "many": lambda head, start: media.ogg(head, start + media.comments(many)),
        "pages": lambda head, start: media.ogg(head, start + bytes(2 * _MB), page=1),
        "empty": lambda head, _: media.ogg(head) + media.ogg(b"")[:27].replace(b"\1", b"\0") * _MANY,
        "large": lambda head, start: media.ogg(head, start + bytes(60 * _MB)),
        "position": lambda head, start: media.ogg(head, start + media.comments(own), position=2**63 - 1),
        "streams": lambda head, _: media.ogg(head) + b"".join(media.ogg(head, serial=n) for n in range(50_000)),
    }
    named = {f"{name}.{form}": partial(write, *heads[form]) for form in heads for name, write in written.items()}
    return found | named


def _atoms() -> dict[str, Callable[[], bytes]]:
    start = media.atom(b"ftyp", b"M4A " + bytes(4))
    own = media.origin_items()
    return {
        "nested.m4a": lambda: start + media.nested_atoms(50_000),
        "nested-udta.m4a": lambda: start + media.atom(b"moov", media.nested_atoms(50_000, b"udta")),
        "many.m4a": lambda: media.mp4(own, before=media.atom(b"trak", b"") * _MANY),
        "items.m4a": lambda: media.mp4(media.free_form("x", b"") * _MANY + own),
        "deep.m4a": lambda: media.mp4(media.origin_items(media.deep_document(100_000))),
        "endless.m4a": lambda: media.mp4(media.atom(b"----", b"", size=0) + own),
        "itself.m4a": lambda: media.mp4(media.atom(b"----", b"", size=4) + own),
        "covers.m4a": lambda: media.mp4(media.atom(b"covr", media.data(bytes(2**22))) * 15 + own),
        "time.m4a": lambda: media.mp4(own, header=b"\1" + bytes(19) + b"\0\0\0\1" + b"\xff" * 80),
    }


def _pages() -> dict[str, Callable[[], bytes]]:
    return {
        "deep.html": lambda: media.page(media.deep_document(100_000)),
        "many.html": lambda: media.page(times=100_000),
        "begun.html": lambda: b'<a class="save" download="' * (2 * _MB) + media.page(),
        "open.html": lambda: (b'<script type="application/json" class="origin">' + b"x" * (7 * _MB)) * 8 + media.page(),
        "filled.html": lambda: media.page(filling=b"A" * (60 * _MB)),
        "strange.html": lambda: media.page(media.document(version="\x1b\u202e", spoken_by="\ud800")),
    }


def _sounds() -> dict[str, Callable[[], bytes]]:
    """Sounds whose heads lie."""
    heads = {
        "channels": (1024, 48_000, 16, None),
        "no-channels": (0, 48_000, 16, None),
        "no-rate": (2, 0, 16, None),
        "slow": (1, 4000, 8, None),
        "fast": (2, 2**32 - 1, 16, None),
        "no-align": (2, 48_000, 16, 0),
        "no-bits": (2, 48_000, 0, 4),
    }
    sound = bytes(range(256)) * 32_768
    written: dict[str, Callable[[], bytes]] = {
        f"{name}.wav": partial(
            media.riff, (b"fmt ", media.wav_format(*head)), (b"data", sound[: 2**18] if name == "slow" else sound)
        )
        for name, head in heads.items()
    }
    mp3_in_wav = struct.pack("<HHLLHH", 0x55, 2, 44_100, 16_000, 1, 0) + struct.pack("<HHLHHH", 12, 1, 2, 417, 1, 0)
    bomb = media.tag([media.squeezed("TIT2", bytes(64 * _MB), 4)] * 20, 4)
    frames = (b"\xff\xfb\x90\x64" + bytes(413)) * 3
    written["mp3.wav"] = partial(media.riff, (b"fmt ", mp3_in_wav), (b"data", bomb + frames + bomb + frames * 99))
    for kind, minutes in {"flac": 120, "ogg": 50, "opus": 15, "mp3": 4}.items():  # 200 kB each
        written[f"hours.{kind}"] = partial(media.hours, kind, minutes)
    return written
