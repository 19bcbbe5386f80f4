"""Every feed is valid by the rules of RSS, Apple and Podcasting 2.0, and the rules tell a broken one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from player.export import sidecars
from player.export.feed import lock, rss
from player.export.feed.categories import Category, category
from player.export.feed.legible import description, legible, line
from player.export.feed.rss import Channel
from player.export.options import BUILT_IN
from player.export.tags import Tags
from tests.export.feed.fakes import URL, album, episode, sound, written
from tests.export.feed.schema import categories, faults
from tests.fakes_picture import bundled

if TYPE_CHECKING:
    from pathlib import Path

    from player.export.feed.episodes import Episode

NAMES = {
    "markup": "<b>A & B</b> ]]> &amp; <!-- \"quoted\" 'twice'",
    "emoji": "🧘‍♀️ 🌙 👩‍👩‍👧 شांत नम‌स्ते 静か",
    "long": "very " * 60,
    "long_word": "ö" * 300,
    "long_emoji": "🌙" * 300,
    "controls": "a\0b\x1b[2J\u2028c\ufffe",
}


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The feed of an album of which the first file has everything beside it."""
    folder = tmp_path_factory.mktemp("week")
    first, *_ = album(folder)
    beside = sidecars.contents(bundled("safety-first")[1], first, captions=("vtt", "srt", "txt", "html"), chapters=True)
    for path, content in beside.items():
        path.write_bytes(content)
    written(folder, author="Ann & Bo <a@b>")
    return (folder / "feed.xml").read_bytes()


def made(found: Episode, **texts: str) -> bytes:
    """A feed of one episode, with a picture."""
    told = {"title": "T", "description": "D", "author": "", "language": "en", "image": "cover.png", **texts}
    channel = Channel(address=URL, category=Category("Science"), is_album=False, **told)
    return rss.feed(channel, [found], lock.extended(lock.first(URL), [found], URL))


def test_the_feed_of_an_album_with_chapters_and_transcripts_is_valid(week: bytes) -> None:
    assert (week.count(b"<podcast:transcript"), week.count(b"<podcast:chapters")) == (4, 1)
    assert faults(week) == []


def test_a_feed_of_all_formats_in_no_album_is_valid(tmp_path: Path) -> None:
    for form in BUILT_IN:
        sound(tmp_path / f"50% #1? für «Sie» शांत.{form}", Tags("Ruhe", language="de"), seconds=0.1)
    assert written(tmp_path, "http://localhost:8000/für dich").episodes == len(BUILT_IN)
    assert faults((tmp_path / "feed.xml").read_bytes()) == []


def test_any_names_of_files_leave_it_valid(tmp_path: Path) -> None:
    for number, text in enumerate(NAMES.values(), 1):
        sound(tmp_path / f"{number}.wav", Tags(text, text * 30, album="W", track=number), seconds=0.1)
    everything = "".join(NAMES.values())
    written(tmp_path, title=everything, author=everything, description=everything * 9)
    assert faults((tmp_path / "feed.xml").read_bytes()) == []


@pytest.mark.parametrize("text", NAMES.values(), ids=NAMES)
def test_any_name_in_any_place_leaves_it_valid(text: str) -> None:
    title, summary = legible(text), legible(text * 30)
    assert faults(made(episode(title=title, summary=summary, author=title), title=title, description=summary)) == []


def test_titles_of_many_episodes_are_a_description_that_apps_read() -> None:
    found = ", ".join(f"Sitzung {number} für schöne Träume" for number in range(200))
    assert faults(made(episode(), description=found)) == []


@pytest.mark.parametrize("name", ["a.mp3", "A.MP3", "a.m4a", "a.m4b", "a.opus"])
def test_every_ending_has_its_type(name: str) -> None:
    assert faults(made(episode(name))) == []


@pytest.mark.parametrize("language", ["en", "pt-BR", "zh-Hans-CN", "fil", "en-x-a"])
def test_every_language_that_a_file_may_have_is_valid(language: str) -> None:
    assert faults(made(episode(language=language), language=language)) == []


def test_a_feed_without_a_picture_lacks_what_apple_requires() -> None:
    assert faults(made(episode())) == []
    assert faults(made(episode(), image="")) != []


def test_our_categories_are_those_of_the_schema() -> None:
    assert len(categories()) > 100
    for name, inner in categories():
        assert category(f"{name}/{inner}" if inner else name) == (name, inner)


# --- cutting


def test_a_cut_is_after_a_word_and_told_by_an_ellipsis() -> None:
    assert line("word " * 51 + "x") == "word " * 49 + "word…"
    assert line("x" * 255) == "x" * 255
    assert line("x" * 256) == "x" * 254 + "…"
    assert description("ö" * 2000) == "ö" * 2000
    assert description("ö" * 2001) == "ö" * 1998 + "…"


# --- what the rules tell

