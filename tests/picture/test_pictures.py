"""The pictures that the README shows are drawn from the sessions as they are now."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from player.picture import renderer
from player.picture.curves import curve
from player.picture.marks import About, TextMark
from player.picture.page import LEFT, RIGHT, compose, description
from player.timeline.body import moves, runs
from tests.fakes_picture import bundled
from tests.picture.test_drawing import DUBLIN_CORE, SVG, comments

FOLDER = Path(__file__).parents[2] / "scripts" / "pictures"
PICTURES = sorted(FOLDER.glob("*.svg"))


def again(picture: Path) -> str:
    return f"draw it again: player show {picture.stem} --plot scripts/pictures/{picture.name} --force"


def test_there_are_three_drawings_and_two_photographs_of_pages() -> None:
    assert [picture.name for picture in sorted(FOLDER.iterdir())] == [
        "body-scan-back.svg",
        "box-breathing.svg",
        "page-box-breathing.png",
        "page-pmr-7.png",
        "pmr-7.svg",
    ]


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.stem)
def test_it_says_what_the_session_says(picture: Path) -> None:
    session, timeline = bundled(picture.stem)
    about = About(session.summary, session.technique)
    data = picture.read_bytes()
    assert len(data) < 200_000
    root = ET.fromstring(data)  # noqa: S314
    assert root.findtext(f".//{DUBLIN_CORE}description") == description(timeline, about), again(picture)
    page = compose(timeline, about, renderer.measure)
    wanted = [word for mark in page.marks if isinstance(mark, TextMark) for word in mark.text.split()]
    assert sorted(" ".join(comments(data)).split()) == sorted(wanted), again(picture)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.stem)
def test_it_breathes_as_the_session_does(picture: Path) -> None:
    """Every run is read back from its outline: when it begins and ends, and how it goes between."""
    _, timeline = bundled(picture.stem)
    root = ET.parse(picture).getroot()  # noqa: S314
    drawn = {
        node.get("id"): node
        for node in root.iter(f"{SVG}g")
        if re.fullmatch(r"(breath|tension)-\d+", node.get("id", ""))
    }
    assert list(drawn) == [f"{run.body}-{run.start_ms}" for run in runs(timeline)], again(picture)
    scale = timeline.total_ms / (RIGHT - LEFT)
    for run in runs(timeline):
        path = drawn[f"{run.body}-{run.start_ms}"][0].get("d", "")
        around = np.array(re.findall(r"[ML] (\S+) (\S+)", path), float)
        outline = around[: np.argmax(around[:, 0]) + 1]  # but for the corners on the base
        times, heights = (outline[:, 0] - LEFT) * scale, outline[:, 1]
        assert times[[0, -1]] == pytest.approx([run.start_ms, run.end_ms], abs=20), again(picture)
        wanted = curve(moves(run), scale)
        levels = 1 - (heights - heights.min()) / np.ptp(heights)
        assert np.interp(wanted[:, 0], times, levels) == pytest.approx(wanted[:, 1], abs=0.05), again(picture)
