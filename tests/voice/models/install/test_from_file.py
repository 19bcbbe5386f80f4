"""Voices from files: taken, taken already, or refused."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from player.errors import UsageError, VoiceError
from player.voice.models import checking, inventory, notes
from player.voice.models.install.from_file import bring, is_file
from tests.fakes_models import EMMA, HEART, THORSTEN, config, onnx

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("voices", "hibari")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A model of the user's with its config, somewhere."""
    (tmp_path / "mum.onnx").write_bytes(onnx())
    (tmp_path / "mum.onnx.json").write_bytes(config())
    return tmp_path / "mum.onnx"


def test_a_model_is_copied_with_its_config(mine: Path, voices: Path) -> None:
    voice, is_new = bring(mine)
    assert is_new
    assert voice.id == "piper:mum"
    assert inventory.installed() == (voice,)
    assert voice.path.read_bytes() == mine.read_bytes()
    assert voice.config
    assert voice.config.read_bytes() == config()
    note = notes.note_of(voice)
    assert note
    assert (note.licence, note.source) == ("", "")
    assert sorted(path.name for path in voices.iterdir()) == ["mum.note.json", "mum.onnx", "mum.onnx.json"]


def test_the_same_again_is_there_already(mine: Path) -> None:
    first, _ = bring(mine)
    again, is_new = bring(mine)
    assert (again, is_new) == (first, False)
    where, is_new = bring(first.path)
    assert (where, is_new) == (first, False)


def test_another_voice_of_the_name_is_not_overwritten(mine: Path) -> None:
    voice, _ = bring(mine)
    mine.write_bytes(onnx(b"other"))
    with pytest.raises(UsageError, match=r"another voice is called piper:mum already; .*--remove piper:mum"):
        bring(mine)
    assert voice.path.read_bytes() == onnx()


@pytest.mark.parametrize("name", ["bf_emma.int8.onnx", "x.onnx", "downloaded (1)", "é.onnx"])
def test_a_voice_of_hibari_is_known_by_its_bytes_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    path = tmp_path / "folder" / name
    path.parent.mkdir()
    path.write_bytes(EMMA)
    voice, is_new = bring(path)
    assert is_new
    assert (voice.id, voice.path.name, voice.path.read_bytes()) == ("emma", "emma.int8.onnx", EMMA)
    note = notes.note_of(voice)
    assert note
    assert note.licence == "Apache-2.0"
    assert bring(path) == (voice, False)


def test_the_heart_is_there_already(tmp_path: Path, voices: Path, hibari: Path) -> None:
    (tmp_path / "h.onnx").write_bytes(HEART)
    voice, is_new = bring(tmp_path / "h.onnx")
    assert (voice.id, voice.path, is_new) == ("heart", hibari / "hibari" / "assets" / "hibari.onnx", False)
    assert not voices.exists()


def test_a_file_that_differs_in_a_byte_is_no_voice_of_hibari(tmp_path: Path) -> None:
    (tmp_path / "emma.int8.onnx").write_bytes(EMMA.replace(b"e", b"E"))
    with pytest.raises(VoiceError, match=r"no voice that hibari knows, and one of Piper needs emma\.int8\.onnx\.json"):
        bring(tmp_path / "emma.int8.onnx")


@pytest.mark.parametrize("data", [b"", b"<html>", onnx()[:-1], b"\x00" * 100])
def test_what_is_no_model_is_refused(mine: Path, voices: Path, data: bytes) -> None:
    mine.write_bytes(data)
    with pytest.raises(VoiceError, match=f"{mine} is no ONNX model"):
        bring(mine)
    assert not voices.exists()


@pytest.mark.parametrize("data", [b"", b"{}", b"[" * 10**5, b'{"a":' * 30 + b"1" + b"}" * 30])
def test_what_is_no_config_is_refused(mine: Path, voices: Path, data: bytes) -> None:
    mine.with_name("mum.onnx.json").write_bytes(data)
    with pytest.raises(VoiceError, match=rf"{mine}\.json is "):
        bring(mine)
    assert not voices.exists()


@pytest.mark.parametrize("name", ["a b.onnx", "ä.onnx", ".onnx", "a\n.onnx", "a.b.onnx", f"{'a' * 101}.onnx"])
def test_a_name_that_no_voice_can_have_is_refused(mine: Path, name: str) -> None:
    mine.rename(mine.with_name(name))
    mine.with_name("mum.onnx.json").rename(mine.with_name(f"{name}.json"))
    with pytest.raises(UsageError, match="rename the file and its config") as caught:
        bring(mine.with_name(name))
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(("name", "limit"), [("mum.onnx", "MODEL_LIMIT"), ("mum.onnx.json", "CONFIG_LIMIT")])
def test_a_file_that_is_too_large_is_refused(
    mine: Path, monkeypatch: pytest.MonkeyPatch, name: str, limit: str
) -> None:
    path = mine.with_name(name)
    os.truncate(path, getattr(checking, limit) + 1)  # takes no room on the disk
    if name == "mum.onnx":
        with pytest.raises(VoiceError, match="500000001 bytes, and at most 500000000 are taken"):
            bring(mine)
    else:
        with pytest.raises(VoiceError, match="5000001 bytes, and at most 5000000 are taken"):
            bring(mine)


def test_what_is_no_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no file .*nothing\.onnx; name a model that you have"):
        bring(tmp_path / "nothing.onnx")
    (tmp_path / "folder.onnx").mkdir()
    with pytest.raises(VoiceError, match=r"folder\.onnx is no ordinary file"):
        bring(tmp_path / "folder.onnx")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes with names")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.onnx")
    with pytest.raises(VoiceError, match="is no ordinary file"):
        bring(tmp_path / "pipe.onnx")


def test_a_name_is_distinguished_from_a_file(mine: Path, tmp_path: Path) -> None:
    assert is_file("missing.onnx")
    assert is_file("X.ONNX")
    assert is_file(str(mine))
    (tmp_path / "emma").write_bytes(EMMA)
    assert is_file(str(tmp_path / "emma"))
    assert not is_file(f"piper:{THORSTEN}")
    assert not is_file("emma")
