"""What a worker says of its files is taken only if it can be so; and no pickle but of plain values is read."""

from __future__ import annotations

import json
import os
import pickle
from collections import deque
from pathlib import Path
from typing import Any

import pytest

from player import pipeline
from player.errors import OutputError
from player.export.batch.executor import InProcessExecutor
from player.export.batch.jobs import ExportedFiles, ExportOrder, ExportTask, FailedExport
from player.export.batch.returned import Fetchable, must_be_of_its_format, must_have_room, read, strangers, written
from player.export.batch.unpickling import PlainPickles, RefusedPickleError
from player.export.options import CAPTIONS, AlbumPosition, ExportOptions
from player.pipeline import SessionRequest

SPLIT = "title: Both\nsteps: [{chime: bell}, {section: One}, {pause: 2s}, {section: No}, {section: Two}, {pause: 1s}]\n"
HERE = "tcp://there:1"
FOUND = Fetchable("player-x", (("calm.mp3", 40_000, "ab"), ("calm.vtt", 20, "cd")), 2_000, ("It is quiet.",))


def order(form: str = "mp3", target: str = "out/calm.mp3", session: str = "calm", **options: Any) -> ExportOrder:
    return ExportOrder("calm", ExportTask(SessionRequest(session), ExportOptions(form, **options)), Path(target))


def told(**changes: Any) -> bytes:
    return json.dumps({**json.loads(written(FOUND, HERE)), **changes}).encode()


def test_what_is_written_is_read() -> None:
    assert read(written(FOUND, HERE), order(captions=("vtt",))) == (HERE, FOUND)
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
        told(files=[["calm.vtt", 2**25, "ab"]], length_ms=10**6),
        told(folder=["/"]),
        told(worker=7),
        told(worker="tcp://there\x1b[31m:1"),
        told(worker="x" * 1000),
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
    with pytest.raises(
        OutputError, match=r"^the answer of .* is not valid \(.*\); its files were not used; check that"
    ):
        read(answer, order(captions=("vtt",)))


def test_who_sent_what_is_not_valid_is_named_where_it_is_known() -> None:
    end = "its files were not used; check that machine, or export without --cluster"
    with pytest.raises(OutputError) as caught:
        read(told(files=[["calm.mp3", 2, "ab"], ["calm.mp3", 2, "ab"]]), order())
    why = "it names 2 files, where an export has each once"
    assert str(caught.value) == f"the answer of the cluster's worker {HERE} is not valid ({why}); {end}"
    with pytest.raises(OutputError) as caught:
        read(b"x" * 5_000_000, order())
    why = "it sent something other than a text of at most 4 MB"
    assert str(caught.value) == f"the answer of a worker of the cluster is not valid ({why}); {end}"


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, ["calm.mp3"]),
        ({"stems": True}, ["calm.mp3", "calm.voice.mp3", "calm.bed.mp3", "calm.tones.mp3"]),
        ({"captions": ("vtt", "html"), "labels": True}, ["calm.vtt", "calm.transcript.html", "calm.labels.txt"]),
        ({"captions": ("txt", "srt", "lrc"), "chapters": True}, ["calm.txt", "calm.srt", "calm.chapters.json"]),
        ({"split": True}, ["calm.m3u8", "calm-01-settle.mp3", "calm-04-rest.mp3"]),
    ],
)
def test_an_export_may_have_the_files_that_were_ordered(options: dict[str, Any], names: list[str]) -> None:
    assert strangers(order(session="pmr-7", **options), names) == []


@pytest.mark.parametrize(
    "name",
    [
        *("../calm.mp3", "/etc/calm.mp3", "sub/calm.mp3", "..", ".", "", ".calm.mp3", "calm\\..\\calm.mp3"),
        *("calm.py", "calm", ".bashrc", "other.mp3", "calm\x1b.mp3", "calm.html", "calm.wav", "CALM.mp3"),
        *("calmer.txt", "calm down.mp3", "calm.transcript.html", "calm.vtt", "calm.m3u8", "calm.chapters.json"),
        *("calm.voice.mp3", "calm-01-settle.mp3", "calm-01.mp3", "calm-1.mp3", "calm.labels.txt"),
    ],
)
def test_an_export_has_no_other_files(name: str) -> None:
    assert strangers(order(), [name, "calm.mp3"]) == [name]


