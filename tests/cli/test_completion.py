"""What shells are offered, asked as Click asks, and by a real bash."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.shell_completion import ShellComplete

from player.cli import _shell_completion, main
from player.cli._bash_line import BashLine
from player.cli._shell_completion import SHELLS, VARIABLE, WholeLineBash, script
from player.pipeline import completing, names
from player.script import library

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _own_scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_SCRIPTS", str(tmp_path / "own"))
    monkeypatch.setenv("PLAYER_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("PLAYER_SETTINGS", str(tmp_path / "settings.toml"))


def offered(line: str) -> list[str]:
    """What is offered at the end of a line; ``file`` for the shell's own names of files."""
    *words, begun = line.split(" ")[1:]
    found = ShellComplete(main, {}, "player", VARIABLE).get_completions(words, begun)
    return [each.type if each.type != "plain" else each.value for each in found]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("player se", ["settings"]),
        ("player play box-br", ["box-breathing"]),
        ("player play en/box-br", ["en/box-breathing"]),
        ("player play de/pmr-7", ["de/pmr-7"]),
        ("player play first-w", ["first-week"]),
        ("player export pmr-7 box-br", ["box-breathing"]),
        ("player check micro", ["micro-break"]),
        ("player log micro", ["micro-break"]),
        ("player play scripts/", ["file"]),
        ("player play nothing-like-it", ["file"]),
        ("player play pmr-7 --background oc", ["ocean"]),
        ("player play pmr-7 --background n", ["night", "none"]),
        ("player play pmr-7 --region I", ["IE", "IN", "IT"]),
        ("player show pmr-7 --intro s", ["short"]),
        ("player breathe b", ["box"]),
        ("player breathe box --language p", ["pt-BR"]),
        ("player list --language d", ["de"]),
        ("player words pt", ["pt-BR"]),
        ("player sounds --preview bo", ["bowls", "bowl"]),
        ("player new mine --from box-br", ["box-breathing"]),
        ("player every 2h box-br", ["box-breathing"]),
        ("player settings --session box-br", ["box-breathing"]),
        ("player settings fo", ["format"]),
        ("player settings --session pmr-7 fo", []),
        ("player settings intro ", ["full", "short"]),
        ("player settings guide t", ["tones"]),
        ("player settings background oc", ["ocean"]),
        ("player settings region I", ["IE", "IN", "IT"]),
        ("player settings language pt", ["pt-BR"]),
        ("player settings output x", ["file"]),
        ("player completion ", [*SHELLS]),
        ("player play box-breathing -p ", ["side=4s", "holds=yes", "holds=no"]),
        ("player play box-breathing -p holds=n", ["holds=no"]),
        ("player play nothing-like-it -p ", []),
        ("player play pmr-7 --from 99", []),
        ("player play --from ", []),
    ],
)
def test_each_argument_and_option_is_completed_by_what_it_takes(line: str, words: list[str]) -> None:
    assert offered(line) == words


def test_sections_are_offered_by_their_beginnings_at_the_length_of_the_parameters(tmp_path: Path) -> None:
    text = (
        "title: T\nparams: {long: 10s}\nsteps:\n  - section: One\n  - pause: $long\n  - section: Two\n  - pause: 4s\n"
    )
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "mine.yaml").write_text(text)
    assert completing.sections("mine", {}) == (("0:00", "One"), ("0:10", "Two"))
    assert offered("player play mine -p long=90s --from 1") == ["1:30"]
    (tmp_path / "own" / "mine.yaml").write_text("title: [")
    assert offered("player play mine --from ") == []


@pytest.mark.engine
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
def test_a_pipe_in_the_place_of_a_script_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert offered(f"player play {tmp_path / 'pipe.yaml'} -p ") == []


def test_voices_are_those_that_are_known_already_and_no_driver_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert offered("player play pmr-7 --voice hea") == []
    from player.pipeline import this_machine  # noqa: PLC0415 (it finds the store of this test)

    machine = this_machine()
    try:
        known = {voice.id for voice in machine.engine.voices()}
    finally:
        machine.engine.stop()
    assert {each.word for each in completing.voices()} == known
    some = min(known)
    assert some in offered(f"player settings voice {some[:3]}")


def test_names_of_another_language_are_offered_when_its_tag_is_begun() -> None:
    assert {each.word for each in names.sessions()} == {*library.session_names(), *library.programme_names()}
    assert "de/pmr-7" in [each.word for each in names.sessions("d")]
    assert "fr/pmr-7" not in [each.word for each in names.sessions("d")]


