"""Sidecars: named after the sound file, all of them or none, and never over what is there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from player.errors import OutputError, UsageError
from player.tasks.files import sidecars
from tests.fakes_mix import spoken, timeline

if TYPE_CHECKING:
    from pathlib import Path

LAID = timeline(3000, cues=(spoken("Grüß dich.", 500, 1500),))


def test_every_sidecar_has_the_name_of_the_sound_file(tmp_path: Path) -> None:
    made = sidecars.write(LAID, tmp_path / "calm.v2.mp3", captions=("lrc", "vtt"), chapters=True, labels=True)
    names = ["calm.v2.vtt", "calm.v2.lrc", "calm.v2.chapters.json", "calm.v2.labels.txt"]
    assert [path.name for path in made] == names
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    assert "Grüß dich." in (tmp_path / "calm.v2.vtt").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "calm.v2.chapters.json").read_text())["fileName"] == "calm.v2.mp3"


def test_nothing_asked_is_nothing_made(tmp_path: Path) -> None:
    assert sidecars.write(LAID, tmp_path / "calm.mp3") == ()
    assert list(tmp_path.iterdir()) == []


def test_one_that_is_in_the_way_keeps_all_from_being_made(tmp_path: Path) -> None:
    (tmp_path / "calm.lrc").write_text("mine")
    with pytest.raises(UsageError, match=r"calm\.lrc is there already"):
        sidecars.write(LAID, tmp_path / "calm.mp3", captions=("vtt", "srt", "lrc"))
    assert [path.name for path in tmp_path.iterdir()] == ["calm.lrc"]
    sidecars.write(LAID, tmp_path / "calm.mp3", captions=("lrc",), force=True)
    assert (tmp_path / "calm.lrc").read_text(encoding="utf-8").startswith("[ti:By hand]")


def test_what_would_be_made_is_known_before(tmp_path: Path) -> None:
    found = sidecars.paths(tmp_path / "calm.mp3", captions=("vtt", "srt", "lrc"), chapters=True, labels=True)
    made = sidecars.write(LAID, tmp_path / "calm.mp3", captions=("vtt", "srt", "lrc"), chapters=True, labels=True)
    assert found == made
    with pytest.raises(UsageError, match="there already"):
        sidecars.paths(tmp_path / "calm.mp3", labels=True)


def test_an_unknown_format_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="captions must be of vtt, srt, lrc, not 'sub'"):
        sidecars.paths(tmp_path / "calm.mp3", captions=("vtt", "sub"))


def test_a_failure_half_way_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "calm.srt").mkdir()
    with pytest.raises(OutputError, match="it is a folder"):
        sidecars.write(LAID, tmp_path / "calm.mp3", captions=("vtt", "srt"), force=True)
    missing = tmp_path / "no" / "a.vtt"
    with pytest.raises(OutputError, match="make its folder first"):
        sidecars.write_texts({tmp_path / "a.srt": b"1", missing: b"2"})
    assert [path.name for path in tmp_path.iterdir()] == ["calm.srt"]
