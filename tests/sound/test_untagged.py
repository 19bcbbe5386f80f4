"""A decoder never sees an ID3 tag, and sound stays as it is."""

from __future__ import annotations

import errno
import io
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from player.errors import MediaError
from player.sound import conform
from player.sound.conform import decode
from player.sound.untagged import UntaggedFile, may_hold_tags, start_of_sound, untagged
from tests.adversary import hostile_media as media
from tests.fakes_sound import both, sine

TAG = media.tag([media.frame("TIT2", b"\0a")], 4)
SHORT = media.tag([], 3)


@pytest.fixture(scope="module")
def stream() -> bytes:
    """Half a second of MP3 without tags."""
    target = io.BytesIO()
    soundfile.write(target, both(sine(440, 0.5, peak=0.3)), 48_000, format="MP3")
    return target.getvalue()


@pytest.mark.parametrize(
    ("front", "length"),
    [(b"", 0), (TAG, len(TAG)), (TAG + SHORT + TAG, 2 * len(TAG) + 10), (b"ID3\4\0\x10" + bytes(4), 20), (b"ID3", 0)],
)
def test_the_sound_starts_behind_all_tags_in_front(tmp_path: Path, front: bytes, length: int) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(front + b"\xff\xfb" * (10 if front != b"ID3" else 0))
    assert start_of_sound(path) == length


class _FailingFile(io.FileIO):
    """A file of which only so many bytes can be read."""

    left = 0

    def read(self, size: int | None = -1) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise OSError(errno.EIO, "Input/output error")
        return super().read(size)


@pytest.mark.parametrize("readable", [0, 1, 2])
def test_a_disk_that_fails_is_no_end_of_a_sound(
    tmp_path: Path, readable: int, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """libsndfile took it for the end: half of a background was stored, and exported."""
    path = tmp_path / "a.wav"
    soundfile.write(path, both(sine(440, 4, peak=0.3)), 48_000)
    made: list[UntaggedFile] = []

    def failing(path: Path) -> UntaggedFile:
        file = untagged(path)
        file.raw._file.close()
        file.raw._file = failing_file = _FailingFile(path)
        failing_file.left = readable
        made.append(file)
        return file

    monkeypatch.setattr(conform, "untagged", failing)
    with pytest.raises(OSError, match="Input/output error") as caught:
        list(decode(path))
    assert caught.value.filename == str(path)
    assert (len(made), capfd.readouterr().err) == (1, "")


def test_a_disk_that_fails_is_not_taken_for_a_closed_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(path: Path, *_: object) -> NoReturn:
        raise OSError(errno.EMFILE, "Too many open files", str(path))

    (tmp_path / "a.wav").touch()
    monkeypatch.setattr(Path, "open", fails)
    with pytest.raises(OSError, match="Too many open files"):
        conform.must_be_readable(tmp_path / "a.wav")


def test_a_tag_within_loses_its_name_wherever_a_piece_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(TAG + b"\xff\xfb" * 500 + TAG + b"ID3\x05\0\0 ID3\3\0\0\xff " + b"x" * 100)
    hidden = b"\xff\xfb" * 500 + bytes(3) + TAG[3:] + b"ID3\x05\0\0 ID3\3\0\0\xff " + b"x" * 100
    with untagged(path) as file:
        assert file.read() == hidden
        for at in range(990, 1020):
            file.seek(at)
            assert file.raw.seek(at) == at
            assert [file.raw.read(3), file.raw.read(4)] == [hidden[at : at + 3], hidden[at + 3 : at + 7]]
        assert file.seek(-5, io.SEEK_END) == len(hidden) - 5
        assert file.read() == b"x" * 5
        for far in (len(hidden), 2**62, 2**63 - 1):
            file.raw.seek(far)
            assert file.raw.read(9) == b""


@given(content=st.binary(max_size=300).filter(lambda each: b"ID3" not in each))
def test_everything_else_stays_byte_for_byte(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "untagged.bin"
    path.write_bytes(content)
    with untagged(path) as file:
        assert file.read() == content


def test_only_what_may_hold_mp3_is_read_like_this(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for head, expected in ((b"ID3\4", True), (b"\xff\xfb", True), (b"RIFF", True), (b"fLaC", False), (b"", False)):
        path.write_bytes(head)
        assert may_hold_tags(path) is expected


def test_tags_change_no_sample(tmp_path: Path, stream: bytes) -> None:
    sounds = []
    for front, middle in ((b"", b""), (TAG * 3, b""), (SHORT, TAG)):
        path = tmp_path / "a.mp3"
        path.write_bytes(front + stream + middle)
        sounds.append(np.concatenate(list(decode(path))))
    with soundfile.SoundFile(io.BytesIO(stream)) as file:
        direct = file.read(dtype="float32", always_2d=True)
    assert all(np.array_equal(each[: len(direct)], direct) for each in sounds)


def test_a_tag_that_expands_a_thousand_times_is_not_expanded(tmp_path: Path, stream: bytes) -> None:
    """libsndfile took 1.4 GB and over 30 s for twenty of them, and wrote a warning for each to the terminal."""
    bombs = media.tag([media.squeezed("TIT2", bytes(2**26), 4)] * 20, 4)
    path = tmp_path / "a.mp3"
    path.write_bytes(bombs + stream + bombs)
    assert sum(map(len, decode(path))) >= 24_000
    path.write_bytes(bombs)
    with pytest.raises(MediaError, match=r"a\.mp3: "):
        next(decode(path))
