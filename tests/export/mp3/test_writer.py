from __future__ import annotations

import errno
import struct
import subprocess
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from player.export.formats.bitrates import MP3, of_mp3
from player.export.formats.table import export_sink
from player.export.mp3.infoframe import Checksum, StreamFacts, info_frame
from player.export.mp3.parallel import CutPlan
from player.export.mp3.writer import PLAN, Mp3Writer, encoder
from tests.fakes_mp3 import samples, written
from tests.fakes_output import TAGS, chirp, decoded_by_ffmpeg, exported, lag, needs, segment

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

LENGTHS = (1, 48, 575, 576, 577, 1_104, 1_105, 1_106, 1_151, 1_152, 1_153, 2_304, 48_001)


def decoded_by_lame(path: Path) -> NDArray[np.int16]:
    wav = path.with_suffix(".lame.wav")
    subprocess.run(["lame", "--quiet", "--decode", str(path), str(wav)], check=True)
    sound: NDArray[np.int16] = soundfile.read(wav, dtype="int16", always_2d=True)[0]
    return sound


def decoded_by_libsndfile(path: Path) -> NDArray[np.int16]:
    sound: NDArray[np.int16] = soundfile.read(path, dtype="int16", always_2d=True)[0]
    return sound


# --- exactly what went in


@pytest.mark.parametrize("frames", LENGTHS)
def test_libsndfile_decodes_every_sample_and_no_more(tmp_path: Path, frames: int) -> None:
    path = exported(tmp_path / "calm.mp3", chirp(frames))
    assert soundfile.info(path).frames == frames
    assert len(decoded_by_libsndfile(path)) == frames


@pytest.mark.tools
@pytest.mark.parametrize("frames", LENGTHS)
def test_ffmpeg_and_lame_decode_the_same_samples(tmp_path: Path, frames: int) -> None:
    needs("ffmpeg", "lame")
    path = exported(tmp_path / "calm.mp3", chirp(frames))
    assert (len(decoded_by_ffmpeg(path)), len(decoded_by_lame(path))) == (frames, frames)


@pytest.mark.tools
@pytest.mark.parametrize("bitrate", [64, 128, 160, 320])
def test_every_decoder_hears_it_at_the_same_moment(tmp_path: Path, bitrate: int) -> None:
    needs("ffmpeg", "lame")
    sound = chirp(96_000)
    path = exported(tmp_path / "calm.mp3", sound, bitrate=bitrate)
    for decoded in (decoded_by_libsndfile(path), decoded_by_ffmpeg(path), decoded_by_lame(path)):
        assert len(decoded) == len(sound)
        assert lag(sound[:, 0], decoded[:, 0]) == 0
        assert np.corrcoef(decoded[:, 0], sound[:, 0])[0, 1] > 0.98


@pytest.mark.tools
@pytest.mark.parametrize(
    ("rate", "bitrate"),
    [(rate, bitrate) for rate in (24_000, 44_100, 48_000) for bitrate in (32, 48, of_mp3(rate)[-1])],
)
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("more", [0, 577])
def test_every_decoder_gives_every_sample_at_any_rate(
    tmp_path: Path, rate: int, bitrate: int, channels: int, more: int
) -> None:
    """Below 64 kbit/s the Info frame has no table of contents; at 44.1 kHz some frames are a byte longer."""
    needs("ffmpeg", "lame")
    sound = chirp(rate * 2 + more)
    path = exported(tmp_path / "calm.mp3", sound, bitrate=bitrate, one_channel=channels == 1, rate=rate)
    assert soundfile.info(path).samplerate == rate
    for decoded in (decoded_by_libsndfile(path), decoded_by_ffmpeg(path, channels), decoded_by_lame(path)):
        assert len(decoded) == len(sound)
        assert lag(sound.mean(axis=1), decoded[:, 0]) == 0


