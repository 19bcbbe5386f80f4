"""Writes media as a stranger with bad intent would: small files that ask for much when they are read.

Bytes in, bytes out. Nothing of the program is used, so that what it reads is not what it wrote.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import struct
import zlib
from typing import TYPE_CHECKING, Final

import numpy as np
import soundfile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

SCRIPT: Final = b"title: Calm\nsteps: [pause: 1s]\n"
_OFFSETS: Final = bytes(8) + b"\xff" * 8


def document(script: bytes = SCRIPT, **facts: object) -> bytes:
    """What stands beside a script, as the program writes it."""
    whole = {"script": "calm.yaml", "sha256": hashlib.sha256(script).hexdigest(), **facts, "includes": {}}
    return json.dumps(whole).encode()


def deep_document(depth: int, script: bytes = SCRIPT) -> bytes:
    """The same with lists in lists."""
    return document(script, voice="HERE").replace(b'"HERE"', b"[" * depth + b"]" * depth)


def synchsafe(number: int) -> bytes:
    """A length as ID3 writes it: seven bits a byte."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def frame(name: str, content: bytes, version: int = 3, flags: int = 0, size: int | None = None) -> bytes:
    """A frame of ID3v2.2 to 2.4; ``size`` lies about its length."""
    length = len(content) if size is None else size
    if version == 2:
        short = {"APIC": "PIC"}.get(name, name[:3])
        return short.encode() + (length & 2**24 - 1).to_bytes(3, "big") + content
    return (
        name.encode() + (synchsafe(length) if version == 4 else struct.pack(">L", length)) + bytes([0, flags]) + content
    )


def squeezed(name: str, content: bytes, version: int) -> bytes:
    """A frame whose content is compressed; version 2.2 has none."""
    small = zlib.compress(content, 9)
    if version == 2:
        return frame(name, content, 2)
    length = synchsafe(len(content) & 2**28 - 1) if version == 4 else struct.pack(">L", len(content))
    return frame(name, length + small, version, 0x09 if version == 4 else 0x80)


def tag(frames: Iterable[bytes], version: int = 3, flags: int = 0, size: int | None = None) -> bytes:
    """A tag of ID3v2.2 to 2.4; ``size`` lies about its length."""
    body = b"".join(frames)
    return b"ID3" + bytes([version, 0, flags]) + synchsafe(len(body) if size is None else size) + body


def geob(script: bytes = SCRIPT, *, wide: bool = False) -> bytes:
    """The content of a frame that carries a script; ``wide`` in UTF-16."""
    names = [
        text.encode("utf-16") + b"\0\0" if wide else text.encode() + b"\0" for text in ("calm.yaml", "player script")
    ]
    return bytes([1 if wide else 3]) + b"application/yaml\0" + b"".join(names) + script


def txxx(content: bytes, *, wide: bool = False) -> bytes:
    """The content of the frame that stands beside it."""
    if wide:
        return b"\1" + "player session".encode("utf-16") + b"\0\0" + content.decode().encode("utf-16")
    return b"\0player session\0" + content


def origin_frames(version: int = 3, script: bytes = SCRIPT, content: bytes | None = None) -> list[bytes]:
    """Both frames, as an exported file has them."""
    names = ("TXX", "GEO") if version == 2 else ("TXXX", "GEOB")
    return [frame(names[0], txxx(content or document(script)), version), frame(names[1], geob(script), version)]


def chapter(name: bytes, *frames: bytes) -> bytes:
    """The content of a frame of a chapter."""
    return name + b"\0" + _OFFSETS + b"".join(frames)


def contents(name: bytes, *children: bytes) -> bytes:
    """The content of a frame with a table of contents."""
    return name + b"\0\3" + bytes([len(children) & 0xFF]) + b"".join(child + b"\0" for child in children)


