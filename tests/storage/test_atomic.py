from __future__ import annotations

import contextlib
import errno
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from player.errors import OutputError, UsageError
from player.storage.atomic import NewFile, complete, together, write_all
from player.storage.stale_files import STALE_AFTER_S, machine_id, mark


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_takes_its_name_when_it_is_whole(tmp_path: Path) -> None:
    file = NewFile(tmp_path / "calm.mp3")
    file.part.write_bytes(b"sound")
    assert [re.sub("-[0-9a-f]{12}", "", name) for name in listing(tmp_path)] == [f".calm.mp3.{mark()}.part"]
    file.commit()
    assert listing(tmp_path) == ["calm.mp3"]
    assert (tmp_path / "calm.mp3").read_bytes() == b"sound"


def test_what_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    file = NewFile(tmp_path / "calm.mp3")
    file.discard()
    file.discard()
    assert listing(tmp_path) == []


def test_a_file_is_on_the_disk_before_it_takes_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, synced = tmp_path / "a.mp3", []
    target.write_bytes(b"old")

    def sync(number: int) -> None:
        synced.append((os.pread(number, 9, 0), target.read_bytes()))

    monkeypatch.setattr(os, "fsync", sync)
    write_all({target: b"new"}, force=True)
    assert synced == [(b"new", b"old")]
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize(("number", "is_lost"), [(errno.EIO, True), (errno.ENOSPC, True), (errno.EINVAL, False)])
def test_a_disk_that_fails_only_at_the_end_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, *, is_lost: bool
) -> None:
    target = tmp_path / "a.mp3"
    target.write_bytes(b"old")

    def sync(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", sync)
    with pytest.raises(OutputError, match=r"cannot write .*a\.mp3") if is_lost else contextlib.nullcontext():
        write_all({target: b"new"}, force=True)
    assert target.read_bytes() == (b"old" if is_lost else b"new")
    assert list(tmp_path.iterdir()) == [target]


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    target = tmp_path / "calm.mp3"
    target.write_bytes(b"mine")
    with pytest.raises(UsageError, match=r"calm\.mp3 is there already; .*--force"):
        NewFile(target)
    assert listing(tmp_path) == ["calm.mp3"]


def test_not_even_what_came_meanwhile(tmp_path: Path) -> None:
    file = NewFile(tmp_path / "calm.mp3")
    (tmp_path / "calm.mp3").write_bytes(b"mine")
    with pytest.raises(UsageError, match="there already"):
        file.commit()
    assert (tmp_path / "calm.mp3").read_bytes() == b"mine"


def test_force_overwrites_at_the_end_and_not_before(tmp_path: Path) -> None:
    target = tmp_path / "calm.mp3"
    target.write_bytes(b"old")
    file = NewFile(target, force=True)
    file.part.write_bytes(b"new")
    assert target.read_bytes() == b"old"
    file.commit()
    assert target.read_bytes() == b"new"


def test_files_that_belong_together_are_all_there_or_none(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="make its folder first"):
        write_all({tmp_path / "a.srt": b"1", tmp_path / "no" / "a.vtt": b"2"})
    assert listing(tmp_path) == []
    assert write_all({tmp_path / "a.srt": b"1", tmp_path / "a.vtt": b"2"}) == (tmp_path / "a.srt", tmp_path / "a.vtt")
    with pytest.raises(KeyboardInterrupt), together() as made:  # noqa: PT012
        made.append(complete(tmp_path / "a.srt", b"new", force=True))
        raise KeyboardInterrupt
    assert (listing(tmp_path), (tmp_path / "a.srt").read_bytes()) == (["a.srt", "a.vtt"], b"1")


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    target = tmp_path / "no" / "calm.mp3"
    with pytest.raises(OutputError) as caught:
        NewFile(target)
    wanted = f"cannot write {target}: No such file or directory; make its folder first, or choose another folder"
    assert str(caught.value) == wanted


def test_a_folder_is_no_target_even_with_force(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="it is a folder; name a file in it"):
        NewFile(tmp_path, force=True)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_a_device_is_never_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OutputError, match="it is no ordinary file"):
        NewFile(tmp_path / "pipe", force=True)


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "calm").write_bytes(b"")
    with pytest.raises(OutputError, match=r"Not a directory|No such file"):
        NewFile(tmp_path / "calm" / "calm.mp3")


