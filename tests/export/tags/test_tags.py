from __future__ import annotations

import base64
import hashlib
import io
import json
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import mutagen
import numpy as np
import pytest
import soundfile
from mutagen.flac import Picture
from mutagen.id3 import ID3

from player.errors import MediaError
from player.export.formats.wav import WavWriter
from player.export.options import BUILT_IN, FORMATS
from player.export.tags import Origin, SpokenLine, Tags, id3, software, tag_mp4
from player.export.tags.origin import origin_of, restored
from player.picture.cover import cover
from player.timeline.model import Section
from tests.fakes_mix import timeline
from tests.fakes_output import TAGS, chirp, decoded_by_ffmpeg, exported, needs, needs_for, probed

if TYPE_CHECKING:
    from pathlib import Path

LYRICS = (SpokenLine("Let go.", 120), SpokenLine("Atme ein, zwei", 1_504), SpokenLine("x\0y", 2_000))
SCRIPT = "\ufefftitle: Ruhe\r\nsteps:\r\n- pause: 1s # ☕\r\n".encode()
ORIGIN = Origin(
    "ruhe.yaml",
    SCRIPT,
    {"parameters": {"side": "4s", "a/b": "Zoë"}, "voice": None, "rate": 105, "skip": ["neck"]},
    {"parts/eins.yaml": b"title: A/B\n"},
)
COVER = cover(timeline(3_000), "breathing")
FULL = replace(TAGS, lyrics=LYRICS, cover=lambda: COVER, origin=ORIGIN, album="Erste Woche", track=2, tracks=7)
BAD_WAV = b"RIFF\x28\0\0\0WAVEid3 \x14\0\0\0ID3\x09\x00\x00\x00\x00\x00\x0a" + b"\xff" * 10
SOUND_FORMS = ("mp3", "wav", "flac", "ogg", "opus")
CHAPTERS = [("Settle", 0, 1_500), ("Atmen", 1_500, 2_250), ("Return", 2_250, 3_000)]


def read_back(tags: Tags) -> Any:
    kind: Any = ID3
    return kind(io.BytesIO(id3(tags)), translate=False)


# --- as others see them


@pytest.mark.tools
@pytest.mark.parametrize("form", BUILT_IN)  # (in WAV it reads the texts in the head and only the chapters of ID3)
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
        "LENGTH": "3000",
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
        assert (file.album, file.tracknumber) == ("", "")
    with soundfile.SoundFile(exported(tmp_path / "part.wav", chirp(4_800), FULL)) as file:
        assert (file.album, file.tracknumber) == ("Erste Woche", "2/7")


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


# --- lyrics, picture, programme and script


def test_id3_has_the_lyrics_with_and_without_times() -> None:
    read = read_back(FULL)
    assert read["USLT::eng"].text == "Let go.\nAtme ein, zwei\nx\\x00y"
    timed = read["SYLT::eng"]
    assert (timed.format, timed.type) == (2, 1)  # milliseconds, lyrics
    assert timed.text == [("Let go.", 120), ("\nAtme ein, zwei", 1_504), ("\nx\\x00y", 2_000)]


def test_id3_has_picture_programme_and_track() -> None:
    read = read_back(FULL)
    picture = read["APIC:"]
    assert (picture.mime, picture.type, picture.data) == ("image/png", 3, COVER)
    assert (read["TALB"].text, read["TRCK"].text) == (["Erste Woche"], ["2/7"])
    assert read_back(replace(FULL, tracks=0))["TRCK"].text == ["2"]
    assert "TPOS" not in read
    assert read_back(replace(FULL, disc=3, discs=4))["TPOS"].text == ["3/4"]


def test_any_reader_of_id3_finds_the_script() -> None:
    (attached,) = read_back(FULL).getall("GEOB")
    assert (attached.filename, attached.mime, attached.data) == ("ruhe.yaml", "application/yaml", SCRIPT)


@pytest.mark.tools
@pytest.mark.parametrize("form", FORMATS)
def test_ffprobe_sees_programme_and_track(tmp_path: Path, form: str) -> None:
    needs("ffprobe")
    needs_for(form)
    tags, _ = probed(exported(tmp_path / f"calm.{form}", chirp(4_800), FULL))
    assert tags["album"] == "Erste Woche"
    whole = {"2/7"} if "tracktotal" not in tags else {"2", "2/7"}
    assert tags["track"] in whole
    assert tags.get("tracktotal", "7") == "7"


CREDITS = replace(FULL, author="Zoë Ágnes", year=2026, license="CC BY 4.0")
COPYRIGHT = "2026 Zoë Ágnes, CC BY 4.0"


