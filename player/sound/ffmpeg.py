"""Sound files that libsndfile does not read (M4A, WMA, WebM and others), through ffmpeg where it is installed.

The rule: only sound files. Playlists and addresses are refused, because a script is not trusted to make this machine
read other files or the network. pydub says which ffmpeg to use, but does not run it: ``AudioSegment.from_file`` holds
the whole of a file in memory twice, and lets ffmpeg open whatever the file points to.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import struct
import subprocess
import tempfile
from typing import TYPE_CHECKING, BinaryIO, Final, cast

import numpy as np
from pydub import AudioSegment

from player.errors import MediaError, printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

_DEMUXERS: Final = (
    "mov,asf,matroska,aac,ac3,eac3,amr,ape,wv,tta,mpc,mpc8,dsf,mp3,ogg,flac,wav,w64,aiff,caf,au,adts,latm"
)
_HEADER: Final = struct.Struct(">4sIIIII")
"""Sun's AU: magic, start of the samples, size, encoding, rate, channels. No field is filled in later, as in a pipe."""


def find() -> str | None:
    """Path of the ffmpeg that pydub would run, or None."""
    found: str | None = shutil.which(AudioSegment.converter)
    return found


def rate_and_seconds(ffmpeg: str, path: Path) -> tuple[int, int]:
    """Sample rate and length in whole seconds as the file's header tells them; (0, 0) where it does not."""
    command = [*_reading(ffmpeg, "info"), "-hide_banner", "-i", _url(path)]  # no output: it looks, and ends
    said = subprocess.run(command, capture_output=True, check=False).stderr.decode("utf-8", "replace")
    length = re.search(r"Duration: (\d+):(\d\d):(\d\d)", said)
    rate = re.search(r"Stream #.*: Audio: .*?, (\d+) Hz", said)
    if not (length and rate):
        return 0, 0
    hours, minutes, seconds = map(int, length.groups())
    return int(rate[1]), (hours * 60 + minutes) * 60 + seconds


@contextlib.contextmanager
def opened(
    ffmpeg: str, path: Path, block_frames: int, span_s: tuple[int, int] | None = None
) -> Iterator[tuple[int, Iterator[NDArray[np.float32]]]]:
    """Rate and blocks of shape ``(frames, channels)``, decoded as they are asked for, in constant memory.

    ``span_s`` is the second to begin at, and how many; None is all.

    Raises
    ------
    MediaError
        If ffmpeg finds no sound in the file.
    """
    with tempfile.TemporaryFile() as stderr:
        process = subprocess.Popen(_command(ffmpeg, path, span_s), stdout=subprocess.PIPE, stderr=stderr)
        try:
            pipe = cast("BinaryIO", process.stdout)
            head = pipe.read(_HEADER.size)
            if len(head) < _HEADER.size:
                raise MediaError(f"{_shown(path)}: ffmpeg finds no sound in it ({_reason(stderr)}); choose another")
            _, start, _, _, rate, channels = _HEADER.unpack(head)
            pipe.read(start - _HEADER.size)
            yield rate, _blocks(pipe, channels, block_frames)
        finally:
            process.kill()
            process.communicate()


def _blocks(pipe: BinaryIO, channels: int, block_frames: int) -> Iterator[NDArray[np.float32]]:
    width = 4 * channels
    while count := len(data := pipe.read(block_frames * width)) // width:
        yield np.frombuffer(data, ">f4", count * channels).reshape(-1, channels).astype(np.float32)


def _command(ffmpeg: str, path: Path, span_s: tuple[int, int] | None) -> list[str]:
    span = ["-ss", str(span_s[0]), "-t", str(span_s[1])] if span_s else []
    first_sound = ["-map", "0:a:0", "-map_metadata", "-1", "-c:a", "pcm_f32be", "-f", "au", "pipe:1"]
    return [*_reading(ffmpeg, "error"), *span, "-i", _url(path), *first_sound]


def _reading(ffmpeg: str, level: str) -> list[str]:
    only_files = ["-protocol_whitelist", "file", "-format_whitelist", _DEMUXERS]
    return [ffmpeg, "-v", level, "-nostdin", *only_files]


def _url(path: Path) -> str:
    return f"file:{path.absolute()}"


def _reason(stderr: BinaryIO) -> str:
    stderr.seek(0)
    lines = stderr.read(4096).decode("utf-8", "replace").strip().splitlines()
    return printable(lines[-1].rpartition(": ")[2]) if lines else "it says nothing"


def _shown(path: Path) -> str:
    return printable(str(path))
