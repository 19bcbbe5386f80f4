"""A file from another machine is of the kind that its name says, or is not taken."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from player.export import captions, sidecars
from player.export.batch import contents
from player.export.batch.contents import fits, is_text
from player.export.page import document
from player.export.page.document import METAS, page, template
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
        ("a.m3u8", b"#EXTM3U\n#PLAYLIST:x\n#EXTINF:1.000,y\na-01-one.mp3\n./#a-02-two.mp3\n", True),
        ("a.m3u8", b"#EXTM3U\nhttp://192.0.2.1/a-01-one.mp3\n", False),
        ("a.m3u8", b"#EXTM3U\n../a-01-one.mp3\n", False),
        ("a.m3u8", b"a-01-one.mp3\n", False),
        ("a.chapters.json", b'{"version": "1.2.0", "chapters": []}\n', True),
        ("a.chapters.json", b'{"version": "1.2.0"}\n', False),
        ("a.chapters.json", b'{"chapters": 7}\n', False),
        ("a.chapters.json", b'{"chapters": [}', False),
        ("a.chapters.json", b'["chapters"]', False),
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
    ],
)
def test_a_page_lets_nothing_run_but_our_script(tmp_path: Path, old: str, new: str) -> None:
    made = page([box()])
    assert old in made
    assert not taken(tmp_path, "a.html", made.replace(old, new, 1).encode())


def test_pages_that_are_made_here_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "_PIECE", 7)  # so that a sign lies across two pieces
    odd = shown(TIMELINE, "a.mp3", language="hi", technique="muscles", summary='<meta http-equiv="refresh">')
    for made in (page([box()]), page([odd]), page([box(), odd], "Both <meta>", "<meta>")):
        assert made.count("<meta") == METAS
        assert taken(tmp_path, "a.html", made.encode())
        assert not taken(tmp_path, "a.html", made.replace("</body>", "<mEta></body>").encode())


def test_a_page_of_another_version_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its script would be another one than that which was reviewed here."""
    made = page([box()])
    before = template("page.js")
    monkeypatch.setattr(document, "template", lambda name: f"{before}//" if name == "page.js" else template(name))
    document._beginning.cache_clear()
    try:
        assert not taken(tmp_path, "a.html", made.encode())
    finally:
        document._beginning.cache_clear()


def test_chapters_are_json_as_podcasts_have_it(tmp_path: Path) -> None:
    made = json.loads(sidecars.podcast_chapters(TIMELINE))
    assert taken(tmp_path, "a.chapters.json", json.dumps(made).encode())
