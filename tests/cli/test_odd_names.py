"""Names of files that people and programs make, though no text has them: each works, or is refused in one sentence."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from player.cli import _remembering, main
from player.cli._options import print_warning
from player.live.adjusting import Adjustments
from player.units import RATE

LATIN_1, ESCAPE, BIDI, LINES = "caf\udce9", "a\x1b[2Jb", "a\u202eb", "a\nb"
RED = "a\x1b[31mb"
"""``café`` as Latin-1 has it, what would clear a terminal, turn a line's direction, and make two lines of one."""
ODD = (LATIN_1, ESCAPE, BIDI, LINES)
SCRIPT = """\
title: Tiny
steps:
  - section: First
  - pause: 1s
  - section: Second
  - pause: 1s
"""
MUST_STAND_IN_A_TEXT = (
    "export tiny.yaml --split -o {}.wav",
    "export tiny.yaml --chapters json --captions vtt -o {}.wav",
    "new x -o {}.yaml",
    "every 2h {}.yaml --install",
    "settings --session {}.yaml rate 120",
)
"""Playlists, chapters, timers and settings are UTF-8, and name files."""
MAKE = (
    *(f"export tiny.yaml -o {{}}.{ending}" for ending in ("mp3", "wav", "flac", "ogg", "opus", "html")),
    "export tiny.yaml --stems -o {}.flac",
    "export tiny.yaml other.yaml --jobs 1 -o {}",
    "export tiny.yaml -o new.wav --background {}.flac",
    "export tiny.yaml -o new.wav --takes {}",
    "export {}.yaml -o new.wav",
    "extract old.mp3 -o {}-back.yaml",
    "extract {}.mp3",
    "record tiny.yaml -o {}.txt",
    "words sv --csv {}.csv",
    "words sv --from {}.csv -o new.yaml",
    "new x --from {}.yaml",
    "new x --from-text {}.yaml",
    "feed {} --url https://example.org",
    "check {}.yaml",
    "show {}.yaml",
)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform != "linux":
        pytest.skip("other systems have no such names")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLAYER_STORE", str(tmp_path_factory.mktemp("store")))
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("PLAYER_SETTINGS", str(tmp_path_factory.mktemp("settings") / "settings.toml"))
    for name in ("tiny.yaml", "other.yaml"):
        Path(name).write_text(SCRIPT, encoding="utf-8")


def run(words: str, name: str, monkeypatch: pytest.MonkeyPatch, *, at_terminal: bool = False) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command line in which ``{}`` is the name."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    if at_terminal:
        monkeypatch.setattr(out, "isatty", lambda: True)
    with pytest.raises(SystemExit) as ended:
        main([word.format(name) for word in words.split(" ")])
    assert isinstance(ended.value.code, int)
    return ended.value.code, written(out), written(err)


def written(stream: io.TextIOWrapper) -> str:
    """What went into a stream of bytes."""
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode("utf-8", "surrogateescape")


def steers(text: str) -> set[str]:
    """What a terminal would obey, and bytes that it cannot show."""
    return {sign for sign in text if not sign.isprintable() and sign != "\n"}


def made(name: str) -> None:
    """Files of all kinds with this name."""
    Path(name).mkdir()
    Path(f"{name}.yaml").write_text(SCRIPT, encoding="utf-8")
    soundfile.write(
        os.fsencode(f"{name}.flac"), np.random.default_rng(1).normal(0, 0.1, (RATE, 2)), RATE, format="FLAC"
    )


