from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from player.errors import OutputError
from player.export.formats import mp4
from player.export.formats.bitrates import Quality
from player.export.formats.table import export_sink, must_be_possible
from player.export.options import BY_FFMPEG
from player.timeline.model import Section
from tests.fakes_output import TAGS, chirp, decoded_by_ffmpeg, exported, needs, probed

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.tools
@pytest.mark.parametrize("form", BY_FFMPEG)
def test_every_frame_arrives_at_its_time(tmp_path: Path, form: str) -> None:
    needs("ffmpeg")
    sound = chirp(3 * 48_000)
    decoded = decoded_by_ffmpeg(exported(tmp_path / f"calm.{form}", sound, piece=4800))
    assert len(sound) <= len(decoded) < len(sound) + 1024  # AAC has packets of 1024 frames
    assert np.corrcoef(decoded[: len(sound), 0], sound[:, 0])[0, 1] > 0.99


@pytest.mark.tools
def test_ffprobe_sees_title_and_chapters(tmp_path: Path) -> None:
    needs("ffmpeg", "ffprobe")
    sections = (Section("a=b; #1 \\ c\nd", 0), *TAGS.chapters[1:])
    path = exported(tmp_path / "calm.m4b", chirp(3 * 48_000), replace(TAGS, chapters=sections))
    tags, chapters = probed(path)
    assert tags["title"] == TAGS.title
    assert tags["major_brand"] == "M4B "
    assert chapters == [("a=b; #1 \\ c d", 0, 1_500), ("Atmen", 1_500, 2_250), ("Return", 2_250, 3_000)]
    assert "creation_time" not in tags
    found = subprocess.run(
        [
            "ffprobe",
            "-v",
            "error",
            "-select_streams",
            "a",
            "-show_entries",
            "stream_tags=language",
            "-of",
            "csv=p=0",
            path,
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "eng"


def test_without_ffmpeg_a_sentence_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(sys, "platform", "darwin")
    wanted = r"m4b is made by ffmpeg, which is not installed here; install it \(brew install ffmpeg\) or choose mp3"
    with pytest.raises(OutputError, match=wanted):
        must_be_possible("m4b", Quality())
    with pytest.raises(OutputError, match=wanted):
        export_sink(tmp_path / "calm.m4b", "m4b", tags=TAGS)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("keep", [0.2, 0.9])
def test_a_file_that_lost_its_end_does_not_count_as_written(tmp_path: Path, keep: float) -> None:
    needs("ffmpeg")
    path = exported(tmp_path / "calm.m4a", chirp(96_000))
    assert mp4._is_whole(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    assert not mp4._is_whole(path)
