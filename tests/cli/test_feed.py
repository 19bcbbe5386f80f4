"""`player feed`, as a user has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.export.feed.fakes import album

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

URL = "https://example.org/week"


def test_it_writes_the_feed_and_says_where_to_subscribe(run: Run, tmp_path: Path) -> None:
    album(tmp_path / "week")
    done = run("feed", "week", "--url", URL)
    assert (done.returncode, done.stdout) == (0, "week/feed.lock.json\nweek/cover.png\nweek/feed.xml\n")
    assert done.stderr == f"3 episodes; put the folder on the web, and subscribe to {URL}/feed.xml\n"
    again = run("feed", "week", "--url", URL, "-q")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_what_is_left_out_is_told_on_stderr_even_when_quiet(run: Run, tmp_path: Path) -> None:
    album(tmp_path / "week", 1)
    (tmp_path / "week" / "song.mp3").write_bytes(b"ID3")
    done = run("feed", "week", "--url", URL, "-q")
    assert (done.returncode, done.stderr) == (0, "song.mp3 is left out: player export has not made it\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("week",), "--url is missing; `player feed --help` tells more"),
        (("week", "--url", "ftp://example.org"), "--url must be the address of the folder on the web"),
        (("none", "--url", URL), "none is no folder; name the one that player export has filled"),
        (("empty", "--url", URL), "empty has no sound file that player export has made"),
        (("week", "--url", URL, "--category", "Helth"), "such as"),
        (("week", "--url", URL, "--image", "week/c.mp3"), "c.mp3 is neither PNG nor JPEG"),
    ],
)
def test_wrong_use_is_told_and_writes_nothing(run: Run, tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    album(tmp_path / "week", 1)
    (tmp_path / "empty").mkdir()
    done = run("feed", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert [path.name for path in (tmp_path / "week").iterdir()] == ["c.mp3"]


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.usefixtures("voice")
def test_an_exported_session_is_an_episode_with_its_captions_and_chapters(run: Run, tmp_path: Path) -> None:
    (tmp_path / "calm").mkdir()
    made = run("export", "one-minute-sigh", "-o", "calm/sigh.mp3", "--captions", "vtt,srt", "--chapters", "json")
    assert made.returncode == 0
    assert run("feed", "calm", "--url", URL).returncode == 0
    text = (tmp_path / "calm" / "feed.xml").read_text(encoding="utf-8")
    assert "<itunes:duration>60</itunes:duration>" in text
    for name in ("sigh.mp3", "sigh.vtt", "sigh.srt", "sigh.chapters.json"):
        assert f'url="{URL}/{name}"' in text
