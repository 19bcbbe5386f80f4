"""What a doctor finds, on a machine where everything can be missing."""

from __future__ import annotations

import importlib.metadata
import shutil
from typing import TYPE_CHECKING

import pytest

from player.tasks import examination
from player.tasks.examination import Finding, examine

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def no_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_STORE", str(tmp_path / "store"))


def found(part: str) -> Finding:
    return next(each for each in examine() if each.part == part)


@pytest.mark.engine
def test_every_part_is_told_and_none_raises() -> None:
    parts = [each.part for each in examine()]
    assert parts == ["player", "scripts", "voice", "store", "encoders", "simpleaudio", "miniaudio", "ffmpeg"]


def test_a_missing_encoder_comes_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == "lameenc":
            raise importlib.metadata.PackageNotFoundError(name)
        return "1"

    monkeypatch.setattr(importlib.metadata, "version", version)
    assert examination._encoders() == Finding("encoders", well=False, finding="not installed: pip install lameenc")


def test_a_missing_ffmpeg_is_no_illness(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    finding = examination._ffmpeg()
    assert (finding.well, finding.optional) == (False, True)
    assert "install ffmpeg" in finding.finding


def test_a_store_that_cannot_be_used_is_an_illness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("PLAYER_STORE", str(tmp_path / "file" / "store"))
    assert not found("voice").well
