"""A script of a text file: how it is read, what is told, and what is refused."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from player.authoring import from_text
from player.errors import UsageError
from player.script.yaml import reader

if TYPE_CHECKING:
    from player.authoring.from_text import ImportedText


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(data: bytes, language: str | None = None) -> ImportedText:
    Path("a.txt").write_bytes(data)
    return from_text.write("a-calm_night", Path("a.txt"), None, language=language, form=None)


@pytest.mark.parametrize(
    "data",
    [
        "Schließ die Augen.".encode(),
        codecs.BOM_UTF8 + "Schließ die Augen.".encode(),
        "\ufeffSchließ die Augen.".encode("utf-16-le"),
        "\ufeffSchließ die Augen.".encode("utf-16-be"),
    ],
)
def test_encodings_that_say_what_they_are(data: bytes) -> None:
    made = write(data, "de-AT")
    lines = made.path.read_text(encoding="utf-8").split("\n")
    assert lines[0].startswith("# yaml-language-server: $schema=")
    assert lines[2:] == [
        "title: A calm night",
        "language: de-AT",
        "# background: rain",
        "steps:",
        "  - say: Schließ die Augen.",
        "",
    ]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"One\nSchlie\xdf", "a.txt must be UTF-8 text, but has the byte 0xdf in line 2; save the file as UTF-8"),
        ("One".encode("utf-16-le"), "a.txt must be UTF-8 text, but has the byte 0x00 in line 1"),
        (b"\xff\xfea", "must be UTF-8 text"),
        (b"", "a.txt has no words to say"),
        (b"[bell]\n\n...", "a.txt has no words to say"),
        (b"a" * 300_000, "a.txt is larger than 256 KiB; divide it"),
    ],
)
def test_what_is_no_text_is_refused_and_leaves_nothing(data: bytes, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        write(data)
    assert [path.name for path in Path().iterdir()] == ["a.txt"]


def test_what_makes_too_large_a_script_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_NODES", 20)
    with pytest.raises(UsageError, match=r"a\.txt makes no script: is too much: .*; divide or shorten the text"):
        write(b"One.\n\n" * 9)
    assert [path.name for path in Path().iterdir()] == ["a.txt"]


def test_a_file_that_is_not_there_and_a_script_that_is() -> None:
    with pytest.raises(UsageError, match="nowhere cannot be read: no such file"):
        from_text.write("a", Path("nowhere"), None, language=None, form=None)
    with pytest.raises(UsageError, match="--in must be a language"):
        write(b"One.", "a language")
    write(b"One.")
    with pytest.raises(UsageError, match="--force"):
        write(b"Two.")
    assert "say: One." in Path("a-calm_night.yaml").read_text(encoding="utf-8")


def test_what_was_not_understood_is_told_with_its_line() -> None:
    assert [*write(b"Sit.\n[bell\x1b]\n").told()] == [
        "a.txt:2: not understood, and kept as a comment: [bell ]",
    ]
    Path("b.txt").write_text("00:01.000 --> 00:02.000\n" + "calm and slow " * 9, encoding="utf-8")
    (told,) = from_text.write("b", Path("b.txt"), None, language=None, form=None).told()
    assert told.startswith("b.txt:2: has more words than can be said in its 1s, ")
