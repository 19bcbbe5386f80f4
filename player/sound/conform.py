"""Any sound becomes the session format: 48 kHz, 16-bit, stereo.

The rule: sound keeps its time to the millisecond, clips last a whole number of milliseconds, nothing is clipped, and a
long file needs constant memory. It does not know the sound's purpose, level or target.
"""

from __future__ import annotations

import contextlib
import os
from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np
from pydub import AudioSegment

from player.errors import MediaError, printable
from player.sound import ffmpeg
from player.sound.c_stderr import quiet
from player.sound.limiter import limit
from player.sound.resample import resample, resampled
from player.sound.untagged import UntaggedFile, may_hold_tags, untagged
from player.storage.failures import pass_on
from player.storage.names import native
from player.units import CHANNELS, FRAMES_PER_MS, RATE, SAMPLE_WIDTH, gain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from soundfile import SoundFile

CEILING_DBTP: Final = -1.5
"""No clip's true peak is above this, so that MP3 encoding has room (EBU R128 asks for -1 dBTP at the end)."""
EDGE_MS: Final = 5
BLOCK_FRAMES: Final = 65_536

_SLOWEST, _FASTEST = 4000, 768_000
_MOST_CHANNELS: Final = 64
"""With more, a block would take hundreds of megabytes; libsndfile allows 1024."""
_LARGEST: Final = 2**33
"""Bytes, 12 hours of two channels as WAV. A file is read to its end to tell whether it changed, and one that is made of
holes can tell any size: one of 200 GB was read for minutes."""
_BELIEVED_S: Final = 240
_BYTES_A_SECOND: Final = 500
"""Beyond the first 240 s. Speech is coded with 6000 bits a second and more, of silence a second has 210 as FLAC, 530 as
Vorbis, 1800 as Opus. A day of it as FLAC, 3 MB, took 10 minutes of a processor and 16 GB of the store."""
_UNFOLDED: Final = "almost all of it silence; cut it, and write `pause` where nothing is to be heard"
_LOUDEST: Final = 1e6
"""120 dB over full scale. The square of a greater one may pass all numbers, and no sound has any."""
_HALF: Final = 0.5**0.5
_DOWNMIX: Final = {
    1: ((1.0,), (1.0,)),
    2: ((1.0, 0.0), (0.0, 1.0)),
    3: ((1.0, 0.0, _HALF), (0.0, 1.0, _HALF)),
    4: ((1.0, 0.0, _HALF, 0.0), (0.0, 1.0, 0.0, _HALF)),
    5: ((1.0, 0.0, _HALF, _HALF, 0.0), (0.0, 1.0, _HALF, 0.0, _HALF)),
    6: ((1.0, 0.0, _HALF, 0.0, _HALF, 0.0), (0.0, 1.0, _HALF, 0.0, 0.0, _HALF)),
}
"""Shares of left, right, centre, (low frequencies,) surrounds in left and right, after ITU-R BS.775-3."""