@pytest.mark.tools
@pytest.mark.parametrize(("rate", "bitrate"), [(24_000, 48), (24_000, 160), (44_100, 32), (44_100, 192), (48_000, 32)])
def test_two_minutes_are_two_minutes_and_the_bitrate_is_constant(tmp_path: Path, rate: int, bitrate: int) -> None:
    needs("ffmpeg", "ffprobe")
    path = exported(tmp_path / "calm.mp3", np.zeros((120 * rate, 2), np.int16), bitrate=bitrate, rate=rate, piece=10**6)
    assert soundfile.info(path).frames == 120 * rate
    entries = ["-show_entries", "packet=size", "-of", "csv=p=0"]
    done = subprocess.run(["ffprobe", "-v", "error", *entries, str(path)], capture_output=True, text=True, check=True)
    sizes = {int(size.strip(",")) for size in done.stdout.split()}
    assert done.stderr == ""
    assert max(sizes) - min(sizes) == (rate == 44_100)
    command = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(path)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert float(shown) == pytest.approx(120, abs=0.05)  # it counts whole frames of 24 or 26 ms


@pytest.mark.tools
def test_seven_minutes_are_seven_minutes(tmp_path: Path) -> None:
    needs("ffmpeg", "lame")
    frames = 420 * 48_000
    path = exported(tmp_path / "calm.mp3", np.zeros((frames, 2), np.int16), piece=480_000)
    lengths = {len(decoded_by_ffmpeg(path)), len(decoded_by_lame(path)), soundfile.info(path).frames}
    assert lengths == {frames}


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(("rate", "bitrate"), [(24_000, 48), (44_100, 64), (44_100, 192)])
def test_at_other_rates_it_is_the_stream_of_one_encoder_whatever_the_pieces(
    tmp_path: Path, rate: int, bitrate: int, channels: int
) -> None:
    sound = chirp(rate + 577)[:, :channels]
    lame = encoder(bitrate, channels, rate)
    stream = bytes(lame.encode(sound.tobytes())) + bytes(lame.flush())
    for piece in (7_777, 100_000):
        path = tmp_path / f"{piece}.mp3"
        written(Mp3Writer(path, b"tag", bitrate, channels=channels, rate=rate), path, sound, piece)
        written_bytes = path.read_bytes()
        assert (written_bytes[:3], written_bytes[-len(stream) :]) == (b"tag", stream)
        assert struct.unpack_from(">L", written_bytes, written_bytes.index(b"Info") + 12) == (len(written_bytes) - 3,)
        assert (soundfile.info(path).frames, soundfile.info(path).samplerate) == (len(sound), rate)


@pytest.mark.parametrize("rate", [24_000, 44_100])
def test_at_other_rates_nothing_at_all_is_still_a_file_and_dropping_closes_it(tmp_path: Path, rate: int) -> None:
    path = tmp_path / "calm.mp3"
    written(Mp3Writer(path, b"", rate=rate), path, chirp(0))
    assert soundfile.info(path).frames == 0
    dropped = Mp3Writer(path, b"", rate=rate)
    dropped.write(chirp(1000).tobytes())
    dropped.drop()
    assert dropped._file.closed


def test_nothing_at_all_is_still_a_file(tmp_path: Path) -> None:
    path = exported(tmp_path / "calm.mp3", chirp(0))
    assert soundfile.info(path).frames == 0


def test_the_same_sound_makes_the_same_bytes_whatever_the_pieces(tmp_path: Path) -> None:
    sound = chirp(100_000)
    files = [exported(tmp_path / f"{piece}.mp3", sound, piece=piece) for piece in (480, 7_777, 100_000)]
    assert len({path.read_bytes() for path in files}) == 1


