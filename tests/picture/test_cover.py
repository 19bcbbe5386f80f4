"""The cover: a PNG that others read, drawn from the session, the same bytes each time."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import pytest
from matplotlib.image import imread

from player.picture.cover import SIDE, cover
from tests.fakes_mix import timeline
from tests.fakes_picture import bundled, scripted


def pixels(png: bytes) -> np.ndarray:
    read: np.ndarray = imread(io.BytesIO(png), format="png")
    return read[..., :3]


def bright(picture: np.ndarray, from_: float, to: float) -> float:
    """How light the picture is between two hours of a clock, outside of the inner circle."""
    x, y = np.meshgrid(*[(np.arange(SIDE) + 0.5) / (SIDE / 2) - 1] * 2)
    hour = np.arctan2(x, -y) / (2 * np.pi) % 1 * 12
    there = (hour >= from_) & (hour < to) & (np.hypot(x, y) > 0.45) & (np.hypot(x, y) < 0.8)
    return float(picture[there].mean())


@pytest.mark.parametrize("name", ["box-breathing", "pmr-7", "worry-time"])
def test_it_is_a_square_png_of_moderate_size(name: str) -> None:
    session, laid = bundled(name)
    drawn = cover(laid, session.technique)
    assert pixels(drawn).shape == (SIDE, SIDE, 3)
    assert 600 <= SIDE <= 1000
    assert len(drawn) < 100_000


def test_the_same_session_is_the_same_bytes_and_another_is_not() -> None:
    one, other = bundled("box-breathing")[1], bundled("four-seven-eight")[1]
    assert cover(one, "breathing") == cover(one, "breathing")
    assert cover(one, "breathing") != cover(other, "breathing")
    assert cover(one, "breathing") != cover(one, "care")


def test_the_picture_is_the_same_on_every_machine() -> None:
    """A sum over what is seen, so that the packing does not count; made by NumPy 2.2, 2.4 and 2.5 alike."""
    seen = np.round(pixels(cover(timeline(60_000), "guide")) * 255).astype(np.uint8)
    assert hashlib.sha256(seen.tobytes()).hexdigest()[:16] == "0a2301478b13c03f"


def test_it_goes_round_once_from_the_top() -> None:
    """A quarter of stillness, then breath: light from three o'clock on."""
    laid = scripted("  - pause: 20s\n  - breathe: {in: 5s, out: 5s, cycles: 6}\n    guide: tones\n")
    picture = pixels(cover(laid, "breathing"))
    assert bright(picture, 4, 11) > 2 * bright(picture, 0.5, 2.5)


def test_an_unknown_technique_has_the_colours_of_a_guide() -> None:
    assert cover(timeline(9000), "other") == cover(timeline(9000), "guide")


def test_a_thousand_breaths_stay_small() -> None:
    breaths = scripted("  - breathe: {in: 4s, out: 6s, cycles: 1000}\n    guide: tones\n")
    assert len(cover(breaths, "breathing")) < 100_000
