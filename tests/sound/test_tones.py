from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.errors import MediaError
from player.sound.loudness import integrated_lufs, loudest_lufs
from player.sound.tones import RECIPES, GuideTone, peak_at_most, render
from player.techniques.cue import Tone
from player.techniques.sounds import CHIMES
from tests.fakes_sound import RATE, judged, level_db, written

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

GUIDES = [name for name, recipe in RECIPES.items() if isinstance(recipe, GuideTone)]
ALL = [*((name, 4000) for name in GUIDES), *CHIMES.items()]


def pitch(samples: NDArray[np.float32]) -> float:
    """Frequency of the strongest partial, by a parabola through its logarithm."""
    spectrum = np.log(np.abs(np.fft.rfft(samples[:, 0] * np.hanning(len(samples)), 2**18)) + 1e-12)
    top = int(spectrum.argmax())
    below, at, above = spectrum[top - 1 : top + 2]
    return float((top + 0.5 * (below - above) / (below - 2 * at + above)) * RATE / 2**18)


def envelope(samples: NDArray[np.float32], window_ms: int = 20) -> NDArray[np.float64]:
    windows = samples[:, 0].astype(np.float64).reshape(-1, window_ms * 48)
    course: NDArray[np.float64] = np.sqrt(np.square(windows).mean(axis=1))
    return course


def test_there_is_a_sound_for_every_name_that_a_script_can_use() -> None:
    assert set(RECIPES) == {"in", "hold", "out", "rest", *CHIMES}


@given(name=st.sampled_from(sorted(RECIPES)), length_ms=st.integers(0, 3000))
@settings(max_examples=60, deadline=None)
def test_a_tone_lasts_exactly_its_length(name: str, length_ms: int) -> None:
    tone = render(Tone(name, length_ms))
    assert tone.shape == (length_ms * 48, 2)
    assert tone.dtype == np.float32
    assert np.isfinite(tone).all()


@pytest.mark.parametrize(("name", "length_ms"), [*ALL, ("in", 1000), ("out", 500), ("bell", 40)])
def test_it_begins_and_ends_at_zero(name: str, length_ms: int) -> None:
    tone = render(Tone(name, length_ms))
    assert np.abs(tone[[0, -1]]).max() < 1e-4 * np.abs(tone).max()


@pytest.mark.parametrize(("name", "length_ms"), ALL)
def test_nothing_in_it_clicks(name: str, length_ms: int) -> None:
    """What a click adds is far above the highest partial; 2 to 20 kHz hold next to nothing."""
    tone = render(Tone(name, length_ms))[:, 0].astype(np.float64)
    spectrum = np.square(np.abs(np.fft.rfft(tone)))
    above = np.fft.rfftfreq(len(tone), 1 / RATE) > 2000
    assert 10 * np.log10(spectrum[above].sum() / spectrum.sum()) < -70


@pytest.mark.parametrize(("name", "length_ms"), ALL)
def test_it_rises_slowly(name: str, length_ms: int) -> None:
    course = envelope(render(Tone(name, length_ms)), 10)
    assert course[0] < 0.1 * course.max()
    assert np.flatnonzero(course > 0.9 * course[:40].max())[0] >= 3


@pytest.mark.parametrize("level_db", [-20.0, -8.0, 0.0])
@pytest.mark.parametrize("name", ["in", "hold", "out"])
def test_a_guide_is_as_loud_as_asked(name: str, level_db: float) -> None:
    tone = render(Tone(name, 6000, level_db))
    lufs = integrated_lufs(tone[RATE:-RATE], RATE)
    assert lufs is not None
    assert -1.6 < lufs - (-18 + level_db) < 0.1  # its loudest 400 ms are what was asked for


def test_a_rest_is_softer_still() -> None:
    def loudest(tone: NDArray[np.float32]) -> float:
        return max(level_db(tone[at : at + 400 * 48]) for at in range(0, 900 * 48, 100 * 48))

    assert loudest(render(Tone("hold", 4000))) - loudest(render(Tone("rest", 4000))) == pytest.approx(8, abs=1)


@pytest.mark.tools
@pytest.mark.parametrize(("name", "length_ms"), ALL)
def test_an_independent_meter_agrees(tmp_path: Path, name: str, length_ms: int) -> None:
    verdict = judged(written(tmp_path / "tone.wav", render(Tone(name, length_ms, -8.0))))
    assert verdict.momentary == pytest.approx(-26 - RECIPES[name].softer_db, abs=0.4)  # it looks only every 100 ms
    assert verdict.dbtp < -15


