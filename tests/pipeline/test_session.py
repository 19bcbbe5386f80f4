"""The pipeline with a voice that hums: every stage is real but the speech."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
import soxr

from player import pipeline
from player.errors import MediaError, ScriptError, StoreError, UsageError
from player.export import exporter
from player.export.options import ExportOptions
from player.pipeline import catalogue, media
from player.sound import own_take
from player.sound.loudness import integrated_lufs, loudest_lufs, true_peak_dbtp
from player.sound.master import Master
from player.sound.stem import momentary_lufs
from player.storage.store import Store
from player.techniques import planning
from player.techniques.planning import plan
from player.timeline.fit import settle
from player.timeline.layout import nominal_ms
from player.units import RATE
from player.voice.engine import SpeechRequest, Take
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from pathlib import Path

    from pydub import AudioSegment

SHORT = """\
title: Short
background: {sound: BED, fade_in: 500ms, fade_out: 1s}
params: {room: {default: 3s, min: 1s, max: 9s}}
steps:
  - section: One
  - say: Sit.
    for: $room
  - section: Two
  - breathe: {in: 2s, out: 2s, cycles: 1}
    guide: words
  - chime: bell
"""


@pytest.fixture
def machine(tmp_path: Path) -> pipeline.Machine:
    return pipeline.Machine(FakeEngine(), Store(tmp_path / "store"))


@pytest.fixture
def script(tmp_path: Path) -> Path:
    noise = np.random.default_rng(1).normal(0, 0.1, (RATE * 6, 2))
    soundfile.write(tmp_path / "noise.wav", noise, RATE)
    path = tmp_path / "short.yaml"
    path.write_text(SHORT.replace("BED", "noise.wav"))
    return path


def prepared(script: Path, machine: pipeline.Machine, **asked: object) -> pipeline.Prepared:
    return pipeline.prepare(replace(pipeline.SessionRequest(str(script)), **asked), machine)  # type: ignore[arg-type]


def sound(ready: pipeline.Prepared, start_ms: int = 0, first_block_ms: int | None = None) -> np.ndarray:
    blocks = pipeline.blocks(ready, start_ms, first_block_ms)
    return np.concatenate([np.frombuffer(block.raw_data, "<i2").reshape(-1, 2) for block in blocks])


def test_the_total_is_the_scripts(script: Path, machine: pipeline.Machine) -> None:
    ready = prepared(script, machine)
    assert ready.timeline.total_ms == 3000 + 4000 + 6000
    assert len(sound(ready)) == 13 * RATE


def test_live_blocks_are_the_exported_programme(script: Path, machine: pipeline.Machine, tmp_path: Path) -> None:
    ready = prepared(script, machine)
    exporter.export(ready, tmp_path / "a.wav", ExportOptions("wav"), force=False)
    exported, rate = soundfile.read(tmp_path / "a.wav", dtype="int16")
    assert rate == RATE
    np.testing.assert_array_equal(exported, sound(ready, 0, 100))
    np.testing.assert_array_equal(exported[2500 * 48 :], sound(ready, 2500, 700))


def test_parameters_voice_rate_and_background_can_be_changed(script: Path, machine: pipeline.Machine) -> None:
    ready = prepared(script, machine, values={"room": "5s"}, rate=150, voice="gmw/en-us", background="none")
    assert ready.timeline.total_ms == 15_000
    assert ready.beds == {}
    assert {each.rate for each in ready.clips} == {150, round(150 * 1.25)}
    assert {each.voice for each in ready.clips} == {"gmw/en-us"}
    assert not sound(ready)[3500 * 48 : 4900 * 48].any()


SINKING = """\
title: Sinking
background: {sound: noise.wav, fade_in: 0s, fade_out: 0s}
voice: {rate: {from: 120, to: 90}, pitch: {from: 50, to: 44}, level: {from: 0 dB, to: -6 dB}}
steps:
  - say: Rest here.
    for: 4s
  - breathe: {in: 3s, out: 3s, cycles: 1}
    guide: words
  - say: Rest here.
    for: 4s
