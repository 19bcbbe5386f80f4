"""Exports in every shape, with a voice that hums: what is asked for is measured in the files."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import mutagen
import numpy as np
import pytest
import soundfile

from player import pipeline
from player.errors import OutputError, UsageError
from player.export import exporter, presets
from player.export.formats import table
from player.export.formats.bitrates import Quality
from player.export.formats.table import FileSink
from player.export.options import ExportOptions
from player.sound.loudness import integrated_lufs, true_peak_dbtp
from player.sound.master import Master
from player.storage.store import Store
from player.timeline.model import Section
from player.units import RATE
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from pydub import AudioSegment

    from player.storage.atomic import NewFile

SCRIPT = """\
title: Four rooms
background: {sound: noise.wav, fade_in: 500ms, fade_out: 1s}
steps:
  - pause: 1.5s
  - section: Settle / in
  - say: Sit.
    for: 3s
  - section: Breathe
  - breathe: {in: 2s, out: 2s, cycles: 2}
    guide: words
  - section: Breathe
  - chime: bell
"""


@pytest.fixture
def machine(tmp_path: Path) -> pipeline.Machine:
    return pipeline.Machine(FakeEngine(), Store(tmp_path / "store"))


@pytest.fixture
def ready(tmp_path: Path, machine: pipeline.Machine) -> pipeline.Prepared:
    noise = np.random.default_rng(1).normal(0, 0.1, (RATE * 6, 2))
    soundfile.write(tmp_path / "noise.wav", noise, RATE)
    (tmp_path / "rooms.yaml").write_text(SCRIPT)
    return pipeline.prepare(pipeline.SessionRequest(str(tmp_path / "rooms.yaml")), machine)


@pytest.fixture
def talk(tmp_path: Path, ready: pipeline.Prepared, machine: pipeline.Machine) -> pipeline.Prepared:
    """Little but speech."""
    lines = "".join(f"  - say: This is line {number}, and it goes on for quite a while.\n" for number in range(5))
    (tmp_path / "talk.yaml").write_text(SCRIPT.partition("  - section")[0] + lines)
    return pipeline.prepare(pipeline.SessionRequest(str(tmp_path / "talk.yaml")), machine)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def sound(path: Path) -> NDArray[np.int16]:
    read: NDArray[np.int16] = soundfile.read(path, dtype="int16", always_2d=True)[0]
    return read


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# --- pieces


@pytest.mark.parametrize("form", ["wav", "flac"])
def test_the_pieces_put_together_are_the_whole(ready: pipeline.Prepared, out: Path, form: str) -> None:
    whole = exporter.export(ready, out / f"whole.{form}", ExportOptions(form), force=False)
    made = exporter.export(ready, out / f"calm.{form}", ExportOptions(form, split=True), force=False)
    assert [path.name for path in made] == [
        f"calm-01-four-rooms.{form}",
        f"calm-02-settle-in.{form}",
        f"calm-03-breathe.{form}",
        f"calm-04-breathe.{form}",
        "calm.m3u8",
    ]
    assert listing(out) == sorted([*(path.name for path in made), f"whole.{form}"])
    assert [len(sound(path)) / RATE for path in made[:-1]] == [1.5, 3, 8, 6]
    np.testing.assert_array_equal(np.concatenate([sound(path) for path in made[:-1]]), sound(whole[0]))


def test_the_playlist_names_them_in_order(ready: pipeline.Prepared, out: Path) -> None:
    *files, playlist = exporter.export(ready, out / "calm.wav", ExportOptions("wav", split=True), force=False)
    lines = playlist.read_text(encoding="utf-8").splitlines()
    assert lines[:4] == ["#EXTM3U", "#PLAYLIST:Four rooms", "#EXTINF:1.500,Four rooms", "calm-01-four-rooms.wav"]
    assert [line for line in lines if not line.startswith("#")] == [path.name for path in files]


def test_each_piece_says_which_it_is(ready: pipeline.Prepared, out: Path) -> None:
    made = exporter.export(ready, out / "calm.flac", ExportOptions("flac", split=True), force=False)
    opened: Any = mutagen.File(made[1])
    tags = {name.upper(): texts[0] for name, texts in opened.tags.items()}
    assert (tags["TITLE"], tags["ALBUM"], tags["TRACKNUMBER"]) == ("Settle / in", "Four rooms", "2")
    assert tags["CHAPTER001"] == "00:00:00.000"
    assert "CHAPTER002" not in tags


def test_one_piece_in_the_way_keeps_all_from_being_made(ready: pipeline.Prepared, out: Path) -> None:
    (out / "calm-04-breathe.wav").write_text("precious")
    with pytest.raises(UsageError, match=r"calm-04-breathe\.wav is there already"):
        exporter.export(ready, out / "calm.wav", ExportOptions("wav", split=True), force=False)
    assert listing(out) == ["calm-04-breathe.wav"]


def test_a_session_without_sections_cannot_be_split(ready: pipeline.Prepared, out: Path) -> None:
    plain = replace(ready, timeline=replace(ready.timeline, sections=()))
    with pytest.raises(UsageError, match="Four rooms has no sections to split it at; leave out --split"):
        exporter.export(plain, out / "calm.wav", ExportOptions("wav", split=True), force=False)


@pytest.mark.parametrize(
    "options", [ExportOptions("wav", split=True), ExportOptions("wav", stems=True)], ids=["split", "stems"]
)
def test_what_breaks_off_leaves_none_of_the_files(
    ready: pipeline.Prepared, out: Path, monkeypatch: pytest.MonkeyPatch, options: ExportOptions
) -> None:
    whole, given = list(pipeline.blocks(ready)), []

    def breaking(*_: object, **__: object) -> Any:
        for block in whole:
            given.append(block)
            if len(given) == len(whole) * (1 + options.stems) - 1:
                raise OutputError("cannot write: the disk is full")
            yield block

    monkeypatch.setattr(pipeline, "blocks", breaking)
    with pytest.raises(OutputError, match="full"):
        exporter.export(ready, out / "calm.wav", options, force=False)
    assert listing(out) == []


def at_work(*names: str) -> list[str]:
    return [each.name for each in threading.enumerate() if each.name.startswith(names)]


@pytest.mark.parametrize(
    ("options", "threads"),
    [(ExportOptions("flac"), ["mix_0"]), (ExportOptions("flac", split=True), ["mix_0"]), (ExportOptions("wav"), [])],
    ids=["whole", "split", "not encoded"],
)
def test_a_file_that_cannot_be_written_ends_the_mixing(
    ready: pipeline.Prepared, out: Path, monkeypatch: pytest.MonkeyPatch, options: ExportOptions, threads: list[str]
) -> None:
    class Full(FileSink):
        def write(self, segment: AudioSegment) -> None:
            mixing.append(at_work("mix"))
            raise OutputError("cannot write: the disk is full")

    mixing: list[list[str]] = []
    monkeypatch.setattr(table, "FileSink", Full)
    with pytest.raises(OutputError, match="full"):
        exporter.export(ready, out / "calm.wav", options, force=False)
    assert mixing == [threads]
    assert not at_work("mix", "clips")
    assert listing(out) == []


@pytest.mark.parametrize(
    "options", [ExportOptions("wav", split=True), ExportOptions("wav", captions=("vtt",))], ids=["split", "captions"]
)
def test_a_disk_that_is_full_at_the_last_file_leaves_none(
    ready: pipeline.Prepared, out: Path, monkeypatch: pytest.MonkeyPatch, options: ExportOptions
) -> None:
    def full(target: Path, content: bytes, *, force: bool = False) -> NewFile:
        raise OutputError(f"cannot write {target}: the disk is full")

    monkeypatch.setattr(exporter, "complete", full)
    with pytest.raises(OutputError, match="full"):
        exporter.export(ready, out / "calm.wav", options, force=False)
    assert listing(out) == []


# --- stems


@pytest.mark.parametrize("preset", [None, "podcast", "sleep"])
def test_the_stems_add_up_to_the_mix(ready: pipeline.Prepared, out: Path, preset: str | None) -> None:
    made = exporter.export(ready, out / "calm.wav", ExportOptions("wav", stems=True, preset=preset), force=False)
    assert [path.name for path in made] == ["calm.wav", "calm.voice.wav", "calm.bed.wav", "calm.tones.wav"]
    mix, *stems = (sound(path).astype(int) for path in made)
    assert all(np.abs(stem).max() > 100 for stem in stems)
    np.testing.assert_array_equal(sum(stems), mix)


def test_a_stem_in_which_nothing_sounds_is_not_made(ready: pipeline.Prepared, out: Path) -> None:
    made = exporter.export(ready, out / "calm.wav", ExportOptions("wav", stems=True, preset="audiobook"), force=False)
    assert [path.name for path in made] == ["calm.wav", "calm.voice.wav", "calm.tones.wav"]


# --- presets


@pytest.mark.parametrize("one_channel", [False, True])
@pytest.mark.parametrize(("preset", "lufs"), [("podcast", -16), ("broadcast", -23)])
def test_the_file_has_the_loudness_of_its_preset(
    talk: pipeline.Prepared, out: Path, preset: str, lufs: float, one_channel: bool
) -> None:
    told: list[str] = []
    options = ExportOptions("wav", mono=one_channel, preset=preset)
    (made,) = exporter.export(talk, out / "a.wav", options, force=False, on_note=told.append)
    heard = sound(made) / 32768
    assert heard.shape[1] == (1 if one_channel else 2)
    assert true_peak_dbtp(heard, RATE) <= -1.4
    assert integrated_lufs(heard, RATE) == pytest.approx(lufs - (3.01 if one_channel else 0), abs=0.3)
    assert told == []


@pytest.mark.parametrize("bitrate", [None, 64, 192, 224, 320])
@pytest.mark.parametrize("form", ["mp3", "opus"])
def test_what_an_encoder_takes_off_is_made_up_for(
    talk: pipeline.Prepared, out: Path, form: str, bitrate: int | None
) -> None:
    options = ExportOptions(form, bitrate=bitrate, preset="podcast")
    (made,) = exporter.export(talk, out / f"a.{form}", options, force=False)
    heard, rate = soundfile.read(made)
    assert integrated_lufs(heard, rate) == pytest.approx(-16, abs=0.2)
    assert true_peak_dbtp(heard, rate) <= -1.0


def test_an_audiobook_has_no_background_and_its_own_peak(talk: pipeline.Prepared, out: Path) -> None:
    (made,) = exporter.export(talk, out / "a.wav", ExportOptions("wav", preset="audiobook"), force=False)
    heard = sound(made) / 32768
    assert soundfile.info(made).samplerate == 44_100
    assert np.abs(heard[: 44_100 * 3 // 2 - 441]).max() == 0
    assert 20 * np.log10(np.abs(heard).max()) <= -3.4
    assert 10 * np.log10(np.mean(heard**2)) == pytest.approx(-20, abs=0.3)


def test_for_sleep_the_voice_alone_decides(ready: pipeline.Prepared, out: Path) -> None:
    """However long its silences, it is never louder than it is played: 5 dB under the voice's -18 LUFS."""
    quiet = replace(ready, timeline=replace(ready.timeline, total_ms=300_000))
    told: list[str] = []
    files = [
        exporter.export(quiet, out / f"{options.preset}.wav", options, force=False, on_note=told.append)
        for options in (ExportOptions("wav", stems=True), ExportOptions("wav", stems=True, preset="sleep"))
    ]
    played, slept = (float(np.sqrt(np.mean(sound(each[1]).astype(float) ** 2))) for each in files)
    assert 20 * np.log10(slept / played) == pytest.approx(-5, abs=0.05)
    assert told == []