@pytest.mark.parametrize(
    "name",
    [
        *("calm.mp3", "calm-1-settle.mp3", "calm-00-settle.mp3", "calm-07-settle.mp3", "calm-001-settle.mp3"),
        *("calm-01-other.mp3", "calm-01.mp3", "calm-01-settle.wav", "calm-01-settle.mp3.mp3", "calm-01-Settle.mp3"),
        *(
            "calmer-01-settle.mp3",
            "calm-01-settle",
            "calm-0١-settle.mp3",
            "calm-99999-settle.mp3",
            "x/calm-01-settle.mp3",
        ),
    ],
)
def test_a_split_export_has_only_its_own_parts(name: str) -> None:
    """Five sections, and what comes before the first: at most six parts."""
    assert strangers(order(session="pmr-7", split=True), [name]) == [name]


@pytest.mark.parametrize("stem", ["calm", "c" * 250, "ü" * 125, "calm-01-settle", "calm.v2"])
@pytest.mark.parametrize("options", [{"split": True}, {"stems": True, "captions": CAPTIONS[:-1]}])
def test_whatever_is_made_here_may_come_from_a_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stem: str, options: dict[str, Any]
) -> None:
    monkeypatch.setenv("PLAYER_STORE", str(tmp_path / "store"))
    (tmp_path / "both.yaml").write_text(SPLIT)
    wanted = order("wav", str(tmp_path / f"{stem}.wav"), session=str(tmp_path / "both.yaml"), **options)
    made = InProcessExecutor(pipeline.this_machine()).make(wanted, lambda *_: None)
    assert isinstance(made, ExportedFiles), made
    assert len(made.files) > 2
    assert strangers(wanted, [path.name for path in made.files]) == []
    for path in made.files:
        must_be_of_its_format(path, path.name, wanted, HERE)


@pytest.mark.parametrize("beside", [False, True])
def test_a_page_that_is_made_here_may_come_from_a_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, beside: bool
) -> None:
    monkeypatch.setenv("PLAYER_STORE", str(tmp_path / "store"))
    (tmp_path / "both.yaml").write_text(SPLIT)
    wanted = order("html", str(tmp_path / "out/index.html"), session=str(tmp_path / "both.yaml"), beside=beside)
    made = InProcessExecutor(pipeline.this_machine()).make(wanted, lambda *_: None)
    assert isinstance(made, ExportedFiles), made
    assert strangers(wanted, [path.name for path in made.files]) == []
    for path in made.files:
        must_be_of_its_format(path, path.name, wanted, HERE)
    (made.files[0]).write_text("<!DOCTYPE html>\n<script>alert(1)</script>")
    with pytest.raises(
        OutputError, match=rf"worker {HERE} is not valid \(index\.html is not of the format that its name"
    ):
        must_be_of_its_format(made.files[0], "index.html", wanted, HERE)


def test_a_page_has_its_sound_beside_it_only_if_that_is_asked_for() -> None:
    beside = order("html", "out/index.html", beside=True)
    assert strangers(beside, ["index.html", "calm.mp3", "other.mp3", "01-calm.mp3"]) == ["other.mp3", "01-calm.mp3"]
    second = order("html", "out/index.html", beside=True, position=AlbumPosition("Both", 2, 2))
    assert strangers(second, ["02-calm.mp3", "calm.mp3"]) == ["calm.mp3"]
    assert strangers(order("html", "out/calm.html"), ["calm.html", "calm.mp3"]) == ["calm.mp3"]


def test_files_must_have_room(tmp_path: Path) -> None:
    must_have_room(FOUND, tmp_path)
    with pytest.raises(OutputError, match=r"the files need 1073741824 MB, and \d+ are free"):
        must_have_room(Fetchable("", (("a", 2**50, ""),), 1), tmp_path)


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
