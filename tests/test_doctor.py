"""What a doctor finds, on a machine where everything can be missing."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from player import doctor
from player.doctor import Finding, examine
from player.storage.store import Draft, Store
from player.voice import registry
from player.voice.drivers.table import BY_NAME
from player.voice.pyttsx3_engine import Pyttsx3Engine

if TYPE_CHECKING:
    from collections.abc import Iterator
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
    drivers = [f"voices by {driver.name}" for driver in registry.installed_drivers()]
    first, speakers = ["player", "scripts", "settings", *drivers, "voice"], ["simpleaudio", "miniaudio"]
    assert parts == [*first, "store", "diary", "encoders", *speakers, "media keys", "keep awake", "ffmpeg"]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Pyttsx3Engine]:
    engine = Pyttsx3Engine(Store(tmp_path / "store"))
    yield engine
    engine.stop()


@pytest.mark.engine
def test_a_driver_is_told_with_its_voices_version_and_library(engine: Pyttsx3Engine) -> None:
    finding = doctor._driver(engine, BY_NAME["espeak"])
    assert (finding.part, finding.well) == ("voices by espeak", True)
    assert re.fullmatch(
        r"\d+ synthetic voices and \d+ variants, pyttsx3 2\.\d+, 1\.\d+\S* \(\S*libespeak\S+\).*", finding.finding
    )
    natural = doctor._driver(engine, BY_NAME["hibari"]).finding
    assert re.match(r"\d+ natural voices?, pyttsx3 2\.\d+, hibari-tts 0\.2\.\d+, onnxruntime 1\.", natural)


def test_a_driver_that_cannot_start_is_no_illness_as_long_as_another_speaks(tmp_path: Path) -> None:
    engine = Pyttsx3Engine(Store(tmp_path / "store"), command=["/nonexistent/python"])
    finding = doctor._driver(engine, BY_NAME["espeak"])
    assert (finding.well, finding.optional) == (False, True)
    assert "cannot be started" in finding.finding
    assert not doctor._voices(engine).well


@pytest.mark.engine
def test_the_voice_is_told_by_language_with_how_to_get_more(engine: Pyttsx3Engine) -> None:
    finding = doctor._voices(engine)
    assert finding.well
    assert re.search(r"natural: en by heart.*; \d+ other languages by synthetic voices; .*--install", finding.finding)


def test_a_missing_encoder_comes_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == "lameenc":
            raise importlib.metadata.PackageNotFoundError(name)
        return "1"

    monkeypatch.setattr(importlib.metadata, "version", version)
    assert doctor._encoders() == Finding("encoders", well=False, finding="not installed: pip install lameenc")


def test_what_only_looks_like_ffmpeg_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ffmpeg").write_text("no program")
    (tmp_path / "ffmpeg").chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _: str(tmp_path / "ffmpeg"))
    finding = doctor._ffmpeg()
    assert (finding.well, finding.optional) == (False, True)
    assert finding.finding == f"{tmp_path}/ffmpeg cannot be run (Exec format error); install ffmpeg anew"


def test_a_missing_ffmpeg_is_no_illness(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    finding = doctor._ffmpeg()
    assert (finding.well, finding.optional) == (False, True)
    assert "install ffmpeg" in finding.finding


def test_a_store_that_cannot_be_used_is_an_illness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("PLAYER_STORE", str(tmp_path / "file" / "store"))
    assert not found("voice").well


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
def test_a_pipe_in_the_store_is_told_and_not_waited_for(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    path = store.put({"what": "script"}, Draft({}, ())).path
    assert doctor._store(store, "") == Finding("store", well=True, finding=f"{store.root}, 1 entries, 0.0 MB")
    path.unlink()
    os.mkfifo(path)
    told = doctor._store(store, "")
    assert (told.well, told.optional) == (False, True)
    assert told.finding.endswith("unusable: 1, made again when needed (`player cache --verify` names them)")


@pytest.mark.skipif(sys.platform != "linux", reason="media keys are heard on Linux only")
def test_media_keys_need_a_library_and_a_bus(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("dbus_fast", reason="needs dbus-fast: pip install dbus-fast")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nothing")
    finding = doctor._media_keys()
    assert (finding.well, finding.optional, finding.finding) == (False, True, "there is no session bus to hear them by")
    monkeypatch.setitem(sys.modules, "player.live.controls.desktop.dbus", None)
    assert doctor._media_keys().finding == "not installed: pip install dbus-fast"


def test_media_keys_are_well_where_there_is_a_bus(monkeypatch: pytest.MonkeyPatch, private_bus: PrivateBus) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", private_bus.address)
    assert doctor._media_keys() == Finding("media keys", well=True, finding="heard through MPRIS, on the session bus")
