"""Files that an export needs and cannot read, and orders that cannot be done: a sentence, and the others go on."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from player import pipeline
from player.errors import MediaError, OutputError
from player.export.batch import batch, bundle, jobs
from player.export.batch.jobs import ExportOrder, ExportTask, FailedExport
from player.export.feed import artwork, episodes, lock
from player.export.options import ExportOptions
from player.export.page import carried
from player.pipeline import SessionRequest
from player.storage.store import Store
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Callable


CALM = """\
title: Calm
steps:
  - section: One
  - say: Sit.
    for: 2s
  - section: Two
  - pause: 1s
"""


def broken(*_: object, **__: object) -> NoReturn:
    raise OSError(5, "Input/output error")


@pytest.mark.parametrize(
    ("opened", "read", "kind"),
    [
        ("open", lock.read, OutputError),
        ("read_bytes", artwork._read, MediaError),
        ("open", carried.origin_of_page, MediaError),
    ],
)
def test_a_file_on_a_broken_disk_is_named_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: str, read: Callable[[Path], object], kind: type[Exception]
) -> None:
    path = tmp_path / "calm.html"
    path.write_text("<html>")
    monkeypatch.setattr(Path, opened, broken)
    with pytest.raises(kind, match=r"calm\.html.* cannot be read: input/output error"):
        read(path)


def test_a_folder_of_episodes_that_cannot_be_listed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "iterdir", broken)
    with pytest.raises(MediaError) as caught:
        episodes._files(tmp_path)
    assert str(caught.value) == f"{tmp_path} cannot be read: input/output error"


def test_an_episode_that_is_gone_meanwhile_is_left_out_with_the_reason(tmp_path: Path) -> None:
    told = episodes._episode(tmp_path / "calm.mp3", ["calm.mp3"])
    assert isinstance(told, str)
    assert "calm.mp3" in told


def locked(**changed: object) -> dict[str, Any]:
    rows = {f"{name}.mp3": {"guid": f"urn:{name}", "date": "2025-11-25T12:00:00Z"} for name in "ab"}
    return {"version": 1, "guid": "urn:feed", "image": "", "episodes": rows} | changed


@pytest.mark.parametrize(
    "whole",
    [
        locked(version=2),
        locked(guid="two\nlines"),
        locked(guid=7),
        locked(episodes={name: {"guid": "urn:same", "date": "2025-11-25T12:00:00Z"} for name in "ab"}),
        locked(episodes={"a.mp3": {"guid": "urn:a", "date": "yesterday"}}),
        locked(episodes=[]),
        [],
    ],
)
def test_a_lock_that_is_damaged_is_never_taken_for_an_empty_one(tmp_path: Path, whole: object) -> None:
    path = tmp_path / lock.NAME
    path.write_text(json.dumps(locked()))
    found = lock.read(path)
    assert found is not None
    assert [each.guid for each in found.episodes.values()] == ["urn:a", "urn:b"]
    path.write_text(json.dumps(whole))
    with pytest.raises(OutputError, match="is damaged; put back an older copy of it"):
        lock.read(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"GIF89a", "is neither PNG nor JPEG"),
        (b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR", "is damaged"),
    ],
)
def test_a_picture_that_is_none_is_told_as_that(content: bytes, reason: str) -> None:
    assert artwork._unfit(content) == reason


def test_a_file_of_a_bundle_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(MediaError) as caught:
        bundle._file("here/rain.wav", tmp_path / "rain.wav")
    assert str(caught.value) == f"{tmp_path / 'rain.wav'} cannot be read: No such file or directory"


def order(folder: Path, *, split: bool = False) -> ExportOrder:
    (folder / "calm.yaml").write_text(
        "title: Calm\nsteps:\n  - section: One\n  - say: Sit.\n    for: 2s\n  - section: Two\n  - pause: 1s\n"
    )
    task = ExportTask(SessionRequest(str(folder / "calm.yaml")), ExportOptions("wav", split=split))
    return ExportOrder("calm", task, folder / "out" / "calm.wav", force=False)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OutputError("cannot write it; choose another folder"), "cannot write it; choose another folder"),
        (ZeroDivisionError("float division"), "player met what it did not expect (ZeroDivisionError: float division)"),
        (ValueError("a\x1b[31mb"), r"player met what it did not expect (ValueError: a\x1b[31mb)"),
    ],
)
def test_an_order_that_fails_is_a_sentence_and_no_error_for_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    def fail(*_: object, **__: object) -> NoReturn:
        raise error

    machine = pipeline.Machine(FakeEngine(), Store(tmp_path / "store"))
    monkeypatch.setattr("player.export.exporter.export", fail)
    assert jobs.make(order(tmp_path), machine) == FailedExport(sentence)
    assert not list((tmp_path / "out").iterdir())


def test_an_order_in_parts_has_its_parts_in_its_own_folder_whatever_lies_there(tmp_path: Path) -> None:
    machine = pipeline.Machine(FakeEngine(), Store(tmp_path / "store"))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "calm.wav").write_text("of somebody else")  # it is none of the parts
    made = jobs.make(order(tmp_path, split=True), machine)
    assert isinstance(made, jobs.ExportedFiles)
    assert (tmp_path / "out" / "calm.wav").read_text() == "of somebody else"
    assert isinstance(jobs.make(order(tmp_path), machine), FailedExport)


def test_nothing_more_is_begun_when_it_was_stopped(tmp_path: Path) -> None:
    stopped = threading.Event()
    stopped.set()
    nobody: Any = None  # whoever is asked to make something fails
    batch._do(0, order(tmp_path), nobody, nobody, stopped)