def test_no_preset_lifts_a_voice_until_it_is_cut(ready: pipeline.Prepared, out: Path) -> None:
    quiet = replace(ready, timeline=replace(ready.timeline, total_ms=200_000))
    preset = presets.PRESETS["audiobook"]
    assert presets.mastering(presets.suited(quiet, preset), preset).master.gain_db == presets.MOST_LIFT_DB
    told: list[str] = []
    exporter.export(quiet, out / "a.wav", ExportOptions("wav", preset="audiobook"), force=False, on_note=told.append)
    (sentence,) = told
    assert re.match(r"The file has -\d\d\.\d dB RMS, not -20: its silences count, and with more gain", sentence)


@pytest.mark.parametrize(
    ("name", "least_db", "most_db"), [("podcast", -17, -15), ("broadcast", -23.5, -22.5), ("audiobook", -23, -18)]
)
def test_a_miss_is_reported_from_where_files_come_back(name: str, least_db: float, most_db: float) -> None:
    preset = presets.PRESETS[name]
    told = {
        level_db: bool(presets.Mastering(preset, Master(), level_db).shortfall)
        for level_db in (least_db - 0.1, least_db, preset.level_db, most_db, most_db + 0.1)
    }
    assert list(told.values()) == [True, False, False, False, True]
    assert presets.Mastering(preset, Master(), None).shortfall == ""


