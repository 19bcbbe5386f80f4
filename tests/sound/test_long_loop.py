from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from player.errors import MediaError
from player.sound import long_loop
from player.sound.bed import Bed, StoredLoop, open_bed
from player.sound.conform import decode
from player.sound.join import JOIN_FRAMES, seamless
from player.sound.long_loop import LongLoop
from player.sound.loudness import integrated_lufs
from player.sound.stored import REFERENCE_LUFS
from player.storage.store import Store
from tests.fakes_sound import BLOCKS, RATE, noise, written

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SECONDS = 65
STRETCH = 20 * RATE


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("long") / "night.wav"
    return written(path, noise(SECONDS, rate=44_100, level=0.05) + np.float32(0.02), 44_100, None)


@pytest.fixture(autouse=True)
def long_from_half_a_minute_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_loop, "LONG_S", 30)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def loop_of(bed: Bed) -> LongLoop:
    (loop,) = bed.loops
    assert isinstance(loop, LongLoop)
    return loop


def whole(path: Path) -> NDArray[np.float32]:
    return np.concatenate(list(decode(path)))


def test_it_is_the_seamless_loop_of_the_file(file: Path, store: Store) -> None:
    bed = open_bed(file, store)
    expected = np.concatenate(list(seamless([whole(file) - np.float32(0.02)])))
    heard = bed.read(0, bed.length_frames)
    assert len(expected) == bed.length_frames == SECONDS * RATE - JOIN_FRAMES
    scale = float(np.vdot(heard, expected) / np.vdot(expected, expected))
    assert np.abs(heard - expected * scale).max() < 0.005 * heard.std()


@pytest.mark.parametrize("start", [0, STRETCH - JOIN_FRAMES - 700, (SECONDS - 8) * RATE - 500, 3 * SECONDS * RATE])
def test_blocks_of_any_length_begun_anywhere_are_the_same(file: Path, store: Store, start: int) -> None:
    bed, again = open_bed(file, store), open_bed(file, store)
    expected = bed.read(start, 5 * RATE)
    for length in BLOCKS[2:]:
        pieces = [again.read(start + at, min(length, 5 * RATE - at)) for at in range(0, 5 * RATE, length)]
        assert np.array_equal(np.concatenate(pieces), expected)


def test_it_is_as_loud_as_the_voice_and_its_peak_is_known(file: Path, store: Store) -> None:
    bed = open_bed(file, store)
    heard = bed.read(0, bed.length_frames)
    assert integrated_lufs(heard, RATE) == pytest.approx(REFERENCE_LUFS, abs=0.3)  # resampling ends at 20 kHz
    assert np.abs(heard).max() <= bed.peak < 2.5 * np.abs(heard).max()
    assert np.abs(heard.mean(axis=0)).max() < 1e-3  # the file lies 0.02 off zero


def test_nothing_of_it_is_copied(file: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    os.utime(file, ns=(10**18, 10**18))  # settled
    first = open_bed(file, store)
    assert store.usage().entries == 1
    assert store.usage().bytes < 2000
    monkeypatch.setattr(long_loop, "_measured", None)  # what was measured is known
    assert np.array_equal(open_bed(file, store).read(RATE, 1000), first.read(RATE, 1000))


def test_a_peak_that_was_not_measured_is_limited(tmp_path: Path, store: Store) -> None:
    sound = noise(SECONDS, level=0.01)
    sound[15 * RATE : 15 * RATE + 200] *= 30  # between the pieces that are measured
    bed = open_bed(written(tmp_path / "thunder.wav", sound), store)
    assert np.abs(bed.read(10 * RATE, 3 * RATE)).max() <= bed.peak


class CutSound:
    """A file whose header says a minute, and which ends after half of it, in an error or not."""

    rate = RATE
    seconds = 60

    def __init__(self, *, fails: bool) -> None:
        self.path: Any = "cut.mp3"
        self._fails = fails
        self._sound = noise(32, level=0.05)

    def read(self, start_s: int, seconds: int) -> NDArray[np.float32]:
        if self._fails and start_s > 32:
            raise MediaError("it is damaged")
        return self._sound[start_s * RATE : (start_s + seconds) * RATE]


@pytest.mark.parametrize("fails", [True, False])
def test_a_file_that_ends_before_its_header_says_goes_on_with_its_beginning(fails: bool) -> None:
    sound: Any = CutSound(fails=fails)
    loop = LongLoop(sound, long_loop._measured(sound))
    seconds = np.square(loop.read(0, 56 * RATE)).reshape(-1, RATE * 2).mean(axis=1)
    assert seconds.min() > 0.7 * seconds.max()


def test_a_file_that_cannot_be_read_at_its_beginning_is_an_error() -> None:
    sound: Any = CutSound(fails=True)
    level = long_loop._measured(sound)
    sound.read = failing
    with pytest.raises(MediaError, match="damaged"):
        LongLoop(sound, level).read(0, RATE)


def failing(*_: int) -> NDArray[np.float32]:
    raise MediaError("it is damaged")


def test_silence_is_refused(tmp_path: Path, store: Store) -> None:
    with pytest.raises(MediaError, match="its first half hour is silent, so it cannot be a background"):
        open_bed(written(tmp_path / "still.wav", np.zeros((31 * RATE, 2), np.float32), subtype="PCM_16"), store)


def test_a_short_file_is_none(tmp_path: Path, store: Store) -> None:
    (loop,) = open_bed(written(tmp_path / "short.wav", noise(29)), store).loops
    assert isinstance(loop, StoredLoop)


@pytest.mark.tools
def test_what_ffmpeg_alone_reads_is_a_loop_too(tmp_path: Path, file: Path, store: Store) -> None:
    if shutil.which("ffmpeg") is None:
        pytest.skip("install ffmpeg, which reads these files")
    path = tmp_path / "night.m4a"
    subprocess.run(["ffmpeg", "-v", "error", "-i", file, "-b:a", "192k", path], check=True)
    loop = loop_of(open_bed(path, store))
    heard = loop.read(15 * RATE, 3 * RATE)  # over the fade from stretch to stretch
    expected = whole(path)[19 * RATE : 22 * RATE]
    assert np.corrcoef(heard[:, 0], expected[:, 0])[0, 1] > 0.999