@pytest.mark.tools
@pytest.mark.parametrize("form", FORMATS)
def test_ffprobe_sees_who_made_it_when_and_under_which_terms(tmp_path: Path, form: str) -> None:
    needs("ffprobe")
    needs_for(form)
    tags, _ = probed(exported(tmp_path / f"calm.{form}", chirp(4_800), CREDITS))
    seen = [tags[name] for name in ("artist", "album", "date", "copyright")]
    assert seen == ["Zoë Ágnes", "Erste Woche", "2026", COPYRIGHT]
    assert tags["track"].partition("/")[0] == "2"
    assert tags.get("license") == (None if form == "wav" else "CC BY 4.0")  # there it reads the texts in the head alone


@pytest.mark.tools
@pytest.mark.parametrize("form", FORMATS)
def test_mutagen_sees_who_made_it_when_and_under_which_terms(tmp_path: Path, form: str) -> None:
    needs_for(form)
    opened: Any = mutagen.File(exported(tmp_path / f"calm.{form}", chirp(4_800), CREDITS))
    if form in {"mp3", "wav"}:
        names = ("TPE1", "TALB", "TRCK", "TDRC", "TCOP", "TXXX:LICENSE")
    elif form in {"m4a", "m4b"}:
        names = ("\xa9ART", "\xa9alb", "trkn", "\xa9day", "cprt", "----:com.apple.iTunes:LICENSE")
    else:
        names = ("ARTIST", "ALBUM", "TRACKNUMBER", "DATE", "COPYRIGHT", "LICENSE")
    author, album, track, year, terms, license_ = (opened.tags[name][0] for name in names)
    assert (author, album, str(year), terms) == ("Zoë Ágnes", "Erste Woche", "2026", COPYRIGHT)
    assert track in {"2", "2/7", (2, 7)}
    assert (license_.decode() if isinstance(license_, bytes) else license_) == "CC BY 4.0"


@pytest.mark.parametrize(
    ("author", "year", "terms", "shown"),
    [
        ("Zoë", 2026, "", ""),
        ("", 0, "CC0", "CC0"),
        ("", 2026, "CC0", "2026, CC0"),
        ("Zoë", 0, "CC0", "Zoë, CC0"),
    ],
)
def test_copyright_is_a_line_of_what_is_known_where_there_are_terms(
    author: str, year: int, terms: str, shown: str
) -> None:
    assert Tags("Calm", author=author, year=year, license=terms).copyright == shown


def test_terms_at_an_address_stand_where_id3_has_addresses() -> None:
    address = "https://creativecommons.org/licenses/by/4.0/"
    assert read_back(replace(CREDITS, license=address))["WCOP"].url == address
    assert "WCOP" not in read_back(CREDITS)
    assert "WCOP" not in read_back(replace(CREDITS, license="https://example.org/é"))


@pytest.mark.parametrize("form", ["flac", "ogg", "opus"])
def test_vorbis_comments_have_lyrics_picture_and_programme(tmp_path: Path, form: str) -> None:
    kind: Any = Picture
    opened: Any = mutagen.File(exported(tmp_path / f"calm.{form}", chirp(4_800), FULL))
    assert opened.tags["LYRICS"] == ["[00:00.12]Let go.\n[00:01.50]Atme ein, zwei\n[00:02.00]x\\x00y"]
    assert opened.tags["UNSYNCEDLYRICS"] == ["Let go.\nAtme ein, zwei\nx\\x00y"]
    texts = [opened.tags[name] for name in ("ALBUM", "TRACKNUMBER", "TRACKTOTAL")]
    assert texts == [["Erste Woche"], ["2"], ["7"]]
    if form == "flac":
        (picture,) = opened.pictures
    else:
        picture = kind(base64.b64decode(opened.tags["METADATA_BLOCK_PICTURE"][0]))
    assert (picture.mime, picture.type, picture.data) == ("image/png", 3, COVER)
    assert (picture.width, picture.height) == (640, 640)


@pytest.mark.parametrize("form", SOUND_FORMS)
def test_the_script_comes_back_byte_for_byte(tmp_path: Path, form: str) -> None:
    assert origin_of(exported(tmp_path / f"calm.{form}", chirp(4_800), FULL)) == ORIGIN


