from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import MediaError
from player.sound import bed as room
from player.sound import stored
from player.sound.bed import Bed, StoredLoop, open_bed
from player.sound.conform import decode
from player.sound.join import JOIN_FRAMES, seamless
from player.sound.loudness import integrated_lufs
from player.sound.stored import REFERENCE_LUFS, Stored
from player.storage.store import Store
from tests.fakes_sound import BLOCKS, RATE, both, judged, noise, sine, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

AUDIO = Path(__file__).parents[2] / "audio"
BUNDLED = sorted([*AUDIO.glob("*.ogg"), *AUDIO.glob("second/*.ogg")])
WINDOW = RATE // 20


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store that keeps the bundled beds for all tests here."""
    return Store(tmp_path_factory.mktemp("beds"))


@pytest.fixture
def noisy(tmp_path: Path, store: Store) -> Bed:
    return open_bed(written(tmp_path / "noise.wav", noise(15)), store)


def samples_of(bed: Bed) -> Stored:
    (loop,) = bed.loops
    assert isinstance(loop, StoredLoop)
    assert isinstance(loop.samples, Stored)
    return loop.samples


def powers(samples: NDArray[Any]) -> NDArray[np.float64]:
    """Mean squares of 50 ms, then smoothed over a second."""
    short = np.square(samples, dtype=np.float64).mean(axis=1).reshape(-1, WINDOW).mean(axis=1)
    return np.convolve(short, np.ones(20) / 20, "valid")


def decoded(path: Path) -> NDArray[np.float32]:
    return np.concatenate(list(decode(path)))


def cut(samples: NDArray[np.float32], length: int) -> Iterator[NDArray[np.float32]]:
    return (samples[at : at + length] for at in range(0, len(samples), length))


@pytest.mark.parametrize("length", BLOCKS)
def test_reading_in_blocks_of_any_length_gives_the_same(length: int) -> None:
    counted = StoredLoop(np.arange(2000, dtype="<i2").reshape(-1, 2), 0.5)
    whole = counted.read(700, 9000)
    pieces = [counted.read(700 + at, min(length, 9000 - at)) for at in range(0, 9000, length)]
    assert np.array_equal(np.concatenate(pieces), whole)


@given(start=st.integers(0, 10**12), frames=st.integers(0, 3000))
def test_the_bed_at_a_moment_is_the_loop_at_that_moment(start: int, frames: int) -> None:
    loop = np.arange(1400, dtype="<i2").reshape(-1, 2)
    read = StoredLoop(loop, 1.0).read(start, frames)
    assert np.array_equal(read, loop[(start + np.arange(frames)) % 700])
    assert read.dtype == np.float32


def test_what_was_read_belongs_to_the_reader(noisy: Bed) -> None:
    first = noisy.read(0, 100)
    first[:] = 7
    assert noisy.read(0, 100).max() < 7


@pytest.mark.parametrize("level", [0.0005, 0.02, 0.9])
def test_every_bed_is_as_loud_as_the_voice(tmp_path: Path, store: Store, level: float) -> None:
    bed = open_bed(written(tmp_path / "noise.wav", noise(14, level=level)), store)
    assert integrated_lufs(bed.read(0, bed.length_frames), RATE) == pytest.approx(REFERENCE_LUFS, abs=0.02)


def test_its_peak_is_known(noisy: Bed) -> None:
    assert np.abs(noisy.read(0, noisy.length_frames)).max() == pytest.approx(noisy.peak, rel=1e-3)


def test_a_file_that_passes_full_scale_is_not_cut(tmp_path: Path, store: Store) -> None:
    sound = both(sine(100, 14, peak=0.1))
    sound[5 * RATE] = 4.0
    bed = open_bed(written(tmp_path / "over.wav", sound), store)
    assert np.abs(samples_of(bed)[:]).max() == round(0.9 * 32_768)
    assert np.abs(bed.read(0, bed.length_frames)).max() > 5 * np.median(np.abs(bed.read(0, RATE)))


def test_the_loop_is_one_join_shorter_than_its_source(noisy: Bed) -> None:
    assert noisy.length_frames == 11 * RATE


def test_outside_the_join_the_source_is_untouched() -> None:
    sound = noise(15)
    loop = np.concatenate(list(seamless(cut(sound, 10_000))))
    assert np.array_equal(loop[:-JOIN_FRAMES], sound[JOIN_FRAMES:-JOIN_FRAMES])


@pytest.mark.parametrize("length", [64, 4096, 8193, 10**6])
def test_the_join_does_not_depend_on_the_blocks(length: int) -> None:
    sound = noise(1)
    loop = np.concatenate(list(seamless(cut(sound, length), 4000)))
    assert np.array_equal(loop, np.concatenate(list(seamless([sound], 4000))))


def test_only_the_joins_are_held() -> None:
    taken = 0

    def endless() -> Iterator[NDArray[np.float32]]:
        nonlocal taken
        while True:
            taken += 1000
            yield np.zeros((1000, 2), np.float32)

    stream, given_back = seamless(endless(), 2000), 0
    for _ in range(500):
        given_back += len(next(stream))
        assert taken - given_back <= 7000


@pytest.mark.parametrize(("frames", "expected"), [(1, 0), (2, 1), (3, 2), (10, 7), (29, 20), (30, 20), (31, 21)])
def test_of_short_material_a_third_is_the_join(frames: int, expected: int) -> None:
    assert sum(map(len, seamless([noise(1)[:frames]], 10))) == expected


def test_nine_seconds_are_enough(tmp_path: Path, store: Store) -> None:
    assert open_bed(written(tmp_path / "short.wav", noise(9)), store).length_frames == 6 * RATE


def test_less_than_a_fifth_of_a_second_is_refused(tmp_path: Path, store: Store) -> None:
    with pytest.raises(MediaError, match=r"short\.wav: a background must last at least 0\.2 s; choose a longer file"):
        open_bed(written(tmp_path / "short.wav", noise(0.19)), store)


def test_a_direct_current_is_taken_off(tmp_path: Path, store: Store) -> None:
    bed = open_bed(written(tmp_path / "off.wav", noise(14, level=0.01) + np.array([0.3, -0.2], np.float32)), store)
    heard = bed.read(0, bed.length_frames)
    assert np.abs(heard.mean(axis=0)).max() < 1e-3
    assert bed.peak < 6 * heard.std()  # all 16 bits are left for the sound


def test_sides_that_cancel_give_one_of_them_to_one_loudspeaker(tmp_path: Path, store: Store) -> None:
    sound = noise(14, 1)
    bed = open_bed(written(tmp_path / "wide.wav", np.hstack((sound, -sound))), store)
    assert bed.balance.cancels
    left, right = bed.for_one_loudspeaker().read(0, RATE).T
    assert np.array_equal(left, right)
    assert np.array_equal(left, bed.read(0, RATE)[:, 0])
    assert bed.for_one_loudspeaker().length_frames == bed.length_frames


def test_other_beds_stay_as_they_are_on_one_loudspeaker(noisy: Bed) -> None:
    assert noisy.for_one_loudspeaker() is noisy


@pytest.mark.parametrize(("seconds", "again"), [(0.25, True), (4.4, True), (4.6, False), (14, False)])
def test_what_comes_round_within_three_seconds_is_heard_again(
    tmp_path: Path, store: Store, seconds: float, again: bool
) -> None:
    assert open_bed(written(tmp_path / "short.wav", noise(seconds)), store).is_heard_again is again


def test_silence_is_refused(tmp_path: Path, store: Store) -> None:
    with pytest.raises(MediaError, match="it is silent"):
        open_bed(written(tmp_path / "quiet.wav", noise(14, level=1e-6)), store)


def test_of_an_endless_file_only_the_beginning_is_used(tmp_path: Path, store: Store, monkeypatch: Any) -> None:
    monkeypatch.setattr(room, "LONGEST_FRAMES", 20 * RATE)
    assert open_bed(written(tmp_path / "night.wav", noise(30)), store).length_frames == 16 * RATE


def test_a_missing_file_is_named(tmp_path: Path, store: Store) -> None:
    with pytest.raises(MediaError, match=r"sea\.ogg: there is no such sound file"):
        open_bed(tmp_path / "sea.ogg", store)


@pytest.mark.parametrize(
    "sound",
    [pytest.param(None, id="noise"), *(pytest.param(path, id=path.relative_to(AUDIO).as_posix()) for path in BUNDLED)],
)
def test_no_seam_can_be_heard(tmp_path: Path, opened: Store, sound: Path | None) -> None:
    path = sound or written(tmp_path / "noise.wav", noise(30))
    (bed, *_), source = open_bed(path, opened).loops, decoded(path)
    across = bed.read(bed.length_frames - 8 * RATE, 12 * RATE)

    # The power expected in the join is what the two sounds, unrelated, bring into it; around it, what the source has.
    fade = (np.arange(JOIN_FRAMES) + 0.5)[:, None] * (np.pi / 2 / JOIN_FRAMES)
    end, beginning = np.square(source[-JOIN_FRAMES:]), np.square(source[:JOIN_FRAMES])
    joined = np.sqrt(np.cos(fade) ** 2 * end + np.sin(fade) ** 2 * beginning)
    expected = np.concatenate((source[-8 * RATE : -4 * RATE], joined, source[4 * RATE : 8 * RATE]))
    deviation_db = 10 * np.log10(powers(across) / powers(expected))
    assert np.abs(deviation_db - deviation_db.mean()).max() < 1.0

    quiet = np.abs(across).max(axis=1) < 10 ** ((REFERENCE_LUFS - 60) / 20)
    assert np.diff(np.flatnonzero(np.concatenate(([True], ~quiet, [True])))).max() <= 0.002 * RATE

    steps = np.abs(np.diff(across, axis=0)).max()
    assert steps <= np.abs(np.diff(bed.read(0, bed.length_frames), axis=0)).max() * 1.001
    seam = np.abs(np.diff(bed.read(bed.length_frames - 1, 2), axis=0)).max()
    assert seam <= steps


def heard_again(bed: Bed) -> NDArray[np.float64]:
    """How like itself the middle of both sides is after each moment up to ten minutes: 1 where all comes back."""
    middle = [bed.read(at * RATE, RATE).mean(axis=1).reshape(-1, 12).mean(axis=1) for at in range(700)]
    sound = np.concatenate(middle).astype(np.float64)
    short = sound[: 100 * RATE // 12]
    size = 1 << (len(sound) + len(short)).bit_length()
    same = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(short, size)), size)[: 600 * RATE // 12]
    likeness: NDArray[np.float64] = same / same[0]
    return likeness


@pytest.mark.parametrize("name", ["ocean", "night", "rain"])
def test_a_bundled_bed_does_not_come_back_within_ten_minutes(opened: Store, name: str) -> None:
    bed = open_bed(AUDIO / f"{name}.ogg", opened)
    likeness = heard_again(bed)[RATE // 12 :]
    assert likeness.max() < 0.75  # where one of two loops comes round, it is half
    once = Bed(bed.loops[:1], 1.0)
    assert heard_again(once)[60 * RATE // 12 :].max() > 0.95  # and so the test can fail


def test_both_loops_together_are_as_loud_as_the_voice(opened: Store) -> None:
    for name in ("ocean", "bowls"):
        bed = open_bed(AUDIO / f"{name}.ogg", opened)
        heard = bed.read(0, 120 * RATE)
        assert integrated_lufs(heard, RATE) == pytest.approx(REFERENCE_LUFS, abs=0.02)
        assert np.abs(heard).max() < bed.peak


def test_a_linear_fade_would_have_failed() -> None:
    """The test above can fail: the dip that it is there to find is 3 dB."""
    end, beginning = noise(4, seed=3), noise(4, seed=4)
    fade = np.linspace(0, 1, 4 * RATE)[:, None]
    dip = powers(end * (1 - fade) + beginning * fade) / powers(end)
    assert 10 * np.log10(dip.min()) < -2.5


@pytest.mark.tools
def test_an_independent_meter_agrees(tmp_path: Path, noisy: Bed) -> None:
    verdict = judged(written(tmp_path / "loop.wav", noisy.read(0, noisy.length_frames)))
    assert verdict.lufs == pytest.approx(REFERENCE_LUFS, abs=0.1)


def test_the_second_time_nothing_is_decoded(tmp_path: Path, store: Store) -> None:
    path = written(tmp_path / "noise.wav", noise(14))
    first = open_bed(path, store).read(0, RATE)
    code = (
        "import sys; from pathlib import Path; from player.storage.store import Store;"
        "from player.sound.bed import open_bed;"
        f"bed = open_bed(Path({str(path)!r}), Store(Path({str(store.root)!r}))); print(bed.read(0, 1000).sum());"
        "print({'scipy', 'pyloudnorm', 'soundfile'} & set(sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split("\n")
    assert float(said[0]) == pytest.approx(float(first[:1000].sum()), abs=1e-3)
    assert said[1] == "set()"


def entry_of(bed: Bed) -> Path:
    return samples_of(bed).path


def test_a_bed_is_known_by_its_content_not_by_its_name(tmp_path: Path, store: Store) -> None:
    path = written(tmp_path / "a.wav", noise(14))
    before = entry_of(open_bed(path, store))
    moved = entry_of(open_bed(path.rename(tmp_path / "b.wav"), store))
    changed = entry_of(open_bed(written(tmp_path / "b.wav", noise(14, seed=9)), store))
    assert moved == before != changed


def test_a_large_file_is_read_again_only_if_it_was_touched(tmp_path: Path, store: Store, monkeypatch: Any) -> None:
    monkeypatch.setattr(stored, "LARGE", 1000)
    path = written(tmp_path / "a.wav", noise(14))
    long_ago = path.stat().st_mtime_ns - 10**12
    os.utime(path, ns=(long_ago, long_ago))
    first = entry_of(open_bed(path, store))
    assert entry_of(open_bed(path, store)) == first
    written(path, noise(14, seed=9))
    os.utime(path, ns=(long_ago + 1, long_ago + 1))
    assert entry_of(open_bed(path, store)) != first


def test_a_damaged_loop_is_made_again(tmp_path: Path, store: Store) -> None:
    path = written(tmp_path / "a.wav", noise(14))
    bed = open_bed(path, store)
    good, entry = samples_of(bed)[:1000].copy(), entry_of(bed)
    content = bytearray(entry.read_bytes())
    content[-500_000] ^= 0xFF
    del bed
    entry.write_bytes(content)
    assert np.array_equal(samples_of(open_bed(path, store))[:1000], good)


def test_a_bed_plays_on_when_the_store_is_cleared(noisy: Bed, store: Store) -> None:
    if os.name == "nt":
        pytest.skip("there the store cannot be cleared while it is in use")
    before = noisy.read(0, 1000)
    store.clear()
    assert np.array_equal(noisy.read(0, 1000), before)