BROKEN = {
    "no guid of an item": ('<guid isPermaLink="false">', "</guid>", ""),
    "two titles": ("<title>Week", "</title>", "<title>Week</title><title>Week</title>"),
    "no title": ("<title>Day 1", "</title>", ""),
    "no self link": ("<atom:link", "/>", ""),
    "no artwork": ("<itunes:image", "/>", ""),
    "artwork of another kind": ("cover.png", '"', 'cover.gif"'),
    "no language": ("<language>", "</language>", ""),
    "a language in words": ("<language>", "</language>", "<language>English</language>"),
    "a length below zero": ('length="', '"', 'length="-1"'),
    "a length in words": ('length="', '"', 'length="5 MB"'),
    "a type that is no sound's": ('type="audio/', '"', 'type="text/plain"'),
    "another sound's type": ('type="audio/', '"', 'type="audio/ogg"'),
    "an address of a folder here": ('<enclosure url="', '"', '<enclosure url="c.mp3"'),
    "an address with a space": ('<enclosure url="', '"', '<enclosure url="https://example.org/a b.mp3"'),
    "two enclosures": ("<enclosure", "/>", '<enclosure url="https://a.b/c.mp3" length="1" type="audio/mpeg"/>' * 2),
    "an unknown element": ("<generator>", "</generator>", "<maker>player</maker>"),
    "an unknown attribute": ("<language>", "</language>", '<language code="x">en</language>'),
    "an unknown namespace": ("<generator>", "</generator>", '<generator xmlns="urn:x">player</generator>'),
    "a date of ISO 8601": ("<pubDate>", "</pubDate>", "<pubDate>2023-11-14T22:13:20Z</pubDate>"),
    "a date with a year of two digits": ("<pubDate>", "</pubDate>", "<pubDate>Tue, 14 Nov 23 22:13:20 GMT</pubDate>"),
    "another day of the week": ("<pubDate>", "</pubDate>", "<pubDate>Mon, 14 Nov 2023 22:13:20 GMT</pubDate>"),
    "a date that no month has": ("<pubDate>", "</pubDate>", "<pubDate>Thu, 31 Feb 2023 22:13:20 GMT</pubDate>"),
    "a duration of none": ("<itunes:duration>", "</itunes:duration>", "<itunes:duration>0</itunes:duration>"),
    "a number of none": ("<itunes:episode>", "</itunes:episode>", "<itunes:episode>0</itunes:episode>"),
    "a serial without a number": ("<itunes:episode>", "</itunes:episode>", ""),
    "explicit: clean": ("<itunes:explicit>", "</itunes:explicit>", "<itunes:explicit>clean</itunes:explicit>"),
    "another type of show": ("<itunes:type>", "</itunes:type>", "<itunes:type>Serie</itunes:type>"),
    "no category of Apple's": ('text="Mental Health', '"', 'text="Calm"'),
    "a guid that is no UUID": ("<podcast:guid>", "</podcast:guid>", "<podcast:guid>week</podcast:guid>"),
    "captions by another name": ('rel="captions', '"', 'rel="subtitles"'),
    "another type of transcript": ('type="text/vtt', '"', 'type="text/srt"'),
    "another type of chapters": ('type="application/json+chapters', '"', 'type="application/json"'),
    "a space before a title": ("<title>Day 1", "</title>", "<title> Day 1</title>"),
    "an empty title": ("<title>Day 1", "</title>", "<title/>"),
    "a title of 256 characters": ("<title>Day 1", "</title>", f"<title>{'x' * 256}</title>"),
    "a description of 4002 bytes": ("<description>Sit 1", "</description>", f"<description>{'ö' * 2001}</description>"),
    "an image of another title": ("<title>Week", "</title>", "<title>Month</title>"),
    "version 0.91": ('version="2.0', '"', 'version="0.91"'),
}  # fmt: skip


@pytest.mark.parametrize(("start", "end", "instead"), BROKEN.values(), ids=BROKEN)
def test_the_rules_tell_a_broken_feed(week: bytes, start: str, end: str, instead: str) -> None:
    whole = week.decode()
    before, found, rest = whole.partition(start)
    assert found
    assert faults((before + instead + rest.partition(end)[2]).encode()) != []


def test_the_rules_tell_a_guid_and_a_sound_that_occur_twice(week: bytes) -> None:
    before, item, rest = week.decode().partition("<item>")
    first, end, others = rest.partition("</item>")
    assert len(faults((before + (item + first + end) * 2 + others).encode())) == 2


def test_what_the_specifications_allow_and_we_do_not_write_is_valid(week: bytes) -> None:
    more = """<podcast:locked owner="a@b.example">yes</podcast:locked><podcast:medium>podcast</podcast:medium>
      <podcast:license>cc-by-4.0</podcast:license><podcast:person role="host">Ann</podcast:person>
      <itunes:category text="Arts"/><copyright>Ann</copyright><ttl>60</ttl>"""
    assert faults(week.replace(b"</generator>", b"</generator>" + more.encode())) == []
    for wrong in ("<podcast:locked>maybe</podcast:locked>", "<podcast:medium>calm</podcast:medium>",
                  "<podcast:license>My own</podcast:license>", "<podcast:person> </podcast:person>"):  # fmt: skip
        assert faults(week.replace(b"</generator>", b"</generator>" + wrong.encode())) != []