"""


def test_a_voice_that_sinks_is_slower_lower_and_softer_at_its_end_and_the_background_with_it(
    script: Path, machine: pipeline.Machine, tmp_path: Path
) -> None:
    script.write_text(SINKING)
    ready = prepared(script, machine)
    first, *breath, last = (cue.sound for cue in ready.timeline.cues)
    assert [(each.rate, each.pitch) for each in (first, last)] == [(120, 50), (90, 44)]  # type: ignore[union-attr]
    assert len({(each.rate, each.pitch) for each in breath}) == 1  # type: ignore[union-attr]
    for layer in ("bed", "voice"):
        heard = np.concatenate([_frames(block) for block in pipeline.blocks(ready, master=Master(layers=(layer,)))])
        start, end = (heard[at * 48 : (at + 400) * 48].astype(float).std() for at in (0, 10_000))
        assert 20 * np.log10(start / end) == pytest.approx(6.0, abs=0.5)
    exporter.export(ready, tmp_path / "a.wav", ExportOptions("wav"), force=False)
    exported, _ = soundfile.read(tmp_path / "a.wav", dtype="int16")
    np.testing.assert_array_equal(exported[5500 * 48 :], sound(ready, 5500, 70))


def test_another_rate_keeps_the_way_it_slows_down(script: Path, machine: pipeline.Machine) -> None:
    script.write_text(SINKING)
    rates = [cue.sound.rate for cue in prepared(script, machine, rate=100).timeline.cues]  # type: ignore[union-attr]
    assert (rates[0], rates[-1]) == (100, 75)


def test_check_tells_where_a_voice_has_only_one_pitch(script: Path, machine: pipeline.Machine) -> None:
    script.write_text(SINKING)
    flat = replace(machine, engine=FakeEngine(has_pitch=False))
    told = [[(each.at.line, each.text) for each in pipeline.check(_asked(script), each)[1]] for each in (machine, flat)]
    only = "there is only one pitch for English (America), which keeps it; rate and level are as written."
    assert told == [[], [(3, f"{only} Voices of hibari and espeak have others")]]


def test_check_tells_what_is_too_long_at_the_slower_rate(script: Path, machine: pipeline.Machine) -> None:
    fits = "say: And now rest here for a while yet longer.\n    for: 3s"  # 2.5 s at 120, 3.3 s at 90
    script.write_text(SINKING.replace("say: Rest here.\n    for: 4s", fits))
    with pytest.raises(ScriptError) as caught:
        pipeline.check(_asked(script), machine)
    assert [each.at.line for each in caught.value.problems] == [9]


def _asked(script: Path) -> pipeline.SessionRequest:
    return pipeline.SessionRequest(str(script))


def _frames(block: AudioSegment) -> np.ndarray:
    return np.frombuffer(block.raw_data, "<i2").reshape(-1, 2)


@pytest.mark.parametrize(("asked", "beds"), [(None, {"noise.wav", "rain"}), ("none", set()), ("ocean", {"ocean"})])
def test_the_users_background_lasts_all_the_way(
    script: Path, machine: pipeline.Machine, asked: str | None, beds: set[str]
) -> None:
    script.write_text(script.read_text() + "  - bed: {sound: rain}\n  - pause: 5s\n")
    ready = prepared(script, machine, background=asked)
    assert set(ready.beds) == beds
    assert {state.sound for state in ready.timeline.beds} - {None} == beds


def test_a_value_out_of_its_range_is_a_problem(script: Path, machine: pipeline.Machine) -> None:
    with pytest.raises(ScriptError, match="room must be 1s to 9s, not 12s"):
        prepared(script, machine, values={"room": "12s"})


def test_the_bed_lies_20_lu_under_the_voice_and_16_in_pauses(script: Path, machine: pipeline.Machine) -> None:
    roomy = {"room": "9s"}
    mixed = sound(prepared(script, machine, values=roomy)).astype(float)
    voice = sound(prepared(script, machine, values=roomy, background="none")).astype(float)
    bed = (mixed - voice) / 32768
    in_pause, under_words = bed[4 * RATE : 8 * RATE], bed[9 * RATE : 12 * RATE]
    assert integrated_lufs(in_pause, RATE) == pytest.approx(-18 - 16, abs=0.5)
    assert integrated_lufs(under_words, RATE) == pytest.approx(-18 - 20, abs=0.5)


def test_an_unknown_bed_is_a_problem_at_its_place(script: Path, machine: pipeline.Machine) -> None:
    script.write_text(SHORT.replace("BED", "oceam"))
    with pytest.raises(
        ScriptError, match=re.escape("short.yaml:2:21: there is no sound 'oceam'; did you mean 'ocean'?")
    ):
        prepared(script, machine)


def test_what_does_not_fit_is_reported_beside_what_cannot_be_planned(script: Path, machine: pipeline.Machine) -> None:
    script.write_text(SHORT.replace("BED", "none").replace("$room", "100ms").replace("title", "language: sv\ntitle"))
    with pytest.raises(ScriptError) as caught:
        pipeline.check(pipeline.SessionRequest(str(script)), machine)
    assert [problem.at.line for problem in caught.value.problems] == [7, 10]


def test_a_bed_that_is_no_sound_is_found_by_check(script: Path, machine: pipeline.Machine) -> None:
    (script.parent / "noise.wav").write_bytes(b"not a sound at all")
    with pytest.raises(ScriptError, match=r"short\.yaml:2:21: .*noise\.wav"):
        pipeline.check(pipeline.SessionRequest(str(script)), machine)


def test_a_file_in_the_way_is_kept(script: Path, machine: pipeline.Machine, tmp_path: Path) -> None:
    target = tmp_path / "kept.wav"
    target.write_text("precious")
    with pytest.raises(UsageError, match="--force"):
        exporter.export(prepared(script, machine), target, ExportOptions("wav"), force=False)
    assert target.read_text() == "precious"


def test_a_failing_export_leaves_nothing(script: Path, machine: pipeline.Machine, tmp_path: Path) -> None:
    ready = prepared(script, machine)
    before = set(tmp_path.iterdir())
    machine.store.clear()
    with pytest.raises(StoreError):
        exporter.export(ready, tmp_path / "a.mp3", ExportOptions("mp3"), force=False)
    assert set(tmp_path.iterdir()) <= before


def test_only_changed_lines_are_spoken_again(script: Path, machine: pipeline.Machine) -> None:
    engine = machine.engine
    assert isinstance(engine, FakeEngine)
    prepared(script, machine)
    script.write_text(script.read_text().replace("Sit.", "Lie."))
    prepared(script, machine)
    assert engine.spoken == {"Sit.": 1, "Lie.": 1, "Breathe in": 1, "Breathe out": 1}


@pytest.mark.parametrize("name", ["box-breathing", "grounding-54321", "pmr-7", "pmr-release-only"])
def test_every_bundled_session_has_its_length_whatever_the_voice(name: str) -> None:
    lengths = {"box-breathing": 420_000, "grounding-54321": 300_000, "pmr-7": 900_000, "pmr-release-only": 540_000}
    listed = next(each for each in catalogue.sessions() if each.name == name)
    assert (listed.length_ms, listed.exact) == (lengths[name], True)


@pytest.mark.parametrize(("side", "breathing"), [("3s", 300_000), ("4s", 304_000), ("5s", 300_000), ("6s", 312_000)])
def test_box_breathing_keeps_whole_cycles_on_every_side(side: str, breathing: int) -> None:
    session = pipeline.as_requested(pipeline.SessionRequest("box-breathing", {"side": side})).session
    assert nominal_ms(settle(plan(session).parts))[0] == 116_000 + breathing


LONGER = """\
title: Longer
steps:
  - say: Settle.
    for: 8s
  - breathe: {in: 4s, out: 6s, cycles: 3}
  - muscles:
      - {name: your hands, short: hands, how: make two fists}
      - {name: your neck, short: neck, how: draw your chin in}
    release: 10s
