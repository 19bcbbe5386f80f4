from __future__ import annotations

import errno
import gc
import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import soundfile

from player.errors import MediaError
from player.sound import recording as room
from player.sound.loudness import integrated_lufs, true_peak_dbtp
from player.sound.mixdown import blocks
from player.sound.recording import STRETCH, OpenRecording, open_recording
from player.sound.stored import Stored
from player.storage.store import Draft, Store
from tests.fakes_mix import Clips, samples, spoken, state, steady, timeline
from tests.fakes_sound import RATE, both, level_db, noise, sine, written

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

HIGH = -1.5


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def peaky(tmp_path: Path, store: Store) -> OpenRecording:
    """Nine seconds and a bit, with a peak every second that has to be limited."""
    sound = noise(9.3217, level=0.02)
    sound[RATE // 2 :: RATE] *= 60
    return open_recording(written(tmp_path / "peaky.wav", sound), store)


def floats(
    recording: OpenRecording, start_ms: int = 0, end_ms: int | None = None, **levels: float
) -> NDArray[np.float64]:
    passages = recording.passages(levels.get("trim_db", 0.0), levels.get("ceiling_dbtp", HIGH))
    heard: NDArray[np.float64] = samples([passages[start_ms:end_ms]]) / 32_768
    return heard


@pytest.mark.parametrize("level", [0.0005, 0.02, 0.2])
@pytest.mark.parametrize(("channels", "rate"), [(1, 22_050), (2, 44_100)])
def test_every_recording_is_as_loud_as_the_voice(
    tmp_path: Path, store: Store, level: float, channels: int, rate: int
) -> None:
    recording = open_recording(written(tmp_path / "a.wav", noise(5, channels, rate, level), rate), store)
    assert integrated_lufs(floats(recording), RATE) == pytest.approx(-18, abs=0.1)


def test_pauses_in_it_do_not_make_it_louder(tmp_path: Path, store: Store) -> None:
    sound = np.concatenate((noise(3), np.zeros((20 * RATE, 2), np.float32), noise(3)))
    heard = floats(open_recording(written(tmp_path / "a.wav", sound), store))
    assert integrated_lufs(heard[: 3 * RATE], RATE) == pytest.approx(-18, abs=0.3)


@pytest.mark.parametrize(("frames", "length_ms"), [(1, 1), (48, 1), (49, 2), (RATE, 1000), (96_001, 2001)])
def test_it_lasts_the_whole_milliseconds_that_hold_it(
    tmp_path: Path, store: Store, frames: int, length_ms: int
) -> None:
    recording = open_recording(written(tmp_path / "a.wav", noise(3)[:frames]), store)
    assert recording.length_ms == length_ms
    assert len(floats(recording)) == length_ms * 48


@pytest.mark.parametrize("cut_ms", [1, 7, 999, 2000, 3001])
def test_a_moment_of_it_is_always_the_same_samples(peaky: OpenRecording, cut_ms: int) -> None:
    passages = peaky.passages(0, HIGH)
    pieces = [passages[at : min(at + cut_ms, 4200)] for at in range(0, 4200, cut_ms)]
    assert np.array_equal(samples(pieces), samples([passages[:4200]]))


def test_beginning_anywhere_gives_the_same(peaky: OpenRecording) -> None:
    whole = floats(peaky)
    for start in (1, STRETCH // 48 - 1, STRETCH // 48, 5003, 9321):
        assert np.array_equal(floats(peaky, start), whole[start * 48 :])


@pytest.mark.parametrize("ceiling", [-1.5, -4.5])
def test_no_peak_passes_the_ceiling_and_all_else_stays(peaky: OpenRecording, ceiling: float) -> None:
    free, heard = floats(peaky, ceiling_dbtp=40), floats(peaky, ceiling_dbtp=ceiling)
    assert true_peak_dbtp(floats(peaky, ceiling_dbtp=40), RATE) >= 0
    assert true_peak_dbtp(heard, RATE) <= ceiling + 0.02
    calm = slice(4 * RATE - 9600, 4 * RATE + 9600)  # across the border of two stretches
    assert np.abs(heard[calm] - free[calm]).max() < 2 / 32_768


def test_stretches_meet_without_a_step(tmp_path: Path, store: Store) -> None:
    sound = both(sine(200, 9, peak=0.05))
    sound[2 * RATE - 300] = 0.9  # the limiter is at work on both sides of the border
    heard = floats(open_recording(written(tmp_path / "a.wav", sound), store))
    border = np.abs(np.diff(heard[2 * RATE - 3 : 2 * RATE + 3, 0])).max()
    assert border <= np.abs(np.diff(heard[RATE : RATE + 4800, 0])).max() * 1.01


def test_its_sides_stay_apart_and_are_limited_together(tmp_path: Path, store: Store) -> None:
    sound = np.stack((sine(200, 4, peak=0.02), sine(300, 4, peak=0.2)), axis=1)
    sound[2 * RATE, 1] = 3.0
    heard = floats(open_recording(written(tmp_path / "a.wav", sound), store))
    assert level_db(heard[:RATE, 1]) - level_db(heard[:RATE, 0]) == pytest.approx(20, abs=0.2)
    # The left side's own peak is far under the ceiling, and yet it goes down with the right one's.
    assert np.abs(heard[2 * RATE - 120 : 2 * RATE + 120, 0]).max() < 0.8 * np.abs(heard[RATE : 2 * RATE, 0]).max()


def test_it_begins_and_ends_softly(tmp_path: Path, store: Store) -> None:
    heard = floats(open_recording(written(tmp_path / "a.wav", np.full((RATE, 2), 0.1, np.float32)), store))[:, 0]
    assert heard[[0, -1]] == pytest.approx([0, 0], abs=1e-4)
    assert np.all(np.diff(heard[:240]) >= 0)
    assert heard[240:-240].min() == heard[240:-240].max()


def test_room_for_a_sum_lowers_it_too(peaky: OpenRecording) -> None:
    calm = slice(48_000, 52_800)
    lowered = level_db(floats(peaky, trim_db=-6.0)[calm]) - level_db(floats(peaky)[calm])
    assert lowered == pytest.approx(-6, abs=0.02)


# --- in the mixdown


def test_it_is_mixed_at_its_very_millisecond_and_never_opened_again(peaky: OpenRecording) -> None:
    cues = [spoken("mine", 3_001, 3_001 + peaky.length_ms), *(spoken("short", at, at + 100) for at in (0, 9_000))]
    asked: list[str] = []

    def open_clip(sound: Any) -> Any:
        asked.append(sound.text)
        return peaky.passages(0, HIGH) if sound.text == "mine" else steady(100, 0)

    session = timeline(14_000, cues=cues, beds=[state(0, None)])
    means: Any = {"open_clip": open_clip, "open_bed": None, "render_tone": None}
    whole = samples(blocks(session, **means))
    assert np.array_equal(whole[3_001 * 48 :][: peaky.length_ms * 48], np.rint(floats(peaky) * 32_768))
    assert not whole[: 3_001 * 48].any()
    assert not whole[(3_001 + peaky.length_ms) * 48 :].any()
    assert sorted(asked) == ["mine", "short"]
    assert np.array_equal(samples(blocks(session, **means, block_ms=333, start_ms=4_001)), whole[4_001 * 48 :])


def test_clips_stay_as_they_were_beside_it(peaky: OpenRecording) -> None:
    session = timeline(1_000, cues=[spoken("a", 0, 500)], beds=[state(0, None)])
    means: Any = {"open_clip": Clips(a=steady(500, 7)), "open_bed": None, "render_tone": None}
    assert set(samples(blocks(session, **means))[: 500 * 48, 0]) == {7}


# --- the store


def test_the_second_time_nothing_is_decoded(tmp_path: Path, store: Store, monkeypatch: Any) -> None:
    path = written(tmp_path / "a.wav", noise(3))
    first = floats(open_recording(path, store))
    monkeypatch.setattr(room, "decode", None)
    assert np.array_equal(floats(open_recording(path, store)), first)


def test_it_is_known_by_its_content(tmp_path: Path, store: Store) -> None:
    path = written(tmp_path / "a.wav", noise(3))
    before = open_recording(path, store).samples.path
    assert open_recording(path.rename(tmp_path / "b.wav"), store).samples.path == before
    assert open_recording(written(tmp_path / "b.wav", noise(3, seed=2)), store).samples.path != before


# --- what is refused


def test_silence_is_refused(tmp_path: Path, store: Store) -> None:
    with pytest.raises(MediaError, match=r"quiet\.wav: it is silent, so nobody would hear it; choose another"):
        open_recording(written(tmp_path / "quiet.wav", np.zeros((RATE, 2), np.float32)), store)


def test_an_empty_file_is_refused(tmp_path: Path, store: Store) -> None:
    with pytest.raises(MediaError, match=r"empty\.wav: it is a sound file without sound"):
        open_recording(written(tmp_path / "empty.wav", np.zeros((0, 2), np.float32)), store)


def test_what_is_no_sound_is_refused(tmp_path: Path, store: Store) -> None:
    (tmp_path / "a.wav").write_text("title: no sound")
    with pytest.raises(MediaError, match=r"a\.wav: "):
        open_recording(tmp_path / "a.wav", store)


def test_a_missing_file_is_refused(tmp_path: Path, store: Store) -> None:
    with pytest.raises(MediaError, match=r"mine\.wav: there is no such sound file"):
        open_recording(tmp_path / "mine.wav", store)


def test_more_than_a_day_is_refused_and_leaves_nothing(tmp_path: Path, store: Store, monkeypatch: Any) -> None:
    monkeypatch.setattr(room, "LONGEST_MS", 2000)
    with pytest.raises(MediaError, match=r"long\.wav: a recording may last 24 hours, and this one is longer; cut it"):
        open_recording(written(tmp_path / "long.wav", noise(2.1)), store)
    assert store.usage().entries == 0


def test_a_compressed_file_of_one_channel_is_read(tmp_path: Path, store: Store) -> None:
    soundfile.write(tmp_path / "a.mp3", sine(300, 4, 8000, 0.3), 8000)
    recording = open_recording(tmp_path / "a.mp3", store)
    assert 3990 <= recording.length_ms <= 4200
    assert integrated_lufs(floats(recording), RATE) == pytest.approx(-18, abs=0.2)


def test_a_disk_that_fails_as_a_sound_is_closed_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    close = os.close

    def fails(file: int) -> None:
        close(file)
        raise OSError(errno.EIO, "Input/output error")

    entry = Store(tmp_path / "store").put({}, Draft({}, [bytes(8)]))
    sound = Stored(entry)
    assert len(sound[:]) == 2
    with monkeypatch.context() as patched:
        patched.setattr(os, "close", fails)
        del sound
        gc.collect()
    assert capfd.readouterr().err == ""
