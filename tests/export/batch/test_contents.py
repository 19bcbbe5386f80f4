"""A file from another machine is of the kind that its name says, or is not taken."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from player.export import captions, sidecars
from player.export.batch import contents
from player.export.batch.contents import fits, is_text
from player.export.page import recognised
from player.export.page.document import page, template
from player.script import library
from tests.fakes_page import box, shown
from tests.fakes_picture import bundled, scripted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TIMELINE = bundled("box-breathing")[1]


def own(names: Sequence[str]) -> bool:
    return set(names) <= {"a-01-one.mp3", "#a-02-two.mp3"}


def taken(tmp_path: Path, name: str, content: bytes) -> bool:
    (tmp_path / "part").write_bytes(content)
    return fits(tmp_path / "part", name, own)


@pytest.mark.parametrize(
    ("name", "content", "is_so"),
    [
        ("a.mp3", b"ID3\4", True),
        ("a.mp3", b"\xff\xfb\x90", True),
        ("a.m4b", b"\0\0\0\x1cftypM4B ", True),
        ("a.wav", b"#!/bin/sh", False),
        ("a.flac", b"", False),
        ("a.sh", b"ID3", False),
        ("a.txt", b"", True),
        ("a.txt", "Ruhe\n====\n\n\u0927\u094d\u092f\u093e\u0928 \u200d\n".encode(), True),
        ("a.txt", b"\xff\xfe", False),
        ("a.txt", b"\x7fELF\0", False),
        ("a.txt", b"rest\x1b[31m", False),
        ("a.txt", "rest\u202e".encode(), False),
        ("a.vtt", b"WEBVTT\n\nNOTE x\n", True),
        ("a.vtt", b"1\n", False),
        ("a.srt", b"", True),
        ("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\nBreathe.\n", True),
        ("a.srt", b"#!/bin/sh\n", False),
        ("a.srt", b"1\nrest", False),
        ("a.lrc", b"[ti:Calm]\n", True),
        ("a.lrc", b"ti:Calm\n", False),
        ("a.labels.txt", b"", True),
        ("a.labels.txt", b"0.000000\t1.500000\tBell\n", True),
        ("a.labels.txt", b"Bell\n", False),
        ("a.m3u8", b"#EXTM3U\n#PLAYLIST:x\n#EXTINF:1.000,y\na-01-one.mp3\n#EXTINF:9.500,\n./#a-02-two.mp3\n", True),
        ("a.m3u8", b"#EXTM3U\n#PLAYLIST:x\n#EXTINF:1.000,y\na-01-one.mp3\na-01-one.mp3\n", False),
        ("a.m3u8", b"#EXTM3U\nhttp://192.0.2.1/a-01-one.mp3\n", False),
        ("a.m3u8", b"#EXTM3U\n../a-01-one.mp3\n", False),
        ("a.m3u8", b"a-01-one.mp3\n", False),
        ("a.m3u8", b'#EXTM3U\n#PLAYLIST:x\n#EXT-X-MAP:URI="http://192.0.2.1/"\n#EXTINF:1.000,y\na-01-one.mp3\n', False),
        ("a.m3u8", b"#EXTM3U\n#PLAYLIST:x\n#EXTALBUMARTURL:http://192.0.2.1/\n", False),
        ("a.m3u8", b"#EXTM3U\n#PLAYLIST:x\n#EXTINF:1.000,y\n#EXT-X-KEY:METHOD=NONE\n", False),
        ("a.m3u8", b"#EXTM3U\n#PLAYLIST:x\n", True),
        ("a.chapters.json", b'{"version": "1.2.0", "chapters": []}\n', True),
        ("a.chapters.json", b'{"version": "1.2.0"}\n', False),
        ("a.chapters.json", b'{"chapters": 7}\n', False),
        ("a.chapters.json", b'{"chapters": [}', False),
        ("a.chapters.json", b'["chapters"]', False),
        ("a.chapters.json", b'{"chapters": [{"startTime": 0.5, "endTime": 2, "title": "x"}]}', True),
        ("a.chapters.json", b'{"chapters": [{"startTime": 0, "img": "http://192.0.2.1/"}]}', False),
        ("a.chapters.json", b'{"chapters": [{"startTime": 0, "title": {"url": "x"}}]}', False),
        ("a.chapters.json", b'{"chapters": [], "podcastName": "x"}', False),
        ("a.chapters.json", b'{"chapters": [], "title": {"url": "x"}}', False),
        ("a.chapters.json", b'{"chapters": ["x"]}', False),
        ("a.chapters.json", b'{"chapters": [{"img": "http://192.0.2.1/"}], "chapters": []}', False),
        ("a.chapters.json", b"[" * 100_000, False),
    ],
    ids=str,
)
def test_a_file_is_what_its_name_says(tmp_path: Path, name: str, content: bytes, *, is_so: bool) -> None:
    assert taken(tmp_path, name, content) is is_so


@pytest.mark.parametrize("form", captions.SUBTITLES)
def test_all_texts_that_are_made_here_are_taken(tmp_path: Path, form: str) -> None:
    odd = scripted("- section: <S> & 'x'\n- say: Rest, & <b>on</b>\n  for: 3s\n")
    quiet = scripted("- pause: 3s\n", "none")
    for timeline in (TIMELINE, odd, quiet):
        made = sidecars.contents(timeline, tmp_path / "a.mp3", captions=(form,), chapters=True, labels=True)
        for path, content in made.items():
            assert is_text(path.name)
            assert taken(tmp_path, path.name, content), path.name


def test_a_text_that_is_too_long_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "MOST_TEXT", 10)
    assert taken(tmp_path, "a.txt", b"x" * 10)
    assert not taken(tmp_path, "a.txt", b"x" * 11)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("</main>", "<script>alert(1)</script>\n</main>"),
        ("<main>", "<main onclick=alert(1)>"),
        ("<title>", "<script></script><title>"),
        ("<style>", "<style>@import 'x';"),
        ("</html>\n", "</html>\n<img src=x>\n"),
        ("<p>", '<p lang="de" onclick="alert(1)">'),
        ("<!DOCTYPE html>", "\ufeff<!DOCTYPE html>"),
    ],
)
def test_a_transcript_has_nothing_in_it_but_text(tmp_path: Path, old: str, new: str) -> None:
    made = captions.html(TIMELINE)
    assert taken(tmp_path, "a.transcript.html", made.encode())
    assert old in made
    assert not taken(tmp_path, "a.transcript.html", made.replace(old, new, 1).encode())


VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">'
POLICY = '<meta http-equiv="Content-Security-Policy"'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (POLICY, f"<script>alert(1)</script>{POLICY}"),
        ("<head>", "<head><script>alert(1)</script>"),
        ("<!DOCTYPE html>", "<!DOCTYPE html><script>alert(1)</script>"),
        ("script-src ", "script-src 'unsafe-inline' "),
        ("script-src 'sha256-", "script-src 'sha256-A"),
        ("default-src 'none'; ", ""),
        ("media-src data:", "media-src *"),
        ("img-src data:", "img-src *"),
        ("base-uri 'none'; ", ""),
        ('<html lang="', '<html onclick="alert(1)" lang="'),
        ("</body>", '<META http-equiv="refresh" content="0; url=http://192.0.2.1/"></body>'),
        ("-->", "--><script>alert(1)</script>"),
        (VIEWPORT, '<meta http-equiv="refresh" content="0;url=http://192.0.2.1/">'),
        (VIEWPORT, ""),
        ("<title>", '<base href="http://192.0.2.1/"><title>'),
        ("<style>", "<style>@import 'http://192.0.2.1/';"),
        ("</style>", "body { display: none }</style>"),
        ('<link rel="icon" href="data:', '<link rel="icon" href="http://192.0.2.1/'),
        ("</head>", '<link rel="stylesheet" href="x"></head>'),
        ("<main>", '<main onclick="alert(1)">'),
        ("<main>", '<iframe src="http://192.0.2.1/"></iframe><main>'),
        ("<main>", '<object data="http://192.0.2.1/"></object><main>'),
        ("<main>", '<embed src="http://192.0.2.1/"><main>'),
        ("<main>", "<script>alert(1)</script><main>"),
        ("<main>", "<!-- <main> -->"),
        ("<main>", "<"),
        ('<form method="dialog">', '<form action="http://192.0.2.1/">'),
        ('<a href="#s1-c1"', '<a href="http://192.0.2.1/"'),
        ("data:application/yaml", "data:text/html"),
        ("data:audio/mpeg", "http://192.0.2.1/"),
        ('src="data:audio/mpeg;base64,AAAA"', 'src="b.mp3"'),
        ('src="data:audio/mpeg;base64,AAAA"', 'src="%2e%2e%2fa-01-one.mp3"'),
    ],
)
def test_a_page_has_nothing_that_runs_or_leads_elsewhere(tmp_path: Path, old: str, new: str) -> None:
    made = page([box()])
    assert old in made
    assert not taken(tmp_path, "a.html", made.replace(old, new, 1).encode())


def test_pages_that_are_made_here_are_taken(tmp_path: Path) -> None:
    odd = shown(TIMELINE, "%23a-02-two.mp3", language="hi", technique="muscles", summary='<meta http-equiv="refresh">')
    for made in (page([box()]), page([odd]), page([box(), odd], "Both <meta>", "<meta>")):
        assert taken(tmp_path, "a.html", made.encode())
        assert not taken(tmp_path, "a.html", made.replace("</body>", "<mEta></body>").encode())
    assert not taken(tmp_path, "a.html", b"")


@pytest.mark.parametrize("name", library.session_names())
def test_pages_of_all_sessions_are_taken(tmp_path: Path, name: str) -> None:
    session, timeline = bundled(name)
    assert taken(tmp_path, "a.html", page([shown(timeline, technique=session.technique)]).encode())


def test_a_page_of_another_version_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its script would be another one than that which was reviewed here."""
    made = page([box()])
    before = template("page.js")
    monkeypatch.setattr(recognised, "template", lambda name: f"{before}//" if name == "page.js" else template(name))
    recognised._head.cache_clear()
    try:
        assert not taken(tmp_path, "a.html", made.encode())
    finally:
        recognised._head.cache_clear()


def test_chapters_are_json_as_podcasts_have_it(tmp_path: Path) -> None:
    made = json.loads(sidecars.podcast_chapters(TIMELINE))
    assert taken(tmp_path, "a.chapters.json", json.dumps(made).encode())
