"""Tags are read back from every format as they were written, and only from files of this program."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import mutagen
import pytest
from mutagen.id3 import TPE1

from player.errors import MediaError
from player.export.options import FORMATS
from player.export.tags import Tags, read_tags
from player.picture.cover import cover
from tests.fakes_mix import timeline
from tests.fakes_output import TAGS, chirp, exported, needs, needs_for

if TYPE_CHECKING:
    from pathlib import Path

COVER = cover(timeline(3_000), "breathing")
FULL = replace(
    TAGS, cover=lambda: COVER, album="Erste Woche", track=2, tracks=7, disc=3, discs=4, chapters=(), language="pt-BR"
)
AUTHORS = {"mp3": "TPE1", "m4a": "\xa9ART", "m4b": "\xa9ART"}


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_says_again_what_was_written(tmp_path: Path, form: str) -> None:
    needs_for(form)
    found = read_tags(exported(tmp_path / f"a.{form}", chirp(3 * 48_000), FULL))
    assert found is not None
    assert (found.title, found.summary, found.album) == (FULL.title, FULL.summary, FULL.album)
    assert (found.track, found.disc, found.author) == (2, 3, "")
    assert found.language == ("pt" if form in {"mp3", "wav"} else "pt-BR")
    assert found.length_ms == pytest.approx(3_000, abs=80)  # an encoder's last frame may be longer than the sound
    assert found.cover == COVER


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_missing_is_empty(tmp_path: Path, form: str) -> None:
    needs_for(form)
    found = read_tags(exported(tmp_path / f"a.{form}", chirp(4_800), Tags("", total_ms=100)))
    assert found is not None
    texts = (found.title, found.summary, found.language, found.author, found.album, found.cover)
    assert (texts, found.track, found.disc) == (("", "", "", "", "", b""), 0, 0)


@pytest.mark.parametrize("form", ["mp3", "flac", "ogg", "opus", "m4a"])
def test_an_author_is_whom_players_show_as_the_artist(tmp_path: Path, form: str) -> None:
    needs_for(form)
    path = exported(tmp_path / f"a.{form}", chirp(4_800))
    file: Any = mutagen.File(path)
    name = AUTHORS.get(form, "ARTIST")
    frame: Any = TPE1
    file.tags[name] = frame(encoding=3, text="Zoë") if form == "mp3" else ["Zoë"]
    file.save()
    found = read_tags(path)
    assert found is not None
    assert found.author == "Zoë"


@pytest.mark.tools
@pytest.mark.parametrize("form", FORMATS)
def test_a_file_of_another_program_is_none_of_ours(tmp_path: Path, form: str) -> None:
    needs("ffmpeg")
    options = ["-f", "lavfi", "-i", "sine=duration=0.2", "-metadata", "title=player 1", "-f"]
    kind = {"m4a": "mp4", "m4b": "mp4"}.get(form, form)
    path = tmp_path / f"a.{form}"
    subprocess.run(["ffmpeg", "-v", "error", *options, kind, str(path)], check=True)
    assert read_tags(path) is None


@pytest.mark.parametrize("form", ["mp3", "wav", "flac", "ogg", "opus"])
def test_a_damaged_file_is_none_and_never_an_error(tmp_path: Path, form: str) -> None:
    whole = exported(tmp_path / f"a.{form}", chirp(4_800), FULL).read_bytes()
    path = tmp_path / f"b.{form}"
    for cut in range(0, 400, 7):
        path.write_bytes(whole[:cut])
        assert read_tags(path) is None or cut > 200
    for at in range(0, len(whole), len(whole) // 60):
        path.write_bytes(whole[:at] + b"\xff\x00\xff\x7f" + whole[at + 4 :])
        read_tags(path)


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"none\.mp3 cannot be read: no such file"):
        read_tags(tmp_path / "none.mp3")
