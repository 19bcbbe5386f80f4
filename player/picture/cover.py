"""A cover: the whole session once round a circle, clockwise from the top, as a square PNG.

The rule: everything in it comes from the timeline. Petals are breaths, or muscles that tense and let go; the beads
inside are where somebody speaks; the colours are the technique's. One number a pixel and a palette of 256 colours keep
it small, and edges are smooth because a pixel's share of a shape is its distance from the outline. The same session
makes the same bytes where Python was built with zlib itself (zlib-ng packs the same picture differently).
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Final

import numpy as np

from player.picture.curves import curve
from player.timeline.body import moves, runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from player.timeline.model import Timeline

    Field = NDArray[np.float64]
    Rays = NDArray[np.int64]
    Pixels = NDArray[np.uint8]

SIDE: Final = 640
"""Pixels."""
SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
PACKING: Final = struct.pack("5B", 8, 3, 0, 0, 0)
"""Of a PNG's header: eight bits a pixel, each the number of a colour."""
_RAYS: Final = 4096
_INNER, _PETAL, _BEADS, _BEAD = 0.40, 0.42, 0.33, 0.016
"""Radius at which petals begin, their length, radius of the voice's beads and their width: shares of half a side."""
_LAYERS: Final = ((0.100, 1.08, 0.10), (0.030, 1.04, 0.16), (0.010, 1.0, 0.24), (0.004, 0.92, 0.34))
"""Layers from back to front: the share of the circle over which the level is averaged, its scale, its light."""
_WORDS, _WORDS_ALONE = 0.3, 0.55
"""The level of words beside breaths, and where neither breath nor muscles are guided."""
_SLOWEST_WORDS, _SHORTEST_WORD, _HAIRLINE = 0.012, 0.0008, 0.004
_BAND: Final = 16
"""Rows."""
_OFF_AXIS: Final = 0.37
"""No pixel lies on the border of two rays, where the last bit of a sine would decide."""
_EVERY_MS: Final = 100.0
_Colours = tuple[str, str, str]
COLOURS: Final[dict[str, _Colours]] = {
    "breathing": ("0b1f33", "2f7f93", "f3ead2"),
    "muscle": ("241a2e", "9a5a5e", "f7e3c6"),
    "grounding": ("17261d", "5f8458", "f2ecc9"),
    "mindfulness": ("181c38", "6268a8", "f2e6ea"),
    "movement": ("10282b", "3f8d78", "f6ecc8"),
    "care": ("2b1726", "a55a7d", "fae6dc"),
    "thought": ("14213a", "4f76ad", "eef0e6"),
    "guide": ("1c2229", "6d7f8c", "f1ebdd"),
}


def colours(technique: str) -> tuple[str, str, str]:
    """Dark, middle and light, as six hexadecimal digits; an unknown technique has the colours of a guide."""
    return COLOURS.get(technique, COLOURS["guide"])


def cover(timeline: Timeline, technique: str = "guide") -> bytes:
    """The picture of a session, PNG; an unknown technique has the colours of a guide."""
    body, voice = _levels(timeline)
    return _png(_rendered(body, voice), _palette(colours(technique)))


def _levels(timeline: Timeline) -> tuple[Field, Field]:
    """Along each ray: how full or tense the body is, and how much is said, 0 to 1."""
    times = (np.arange(_RAYS) + 0.5) * timeline.total_ms / _RAYS
    voice, body = np.zeros(_RAYS), np.zeros(_RAYS)
    for cue in timeline.cues:
        if cue.text:
            voice += _share(times, cue.start_ms, cue.end_ms, timeline.total_ms / _RAYS)
    for run in runs(timeline):
        points = curve(moves(run), max(_EVERY_MS, timeline.total_ms / _RAYS))
        body = np.maximum(body, np.interp(times, points[:, 0], points[:, 1], left=0.0, right=0.0))
    voice = np.minimum(voice, 1.0)
    words = _mean(voice, _SLOWEST_WORDS)
    return np.maximum(body, (_WORDS if body.any() else _WORDS_ALONE) * words / max(words.max(), 1e-9)), voice


