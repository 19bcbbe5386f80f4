from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from player.errors import MediaError
from player.sound.c_stderr import quiet
from player.sound.conform import decode, must_be_readable, segment, speech
from player.sound.loudness import true_peak_dbtp
from tests.adversary.hostile_media import riff, wav_format
from tests.fakes_sound import BLOCKS, RATE, both, level_db, noise, sine, written

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from pydub import AudioSegment


def floats(clip: AudioSegment) -> NDArray[np.float32]:
    return np.frombuffer(clip.raw_data, "<i2").reshape(-1, 2).astype(np.float32) / np.float32(32_768)


def spoken(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    return np.rint(samples * 32_767).astype(np.int16)


def whole(path: Path, block_frames: int = 65_536) -> NDArray[np.float32]:
    return np.concatenate(list(decode(path, block_frames)))


@given(frames=st.integers(0, 5000), rate=st.sampled_from([11_025, 16_000, 22_050, 44_100, 48_000]))
@settings(max_examples=60, deadline=None)
def test_a_clip_lasts_the_whole_milliseconds_that_hold_it(frames: int, rate: int) -> None:
    clip = speech(spoken(noise(0.5, 1, rate)[:frames, 0]), rate, 0.0)
    assert len(clip.raw_data) == -(-frames * 1000 // rate) * 48 * 4 if frames <= rate // 2 else True
    assert (clip.frame_rate, clip.sample_width, clip.channels) == (48_000, 2, 2)


@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100])
def test_a_click_in_a_clip_stays_at_its_moment(rate: int) -> None:
    samples = np.zeros(rate, np.int16)
    samples[rate // 4] = 8000
    heard = np.abs(floats(speech(samples, rate, 0.0))[:, 0]).argmax()
    assert abs(heard - 48_000 * (rate // 4) / rate) <= 1


def test_a_clip_is_as_much_louder_as_it_was_asked_for() -> None:
    quiet = spoken(sine(400, 1, 22_050, 0.05))
    loud, soft = floats(speech(quiet, 22_050, 6.0)), floats(speech(quiet, 22_050, 0.0))
    assert level_db(loud[4800:-4800]) - level_db(soft[4800:-4800]) == pytest.approx(6.0, abs=0.01)


def test_both_sides_are_the_same() -> None:
    clip = floats(speech(spoken(noise(0.3, 1, 22_050)[:, 0]), 22_050, 0.0))
    assert np.array_equal(clip[:, 0], clip[:, 1])


def test_the_edges_rise_and_fall_in_five_milliseconds() -> None:
    clip = floats(speech(np.full(48_000, 10_000, np.int16), 48_000, 0.0))[:, 0]
    assert clip[0] == pytest.approx(0, abs=1e-4)
    assert np.all(np.diff(clip[:240]) >= 0)
    assert clip[240] == pytest.approx(10_000 / 32_768, abs=1e-4)
    assert np.array_equal(clip, clip[::-1])


@pytest.mark.parametrize("frames", [0, 1, 2, 3, 50])
def test_the_shortest_clips_have_edges_too(frames: int) -> None:
    clip = speech(np.full(frames, 20_000, np.int16), 48_000, 0.0)
    assert len(clip) == (1 if 0 < frames <= 48 else -(-frames // 48))


@given(gain_db=st.floats(-20, 30), ceiling=st.floats(-9, -1.5))
@settings(max_examples=20, deadline=None)
def test_no_clip_passes_its_ceiling(gain_db: float, ceiling: float) -> None:
    clip = speech(spoken(noise(0.5, 1, 22_050, 0.25)[:, 0].clip(-1, 1)), 22_050, gain_db, ceiling)
    assert true_peak_dbtp(floats(clip), RATE) <= ceiling + 0.02


def test_a_segment_is_cut_at_full_scale_and_never_wraps() -> None:
    loud = np.array([[2.0, -2.0], [0.5, -0.5]], np.float32)
    assert np.frombuffer(segment(loud).raw_data, "<i2").tolist() == [32_767, -32_768, 16_384, -16_384]


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.mp3", "a.opus", "a.aiff"])
def test_what_libsndfile_reads_is_decoded(tmp_path: Path, name: str) -> None:
    form = {"subtype": "OPUS", "format": "OGG"} if name.endswith("opus") else {}
    soundfile.write(tmp_path / name, both(sine(440, 1, peak=0.5)), RATE, **form)
    sound = whole(tmp_path / name)
    assert sound.dtype == np.float32
    assert len(sound) == RATE
    assert np.abs(sound[4800:-4800] - both(sine(440, 1, peak=0.5))[4800:-4800]).max() < 0.02


@pytest.mark.parametrize("length", BLOCKS)
@pytest.mark.parametrize(("rate", "channels"), [(22_050, 1), (44_100, 6), (48_000, 2)])
def test_decoding_in_blocks_of_any_length_gives_the_same(tmp_path: Path, length: int, rate: int, channels: int) -> None:
    path = written(tmp_path / "a.wav", noise(0.2, channels, rate), rate)
    assert np.array_equal(whole(path, length), whole(path))


@pytest.mark.parametrize("rate", [22_050, 44_100, 96_000])
def test_decoding_moves_nothing(tmp_path: Path, rate: int) -> None:
    click = np.zeros((rate, 1), np.float32)
    click[rate // 2] = 0.5
    heard = np.abs(whole(written(tmp_path / "click.wav", click, rate))[:, 0]).argmax()
    assert abs(heard - 24_000) <= 1


def test_one_channel_is_heard_on_both_sides_at_its_level(tmp_path: Path) -> None:
    tone = sine(300, 0.2)
    assert np.array_equal(whole(written(tmp_path / "mono.wav", tone[:, None])), both(tone))


@pytest.mark.parametrize(
    ("channels", "heard", "left", "right"),
    [
        (3, 2, 0.5**0.5, 0.5**0.5),
        (4, 2, 0.5**0.5, 0),
        (6, 2, 0.5**0.5, 0.5**0.5),
        (6, 3, 0, 0),
        (6, 5, 0, 0.5**0.5),
        (7, 4, 1 / 7, 1 / 7),
    ],
)
def test_more_than_two_channels_are_mixed_down(
    tmp_path: Path, channels: int, heard: int, left: float, right: float
) -> None:
    sound = np.zeros((1000, channels), np.float32)
    sound[:, heard] = 0.5
    mixed = whole(written(tmp_path / "many.wav", sound))
    assert mixed[500] == pytest.approx([0.5 * left, 0.5 * right], abs=1e-6)


def test_samples_that_are_no_numbers_become_silence(tmp_path: Path) -> None:
    sound = noise(0.1)
    sound[100], sound[200] = np.nan, np.inf
    decoded = whole(written(tmp_path / "nan.wav", sound))
    assert np.isfinite(decoded).all()
    assert not decoded[100].any()
    assert np.array_equal(decoded[201:], sound[201:])


def test_a_long_file_is_not_held(tmp_path: Path) -> None:
    path = written(tmp_path / "long.flac", np.zeros((100 * RATE, 2), np.float32), subtype="PCM_16")
    assert {len(block) for block in decode(path, 4096)} <= {4096, 100 * RATE % 4096}


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"sea\.wav: there is no such sound file; check"):
        whole(tmp_path / "sea.wav")


def test_a_folder_is_no_sound(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="there is no such sound file"):
        whole(tmp_path)


def test_what_cannot_be_opened_says_why(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"cannot be opened: .+; check its permissions|there is no such sound file"):
        whole(tmp_path / ("a" * 300 + ".wav"))


@pytest.mark.parametrize(("rest_s", "is_believed"), [(230, True), (3600, False)])
def test_a_small_file_that_unfolds_to_an_hour_is_refused(tmp_path: Path, rest_s: int, *, is_believed: bool) -> None:
    with soundfile.SoundFile(tmp_path / "a.flac", "w", 8000, 1, "PCM_16") as file:
        file.write(np.random.default_rng(1).normal(0, 0.1, 8000))
        for _ in range(rest_s // 10):
            file.write(np.zeros(80_000))
    heard_s = 0.0
    refused = pytest.raises(MediaError, match="it holds more sound than so small a file can, almost all of it silence")
    with contextlib.nullcontext() if is_believed else refused:
        for block in decode(tmp_path / "a.flac"):
            heard_s += len(block) / RATE
    most_s = 240 + (tmp_path / "a.flac").stat().st_size / 500
    assert heard_s == pytest.approx(231 if is_believed else most_s, abs=1e-6 if is_believed else 30)


def test_a_file_of_holes_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "holes.mp3"
    with path.open("wb") as file:
        file.truncate(200 * 2**30)
    with pytest.raises(MediaError, match=r"holes\.mp3: a sound may have 8 GB, and it has 200; cut or convert it$"):
        must_be_readable(path)


@pytest.mark.parametrize("name", ["notes.wav", "notes.txt", "notes.raw", "notes.mp3"])
def test_text_is_no_sound(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # and no ffmpeg
    (tmp_path / name).write_text("not a sound at all\n" * 100)
    with pytest.raises(MediaError, match=r"no sound that can be read here; convert it to WAV.*or install ffmpeg"):
        whole(tmp_path / name)


def test_an_empty_file_is_no_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "empty.ogg").touch()
    with pytest.raises(MediaError, match="no sound that can be read here"):
        whole(tmp_path / "empty.ogg")


def test_a_sound_file_without_sound_says_so(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="without sound; choose another"):
        whole(written(tmp_path / "none.wav", noise(0)))


def test_an_absurd_rate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="must be 4000 to 768000 Hz, not 10"):
        whole(written(tmp_path / "slow.wav", noise(0.1), 10))


def test_a_damaged_file_says_so_or_ends(tmp_path: Path) -> None:
    path = written(tmp_path / "cut.flac", noise(5), subtype="PCM_16")
    content = bytearray(path.read_bytes())
    content[len(content) // 2 :] = b"\xff" * (len(content) // 8)
    path.write_bytes(content)
    try:
        frames = len(whole(path))
    except MediaError as error:
        assert "is damaged" in str(error)  # noqa: PT017 (libsndfile of another version may read what is left)
    else:
        assert 0 < frames <= 5 * RATE


def test_a_name_cannot_steer_the_terminal(tmp_path: Path) -> None:
    with pytest.raises(MediaError) as caught:
        whole(tmp_path / "a\x1b[31m.wav")
    assert "\x1b" not in str(caught.value)


def test_more_channels_than_a_block_may_have_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    for channels in (65, 1024):
        path.write_bytes(riff((b"fmt ", wav_format(channels)), (b"data", bytes(2048 * 100))))
        with pytest.raises(MediaError, match=f"a.wav: it must have 1 to 64 channels, not {channels}; convert it"):
            next(decode(path))
    path.write_bytes(riff((b"fmt ", wav_format(64)), (b"data", b"\1" * 128 * 4800)))
    assert len(next(decode(path))) == 4800


def test_a_damaged_mp3_says_nothing_by_itself(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """libmpg123 prints what it finds odd, in the middle of a pacer; what Python prints meanwhile is printed."""
    path = tmp_path / "a.mp3"
    soundfile.write(path, noise(5), RATE)
    content = bytearray(path.read_bytes())
    for at in range(len(content) // 3, len(content) // 2, 97):
        content[at] ^= 0x55
    path.write_bytes(content)
    with quiet():
        sys.stderr.write("a line\n")
        assert sum(map(len, decode(path))) > RATE
    assert capfd.readouterr().err == "a line\n"
