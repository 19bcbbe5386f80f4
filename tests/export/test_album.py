"""Programmes as folders of files, with a voice that hums."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mutagen
import numpy as np
import pytest
import soundfile

from player import pipeline
from player.errors import OutputError, UsageError, VoiceError
from player.export import album
from player.export.options import ExportOptions
from player.pipeline import SessionRequest, programmes
from player.storage.store import Store
from player.units import RATE
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from player.pipeline.turns import PlannedProgramme

SESSION = "title: TITLE\nsteps:\n  - section: Settle\n  - say: TITLE.\n    for: 2s\n"
WEEK = """\
title: Week
parts:
  - {title: Day 1, sessions: [one, two]}
  - {title: Day 2, sessions: [one]}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "one.yaml").write_text(SESSION.replace("TITLE", "One"))
    (tmp_path / "two.yaml").write_text(SESSION.replace("TITLE", "Two").replace("2s", "3s"))
    (tmp_path / "week.yaml").write_text(WEEK)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLAYER_SCRIPTS", str(tmp_path / "own"))
    return tmp_path


@pytest.fixture
def machine(tmp_path: Path) -> pipeline.Machine:
    return pipeline.Machine(FakeEngine(), Store(tmp_path / "store"))


def planned(request: str = "week.yaml", part: int | None = None) -> PlannedProgramme:
    plan = programmes.planned(SessionRequest(request), part)
    assert plan is not None
    return plan


def export(
    plan: PlannedProgramme,
    to: Path,
    machine: pipeline.Machine,
    form: str = "wav",
    *,
    force: bool = False,
    **options: Any,
) -> list[Path]:
    steps = album.export(plan, to, ExportOptions(form, **options), machine, force=force, steps=lambda _: nullcontext())
    return [path for files in steps for path in files]


def told(path: Path, *names: str) -> list[str]:
    opened: Any = mutagen.File(path)
    return [str(opened[name][0]) for name in names]


