from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from player.export.formats.libsndfile import ENCODINGS, SoundWriter
from tests.fakes_output import TAGS, chirp, decoded_by_ffmpeg, exported, needs

if TYPE_CHECKING:
    from pathlib import Path

    from player.export.tags import Tags

FORMS = ("wav", *ENCODINGS)
LENGTHS = (48, 4_095, 4_096, 65_535, 65_537, 200_000)


@pytest.mark.parametrize("frames", LENGTHS)
@pytest.mark.parametrize("form", FORMS)
def test_every_frame_arrives(tmp_path: Path, form: str, frames: int) -> None:
    path = exported(tmp_path / f"calm.{form}", chirp(frames))
    assert soundfile.info(path).frames == frames
    assert len(soundfile.read(path)[0]) == frames


@pytest.mark.parametrize("form", ["wav", "flac"])
def test_lossless_is_lossless(tmp_path: Path, form: str) -> None:
    sound = chirp(100_000)
    read, rate = soundfile.read(exported(tmp_path / f"calm.{form}", sound), dtype="int16")
    assert rate == 48_000
    assert np.array_equal(read, sound)


@pytest.mark.tools
@pytest.mark.parametrize("form", FORMS)
def test_another_decoder_finds_the_same_frames_at_the_same_time(tmp_path: Path, form: str) -> None:
    needs("ffmpeg")
    sound = chirp(96_000)
    decoded = decoded_by_ffmpeg(exported(tmp_path / f"calm.{form}", sound))
    assert decoded.shape == sound.shape
    assert np.corrcoef(decoded[:, 0], sound[:, 0])[0, 1] > 0.99


@pytest.mark.parametrize("form", ["wav", "flac"])
def test_pieces_change_no_byte(tmp_path: Path, form: str) -> None:
    sound = chirp(100_000)
    files = [exported(tmp_path / f"{piece}.{form}", sound, piece=piece) for piece in (48, 70_000, 100_000)]
    assert len({path.read_bytes() for path in files}) == 1


def test_a_long_segment_of_ogg(tmp_path: Path) -> None:
    """Given to libsndfile in one write, this minute ends the process."""
    frames = 60 * 48_000
    path = exported(tmp_path / "calm.ogg", np.zeros((frames, 2), np.int16), piece=frames)
    assert soundfile.info(path).frames == frames


@pytest.mark.parametrize(("form", "low", "high"), [("ogg", 120, 200), ("opus", 110, 150)])
def test_the_bitrate_is_the_one_chosen(tmp_path: Path, form: str, low: int, high: int) -> None:
    noise = np.random.default_rng(0).normal(0, 1000, (10 * 48_000, 2)).astype(np.int16)
    path = exported(tmp_path / f"calm.{form}", noise)
    assert low < path.stat().st_size * 8 / 10 / 1000 < high


@pytest.mark.parametrize("form", ENCODINGS)
def test_a_file_that_lost_its_end_does_not_count_as_written(tmp_path: Path, form: str) -> None:
    def cut(path: Path, _: Tags) -> None:
        os.truncate(path, path.stat().st_size // 2)

    writer = SoundWriter(tmp_path / "calm", replace(ENCODINGS[form], tag=cut), TAGS)
    writer.write(chirp(96_000).tobytes())
    with pytest.raises(OSError, match=r"psf_fseek\(\) failed|is cut off"):
        writer.finish()


@pytest.mark.parametrize("field", [slice(12, 15), slice(15, 18), slice(26, 42)], ids=["smallest", "largest", "digest"])
def test_a_flac_head_that_was_not_completed_does_not_count_as_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, field: slice
) -> None:
    """As where the encoder could not go back to its head: libFLAC tells nobody."""
    path = tmp_path / "calm.flac"
    writer = SoundWriter(path, ENCODINGS["flac"], TAGS)
    writer.write(chirp(96_000).tobytes())
    close = writer._file.close

    def close_badly() -> None:
        close()
        data = bytearray(path.read_bytes())
        data[field] = bytes(field.stop - field.start)
        path.write_bytes(data)

    monkeypatch.setattr(writer._file, "close", close_badly)
    with pytest.raises(OSError, match="its head was not completed"):
        writer.finish()