"""


def test_another_length_keeps_whole_breaths_and_is_reported_beforehand(
    tmp_path: Path, machine: pipeline.Machine
) -> None:
    path = tmp_path / "longer.yaml"
    path.write_text(LONGER)
    asked = pipeline.SessionRequest(str(path), length_ms=600_000, skip=("neck",))
    fixed = 8000 + 26_000
    assert pipeline.as_requested(asked).known_ms == fixed + 57 * 10_000
    ready = pipeline.prepare(asked, machine)
    assert ready.timeline.total_ms == fixed + 57 * 10_000
    assert not [cue for cue in ready.timeline.cues if "neck" in cue.text]


def test_the_background_outlives_the_rest_and_fades_over_all_of_that(script: Path, machine: pipeline.Machine) -> None:
    ready, longer = prepared(script, machine), prepared(script, machine, outlive_ms=10_000)
    assert longer.timeline.total_ms == 23_000
    assert [cue.kind for cue in longer.timeline.cues] == [cue.kind for cue in ready.timeline.cues][:-1]  # no bell
    heard, plain = sound(longer), sound(ready)
    assert len(heard) == 23 * RATE
    np.testing.assert_array_equal(heard[: 7 * RATE], plain[: 7 * RATE])
    np.testing.assert_array_equal(heard[12_345 * 48 :], sound(longer, 12_345, 700))
    seconds = 20 * np.log10(heard[13 * RATE :].astype(float).reshape(10, -1).std(axis=1))
    assert np.diff(seconds).max() < -4
    assert np.diff(seconds[:6]).min() > -5
    assert not heard[-RATE // 100 :].any()


def test_what_outlives_comes_on_top_of_a_length(machine: pipeline.Machine) -> None:
    asked = pipeline.SessionRequest("coherent-breathing", length_ms=300_000)
    longer = replace(asked, outlive_ms=60_000)
    assert pipeline.as_requested(longer).known_ms == (pipeline.as_requested(asked).known_ms or 0) + 60_000
    assert pipeline.prepare(longer, machine).timeline.total_ms == pipeline.as_requested(longer).known_ms


def test_it_is_checked_in_its_own_length(script: Path, machine: pipeline.Machine) -> None:
    asked = pipeline.SessionRequest(str(script), outlive_ms=60_000)
    assert pipeline.check(asked, machine) == pipeline.check(replace(asked, outlive_ms=None), machine)


VERSIONS = """\
title: Versions
params: {holds: {default: yes, choices: [yes, no]}}
steps:
  - intro:
      full: [{say: The holds are optional. Not while driving., for: 9s}]
      short: [{say: Hello., for: 3s}]
  - choose: $holds
    cases:
      yes: [{breathe: {in: 4s, hold: 4s, out: 4s, cycles: 2}, guide: tones}]
      no: [{say: Without., for: 4s}]