def test_sleep_fades_out_for_a_minute_or_a_quarter(ready: pipeline.Prepared) -> None:
    total_ms = ready.timeline.total_ms
    assert presets.suited(ready, presets.PRESETS["sleep"]).timeline.fade_out_ms == total_ms // 4
    long = replace(ready, timeline=replace(ready.timeline, total_ms=600_000))
    assert presets.suited(long, presets.PRESETS["sleep"]).timeline.fade_out_ms == 60_000


# --- sample rates and bitrates


@pytest.mark.parametrize("rate", [24_000, 44_100])
def test_a_file_at_another_sample_rate_has_every_frame(ready: pipeline.Prepared, out: Path, rate: int) -> None:
    options = ExportOptions("wav", sample_rate=rate)
    (whole,) = exporter.export(ready, out / "whole.wav", options, force=False)
    assert soundfile.info(whole).samplerate == rate
    assert len(sound(whole)) == ready.timeline.total_ms * rate // 1000
    *pieces, _ = exporter.export(ready, out / "calm.wav", replace(options, split=True), force=False)
    np.testing.assert_array_equal(np.concatenate([sound(path) for path in pieces]), sound(whole))


@pytest.mark.parametrize(
    ("options", "quality"),
    [
        (ExportOptions(), Quality()),
        (ExportOptions(preset="audiobook"), Quality(192, 2, 44_100)),
        (ExportOptions(preset="audiobook", mono=True), Quality(192, 1, 44_100)),
        (ExportOptions(preset="audiobook", bitrate=256, sample_rate=48_000), Quality(256, 2, 48_000)),
        (ExportOptions(preset="audiobook", sample_rate=24_000), Quality(None, 2, 24_000)),
        (ExportOptions("opus", preset="audiobook"), Quality(None, 2, 48_000)),
        (ExportOptions("flac", preset="audiobook"), Quality(None, 2, 44_100)),
        (ExportOptions(bitrate=48), Quality(48, 1, 48_000)),
        (ExportOptions(bitrate=48, mono=False), Quality(48, 2, 48_000)),
        (ExportOptions(bitrate=64), Quality(64, 2, 48_000)),
    ],
)
def test_the_options_decide_first_and_then_the_preset(options: ExportOptions, quality: Quality) -> None:
    assert exporter.quality_of(options) == quality
    exporter.must_be_possible_for(options)


