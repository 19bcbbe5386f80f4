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
import sys
import tempfile
from typing import TYPE_CHECKING, BinaryIO, Final, cast

import numpy as np
from pydub import AudioSegment

from player.errors import MediaError, printable
from player.sound.untagged import start_of_sound

if sys.platform == "linux":
    import resource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

_DEMUXERS: Final = (
    "mov,asf,matroska,aac,ac3,eac3,amr,ape,wv,tta,mpc,mpc8,dsf,mp3,ogg,flac,wav,w64,aiff,caf,au,adts,latm"
)
_MOST_DATA: Final = 3 * 2**26
"""Bytes that ffmpeg may hold: a file's tags alone can ask for any amount. An hour of AAC takes it a tenth of this."""
_LONGEST_START_S: Final = 2
"""Seconds of a processor until its first samples; usual are 0.1. ffmpeg gives up at the fourth signal, 3 s later."""
_BY_A_SIGNAL: Final = {123, 255}
"""ffmpeg's exit codes after more than three signals, and after one."""
_MOST_SAID: Final = 2**20
"""Bytes that are read of what it says of a file; before its length it tells all tags."""
_LENGTH: Final = re.compile(r"^ *Duration: (\d+):(\d\d):(\d\d)", re.MULTILINE)
_RATE: Final = re.compile(r"^ *Stream #.{0,99}?: Audio: .{0,199}?, (\d+) Hz", re.MULTILINE)
_HEADER: Final = struct.Struct(">4sIIIII")
"""Sun's AU: magic, start of the samples, size, encoding, rate, channels. No field is filled in later, as in a pipe."""


def find() -> str | None:
    """Path of the ffmpeg that pydub would run, or None."""
    found: str | None = shutil.which(AudioSegment.converter)
    return found


def rate_and_seconds(ffmpeg: str, path: Path) -> tuple[int, int]:
    """Sample rate and length in whole seconds as the file's header tells them; (0, 0) where it does not.

    Raises
    ------
    MediaError
        If it takes too long to find out.
    """
    command = [*_reading(ffmpeg, "info", path), "-hide_banner", "-i", _url(path)]  # no output: it looks, and ends
    with tempfile.TemporaryFile() as stderr:
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=stderr) as process:
            _limit(process.pid, "RLIMIT_DATA", _MOST_DATA)
            _limit(process.pid, "RLIMIT_CPU", _LONGEST_START_S)
        stderr.seek(0)
        said = stderr.read(_MOST_SAID).decode("utf-8", "replace")
    if process.returncode < 0 or process.returncode in _BY_A_SIGNAL:
        raise MediaError(f"{_shown(path)}: ffmpeg finds no sound in it (it looks for too long); choose another")
    length, rate = _LENGTH.search(said), _RATE.search(said)
    if not (length and rate):
        return 0, 0
    hours, minutes, seconds = map(int, length.groups())
    return int(rate[1]), (hours * 60 + minutes) * 60 + seconds


@contextlib.contextmanager
def opened(
    ffmpeg: str, path: Path, block_frames: int, span_s: tuple[int, int] | None = None
) -> Iterator[tuple[int, int, Iterator[NDArray[np.float32]]]]:
    """Rate, channels, and blocks of shape ``(frames, channels)``, decoded as they are asked for, in constant memory.

    ``span_s`` is the second to begin at, and how many; None is all.

    Raises
    ------
    MediaError
        If ffmpeg finds no sound in the file.
    """
    with tempfile.TemporaryFile() as stderr:
        process = subprocess.Popen(_command(ffmpeg, path, span_s), stdout=subprocess.PIPE, stderr=stderr)
        try:
            _limit(process.pid, "RLIMIT_DATA", _MOST_DATA)
            _limit(process.pid, "RLIMIT_CPU", _LONGEST_START_S)
            pipe = cast("BinaryIO", process.stdout)
            head = pipe.read(_HEADER.size)
            _limit(process.pid, "RLIMIT_CPU", None)
            if len(head) < _HEADER.size:
                raise MediaError(f"{_shown(path)}: ffmpeg finds no sound in it ({_reason(stderr)}); choose another")
            _, start, _, _, rate, channels = _HEADER.unpack(head)
            pipe.read(start - _HEADER.size)
            yield rate, channels, _blocks(pipe, channels, block_frames)
        finally:
            process.kill()
            process.communicate()


def _limit(pid: int, what: str, most: int | None) -> None:
    """Limit a resource of a process, or no longer; only Linux can do so from without, and safely beside threads."""
    if sys.platform == "linux":
        number = int(getattr(resource, what))
        with contextlib.suppress(OSError, ValueError):  # it has ended, or already has a lower limit
            _, hard = resource.prlimit(pid, number)
            resource.prlimit(pid, number, (hard if most is None else most, hard))


def _blocks(pipe: BinaryIO, channels: int, block_frames: int) -> Iterator[NDArray[np.float32]]:
    width = 4 * channels
    while count := len(data := pipe.read(block_frames * width)) // width:
        yield np.frombuffer(data, ">f4", count * channels).reshape(-1, channels).astype(np.float32)


def _command(ffmpeg: str, path: Path, span_s: tuple[int, int] | None) -> list[str]:
    span = ["-ss", str(span_s[0]), "-t", str(span_s[1])] if span_s else []
    first_sound = ["-map", "0:a:0", "-map_metadata", "-1", "-c:a", "pcm_f32be", "-f", "au", "pipe:1"]
    return [*_reading(ffmpeg, "error", path), *span, "-i", _url(path), *first_sound]


def _reading(ffmpeg: str, level: str, path: Path) -> list[str]:
    only_files = ["-protocol_whitelist", "file", "-format_whitelist", _DEMUXERS]
    one_thread = ["-threads", "1", "-filter_threads", "1"]  # each more takes memory of its own
    past_tags = ["-skip_initial_bytes", str(start)] if (start := start_of_sound(path)) else []
    return [ffmpeg, "-v", level, "-nostdin", *one_thread, *only_files, *past_tags]


def _url(path: Path) -> str:
    return f"file:{path.absolute()}"


def _reason(stderr: BinaryIO) -> str:
    stderr.seek(0)
    lines = stderr.read(4096).decode("utf-8", "replace").strip().splitlines()
    if lines and "signal" in lines[-1]:  # the system's, at the limit above
        return "it looks for too long"
    return printable(lines[-1].rpartition(": ")[2]) if lines else "it says nothing"


def _shown(path: Path) -> str:
    return printable(str(path))