def speech(samples: NDArray[np.int16], rate: int, gain_db: float, ceiling_dbtp: float = CEILING_DBTP) -> AudioSegment:
    """A clip in the session format.

    Parameters
    ----------
    samples
        One channel, shape ``(frames,)``.
    gain_db
        Applied before anything else.
    ceiling_dbtp
        A true peak that would then pass this is brought under it (`limiter`); all else stays as it is.

    Returns
    -------
    AudioSegment
        Exactly ``ceil(frames * 1000 / rate)`` ms long; its first and last 5 ms are faded along a raised cosine.
    """
    length = -(-len(samples) * 1000 // rate) * FRAMES_PER_MS
    scale = np.float32(gain(gain_db) / 32_768)
    loud = limit(resample(samples.astype(np.float32) * scale, rate)[:length], ceiling_dbtp)
    soft_edges(loud[:, None], 0, len(loud))
    both, whole = np.zeros((length, CHANNELS), "<i2"), _rounded(loud)
    for side in both.T:  # a side at a time: numpy takes ten times as long to stretch one over two
        side[: len(loud)] = whole
    return _segment(both)


def segment(samples: NDArray[np.float32]) -> AudioSegment:
    """Float samples of shape ``(frames, 2)`` at 48 kHz, full scale 1.0, as 16 bits; louder samples are clipped."""
    return _segment(_rounded(samples))


def _rounded(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    whole: NDArray[np.int16] = np.clip(np.rint(samples * np.float32(32_768)), -32_768, 32_767).astype("<i2")
    return whole


def _segment(samples: NDArray[np.int16]) -> AudioSegment:
    return AudioSegment(data=samples.tobytes(), sample_width=SAMPLE_WIDTH, frame_rate=RATE, channels=CHANNELS)


def soft_edges(part: NDArray[np.float32], start: int, whole: int) -> None:
    """Fade the first and last 5 ms of a sound, in place: what begins or ends off zero must not click.

    Parameters
    ----------
    part
        Samples of shape ``(frames, 2)``, from frame ``start`` of the sound on.
    whole
        Frames of the whole sound.
    """
    width = min(EDGE_MS * FRAMES_PER_MS, whole // 2)
    rise = (0.5 - 0.5 * np.cos(np.pi * (np.arange(width) + 0.5) / max(1, width))).astype(np.float32)[:, None]
    for first, edge in ((0, rise), (whole - width, rise[::-1])):
        begin, end = max(start, first), min(start + len(part), first + width)
        if begin < end:
            part[begin - start : end - start] *= edge[begin - first : end - first]


def decode(path: Path, block_frames: int = BLOCK_FRAMES) -> Iterator[NDArray[np.float32]]:
    """The sound of a file as float32 blocks of shape ``(frames, 2)`` at 48 kHz, none of them empty.

    One channel goes to both sides at its full level; of three to six, centre and surrounds are added to the sides at
    -3 dB and the low-frequency channel is left out (ITU-R BS.775); of more, both sides get the mean. Samples that are
    no numbers, or pass 120 dB over full scale, become silence.

    Raises
    ------
    MediaError
        If the file is missing, is no sound that can be read here, is damaged, or is empty; at the first block. Later,
        if it unfolds to more sound than a file of its size can hold.
    OSError
        If the disk fails, or the machine has no more of something.
    """
    frames = 0
    most = _BELIEVED_S * RATE + must_be_readable(path) * RATE // _BYTES_A_SECOND
    with _opened(path, block_frames) as (rate, channels, blocks):
        if not _SLOWEST <= rate <= _FASTEST:
            raise MediaError(f"{_shown(path)}: its sample rate must be 4000 to 768000 Hz, not {rate}; convert it")
        _check_channels(path, channels)
        for block in resampled((_stereo(block) for block in blocks), rate):
            frames += len(block)
            if frames > most:
                raise MediaError(f"{_shown(path)}: it holds more sound than so small a file can, {_UNFOLDED}")
            yield block
    if not frames:
        raise MediaError(f"{_shown(path)}: it is a sound file without sound; choose another file")


def _check_channels(path: Path, channels: int) -> None:
    if not 1 <= channels <= _MOST_CHANNELS:
        raise MediaError(f"{_shown(path)}: it must have 1 to {_MOST_CHANNELS} channels, not {channels}; convert it")


def must_be_readable(path: Path) -> int:
    """The bytes of a sound file; one that cannot be read is refused.

    Raises
    ------
    MediaError
        If there is no such file, it may not be opened, or it is larger than `_LARGEST`.
    OSError
        As `decode`.
    """
    try:
        if path.is_file():
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
        else:
            raise MediaError(f"{_shown(path)}: there is no such sound file; check its name and folder")
    except OSError as error:
        pass_on(error)
        raise MediaError(f"{_shown(path)}: cannot be opened: {error.strerror}; check its permissions") from error
    if size > _LARGEST:
        raise MediaError(
            f"{_shown(path)}: a sound may have {_LARGEST // 2**30} GB, and it has {size / 2**30:.0f}; cut or convert it"
        )
    return size


def _stereo(block: NDArray[np.float32]) -> NDArray[np.float32]:
    # Sums of columns, not a matrix product: that rounds differently for different lengths of block.
    count = block.shape[1]
    shares = _DOWNMIX.get(count) or ((1 / count,) * count,) * 2
    clean = np.where(np.abs(block) <= _LOUDEST, block, np.float32(0))
    mixed = np.zeros((len(block), CHANNELS), np.float32)
    for side, weights in enumerate(shares):
        for channel, weight in enumerate(weights):
            if weight:
                mixed[:, side] += clean[:, channel] * np.float32(weight)
    return mixed


@contextlib.contextmanager
def _opened(path: Path, block_frames: int) -> Iterator[tuple[int, int, Iterator[NDArray[np.float32]]]]:
    """Rate, channels, and blocks of shape ``(frames, channels)``, by libsndfile or else by ffmpeg."""
    file = _by_libsndfile(path)
    if file is None:
        with ffmpeg.opened(_ffmpeg(path), path, block_frames) as source:
            yield source
        return
    with file, _errors(path):
        yield file.samplerate, file.channels, _blocks(file, block_frames)


def _by_libsndfile(path: Path) -> SoundFile | None:
    """The file opened, or None if it is of no kind that libsndfile knows."""
    import soundfile  # noqa: PLC0415  (a warm start decodes nothing)

    try:
        source = untagged(path) if may_hold_tags(path) else native(path)
        with quiet():
            return soundfile.SoundFile(source)
    except (soundfile.LibsndfileError, TypeError):  # TypeError: a name that ends in .raw
        _raise_failure(source)
        return None


def _ffmpeg(path: Path) -> str:
    if found := ffmpeg.find():
        return found
    remedy = "convert it to WAV, FLAC, Ogg or MP3, or install ffmpeg"
    raise MediaError(f"{_shown(path)}: it is no sound that can be read here; {remedy}")


@contextlib.contextmanager
def _errors(path: Path) -> Iterator[None]:
    """Errors of libsndfile, which are RuntimeErrors with a text of their own, as sentences."""
    try:
        yield
    except RuntimeError as error:
        if not (reason := getattr(error, "error_string", "")):
            raise
        raise MediaError(f"{_shown(path)}: it is damaged ({reason}); convert or replace it") from error


def _blocks(file: SoundFile, block_frames: int) -> Iterator[NDArray[np.float32]]:
    while len(block := _read(file, block_frames)):
        yield block


def _read(file: SoundFile, frames: int) -> NDArray[np.float32]:
    try:
        with quiet():
            block: NDArray[np.float32] = file.read(frames, dtype="float32", always_2d=True)
    finally:
        _raise_failure(file.name)
    return block


def _raise_failure(source: object) -> None:
    """Raise what a file met that libsndfile took for its end."""
    if isinstance(source, UntaggedFile):
        source.raise_failure()


class SeekableSound:
    """A sound file of which any second can be decoded, without the seconds before it.

    Attributes
    ----------
    rate
        Of the file, Hz.
    seconds
        How long it lasts, after its header and rounded down: nothing is decoded to find out.
    """

    def __init__(self, path: Path, rate: int, seconds: int, file: SoundFile | None) -> None:
        self.path, self.rate, self.seconds = path, rate, seconds
        self._file = file

    def read(self, start_s: int, seconds: int) -> NDArray[np.float32]:
        """The sound from a second on, at the file's rate: shape ``(frames, 2)``, sides as in `decode`; less at its end.

        Raises
        ------
        MediaError
            If it cannot be decoded.
        """
        frames = seconds * self.rate
        if self._file is not None:
            with _errors(self.path), quiet():
                self._file.seek(start_s * self.rate)
                return _stereo(_read(self._file, frames))
        return self._by_ffmpeg(start_s, seconds)[:frames]

    def _by_ffmpeg(self, start_s: int, seconds: int) -> NDArray[np.float32]:
        """In blocks, as a file may have 64 channels."""
        with ffmpeg.opened(_ffmpeg(self.path), self.path, BLOCK_FRAMES, (start_s, seconds)) as (rate, channels, blocks):
            _check_channels(self.path, channels)
            if rate != self.rate:
                told = f"{_shown(self.path)}: its sample rate is told as {self.rate} Hz, and is {rate}; convert it"
                raise MediaError(told)
            most = seconds * rate // BLOCK_FRAMES + 1
            return np.concatenate([np.empty((0, CHANNELS), np.float32), *map(_stereo, islice(blocks, most))])


def seekable(path: Path) -> SeekableSound | None:
    """The file opened for reading at any second, or None if its length or its seconds cannot be found, or it is none.

    Why a file cannot be read, `decode` tells.

    Raises
    ------
    MediaError
        If it has too many channels, or ffmpeg takes too long to open it.
    """
    must_be_readable(path)
    file = _by_libsndfile(path)
    if file is not None:
        _check_channels(path, file.channels)
        rate, seconds = file.samplerate, file.frames // file.samplerate if file.seekable() else 0
    elif found := ffmpeg.find():
        rate, seconds = ffmpeg.rate_and_seconds(found, path)
    else:
        return None
    return SeekableSound(path, rate, seconds, file) if seconds and _SLOWEST <= rate <= _FASTEST else None


def _shown(path: Path) -> str:
    return printable(str(path))