"""


def found_by_check(script: Path, machine: pipeline.Machine, text: str) -> list[str]:
    script.write_text(text)
    with pytest.raises(ScriptError) as caught:
        pipeline.check(pipeline.SessionRequest(str(script)), machine)
    return [f"{each.at.line}:{each.at.column} {each.text[:12]}" for each in caught.value.problems]


def test_both_introductions_and_every_choice_are_checked_and_each_problem_is_told_once(
    script: Path, machine: pipeline.Machine
) -> None:
    script.write_text(VERSIONS)
    timeline, warnings = pipeline.check(pipeline.SessionRequest(str(script)), machine)
    assert (timeline.total_ms, warnings) == (33_000, ())  # what the full introduction said need not be said again
    wrong = VERSIONS.replace("for: 3s", "for: 100ms").replace("for: 4s", "for: 50ms")
    assert found_by_check(script, machine, wrong) == ["6:15 'Hello.' tak", "10:12 'Without.' t"]
    assert found_by_check(script, machine, wrong.replace("for: 9s", "for: 200ms"))[0].startswith("5:14 'The holds")


def test_what_is_wrong_in_the_short_introduction_is_told_beside_what_cannot_be_read(
    script: Path, machine: pipeline.Machine
) -> None:
    wrong = VERSIONS.replace("for: 3s", "for: 100ms") + "  - sai: Rest.\n"
    assert found_by_check(script, machine, wrong) == ["6:15 'Hello.' tak", "11:5 unknown step"]


def test_a_choice_without_a_case_is_found_though_it_is_not_the_default(script: Path, machine: pipeline.Machine) -> None:
    wrong = VERSIONS.replace("[yes, no]", "[yes, no, perhaps]")
    assert found_by_check(script, machine, wrong) == ["7:13 choose must "]


def test_a_warning_about_a_choice_that_is_not_the_default_is_given(script: Path, machine: pipeline.Machine) -> None:
    script.write_text(VERSIONS.replace("default: yes", "default: no").replace("optional", "soft"))
    _, warnings = pipeline.check(pipeline.SessionRequest(str(script)), machine)
    assert [each.text.partition(";")[0] for each in warnings] == ["nothing says that the holds can be left out"]


def test_without_a_background_nothing_is_spoken_for_what_cannot_outlive(
    script: Path, machine: pipeline.Machine
) -> None:
    with pytest.raises(UsageError, match=r"choose one, such as --background rain"):
        prepared(script, machine, background="none", outlive_ms=60_000)
    assert isinstance(machine.engine, FakeEngine)
    assert not machine.engine.spoken


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    tone = 0.05 * np.sin(2 * np.pi * 300 * np.arange(RATE * 3) / RATE)
    soundfile.write(tmp_path / "mine.wav", tone, RATE)
    path = tmp_path / "recorded.yaml"
    path.write_text("title: R\nsteps:\n  - pause: 1s\n  - play: mine.wav\n    text: My own words.\n    then: 2s\n")
    return path


def test_a_recording_is_heard_in_the_place_of_speech_and_as_loud(recorded: Path, machine: pipeline.Machine) -> None:
    ready = prepared(recorded, machine)
    assert ready.timeline.total_ms == 6000
    assert [(cue.start_ms, cue.end_ms, cue.text) for cue in ready.timeline.cues] == [(1000, 4000, "My own words.")]
    heard = sound(ready)[RATE : 4 * RATE]
    assert integrated_lufs(heard.astype(np.float32) / 32_768, RATE) == pytest.approx(-18, abs=0.3)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("there.wav", "there is no sound file 'there.wav'"),
        ("bad.wav", "bad.wav"),
        ("../a.wav", "outside the script's own"),
    ],
)
def test_recordings_that_cannot_be_had_are_reported_at_their_steps(
    recorded: Path, machine: pipeline.Machine, name: str, message: str
) -> None:
    (recorded.parent / "bad.wav").write_bytes(b"no sound")
    recorded.write_text(recorded.read_text().replace("mine.wav", name))
    with pytest.raises(ScriptError, match=r"recorded\.yaml:4:5: ") as caught:
        prepared(recorded, machine)
    assert message in str(caught.value)


@pytest.mark.parametrize("name", ["a" * 300, "a\0b"])
def test_a_background_that_no_file_can_be_is_one_sentence(name: str) -> None:
    with pytest.raises(MediaError, match="is not a name that a file can have"):
        media.users_own(name)


def test_a_recording_longer_than_its_slot_is_a_problem(recorded: Path, machine: pipeline.Machine) -> None:
    recorded.write_text(recorded.read_text().replace("then: 2s", "for: 2s"))
    with pytest.raises(ScriptError, match=r"'mine\.wav' takes 3s, but its slot is 2s; .* or shorten the recording"):
        prepared(recorded, machine)


def test_a_background_of_the_users_own_that_is_no_sound_is_reported(
    script: Path, machine: pipeline.Machine, tmp_path: Path
) -> None:
    (tmp_path / "mine.flac").write_bytes(b"not a sound at all")
    with pytest.raises(MediaError, match=r"mine\.flac"):
        prepared(script, machine, background=str(tmp_path / "mine.flac"))


def test_a_voice_that_is_not_here_is_a_problem_at_its_place(script: Path, machine: pipeline.Machine) -> None:
    script.write_text(SHORT.replace("\nbackground", "\nvoice: {name: nobody}\nbackground", 1))
    with pytest.raises(ScriptError, match=r"short\.yaml:2:15: there is no voice 'nobody'"):
        prepared(script, machine)


# A person's own takes


SPOKEN = """\
title: Spoken
background: {sound: none}
steps:
  - section: One
  - say: Sit down. Rest a while.
    for: 6s
  - breathe: {in: 3s, out: 3s, cycles: 2}
    count: up
  - say: Rest a while!
    for: 3s
