"""Sound files that libsndfile does not read (M4A, WMA, WebM and others), through ffmpeg where it is installed.

The rule: only sound files. Playlists and addresses are refused, because a script is not trusted to make this machine
read other files or the network. pydub does not run it: ``AudioSegment.from_file`` holds the whole of a file in memory
twice, and lets ffmpeg open whatever the file points to.

Nor is ffmpeg trusted: whatever stands in its place is waited for as long as it gets on, what it says of the sound is
compared with what there can be, and it is ended with everything that it started (`ChildProgram`).
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import struct
import sys
from typing import TYPE_CHECKING, Final

import numpy as np

from player.children import ChildProgram, StalledError, ending
from player.errors import MediaError, printable
from player.sound.untagged import start_of_sound

if sys.platform == "linux":
    import resource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

STILL_S: Final = 60.0
"""ffmpeg may give or take nothing for so long: on two cores beside twenty busy processes a program took 23 times as
long as alone, and ffmpeg takes 0.1 s alone until its first samples, and 0.03 s for two seconds of sound."""
_DEMUXERS: Final = (
    "mov,asf,matroska,aac,ac3,eac3,amr,ape,wv,tta,mpc,mpc8,dsf,mp3,ogg,flac,wav,w64,aiff,caf,au,adts,latm"
)
_MOST_DATA: Final = 3 * 2**26
"""Bytes that ffmpeg may hold: a file's tags alone can ask for any amount. An hour of AAC takes it a tenth of this."""
_LONGEST_START_S: Final = 2
"""Seconds of a processor until its first samples; usual are 0.1. ffmpeg gives up at the fourth signal, 3 s later."""
_BY_A_SIGNAL: Final = {123, 255}
"""ffmpeg's exit codes after more than three signals, and after one."""
_XCPU: Final = -24
"""SIGXCPU, by which the system ends another program at the limit."""
_ENDS_WITHIN_S: Final = 2.0
"""After its last byte; it is then of no use any more."""
_ANSWERS_WITHIN_S: Final = 10.0
_MOST_SAID: Final = 2**20
"""Bytes that are read of what it says of a file; before its length it tells all tags."""
_LENGTH: Final = re.compile(r"^ *Duration: (\d{1,5}):(\d\d):(\d\d)", re.MULTILINE)
_RATE: Final = re.compile(r"^ *Stream #.{0,99}?: Audio: .{0,199}?, (\d{1,7}) Hz", re.MULTILINE)
_VERSION: Final = re.compile(r"ffmpeg version (\S{1,60})")
_HEADER: Final = struct.Struct(">4sIIIII")
"""Sun's AU: magic, start of the samples, size, encoding, rate, channels. No field is filled in later, as in a pipe."""
_AU: Final = (b".snd", 6)
"""Its magic, and its number for 32-bit float."""
_LONGEST_HEAD: Final = 2**16
"""ffmpeg's own have 32 bytes."""
_NOT_OF_THE_FILE: Final = (os.strerror(errno.EIO), os.strerror(errno.ENOMEM))
"""Its last words where it gave up half-way, with an exit code of 0: the disk failed, or there was no memory."""
_PIECE: Final = 2**18
_LAST_OF_NAME: Final = 80
STOPPED: Final = "another program stopped ffmpeg (SIGSTOP)"
_LEAST_BYTES_A_SECOND: Final = 10
"""Of any sound: an Opus file of pure silence has 25 a second, AMR of speech 600. Ten minutes more are allowed, so that
a file of a few bytes needs no exact limit."""
_SPARE_S: Final = 600


def find() -> str | None:
    """Path of ffmpeg in a folder of ``PATH``, or None.

    The current folder is none, though `shutil.which` looks there first on Windows, and pydub everywhere: sounds and
    scripts of strangers lie there. Nor is avconv taken for ffmpeg, as pydub does.
    """
    name = "ffmpeg.exe" if sys.platform == "win32" else "ffmpeg"
    places = (os.path.join(folder, name) for folder in os.get_exec_path() if os.path.isabs(folder))  # noqa: PTH117, PTH118
    return next((place for place in places if shutil.which(place)), None)


