"""A voice is written whole or not at all, whatever fails; and its note."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from player.errors import UsageError, VoiceError
from player.storage import parts
from player.storage.stale_files import machine_id
from player.voice.models import inventory, notes
from player.voice.models.placing import pieces, write_voice
from tests.disks import CAN_MOUNT, make_read_only, tiny
from tests.fakes_models import THORSTEN, config, onnx

if TYPE_CHECKING:
    from collections.abc import Iterator

MODEL = onnx(bytes(10**5))
NO_SUCH_PROCESS = 2**22 + 1


def names(where: Path) -> list[str]:
    return sorted(path.name for path in where.iterdir())


def bring(model: Iterator[bytes] | list[bytes]) -> inventory.VoiceModel:
    voice = inventory.piper_model(THORSTEN)
    write_voice(voice, model, config(), called="it", licence="CC0", source="https://example.org/x")
    return voice


def test_a_voice_is_its_model_its_config_and_a_note(voices: Path) -> None:
    told: list[int] = []
    voice = inventory.piper_model(THORSTEN)
    write_voice(voice, [MODEL[:1000], MODEL[1000:]], config(), called="it", report=told.append)
    assert names(voices) == [f"{THORSTEN}.note.json", f"{THORSTEN}.onnx", f"{THORSTEN}.onnx.json"]
    assert voice.path.read_bytes() == MODEL
    assert told == [1000, len(MODEL)]
    assert inventory.installed() == (voice,)


@pytest.mark.parametrize("error", [VoiceError("no network"), KeyboardInterrupt(), RuntimeError()])
def test_what_breaks_off_leaves_nothing(voices: Path, error: BaseException) -> None:
    def half() -> Iterator[bytes]:
        yield MODEL[:1000]
        raise error

    with pytest.raises(type(error)):
        bring(half())
    assert names(voices) == []


def test_what_is_no_model_leaves_nothing(voices: Path) -> None:
    with pytest.raises(VoiceError, match="it is no ONNX model"):
        bring([MODEL[:-1]])
    assert names(voices) == []


def test_an_old_voice_stays_where_the_new_one_breaks_off(voices: Path) -> None:
    voice = bring([MODEL])
    with pytest.raises(VoiceError):
        bring([MODEL[:-1]])
    assert voice.path.read_bytes() == MODEL
    assert len(names(voices)) == 3


KILLED = """
import os, signal, sys
from pathlib import Path
from player.voice.models import inventory
from player.voice.models.placing import write_voice
from tests.fakes_models import THORSTEN, config, onnx

def model():
    yield onnx()[:4]
    if sys.argv[1] == "while it comes":
        os.kill(os.getpid(), signal.SIGKILL)
    yield onnx()[4:]

take_name = Path.replace
def replace(self, target):
    take_name(self, target)
    os.kill(os.getpid(), signal.SIGKILL)

Path.replace = replace
write_voice(inventory.piper_model(THORSTEN), model(), config(), called="it")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal that cannot be caught")
@pytest.mark.parametrize("when", ["while it comes", "between the names"])
def test_killed_at_the_worst_time_there_is_no_voice_and_the_next_run_clears_up(voices: Path, when: str) -> None:
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    killed = subprocess.run([sys.executable, "-c", KILLED, when], env=env, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert inventory.installed() == ()
    assert any(name.endswith(".part") for name in names(voices))
    bring([MODEL])
    assert names(voices) == [f"{THORSTEN}.note.json", f"{THORSTEN}.onnx", f"{THORSTEN}.onnx.json"]


def test_the_part_of_one_that_still_works_is_left(voices: Path) -> None:
    voices.mkdir()
    parts = [
        f".x.onnx.{os.getpid()}-{machine_id()}.part",
        f".x.onnx.{NO_SUCH_PROCESS}-{machine_id()}.part",
        ".x.onnx.part",
    ]
    for name in parts:
        (voices / name).write_bytes(b"")
    bring([MODEL])
    assert sorted(name for name in names(voices) if name.endswith(".part")) == sorted([parts[0], parts[2]])


def test_a_link_in_the_place_of_a_part_empties_no_other_file(voices: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "urandom", bytes)
    voices.mkdir()
    (other := voices / "mine").write_bytes(b"mine")
    parts.part_of(inventory.piper_model(THORSTEN).path).symlink_to(other)
    with pytest.raises(VoiceError, match=f"cannot write {voices}: File exists"):
        bring([MODEL])
    assert other.read_bytes() == b"mine"
    assert inventory.installed() == ()


@pytest.mark.skipif(not CAN_MOUNT, reason="only root can mount a disk")
def test_a_full_disk_is_one_sentence_and_leaves_nothing(voices: Path) -> None:
    with tiny(voices, "60k"):
        with pytest.raises(VoiceError, match=f"cannot write {voices}: No space left on device; free some space"):
            bring([MODEL])
        assert names(voices) == []


@pytest.mark.usefixtures("voices")
def test_a_voice_whose_note_cannot_be_written_is_there_all_the_same() -> None:
    voice = inventory.piper_model(THORSTEN)
    voice.note.mkdir(parents=True)
    bring([MODEL])
    assert inventory.installed() == (voice,)
    assert notes.note_of(voice) is None
    assert notes.sha256_of(voice) == hashlib.sha256(MODEL).hexdigest()


@pytest.mark.skipif(not CAN_MOUNT, reason="only root can mount a disk")
def test_a_folder_that_cannot_be_written_is_one_sentence(voices: Path) -> None:
    with tiny(voices):
        make_read_only(voices)
        with pytest.raises(VoiceError, match=r"Read-only file system; set PLAYER_VOICES to a folder on a disk"):
            bring([MODEL])


def test_a_file_where_the_folder_should_be_is_one_sentence(voices: Path) -> None:
    voices.write_text("")
    with pytest.raises(UsageError, match=r"the variable PLAYER_VOICES must name a folder, and .*voices is a file"):
        bring([MODEL])


def test_the_digest_is_remembered_as_long_as_the_file_is_the_same(voices: Path) -> None:
    voice = bring([MODEL])
    note = notes.note_of(voice)
    assert note
    assert (note.sha256, note.licence, note.source) == (
        hashlib.sha256(MODEL).hexdigest(),
        "CC0",
        "https://example.org/x",
    )
    voice.note.write_text(voice.note.read_text().replace(note.sha256, "remembered"))
    assert notes.sha256_of(voice) == "remembered"
    changed = onnx(bytes(9))
    voice.path.write_bytes(changed)
    assert notes.note_of(voice) is None
    assert notes.sha256_of(voice) == hashlib.sha256(changed).hexdigest()
    again = notes.note_of(voice)
    assert again
    assert (again.sha256, again.licence) == (hashlib.sha256(changed).hexdigest(), "")


@pytest.mark.usefixtures("voices")
@pytest.mark.parametrize("text", ["", "{", "[]", "3", "{}", '{"size": 1, "x": 2}', "[" * 50_000, "\udcff"])
def test_a_damaged_note_is_none(text: str) -> None:
    voice = bring([MODEL])
    voice.note.write_text(text, errors="surrogateescape")
    assert notes.note_of(voice) is None
    assert notes.sha256_of(voice) == hashlib.sha256(MODEL).hexdigest()


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match=f"cannot read {tmp_path / 'x'}: No such file"):
        list(pieces(tmp_path / "x"))