@pytest.mark.parametrize("name", ODD, ids=ascii)
@pytest.mark.parametrize("words", MAKE)
def test_a_file_of_any_name_is_made_and_read(words: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made(name)
    if "mp3" in words or "feed" in words:
        for each in ("old.mp3", f"{name}.mp3", f"{name}/new.mp3"):
            assert run("export tiny.yaml -o {}", each, monkeypatch)[0] == 0
    if "--from {}.csv" in words:
        assert run("words de --csv {}.csv", name, monkeypatch)[0] == 0
    code, _, err = run(f"{words} --force" if words.startswith("export") else words, name, monkeypatch)
    assert (code, "did not expect" in err, steers(err)) == (0, False, set()), err
    if " -o {}" in words:
        assert Path(words.partition(" -o ")[2].format(name)).exists()


@pytest.mark.parametrize("words", MUST_STAND_IN_A_TEXT)
def test_a_name_that_is_no_text_is_refused_where_it_must_stand_in_one(
    words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(f"{LATIN_1}.yaml").write_text(SCRIPT, encoding="utf-8")
    before = sorted(Path().rglob("*"))
    code, out, err = run(words, LATIN_1, monkeypatch)
    assert (code, out) == (2, "")
    assert err.splitlines()[-1].startswith("the name caf\\udce9")
    assert err.endswith(" has bytes that are no text in UTF-8, and must stand in a text; rename it\n")
    assert sorted(Path().rglob("*")) == before


@pytest.mark.parametrize("name", [ESCAPE, BIDI, LINES], ids=ascii)
@pytest.mark.parametrize("words", MUST_STAND_IN_A_TEXT)
def test_other_odd_names_stand_in_a_text(words: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(f"{name}.yaml").write_text(SCRIPT, encoding="utf-8")
    code, _, err = run(f"{words} --force" if words.startswith("new") else words, name, monkeypatch)
    assert (code, steers(err)) == (0, set()), err


@pytest.mark.parametrize("name", ODD, ids=ascii)
@pytest.mark.parametrize("words", ["export tiny.yaml -o {}.wav", "words sv --csv {}.csv", "check {}.yaml"])
def test_a_terminal_gets_no_sign_that_it_would_obey(words: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made(name)
    code, out, err = run(words, name, monkeypatch, at_terminal=True)
    assert (code, steers(out + err)) == (0, set())
    assert name.encode("unicode_escape").decode() in out


@pytest.mark.parametrize("name", ODD, ids=ascii)
def test_a_program_gets_the_name_as_it_is(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, _ = run("export tiny.yaml -o {}.wav", name, monkeypatch)
    assert (code, out) == (0, f"{name}.wav\n")
    assert Path(out[:-1]).is_file()


@pytest.mark.parametrize("name", ODD, ids=ascii)
def test_json_of_any_name_is_read_back(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made(name)
    code, out, _ = run("show {}.yaml --json", name, monkeypatch)
    assert (code, steers(out)) == (0, set())
    assert json.loads(out)


@pytest.mark.parametrize("name", ODD, ids=ascii)
@pytest.mark.parametrize("words", ["list {}", "completion {}", "voices --preview {}", "words {}", "play {}"])
def test_a_word_that_is_none_is_quoted_safely(words: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, err = run(words, name, monkeypatch)
    assert (code in {1, 2}, out, steers(err)) == (True, "", set()), err
    assert "\\\\" not in err


STEERING = ("a\x1b]0;owned\x1b\\b\a\x1b[31mc\x85\u202e", BIDI, LINES)
"""The first would give a terminal's window another name, ring, turn what follows red, and turn its direction."""
BROKEN = "title: Broken\nsteps: 5\n"
TOLD = (
    "export {}-broken.yaml other.yaml --jobs 1 -o out",
    "export {}-broken.yaml {}-cut.yaml --jobs 1 -o out",
    "export {}-broken.yaml {}.yaml --format html --jobs 1 -o out",
    "export {}.yaml sub/{}.yaml -o out",
    "export {}.yaml other.yaml -o {}.flac",
    "export {}.yaml other.yaml -o {}",
    "export {}.yaml other.yaml -o x{{{}",
    "export {}.yaml --format wav -o {}.flac",
    "export {}.yaml -o {}.flac",
    "export {}-missing.yaml other.yaml -o out",
    "export tiny.yaml -o {}.nothing",
    "export tiny.yaml --each {}-broken.csv -o {{person}}.wav",
    "export tiny.yaml --each {}-misfit.csv -o {{person}}.wav",
    "export tiny.yaml --each {}-missing.csv -o {{person}}.wav",
    "export tiny.yaml {}-broken.yaml --each {}.csv -o {}-{{person}}.wav",
    "export tiny.yaml --each {}.csv -o {}-{{nothing}}.wav",
    "check {}.yaml {}-broken.yaml other.yaml",
    "check {}-broken.yaml {}-cut.yaml",
    "check {}-missing.yaml tiny.yaml",
    "show {}-broken.yaml",
    "show tiny.yaml --background {}.flac",
    "new x --from {}-broken.yaml",
    "new x --from-text {}-missing",
    "new x -o {}.yaml",
    "new {}",
    "words sv --csv {}.flac",
    "words sv --from {}-broken.csv -o new.yaml",
    "words {} --csv new.csv",
    "settings background {}-missing.flac",
    "settings background {}.flac",
    "settings output {}",
    "settings output {}.flac",
    "settings --session {}.yaml rate 120",
    "settings --session {}-missing.yaml rate 120",
    "settings --session {}.yaml --unset",
    "settings {} 5",
    "record {}-broken.yaml",
    "record tiny.yaml --takes {}-missing",
    "feed {}.flac --url https://example.org",
    "every 2h {}.yaml --install",
    "every 2h {}.yaml --uninstall",
    "play {}-broken.yaml",
    "play {}.yaml --takes {}-missing",
    "extract {}.yaml",
    "list",
    "settings",
)
"""Command lines that fail, or that print what was set before."""


@pytest.mark.parametrize("name", STEERING, ids=ascii)
@pytest.mark.parametrize("words", TOLD)
def test_what_is_told_of_a_name_never_steers_a_terminal(
    words: str, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PLAYER_SCRIPTS", str(tmp_path))  # so that `list` has them
    made(name)
    Path("sub").mkdir()
    Path("sub", f"{name}.yaml").write_text(SCRIPT, encoding="utf-8")
    for ending in ("-broken.yaml", "-cut.yaml"):
        Path(f"{name}{ending}").write_text(BROKEN, encoding="utf-8")
    Path(f"{name}-broken.csv").write_bytes(b"\xff\x00")
    Path(f"{name}-misfit.csv").write_text(f"person,{name!r}\nAda,{name!r}\n", encoding="utf-8")
    Path(f"{name}.csv").write_text("person\nAda\n", encoding="utf-8")
    if words == "settings":
        for before in ("background {}.flac", "output {}", "--session {}.yaml rate 120"):
            assert run(f"settings {before}", name, monkeypatch)[0] == 2 * ("session" not in before)
    code, out, err = run(words, name, monkeypatch, at_terminal=True)
    assert (code in {0, 1, 2}, "did not expect" in err, steers(out + err)) == (True, False, set()), out + err
    assert out + err
    assert name not in out + err


def test_what_is_remembered_of_a_session_is_told_safely(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``play --remember`` and ``now`` name a session that may be a file of the user's own."""
    monkeypatch.setattr(_remembering, "origin", lambda name: "option" if name == "rate" else "")
    Path(f"{RED}.yaml").write_text(SCRIPT, encoding="utf-8")
    _remembering.Remembering(f"{RED}.yaml", {"rate": 120, "bed": None, "guide": None}).keep(Adjustments())
    print_warning(f"warning: {RED}\nand {BIDI}")
    told = capsys.readouterr().err
    assert (steers(told), told.count("\n")) == (set(), 3)
    assert told.startswith(r"Remembered for a\x1b[31mb.yaml: rate 120.")
