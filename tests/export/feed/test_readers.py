"""The feed as two independent podcast libraries read it, from a web server, with all that it names."""

from __future__ import annotations

import calendar
import io
import json
from functools import cache
from typing import TYPE_CHECKING, Any

import feedparser
import podcastparser
import pytest
import srt
import webvtt

from player.export import sidecars
from player.export.captions import SUBTITLES, captions, split
from player.export.options import BUILT_IN
from player.export.tags import Tags
from player.timeline.chapters import chapters as all_chapters
from tests.export.feed.fakes import FIRST_S, album, fetched, parsed, served, sound, written
from tests.fakes_picture import bundled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from player.timeline.model import Timeline

FORMS = ("vtt", "srt", "txt", "html")


@cache
def first_session() -> Timeline:
    """The one with which the programme ``first-week`` begins."""
    return bundled("safety-first")[1]


def by_feedparser(url: str) -> Any:
    found = feedparser.parse(url)
    assert not found.bozo, found.get("bozo_exception")
    return found


# Its table has only the address of the namespace's text on GitHub, and not the name that the text gives.
podcastparser.Namespace.NAMESPACES["https://podcastindex.org/namespace/1.0"] = "podcast"


def by_podcastparser(url: str) -> Any:
    return podcastparser.parse(url, io.BytesIO(fetched(url)[0]))


@pytest.fixture
def feed(tmp_path: Path) -> Iterator[str]:
    """The address of a feed of three episodes, the first of which has everything beside it."""
    folder = tmp_path / "week"
    first, *_ = album(folder)
    for path, content in sidecars.contents(first_session(), first, captions=FORMS, chapters=True).items():
        path.write_bytes(content)
    first.with_suffix(".html").write_text("a page, which is no transcript")
    with served(tmp_path) as address:
        yield written(folder, address + "week", author="Ann & Bo <a@b>").address


def test_both_find_the_channel(feed: str, tmp_path: Path) -> None:
    one, other = by_feedparser(feed).feed, by_podcastparser(feed)
    folder = feed.removesuffix("feed.xml")
    assert (one.title, one.link, one.language, one.author) == ("Week", folder, "en", "Ann & Bo ‹a@b›")
    assert (other["title"], other["link"], other["language"]) == ("Week", folder, "en")
    assert other["itunes_author"] == "Ann & Bo ‹a@b›"
    assert one.description == other["description"] == "Day 1, Day 2, Day 3"
    assert one.image.href == other["cover_url"] == f"{folder}cover.png"
    assert [tag.term for tag in one.tags] == ["Health & Fitness", "Mental Health"]
    assert (one.itunes_type, other["type"]) == ("serial", "serial")
    assert other["explicit"] is False
    assert one.podcast_guid == json.loads((tmp_path / "week" / "feed.lock.json").read_bytes())["guid"]
    assert fetched(one.image.href)[0].startswith(b"\x89PNG")


def test_both_find_the_same_episodes_in_the_order_of_the_tracks(feed: str) -> None:
    one, other = by_feedparser(feed).entries, by_podcastparser(feed)["episodes"]
    assert [entry.title for entry in one] == ["Day 1", "Day 2", "Day 3"]
    assert [entry.id for entry in one] == [found["guid"] for found in sorted(other, key=lambda each: each["number"])]
    assert [entry.itunes_episode for entry in one] == ["1", "2", "3"]
    assert [entry.summary for entry in one] == ["Sit 1 minutes.", "Sit 2 minutes.", "Sit 3 minutes."]
    dates = [calendar.timegm(entry.published_parsed) for entry in one]
    assert dates == [FIRST_S, FIRST_S + 60, FIRST_S + 120]
    assert sorted(found["published"] for found in other) == dates
    assert {found["total_time"] for found in other} == {1}


def test_every_enclosure_is_there_and_as_long_as_both_are_told(feed: str, tmp_path: Path) -> None:
    one, other = by_feedparser(feed).entries, by_podcastparser(feed)["episodes"]
    told = {sound.href: (int(sound.length), sound.type) for entry in one for sound in entry.enclosures}
    assert told == {each["url"]: (each["file_size"], each["mime_type"]) for a in other for each in a["enclosures"]}
    assert len(told) == 3
    for url, (length, mime) in told.items():
        content, announced = fetched(url)
        assert (length, mime) == (announced, "audio/mpeg") == (len(content), mime)
        assert content == (tmp_path / "week" / url.rpartition("/")[2]).read_bytes()


def test_chapters_and_transcripts_are_found_by_a_reader(feed: str) -> None:
    found = {each["number"]: each for each in by_podcastparser(feed)["episodes"]}
    chapters, transcript = found[1]["chapters_json_url"], found[1]["transcript_url"]
    titles = [each["title"] for each in json.loads(fetched(chapters)[0])["chapters"]]
    assert titles == [each.title for each in all_chapters(first_session())]
    assert fetched(transcript)[0].decode() == SUBTITLES["txt"](first_session(), "en")
    assert not any("chapters_json_url" in found[number] for number in (2, 3))
    entry = by_feedparser(feed).entries[0]
    assert entry.podcast_chapters == {"url": chapters, "type": "application/json+chapters"}
    told = {"url": transcript, "type": "text/plain", "language": "en"}
    assert entry.podcast_transcript == told  # both keep the last of several


def test_transcripts_of_all_kinds_are_named(feed: str) -> None:
    name = "{https://podcastindex.org/namespace/1.0}transcript"
    told = [each.attrib for each in parsed(fetched(feed)[0]).iter(name)]
    assert [(each["type"], each.get("rel")) for each in told] == [
        ("text/vtt", "captions"), ("application/x-subrip", "captions"), ("text/html", None), ("text/plain", None)
    ]  # fmt: skip
    vtt, subrip, html, _ = (fetched(each["url"])[0].decode() for each in told)
    said = [each.text for each in split(captions(first_session(), "en"), 2)]
    assert [caption.text.replace("\n", " ") for caption in webvtt.from_string(vtt).captions] == said
    assert [caption.content.replace("\n", " ") for caption in srt.parse(subrip)] == said
    assert html == SUBTITLES["html"](first_session(), "en")


@pytest.mark.parametrize("form", BUILT_IN)
def test_names_in_any_script_are_reached_and_types_are_told(tmp_path: Path, form: str) -> None:
    name = f"50% ruhig & #1? für «Sie» शांत {form}.{form}"
    sound(tmp_path / name, Tags("Ruhe"), seconds=0.1)
    with served(tmp_path) as address:
        found = by_feedparser(written(tmp_path, address).address).entries[0].enclosures[0]
        assert fetched(found.href)[0] == (tmp_path / name).read_bytes()
    types = {"mp3": "audio/mpeg", "ogg": "audio/ogg", "opus": "audio/ogg", "flac": "audio/flac", "wav": "audio/wav"}
    assert found.type == types[form]
