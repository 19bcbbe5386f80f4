"""Sidecars: named after the sound file, and never over what is there; chapters for podcasts, labels for Audacity."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from player.errors import OutputError, UsageError
from player.export import sidecars
from player.export.sidecars import audacity_labels, podcast_chapters
from player.timeline.chapters import chapters
from player.timeline.model import Section
from tests.fakes_mix import spoken, timeline
from tests.fakes_picture import bundled

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
    with pytest.raises(UsageError, match="captions must be of vtt, srt, lrc, txt, html, not 'sub'"):
        sidecars.paths(tmp_path / "calm.mp3", captions=("vtt", "sub"))


CHAPTERED = replace(
    timeline(9000, cues=(spoken("Sit\tdown.", 1500, 2501),)),
    sections=(Section("Settle", 0), Section('A "quoted"\nend', 2501)),
    groups=(Section("your hand", 4000),),
)


def test_chapters_are_those_of_the_podcast_namespace() -> None:
    assert json.loads(podcast_chapters(CHAPTERED, "a.mp3")) == {
        "version": "1.2.0",
        "title": "By hand",
        "fileName": "a.mp3",
        "chapters": [
            {"startTime": 0, "endTime": 2.501, "title": "Settle"},
            {"startTime": 2.501, "endTime": 4, "title": 'A "quoted" end'},
            {"startTime": 4, "endTime": 9, "title": 'A "quoted" end: your hand'},
        ],
    }


def test_whole_seconds_are_whole_numbers() -> None:
    assert '"startTime": 4,' in podcast_chapters(CHAPTERED)
    assert "fileName" not in podcast_chapters(CHAPTERED)


def test_labels_are_regions_in_order_the_longer_first() -> None:
    assert audacity_labels(CHAPTERED) == (
        "0.000000\t2.501000\tSettle\n"
        "1.500000\t2.501000\tSit down.\n"
        '2.501000\t4.000000\tA "quoted" end\n'
        '4.000000\t9.000000\tA "quoted" end: your hand\n'
    )


def test_every_label_of_a_bundled_session_has_three_columns() -> None:
    _, laid = bundled("pmr-7")
    rows = [line.split("\t") for line in audacity_labels(laid).splitlines()]
    assert {len(row) for row in rows} == {3}
    assert all(0 <= float(start) < float(end) <= laid.total_ms / 1000 for start, end, _ in rows)
    assert {each.title for each in chapters(laid)} <= {title for *_, title in rows}
