"""``--guide``, ``--bed``, ``--tones`` and ``play --remember``, with a voice that hums."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import soundfile
from click.testing import CliRunner, Result

from player import machine, settings
from player.cli import main
from player.live import play as playback
from player.live.adjusting import Adjustments
from player.storage.store import Store
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from pathlib import Path

MINE = """\
title: Mine
background: {sound: rain, under_voice: -22 dB, in_pauses: -16 dB}
steps:
  - pause: 2s
  - breathe: {in: 3s, out: 3s, cycles: 4}
    guide: count
  - chime: bell
    level: -11 dB
"""
HALVES = MINE.replace("3s", "3500ms").replace("guide: count", "guide: tones")
STILL = "title: Still\nsteps:\n  - say: Sit.\n    for: 2s\n"


class Engine(FakeEngine):
    """Has no processes to begin or end."""

    is_known = True

    def begin(self, text: str) -> None:
        pass


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in {"mine": MINE, "halves": HALVES, "still": STILL}.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    for name in ("STORE", "SCRIPTS", "DIARY", "SETTINGS"):
        monkeypatch.setenv(f"PLAYER_{name}", str(tmp_path / f"{name.lower()}.own"))
    monkeypatch.setattr(machine, "_engine_and_store", lambda: (Engine(), Store()))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def shown(*options: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(run("show", "mine.yaml", "--json", *options).stdout)
    return found


def test_show_has_the_guidance_and_the_levels_that_are_asked_for_at_the_same_times() -> None:
    own, asked = shown(), shown("--guide", "words,tones", "--bed", "-26", "--tones", "-12")
    assert own["levels_db"] == {
        "sound": "rain",
        "under_voice_db": -22,
        "in_pauses_db": -16,
        "tones_db": None,
        "bells_db": -11,
    }
    assert asked["levels_db"] == {
        "sound": "rain",
        "under_voice_db": -26,
        "in_pauses_db": -20,
        "tones_db": -12,
        "bells_db": -15,
    }
    assert asked["total_ms"] == own["total_ms"]
    kinds = [cue["kind"] for cue in asked["cues"]]  # type: ignore[attr-defined]
    assert kinds == ["word"] * 4 + ["tone"] * 4 + ["chime"]
    text = run("show", "mine.yaml", "--bed", "-26").stdout
    assert "Against the voice: rain −26 dB under it, −20 dB in pauses, bells −11 dB." in text


def test_exports_of_each_guidance_have_the_same_length() -> None:
    lengths = set()
    for guide in ("count", "words", "tones", "silent", "count 1, words,tones"):
        assert run("export", "mine.yaml", "-q", "--force", "-o", "mine.wav", "--guide", guide).exit_code == 0
        lengths.add(soundfile.info("mine.wav").frames)
    assert lengths == {(2 + 4 * 6 + 6) * 48_000}


def test_what_breaths_have_no_room_for_is_told() -> None:
    sentence = "Not all of its breaths can be counted; those are guided in words."
    assert sentence in run("show", "halves.yaml", "--guide", "count").stdout
    assert f"halves.yaml:5:5: warning: {sentence}" in run("check", "halves.yaml", "--guide", "count").stderr
    assert f"  {sentence}\n" in run("export", "halves.yaml", "-o", "a.wav", "--guide", "count").stderr
    assert (
        "It has no breaths, so --guide changes" in run("export", "still.yaml", "-o", "b.wav", "--guide", "count").stderr
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show", "mine.yaml", "--guide", "sing"), "--guide must be count, words, tones or silent"),
        (("show", "mine.yaml", "--guide", "words tones"), "--guide must be count, words, tones or silent"),
        (("export", "mine.yaml", "--bed", "3"), "--bed must be -60 to 0 dB, not 3 dB"),
        (("breathe", "box", "--tones=-61"), "--tones must be -60 to 0 dB, not -61 dB"),
        (("breathe", "box", "--silent", "--guide", "tones"), "--guide is to be heard, and with --silent nothing is"),
        (("breathe", "box", "--guide", "sing"), "--guide must be count, words, tones or silent"),
        (("play", "--remember"), "--remember are for a session or programme that is named"),
    ],
)
def test_what_cannot_be_is_one_sentence(arguments: tuple[str, ...], told: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert told in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "guide"),
    [
        (("box",), "count 3, words 3, tones"),
        (("box", "--guide", "words,tones", "--for", "2m"), "words 4, tones"),
        (("coherent", "--guide", "count,tones", "--for", "1m"), "words 3, tones"),
        (("box", "--tones"), "tones"),
        (("box", "--tones", "-12"), "tones"),
        (("--tones", "box"), "tones"),
        (("box", "--tones=-12", "--guide", "words"), "words"),
        (("box", "--silent"), "silent"),
    ],
)
def test_a_printed_pattern_has_the_guidance(arguments: tuple[str, ...], guide: str) -> None:
    assert f"guide: [{guide}]" in run("breathe", *arguments, "--print").stdout


def test_for_a_pattern_what_is_typed_comes_before_the_settings() -> None:
    settings.writing.set_value("guide", "words")
    settings.writing.set_value("tones", "-30")
    assert "guide: [words]" in run("breathe", "box", "--print").stdout
    assert "guide: [tones]" in run("breathe", "box", "--tones", "--print").stdout
    assert "guide: [silent]" in run("breathe", "box", "--silent", "--print").stdout


@pytest.mark.parametrize(
    ("options", "by_keys", "kept"),
    [
        (("--bed", "-30", "--rate", "100"), Adjustments(None, -30), {"bed": "-30", "rate": "100"}),
        (("--guide", "words"), Adjustments("tones", -24), {"guide": "tones", "bed": "-24"}),
        (("--tones", "-14"), Adjustments(), {"tones": "-14"}),
        ((), Adjustments(), {}),
    ],
)
def test_play_remembers_what_was_chosen_by_options_and_keys(
    monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], by_keys: Adjustments, kept: dict[str, str]
) -> None:
    monkeypatch.setattr(playback, "play", lambda *_, adjusted, **__: adjusted(by_keys) or 0)
    done = run("play", "mine.yaml", "--remember", *options)
    assert done.exit_code == 0
    found = settings.stored()
    assert (dict(found.of_session("mine.yaml")) if found else {}) == kept
    if kept:
        assert "`player settings --session mine.yaml --unset` forgets it." in done.stderr
        assert run("settings", "--session", "mine.yaml", "--unset").exit_code == 0
        assert not settings.stored().of_session("mine.yaml")  # type: ignore[union-attr]
    else:
        assert "nothing is remembered" in done.stderr


def test_what_is_chosen_for_now_is_remembered_for_the_session_that_it_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playback, "play", lambda *_, adjusted, **__: adjusted(Adjustments("tones")) or 0)
    done = run("now", "--guide", "tones", "--remember")
    assert "guide tones. `player settings --session" in done.stderr
