"""What a worker says of its files is taken only if it can be so; and no pickle but of plain values is read."""

from __future__ import annotations

import json
import os
import pickle
from collections import deque
from pathlib import Path
from typing import Any

import pytest

from player.errors import OutputError
from player.export.batch.jobs import ExportOrder, ExportTask, FailedExport
from player.export.batch.returned import Fetchable, may_have, must_be_of_its_format, must_have_room, read, written
from player.export.batch.unpickling import PlainPickles, RefusedPickleError
from player.export.options import ExportOptions
from player.pipeline import SessionRequest

HERE = "tcp://there:1"
FOUND = Fetchable("player-x", (("calm.mp3", 40_000, "ab"), ("calm.vtt", 20, "cd")), 2_000, ("It is quiet.",))


def order(form: str = "mp3", target: str = "out/calm.mp3", **options: Any) -> ExportOrder:
    return ExportOrder("calm", ExportTask(SessionRequest("calm"), ExportOptions(form, **options)), Path(target))


def told(**changes: Any) -> bytes:
    return json.dumps({**json.loads(written(FOUND, HERE)), **changes}).encode()


def test_what_is_written_is_read() -> None:
    assert read(written(FOUND, HERE), order()) == (HERE, FOUND)
    assert read(written(FailedExport("bell.yaml:2:1: no\x1b[31m\nand no"), HERE), order()) == FailedExport(
        "bell.yaml:2:1: no\\x1b[31m\nand no"
    )


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {"folder": "x"},
        b"",
        b"{}",
        b"[" * 100_000,
        b"[1]",
        b"7",
        b"x" * 5_000_000,
        b"\xff",
        told(files=7),
        told(files=[["calm.mp3", -1, "ab"]]),
        told(files=[["calm.mp3", True, "ab"]]),
        told(files=[["calm.mp3", 1e3, "ab"]]),
        told(folder=["/"]),
        told(notes=[7]),
        told(failed=[7]),
        told(files=[]),
        told(files=[["calm.mp3", 1, "ab"]] * 2),
        told(files=[["calm.mp3", 2**40, "ab"]]),
        told(length_ms=0),
        told(length_ms=10**12),
    ],
    ids=lambda answer: repr(answer)[:40],
)
def test_what_cannot_be_so_is_refused(answer: object) -> None:
    with pytest.raises(OutputError, match=r"^the cluster's worker cannot be believed: .*; nothing of it is kept"):
        read(answer, order())


@pytest.mark.parametrize(
    "name", ["calm.mp3", "calm-01-settle.mp3", "calm.voice.mp3", "calm.m3u8", "calm.chapters.json"]
)
def test_an_export_may_have_the_files_beside_it(name: str) -> None:
    assert may_have(order(), name)


@pytest.mark.parametrize(
    "name",
    [
        *("../calm.mp3", "/etc/calm.mp3", "sub/calm.mp3", "..", ".", "", ".calm.mp3", "calm\\..\\calm.mp3"),
        *("calm.py", "calm", ".bashrc", "other.mp3", "calm\x1b.mp3", "calm.html", "calm.wav"),
    ],
)
def test_an_export_has_no_other_files(name: str) -> None:
    assert not may_have(order(), name)


def test_a_page_has_its_sound_beside_it_only_if_that_is_asked_for() -> None:
    assert may_have(order("html", "out/index.html", beside=True), "01-calm.mp3")
    assert not may_have(order("html", "out/calm.html"), "calm.mp3")
    assert may_have(order("html", "out/calm.html"), "calm.html")


def test_files_must_have_room(tmp_path: Path) -> None:
    must_have_room(FOUND, tmp_path)
    with pytest.raises(OutputError, match=r"the files need 1073741824 MB, and \d+ are free"):
        must_have_room(Fetchable("", (("a", 2**50, ""),), 1), tmp_path)


@pytest.mark.parametrize(
    ("name", "head", "is_so"),
    [
        ("a.mp3", b"ID3\4", True),
        ("a.mp3", b"\xff\xfb\x90", True),
        ("a.m4b", b"\0\0\0\x1cftypM4B ", True),
        ("a.lrc", b"[00:00]", True),
        ("a.wav", b"#!/bin/sh", False),
        ("a.flac", b"", False),
    ],
)
def test_a_file_begins_as_its_format_does(tmp_path: Path, name: str, head: bytes, is_so: bool) -> None:
    (tmp_path / "part").write_bytes(head)
    if is_so:
        must_be_of_its_format(tmp_path / "part", name)
    else:
        with pytest.raises(OutputError, match=rf"{name} is not of the format"):
            must_be_of_its_format(tmp_path / "part", name)


class Bomb:
    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, ("ran",)


def test_only_plain_pickles_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    plain = [b"bytes", ValueError("so"), deque([1]), {"a": (1.5, None)}]
    pickles = PlainPickles()
    try:
        for protocol in range(3, pickle.HIGHEST_PROTOCOL + 1):
            assert repr(pickle.loads(pickle.dumps(plain, protocol))) == repr(plain)  # noqa: S301
            with pytest.raises(RefusedPickleError):
                pickle.loads(pickle.dumps(Bomb(), protocol))  # noqa: S301
        with pytest.raises(RefusedPickleError):
            pickle.loads(b"cbuiltins\neval\n(S'1'\ntR.")  # noqa: S301
    finally:
        pickles.close()
    assert pickles.refused == f"{os.mkdir.__module__}.mkdir"
    assert list(tmp_path.iterdir()) == []
    pickle.loads(pickle.dumps(Bomb()))  # noqa: S301
    assert (tmp_path / "ran").is_dir()
