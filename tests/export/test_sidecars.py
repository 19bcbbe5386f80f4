"""Sidecars: named after the sound file, and never over what is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from player.errors import OutputError, UsageError
from player.export import sidecars
from tests.fakes_mix import spoken, timeline

LAID = timeline(3000, cues=(spoken("Grüß dich.", 500, 1500),))


def test_every_sidecar_has_the_name_of_the_sound_file() -> None:
    made = sidecars.contents(LAID, Path("calm.v2.mp3"), captions=("lrc", "vtt"), chapters=True, labels=True)
    assert [path.name for path in made] == ["calm.v2.vtt", "calm.v2.lrc", "calm.v2.chapters.json", "calm.v2.labels.txt"]
    assert "Grüß dich." in made[Path("calm.v2.vtt")].decode()
    assert made[Path("calm.v2.lrc")].startswith(b"[ti:By hand]")
    assert json.loads(made[Path("calm.v2.chapters.json")])["fileName"] == "calm.v2.mp3"


def test_nothing_asked_is_nothing_made() -> None:
    assert sidecars.contents(LAID, Path("calm.mp3")) == {}


def test_what_would_be_made_is_known_before(tmp_path: Path) -> None:
    found = sidecars.paths(tmp_path / "calm.mp3", captions=("vtt", "srt", "lrc"), chapters=True, labels=True)
    made = sidecars.contents(LAID, tmp_path / "calm.mp3", captions=("vtt", "srt", "lrc"), chapters=True, labels=True)
    assert found == tuple(made)


def test_one_that_is_in_the_way_is_reported(tmp_path: Path) -> None:
    (tmp_path / "calm.lrc").write_text("mine")
    with pytest.raises(UsageError, match=r"calm\.lrc is there already"):
        sidecars.paths(tmp_path / "calm.mp3", captions=("vtt", "srt", "lrc"))
    sidecars.paths(tmp_path / "calm.mp3", captions=("lrc",), force=True)
    (tmp_path / "calm.srt").mkdir()
    with pytest.raises(OutputError, match="it is a folder"):
        sidecars.paths(tmp_path / "calm.mp3", captions=("srt",), force=True)


def test_an_unknown_format_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="captions must be of vtt, srt, lrc, not 'sub'"):
        sidecars.paths(tmp_path / "calm.mp3", captions=("vtt", "sub"))