"""
LINES = ("sit-down", "rest-a-while", "breathe-in", "two", "three", "breathe-out")


@pytest.fixture
def own(tmp_path: Path) -> pipeline.SessionRequest:
    """A session of which two lines were spoken by its listener; the voices are tones of different heights."""
    (tmp_path / "spoken.yaml").write_text(SPOKEN)
    (tmp_path / "takes").mkdir()
    taken(tmp_path, "002-rest-a-while.wav", 700, 1.2)
    taken(tmp_path, "breathe-in.flac", 500, 0.5)
    taken(tmp_path, "another-session.wav", 500, 9)
    return pipeline.SessionRequest(str(tmp_path / "spoken.yaml"), takes=str(tmp_path / "takes"))


def taken(folder: Path, name: str, hz: int, seconds: float, peak: float = 0.05) -> np.ndarray:
    """A take in a room: a tone, silence and a little noise around it."""
    time = np.arange(round(44_100 * seconds)) / 44_100
    tone = np.sin(2 * np.pi * hz * time) + 0.5 * np.sin(4 * np.pi * hz * time)
    room = np.random.default_rng(hz).normal(0, peak / 300, len(time) + 44_100)
    room[22_050 : 22_050 + len(time)] += peak / 1.5 * tone
    soundfile.write(folder / "takes" / name, room, 44_100)
    return np.asarray(room)


def hz_of(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples[:, 0].astype(float) * np.hanning(len(samples))))
    return float(spectrum.argmax() * RATE / len(samples))


def test_lines_with_a_take_are_heard_from_it_and_the_others_spoken(
    own: pipeline.SessionRequest, machine: pipeline.Machine
) -> None:
    ready = pipeline.prepare(own, machine)
    assert isinstance(machine.engine, FakeEngine)
    assert set(machine.engine.spoken) == {"Sit down.", "two", "three", "Breathe out"}
    assert ready.takes == (2, len(LINES))
    assert {cue.text for cue in ready.timeline.cues if ready.clips[cue.sound].is_own} == {  # type: ignore[index]
        *("Rest a while.", "Rest a while!", "Breathe in"),
    }


@pytest.mark.slow
def test_an_export_holds_the_samples_of_the_take_at_its_place(
    own: pipeline.SessionRequest, machine: pipeline.Machine, tmp_path: Path
) -> None:
    ready = pipeline.prepare(own, machine)
    exporter.export(ready, tmp_path / "a.wav", ExportOptions("wav"), force=False)
    exported, _ = soundfile.read(tmp_path / "a.wav")
    take, rate = soundfile.read(tmp_path / "takes" / "002-rest-a-while.wav")
    whole = soxr.resample(take, rate, RATE)
    places = [cue for cue in ready.timeline.cues if cue.text.startswith("Rest a while")]
    assert len(places) == 2
    for cue in places:
        heard = exported[cue.start_ms * 48 : cue.end_ms * 48, 0]
        middle = heard[RATE // 4 : -RATE // 4]
        at = int(np.correlate(whole, middle, "valid").argmax())
        part = whole[at : at + len(middle)]
        assert abs(at - RATE // 4 - RATE // 2) < 0.05 * RATE  # it begins where the tone does, within its margin
        level = float(middle @ part / (part @ part))
        assert np.abs(middle - level * part).max() < 0.002 * np.abs(middle).max()


@pytest.mark.parametrize("peak", [0.01, 0.05, 0.9])
def test_takes_are_as_loud_as_the_voice_whatever_the_microphone_made_of_them(
    own: pipeline.SessionRequest, machine: pipeline.Machine, tmp_path: Path, peak: float
) -> None:
    taken(tmp_path, "breathe-in.flac", 500, 0.5, peak)
    ready = pipeline.prepare(own, machine)
    heard = sound(ready).astype(float) / 32_768
    for cue in ready.timeline.cues:
        said = heard[cue.start_ms * 48 : cue.end_ms * 48]
        if cue.kind == "speech":
            assert integrated_lufs(said, RATE) == pytest.approx(-18, abs=0.7)
        else:  # each count is as loud as the next, whoever says it
            assert momentary_lufs(said[:, 0], RATE) == pytest.approx(-17, abs=0.5)


def test_a_word_of_ones_own_falls_on_its_beat(own: pipeline.SessionRequest, machine: pipeline.Machine) -> None:
    ready = pipeline.prepare(own, machine)
    heard = sound(ready)
    words = [cue for cue in ready.timeline.cues if cue.text == "Breathe in"]
    assert [cue.beat_ms for cue in words] == [6000, 12_000]
    for cue in words:
        onset = np.flatnonzero(np.abs(heard[cue.start_ms * 48 : cue.end_ms * 48, 0]) > 2000)[0] / 48
        assert cue.start_ms + onset == pytest.approx(cue.beat_ms, abs=10)
        assert hz_of(heard[cue.start_ms * 48 : cue.end_ms * 48]) == pytest.approx(500, abs=5)


def test_who_speaks_everything_needs_no_voice(
    own: pipeline.SessionRequest, machine: pipeline.Machine, tmp_path: Path
) -> None:
    script = tmp_path / "spoken.yaml"
    script.write_text(SPOKEN.replace("title", "voice: {name: nobody}\nlanguage: en-XX\ntitle", 1))
    for each in LINES:
        if not list((tmp_path / "takes").glob(f"*{each}.*")):
            taken(tmp_path, f"{each}.wav", 400, 0.4)
    ready = pipeline.prepare(own, machine)
    assert ready.takes == (len(LINES), len(LINES))
    assert sound(ready).any()
    (tmp_path / "takes" / "two.wav").unlink()
    with pytest.raises(ScriptError, match=r"spoken\.yaml:1:15: there is no voice 'nobody'"):
        pipeline.prepare(own, machine)


def test_a_take_that_is_too_long_is_a_problem_at_its_step(
    own: pipeline.SessionRequest, machine: pipeline.Machine, tmp_path: Path
) -> None:
    taken(tmp_path, "002-rest-a-while.wav", 700, 3.5)
    taken(tmp_path, "breathe-in.flac", 500, 1.1)
    with pytest.raises(ScriptError) as caught:
        pipeline.check(own, machine)
    word, sentence = (str(problem).removeprefix(f"{tmp_path}/spoken.yaml:") for problem in caught.value.problems)
    assert word == (
        "7:5: 'Breathe in' takes 1.21s, but 'two' begins 1.025s after its start; "
        "make the phase longer, or speak it again, faster"
    )
    assert sentence == (
        "9:5: 'Rest a while!' takes 3.61s, but its slot is 3s; make the slot 4s or longer, or speak it again, faster"
    )


def test_every_take_that_cannot_be_read_is_reported(
    own: pipeline.SessionRequest, machine: pipeline.Machine, tmp_path: Path
) -> None:
    soundfile.write(tmp_path / "takes" / "two.wav", np.zeros(4800), RATE)
    (tmp_path / "takes" / "three.mp3").write_bytes(b"no sound")
    (tmp_path / "takes" / "of-no-line.mp3").write_bytes(b"no sound")
    with pytest.raises(MediaError) as caught:
        pipeline.prepare(own, machine)
    lines = str(caught.value).splitlines()
    assert [line.partition(": ")[0].rpartition("/")[2] for line in lines] == ["two.wav", "three.mp3"]


def test_two_takes_of_a_line_and_no_folder_are_one_sentence(
    own: pipeline.SessionRequest, machine: pipeline.Machine, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="there is no folder elsewhere with takes; name the one that they are in"):
        pipeline.prepare(replace(own, takes="elsewhere"), machine)
    taken(tmp_path, "Rest a while.mp3", 600, 1)
    with pytest.raises(UsageError, match=r"are takes of the same line, 'Rest a while\.'; keep one of them"):
        pipeline.prepare(own, machine)


def test_takes_are_read_once(
    own: pipeline.SessionRequest, machine: pipeline.Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pipeline.prepare(own, machine)
    monkeypatch.setattr(own_take, "decode", None)
    again = pipeline.prepare(own, machine)
    assert again.timeline == first.timeline
    np.testing.assert_array_equal(sound(again), sound(first))


TALK = """\
title: Talk
steps:
  - say: Sit down, and let the chair carry you.
  - say: There is nothing to be done.
  - say: Let your hands lie where they like.
  - say: Close your eyes if you want to.
  - breathe: {in: 4s, hold: 4s, out: 4s, cycles: 2}
    guide: count
