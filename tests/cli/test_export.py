"""Exports at the command line, in every shape, with the real voice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mutagen
import numpy as np
import pytest
import soundfile
import webvtt

from tests.fakes_output import decoded_by_ffmpeg, needs, probed

if TYPE_CHECKING:
    from tests.cli.conftest import Run

TINY = """\
title: Tiny
background: {sound: rain, fade_in: 500ms, fade_out: 1s}
steps:
  - section: Settle in
  - say: Sit down.
    for: 3s
  - section: Breathe
  - breathe: {in: 2s, out: 2s, cycles: 1}
    guide: words
  - chime: bell
"""


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    (tmp_path / "tiny.yaml").write_text(TINY)
    return "tiny.yaml"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (
            ("--format", "flac", "--bitrate", "128"),
            2,
            "flac keeps every sample and has no bitrate; leave --bitrate out",
        ),
        (("-o", "a.mp3", "--bitrate", "100"), 2, "--bitrate must be one of 32, 40, 48"),
        (("-o", "a.opus", "--sample-rate", "44100"), 2, "opus has no sample rate of 44100; choose 48000 or 24000"),
        (("--sample-rate", "24000", "--bitrate", "320"), 2, "at a sample rate of 24000 must be one of 32,"),
        (("--preset", "vinyl"), 2, "--preset must be podcast, broadcast, audiobook or sleep, not 'vinyl'"),
        (("--captions", "vtt,ass"), 2, "must be of vtt, srt, lrc, txt, html, not 'ass'"),
        (("--year", "26"), 2, "--year must be 1000 to 9999, not 26"),
        (("--author", "a\nb"), 2, "--author must be on one line"),
        (("--license", " "), 2, "--license is empty; name one, or leave it out"),
        (("--split", "--labels"), 2, "--labels is of the whole and --split makes pieces of it"),
        (("--format", "html", "--captions", "vtt"), 2, "--captions makes more files, and a page has text and chapters"),
        (("-o", "a.html", "--split"), 2, "--split makes more files, and a page has text and chapters in it"),
        (
            ("-o", "a.mp3", "--beside"),
            2,
            "--beside is for a page, and mp3 is sound alone; leave it out, or name --format html",
        ),
        (("-o", "a.html", "--bitrate", "100"), 2, "--bitrate must be one of 32, 40, 48"),
        (
            ("-o", "a.html", "--sample-rate", "44100"),
            2,
            "has one channel at 48000 frames a second; leave --sample",
        ),
        (
            ("-o", "a.html", "--stereo"),
            2,
            "the sound of a page has one channel at 48000 frames a second; leave --st",
        ),
    ],
)
def test_impossible_options_are_refused_at_once(
    run: Run, tiny: str, arguments: tuple[str, ...], code: int, words: str
) -> None:
    done = run("export", tiny, *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "Tiny" not in done.stderr  # nothing was spoken yet


QUIET = "title: Quiet\nsteps:\n- section: One\n- pause: 1s\n- section: 'Two: {}?'\n- pause: 1s\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-o", "a.mp3", "--format", "wav"), "a.mp3 ends in .mp3 and --format says wav; change one of them, or leave"),
        (("-o", "a.mp3", "--format", "wav", "--jobs", "1"), "a.mp3 ends in .mp3 and --format says wav"),
        (("--each", "people.csv", "-o", "{n}.ogg", "--format", "opus"), "{n}.ogg ends in .ogg and --format says opus"),
        (("-o", "a.html", "--format", "mp3"), "a.html ends in .html and --format says mp3"),
        (("-o", "a.mp3", "--format", "html"), "a.mp3 ends in .mp3 and --format says html"),
        (("-o", "a.html", "--format", "mp3", "--jobs", "1"), "a.html ends in .html and --format says mp3"),
        (("--each", "people.csv", "-o", "{n}.ogg", "--format", "html"), "{n}.ogg ends in .ogg and --format says html"),
        (("-o", "a.flac", "--jobs", "1", "--bitrate", "128"), "flac keeps every sample and has no bitrate"),
    ],
)
def test_a_format_and_an_ending_that_disagree_are_one_sentence(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    (tmp_path / "quiet.yaml").write_text(QUIET)
    (tmp_path / "people.csv").write_text("n\na\n")
    done = run("export", "quiet.yaml", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert sorted(path.name for path in tmp_path.glob("*.*")) == ["people.csv", "quiet.yaml"]


@pytest.mark.parametrize("folder", ["have", "have.mp3", "have/"])
def test_a_folder_that_is_there_is_a_folder(run: Run, tmp_path: Path, folder: str) -> None:
    (tmp_path / "quiet.yaml").write_text(QUIET)
    (tmp_path / folder).mkdir()
    name = folder.rstrip("/")
    done = run("export", "quiet.yaml", "-o", folder)
    assert (done.returncode, done.stdout.split()) == (0, [f"{name}/quiet.mp3"])
    split = run("export", "quiet.yaml", "-o", folder, "--split", "--format", "wav")
    assert split.stdout.split() == [f"{name}/quiet-01-one.wav", f"{name}/quiet-02-two.wav", f"{name}/quiet.m3u8"]
    batch = run("export", "quiet.yaml", "-o", folder, "-q", "--jobs", "1", "--format", "flac")
    assert batch.returncode == 0
    assert (tmp_path / name / "quiet.flac").is_file()


@pytest.mark.parametrize("more", [(), ("--split",), ("--jobs", "1"), ("--captions", "vtt")])
def test_a_name_that_is_too_long_is_one_sentence(run: Run, tmp_path: Path, more: tuple[str, ...]) -> None:
    (tmp_path / "quiet.yaml").write_text(QUIET)
    done = run(
        "export", "quiet.yaml", "-o", f"{'x' * 260}/calm.mp3" if more == ("--split",) else f"{'x' * 260}.mp3", *more
    )
    assert done.returncode != 0
    assert "xx" in done.stderr
    assert "too long; choose a shorter name" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.glob("*.*")] == ["quiet.yaml"]


@pytest.mark.skipif(os.name == "nt", reason="there, no file can have such a name")
def test_what_is_made_of_a_name_that_a_card_cannot_hold_has_one_that_it_can(run: Run, tmp_path: Path) -> None:
    for name in ("What now?", "What now:", "con"):
        (tmp_path / f"{name}.yaml").write_text(QUIET)
    (tmp_path / "My: week.yaml").write_text("title: Week\nsessions: ['What now?', 'What now:', con]\n")
    one = run("export", "What now?.yaml", "--format", "wav")
    assert one.stdout == "What now-6a629f.wav\n"
    assert run("export", "What now?.yaml", "What now:.yaml", "con.yaml", "-q", "-o", "all").returncode == 0
    quiet = run("export", "My: week.yaml", "-q")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    (week,) = tmp_path.glob("My- week-*")
    names = [path.name for folder in (week, tmp_path / "all") for path in folder.iterdir()]
    assert len(names) == 4 + 3
    assert not [name for name in names if set(name) & set('"*:<>?|')]
    listed = next(week.glob("*.m3u8")).read_text(encoding="utf-8").splitlines()
    assert sorted(line for line in listed if not line.startswith("#")) == sorted(
        path.name for path in week.glob("*.mp3")
    )


@pytest.mark.skipif(os.name == "nt", reason="there, programs are looked for in other places too")
def test_without_ffmpeg_m4b_is_one_sentence(run: Run, tiny: str, tmp_path: Path) -> None:
    done = run("export", tiny, "-o", "a.m4b", env={"PATH": str(tmp_path)})
    assert done.returncode == 1
    assert done.stderr.startswith("m4b is made by ffmpeg, which is not installed here; install it (")
    assert done.stderr.count("\n") == 1


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_pieces_and_stems_are_named_and_add_up(run: Run, tiny: str, tmp_path: Path) -> None:
    split = run("export", tiny, "--format", "wav", "--split")
    assert split.stdout.splitlines() == ["tiny-01-settle-in.wav", "tiny-02-breathe.wav", "tiny.m3u8"]
    stems = run("export", tiny, "--format", "wav", "--stems")
    assert stems.stdout.splitlines() == ["tiny.wav", "tiny.voice.wav", "tiny.bed.wav", "tiny.tones.wav"]
    whole, *layers = (soundfile.read(tmp_path / name, dtype="int16")[0] for name in stems.stdout.split())
    pieces = [soundfile.read(tmp_path / name, dtype="int16")[0] for name in split.stdout.split()[:2]]
    np.testing.assert_array_equal(np.concatenate(pieces), whole)
    np.testing.assert_array_equal(sum(each.astype(int) for each in layers), whole)


@pytest.mark.engine
@pytest.mark.tools
@pytest.mark.usefixtures("voice")
@pytest.mark.parametrize(("form", "within_ms"), [("wav", 10), ("mp3", 30)])
def test_what_is_read_begins_when_it_is_heard(run: Run, tiny: str, tmp_path: Path, form: str, within_ms: int) -> None:
    """Captions, synchronised lyrics and chapters against the sound, as ffmpeg decodes it."""
    needs("ffmpeg", "ffprobe")
    first, last = (
        "  - pause: 1s\n  - section: Settle in\n",
        "  - section: End\n  - say: Get up, when you like. Goodbye.\n",
    )
    (tmp_path / tiny).write_text(TINY.replace("  - section: Settle in\n", first).replace("  - chime: bell\n", last))
    # espeak-ng begins a word at once; what a natural voice breathes before it is too soft for this
    sharp = ("--background", "none", "--voice", "gmw/en")
    assert run("export", tiny, "-o", f"a.{form}", *sharp, "--captions", "vtt").returncode == 0
    loud = np.abs(decoded_by_ffmpeg(tmp_path / f"a.{form}")[:, 0].astype(int)) > 100
    opened: Any = mutagen.File(tmp_path / f"a.{form}")
    lyrics = [time_ms for _, time_ms in opened.tags.getall("SYLT")[0].text]
    captions = [each for each in webvtt.read(str(tmp_path / "a.vtt")).captions if not each.text.startswith("[")]
    clocks = [f"{time_ms // 60_000:02}:{time_ms // 1000 % 60:02}.{time_ms % 1000:03}" for time_ms in lyrics]
    assert [f"00:{clock}" for clock in clocks] == [each.start for each in captions]
    for time_ms in lyrics:
        heard_ms = time_ms - 100 + int(loud[(time_ms - 100) * 48 :].argmax()) / 48
        assert abs(heard_ms - time_ms) <= within_ms
    _, chapters = probed(tmp_path / f"a.{form}")
    assert [title for title, *_ in chapters] == ["Settle in", "Breathe", "End"]
    assert abs(lyrics[-2] - chapters[-1][1]) <= within_ms


@pytest.mark.engine
@pytest.mark.tools
@pytest.mark.usefixtures("voice")
@pytest.mark.parametrize("name", ["calm.mp3", "calm.m4a"])
def test_a_podcast_is_as_loud_as_podcasts_are(run: Run, tiny: str, tmp_path: Path, name: str) -> None:
    needs("ffmpeg")
    line = "  - say: This is a longer line, so that there is something to be measured in it.\n"
    (tmp_path / tiny).write_text(TINY + line * 4)
    assert run("export", tiny, "-o", name, "--preset", "podcast", "--bitrate", "192").returncode == 0
    command = ["ffmpeg", "-nostats", "-i", str(tmp_path / name), "-af", "ebur128=peak=true", "-f", "null", "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr.rpartition("Summary")[2].split()
    assert float(told[told.index("I:") + 1]) == pytest.approx(-16, abs=1)
    assert float(told[told.index("Peak:") + 1]) <= -1


ELSEWHERE = """\
import os, time
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
clock = time.time
time.time = lambda: clock() - 400 * 86_400
from player.cli import main
main()
"""


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
@pytest.mark.parametrize("form", ["mp3", "flac", "ogg", "opus", "wav", "m4b"])
def test_the_same_bytes_come_out_anywhere_at_any_time(run: Run, tiny: str, tmp_path: Path, form: str) -> None:
    """On one core, from an empty store, in another folder, on another day, for people of another country."""
    if form == "m4b":
        needs("ffmpeg")
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("this system cannot keep a process to one core")
    assert run("export", tiny, "-o", f"one.{form}").returncode == 0
    folder = tmp_path / "an other"
    (folder / "out").mkdir(parents=True)
    (folder / tiny).write_bytes((tmp_path / tiny).read_bytes())
    os.utime(folder / tiny, (10**9,) * 2)
    there = {
        "LC_ALL": "tr_TR.UTF-8",
        "LANGUAGE": "tr",
        "TZ": "Pacific/Kiritimati",
        "PYTHONHASHSEED": "5",
        "COLUMNS": "40",
    }
    paths = {"PLAYER_STORE": str(tmp_path / "empty"), "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", ELSEWHERE, "export", tiny, "-o", f"out/an other.{form}"]
    done = subprocess.run(command, cwd=folder, env={**os.environ, **there, **paths}, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / f"one.{form}").read_bytes() == (folder / "out" / f"an other.{form}").read_bytes()


# --- pages


def test_a_page_is_made_by_its_ending_and_gives_its_script_back(run: Run, tiny: str, tmp_path: Path) -> None:
    made = run("export", tiny, "-o", "night.html")
    assert (made.returncode, made.stdout) == (0, "night.html\n")
    assert (tmp_path / "night.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>\n")
    given = run("extract", "night.html", "-o", "again.yaml")
    assert (given.returncode, (tmp_path / "again.yaml").read_bytes()) == (0, (tmp_path / tiny).read_bytes())
    again = run("export", tiny, "-o", "night.html")
    assert again.returncode == 2
    assert "night.html is there already" in again.stderr


@pytest.mark.parametrize("output", ["night", "night.html"])
def test_a_page_with_its_sound_beside_it_is_a_folder(run: Run, tiny: str, tmp_path: Path, output: str) -> None:
    made = run("export", tiny, "-o", output, "--beside")
    assert made.returncode == 0
    assert [Path(line).as_posix() for line in made.stdout.splitlines()] == ["night/index.html", "night/tiny.mp3"]
    assert round(mutagen.File(tmp_path / "night" / "tiny.mp3").info.length) > 6
    again = run("export", tiny, "-o", "night", "--beside", "--quiet")
    assert again.returncode == 2
    assert "index.html is there already" in again.stderr


def test_pages_of_several_sessions_are_listed(run: Run, tiny: str, tmp_path: Path) -> None:
    (tmp_path / "index.yaml").write_text(TINY)
    refused = run("export", tiny, "index.yaml", "--format", "html", "-o", "site")
    assert refused.returncode == 2
    assert "which lists the pages" in refused.stderr
    (tmp_path / "index.yaml").rename(tmp_path / "other one.yaml")
    made = run("export", tiny, "other one.yaml", "--format", "html", "-o", "site", "--jobs", "1")
    assert made.returncode == 0, made.stderr
    text = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert 'href="tiny.html"' in text
    assert 'href="other%20one.html"' in text
    assert text.count("Tiny") == 2
    assert "<script" not in text


def test_a_programme_becomes_one_page(run: Run, tiny: str, tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text(f"title: Two nights\nsessions: [{tiny}, {tiny}]\n")
    made = run("export", "two.yaml", "-o", "two.html")
    assert (made.returncode, made.stdout) == (0, "two.html\n"), made.stderr
    text = (tmp_path / "two.html").read_text(encoding="utf-8")
    assert "<h1>Two nights</h1>" in text
    assert text.count("<audio") == 2
    refused = run("extract", "two.html")
    assert refused.returncode == 1
    assert "carries the scripts of 2 sessions" in refused.stderr


def test_a_folder_that_is_there_holds_the_page(run: Run, tmp_path: Path) -> None:
    (tmp_path / "quiet.yaml").write_text(QUIET)
    (tmp_path / "two.yaml").write_text("title: Two\nsessions: [quiet.yaml, quiet.yaml]\n")
    (tmp_path / "have.html").mkdir()
    one = run("export", "quiet.yaml", "-o", "have.html", "--format", "html")
    assert (one.returncode, one.stdout.split()) == (0, ["have.html/quiet.html"])
    two = run("export", "two.yaml", "-o", "have.html", "--format", "html")
    assert (two.returncode, two.stdout.split()) == (0, ["have.html/two.html"])
    beside = run("export", "quiet.yaml", "-o", "have.html", "--beside")
    assert (beside.returncode, beside.stdout.split()) == (
        0,
        [f"have.html/{name}" for name in ("index.html", "quiet.mp3")],
    )
    files = run("export", "two.yaml", "-o", "have.html")
    assert (files.returncode, files.stdout.split()[:1]) == (0, ["have.html/01-quiet.mp3"])


def test_a_programme_as_a_page_has_one_format(run: Run, tmp_path: Path) -> None:
    (tmp_path / "quiet.yaml").write_text(QUIET)
    (tmp_path / "two.yaml").write_text("title: Two\nsessions: [quiet.yaml]\n")
    for output, form in (("a.html", "mp3"), ("a.mp3", "html")):
        done = run("export", "two.yaml", "-o", output, "--format", form)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"{output} ends in .{output[2:]} and --format says {form}" in done.stderr


def test_pages_for_many_people_have_folders_of_their_own(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(
        "params: {rest: {default: 2s, min: 1s, max: 9s}}\n" + TINY + "  - pause: $rest\n"
    )
    (tmp_path / "people.csv").write_text("name,rest\nAnn,3s\nBob,4s\n")
    made = run("export", "tiny.yaml", "--each", "people.csv", "-o", "{name}.html", "--beside", "--jobs", "1")
    assert made.returncode == 0, made.stderr
    found = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*/*.*")}
    assert found == {"Ann/index.html", "Ann/tiny.mp3", "Bob/index.html", "Bob/tiny.mp3"}
