"""What a doctor finds, on a machine where everything can be missing."""

from __future__ import annotations

import importlib.metadata
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from player.tasks import examination
from player.tasks.examination import Finding, examine

if TYPE_CHECKING:
    from pathlib import Path

    from tests.private_bus import PrivateBus


@pytest.fixture(autouse=True)
def no_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("PLAYER_DIARY", str(tmp_path / "diary"))


def found(part: str) -> Finding:
    return next(each for each in examine() if each.part == part)


@pytest.mark.engine
def test_every_part_is_told_and_none_raises() -> None:
    parts = [each.part for each in examine()]
    first, speakers = ["player", "scripts", "voice", "store", "diary", "encoders"], ["simpleaudio", "miniaudio"]
    assert parts == [*first, *speakers, "media keys", "ffmpeg"]


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


@pytest.mark.skipif(sys.platform != "linux", reason="media keys are heard on Linux only")
def test_media_keys_need_a_library_and_a_bus(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("dbus_fast", reason="needs dbus-fast: pip install dbus-fast")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nothing")
    finding = examination._media_keys()
    assert (finding.well, finding.optional, finding.finding) == (False, True, "there is no session bus to hear them by")
    monkeypatch.setitem(sys.modules, "player.controls.desktop.line", None)
    assert examination._media_keys().finding == "not installed: pip install dbus-fast"


def test_media_keys_are_well_where_there_is_a_bus(monkeypatch: pytest.MonkeyPatch, private_bus: PrivateBus) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", private_bus.address)
    assert examination._media_keys() == Finding(
        "media keys", well=True, finding="heard through MPRIS, on the session bus"
    )