def test_breathing_in_rises_by_a_fifth() -> None:
    tone = render(Tone("in", 6000))
    early, late = pitch(tone[RATE // 2 : RATE]), pitch(tone[5 * RATE : 5 * RATE + RATE // 2])
    assert 196 < early < 215
    assert 275 < late < 294


def test_the_glide_is_even_in_pitch() -> None:
    tone = render(Tone("in", 8000))
    octaves = np.log2([pitch(tone[at * RATE : at * RATE + RATE // 2]) for at in range(1, 7)])
    assert np.ptp(np.diff(octaves)) < 0.002


def test_breathing_out_mirrors_breathing_in() -> None:
    up, down = render(Tone("in", 4000)), render(Tone("out", 4000))
    for start in (RATE // 2, 2 * RATE, 3 * RATE):
        window = slice(start, start + RATE // 4)
        assert pitch(down[window]) * pitch(up[window]) == pytest.approx(196 * 294, rel=0.002)


def semitones(tone: NDArray[np.float32]) -> float:
    """How far the pitch goes in the first half second."""
    early, late = pitch(tone[60 * 48 : 200 * 48]), pitch(tone[350 * 48 : 490 * 48])
    return 12 * float(np.log2(late / early))


def harmonics(tone: NDArray[np.float32]) -> NDArray[np.float64]:
    """Levels of the second and third harmonic in the first half second, dB under the first."""
    piece = tone[200 * 48 : 500 * 48, 0] * np.hanning(300 * 48)
    spectrum = np.abs(np.fft.rfft(piece, 2**18))
    at = [round(number * pitch(tone[200 * 48 : 500 * 48]) * 2**18 / RATE) for number in (1, 2, 3)]
    levels = [float(spectrum[round(place * 0.94) : round(place * 1.06)].max()) for place in at]
    return 20 * np.log10(np.array(levels[1:]) / levels[0] + 1e-6)


@pytest.mark.parametrize("length_ms", [2000, 4000, 7000, 12_000])
def test_half_a_second_tells_with_closed_eyes_which_phase_it_is(length_ms: int) -> None:
    """Up, down or level, and a colour of its own. Without a scoop, breathing in for 12 s rose by 0.2 semitones."""
    tones = {name: render(Tone(name, length_ms)) for name in GUIDES}
    assert semitones(tones["in"]) > 1.5
    assert semitones(tones["out"]) < -1.5
    assert abs(semitones(tones["hold"])) < 0.05
    assert abs(semitones(tones["rest"])) < 0.05
    colours = {name: harmonics(tones[name]) for name in ("in", "hold", "out")}
    for one, other in (("in", "hold"), ("in", "out"), ("hold", "out")):
        assert np.abs(colours[one] - colours[other]).max() > 9, (one, other)


def test_holding_stays_and_pulses() -> None:
    tone = render(Tone("hold", 6000))
    assert pitch(tone[RATE : 2 * RATE]) == pytest.approx(pitch(tone[4 * RATE : 5 * RATE]), rel=1e-4)
    pulse = envelope(tone)[50:250]
    assert 0.5 < pulse.min() / pulse.max() < 0.8


def test_resting_is_one_low_note_and_then_nothing() -> None:
    tone = render(Tone("rest", 6000))
    assert pitch(tone[:RATE]) == pytest.approx(196, rel=0.01)
    assert not tone[round(1.2 * RATE) :].any()


@pytest.mark.parametrize("length_ms", [1000, 2000, 4000, 12_000])
@pytest.mark.parametrize("name", ["in", "hold", "out"])
def test_phases_are_heard_apart(name: str, length_ms: int) -> None:
    course = envelope(render(Tone(name, length_ms)))
    assert not course[-round(min(150, length_ms / 8) // 20) :].any()


def on_a_phone(tone: Tone) -> float:
    """Its loudest 400 ms without what is under 800 Hz (24 dB an octave), relative to its level."""
    samples = np.pad(render(tone), ((0, RATE // 10), (0, 0))).astype(np.float64)
    passed = 1 / np.sqrt(1 + (800 / np.maximum(np.fft.rfftfreq(len(samples), 1 / RATE), 1)) ** 8)
    heard = np.fft.irfft(np.fft.rfft(samples, axis=0) * passed[:, None], len(samples), axis=0)
    return loudest_lufs(heard, RATE) + 18 - tone.level_db + RECIPES[tone.name].softer_db


def test_a_phone_plays_every_tone_and_none_is_far_softer_than_the_others() -> None:
    heard = {(name, ms): on_a_phone(Tone(name, ms)) for name, ms in [*ALL, *((name, 1500) for name in GUIDES)]}
    assert max(heard.values()) - min(heard.values()) < 6, heard
    assert min(heard.values()) > -17
    assert max(heard.values()) < -8  # soft: most of it is lower


@pytest.mark.parametrize("name", sorted(CHIMES))
def test_a_chime_dies_away(name: str) -> None:
    tone = render(Tone(name, CHIMES[name]))
    tenths = [level_db(piece) for piece in np.array_split(tone[4800:], 10)]
    assert tenths == sorted(tenths, reverse=True)
    assert tenths[-1] < tenths[0] - 40


@pytest.mark.parametrize(("name", "length_ms"), ALL)
def test_one_loudspeaker_is_enough(name: str, length_ms: int) -> None:
    tone = render(Tone(name, length_ms)).astype(np.float64)
    assert level_db(tone.mean(axis=1)) > level_db(tone) - 0.2


def test_the_same_tone_is_the_same_samples() -> None:
    first = render(Tone("bowl", 9000)).copy()
    render.cache_clear()
    assert np.array_equal(render(Tone("bowl", 9000)), first)


def test_what_is_remembered_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        render(Tone("in", 500))[0] = 1


def test_an_unknown_name_is_an_error_that_lists_the_known() -> None:
    with pytest.raises(MediaError, match=re.escape("there is no tone or chime named 'gong'; choose one of in, hold")):
        render(Tone("gong", 1000))


def test_making_one_imports_nothing_slow() -> None:
    code = (
        "import sys; from player.sound.tones import render; from player.techniques.cue import Tone;"
        "render(Tone('start', 5000)); print({'scipy', 'pyloudnorm', 'soundfile'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


@pytest.mark.parametrize("name", sorted(RECIPES))
@pytest.mark.parametrize("length_ms", [600, 4000, 12_000])
def test_no_peak_passes_what_is_said_of_it_beforehand(name: str, length_ms: int) -> None:
    tone = Tone(name, CHIMES.get(name, length_ms), -6.0)
    assert np.abs(render(tone)).max() <= peak_at_most(tone)