@pytest.mark.tools
def test_mp4_has_everything_and_keeps_its_chapters(tmp_path: Path) -> None:
    needs("ffmpeg", "ffprobe")
    path = tmp_path / "calm.m4a"
    source = exported(tmp_path / "calm.flac", chirp(3 * 48_000))
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(source), "-map", "0:a", str(path)], check=True)
    tag_mp4(path, replace(FULL, disc=3, discs=4))
    tags, chapters = probed(path)
    assert chapters == CHAPTERS
    texts = [tags[name] for name in ("title", "album", "genre", "description", "track", "disc", "encoder")]
    assert texts == [FULL.title, "Erste Woche", "breathing", FULL.summary, "2/7", "3/4", software()]
    assert tags["lyrics"] == "Let go.\nAtme ein, zwei\nx\\x00y"
    opened: Any = mutagen.File(path)
    assert [bytes(each) for each in opened.tags["covr"]] == [COVER]
    assert origin_of(path) == ORIGIN


@pytest.mark.parametrize("form", ["mp3", "wav", "flac"])  # the serial number of an Ogg stream is not in its tags
def test_the_same_tags_make_the_same_file(tmp_path: Path, form: str) -> None:
    one, two = (exported(tmp_path / f"{name}.{form}", chirp(4_800), FULL).read_bytes() for name in "ab")
    assert one == two


@pytest.mark.tools
@pytest.mark.parametrize("form", SOUND_FORMS)
def test_ffprobe_sees_lyrics_and_picture(tmp_path: Path, form: str) -> None:
    needs("ffprobe")
    path = exported(tmp_path / f"calm.{form}", chirp(3 * 48_000), FULL)
    command = ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", str(path)]
    done = subprocess.run(command, capture_output=True, check=True)
    found = json.loads(done.stdout)
    assert done.stderr == b""
    (picture,) = [each for each in found["streams"] if each["codec_type"] == "video"]
    assert (picture["codec_name"], picture["width"], picture["height"]) == ("png", 640, 640)
    tags = {**found["streams"][0].get("tags", {}), **found["format"].get("tags", {})}
    if form != "wav":  # there it reads the texts in the head alone
        assert any("Atme ein, zwei" in text for name, text in tags.items() if name.lower().startswith("lyrics"))


def test_the_script_comes_back_from_a_wav_file_of_over_four_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    writer = WavWriter(path, replace(FULL, total_ms=7 * 3_600_000))
    writer.write(chirp(4_800).tobytes())
    writer.finish()
    assert path.read_bytes()[:4] == b"RF64"
    assert origin_of(path) == ORIGIN


@pytest.mark.parametrize("form", ["mp3", "wav", "flac", "ogg"])
def test_a_file_of_somebody_else_carries_no_script(tmp_path: Path, form: str) -> None:
    path = exported(tmp_path / f"calm.{form}", chirp(4_800))
    with pytest.raises(MediaError, match="carries no script"):
        origin_of(path)


@pytest.mark.parametrize(
    "data", [b"", b"RIFF", b"ID3\x03\x00", b"fLaC", b"OggS" * 20, b"title: a\n", bytes(5000), BAD_WAV]
)
def test_what_is_no_sound_file_carries_no_script(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(data)
    with pytest.raises(MediaError, match="carries no script"):
        origin_of(path)


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="cannot be read: no such file or directory"):
        origin_of(tmp_path / "a.mp3")


@pytest.mark.parametrize("form", SOUND_FORMS)
def test_a_file_cut_anywhere_never_breaks_the_reader(tmp_path: Path, form: str) -> None:
    whole = exported(tmp_path / f"calm.{form}", chirp(4_800), FULL).read_bytes()
    path = tmp_path / f"cut.{form}"
    for share in range(0, 100, 7):
        path.write_bytes(whole[: len(whole) * share // 100])
        try:
            assert origin_of(path) == ORIGIN
        except MediaError as error:
            assert "carries no script" in str(error)  # noqa: PT017


@pytest.mark.parametrize(("document", "reason"), [("[1]", "no mapping"), ("nonsense", "Expecting"), ("{", "Expecting")])
def test_only_what_has_the_right_form_is_an_origin(document: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        restored(b"", document)


def test_odd_values_of_an_origin_are_left_out() -> None:
    digest = hashlib.sha256(b"s").hexdigest()
    document = {"script": 5, "sha256": digest, "includes": {"a.yaml": "t", "b.yaml": 7}, "voice": "x"}
    assert restored(b"s", json.dumps(document)) == Origin("", b"s", {"voice": "x"}, {"a.yaml": b"t"})


def test_a_damaged_script_is_not_given_back(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="damaged"):
        restored(SCRIPT[:-1], ORIGIN.document())
    path = exported(tmp_path / "a.mp3", chirp(4_800), FULL)
    path.write_bytes(path.read_bytes().replace(b"pause: 1s #", b"pause: 9s #"))
    with pytest.raises(MediaError, match="no script that is whole"):
        origin_of(path)
