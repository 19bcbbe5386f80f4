"""What a doctor finds, on a machine where everything can be missing."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest

from player import doctor
from player.doctor import Finding, examine
from player.errors import DeviceError, VoiceError
from player.storage.store import Draft, Store
from player.voice import registry
from player.voice.drivers.table import BY_NAME
from player.voice.engine import Voice
from player.voice.identity import Identity
from player.voice.pyttsx3_engine import Pyttsx3Engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from player.voice.drivers.table import Driver
    from tests.private_bus import PrivateBus


@pytest.fixture(autouse=True)
def no_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("PLAYER_DIARY", str(tmp_path / "diary"))
    monkeypatch.delenv("PLAYER_LANGUAGE", raising=False)  # has a line of its own where it is set


def found(part: str) -> Finding:
    return next(each for each in examine() if each.part == part)


@pytest.mark.engine
def test_every_part_is_told_and_none_raises() -> None:
    parts = [each.part for each in examine()]
    drivers = [f"voices by {driver.name}" for driver in registry.installed_drivers()]
    first, speakers = ["player", "scripts", "settings", *drivers, "voice"], ["simpleaudio", "miniaudio"]
    assert parts == [*first, "store", "diary", "encoders", *speakers, "media keys", "keep awake", "ffmpeg"]


@pytest.mark.engine
def test_a_wrong_latency_is_told_once_and_is_no_fault_of_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_LATENCY", "abc")
    told = [each.finding for each in examine() if "PLAYER_LATENCY" in each.finding]
    assert told[0] == (
        "the variable PLAYER_LATENCY must be 60 to 320 (milliseconds), not 'abc'; unset it for the usual"
    )
    assert set(told[1:]) <= {"not tried, as PLAYER_LATENCY is wrong; it is installed"}


@pytest.mark.parametrize(
    ("name", "look", "good", "bad"),
    [
        ("PLAYER_CACHE_LIMIT", doctor._limit, ("500M", "500.0 MB, as the variable"), "lots"),
        ("PLAYER_LANGUAGE", doctor._language, ("de", "de, as the variable"), "qq"),
        ("PLAYER_REGION", doctor._region, ("GB", "GB, as the variable"), "qq"),
    ],
)
def test_a_variable_that_is_wrong_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, name: str, look: Callable[[], Finding], good: tuple[str, str], bad: str
) -> None:
    assert (name, look) in [(each.name, each.look) for each in doctor._VARIABLES]
    monkeypatch.setenv(name, good[0])
    assert (look().well, look().finding) == (True, f"{good[1]} {name} says")
    monkeypatch.setenv(name, bad)
    finding = doctor._looked("it", look)
    assert (finding.well, finding.optional) == (False, False)
    assert name in finding.finding
    assert repr(bad) in finding.finding


def test_what_is_wrong_with_several_parts_is_told_once() -> None:
    long = "others may write into the folder in which all of this is kept; " * 3
    findings = (
        Finding("a", well=False, finding=long),
        Finding("b", well=True, finding=long),
        Finding("c", well=False, finding=long),
        Finding("d", well=False, finding="short"),
        Finding("e", well=False, finding="short"),
    )
    told = [each.finding for each in doctor._each_once(findings)]
    assert told == [long, long, "the same as is said of a", "short", "short"]


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
    monkeypatch.setenv("PATH", str(tmp_path))
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
    told = found("store")
    assert (told.well, told.optional) == (False, False)
    assert told.finding.startswith(f"cannot write {tmp_path}/file/store: ")


@pytest.mark.engine
@pytest.mark.skipif(sys.platform != "linux", reason="/sys is a folder in which nobody can make a file")
def test_a_place_that_cannot_be_written_is_a_fault_of_what_would_lie_there(monkeypatch: pytest.MonkeyPatch) -> None:
    places = {"store": "/sys/x", "diary": "/sys/y"}
    for part, place in places.items():
        monkeypatch.setenv(f"PLAYER_{part.upper()}", place)
    findings = examine()
    faults = {each.part: each.finding for each in findings if not each.well and each.part in places}
    assert faults.keys() == places.keys()
    assert all(place in faults[part] for part, place in places.items())
    assert [each.part for each in findings if "/sys/" in each.finding] == ["store", "diary"]


def test_settings_that_could_not_be_kept_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_SETTINGS", str(tmp_path / "new" / "settings.toml"))
    closed = [tmp_path]
    monkeypatch.setattr(os, "access", lambda folder, _: folder not in closed)
    assert doctor._settings() == Finding(
        "settings",
        well=False,
        finding=f"{tmp_path}/new/settings.toml cannot be written; choose another file with PLAYER_SETTINGS",
        optional=True,
    )
    closed.clear()
    assert doctor._settings().well


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
def test_a_pipe_in_the_store_is_told_and_not_waited_for(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    path = store.put({"what": "script"}, Draft({}, ())).path
    assert doctor._store(store, "") == Finding("store", well=True, finding=f"{store.root}, 1 entry, 0.0 MB")
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


class TellingEngine:
    """Tells of itself what it was made with."""

    def __init__(self, voices: tuple[Voice, ...], variants: tuple[str, ...] = (), **told: str) -> None:
        self._told = {"package": "2.99", "driver": "espeak", "version": "", "library": "", "default": ""} | told
        self._voices, self._variants = voices, variants

    def identity(self, driver: Driver) -> Identity:
        return Identity(**self._told, voices=self._voices, variants=self._variants)

    def chosen(self) -> dict[str, Voice]:
        return {voice.language: voice for voice in self._voices}


HEART = Voice("heart", "Heart", "en-us", licence="Apache-2.0", quality="natural")
THORSTEN = Voice("thorsten", "Thorsten", "de-de", quality="natural")
SWEDISH = Voice("gmq/sv", "Swedish", "sv")


@pytest.mark.parametrize(
    ("engine", "told"),
    [
        (TellingEngine((SWEDISH,)), "1 synthetic voice, pyttsx3 2.99, no version told"),
        (
            TellingEngine((SWEDISH, SWEDISH), ("f2", "m3"), version="1.52", library="/lib/libespeak-ng.so.1"),
            "2 synthetic voices and 2 variants, pyttsx3 2.99, 1.52 (/lib/libespeak-ng.so.1)",
        ),
    ],
)
def test_a_driver_is_told_as_far_as_it_tells_of_itself(engine: Any, told: str) -> None:
    assert doctor._driver(engine, BY_NAME["espeak"]) == Finding("voices by espeak", well=True, finding=told)


HOW = "for a natural one, `player voices --install NAME`, as in piper:de_DE-thorsten-medium"


@pytest.mark.parametrize(
    ("voices", "told"),
    [
        ((SWEDISH,), f"natural: none; 1 other language by synthetic voices; {HOW}"),
        (
            (HEART, THORSTEN, SWEDISH),
            (
                "natural: en by heart (Apache-2.0), de by thorsten (licence not told); "
                f"1 other language by synthetic voices; {HOW}"
            ),
        ),
    ],
)
def test_languages_with_a_natural_voice_are_told_with_its_licence(voices: tuple[Voice, ...], told: str) -> None:
    engine: Any = TellingEngine(voices)
    assert doctor._voices(engine) == Finding("voice", well=True, finding=told)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (VoiceError("there is no voice; install one"), "there is no voice; install one"),
        (RuntimeError("odd\x1b[2J"), "RuntimeError: odd\\x1b[2J"),
    ],
)
def test_whatever_a_look_meets_is_a_finding(error: Exception, told: str) -> None:
    def look() -> Finding:
        raise error

    assert doctor._looked("voice", look) == Finding("voice", well=False, finding=told)


def test_settings_are_told_with_their_number_and_a_mistake_in_them_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "settings.toml"
    monkeypatch.setenv("PLAYER_SETTINGS", str(path))
    assert doctor._settings().finding == f"none; `player settings` would keep them in {path}"
    path.write_text('rate = 110\nvoice = "heart"\n\n[session."box-breathing"]\nrate = 100\n')
    assert doctor._settings() == Finding("settings", well=True, finding=f"{path}, 3 chosen")
    path.write_text("rate = 5\nnonsense = 1\n")
    told = doctor._settings()
    assert not told.well
    assert "; " in told.finding
    assert "\n" not in told.finding
    assert f"{path}:1" in told.finding
    assert f"{path}:2" in told.finding


def test_a_loudspeaker_library_is_tried_if_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    monkeypatch.setattr(doctor, "available", lambda: ("miniaudio",))
    monkeypatch.setattr(doctor, "try_out", tried.append)
    assert doctor._speaker("simpleaudio").finding.startswith("not installed: ")
    assert doctor._speaker("miniaudio") == Finding(
        "miniaudio", well=True, finding="installed, and it finds an audio device"
    )
    assert tried == ["miniaudio"]

    def none_there(_: str) -> None:
        raise DeviceError("no audio device could be opened")

    monkeypatch.setattr(doctor, "try_out", none_there)
    assert doctor._speaker("miniaudio") == Finding(
        "miniaudio", well=False, finding="no audio device could be opened", optional=True
    )


def test_a_store_that_cannot_be_listed_is_an_illness(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    store = Store(tmp_path / "store")
    (tmp_path / "store").rmdir()
    (tmp_path / "store").write_text("in the way")
    told = doctor._store(store, "")
    assert doctor._store(store, "the variable PLAYER_STORE is wrong").finding == "the variable PLAYER_STORE is wrong"
    assert (told.well, told.optional) == (False, False)


def test_elsewhere_media_keys_are_not_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert doctor._media_keys() == Finding("media keys", well=False, finding="heard on Linux only", optional=True)


def test_a_diary_that_is_none_is_told_and_harms_no_session(tmp_path: Path) -> None:
    (tmp_path / "diary").write_bytes(b"no diary" * 1000)
    told = doctor._diary()
    assert (told.well, told.optional) == (False, True)
    assert "is no diary" in told.finding