def version(ffmpeg: str) -> str:
    """What it calls itself, such as ``5.1.9``.

    Raises
    ------
    MediaError
        If it cannot be run, or does not say so within 10 s.
    """
    remedy = "install ffmpeg anew"
    with _running(ffmpeg, ["-version"], remedy, stdout=True) as child:
        try:
            named = _Output(child, _ANSWERS_WITHIN_S).take(_LAST_OF_NAME).decode("utf-8", "replace")
            if found := _VERSION.match(named):
                return printable(found[1])
            code = child.wait(_ENDS_WITHIN_S)
        except StalledError as error:
            late = f"{printable(ffmpeg)} does not answer within {_ANSWERS_WITHIN_S:.0f} s"
            told = f"{STOPPED}; try again" if error.is_stopped else f"{late}; try again, or {remedy}"
            raise MediaError(told) from None
        except BrokenPipeError:
            raise MediaError(f"what {printable(ffmpeg)} says cannot be read; try again, or {remedy}") from None
    raise MediaError(f"{printable(ffmpeg)} does not say that it is ffmpeg ({ending(code)}); {remedy}")


def rate_and_seconds(ffmpeg: str, path: Path) -> tuple[int, int]:
    """Sample rate and length in whole seconds as the file's header tells them; (0, 0) where it does not.

    Raises
    ------
    MediaError
        If ffmpeg cannot be run or is killed, or it takes too long to find out.
    """
    look = [*_reading("info", path), "-hide_banner", "-i", _url(path)]  # no output: it looks, and ends
    with _running(ffmpeg, look, f"convert {_shown(path)} to WAV", heard=_MOST_SAID) as child:
        _limit_start(child)
        try:
            code = child.wait(STILL_S)
        except StalledError as error:
            raise _stopped(path) if error.is_stopped else _too_long(path) from None
        said = child.said()
    if code < 0 or code in _BY_A_SIGNAL:
        raise _gave_nothing(path, child)
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

    ``span_s`` is the second to begin at, and how many; None is all. Rate and channels are as ffmpeg tells them, and may
    be any number.

    Raises
    ------
    MediaError
        If ffmpeg finds no sound in the file, cannot be run, or is killed; `StandstillError` if it takes too long. Also
        from the blocks.
    """
    with _running(ffmpeg, _command(path, span_s), f"convert {_shown(path)} to WAV", stdout=True, piece=_PIECE) as child:
        _limit_start(child)
        sound = _Output(child)
        with _standstill(path):
            head = sound.take(_HEADER.size)
        limit(child.pid, "RLIMIT_CPU", None)
        if len(head) < _HEADER.size:
            with contextlib.suppress(StalledError):
                child.wait(_ENDS_WITHIN_S)
            child.end()
            raise _gave_nothing(path, child)
        magic, start, _, encoding, rate, channels = _HEADER.unpack(head)
        if (magic, encoding) != _AU or not _HEADER.size <= start <= _LONGEST_HEAD:
            raise MediaError(f"{_shown(path)}: ffmpeg makes no sound of it; install ffmpeg anew, or convert the file")
        with _standstill(path):
            sound.take(start - _HEADER.size)
        yield rate, channels, _blocks(sound, path, rate, channels, block_frames)


class StandstillError(MediaError):
    """ffmpeg took too long."""


class _Output:
    """What a child gives, in parts of any size."""

    def __init__(self, child: ChildProgram, within_s: float | None = None) -> None:
        self.child = child
        self._within_s = within_s
        self._rest = memoryview(b"")

    def take(self, size: int) -> bytes:
        """So many bytes; less at its end.

        Raises
        ------
        StalledError
            If one of the pieces that it comes in takes longer than ``within_s``, or else `STILL_S`.
        """
        parts = [self._rest[:size]]
        self._rest, size = self._rest[size:], size - len(parts[0])
        while size and (piece := memoryview(self.child.read(self._within_s or STILL_S))):
            parts.append(piece[:size])
            self._rest, size = piece[size:], size - len(parts[-1])
        return b"".join(parts)


@contextlib.contextmanager
def _running(
    ffmpeg: str, words: list[str], remedy: str, *, stdout: bool = False, piece: int = 1, heard: int = 0
) -> Iterator[ChildProgram]:
    try:
        child = ChildProgram([ffmpeg, *words], stdout=stdout, piece=piece, heard=heard)
    except OSError as error:  # it is no program, or has just been removed
        raise MediaError(f"{printable(ffmpeg)} cannot be run ({error.strerror or error}); {remedy}") from error
    try:
        yield child
    finally:
        child.end()


@contextlib.contextmanager
def _standstill(path: Path) -> Iterator[None]:
    try:
        yield
    except StalledError as error:
        remedy = "try again when the machine is less busy, or convert the file to WAV"
        slow = StandstillError(f"{_shown(path)}: ffmpeg gave no sound for {STILL_S:.0f} s and was stopped; {remedy}")
        raise _stopped(path) if error.is_stopped else slow from None
    except BrokenPipeError:
        raise MediaError(f"{_shown(path)}: what ffmpeg gives of it cannot be read; try again") from None


def _limit_start(child: ChildProgram) -> None:
    limit(child.pid, "RLIMIT_DATA", _MOST_DATA)
    limit(child.pid, "RLIMIT_CPU", _LONGEST_START_S)


def limit(pid: int, what: str, most: int | None) -> None:
    """Limit a resource of a process, or no longer; only Linux can do so from without, and safely beside threads.

    ``what`` is the name of the limit, such as ``RLIMIT_CPU``; ``most`` is in its own unit.
    """
    if sys.platform == "linux":
        number = int(getattr(resource, what))
        with contextlib.suppress(OSError, ValueError):  # it has ended, or already has a lower limit
            _, hard = resource.prlimit(pid, number)
            resource.prlimit(pid, number, (hard if most is None else most, hard))


def _blocks(sound: _Output, path: Path, rate: int, channels: int, block_frames: int) -> Iterator[NDArray[np.float32]]:
    width = 4 * channels
    left = (path.stat().st_size // _LEAST_BYTES_A_SECOND + _SPARE_S) * rate
    with _standstill(path):
        while count := len(data := sound.take(block_frames * width)) // width:
            if (left := left - count) < 0:
                told = "ffmpeg makes more sound of it than it can hold; install ffmpeg anew, or convert the file"
                raise MediaError(f"{_shown(path)}: {told}")
            yield np.frombuffer(data, ">f4", count * channels).reshape(-1, channels).astype(np.float32)
        sound.child.wait(STILL_S)
    if told := _cut_short(sound.child):
        raise MediaError(f"{_shown(path)}: it is not whole, as ffmpeg {told}; try again, or convert the file")


def _command(path: Path, span_s: tuple[int, int] | None) -> list[str]:
    span = ["-ss", str(span_s[0]), "-t", str(span_s[1])] if span_s else []
    first_sound = ["-map", "0:a:0", "-map_metadata", "-1", "-c:a", "pcm_f32be", "-f", "au", "pipe:1"]
    return [*_reading("error", path), *span, "-i", _url(path), *first_sound]


def _reading(level: str, path: Path) -> list[str]:
    only_files = ["-protocol_whitelist", "file", "-format_whitelist", _DEMUXERS]
    one_thread = ["-threads", "1", "-filter_threads", "1"]  # each more takes memory of its own
    past_tags = ["-skip_initial_bytes", str(start)] if (start := start_of_sound(path)) else []
    return ["-v", level, "-nostdin", *one_thread, *only_files, *past_tags]


def _url(path: Path) -> str:
    return f"file:{path.absolute()}"


def _gave_nothing(path: Path, child: ChildProgram) -> MediaError:
    """Why a child that has ended gave nothing."""
    said = child.last_words()
    if child.code == _XCPU or "signal" in said:  # the system's, at the limit above
        return _too_long(path)
    if child.code < 0:
        ended = f"ffmpeg was ended by {ending(child.code)}"
        return MediaError(f"{_shown(path)}: {ended}; try again, or convert the file to WAV")
    reason = said.rpartition(": ")[2] or "it says nothing"
    return MediaError(f"{_shown(path)}: ffmpeg finds no sound in it ({reason}); choose another file")


def _too_long(path: Path) -> StandstillError:
    remedy = "convert it to WAV, or choose another file"
    return StandstillError(f"{_shown(path)}: ffmpeg took too long to find the sound in it; {remedy}")


def _stopped(path: Path) -> StandstillError:
    return StandstillError(f"{_shown(path)}: {STOPPED}; try again")


def _cut_short(child: ChildProgram) -> str:
    """Why the sound may have ended too early. ffmpeg passes over damage in a file, and then its exit code is 0."""
    if child.code:
        return f"was ended by {ending(child.code)}" if child.code < 0 else f"failed with {ending(child.code)}"
    said = child.last_words()
    return next((f"says: {reason}" for reason in _NOT_OF_THE_FILE if said.endswith(reason)), "")


def _shown(path: Path) -> str:
    return printable(str(path))