@pytest.mark.parametrize("bitrate", MP3)
def test_each_bitrate_is_constant(tmp_path: Path, bitrate: int) -> None:
    path = tmp_path / "calm"
    writer = Mp3Writer(path, b"", bitrate)
    writer.write(chirp(48_000).tobytes())
    writer.finish()
    mp3_frames = 1 + 43
    assert path.stat().st_size == mp3_frames * 3 * bitrate
    headers = {path.read_bytes()[at : at + 3] for at in range(0, mp3_frames * 3 * bitrate, 3 * bitrate)}
    assert len(headers) == 1
    assert soundfile.info(path).frames == 48_000


# --- on all cores

CUT = CutPlan(stretch=40, lead=20, search=10)


@pytest.mark.parametrize("more", [-1105, -577, -576, -1, 0, 1, 47, 576, 1105])
def test_every_sample_is_there_wherever_the_last_stretch_ends(tmp_path: Path, more: int) -> None:
    path = tmp_path / "calm.mp3"
    sound = chirp(80 * 1152 + more)
    written(Mp3Writer(path, b"", plan=CUT), path, sound)
    decoded = decoded_by_libsndfile(path)
    assert len(decoded) == len(sound)
    assert lag(sound[:, 0], decoded[:, 0]) == 0


@pytest.mark.parametrize("channels", [1, 2])
def test_the_number_of_cores_changes_no_byte(tmp_path: Path, channels: int) -> None:
    sound = samples("spoken_over_noise", 200_000, channels)

    def made(threads: int) -> bytes:
        path = tmp_path / f"{threads}.mp3"
        return written(Mp3Writer(path, b"tag", channels=channels, threads=threads, plan=CUT), path, sound).read_bytes()

    assert len({made(threads) for threads in (1, 2, 5)}) == 1