def nested(depth: int, version: int = 3) -> bytes:
    """A chapter in a chapter, and so on."""
    sizes, inner, head = [], 0, len(chapter(b"c"))
    for _ in range(depth):
        inner += head + 10
        sizes.append(inner - 10)
    return b"".join(frame("CHAP", chapter(b"c"), version, size=size) for size in reversed(sizes))


def riff(*chunks: tuple[bytes, bytes], kind: bytes = b"RIFF") -> bytes:
    """A WAV file of these chunks; RF64 says its lengths elsewhere."""
    body = b"WAVE" + b"".join(
        name + struct.pack("<L", len(each)) + each + b"\0" * (len(each) % 2) for name, each in chunks
    )
    return kind + struct.pack("<L", len(body) if kind == b"RIFF" else 2**32 - 1) + body


def wav_format(channels: int = 2, rate: int = 48_000, bits: int = 16, align: int | None = None) -> bytes:
    """The chunk that says how sound is written."""
    width = channels * bits // 8 if align is None else align
    return struct.pack("<HHLLHH", 1, channels & 0xFFFF, rate, rate * width & 0xFFFFFFFF, width & 0xFFFF, bits)


def comments(fields: Mapping[str, bytes] | Iterable[tuple[str, bytes]], count: int | None = None) -> bytes:
    """Vorbis comments; ``count`` lies about how many there are."""
    pairs = [name.encode() + b"=" + text for name, text in (fields.items() if hasattr(fields, "items") else fields)]
    body = b"".join(struct.pack("<L", len(each)) + each for each in pairs)
    return struct.pack("<L", 1) + b"x" + struct.pack("<L", len(pairs) if count is None else count) + body


def origin_comments(content: bytes | None = None, script: bytes = SCRIPT) -> dict[str, bytes]:
    """Those that carry a script."""
    return {"PLAYER_SESSION": content or document(script), "PLAYER_SCRIPT": script}


def flac(*blocks: tuple[int, bytes], rate: int = 48_000, samples: int = 48_000) -> bytes:
    """A FLAC file without sound: its head and these blocks, each a kind and its bytes."""
    facts = rate << 44 | 1 << 41 | 15 << 36 | samples
    head = struct.pack(">HH", 4096, 4096) + bytes(6) + facts.to_bytes(8, "big") + bytes(16)
    whole = [(0, head), *blocks]
    return b"fLaC" + b"".join(
        bytes([kind | (0x80 if place == len(whole) - 1 else 0)]) + len(each).to_bytes(3, "big") + each
        for place, (kind, each) in enumerate(whole)
    )


