"""Programs in ffmpeg's place that do not make an M4A file, do not end, or are none: a sentence each, and no file."""

from __future__ import annotations

import struct
import sys
from typing import TYPE_CHECKING

import pytest

from player import children
from player.errors import OutputError
from player.export.formats import mp4
from player.export.formats.bitrates import Quality
from player.export.formats.table import export_sink
from player.sound import ffmpeg
from tests.fakes_output import TAGS, chirp, exported
from tests.voice.conftest import is_alive, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def lied_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """A folder where M4A files are made by a program for sh in ffmpeg's place; ``$part`` is what it should write."""
    if sys.platform == "win32":
        pytest.skip("its programs are for sh")
    monkeypatch.setattr(children, "_SLICE_S", 0.1)
    monkeypatch.setattr(ffmpeg, "STILL_S", 0.3)
    monkeypatch.setattr(mp4, "_ENDS_WITHIN_S", 0.3)
    (tmp_path / "bin").mkdir()
    (tmp_path / "made").mkdir()
    (tmp_path / "whole").write_bytes(b"".join(struct.pack(">I4s", 8, name) for name in (b"ftyp", b"mdat", b"moov")))
    (tmp_path / "deep").write_bytes(
        struct.pack(">I4s", 8, b"mdat") + b"".join(struct.pack(">I4s", 8 * n, b"moov") for n in range(20_000, 0, -1))
    )
    (tmp_path / "inner").write_bytes(struct.pack(">I4sI4s", 16, b"moov", 8, b"mdat"))
    (tmp_path / "many").write_bytes((tmp_path / "whole").read_bytes() + struct.pack(">I4s", 8, b"free") * 10_000)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")

    def lie(program: str) -> Path:
        instead = tmp_path / "bin" / "ffmpeg"
        boxes = " ".join(f"{name}={tmp_path}/{name}" for name in ("whole", "inner", "deep", "many"))
        set_up = f'for part in "$@"; do :; done; part=${{part#file:}}; {boxes}'
        instead.write_text(f"#!/bin/sh\n{set_up}\n{program}\n")
        instead.chmod(0o755)
        return tmp_path / "made"

    return lie


SLOW = "ffmpeg stood still for 0 s; try again when the machine is less busy, or choose another format$"


@pytest.mark.parametrize(
    ("program", "told"),
    [
        (
            "exit 0",
            "ffmpeg made no whole file, and ended with exit code 0; install ffmpeg anew, or choose another format",
        ),
        ("cat >/dev/null; exit 0", "ffmpeg made no whole file, and ended with exit code 0; install ffmpeg anew"),
        ("kill -SEGV $$", "ffmpeg made no whole file, and ended with SIGSEGV; install ffmpeg anew"),
        ("cat >/dev/null; cp $whole $part; exit 3", "ffmpeg made no whole file, and ended with exit code 3; install"),
        ("echo 'a: it rains' >&2; exit 1", "ffmpeg says: a: it rains; choose another folder"),
        ("cat >/dev/null; cp $whole $part; echo 'it rains' >&2", "ffmpeg says: it rains; choose another folder"),
        ("printf '\\033[2J\\342\\200\\256x' >&2; exit 1", r"ffmpeg says: \\x1b\[2J\\u202ex; choose another folder"),
        ("exec sleep 600", SLOW),
        ("trap '' TERM; while :; do sleep 600; done", SLOW),
        ("cat >/dev/null; exec sleep 600", SLOW),
        ("exec <&-; exec sleep 600", "ffmpeg reads no more, and does not end; install ffmpeg anew"),
        ("while :; do echo x; done >&2", SLOW),
        ("cat >/dev/null; rm $part", r"exit code 0 \(its file is gone, or is no ordinary one\); install ffmpeg anew"),
        ("cat >/dev/null; rm $part; mkfifo $part", r"exit code 0 \(its file is gone, or is no ordinary one\)"),
        ("cat >/dev/null; rm $part; ln -s $whole $part", r"exit code 0 \(its file is gone, or is no ordinary one\)"),
        ("cat >/dev/null; rm $part; ln $whole $part", r"exit code 0 \(its file is gone, or is no ordinary one\)"),
        (
            "cat >/dev/null; cat $whole $whole $part > $part.x; mv $part.x $part; truncate -s 3 $part",
            "made no whole file",
        ),
        ("cat >/dev/null; cp $whole $part", "ffmpeg made 0 ms of sound from 2000; install ffmpeg anew"),
        ("cat >/dev/null; cp $inner $part", "ffmpeg made no whole file, and ended with exit code 0; install"),
        ("cat >/dev/null; cp $many $part", "ffmpeg made no whole file, and ended with exit code 0; install"),
        ("cat >/dev/null; cp $deep $part", "ffmpeg made no whole file, and ended with exit code 0; install"),
    ],
)
def test_what_ffmpeg_does_not_do_is_told_and_nothing_is_left(
    lied_to: Callable[[str], Path], tmp_path: Path, program: str, told: str
) -> None:
    made, whole = lied_to(program), (tmp_path / "whole").read_bytes()
    with pytest.raises(OutputError, match=rf"cannot write .*calm\.m4a: .*{told}"):
        exported(made / "calm.m4a", chirp(96_000), piece=9600)
    assert list(made.iterdir()) == []
    assert (tmp_path / "whole").read_bytes() == whole


