"""The picture of a feed: large enough, written once, and never over somebody else's."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

import imagesize
import numpy as np
import pytest
from matplotlib.image import imsave

from player.errors import MediaError, UsageError
from player.export.feed import FeedOptions, artwork, write
from player.picture.enlarged import LARGE
from tests.export.feed.fakes import URL, album, episode, written

if TYPE_CHECKING:
    from pathlib import Path

HREF = "https://example.org/calm/"


def picture(path: Path, width: int = 1400, height: int = 1400) -> Path:
    """A picture of somebody else's, by another library; JPEG where its name says so."""
    imsave(path, np.zeros((height, width, 3), np.uint8))
    return path


def named(folder: Path) -> str:
    text = (folder / "feed.xml").read_text(encoding="utf-8")
    return text.partition('<itunes:image href="')[2].partition('"')[0].removeprefix(HREF)


def test_a_cover_of_the_sessions_is_as_large_as_directories_want_it(tmp_path: Path) -> None:
    album(tmp_path, 1)
    written(tmp_path)
    content = (tmp_path / "cover.png").read_bytes()
    assert imagesize.get(io.BytesIO(content)) == (LARGE, LARGE)
    assert 1400 <= LARGE <= 3000
    assert len(content) < 500_000
    assert named(tmp_path) == "cover.png"


def test_a_picture_that_lies_there_is_the_feeds_and_stays(tmp_path: Path) -> None:
    album(tmp_path, 1)
    content = picture(tmp_path / "cover.jpg").read_bytes()
    notes: list[str] = []
    write(tmp_path, FeedOptions(URL), on_note=notes.append)
    assert (named(tmp_path), (tmp_path / "cover.jpg").read_bytes(), notes) == ("cover.jpg", content, [])


@pytest.mark.parametrize(("width", "height"), [(640, 640), (1400, 1500), (3001, 3001)])
def test_what_directories_would_refuse_is_told(tmp_path: Path, width: int, height: int) -> None:
    album(tmp_path, 1)
    picture(tmp_path / "cover.png", width, height)
    notes: list[str] = []
    write(tmp_path, FeedOptions(URL), on_note=notes.append)
    assert notes == [
        f"cover.png is {width} × {height}; directories want a square PNG or JPEG of 1400 to 3000 pixels a side"
    ]
    with pytest.raises(UsageError, match=rf"--image must be .*is {width} × {height}"):
        written(tmp_path, image=tmp_path / "cover.png")


def test_a_picture_from_elsewhere_is_copied_and_is_the_feeds_from_then_on(tmp_path: Path) -> None:
    folder = tmp_path / "week"
    album(folder, 1)
    written(folder)
    own = picture(tmp_path / "mine.jpeg")
    made = written(folder, image=own)
    assert folder / "cover.jpg" in made.paths
    assert (folder / "cover.jpg").read_bytes() == own.read_bytes()
    assert folder / "cover.jpg" not in written(folder, image=own).paths
    written(folder)
    assert named(folder) == "cover.jpg"  # though cover.png is there too


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    album(tmp_path, 1)
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(MediaError, match=r"pipe\.png cannot be read: it is no file; name a square PNG or JPEG"):
        written(tmp_path, image=tmp_path / "pipe.png")


def test_a_picture_in_the_folder_is_named_as_it_is(tmp_path: Path) -> None:
    album(tmp_path, 1)
    own = picture(tmp_path / "my picture.png")
    assert [path.name for path in written(tmp_path, image=own).paths] == ["feed.lock.json", "feed.xml"]
    assert named(tmp_path) == "my%20picture.png"
    written(tmp_path)
    assert named(tmp_path) == "my%20picture.png"


def test_no_picture_is_written_over_without_force(tmp_path: Path) -> None:
    folder = tmp_path / "week"
    album(folder, 1)
    there, own = picture(folder / "cover.png", 1500, 1500).read_bytes(), picture(tmp_path / "own.png")
    with pytest.raises(UsageError, match=r"cover\.png is there already; .*--force"):
        written(folder, image=own)
    assert (folder / "cover.png").read_bytes() == there
    write(folder, FeedOptions(URL, image=own), force=True)
    assert (folder / "cover.png").read_bytes() == own.read_bytes()


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n" + b"x" * 99, b"\xff\xd8\xff"]
)
def test_what_is_no_picture_is_told(tmp_path: Path, content: bytes) -> None:
    album(tmp_path, 1)
    (tmp_path / "bad.png").write_bytes(content)
    with pytest.raises(UsageError, match=r"bad\.png is (neither PNG nor JPEG|damaged)"):
        written(tmp_path, image=tmp_path / "bad.png")
    with pytest.raises(MediaError, match=r"none\.png cannot be read"):
        written(tmp_path, image=tmp_path / "none.png")


def test_files_with_pictures_of_somebody_else_make_a_feed_without_one(tmp_path: Path) -> None:
    assert artwork.drawn([episode(cover=b"GIF"), episode(cover=b"")]).name == ""


def test_a_lock_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "week"
    album(folder, 1)
    picture(tmp_path / "other.png")
    written(folder)
    lock = folder / "feed.lock.json"
    lock.write_text(lock.read_text().replace("cover.png", "../other.png"))
    written(folder)
    assert named(folder) == "cover.png"


def test_a_picture_whose_ending_is_another_kinds_is_copied_under_its_right_one(tmp_path: Path) -> None:
    """Apple's guide: the file type in the address is that of the file."""
    album(tmp_path, 1, "wav")
    right = picture(tmp_path / "right.png").read_bytes()
    for name in ("wrong.jpg", "loud.PNG"):
        (tmp_path / name).write_bytes(right)
        written(tmp_path, image=tmp_path / name)
        assert "https://example.org/calm/cover.png" in (tmp_path / "feed.xml").read_text()
    (tmp_path / "cover.png").rename(tmp_path / "cover.jpg")
    notes: list[str] = []
    write(tmp_path, FeedOptions(URL), on_note=notes.append)
    assert any("cover.jpg should end in .png" in note for note in notes)
