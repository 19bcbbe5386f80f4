from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import click
import pytest

from player import cli
from player.cli import COMMANDS, main


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_where_the_table_says(name: str) -> None:
    command = main.commands[name]
    assert isinstance(command, click.Command)
    assert command.name == name


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("box-breathing",), "no command 'box-breathing'; it is a session: `player play box-breathing`"),
        (("de/box-breathing", "--rate", "90"), "it is a session: `player play de/box-breathing`"),
        (("en/pmr-7",), "it is a session: `player play en/pmr-7`"),
        (("first-week",), "it is a programme: `player play first-week`"),
        (("my own.yaml",), "it is a script: `player play 'my own.yaml'`"),
        (("gone.yaml",), "no such command 'gone.yaml'; `player --help` tells more"),
        (("help",), "there is no command 'help'; it is `player --help`"),
        (("help", "play"), "there is no command 'help'; it is `player play --help`"),
        (("help", "nothing"), "there is no command 'help'; it is `player --help`"),
        (("version",), "there is no command 'version'; it is `player --version`"),
        (("plya",), "no such command 'plya'; did you mean 'play'? `player --help` tells more"),
        (("sounds", "rain"), "this lists what there is; `player sounds --preview rain` plays one"),
    ],
)
def test_a_first_word_that_is_no_command_is_told_what_it_is(
    words: tuple[str, ...],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "my own.yaml").write_text("title: T\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main([*words])
    assert ended.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1].endswith(told)


def test_no_command_is_forgotten() -> None:
    rooms = Path(cli.__file__).parent.glob("*.py")
    found = [import_module(f"player.cli.{path.stem}") for path in rooms if "\nCOMMANDS = (" in path.read_text("utf-8")]
    assert {command.name for room in found for command in room.COMMANDS} == set(COMMANDS)


def test_help_lists_each_on_one_line_and_loads_none() -> None:
    code = "import sys; from player.cli import main\ntry: main(['--help'])\nfinally: print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    text, _, loaded = said.rpartition("\n\n") if said.endswith("\n\n") else said.rstrip().rpartition("\n")
    for name, command in COMMANDS.items():
        assert f"\n  {name:<11} {command.brief}\n" in text + "\n"
    assert {each for each in loaded.split() if each.startswith("player.cli.")} == {
        "player.cli._error_boundary",
        "player.cli._lazy_group",
        "player.cli._stored_options",
        "player.cli._streams",
        "player.cli._usage_text",
    }


def test_the_version_is_that_of_the_installed_package() -> None:
    said = subprocess.run([sys.executable, "-m", "player", "--version"], capture_output=True, text=True, check=True)
    assert said.stdout == f"player, version {version('guided-relaxation')}\n"


@pytest.mark.parametrize(("given", "found"), [(None, "1"), ("3", "3")])
def test_no_command_starts_threads_for_matrices_unless_it_was_set_to(given: str | None, found: str) -> None:
    code = "import os\nfrom player.cli import main\ntry: main(['list'])\nfinally: print(os.environ[NAME])"
    code = code.replace("NAME", "'OPENBLAS_NUM_THREADS'")
    env = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    env |= {"OPENBLAS_NUM_THREADS": given} if given else {}
    said = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert said.stdout.splitlines()[-1] == found


def test_an_unknown_command_is_one_sentence() -> None:
    done = subprocess.run([sys.executable, "-m", "player", "plya"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("no such command 'plya'")
    assert done.stderr.count("\n") == 1