def test_one_that_another_program_stopped_is_told_as_that(
    lied_to: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "STOPPED_S", 0.3)
    monkeypatch.setattr(ffmpeg, "STILL_S", 30)
    target = lied_to("kill -STOP $$") / "calm.m4a"
    with pytest.raises(OutputError) as caught:
        exported(target, chirp(96_000))
    assert str(caught.value) == f"cannot write {target}: another program stopped ffmpeg (SIGSTOP); try again"


def test_a_file_that_grows_for_ever_is_stopped(lied_to: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux lets a process limit another")
    monkeypatch.setattr(mp4, "_SPARE_BYTES", 2**16)
    made = lied_to("exec cat /dev/zero > $part")
    with pytest.raises(OutputError, match=r"cannot write .*: ffmpeg (says: .*File too large|made .* SIGXFSZ); "):
        exported(made / "calm.m4a", chirp(96_000))
    assert list(made.iterdir()) == []


def test_a_file_that_changes_for_ever_is_not_waited_for_for_ever(
    lied_to: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = lied_to("cat >/dev/null; while :; do touch $part; sleep 0.05; done")
    with pytest.raises(OutputError, match="ffmpeg stood still"):
        exported(made / "calm.m4a", chirp(96_000))


@pytest.mark.parametrize("program", ["no program", ""])
def test_what_is_no_program_is_told(lied_to: Callable[[str], Path], tmp_path: Path, program: str) -> None:
    made = lied_to("")
    (tmp_path / "bin" / "ffmpeg").write_text(program)
    told = (
        r"m4a is made by ffmpeg, but .*/bin/ffmpeg cannot be run \(Exec format error\); install it anew, or choose mp3"
    )
    with pytest.raises(OutputError, match=told):
        exported(made / "calm.m4a", chirp(96_000))
    assert list(made.iterdir()) == []


def test_a_child_that_ffmpeg_leaves_holds_nothing_up(lied_to: Callable[[str], Path], tmp_path: Path) -> None:
    made = lied_to(f"sleep 600 & echo $! > {tmp_path}/left; cat >/dev/null")
    with pytest.raises(OutputError, match="made no whole file"):
        exported(made / "calm.m4a", chirp(96_000))
    left = int((tmp_path / "left").read_text())
    assert wait_until(lambda: not is_alive(left))


def test_what_ctrl_c_breaks_off_leaves_nothing(lied_to: Callable[[str], Path]) -> None:
    made = lied_to("trap '' INT TERM; while :; do sleep 600; done")
    sink = export_sink(made / "calm.m4a", "m4a", tags=TAGS)
    with pytest.raises(KeyboardInterrupt), sink:
        raise KeyboardInterrupt
    assert list(made.iterdir()) == []


def test_a_link_where_the_notes_would_be_empties_no_other_file(lied_to: Callable[[str], Path], tmp_path: Path) -> None:
    part, other = lied_to("exit 0") / ".calm.m4a.part", tmp_path / "mine"
    other.write_bytes(b"mine")
    part.with_name(".notes-calm.m4a.part").symlink_to(other)
    with pytest.raises(FileExistsError):
        mp4.Mp4Writer(part, "m4a", TAGS, Quality())
    assert other.read_bytes() == b"mine"
