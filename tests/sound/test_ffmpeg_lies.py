"""Programs in ffmpeg's place that lie about a sound, do not end, or are none: a sentence each, and soon."""

from __future__ import annotations

import struct
import sys
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest

from player import children
from player.errors import MediaError
from player.sound import ffmpeg
from player.sound.conform import decode, seekable
from player.sound.join import JOIN_FRAMES
from player.sound.long_loop import LongLoop, _Level

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its programs are for sh")


def au(rate: int = 48_000, channels: int = 2, start: int = 24, encoding: int = 6, magic: bytes = b".snd") -> bytes:
    return struct.pack(">4sIIIII", magic, start, 2**32 - 1, encoding, rate, channels)


@pytest.fixture
def lied_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """A file that is read by a program for sh in ffmpeg's place, and what that has beside it to give."""
    monkeypatch.setattr(children, "_SLICE_S", 0.1)
    monkeypatch.setattr(ffmpeg, "STILL_S", 0.3)
    monkeypatch.setattr(ffmpeg, "_SPARE_S", 30)

    def lie(program: str, given: bytes = b"") -> Path:
        (tmp_path / "given").write_bytes(given)
        instead = tmp_path / "ffmpeg"
        instead.write_text(f"#!/bin/sh\ngive() {{ cat {tmp_path / 'given'}; }}\n{program}\n")
        instead.chmod(0o755)
        monkeypatch.setattr("player.sound.ffmpeg.find", lambda: str(instead))
        (tmp_path / "a.m4a").write_bytes(b"no sound")
        return tmp_path / "a.m4a"

    return lie


SLOW: Final = (
    "ffmpeg gave no sound for 0 s and was stopped; try again when the machine is less busy, or convert the file to WAV$"
)
SOUND: Final = np.full((9600, 2), 0.25, ">f4").tobytes()


@pytest.mark.parametrize(
    ("program", "given", "told"),
    [
        ("give", au(channels=0) + SOUND, "it must have 1 to 64 channels, not 0; convert it"),
        ("give", au(channels=2**32 - 1) + SOUND, "it must have 1 to 64 channels, not 4294967295; convert it"),
        ("give", au(rate=0) + SOUND, "its sample rate must be 4000 to 768000 Hz, not 0; convert it"),
        ("give", au(start=2**32 - 1) + SOUND, "ffmpeg makes no sound of it; install ffmpeg anew, or convert the file"),
        ("give", au(start=0) + SOUND, "ffmpeg makes no sound of it; install ffmpeg anew, or convert the file"),
        ("give", au(encoding=3) + SOUND, "ffmpeg makes no sound of it; install ffmpeg anew, or convert the file"),
        ("give", au(magic=b"RIFF") + SOUND, "ffmpeg makes no sound of it; install ffmpeg anew, or convert the file"),
        ("give", au()[:10], r"ffmpeg finds no sound in it \(it says nothing\); choose another file$"),
        ("give; sleep 600", au() + SOUND, SLOW),
        ("give; kill -SEGV $$", au() + SOUND, r"it is not whole, as ffmpeg was ended by SIGSEGV; .*convert the file"),
        ("give; exit 9", au() + SOUND, r"it is not whole, as ffmpeg failed with exit code 9; .*convert the file"),
        ("give; echo 'a.m4a: Input/output error' >&2", au() + SOUND, "as ffmpeg says: Input/output error; try again"),
        (
            "give; while :; do head -c 1000000 /dev/zero; done",
            au(rate=4000, channels=64),
            "more sound .* than it can hold",
        ),
        ("kill -TERM $$", b"", "ffmpeg was ended by SIGTERM; try again, or convert the file to WAV$"),
        (
            "printf '\\033[2J\\342\\200\\256x' >&2; exit 1",
            b"",
            r"no sound in it \(\\x1b\[2J\\u202ex\); choose another file$",
        ),
        ("exec sleep 600", b"", SLOW),
        ("trap '' TERM; while :; do echo x; done >&2", b"", SLOW),
    ],
)
def test_what_stands_in_ffmpegs_place_is_not_believed(
    lied_to: Callable[..., Path], program: str, given: bytes, told: str
) -> None:
    with pytest.raises(MediaError, match=f"a.m4a: .*{told}"):
        for _ in decode(lied_to(program, given)):
            pass


@pytest.mark.parametrize(
    "program", ["give; sleep 600 &", "give; echo 'it is damaged' >&2", "give; exec >&-; sleep 0.1"]
)
def test_what_does_not_harm_the_sound_is_passed_over(lied_to: Callable[..., Path], program: str) -> None:
    sound = np.concatenate(list(decode(lied_to(program, au() + SOUND))))
    assert np.array_equal(sound, np.full((9600, 2), 0.25))


def test_samples_beyond_all_sound_become_silence(lied_to: Callable[..., Path]) -> None:
    given = np.array([0.5, np.nan, np.inf, -np.inf, 3e38, -1e7, -0.5, 1e6], ">f4").tobytes()
    sound = np.concatenate(list(decode(lied_to("give", au(channels=1) + given))))
    assert sound[:, 0].tolist() == [0.5, 0, 0, 0, 0, 0, -0.5, 1e6]