def test_speech_alone_in_two_channels_has_a_bitrate_of_its_own() -> None:
    assert exporter.quality_of(ExportOptions(), is_speech_alone=True) == Quality(128)
    assert exporter.quality_of(ExportOptions(mono=True), is_speech_alone=True) == Quality(None, 1)


# --- names, and what a format cannot hold


@pytest.mark.parametrize("name", ["calm", "dr.calm"])
def test_names_that_are_made_of_one_without_an_ending_have_one(ready: pipeline.Prepared, out: Path, name: str) -> None:
    split = exporter.export(ready, out / name, ExportOptions("wav", split=True), force=False)
    assert [path.name for path in split[1:3]] == [f"{name}-02-settle-in.wav", f"{name}-03-breathe.wav"]
    stems = exporter.export(ready, out / name, ExportOptions("wav", stems=True), force=False)
    assert [path.name for path in stems] == [name, *(f"{name}.{layer}.wav" for layer in ("voice", "bed", "tones"))]


def test_names_that_are_made_of_the_longest_are_cut_to_fit(ready: pipeline.Prepared, out: Path) -> None:
    target = out / f"{'ü' * 125}x.wav"
    assert len(target.name.encode()) == 255
    made = exporter.export(ready, target, ExportOptions("wav", split=True), force=False)
    assert [len(path.name.encode()) for path in made[:3]] == [255 - (255 - len(tail)) % 2 for tail in TAILS]
    assert all(path.name.endswith(tail) for path, tail in zip(made, TAILS, strict=False))


