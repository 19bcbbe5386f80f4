"""Joins are made early here, after a lead so short that hardly any two streams agree yet: they are really joins.

As two encodes of the same sound differ by some noise of quantisation, the yardstick for what a join may do is a third
encode of the same sound, whose frames begin elsewhere.
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
from player.export.mp3.infoframe import frame_bytes
from player.export.mp3.parallel import CutPlan, agree, can_join, splice
from player.export.mp3.writer import PLAN, Mp3Writer
from tests.fakes_mp3 import SOUNDS, in_one_piece, samples, written
from tests.fakes_output import needs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

FRAMES: Final = 720
SAMPLES: Final = FRAMES * 1152 + 333
HALF: Final = 576
MOVED: Final = 500
"""Samples by which the frames of the third encode are moved."""
WHOLE: Final = CutPlan(stretch=2 * FRAMES, lead=10, search=0)
SHORT_SEARCH: Final = CutPlan(stretch=24, lead=16, search=0)
LONG_SEARCH: Final = CutPlan(stretch=60, lead=PLAN.lead, search=PLAN.search)
EACH: Final = [
    *((name, 160, 2) for name in SOUNDS),
    *(("changing", bitrate, 2) for bitrate in (32, 64, 128, 320)),
    *((name, 96, 1) for name in ("noise", "tones", "silence", "speech")),
    *(("changing", bitrate, 1) for bitrate in (32, 64, 160)),
]
DATA_AT: Final = LAYOUTS[2].data_at


def heard(path: Path) -> NDArray[np.int64]:
    return np.asarray(soundfile.read(path, dtype="int16", always_2d=True)[0].astype(int))


def encoded(path: Path, sound: NDArray[np.int16], bitrate: int, plan: CutPlan) -> Path:
    return written(Mp3Writer(path, b"", bitrate, channels=sound.shape[1], plan=plan), path, sound)


def loudness(difference: NDArray[np.int64]) -> NDArray[np.float64]:
    """In steps of 16 bits, by half frames."""
    halves = len(difference) // HALF
    squares = (difference[: halves * HALF].astype(float) ** 2).reshape(halves, -1)
    return np.asarray(np.sqrt(squares.mean(1)))


@dataclass(frozen=True)
class Case:
    """A sound, encoded in one piece and by the joins of two plans."""

    sound: NDArray[np.int16]
    bitrate: int
    whole: NDArray[np.int64]
    short_search: Path
    joins: list[int]

    def elsewhere(self, path: Path) -> NDArray[np.float64]:
        """How far another encode differs from the one in one piece."""
        moved = np.concatenate([np.zeros_like(self.sound[:MOVED]), self.sound])
        return loudness(heard(encoded(path, moved, self.bitrate, WHOLE))[MOVED:] - self.whole)


@pytest.fixture(scope="module", params=EACH, ids=lambda each: "-".join(map(str, each)))
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    name, bitrate, channels = request.param
    folder, sound, joins = tmp_path_factory.mktemp("splice"), samples(name, SAMPLES, channels), list[int]()

    def noting(left: EncodedStretch, right: EncodedStretch, frame: int) -> bytes:
        joins.append(frame)
        return splice(left, right, frame)

    whole = heard(encoded(folder / "whole.mp3", sound, bitrate, WHOLE))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parallel, "splice", noting)
        short_search = encoded(folder / "short_search.mp3", sound, bitrate, SHORT_SEARCH)
    return Case(sound, bitrate, whole, short_search, joins)


# --- hundreds of joins, as the ear has them


def test_around_each_join_it_differs_no_more_than_two_encodes_do(case: Case, tmp_path: Path) -> None:
    own = loudness(heard(case.short_search) - case.whole)
    other = case.elsewhere(tmp_path / "moved.mp3")
    assert len(case.joins) > FRAMES // SHORT_SEARCH.stretch - 4
    for join in case.joins:
        near = own[2 * join - 4 : 2 * join + 4]
        allowed = other[2 * join - 12 : 2 * join + 12]
        assert near.max() <= 2 * allowed.max() + 2, f"at frame {join}"  # one other encode is a small sample
        assert near.max() <= other.max(), f"at frame {join}"


def test_with_time_to_agree_it_is_what_one_encoder_makes(case: Case, tmp_path: Path) -> None:
    long_search = heard(encoded(tmp_path / "long_search.mp3", case.sound, case.bitrate, LONG_SEARCH))
    same = loudness(long_search - case.whole) == 0
    assert same.mean() > 0.7  # each of 11 joins where they never agree costs 0.09


def test_every_sample_is_there(case: Case) -> None:
    assert len(heard(case.short_search)) == soundfile.info(case.short_search).frames == SAMPLES


@pytest.mark.tools
def test_other_decoders_find_nothing_wrong_and_every_sample(case: Case, tmp_path: Path) -> None:
    needs("ffmpeg", "lame")
    wav = tmp_path / "lame.wav"
    subprocess.run(["lame", "--quiet", "--decode", str(case.short_search), str(wav)], check=True)
    command = ["ffmpeg", "-v", "warning", "-i", str(case.short_search), "-f", "s16le", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stderr == b""
    assert len(done.stdout) // case.sound[:1].nbytes == soundfile.info(wav).frames == SAMPLES


# --- hundreds of joins, as the bits lie

LEAD = 40
FROM, TO = LEAD + 12, LEAD + 60


def encoded_stretch(stream: bytes, bitrate: int, first: int = 0, channels: int = 2) -> EncodedStretch:
    made = EncodedStretch(bitrate, first, channels)
    made.add(stream)
    return made


def two(name: str, bitrate: int, channels: int = 2) -> Callable[[], tuple[EncodedStretch, EncodedStretch]]:
    """The streams of two encoders, the second of which begins later."""
    sound = samples(name, 1152 * (TO + 20), channels)
    left, right = in_one_piece(sound, bitrate), in_one_piece(sound[1152 * LEAD :], bitrate)
    return lambda: (encoded_stretch(left, bitrate, 0, channels), encoded_stretch(right, bitrate, LEAD, channels))


def main_data_of(stream: bytes, bitrate: int, frame: int, channels: int) -> tuple[SideInformation, str]:
    """The side information, and the very bits that belong to a frame, found in the whole stream."""
    size, data_at = frame_bytes(bitrate), LAYOUTS[channels].data_at
    frames = [stream[at : at + size] for at in range(0, len(stream), size)]
    main_data = b"".join(each[data_at:] for each in frames)
    side = SideInformation.of(frames[frame], channels)
    start = frame * (size - data_at) - side.main_data_begin
    assert start >= 0
    return side, main_data[start : start + side.main_data_bytes].hex()


@pytest.mark.parametrize(("bitrate", "channels"), [(64, 2), (128, 2), (160, 2), (320, 2), (64, 1), (96, 1)])
@pytest.mark.parametrize("name", ["noise", "clicks", "changing"])
def test_every_frame_on_both_sides_keeps_its_main_data(name: str, bitrate: int, channels: int) -> None:
    fresh = two(name, bitrate, channels)
    left, right = (each.cut(each.end) for each in fresh())
    places = [frame for frame in range(FROM, TO) if can_join(*fresh(), frame)]
    assert len(places) > 5
    for frame in places:
        parts = fresh()
        joined = splice(*parts, frame) + parts[1].cut(parts[1].end)
        assert len(joined) == len(left)
        for before in range(frame - 6, frame):
            assert main_data_of(joined, bitrate, before, channels) == main_data_of(left, bitrate, before, channels)
        for after in range(frame, frame + 6):
            assert main_data_of(joined, bitrate, after, channels) == main_data_of(
                right, bitrate, after - LEAD, channels
            )


@pytest.mark.parametrize("name", SOUNDS)
def test_where_two_streams_agree_they_can_also_be_joined(name: str) -> None:
    left, right = two(name, 160)()
    agreeing = [frame for frame in range(FROM, TO) if agree(left, right, frame)]
    assert all(can_join(left, right, frame) for frame in agreeing)


def frame_with(main_data_begin: int = 0, bits: int = 0, block_types: tuple[int, int] = (0, 0)) -> bytes:
    """A frame at 64 kbit/s: its `main_data_begin`, the bits of its main data, its last block types."""
    made = main_data_begin << 247 | bits << 224
    for granule, kind in zip((2, 3), block_types, strict=True):
        at = 20 + 59 * granule
        made |= ((1 << 3 | kind << 1) if kind else 0) << 256 - at - 37
    return (bytes(4) + made.to_bytes(32, "big")).ljust(frame_bytes(64), b"\0")


@pytest.mark.parametrize(
    ("left", "right", "main_data_begin", "fitting"),
    [
        (frame_with(), frame_with(), 156, True),
        (frame_with(), frame_with(), 157, False),
        (frame_with(bits=800), frame_with(), 56, True),
        (frame_with(bits=801), frame_with(), 56, False),  # 101 bytes
        (frame_with(main_data_begin=10, bits=800), frame_with(), 66, True),
        (frame_with(), frame_with(bits=800), 156, True),  # what the right one has had before is of no matter
        (frame_with(block_types=(2, 2)), frame_with(block_types=(2, 2)), 0, True),
        (frame_with(block_types=(1, 0)), frame_with(), 0, False),
        (frame_with(), frame_with(block_types=(0, 3)), 0, False),
    ],
)
def test_where_streams_can_be_joined(left: bytes, right: bytes, main_data_begin: int, fitting: bool) -> None:
    ends = (
        encoded_stretch(left + frame_with(), 64),
        encoded_stretch(right + frame_with(main_data_begin=main_data_begin), 64),
    )
    assert can_join(*ends, 1) is fitting


def test_two_streams_agree_where_the_frames_before_are_the_same() -> None:
    one, other = frame_with(bits=800), frame_with(bits=808)
    left, right = encoded_stretch(one + other + one, 64), encoded_stretch(other + one + one, 64)
    assert [agree(left, right, frame) for frame in (1, 2, 3)] == [False, False, True]


def test_block_types_follow_one_another_across_joins(tmp_path: Path) -> None:
    """Start before short, stop behind it: under others the aliases of the two halves do not cancel."""
    joined = encoded(tmp_path / "clicks.mp3", samples("clicks", 1152 * 400), 160, SHORT_SEARCH).read_bytes()
    size = frame_bytes(160)
    channels: list[list[int]] = [[], []]
    for at in range(size, len(joined), size):
        bits = f"{int.from_bytes(joined[at + 4 : at + DATA_AT], 'big'):0256b}"
        for granule, where in enumerate(range(20, 256, 59)):
            channels[granule % 2].append(int(bits[where + 34 : where + 36], 2) if bits[where + 33] == "1" else 0)
    pairs = {pair for channel in channels for pair in pairwise(channel)}
    assert pairs == {(0, 0), (0, 1), (1, 2), (2, 2), (2, 3), (3, 0), (3, 1)}