def test_sound_that_cannot_be_read_on_is_not_believed(
    lied_to: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = [au() + SOUND]

    def next_piece(self: object, pipe: object) -> bytes:
        if given:
            return given.pop()
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(children._Answers, "_next", next_piece)
    with pytest.raises(MediaError, match=r"a\.m4a: what ffmpeg gives of it cannot be read; try again"):
        list(decode(lied_to("give")))


@pytest.mark.parametrize("program", ["no program", ""])
def test_what_is_no_program_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    (tmp_path / "ffmpeg").write_text(program)
    (tmp_path / "ffmpeg").chmod(0o755)
    (tmp_path / "a.m4a").write_bytes(b"no sound")
    monkeypatch.setattr("player.sound.ffmpeg.find", lambda: str(tmp_path / "ffmpeg"))
    told = r"ffmpeg cannot be run \(Exec format error\); convert .*a\.m4a to WAV"
    with pytest.raises(MediaError, match=told):
        next(decode(tmp_path / "a.m4a"))
    with pytest.raises(MediaError, match=told):
        seekable(tmp_path / "a.m4a")
    with pytest.raises(MediaError, match=r"cannot be run \(Exec format error\); install ffmpeg anew"):
        ffmpeg.version(str(tmp_path / "ffmpeg"))
    (tmp_path / "ffmpeg").unlink()
    with pytest.raises(MediaError, match=r"cannot be run \(No such file or directory\)"):
        next(decode(tmp_path / "a.m4a"))


def long_one(rate: object = 48_000, hours: object = "01") -> str:
    return f"echo '  Duration: {hours}:00:00.00, start: 0' >&2; echo '  Stream #0:0: Audio: aac, {rate} Hz' >&2; exit 1"


@pytest.mark.parametrize(
    "told", [long_one(rate=0), long_one(rate="9" * 5000), long_one(hours="9" * 5000), long_one(rate=768_001)]
)
def test_a_length_that_cannot_be_is_none(lied_to: Callable[..., Path], told: str) -> None:
    assert seekable(lied_to(told)) is None


def test_another_rate_than_was_told_is_refused(lied_to: Callable[..., Path]) -> None:
    lie = f"case $* in *pipe:1*) give;; *) {long_one()};; esac"
    sound = seekable(lied_to(lie, au(rate=44_100) + SOUND))
    assert sound is not None
    assert sound.seconds == 3600
    with pytest.raises(MediaError, match=r"a\.m4a: its sample rate is told as 48000 Hz, and is 44100; convert it"):
        sound.read(0, 1)


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("echo 'ffmpeg version 5.1.9-0 Copyright'", "5.1.9-0"),
        ("printf 'ffmpeg version 5\\033[2J Copyright and much more so that it fills the line'", "5\\x1b[2J"),
    ],
)
def test_its_version_is_what_it_says(lied_to: Callable[..., Path], program: str, told: str) -> None:
    assert ffmpeg.version(str(lied_to(program).with_name("ffmpeg"))) == told


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("exit 3", r"does not say that it is ffmpeg \(exit code 3\); install ffmpeg anew$"),
        ("exec sleep 600", "does not answer within 0 s; try again, or install ffmpeg anew$"),
    ],
)
def test_what_does_not_say_its_version_is_none(
    lied_to: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, program: str, told: str
) -> None:
    monkeypatch.setattr(ffmpeg, "_ANSWERS_WITHIN_S", 0.3)
    with pytest.raises(MediaError, match=told):
        ffmpeg.version(str(lied_to(program).with_name("ffmpeg")))


def test_a_version_that_cannot_be_read_is_not_told_as_late(
    lied_to: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: object, pipe: object) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(children._Answers, "_next", broken)
    program = lied_to("echo ffmpeg").with_name("ffmpeg")
    with pytest.raises(MediaError) as caught:
        ffmpeg.version(str(program))
    assert str(caught.value) == f"what {program} says cannot be read; try again, or install ffmpeg anew"


@pytest.mark.parametrize("program", ["kill -STOP $$", "give; kill -STOP $$"])
def test_one_that_another_program_stopped_is_told_as_that(
    lied_to: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr(children, "STOPPED_S", 0.3)
    monkeypatch.setattr(ffmpeg, "STILL_S", 30)
    monkeypatch.setattr(ffmpeg, "_ANSWERS_WITHIN_S", 30)
    path = lied_to(program, au() + SOUND)
    for decoded in (lambda: list(decode(path)), lambda: ffmpeg.rate_and_seconds(str(path.with_name("ffmpeg")), path)):
        with pytest.raises(ffmpeg.StandstillError) as caught:
            decoded()
        assert str(caught.value) == f"{path}: another program stopped ffmpeg (SIGSTOP); try again"
    with pytest.raises(MediaError, match=r"^another program stopped ffmpeg \(SIGSTOP\); try again$"):
        ffmpeg.version(str(lied_to("kill -STOP $$").with_name("ffmpeg")))


def test_a_long_background_waits_once_for_what_stands_still_and_goes_on_with_its_beginning(
    lied_to: Callable[..., Path], tmp_path: Path
) -> None:
    asked = tmp_path / "asked"
    lie = f"case $* in *'-ss 0 '*) give;; *pipe:1*) echo >> {asked}; exec sleep 600;; *) {long_one()};; esac"
    steps = np.repeat(np.linspace(0.1, 0.2, 21, dtype=">f4"), 2 * 48_000)
    sound = seekable(lied_to(lie, au() + steps.tobytes()))
    assert sound is not None
    loop = LongLoop(sound, _Level(1.0, 0.0, 0.0, 0.0, 0.0, 0, 1.0))
    for stretch in (1, 2, 3):
        heard = loop.read(stretch * 20 * 48_000 - JOIN_FRAMES + 48_000, 10)
        assert np.allclose(heard, 0.105, atol=1e-4), "it is not the second second of the file"
    assert len(asked.read_text().splitlines()) == 1