def _share(times: Field, start_ms: int, end_ms: int, width_ms: float) -> Field:
    """How much of each ray's time lies in a span."""
    before, after = times - width_ms / 2, times + width_ms / 2
    shared: Field = np.minimum(after, end_ms) - np.maximum(before, start_ms)
    return np.maximum(shared, 0) / width_ms


def _mean(levels: Field, share: float) -> Field:
    """A circular mean over a share of the circle, three times, which is nearly a Gaussian."""
    width = int(share * _RAYS) | 1
    for _ in range(3):
        wrapped = np.concatenate([levels[-(width // 2) :], levels, levels[: width // 2]]) if width > 1 else levels
        sums = np.concatenate([[0.0], np.cumsum(wrapped)])
        levels = (sums[width:] - sums[:-width]) / width
    return levels


def _rendered(body: Field, voice: Field) -> Field:
    """The light of every pixel, 0 to 1, by bands of rows: a band fits into a processor's cache."""
    outlines = [_INNER + _PETAL * scale * _mean(body, share) for share, scale, _ in _LAYERS]
    said = _mean(voice, _SHORTEST_WORD)
    across: Field = np.linspace(1 / SIDE - 1, 1 - 1 / SIDE, SIDE)
    bands = (across[at : at + _BAND] for at in range(0, SIDE, _BAND))
    return np.concatenate([_band(across, band, outlines, said) for band in bands])


def _band(across: Field, down: Field, outlines: Sequence[Field], said: Field) -> Field:
    x, y = np.meshgrid(across, down)
    radius = np.sqrt(x * x + y * y)
    ray = np.floor(np.arctan2(x, -y) / (2 * np.pi) * _RAYS + _OFF_AXIS).astype(np.int64) % _RAYS
    light: Field = 0.16 * np.maximum(1.25 - radius, 0) ** 2
    depth = np.clip(1.15 - (radius - _INNER) / _PETAL * 0.6, 0.3, 1) * (1 - _disc(radius, _INNER))
    for outline, (_, _, strength) in zip(outlines, _LAYERS, strict=True):
        light += strength * depth * _covered(outline, radius, ray)
    light += 0.75 * _ring(radius, _BEADS, _BEAD) * said[ray] + 0.10 * _ring(radius, _BEADS, _HAIRLINE)
    light += 0.28 * _ring(radius, _INNER, _HAIRLINE)
    return np.minimum(light, 1)


def _covered(outline: Field, radius: Field, ray: Rays) -> Field:
    """Which share of each pixel lies inside an outline: by its distance along the steepest way."""
    slope = np.gradient(outline) * _RAYS / (2 * np.pi) / outline
    steepness = np.sqrt(1 + slope * slope)
    return _disc(radius / steepness[ray], (outline / steepness)[ray])


def _disc(radius: Field, edge: Field | float) -> Field:
    return np.clip((edge - radius) * (SIDE / 2) + 0.5, 0, 1)


def _ring(radius: Field, at: float, half_width: float) -> Field:
    return np.clip((half_width - np.abs(radius - at)) * (SIDE / 2) + 0.5, 0, 1)


def _palette(colours: Sequence[str]) -> bytes:
    stops = np.array([list(bytes.fromhex(each)) for each in colours], float)
    places = np.linspace(0, len(stops) - 1, 256)
    bands = [np.interp(places, np.arange(len(stops)), band) for band in stops.T]
    whole: NDArray[np.uint8] = np.rint(np.stack(bands, axis=1)).astype(np.uint8)
    return whole.tobytes()


def _png(light: Field, palette: bytes) -> bytes:
    return packed(np.floor(light * 255 + 0.5).astype(np.uint8), palette)


def packed(pixels: Pixels, palette: bytes) -> bytes:
    """A square picture as PNG: numbers of colours, each row as it is (filter 0), and the colours."""
    side = len(pixels)
    rows = np.zeros((side, side + 1), np.uint8)
    rows[:, 1:] = pixels
    chunks = (
        (b"IHDR", struct.pack(">2L", side, side) + PACKING),
        (b"PLTE", palette),
        (b"IDAT", zlib.compress(rows.tobytes(), 6)),
        (b"IEND", b""),
    )
    return SIGNATURE + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data))
