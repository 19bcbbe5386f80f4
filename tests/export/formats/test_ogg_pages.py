from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import soundfile
from mutagen.ogg import OggPage

from player.export.formats.ogg_pages import checksum, renumber
from player.export.options import FORMATS
from tests.fakes_output import chirp, decoded_by_ffmpeg, exported, needs, needs_for

if TYPE_CHECKING:
    from pathlib import Path


def pages(path: Path) -> list[Any]:
    kind: Any = OggPage
    found: list[Any] = []
    with path.open("rb") as file:
        while file.tell() < path.stat().st_size:
            found.append(kind(file))
    return found


def test_the_checksum_is_that_of_ogg() -> None:
    # CRC-32 with this polynomial, no mirroring, from 0: the catalogue of CRCs gives 0x89A1897F for its test word.
    assert checksum(b"123456789") == 0x89A1897F
    assert checksum(b"") == 0


@pytest.mark.parametrize("form", ["ogg", "opus"])
def test_all_pages_have_one_serial_and_are_whole(tmp_path: Path, form: str) -> None:
    path = exported(tmp_path / f"calm.{form}", chirp(96_000))
    found = pages(path)
    assert len(found) > 3
    assert len({page.serial for page in found}) == 1
    assert b"".join(page.write() for page in found) == path.read_bytes()  # mutagen reckons every checksum anew


@pytest.mark.parametrize("form", ["ogg", "opus"])
def test_another_sound_has_another_serial(tmp_path: Path, form: str) -> None:
    files = [exported(tmp_path / f"{seed}.{form}", chirp(9600, seed)) for seed in (1, 2)]
    assert pages(files[0])[0].serial != pages(files[1])[0].serial


@pytest.mark.parametrize("one_channel", [False, True])
@pytest.mark.parametrize("form", FORMATS)
def test_the_same_sound_makes_the_same_bytes(tmp_path: Path, form: str, one_channel: bool) -> None:
    needs_for(form)
    sound = chirp(3 * 48_000)
    files = [exported(tmp_path / f"{name}.{form}", sound, one_channel=one_channel) for name in ("one", "other")]
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.tools
@pytest.mark.parametrize("form", ["ogg", "opus"])
def test_decoders_take_it_without_complaint(tmp_path: Path, form: str) -> None:
    needs("ffmpeg")
    path = exported(tmp_path / f"calm.{form}", chirp(96_000))
    assert len(decoded_by_ffmpeg(path)) == 96_000  # ffmpeg checks pages and complains
    before = soundfile.read(path)[0]
    renumber(path, 7)
    assert {page.serial for page in pages(path)} == {7}
    assert np.array_equal(soundfile.read(path)[0], before)


@pytest.mark.parametrize("cut", [10, 100])
def test_what_is_no_whole_page_is_an_error(tmp_path: Path, cut: int) -> None:
    path = exported(tmp_path / "calm.ogg", chirp(9600))
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(ValueError, match=r"the Ogg page at byte \d+ is"):
        renumber(path, 7)
