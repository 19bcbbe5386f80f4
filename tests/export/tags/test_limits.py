"""Hostile tags: small files that ask for much. Each has the right answer, and is read in little time and memory."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Any

import mutagen
import pytest
from mutagen.id3 import ID3

from player.errors import MediaError
from player.export.page.carried import origin_of_page
from player.export.tags import Tags, read_tags
from player.export.tags.fields import LARGEST_SCRIPT, MOST_FIELDS
from player.export.tags.origin import Origin, origin_of, restored
from tests.adversary import hostile_media as media
from tests.fakes_output import chirp, exported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OURS = Origin("calm.yaml", media.SCRIPT)
VERSIONS = (2, 3, 4)
ZEROS = bytes(2**26)
CHAPTERS = (media.frame("CHAP", media.chapter(b"c")),) * (MOST_FIELDS - 5)
"""One chapter again and again, as often as is read past."""


@pytest.fixture(autouse=True)
def little_memory(request: pytest.FixtureRequest) -> Iterator[None]:
    """A fault of this kind takes gigabytes; what is read at all has at most a few copies of 32 MB."""
    tracemalloc.start()
    yield
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 250 * 2**20


def put(folder: Path, content: bytes, name: str = "a.mp3") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def carries_nothing(path: Path) -> bool:
    try:
        origin_of(path)
    except MediaError as error:
        assert str(error) == f"{path} carries no script that is whole; name a sound file that player export has made"  # noqa: PT017
        return True
    return False


@pytest.mark.parametrize("version", VERSIONS)
def test_a_script_is_read_from_every_version_of_id3(tmp_path: Path, version: int) -> None:
    assert origin_of(put(tmp_path, media.tag(media.origin_frames(version), version))) == OURS


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("wide", [False, True])
def test_frames_in_utf_16_and_unsynchronised_tags_are_read(tmp_path: Path, version: int, wide: bool) -> None:
    names = ("TXX", "GEO") if version == 2 else ("TXXX", "GEOB")
    script = media.SCRIPT + b"# \xff\x00"
    contents = media.txxx(media.document(script), wide=wide), media.geob(script, wide=wide)
    if version == 4:  # each frame counts its bytes with the zeros that were put in
        contents = tuple(each.replace(b"\xff", b"\xff\0") for each in contents)  # type: ignore[assignment]
    frames = b"".join(media.frame(*pair, version) for pair in zip(names, contents, strict=True))
    frames = frames if version == 4 else frames.replace(b"\xff", b"\xff\0")
    assert origin_of(put(tmp_path, media.tag([frames], version, flags=0x80))).script == script


@pytest.mark.parametrize("version", [3, 4])
def test_small_compressed_frames_are_read(tmp_path: Path, version: int) -> None:
    frames = [
        media.squeezed("TXXX", media.txxx(media.document()), version),
        media.squeezed("GEOB", media.geob(), version),
    ]
    assert origin_of(put(tmp_path, media.tag(frames, version))) == OURS


@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize("name", ["PRIV", "GEOB", "TXXX", "APIC", "TIT2"])
def test_a_frame_that_expands_a_thousand_times_is_passed_over(tmp_path: Path, version: int, name: str) -> None:
    bombs = [media.squeezed(name, ZEROS, version)] * 4
    assert origin_of(put(tmp_path, media.tag([*bombs, *media.origin_frames(version)], version))) == OURS


def test_so_is_one_in_a_wav_file(tmp_path: Path) -> None:
    tag = media.tag([media.squeezed("GEOB", media.geob(ZEROS), 3), *media.origin_frames()])
    path = put(tmp_path, media.riff((b"fmt ", media.wav_format()), (b"id3 ", tag)), "a.wav")
    assert origin_of(path) == OURS


def test_many_compressed_frames_are_not_all_expanded(tmp_path: Path) -> None:
    bombs = [media.squeezed("APIC", b"\0image/png\0\3\0" + ZEROS[: 15 * 2**20], 3)] * 200
    assert carries_nothing(put(tmp_path, media.tag([*bombs, media.squeezed("GEOB", media.geob(), 3)])))


@pytest.mark.parametrize(
    "frames",
    [CHAPTERS, [media.nested(3000)], [media.frame("CTOC", media.contents(b"a", b"a"))], [media.nested(3000)] * 9],
    ids=["one name", "nested", "cycle", "many nested"],
)
def test_chapters_are_never_opened(tmp_path: Path, frames: tuple[bytes, ...]) -> None:
    assert origin_of(put(tmp_path, media.tag([*frames, *media.origin_frames()]))) == OURS


def test_more_frames_than_any_tag_has_end_the_reading(tmp_path: Path) -> None:
    assert carries_nothing(put(tmp_path, media.tag([*CHAPTERS, *CHAPTERS, *media.origin_frames()])))


def test_a_script_of_a_megabyte_is_none(tmp_path: Path) -> None:
    long = b"#" * (LARGEST_SCRIPT + 1)
    assert carries_nothing(put(tmp_path, media.tag(media.origin_frames(3, long))))
    assert carries_nothing(put(tmp_path, media.flac((4, media.comments(media.origin_comments(script=long)))), "a.flac"))
    assert carries_nothing(put(tmp_path, media.mp4(media.origin_items(script=long)), "a.m4a"))


BROKEN: dict[str, Callable[[], bytes]] = {
    "count.flac": lambda: media.flac((4, media.comments({}, count=2**32 - 1))),
    "many.flac": lambda: media.flac((4, media.comments([(f"A{n}", b"") for n in range(50_000)]))),
    "blocks.flac": lambda: media.flac(*[(1, b"")] * 50_000, (4, media.comments(media.origin_comments()))),
    "pages.ogg": lambda: media.ogg(media.VORBIS_HEAD, b"\x03vorbis" + bytes(2**23), page=1),
    "large.opus": lambda: media.ogg(media.OPUS_HEAD, b"OpusTags" + bytes(2**25)),
    "nested.m4a": lambda: media.atom(b"ftyp", bytes(8)) + media.nested_atoms(50_000),
    "itself.m4a": lambda: media.mp4(media.atom(b"----", b"", size=4)),
    "many.m4a": lambda: media.mp4(media.origin_items(), before=media.atom(b"trak", b"") * 50_000),
    "chunks.wav": lambda: media.riff(*[(b"junk", b"")] * 50_000, (b"id3 ", media.tag(media.origin_frames()))),
    "far.wav": lambda: media.riff((b"ds64", b"\xff" * 16 + bytes(12)), (b"data", b""), kind=b"RF64"),
    "stacked.mp3": lambda: media.tag([]) * 1_000_000,
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_lies_about_its_size_or_depth_carries_no_script(tmp_path: Path, name: str) -> None:
    path = put(tmp_path, BROKEN[name](), name)
    assert carries_nothing(path)
    assert read_tags(path) is None


@pytest.mark.parametrize(
    "document",
    [
        media.deep_document(100_000),
        media.document(x="HERE").replace(b'"HERE"', b"[" + b"[]," * 100_000 + b"1]"),
        media.document(x="HERE").replace(b'"HERE"', b"NaN"),
        media.document(x="HERE").replace(b'"HERE"', b"1e999"),
        media.document(x="HERE").replace(b'"HERE"', b"9" * 5000),
        media.document() + b" " * 2**23,
    ],
    ids=["deep", "wide", "no number", "infinite", "long number", "long"],
)
def test_json_that_asks_for_much_is_no_origin(document: bytes) -> None:
    with pytest.raises(ValueError, match=r"is too (deep|long|large)|is no number|Exceeds the limit"):
        restored(media.SCRIPT, document.decode())


def test_brackets_in_a_text_are_no_depth() -> None:
    found = restored(media.SCRIPT, media.document(voice='[{"\\' * 1000).decode())
    assert found.facts == {"voice": '[{"\\' * 1000}


def test_a_page_is_found_across_the_pieces_in_which_it_is_read(tmp_path: Path) -> None:
    length = 2**23 - len("<!DOCTYPE html>")
    for before in (0, 1, 20, 100, 150, 200, 300):
        path = put(tmp_path, media.page(filling=b"A" * (length - before)), "a.html")
        assert origin_of_page(path) == OURS


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (media.page(times=5000), "carries the scripts of 5000 sessions"),
        (media.page(media.deep_document(100_000)), "carries no script that is whole"),
        (b'<script type="application/json" class="origin">' + b"x" * 2**24, "carries no script that is whole"),
    ],
)
def test_a_hostile_page_is_one_sentence(tmp_path: Path, content: bytes, problem: str) -> None:
    with pytest.raises(MediaError, match=problem):
        origin_of_page(put(tmp_path, content, "a.html"))


@pytest.mark.parametrize("version", [3, 4])
def test_tags_that_another_program_wrote_again_are_read(tmp_path: Path, version: int) -> None:
    path = exported(tmp_path / "a.mp3", chirp(48_000), Tags("Ruhe ☕", "Kurz.", language="de", origin=OURS))
    kind: Any = ID3
    tags = kind(path)
    tags.save(path, v2_version=version)
    found = read_tags(path)
    assert found is not None
    assert (found.title, found.summary, found.language) == ("Ruhe ☕", "Kurz.", "de")
    assert found.length_ms == pytest.approx(1000, abs=80)
    assert origin_of(path) == OURS


def test_comments_that_another_program_wrote_again_are_read(tmp_path: Path) -> None:
    path = exported(tmp_path / "a.flac", chirp(48_000), Tags("Ruhe ☕", origin=OURS))
    file: Any = mutagen.File(path)
    file.tags["title"] = "Anders"
    file.save()
    found = read_tags(path)
    assert found is not None
    assert (found.title, found.length_ms) == ("Anders", 1000)
    assert origin_of(path) == OURS
