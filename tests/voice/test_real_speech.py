"""pyttsx3 itself, in its workers: right rates, the same bytes every time, on a busy machine too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from player.errors import VoiceError
from player.storage.store import Store
from player.techniques.cue import Utterance
from player.voice.clips import Clip, speak_all
from player.voice.pyttsx3_engine import WORKER, Pyttsx3Engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

pytestmark = pytest.mark.engine

PHRASES = (
    "Let your shoulders drop a little",
    "Breathe in slowly through your nose",
    "Now breathe out, as if you were cooling a cup of tea",
    "Notice where your back touches the floor",
    "Gently tense the muscles of your right hand",
)
PLACES = ("now", "once more", "and rest", "slowly")
RATES = (100, 140, 180)
ALTERNATING = [
    Utterance(f"{phrase}, {place}.", "en-GB", rate=RATES[n % 3])
    for n, (phrase, place) in enumerate((phrase, place) for phrase in PHRASES for place in PLACES)
    for n in (n, n + 1, n + 2)
]


@pytest.fixture(params=[False, True], ids=["idle", "busy"])
def load(request: pytest.FixtureRequest) -> Iterator[bool]:
    """With every core kept busy by others, or not."""
    spin = [sys.executable, "-c", "while True: pass"]
    others = [subprocess.Popen(spin) for _ in range(os.cpu_count() or 1) if request.param]
    yield request.param
    for other in others:
        other.kill()
        other.wait()


def contents(clips: dict[Utterance, Clip]) -> dict[Utterance, bytes]:
    return {utterance: clip.samples().tobytes() for utterance, clip in clips.items()}


def test_alternating_rates_are_spoken_as_set_and_the_same_bytes_come_again(
    real_engine: Pyttsx3Engine, store: Store, tmp_path: Path, load: bool
) -> None:
    utterances = ALTERNATING[: 24 if load else 60]
    clips = speak_all(utterances, real_engine, store)
    other = Store(tmp_path / "other")
    engine = Pyttsx3Engine(other, drivers=real_engine.drivers)
    assert contents(clips) == contents(speak_all(utterances, engine, other, workers=3))
    lengths = {(utterance.text, utterance.rate): clip.length_ms for utterance, clip in clips.items()}
    assert len(lengths) == len(utterances)
    for text in {utterance.text for utterance in utterances}:
        slow, middle, fast = (lengths[text, rate] for rate in RATES)
        # told 90, 136 and 192, and the sounds of a phrase shrink evenly
        assert 1.35 < slow / middle < 1.65, text
        assert 1.28 < middle / fast < 1.55, text


def test_a_second_time_is_from_the_store(real_engine: Pyttsx3Engine, store: Store) -> None:
    clips = speak_all(ALTERNATING[:3], real_engine, store)
    dead = Pyttsx3Engine(store, command=["/nonexistent/python"], drivers=real_engine.drivers)
    assert contents(speak_all(ALTERNATING[:3], dead, store)) == contents(clips)


@pytest.mark.skipif(sys.platform != "linux", reason="variants and pitch are espeak-ng's")
@pytest.mark.parametrize(
    "other",
    [
        Utterance("Let go.", voice="gmw/en+f2"),
        Utterance("Let go.", "en-US"),
        Utterance("Let go.", "en-GB", pitch=80),
        Utterance("Let go.", voice="English (Received Pronunciation)"),
    ],
    ids=["variant", "language", "pitch", "name"],
)
def test_voice_and_pitch_are_heard(real_engine: Pyttsx3Engine, store: Store, other: Utterance) -> None:
    plain = Utterance("Let go.", "en-GB")
    clips = contents(speak_all([plain, other], real_engine, store))
    assert clips[plain] != clips[other]


def test_the_first_voices_are_there(real_engine: Pyttsx3Engine) -> None:
    voices = {voice.id: voice for voice in real_engine.voices()}
    assert len({voice.language for voice in voices.values()}) > 1
    assert real_engine.request(Utterance("one", "en-GB")).voice in voices
    assert real_engine.request(Utterance("one", "en-US")).voice in voices


def test_a_doctor_can_describe_it(real_engine: Pyttsx3Engine) -> None:
    (driver,) = real_engine.drivers
    facts = real_engine.identity(driver)
    assert facts.package.startswith("2.")
    if facts.driver == "espeak":
        assert facts.version.startswith("1.")
        assert Path(facts.library).name.startswith("libespeak")


def test_an_unknown_voice_is_refused_with_near_names(real_engine: Pyttsx3Engine) -> None:
    with pytest.raises(VoiceError, match=r"there is no voice 'gmw/en-uk'; did you mean .*gmw/en"):
        real_engine.request(Utterance("one", voice="gmw/en-uk"))


def test_special_texts_are_spoken(real_engine: Pyttsx3Engine, store: Store) -> None:
    texts = ["www.example.com", "24 December 2024, 12:30", "Don't <stop/> & [[rest]]", "Ä ö ü ß é 🙂 so", "I", "OK"]
    clips = speak_all([Utterance(text, "en-GB") for text in texts], real_engine, store)
    assert all(clip.length_ms > 200 for clip in clips.values())


def test_a_text_without_words_is_refused(real_engine: Pyttsx3Engine, store: Store) -> None:
    with pytest.raises(VoiceError, match="'…'"):
        speak_all([Utterance("…", "en-GB")], real_engine, store)


@pytest.mark.skipif(sys.platform != "linux", reason="the carried espeak-ng is for Linux")
def test_it_speaks_from_a_folder_with_a_long_name(
    real_engine: Pyttsx3Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """espeak-ng keeps only 160 characters of the path of its data."""
    (driver,) = real_engine.drivers
    loader = Path(real_engine.identity(driver).library).parent
    if not (loader / "espeak-ng-data").is_dir():
        pytest.skip("this espeak-ng is the system's; run `pip install espeakng-loader`")
    deep = tmp_path.joinpath(*["quite a long name for a folder"] * 6)
    deep.mkdir(parents=True)
    subprocess.run(["cp", "-r", loader, deep / "espeakng_loader"], check=True)
    monkeypatch.syspath_prepend(deep)
    store = Store(tmp_path / "deep store")
    engine = Pyttsx3Engine(store, drivers=(driver,))
    assert engine.request(Utterance("one", "en-GB")).voice == "gmw/en"
    engine.refresh()
    assert engine.identity(driver).library.startswith(str(deep))
    assert only_samples(speak_all([Utterance("one", "en-GB")], engine, store)).any()


def only_samples(clips: dict[Utterance, Clip]) -> np.ndarray:
    (clip,) = clips.values()
    return clip.samples()


def test_a_module_in_the_current_folder_does_no_harm(
    real_engine: Pyttsx3Engine, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("json.py", "wave.py", "pyttsx3.py", "select.py"):
        (tmp_path / name).write_text("raise SystemExit('wrong module')")
    monkeypatch.chdir(tmp_path)
    assert speak_all([Utterance("one", "en-GB")], real_engine, store)


def test_workers_without_forks_speak_the_same(real_engine: Pyttsx3Engine, store: Store, tmp_path: Path) -> None:
    other = Store(tmp_path / "other")
    once = Pyttsx3Engine(other, command=[*WORKER, "--once"], drivers=real_engine.drivers)
    assert contents(speak_all(ALTERNATING[:6], once, other)) == contents(speak_all(ALTERNATING[:6], real_engine, store))
