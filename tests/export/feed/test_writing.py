"""What a folder becomes: which files are episodes, in which order, and what never changes for subscribers."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from player.errors import MediaError, OutputError, UsageError
from player.export.feed import FeedOptions, write
from player.export.tags import Tags
from tests.export.feed.fakes import FIRST_S, URL, album, parsed, sound, written
from tests.fakes_output import chirp, exported, needs

if TYPE_CHECKING:
    from pathlib import Path
    from xml.etree.ElementTree import Element

ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"


def channel(folder: Path) -> Element:
    found = parsed((folder / "feed.xml").read_bytes()).find("channel")
    assert found is not None
    return found


def every(folder: Path, name: str) -> list[str]:
    return [each.findtext(name, "") for each in channel(folder).iter("item")]


def remembered(folder: Path) -> dict[str, tuple[str, str]]:
    """What apps know an episode by, by its title."""
    return dict(
        zip(every(folder, "title"), zip(every(folder, "guid"), every(folder, "pubDate"), strict=True), strict=True)
    )


def test_the_same_folder_makes_the_same_bytes(tmp_path: Path) -> None:
    album(tmp_path)
    made = written(tmp_path)
    assert [path.name for path in made.paths] == ["feed.lock.json", "cover.png", "feed.xml"]
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert [path.name for path in written(tmp_path).paths] == ["feed.lock.json", "feed.xml"]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_files_exported_again_keep_guid_and_date_and_have_their_new_length(tmp_path: Path) -> None:
    first, *_ = album(tmp_path)
    written(tmp_path)
    before = remembered(tmp_path)
    sound(first, Tags("Day 1", album="Week", track=1, tracks=3), seconds=2, date_s=FIRST_S + 999_999)
    written(tmp_path, "https://elsewhere.example/")
    assert remembered(tmp_path) == before
    enclosure = next(channel(tmp_path).iter("enclosure"))
    assert enclosure.get("length") == str(first.stat().st_size)
    assert enclosure.get("url") == "https://elsewhere.example/c.mp3"


def test_a_removed_file_leaves_the_feed_and_is_the_same_episode_when_it_comes_back(tmp_path: Path) -> None:
    album(tmp_path)
    written(tmp_path)
    before = remembered(tmp_path)
    kept = (tmp_path / "b.mp3").read_bytes()
    (tmp_path / "b.mp3").unlink()
    written(tmp_path)
    assert list(remembered(tmp_path)) == ["Day 1", "Day 3"]
    assert set(json.loads((tmp_path / "feed.lock.json").read_bytes())["episodes"]) == {"a.mp3", "b.mp3", "c.mp3"}
    (tmp_path / "b.mp3").write_bytes(kept)
    written(tmp_path)
    assert remembered(tmp_path) == before


def test_a_new_file_is_younger_than_all_before_it(tmp_path: Path) -> None:
    album(tmp_path)
    written(tmp_path)
    sound(tmp_path / "d.mp3", Tags("Day 4", album="Week", track=4), date_s=FIRST_S - 86_400)
    sound(tmp_path / "e.mp3", Tags("Day 5", album="Week", track=5), date_s=FIRST_S - 86_400)
    written(tmp_path)
    assert [date[-12:-4] for date in every(tmp_path, "pubDate")] == [
        f"22:{minute}:20" for minute in (13, 14, 15, 16, 17)
    ]


def test_a_session_in_no_album_is_in_the_order_of_names_and_has_no_number(tmp_path: Path) -> None:
    for name, title in (("b", "First"), ("a", "Second")):
        sound(tmp_path / f"{name}.ogg", Tags(title, "How it is.", language="de"), seconds=0.1)
    notes: list[str] = []
    write(tmp_path, FeedOptions(URL), on_note=notes.append)
    assert every(tmp_path, "title") == ["Second", "First"]
    assert every(tmp_path, f"{ITUNES}episode") == ["", ""]
    top = channel(tmp_path)
    assert (top.findtext("title"), top.findtext("language")) == ("Guided relaxation", "de")
    assert (top.findtext("description"), top.findtext(f"{ITUNES}type")) == ("Second, First", "episodic")
    assert notes == ["Apple Podcasts plays MP3 and M4A alone, not ogg; other apps do"]


def test_sections_of_sessions_are_episodes_of_seasons(tmp_path: Path) -> None:
    for disc, track in ((2, 1), (1, 2), (1, 1)):
        sound(tmp_path / f"{disc}{track}.mp3", Tags(f"{disc}.{track}", album="W", disc=disc, track=track), seconds=0.1)
    written(tmp_path)
    assert every(tmp_path, "title") == ["1.1", "1.2", "2.1"]
    assert every(tmp_path, f"{ITUNES}season") == ["1", "1", "2"]
    assert every(tmp_path, f"{ITUNES}episode") == ["1", "2", "1"]


def test_a_number_that_two_files_have_is_left_out(tmp_path: Path) -> None:
    album(tmp_path)
    album(tmp_path, 1, "flac")
    written(tmp_path)
    assert every(tmp_path, f"{ITUNES}episode") == ["", "", "2", "3"]
    assert channel(tmp_path).findtext(f"{ITUNES}type") == "episodic"


def test_a_programme_of_this_program_tells_its_summary(tmp_path: Path) -> None:
    sound(tmp_path / "01.mp3", Tags("Before you start", album="First week", track=1), seconds=0.1)
    written(tmp_path)
    assert channel(tmp_path).findtext("description", "").startswith("One short sitting a day")


def test_options_come_before_what_the_files_say(tmp_path: Path) -> None:
    album(tmp_path, 1)
    written(
        tmp_path, title=" Calm\n& quiet ", author="Ann", description="A <b>bold</b> one", category="science/physics"
    )
    top = channel(tmp_path)
    assert [top.findtext(name) for name in ("title", f"{ITUNES}author")] == ["Calm & quiet", "Ann"]
    assert top.findtext("description") == "A ‹b›bold‹/b› one"
    assert [each.get("text") for each in top.iter(f"{ITUNES}category")] == ["Science", "Physics"]


def test_what_is_no_episode_is_left_out_and_told(tmp_path: Path) -> None:
    album(tmp_path, 1)
    exported(tmp_path / "c.voice.mp3", chirp(4800), Tags("Day 1 (voice)"))
    exported(tmp_path / "music.wav", chirp(4800), Tags(""))
    data = bytearray((tmp_path / "music.wav").read_bytes())
    (tmp_path / "music.wav").write_bytes(data.replace(b"player".decode().encode("utf-16-le"), b"banana\0\0\0\0\0\0"))
    (tmp_path / "empty.mp3").write_bytes(b"")
    (tmp_path / "text.flac").write_text("no sound")
    (tmp_path / ".c.mp3.1-x.part.mp3").write_bytes(b"hidden")
    (tmp_path / "notes.txt").write_text("nothing")
    (tmp_path / "folder.mp3").mkdir()
    notes: list[str] = []
    assert write(tmp_path, FeedOptions(URL), on_note=notes.append).episodes == 1
    assert notes == [
        "c.voice.mp3 is left out: it is a stem of c.mp3",
        "empty.mp3 is left out: player export has not made it",
        "music.wav is left out: player export has not made it",
        "text.flac is left out: player export has not made it",
    ]


def test_a_sound_without_a_title_has_its_files_name(tmp_path: Path) -> None:
    sound(tmp_path / "calm & quiet.mp3", Tags("\0"), seconds=0.1)
    written(tmp_path)
    assert every(tmp_path, "title") == ["\\x00"]  # as the tags have it
    sound(tmp_path / "calm & quiet.mp3", Tags(""), seconds=0.1)
    written(tmp_path)
    assert every(tmp_path, "title") == ["calm & quiet"]
    assert every(tmp_path, "description") == ["calm & quiet"]


@pytest.mark.tools
@pytest.mark.parametrize(
    ("form", "told"), [("m4a", []), ("m4b", ["Apple Podcasts plays MP3 and M4A alone, not m4b; other apps do"])]
)
def test_apples_formats_have_apples_type(tmp_path: Path, form: str, told: list[str]) -> None:
    needs("ffmpeg")
    album(tmp_path, 1, form)
    notes: list[str] = []
    write(tmp_path, FeedOptions(URL), on_note=notes.append)
    (enclosure,) = channel(tmp_path).iter("enclosure")
    assert (enclosure.get("type"), notes) == ("audio/x-m4a", told)


# --- what stops it


def test_another_programs_feed_is_not_written_over_without_force(tmp_path: Path) -> None:
    album(tmp_path, 1)
    (tmp_path / "feed.xml").write_text("precious")
    with pytest.raises(UsageError, match=r"feed\.xml is there already .* --force"):
        written(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.mp3", "feed.xml"]
    write(tmp_path, FeedOptions(URL), force=True)
    assert every(tmp_path, "title") == ["Day 1"]


@pytest.mark.parametrize("url", ["https://a.example:x/", "calm", "https://a.example/feed.xml"])
def test_a_wrong_address_writes_nothing(tmp_path: Path, url: str) -> None:
    album(tmp_path, 1)
    with pytest.raises(UsageError, match="--url must be"):
        written(tmp_path, url)
    assert [path.name for path in tmp_path.iterdir()] == ["c.mp3"]


def test_a_folder_without_sounds_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no sound file that player export has made"):
        written(tmp_path)
    with pytest.raises(UsageError, match="is no folder"):
        written(tmp_path / "none")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
def test_a_pipe_or_a_device_is_no_lock_and_is_not_read(tmp_path: Path) -> None:
    album(tmp_path, 1)
    lock = tmp_path / "feed.lock.json"
    os.mkfifo(lock)
    with pytest.raises(OutputError, match=r"feed\.lock\.json is no ordinary file; move it away"):
        written(tmp_path)
    lock.unlink()
    lock.symlink_to("/dev/zero")
    with pytest.raises(OutputError, match=r"feed\.lock\.json is no ordinary file; move it away"):
        written(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"version": 2, "guid": "x", "image": "", "episodes": {}}',
        '{"version": 1, "guid": "x", "image": "", "episodes": {"a": {"guid": "g", "date": "soon"}}}',
        '{"version": 1, "guid": "x", "image": "", "episodes": {"a": {"guid": "", "date": "2026-01-01T00:00:00Z"}}}',
        '{"version": 1, "guid": 7, "image": "", "episodes": {}}',
        '{"version": 1, "guid": "x", "image": null, "episodes": {}}',
        '{"version": 1, "guid": "x", "image": 0, "episodes": {}}',
        '{"version": 1, "guid": "x", "image": "' + "x" * 3000 + '", "episodes": {}}',
        "[" * 100_000,
    ],
)
def test_a_damaged_lock_stops_it_as_new_guids_would_come_to_everybody(tmp_path: Path, text: str) -> None:
    album(tmp_path, 1)
    written(tmp_path)
    feed = (tmp_path / "feed.xml").read_bytes()
    (tmp_path / "feed.lock.json").write_text(text)
    with pytest.raises(OutputError, match=r"feed\.lock\.json is damaged; put back"):
        written(tmp_path)
    assert (tmp_path / "feed.xml").read_bytes() == feed


def test_a_folder_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(tmp_path), "iterdir", refused)
    with pytest.raises(MediaError, match="cannot be read: permission denied"):
        written(tmp_path)


def test_a_folder_in_the_place_of_the_feed_is_told_and_nothing_else_is_written(tmp_path: Path) -> None:
    album(tmp_path, 1)
    written(tmp_path)
    lock = (tmp_path / "feed.lock.json").read_bytes()
    (tmp_path / "feed.xml").unlink()
    (tmp_path / "feed.xml").mkdir()
    album(tmp_path, 2)
    with pytest.raises(OutputError, match="it is a folder"):
        written(tmp_path)
    assert (tmp_path / "feed.lock.json").read_bytes() == lock