TAILS = ("-01-four-rooms.wav", "-02-settle-in.wav", "-03-breathe.wav")


@pytest.mark.parametrize(("form", "most"), [("mp3", 255), ("wav", 255), ("flac", 999)])
def test_chapters_that_a_file_cannot_hold_are_told(ready: pipeline.Prepared, out: Path, form: str, most: int) -> None:
    notes: list[str] = []
    for count in (most, most + 1):
        sections = tuple(Section(f"Part {number}", number) for number in range(count))
        long = replace(ready, timeline=replace(ready.timeline, sections=sections))
        options = ExportOptions(form, stems=True)
        exporter.export(long, out / f"{count}.{form}", options, force=False, on_note=notes.append)
    assert len(notes) == 1
    assert notes[0].startswith(f"The file has the first {most} of {most + 1} chapters: {form} holds no more")


# --- what can be asked for


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (ExportOptions("aiff"), "the format must be one of"),
        (ExportOptions("wav", bitrate=128), "wav keeps every sample"),
        (ExportOptions(sample_rate=22_050), "the sample rate must be one of 24000, 44100, 48000, not 22050"),
        (ExportOptions("opus", sample_rate=44_100), "opus has no sample rate of 44100"),
        (ExportOptions(preset="vinyl"), "the preset must be one of podcast, broadcast, audiobook, sleep, not 'vinyl'"),
        (
            ExportOptions(split=True, stems=True),
            "--stems is of the whole and --split makes pieces of it; leave one of them out",
        ),
        (ExportOptions(split=True, captions=("vtt",)), "--captions is of the whole"),
        (ExportOptions(captions=("ass",)), "captions must be of"),
    ],
)
def test_options_that_are_not_possible(
    ready: pipeline.Prepared, out: Path, options: ExportOptions, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        exporter.export(ready, out / "calm", options, force=False)
    assert listing(out) == []


def test_sidecars_stand_beside_the_file(ready: pipeline.Prepared, out: Path) -> None:
    options = ExportOptions("wav", captions=("vtt", "srt", "lrc"), chapters=True, labels=True)
    made = exporter.export(ready, out / "calm.wav", options, force=False)
    assert len(made) == 6
    assert listing(out) == sorted(path.name for path in made)


@pytest.mark.parametrize(
    "options", [ExportOptions("wav", stems=True), ExportOptions("wav", split=True)], ids=["stems", "split"]
)
def test_progress_counts_all_files(ready: pipeline.Prepared, out: Path, options: ExportOptions) -> None:
    told: list[tuple[int, int]] = []
    exporter.export(ready, out / "calm.wav", options, force=False, progress=lambda *done: told.append(done))
    assert told == sorted(told)
    assert told[-1] == (ready.timeline.total_ms * (4 if options.stems else 1),) * 2


@pytest.mark.parametrize("form", ["mp3", "flac", "ogg", "opus", "wav"])
def test_an_empty_store_makes_the_same_bytes(ready: pipeline.Prepared, out: Path, tmp_path: Path, form: str) -> None:
    request = pipeline.SessionRequest(str(tmp_path / "rooms.yaml"))
    again = pipeline.prepare(request, pipeline.Machine(FakeEngine(), Store(tmp_path / "empty")))
    files = [
        exporter.export(each, out / f"{name}.{form}", ExportOptions(form), force=False)[0]
        for name, each in (("one", ready), ("other", again))
    ]
    assert files[0].read_bytes() == files[1].read_bytes()