def test_files_are_numbered_in_the_order_of_the_sessions(folder: Path, machine: pipeline.Machine) -> None:
    *files, playlist = export(planned(), Path("out/deep"), machine)
    assert [str(file.relative_to("out/deep")) for file in files] == ["01-one.wav", "02-two.wav", "03-one.wav"]
    assert sorted(Path("out/deep").iterdir()) == [*files, playlist]
    assert [soundfile.info(file).frames // RATE for file in files] == [2, 3, 2]


def test_the_playlist_names_them_in_order(folder: Path, machine: pipeline.Machine) -> None:
    *_, playlist = export(planned(), Path("out"), machine)
    assert (playlist.name, playlist.read_text(encoding="utf-8").splitlines()) == (
        "week.m3u8",
        [
            "#EXTM3U",
            "#PLAYLIST:Week",
            *("#EXTINF:2.000,One", "01-one.wav", "#EXTINF:3.000,Two", "02-two.wav", "#EXTINF:2.000,One", "03-one.wav"),
        ],
    )


def test_each_file_says_which_it_is_of_the_programme(folder: Path, machine: pipeline.Machine) -> None:
    files = export(planned(), Path("out"), machine, "flac")[:-1]
    names = ("title", "album", "tracknumber", "tracktotal")
    assert [told(file, *names) for file in files] == [
        ["One", "Week", "1", "3"],
        ["Two", "Week", "2", "3"],
        ["One", "Week", "3", "3"],
    ]
    assert "discnumber" not in mutagen.File(files[0])


def test_what_the_programmes_head_says_goes_into_files_that_do_not_say_it(
    folder: Path, machine: pipeline.Machine
) -> None:
    head = "author: Ana\nyear: 2026\nlicense: CC BY 4.0\nalbum: Calm\n"
    (folder / "week.yaml").write_text(head + WEEK)
    (folder / "two.yaml").write_text("author: Bo\nyear: 2020\nalbum: Mine\n" + SESSION)
    files = export(planned(part=1), Path("out"), machine, "flac")
    names = ("artist", "date", "album", "license", "tracktotal")
    assert [told(file, *names) for file in files] == [
        ["Ana", "2026", "Calm", "CC BY 4.0", "3"],
        ["Bo", "2020", "Calm", "CC BY 4.0", "3"],
    ]
    by_option = export(planned(part=2), Path("out"), machine, "flac", album="Other", author="Cy")
    assert told(by_option[0], *names) == ["Cy", "2026", "Other", "CC BY 4.0", "3"]


def test_pieces_are_tracks_of_the_session_on_discs_of_the_programme(folder: Path, machine: pipeline.Machine) -> None:
    (folder / "two.yaml").write_text(SESSION.replace("TITLE", "Two") + "  - section: Rest\n  - pause: 2s\n")
    files = export(planned(), Path("out"), machine, "flac", split=True)
    assert [file.name for file in files if file.suffix == ".m3u8"] == ["01-one.m3u8", "02-two.m3u8", "03-one.m3u8"]
    names = ("title", "album", "discnumber", "disctotal", "tracknumber", "tracktotal")
    assert [told(file, *names) for file in files if file.stem.startswith("02-two-")] == [
        ["Two: Settle", "Week", "2", "3", "1", "2"],
        ["Two: Rest", "Week", "2", "3", "2", "2"],
    ]


def test_parts_fill_the_same_folder_and_have_no_playlist(folder: Path, machine: pipeline.Machine) -> None:
    for part in (2, 1):
        export(planned(part=part), Path("out"), machine)
    *whole, playlist = export(planned(), Path("whole"), machine)
    for file in whole:
        assert (Path("out") / file.name).read_bytes() == file.read_bytes()
    assert playlist.name not in [path.name for path in Path("out").iterdir()]


def test_long_programmes_have_wider_numbers(folder: Path) -> None:
    (folder / "week.yaml").write_text(f"title: Long\nsessions: [{', '.join(['two'] * 100)}]\n")
    names = [path.name for path in album.targets(planned(), Path(), "mp3")]
    assert names[0] == "001-two.mp3"
    assert names == sorted(names)


@pytest.mark.parametrize("name", ["03-one.wav", "week.m3u8"])
def test_one_file_in_the_way_keeps_all_from_being_made(folder: Path, machine: pipeline.Machine, name: str) -> None:
    Path("out").mkdir()
    Path("out", name).write_text("precious")
    with pytest.raises(UsageError, match=rf"{name} is there already"):
        export(planned(), Path("out"), machine)
    assert [path.name for path in Path("out").iterdir()] == [name]
    assert Path("out", name).read_text() == "precious"
    assert len(export(planned(), Path("out"), machine, force=True)) == 4
    assert soundfile.info("out/03-one.wav").frames == 2 * RATE


def test_a_session_that_cannot_be_spoken_keeps_all_from_being_made(folder: Path, tmp_path: Path) -> None:
    machine = pipeline.Machine(FakeEngine(fails_on=frozenset({"Two."})), Store(tmp_path / "store"))
    with pytest.raises(VoiceError):
        export(planned(), Path("out"), machine)
    assert not Path("out").exists()


def test_a_folder_that_cannot_be_is_one_sentence(folder: Path, machine: pipeline.Machine) -> None:
    Path("out").write_text("a file")
    with pytest.raises(OutputError, match="cannot write out/deep: "):
        export(planned(), Path("out/deep"), machine)


def test_a_preset_that_is_missed_is_reported_with_the_name_of_the_file(folder: Path, machine: pipeline.Machine) -> None:
    (folder / "one.yaml").write_text(SESSION.replace("TITLE", "One") + "  - pause: 8m\n")
    sentences: list[str] = []
    steps = album.export(
        planned(part=2),
        Path("out"),
        ExportOptions("wav", preset="audiobook"),
        machine,
        force=False,
        steps=lambda _: nullcontext(),
        on_note=sentences.append,
    )
    list(steps)
    (sentence,) = sentences
    assert sentence.startswith("03-one.wav: The file has -")


def test_a_place_changes_nothing_but_tags(folder: Path, machine: pipeline.Machine) -> None:
    plan = planned()
    placed = export(plan, Path("a"), machine)[0]
    other = export(replace(plan, title="Another"), Path("b"), machine)[0]
    assert placed.read_bytes() != other.read_bytes()
    np.testing.assert_array_equal(soundfile.read(placed)[0], soundfile.read(other)[0])