"""


class UnevenEngine(FakeEngine):
    """The American hums 12 dB softer than the others, and longer texts up to 9 dB softer than shorter ones."""

    def speak(self, request: SpeechRequest) -> Take:
        take = super().speak(request)
        softer_db = 12 * (request.voice == "gmw/en-us") + min(len(request.text), 10) - 1
        return Take(take.rate, (take.samples * 10 ** (-softer_db / 20)).astype(np.int16))


@pytest.fixture
def talk(tmp_path: Path) -> pipeline.Prepared:
    """A session that two voices speak in turn, which scripts cannot ask for yet."""
    path = tmp_path / "talk.yaml"
    path.write_text(TALK)
    machine = pipeline.Machine(UnevenEngine(), Store(tmp_path / "store"))
    one, two = (prepared(path, machine, voice=name, background="none") for name in ("gmw/en", "gmw/en-us"))
    pairs = enumerate(zip(one.timeline.cues, two.timeline.cues, strict=True))
    cues = tuple(second if index % 2 else first for index, (first, second) in pairs)
    return replace(one, timeline=replace(one.timeline, cues=cues), clips={**one.clips, **two.clips})


def of_cues(ready: pipeline.Prepared, kind: str, voice: str) -> list[np.ndarray]:
    """Each cue as it is heard, shape (frames, 2), full scale 1.0."""
    heard = sound(ready) / 32_768
    mine = [cue for cue in ready.timeline.cues if cue.kind == kind and cue.sound.voice == voice]  # type: ignore[union-attr]
    assert len(mine) >= 2
    return [heard[cue.start_ms * 48 : cue.end_ms * 48] for cue in mine]


@pytest.mark.parametrize("voice", ["gmw/en", "gmw/en-us"])
def test_two_voices_in_one_session_are_equally_loud(talk: pipeline.Prepared, voice: str) -> None:
    stem = np.concatenate(of_cues(talk, "speech", voice))
    assert integrated_lufs(stem, RATE) == pytest.approx(-18, abs=0.1)


def test_every_counted_word_is_as_loud_as_the_next_in_whatever_voice(talk: pipeline.Prepared) -> None:
    words = [word for voice in ("gmw/en", "gmw/en-us") for word in of_cues(talk, "count", voice)]
    loudness = [loudest_lufs(np.pad(word, ((0, RATE // 2), (0, 0))), RATE) for word in words]
    assert max(loudness) - min(loudness) < 0.5
    assert max(true_peak_dbtp(word, RATE) for word in words) < -1.5


LONG_WORDS = """\
title: Long words
steps:
  - pause: 2s
  - breathe: {in: LENGTH, out: LENGTH, cycles: 2}
    guide: silent
    words: {in: In through the nose and down, out: Out}
  - pause: 1s
  - breathe: {in: 3s, out: 3s, cycles: 2}
    guide: silent