@pytest.mark.tools
@pytest.mark.parametrize(("channels", "at"), [(2, 0x24), (1, 0x15)])
def test_minutes_of_joins_are_right_in_the_info_frame(tmp_path: Path, channels: int, at: int) -> None:
    """ffmpeg computes the length of a file with an Info frame from there, and decodes it to find out."""
    needs("ffmpeg", "lame")
    path = tmp_path / "calm.mp3"
    sound = samples("changing", 90 * 48_000 + 1, channels)
    written(Mp3Writer(path, b"", 160, channels=channels), path, sound)
    stream = path.read_bytes()
    assert stream[at : at + 16] == b"Info" + struct.pack(">LLL", 0x0F, len(stream) // 480 - 1, len(stream))
    assert stream[at + 0x98 : at + 0x9A] == struct.pack(">H", checksum(stream[480:]))
    assert len(decoded_by_ffmpeg(path, channels)) == len(decoded_by_lame(path)) == len(sound)
    assert np.corrcoef(decoded_by_libsndfile(path)[:, 0], sound[:, 0])[0, 1] > 0.98


class FullDisk:
    """A file for which no room is left."""

    def write(self, stream: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    def close(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_fills_up_ends_the_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = Mp3Writer(tmp_path / "calm.mp3", b"", plan=CUT)
    writer._file.close()
    monkeypatch.setattr(writer, "_file", FullDisk())
    with pytest.raises(OSError, match="No space left"):
        writer.write(chirp(20 * 40 * 1152).tobytes())
    writer.drop()
    assert encoding() == []


def test_an_interruption_ends_the_threads(tmp_path: Path) -> None:
    block = segment(chirp(48_000))
    with pytest.raises(KeyboardInterrupt), export_sink(tmp_path / "calm.mp3", "mp3", tags=TAGS) as sink:  # noqa: PT012
        for _ in range(PLAN.stretch * 1152 // 48_000 + 1):
            sink.write(block)
        assert encoding() != []
        raise KeyboardInterrupt
    assert encoding() == []
    assert list(tmp_path.iterdir()) == []


def encoding() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name.startswith("mp3")]


# --- the Info frame: header and silence; Info, all fields, 7501 frames, 3600960 bytes; where each hundredth begins, in
# 256ths of the file; quality 57, LAME3.100, constant bitrate; 160 kbit/s, 576 and 576 samples; 48 kHz joint stereo,
# length, checksums

INFO_FRAME = """
fffba444 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000
496e666f 0000000f 00001d4d 0036f240
0003 0508 0a0d 0f12 1517 1a1c 1f21 2426 292c 2e31 3336 383b 3d40 4345 484a 4d4f 5254 575a 5c5f 6164
6669 6c6e 7173 7678 7b7d 8083 8588 8a8d 8f92 9497 9a9c 9fa1 a4a6 a9ac aeb1 b3b6 b8bb bdc0 c3c5 c8ca
cdcf d2d4 d7da dcdf e1e4 e6e9 ebee f1f3 f6f8 fbfd
00000039 4c414d45332e313030 01 00 00000000 0000 0000 00
a0 240240
8c 00 0000 0036f240 2b53 cbbd
"""


def test_the_info_frame_byte_by_byte() -> None:
    frame = info_frame(
        StreamFacts(
            bytes.fromhex("fffba464"), 160, frames=7501, samples=180 * 48_000, checksum=0x2B53, stream_bytes=7501 * 480
        )
    )
    assert len(frame) == 480
    assert not any(frame[192:])
    assert frame[:192].hex() == "".join(INFO_FRAME.split())


@pytest.mark.tools
def test_lame_itself_writes_the_same_numbers(tmp_path: Path) -> None:
    needs("lame")
    sound = chirp(100_000)
    soundfile.write(tmp_path / "calm.wav", sound, 48_000)
    subprocess.run(["lame", "--quiet", "-b", "160", str(tmp_path / "calm.wav"), str(tmp_path / "lame.mp3")], check=True)
    theirs = (tmp_path / "lame.mp3").read_bytes()
    writer = Mp3Writer(tmp_path / "ours", b"")
    writer.write(sound.tobytes())
    writer.finish()
    ours = (tmp_path / "ours").read_bytes()
    # Frames and bytes; quality, encoder and mode; bitrate, delay and padding; length.
    for each in (slice(0x24, 0x34), slice(0x98, 0xA6), slice(0xB0, 0xB4), slice(0xB8, 0xBC)):
        assert ours[each].hex(" ") == theirs[each].hex(" ")
    contents = [np.frombuffer(file[0x34:0x98], np.uint8).astype(int) for file in (ours, theirs)]
    assert np.abs(contents[0] - contents[1]).max() <= 3  # of 256; a frame of 89
    assert theirs[0xBC:0xC0] == struct.pack(">HH", checksum(theirs[480:]), checksum(theirs[:0xBE]))


def test_mono_is_noted_where_mono_has_it() -> None:
    frame = info_frame(
        StreamFacts(bytes.fromhex("fffb94c4"), 128, frames=43, samples=48_000, checksum=0, stream_bytes=43 * 384)
    )
    assert frame[21:25] == b"Info"
    assert frame[21 + 120 + 24] == 0x80


def test_a_padding_that_cannot_be_noted_is_an_error() -> None:
    with pytest.raises(ValueError, match="padding of -576"):
        info_frame(StreamFacts(bytes.fromhex("fffba464"), 160, frames=1, samples=1152, checksum=0, stream_bytes=480))


def checksum(stream: bytes) -> int:
    whole = Checksum()
    whole.update(stream)
    return whole.value()


def test_the_checksum_is_crc_16_arc() -> None:
    assert checksum(b"123456789") == 0xBB3D  # the check value in every catalogue of CRCs


@given(st.lists(st.binary(max_size=1500), max_size=5))
def test_the_checksum_of_pieces_is_that_of_the_whole(pieces: list[bytes]) -> None:
    by_bit = 0
    for byte in b"".join(pieces):
        by_bit ^= byte
        for _ in range(8):
            by_bit = by_bit >> 1 ^ (0xA001 if by_bit & 1 else 0)
    running = Checksum()
    for piece in pieces:
        running.update(piece)
    assert running.value() == by_bit
