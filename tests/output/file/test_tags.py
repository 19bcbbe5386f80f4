from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import mutagen
import numpy as np
import pytest
import soundfile
from mutagen.id3 import ID3

from player.output.file.export import FORMATS
from player.output.file.tags import Tags, id3, software
from player.timeline.model import Section
from tests.fakes_output import TAGS, chirp, decoded_by_ffmpeg, exported, needs, probed

if TYPE_CHECKING:
    from pathlib import Path

CHAPTERS = [("Settle", 0, 1_500), ("Atmen", 1_500, 2_250), ("Return", 2_250, 3_000)]


def read_back(tags: Tags) -> Any:
    kind: Any = ID3
    return kind(io.BytesIO(id3(tags)), translate=False)


# --- as others see them


@pytest.mark.tools
@pytest.mark.parametrize("form", FORMATS)  # (in WAV it reads the texts in the head and only the chapters of ID3)
def test_ffprobe_sees_title_and_chapters(tmp_path: Path, form: str) -> None:
    needs("ffprobe")
    tags, chapters = probed(exported(tmp_path / f"calm.{form}", chirp(3 * 48_000)))
    assert tags["title"] == TAGS.title
    assert tags["genre"] == "breathing"
    assert tags.get("language") == {"mp3": "eng", "wav": None}.get(form, "en-GB")
    assert TAGS.summary in {tags.get("comment"), tags.get("description")}
    assert tags["encoder"].startswith("player")
    # To the end of the file: with Opus ffprobe counts the decoder's 6.5 ms of run-up, which it then cuts.
    assert [chapter[:2] for chapter in chapters] == [chapter[:2] for chapter in CHAPTERS]
    assert chapters[-1][2] == pytest.approx(3_000, abs=7)


@pytest.mark.parametrize("form", ["flac", "ogg", "opus"])
def test_vorbis_comments(tmp_path: Path, form: str) -> None:
    opened: Any = mutagen.File(exported(tmp_path / f"calm.{form}", chirp(4_800)))
    assert {name.upper(): texts[0] for name, texts in opened.tags.items()} == {
        "TITLE": "Ruhe für den Rücken",
        "DESCRIPTION": "Four equal sides, to steady the breath.",
        "GENRE": "breathing",
        "LANGUAGE": "en-GB",
        "ENCODER": software(),
        "CHAPTER001": "00:00:00.000",
        "CHAPTER001NAME": "Settle",
        "CHAPTER002": "00:00:01.500",
        "CHAPTER002NAME": "Atmen",
        "CHAPTER003": "00:00:02.250",
        "CHAPTER003NAME": "Return",
    }


def test_mp3_has_its_tag_in_front_and_the_stream_behind_it(tmp_path: Path) -> None:
    whole = exported(tmp_path / "calm.mp3", chirp(4_800)).read_bytes()
    assert whole.startswith(id3(TAGS))
    assert whole[len(id3(TAGS)) :][:2] == b"\xff\xfb"


def test_libsndfile_shows_what_windows_shows(tmp_path: Path) -> None:
    with soundfile.SoundFile(exported(tmp_path / "calm.wav", chirp(4_800))) as file:
        assert (file.title, file.comment, file.genre) == (TAGS.title, TAGS.summary, TAGS.technique)


@pytest.mark.tools
@pytest.mark.parametrize("form", ["wav", "flac"])
def test_tags_do_not_touch_the_sound(tmp_path: Path, form: str) -> None:
    needs("ffmpeg")
    sound = chirp(48_000)
    assert np.array_equal(decoded_by_ffmpeg(exported(tmp_path / f"calm.{form}", sound)), sound)


# --- ID3


def test_every_text_of_id3() -> None:
    read = read_back(TAGS)
    assert read.version == (2, 3, 0)
    texts = {name: read[name].text for name in ("TIT2", "TCON", "TLAN", "TLEN", "TSSE")}
    assert texts == {
        "TIT2": ["Ruhe für den Rücken"],
        "TCON": ["breathing"],
        "TLAN": ["eng"],
        "TLEN": ["3000"],
        "TSSE": [software()],
    }
    assert read["COMM::eng"].text == [TAGS.summary]


def test_chapters_follow_the_addendum() -> None:
    read = read_back(TAGS)
    contents = read["CTOC:toc"]
    assert (contents.flags, contents.child_element_ids) == (3, ["ch0", "ch1", "ch2"])
    chapters = [read[f"CHAP:{name}"] for name in contents.child_element_ids]
    assert [(each.sub_frames["TIT2"].text[0], each.start_time, each.end_time) for each in chapters] == CHAPTERS
    assert {(each.start_offset, each.end_offset) for each in chapters} == {(0xFFFFFFFF, 0xFFFFFFFF)}


def test_the_same_tags_are_the_same_bytes_without_padding() -> None:
    assert id3(TAGS) == id3(TAGS)
    assert id3(TAGS).endswith("Return\0".encode("utf-16-le"))


def test_wav_carries_the_whole_id3_tag_behind_the_sound(tmp_path: Path) -> None:
    opened: Any = mutagen.File(exported(tmp_path / "calm.wav", chirp(4_800)))
    assert opened.tags["TLAN"].text == ["eng"]
    assert opened.tags["CHAP:ch1"].sub_frames["TIT2"].text == ["Atmen"]


def test_what_is_empty_is_left_out() -> None:
    assert sorted(read_back(Tags("Calm", total_ms=1000))) == ["TIT2", "TLEN", "TSSE"]


def test_no_text_smuggles_in_a_second_one() -> None:
    tags = replace(TAGS, title="Calm\0Evil", summary="two\nlines", chapters=(Section("a\x1bb", 0),))
    read = read_back(tags)
    assert read["TIT2"].text == ["Calm\\x00Evil"]
    assert read["COMM::eng"].text == ["two lines"]
    assert read["CHAP:ch0"].sub_frames["TIT2"].text == ["a\\x1bb"]


@pytest.mark.parametrize(
    ("language", "code"),
    [("en-GB", "eng"), ("de", "deu"), ("pt-BR", "por"), ("gsw", "gsw"), ("DE-at", "deu"), ("qq", None)],
)
def test_id3_names_languages_by_three_letters(language: str, code: str | None) -> None:
    read = read_back(replace(TAGS, language=language))
    assert (read["TLAN"].text[0] if "TLAN" in read else None) == code


def test_no_more_chapters_than_a_table_of_contents_can_count() -> None:
    many = tuple(Section(f"Part {number}", number * 1000) for number in range(300))
    read = read_back(replace(TAGS, chapters=many, total_ms=300_000))
    assert len(read["CTOC:toc"].child_element_ids) == 255
    assert read["CHAP:ch254"].end_time == 255_000