def test_long_names_still_have_a_part(tmp_path: Path) -> None:
    target = tmp_path / ("ü" * 120 + ".mp3")
    NewFile(target).commit()
    assert target.exists()


def test_long_names_that_end_otherwise_have_parts_of_their_own(tmp_path: Path) -> None:
    files = [NewFile(tmp_path / f"{'a' * 60}-{number}.mp3") for number in (1, 2)]
    assert len(listing(tmp_path)) == 2
    for file in files:
        file.discard()


CRASH = """
import os, sys
from pathlib import Path
from player.storage.atomic import NewFile, write_all
commit = NewFile.commit
NewFile.commit = lambda file: os._exit(9) if file.target.name == "c" else commit(file)
write_all({Path(sys.argv[1], name): b"new" for name in "abc"}, force=True)
"""


def test_a_crash_between_two_names_leaves_whole_files_and_the_next_run_clears_up(tmp_path: Path) -> None:
    write_all({tmp_path / name: b"old" for name in "abc"})
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    assert subprocess.run([sys.executable, "-c", CRASH, str(tmp_path)], env=env, check=False).returncode == 9
    assert [(tmp_path / name).read_bytes() for name in "abc"] == [b"new", b"new", b"old"]
    assert len(listing(tmp_path)) == 4
    write_all({tmp_path / name: b"newer" for name in "abc"}, force=True)
    assert (listing(tmp_path), (tmp_path / "c").read_bytes()) == (["a", "b", "c"], b"newer")


def dead_pid() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


@pytest.mark.parametrize(
    ("name", "age_s", "stays"),
    [
        (".other.wav.{dead}-0ddba1.part", STALE_AFTER_S + 10, False),
        (".calm.mp3.{live}-0ddba1.part", STALE_AFTER_S + 10, False),  # numbers of another machine say nothing here
        (".calm.mp3.{dead}-0ddba1.part", 0, True),  # of a live process there, for all that is known
        (".calm.mp3.{dead}-{here}.part", 0, False),  # of this machine, which knows that it is gone
        (".calm.mp3.{dead}-{here}-00c0ffee00aa.part", 0, False),
        (".calm.mp3.{live}-{here}-00c0ffee00aa.part", 0, True),
        (".calm.mp3.{live}-{here}.part", 0, True),
        (".calm.mp3.{live}-{here}.part", 9 * 86_400, False),  # that process has the number of one that is gone
        (".calm.mp3.{own}-{here}.part", 9 * 86_400, False),  # also this one, as the first in a container always has 1
        (".calm.mp3.part", STALE_AFTER_S + 10, True),  # not of this program's making
        ("calm.{dead}.part", STALE_AFTER_S + 10, True),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="only there it is told when a process began")
def test_what_a_crash_left_is_removed(tmp_path: Path, name: str, age_s: int, stays: bool) -> None:
    left = tmp_path / name.format(dead=dead_pid(), live=os.getppid(), own=os.getpid(), here=machine_id())
    left.write_bytes(b"half")
    os.utime(left, (time.time() - age_s,) * 2)
    NewFile(tmp_path / "new.mp3").discard()
    assert left.exists() is stays


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="users of POSIX")
def test_only_regular_files_of_ones_own_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the name: a link, a folder, a pipe, and a file of another user."""
    stale = f".calm.mp3.{dead_pid()}-{machine_id()}.part"
    link, folder, pipe, file = (tmp_path / f".{kind}{stale}" for kind in ("link", "folder", "pipe", "file"))
    link.symlink_to("nothing")
    folder.mkdir()
    os.mkfifo(pipe)
    file.write_bytes(b"half")
    with monkeypatch.context() as other:
        other.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
        NewFile(tmp_path / "new.mp3").discard()
    assert file.exists()
    NewFile(tmp_path / "new.mp3").discard()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in (link, folder, pipe))