def test_a_mistake_in_the_settings_stops_no_completion(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("nonsense")
    assert offered("player play box-br") == ["box-breathing"]


@pytest.mark.parametrize(
    ("line", "words", "begun"),
    [
        ("player play ", ["play"], ""),
        ("player play box --from 0:2", ["play", "box", "--from"], "0:2"),
        ("player play 'my", ["play"], "my"),
        ("player", [], ""),
        ("player ", [], ""),
    ],
)
def test_bash_hands_over_its_whole_line(
    monkeypatch: pytest.MonkeyPatch, line: str, words: list[str], begun: str
) -> None:
    monkeypatch.setenv("COMP_LINE", line)
    assert WholeLineBash(main, {}, "player", VARIABLE).get_completion_args() == (words, begun)


@pytest.mark.parametrize(
    ("line", "replaced", "rest"),
    [
        ("player show -p ", "", "mood=it's $x"),
        ("player show -p mo", "mo", "mood=it's $x"),
        ("player show -p mood=", "", "it's $x"),
        ("player show -p mood=it\\'", "it\\'", "it's $x"),
        ('player show -p "mood=it', "mood=it", None),
        ("player show -p 'mood=", "mood=", None),
        ('player show -p mood="it', "it", None),
        ('player show -p "mood="', '"mood="', "mood=it's $x"),
        ("player show -p mood=it\\'s\\ $", "$", None),
        ("player show -p mood=it\\'s\\ \\$", "it\\'s\\ \\$", "it's $x"),
    ],
)
def test_bash_is_given_what_it_puts_in_place_of_the_end_of_the_line(line: str, replaced: str, rest: str | None) -> None:
    assert BashLine.read(line).rest("mood=it's $x", replaced) == rest


@pytest.mark.parametrize(
    ("line", "begun", "quote", "is_literal"),
    [
        ("player a\\ b'c d'\"e \\$f\"", "a bc de $f", "", True),
        ("player 'a \"b", 'a "b', "'", True),
        ('player "a $b', "a $b", '"', False),
        ('player "a \\$b', "a $b", '"', True),
        ("player a=~", "a=~", "", False),
        ("player a~", "a~", "", True),
        ("player *:", "*:", "", False),
        ("player x\\", "x", "", True),
        ("player", "player", "", True),
    ],
)
def test_a_line_of_bash_is_read_as_bash_reads_it(line: str, begun: str, quote: str, is_literal: bool) -> None:
    found = BashLine.read(line)
    assert (found.begun, found.quote, found.is_literal) == (begun, quote, is_literal)


def test_words_that_cannot_be_typed_or_would_be_options_are_not_offered(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    for name in ("zz$(id)", "--force", "zz\nb", "zz\x1b[2J", "zz\u202eb"):
        (tmp_path / "own" / f"{name}.yaml").write_text("title: T\n")
    assert offered("player play zz") == ["zz$(id)"]
    assert "--force" not in offered("player play ")
    text = 'title: T\nparams: {a: {default: "x", about: "a\\n  b c"}}\nsteps: [pause: 1s]\n'
    (tmp_path / "own" / "told.yaml").write_text(text)
    (found,) = ShellComplete(main, {}, "player", VARIABLE).get_completions(["play", "told", "-p"], "")
    assert (found.value, found.help) == ("a=x", "a b c")


def test_a_script_of_an_earlier_version_gets_only_words_that_need_no_quotes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "own").mkdir()
    for name in ("zz$(id)", "zz-1"):
        (tmp_path / "own" / f"{name}.yaml").write_text("title: T\n")
    monkeypatch.setenv("COMP_LINE", "player play zz")
    assert WholeLineBash(main, {}, "player", VARIABLE).complete() == "plain,zz-1"
    monkeypatch.setenv("COMP_REPLACED", "zz")
    assert WholeLineBash(main, {}, "player", VARIABLE).complete() == "plain,zz$(id)\nplain,zz-1"


@pytest.mark.parametrize("instruction", ["bash_complete", "zsh_complete", "tcsh_complete", "nonsense"])
def test_an_answer_never_has_an_error_in_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], instruction: str
) -> None:
    monkeypatch.delenv("COMP_LINE", raising=False)
    monkeypatch.delenv("COMP_WORDS", raising=False)
    assert _shell_completion.answer(main, "player", instruction) in {0, 1}
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_has_a_script_that_asks_the_command_of_this_name(shell: str) -> None:
    text = script(main, "player", shell)
    assert f"{VARIABLE}={shell}_complete" in text
    assert "%(" not in text


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_a_real_bash_completes_what_has_colons_and_equals_signs(tmp_path: Path) -> None:
    (tmp_path / "player").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m player "$@"\n')
    (tmp_path / "player").chmod(0o755)
    (tmp_path / "completion").write_text(script(main, "player", "bash"))
    asks = """
    . completion
    for COMP_LINE in 'player play box-breathing --from 0:2' 'player play box-breathing -p holds=n'; do
        COMP_POINT=${#COMP_LINE}
        _player_completion ./player "${COMP_LINE##*[:=]}"
        echo "${COMPREPLY[@]}"
    done
    """
    done = subprocess.run(
        ["bash", "-c", asks],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("24\nno\n", "")
