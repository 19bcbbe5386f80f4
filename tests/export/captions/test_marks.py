"""Chapters for podcasts and labels for Audacity."""

from __future__ import annotations

import json
from dataclasses import replace

from player.export.captions.marks import labels, podcast
from player.timeline.chapters import chapters
from player.timeline.model import Section
from tests.fakes_mix import spoken, timeline
from tests.fakes_picture import bundled

LAID = replace(
    timeline(9000, cues=(spoken("Sit\tdown.", 1500, 2501),)),
    sections=(Section("Settle", 0), Section('A "quoted"\nend', 2501)),
    groups=(Section("your hand", 4000),),
)


def test_chapters_are_those_of_the_podcast_namespace() -> None:
    assert json.loads(podcast(LAID, "a.mp3")) == {
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
    assert '"startTime": 4,' in podcast(LAID)
    assert "fileName" not in podcast(LAID)


def test_labels_are_regions_in_order_the_longer_first() -> None:
    assert labels(LAID) == (
        "0.000000\t2.501000\tSettle\n"
        "1.500000\t2.501000\tSit down.\n"
        '2.501000\t4.000000\tA "quoted" end\n'
        '4.000000\t9.000000\tA "quoted" end: your hand\n'
    )


def test_every_label_of_a_bundled_session_has_three_columns() -> None:
    _, laid = bundled("pmr-7")
    rows = [line.split("\t") for line in labels(laid).splitlines()]
    assert {len(row) for row in rows} == {3}
    assert all(0 <= float(start) < float(end) <= laid.total_ms / 1000 for start, end, _ in rows)
    assert {each.title for each in chapters(laid)} <= {title for *_, title in rows}