"""


@pytest.mark.parametrize(
    ("length", "asked", "heard"), [("4s", "count", "word"), ("1s", "count", "tone"), ("1s", "words", "tone")]
)
def test_guidance_that_does_not_fit_when_it_is_spoken_becomes_less_help_there_alone(
    tmp_path: Path, machine: pipeline.Machine, length: str, asked: str, heard: str
) -> None:
    (tmp_path / "long.yaml").write_text(LONG_WORDS.replace("LENGTH", length))
    ready, own = prepared(tmp_path / "long.yaml", machine, guide=asked), prepared(tmp_path / "long.yaml", machine)
    first_ms = {"4s": 16_000, "1s": 4000}[length] + 2000
    assert {cue.kind for cue in ready.timeline.cues if cue.slot_start_ms < first_ms} == {heard}
    later = {cue.kind for cue in ready.timeline.cues if cue.slot_start_ms >= first_ms}
    assert later == ({"word", "count"} if asked == "count" else {"word"})
    assert ready.timeline.slots == own.timeline.slots
    assert [(each.at.line, each.text) for each in ready.less_help] == [(4, ready.notes[0])]
    (tmp_path / "long.yaml").write_text(LONG_WORDS.replace("LENGTH", "1s").replace("silent", "count", 1))
    with pytest.raises(ScriptError, match="goes on for"):  # the author is told
        prepared(tmp_path / "long.yaml", machine)


def test_a_sentence_that_does_not_fit_is_a_problem_with_any_guidance(tmp_path: Path, machine: pipeline.Machine) -> None:
    text = LONG_WORDS.replace("LENGTH", "4s") + "  - say: This is far too long for so little time.\n    for: 1s\n"
    (tmp_path / "long.yaml").write_text(text)
    with pytest.raises(ScriptError, match=r"long\.yaml:10:5: .* its slot is 1s"):
        prepared(tmp_path / "long.yaml", machine, guide="count")


def test_versions_of_a_session_have_a_limit_in_all(
    tmp_path: Path, machine: pipeline.Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(
        "title: T\nparams: {a: {default: x, choices: [x, y, z]}}\nsteps:\n- repeat: {times: 5, steps: [{pause: 1s}]}\n"
    )
    monkeypatch.setattr(pipeline.session, "MOST_VERSIONED", 15)
    assert pipeline.check(pipeline.SessionRequest(str(path)), machine)[1] == ()
    monkeypatch.setattr(pipeline.session, "MOST_VERSIONED", 14)
    with pytest.raises(ScriptError) as caught:
        pipeline.check(pipeline.SessionRequest(str(path)), machine)
    told = "a.yaml:2:9: with every choice of params, the session has more than 14 parts and sounds; repeat less"
    assert str(caught.value).endswith(told)


@pytest.mark.parametrize(("times", "steps"), [(60, 1), (30, 2)])
def test_steps_beside_a_mistake_are_checked_as_far_as_a_session_may_go(
    tmp_path: Path, machine: pipeline.Machine, monkeypatch: pytest.MonkeyPatch, times: int, steps: int
) -> None:
    """They were checked one by one, each as much as a session may have: 900 of them took minutes."""
    path = tmp_path / "a.yaml"
    long = "- say: one two three four five six seven\n  for: 100ms\n"
    many = f"- repeat: {{times: {times}, steps: [{{pause: 1s}}]}}\n" * steps
    path.write_text(f"title: T\nsteps:\n- pausing: 1s\n{many}{long}")
    for limit, told in ((1000, 2), (50, 1)):
        monkeypatch.setattr(planning, "MOST_PARTS", limit)
        with pytest.raises(ScriptError) as caught:
            pipeline.check(pipeline.SessionRequest(str(path)), machine)
        assert len(caught.value.problems) == told


def test_steps_beside_a_mistake_are_checked_as_far_as_one_session_may_go(
    tmp_path: Path, machine: pipeline.Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.yaml"
    breaths = "- breathe: {in: 2s, out: 2s, cycles: 20}\n  guide: silent\n"
    path.write_text(f"title: T\nsteps:\n- pausing: 1s\n{breaths}- say: one two three four five six\n  for: 100ms\n")
    for limit, told in ((41, 2), (40, 1)):
        monkeypatch.setattr(pipeline.session, "MOST_PARTS", limit)
        with pytest.raises(ScriptError) as caught:
            pipeline.check(pipeline.SessionRequest(str(path)), machine)
        assert len(caught.value.problems) == told
