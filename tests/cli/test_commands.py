"""Every command, typed as a user types it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import soundfile

from player.cli import main

if TYPE_CHECKING:
    import subprocess

ROOT = Path(__file__).parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]

TINY = """\
title: Tiny
steps:
  - section: Only
  - say: Sit down.
    for: 3s
  - breathe: {in: 2s, out: 2s, cycles: 1}
"""

TWELVE = """\
title: Twelve mistakes
technque: breathing
background: {sound: oceam, under_voice: -20}
voice: {rate: 1000}
steps:
  - say: Sit.
    for: 1:75
  - sai: Sit.
  - pause: -4s
  - breathe: {in: 4s, hold: 4s, cycles: 3}
  - breathe: {in: 4s, out: 4s, cycles: 0}
  - muscles: eight
  - chime: gong
  - repeat: {times: no, steps: [{pause: 1s}]}
  - say: One.
    say: Two.
  - pause: $length
"""


def test_every_command_has_help_and_stands_in_the_readme(run: Run) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in main.commands:
        assert run(name, "--help").stdout.startswith(f"Usage: player {name}")
        assert f"player {name}" in readme


def sessions_listed(run: Run) -> list[str]:
    """The rows of the list above those of the programmes."""
    done = run("list")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.partition("\nProgrammes\n")[0].splitlines()


def test_list_names_the_bundled_sessions_and_ones_own(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "mine.yaml").write_text(TINY.replace("    for: 3s\n", ""))
    rows = sessions_listed(run)
    bundled = sorted(path.stem for path in (ROOT / "scripts").glob("*.yaml"))
    assert [row.split()[0] for row in rows] == [*bundled, "mine"]
    assert "about 0:" in rows[-1]
    lengths = {each["name"]: each["length_ms"] for each in json.loads(run("list", "--json").stdout)}
    assert [*lengths] == [*bundled, "mine"]
    assert lengths["box-breathing"] == 420_000


@pytest.mark.parametrize("content", [b"title: [", b"\xff\xfe", b""])
def test_a_broken_script_of_ones_own_does_not_spoil_the_list(run: Run, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "broken.yaml").write_bytes(content)
    rows = sessions_listed(run)
    assert len(rows) == len(list((ROOT / "scripts").glob("*.yaml"))) + 1
    assert rows[-1].split() == ["broken", "-", "has", "problems:", "player", "check", "broken"]


def test_an_unknown_session_is_one_sentence_with_a_near_name(run: Run) -> None:
    done = run("show", "box-breathin")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "there is no session 'box-breathin'; did you mean 'box-breathing'? `player list` shows them\n"


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_show_prints_every_cue_as_json(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(TINY)
    shown = json.loads(run("show", "tiny.yaml", "--json").stdout)
    assert (shown["title"], shown["total_ms"]) == ("Tiny", 7000)
    assert shown["sections"] == [{"title": "Only", "start_ms": 0}]
    cues = [(cue["kind"], cue["text"], cue["slot_ms"], cue.get("beat_ms")) for cue in shown["cues"]]
    assert cues == [
        ("speech", "Sit down.", 3000, None),
        ("word", "Breathe in", 2000, 3000),
        ("count", "two", 2000, 4000),
        ("word", "Breathe out", 2000, 5000),
        ("count", "two", 2000, 6000),
    ]
    assert all(cue["start_ms"] < cue["end_ms"] for cue in shown["cues"])


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_show_tells_people_what_happens_when(run: Run) -> None:
    text = run("show", "box-breathing").stdout
    assert text.startswith("Box breathing")
    assert "7:00" in text.splitlines()[0]
    assert "1m20s  5 × [in 4s, hold 4s, out 4s, rest 4s], counted" in text


def test_check_reports_twelve_mistakes_at_once_on_their_lines(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(TWELVE)
    done = run("check", "bad.yaml")
    assert done.returncode == 2
    lines = [int(match[1]) for row in done.stderr.splitlines() if (match := re.match(r"bad\.yaml:(\d+):\d+: ", row))]
    assert lines == [2, 3, 4, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17]
    assert "did you mean 'technique'" in done.stderr


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_check_reports_what_does_not_fit_beside_what_cannot_be_read(run: Run, tmp_path: Path) -> None:
    bad = TINY.replace("3s", "500ms") + "  - sai: Sit.\n  - bed: {sound: oceam}\n"
    (tmp_path / "bad.yaml").write_text(bad)
    rows = run("check", "bad.yaml").stderr.splitlines()
    assert [row.split(" ")[0] for row in rows] == ["bad.yaml:4:5:", "bad.yaml:7:5:", "bad.yaml:8:5:"]


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_check_finds_speech_that_does_not_fit(run: Run, tmp_path: Path) -> None:
    (tmp_path / "long.yaml").write_text(TINY.replace("3s", "500ms"))
    done = run("check", "long.yaml")
    assert done.returncode == 2
    assert re.match(r"long\.yaml:4:5: 'Sit down\.' takes 1\.\d+s, but its slot is 0\.5s; make the slot 2s", done.stderr)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a: [", b"- - -", b"title: \x1b[31m\nsteps: []", b"%!"])
def test_no_content_gives_a_traceback(run: Run, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.yaml").write_bytes(content)
    done = run("check", "bad.yaml")
    assert done.returncode == 2
    assert "bad.yaml" in done.stderr
    assert "\x1b" not in done.stderr
    assert "did not expect" not in done.stderr


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
@pytest.mark.parametrize("form", ["mp3", "wav", "flac", "ogg", "opus"])
def test_export_makes_the_file_and_prints_its_name(run: Run, tmp_path: Path, form: str) -> None:
    (tmp_path / "tiny.yaml").write_text(TINY)
    done = run("export", "tiny.yaml", "--format", form)
    assert (done.returncode, done.stdout) == (0, f"tiny.{form}\n")
    assert soundfile.info(tmp_path / f"tiny.{form}").frames == 7 * 48_000
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["tiny.yaml", f"tiny.{form}"])


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_export_never_overwrites_without_force(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(TINY)
    (tmp_path / "a.wav").write_text("precious")
    refused = run("export", "tiny.yaml", "-o", "a.wav")
    assert refused.returncode == 2
    assert "--force" in refused.stderr
    assert (tmp_path / "a.wav").read_text() == "precious"
    assert run("export", "tiny.yaml", "-o", "a.wav", "--force").returncode == 0
    assert soundfile.info(tmp_path / "a.wav").frames == 7 * 48_000


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("export", "box-breathing", "-o", "a.xyz"), "no ending that says its format"),
        (("export", "box-breathing", "-p", "side"), "NAME=VALUE"),
        (("export", "box-breathing", "-p", "side=12s"), "side must be 3s to 6s, not 12s"),
        (("play", "box-breathing", "--from", "soon"), "--from"),
        (("play", "box-breathing", "--rate", "10"), "--rate"),
        (("show", "box-breathing", "--background", "https://a.b/c.mp3"), "network"),
        (("nonsense",), "no such command"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_2(run: Run, arguments: tuple[str, ...], words: str) -> None:
    done = run(*arguments)
    assert words in done.stderr
    assert done.returncode == (1 if words == "network" else 2)


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_an_unknown_voice_is_one_sentence_with_near_names(run: Run) -> None:
    done = run("show", "box-breathing", "--voice", "gmw/en-uk")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "gmw/en" in done.stderr


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_voices_can_be_asked_for_by_language(run: Run) -> None:
    rows = json.loads(run("voices", "--language", "en", "--json").stdout)
    assert rows
    assert all(row["language"].startswith("en") for row in rows)


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_doctor_is_content_with_this_machine(run: Run) -> None:
    done = run("doctor")
    assert done.returncode == 0
    assert re.search(r"^ok  voices by hibari +1 natural voice, pyttsx3 \d", done.stdout, re.MULTILINE)
    assert re.search(r"^ok  voices by espeak +\d+ synthetic voices and .*, pyttsx3 \d", done.stdout, re.MULTILINE)
    assert re.search(r"^ok  voice +natural: en by heart \(Apache-2.0\)", done.stdout, re.MULTILINE)


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
@pytest.mark.parametrize(("voice_name", "rate"), [("gmw/en", "60"), ("gmw/en-us", "105"), ("gmw/en+f2", "150")])
def test_every_bundled_session_fits_other_voices_too(run: Run, voice_name: str, rate: str) -> None:
    known = json.loads(run("voices", "--language", "en", "--json").stdout)
    if not any(each["id"] == "gmw/en" for each in known):
        pytest.skip("needs espeak-ng: pip install espeakng-loader")
    for session in ("box-breathing", "grounding-54321", "pmr-7", "pmr-release-only"):
        done = run("show", session, "--voice", voice_name, "--rate", rate)
        assert (done.returncode, done.stderr) == (0, "")