def ogg(*packets: bytes, serial: int = 7, position: int = 48_000, page: int = 255) -> bytes:
    """An Ogg file of these packets, each in pages of its own of ``page`` segments, without checksums."""
    pages, number = [], 0
    for packet in packets:
        sizes = [255] * (len(packet) // 255) + [len(packet) % 255]
        at = 0
        for first in range(0, len(sizes), page):
            part = sizes[first : first + page]
            head = struct.pack("<4sBBqLLLB", b"OggS", 0, 2 * (number == 0), position, serial, number, 0, len(part))
            pages.append(head + bytes(part) + packet[at : at + sum(part)])
            at, number = at + sum(part), number + 1
    return b"".join(pages)


VORBIS_HEAD: Final = b"\x01vorbis" + struct.pack("<LBLlllBB", 0, 2, 48_000, 0, 128_000, 0, 0xB8, 1)
OPUS_HEAD: Final = b"OpusHead" + struct.pack("<BBHLhB", 1, 2, 312, 48_000, 0, 0)


def atom(name: bytes, content: bytes, size: int | None = None) -> bytes:
    """An MP4 atom; ``size`` lies about its length."""
    return struct.pack(">L", len(content) + 8 if size is None else size) + name + content


def free_form(name: str, value: bytes) -> bytes:
    """An item with a name of our own."""
    parts = (atom(b"mean", bytes(4) + b"player"), atom(b"name", bytes(4) + name.encode()), data(value))
    return atom(b"----", b"".join(parts))


def data(value: bytes) -> bytes:
    """The value of an item."""
    return atom(b"data", struct.pack(">LL", 1, 0) + value)


def mp4(items: bytes, *, before: bytes = b"", header: bytes | None = None) -> bytes:
    """An MP4 file without sound that has these items; ``before`` stands before them in ``moov``."""
    head = struct.pack(">LLLLL", 0, 0, 0, 1000, 5000) + bytes(80) if header is None else header
    meta = atom(b"meta", bytes(4) + atom(b"hdlr", bytes(25)) + atom(b"ilst", items))
    return atom(b"ftyp", b"M4A " + bytes(4)) + atom(b"moov", before + atom(b"mvhd", head) + atom(b"udta", meta))


def origin_items(content: bytes | None = None, script: bytes = SCRIPT) -> bytes:
    """Those that carry a script."""
    return free_form("session", content or document(script)) + free_form("script", script)


def nested_atoms(depth: int, name: bytes = b"moov") -> bytes:
    """An atom in an atom, and so on."""
    return b"".join(struct.pack(">L", 8 * (depth - place)) + name for place in range(depth))


def page(content: bytes | None = None, script: bytes = SCRIPT, *, times: int = 1, filling: bytes = b"") -> bytes:
    """A page that carries a script, so many times."""
    encoded = base64.b64encode(script)
    link = b'<a class="save" download="calm.yaml" href="data:application/yaml;base64,' + encoded + b'">'
    beside = b'<script type="application/json" class="origin">' + (content or document(script)) + b"</script>"
    return b"<!DOCTYPE html>" + filling + (link + beside) * times


def hours(kind: str, minutes: int) -> bytes:
    """Much sound in a small file: a second of noise, and silence."""
    form, coding = {"opus": ("OGG", "OPUS"), "ogg": ("OGG", "VORBIS"), "mp3": ("MP3", "MPEG_LAYER_III")}.get(
        kind, ("FLAC", "PCM_16")
    )
    held, silence = io.BytesIO(), np.zeros(8000 * 60, np.float32)
    with soundfile.SoundFile(held, "w", 8000, 1, coding, format=form) as file:
        file.write(np.random.default_rng(1).normal(0, 0.1, 8000))
        for _ in range(minutes):
            file.write(silence)
    return held.getvalue()


def mutated(whole: bytes, draw: Callable[[int], int]) -> bytes:
    """A few seeded changes to a file; ``draw(n)`` is a number from 0 to n - 1.

    Bits flipped, the end cut off, four bytes overwritten by a length that lies, a piece left out, repeated, moved, or
    put into itself.
    """
    data = bytearray(whole)
    for _ in range(1 + draw(4)):
        at, size = draw(max(1, min(len(data), 1 + draw(4096)))), 1 + draw(1 + draw(2000))
        at = draw(len(data) + 1) if draw(3) == 0 else at
        piece = bytes(data[at : at + size])
        kind = draw(8)
        if kind == 0:
            data[at : at + 1] = bytes(each ^ 1 << draw(8) for each in data[at : at + 1])
        elif kind == 1 and draw(3) == 0:
            del data[at:]
        elif kind == 2:
            data[at : at + 4] = draw_length(draw)
        elif kind == 3:
            del data[at : at + size]
        elif kind == 4:
            data[at:at] = piece * (1 + draw(1 + draw(300)))
        elif kind == 5:
            other = draw(len(data) + 1)
            data[other:other] = piece
        elif kind == 6:
            data[at + size // 2 : at + size // 2] = piece
        else:
            data[at : at + size] = bytes(draw(256) for _ in range(min(size, 64)))
    return bytes(data[: 2**26])


def draw_length(draw: Callable[[int], int]) -> bytes:
    """Four bytes that a reader may take for a length."""
    number = (0, 1, 7, 0x7F, 0xFF, 0xFFFF, 2**24, 2**28 - 1, 2**31 - 1, 2**31, 2**32 - 1)[draw(11)]
    return number.to_bytes(4, ("big", "little")[draw(2)])
