"""Joins are made in haste here, after a lead so short that hardly any two streams have met: they are really joins.

As two encodes of the same sound differ by some noise of quantisation, the yardstick for what a join may do is a third
encode of the same sound, whose packets begin elsewhere.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest
import soundfile

from player.export.mp3 import parallel
from player.export.mp3.frames import LAYOUTS, EncodedStretch, SideInformation
from player.export.mp3.infoframe import packet_bytes
from player.export.mp3.parallel import CutPlan
from player.export.mp3.splice import fits, meets, splice
from player.export.mp3.writer import PLAN, Mp3Writer
from tests.fakes_mp3 import SOUNDS, in_one_piece, samples, written
from tests.fakes_output import needs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

PACKETS: Final = 720
FRAMES: Final = PACKETS * 1152 + 333
HALF: Final = 576
MOVED: Final = 500
"""Frames by which the packets of the third encode are moved."""
WHOLE: Final = CutPlan(stretch=2 * PACKETS, lead=10, patience=0)
HASTY: Final = CutPlan(stretch=24, lead=16, patience=0)
PATIENT: Final = CutPlan(stretch=60, lead=PLAN.lead, patience=PLAN.patience)
EACH: Final = [
    *((name, 160, 2) for name in SOUNDS),
    *(("changing", bitrate, 2) for bitrate in (64, 128, 320)),
    *((name, 96, 1) for name in ("noise", "tones", "silence", "speech")),
    *(("changing", bitrate, 1) for bitrate in (64, 160)),
]
FRONT: Final = LAYOUTS[2].front


def heard(path: Path) -> NDArray[np.int64]:
    return np.asarray(soundfile.read(path, dtype="int16", always_2d=True)[0].astype(int))


def encoded(path: Path, sound: NDArray[np.int16], bitrate: int, plan: CutPlan) -> Path:
    return written(Mp3Writer(path, b"", bitrate, channels=sound.shape[1], plan=plan), path, sound)


def loudness(difference: NDArray[np.int64]) -> NDArray[np.float64]:
    """In steps of 16 bits, by half packets."""
    halves = len(difference) // HALF
    squares = (difference[: halves * HALF].astype(float) ** 2).reshape(halves, -1)
    return np.asarray(np.sqrt(squares.mean(1)))


@dataclass(frozen=True)
class Case:
    """A sound, encoded in one piece and by the joins of two plans."""

    sound: NDArray[np.int16]
    bitrate: int
    whole: NDArray[np.int64]
    hasty: Path
    joins: list[int]

    def elsewhere(self, path: Path) -> NDArray[np.float64]:
        """How far another encode differs from the one in one piece."""
        moved = np.concatenate([np.zeros_like(self.sound[:MOVED]), self.sound])
        return loudness(heard(encoded(path, moved, self.bitrate, WHOLE))[MOVED:] - self.whole)


@pytest.fixture(scope="module", params=EACH, ids=lambda each: "-".join(map(str, each)))
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    name, bitrate, channels = request.param
    folder, sound, joins = tmp_path_factory.mktemp("splice"), samples(name, FRAMES, channels), list[int]()

    def noting(left: EncodedStretch, right: EncodedStretch, packet: int) -> bytes:
        joins.append(packet)
        return splice(left, right, packet)

    whole = heard(encoded(folder / "whole.mp3", sound, bitrate, WHOLE))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parallel, "splice", noting)
        hasty = encoded(folder / "hasty.mp3", sound, bitrate, HASTY)
    return Case(sound, bitrate, whole, hasty, joins)


# --- hundreds of joins, as the ear has them


def test_around_each_join_it_differs_no_more_than_two_encodes_do(case: Case, tmp_path: Path) -> None:
    own = loudness(heard(case.hasty) - case.whole)
    other = case.elsewhere(tmp_path / "moved.mp3")
    assert len(case.joins) > PACKETS // HASTY.stretch - 4
    for join in case.joins:
        near = own[2 * join - 4 : 2 * join + 4]
        allowed = other[2 * join - 12 : 2 * join + 12]
        assert near.max() <= 2 * allowed.max() + 2, f"at packet {join}"  # one other encode is a small sample
        assert near.max() <= other.max(), f"at packet {join}"


def test_with_time_to_meet_it_is_what_one_encoder_makes(case: Case, tmp_path: Path) -> None:
    patient = heard(encoded(tmp_path / "patient.mp3", case.sound, case.bitrate, PATIENT))
    same = loudness(patient - case.whole) == 0
    assert same.mean() > 0.7  # each of 11 joins without a meeting costs 0.09


def test_every_frame_is_there(case: Case) -> None:
    assert len(heard(case.hasty)) == soundfile.info(case.hasty).frames == FRAMES


@pytest.mark.tools
def test_other_decoders_find_nothing_wrong_and_every_frame(case: Case, tmp_path: Path) -> None:
    needs("ffmpeg", "lame")
    wav = tmp_path / "lame.wav"
    subprocess.run(["lame", "--quiet", "--decode", str(case.hasty), str(wav)], check=True)
    command = ["ffmpeg", "-v", "warning", "-i", str(case.hasty), "-f", "s16le", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stderr == b""
    assert len(done.stdout) // case.sound[:1].nbytes == soundfile.info(wav).frames == FRAMES


# --- hundreds of joins, as the bits lie

LEAD = 40
FROM, TO = LEAD + 12, LEAD + 60


def strand(stream: bytes, bitrate: int, first: int = 0, channels: int = 2) -> EncodedStretch:
    made = EncodedStretch(bitrate, first, channels)
    made.add(stream)
    return made


def two(name: str, bitrate: int, channels: int = 2) -> Callable[[], tuple[EncodedStretch, EncodedStretch]]:
    """The streams of two encoders, the second of which begins later."""
    sound = samples(name, 1152 * (TO + 20), channels)
    left, right = in_one_piece(sound, bitrate), in_one_piece(sound[1152 * LEAD :], bitrate)
    return lambda: (strand(left, bitrate, 0, channels), strand(right, bitrate, LEAD, channels))


def sound_of(stream: bytes, bitrate: int, packet: int, channels: int) -> tuple[SideInformation, str]:
    """The side information, and the very bits that belong to a packet, found in the whole stream."""
    size, front = packet_bytes(bitrate), LAYOUTS[channels].front
    packets = [stream[at : at + size] for at in range(0, len(stream), size)]
    shelf = b"".join(each[front:] for each in packets)
    side = SideInformation.of(packets[packet], channels)
    start = packet * (size - front) - side.reach
    assert start >= 0
    return side, shelf[start : start + side.length].hex()


@pytest.mark.parametrize(("bitrate", "channels"), [(64, 2), (128, 2), (160, 2), (320, 2), (64, 1), (96, 1)])
@pytest.mark.parametrize("name", ["noise", "clicks", "changing"])
def test_every_packet_on_both_sides_keeps_its_sound(name: str, bitrate: int, channels: int) -> None:
    fresh = two(name, bitrate, channels)
    left, right = (each.cut(each.end) for each in fresh())
    places = [packet for packet in range(FROM, TO) if fits(*fresh(), packet)]
    assert len(places) > 5
    for packet in places:
        parts = fresh()
        joined = splice(*parts, packet) + parts[1].cut(parts[1].end)
        assert len(joined) == len(left)
        for before in range(packet - 6, packet):
            assert sound_of(joined, bitrate, before, channels) == sound_of(left, bitrate, before, channels)
        for after in range(packet, packet + 6):
            assert sound_of(joined, bitrate, after, channels) == sound_of(right, bitrate, after - LEAD, channels)


@pytest.mark.parametrize("name", SOUNDS)
def test_where_two_streams_meet_they_also_fit(name: str) -> None:
    left, right = two(name, 160)()
    met = [packet for packet in range(FROM, TO) if meets(left, right, packet)]
    assert all(fits(left, right, packet) for packet in met)


def side(reach: int = 0, bits: int = 0, windows: tuple[int, int] = (0, 0)) -> bytes:
    """A packet at 64 kbit/s: how far before its room it begins, the length of its sound, its last windows."""
    made = reach << 247 | bits << 224
    for granule, kind in zip((2, 3), windows, strict=True):
        at = 20 + 59 * granule
        made |= ((1 << 3 | kind << 1) if kind else 0) << 256 - at - 37
    return (bytes(4) + made.to_bytes(32, "big")).ljust(packet_bytes(64), b"\0")


@pytest.mark.parametrize(
    ("left", "right", "reach", "fitting"),
    [
        (side(), side(), 156, True),
        (side(), side(), 157, False),
        (side(bits=800), side(), 56, True),
        (side(bits=801), side(), 56, False),  # 101 bytes
        (side(reach=10, bits=800), side(), 66, True),
        (side(), side(bits=800), 156, True),  # what the right one has had before is of no matter
        (side(windows=(2, 2)), side(windows=(2, 2)), 0, True),
        (side(windows=(1, 0)), side(), 0, False),
        (side(), side(windows=(0, 3)), 0, False),
    ],
)
def test_what_fits(left: bytes, right: bytes, reach: int, fitting: bool) -> None:
    ends = strand(left + side(), 64), strand(right + side(reach=reach), 64)
    assert fits(*ends, 1) is fitting


def test_windows_follow_one_another_across_joins(tmp_path: Path) -> None:
    """Start before short, stop behind it: under others the aliases of the two halves do not cancel."""
    joined = encoded(tmp_path / "clicks.mp3", samples("clicks", 1152 * 400), 160, HASTY).read_bytes()
    size = packet_bytes(160)
    channels: list[list[int]] = [[], []]
    for at in range(size, len(joined), size):
        bits = f"{int.from_bytes(joined[at + 4 : at + FRONT], 'big'):0256b}"
        for granule, where in enumerate(range(20, 256, 59)):
            channels[granule % 2].append(int(bits[where + 34 : where + 36], 2) if bits[where + 33] == "1" else 0)
    pairs = {pair for channel in channels for pair in pairwise(channel)}
    assert pairs == {(0, 0), (0, 1), (1, 2), (2, 2), (2, 3), (3, 0), (3, 1)}
