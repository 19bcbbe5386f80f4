"""Clips: spoken once, kept, trimmed, with a beat; and what happens when one cannot be spoken."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from player.errors import StoreError, VoiceError
from player.storage.store import Store
from player.techniques.cue import Utterance
from player.voice.clips import Clip, speak_all
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.voice.pyttsx3_engine import Pyttsx3Engine
    from tests.voice.conftest import Workers

ONE, TWO = Utterance("one", "en-GB"), Utterance("two", "en-GB")
MANY = [Utterance(f"Breathe in for {n}.", "en-GB") for n in range(12)]


def only(clips: dict[Utterance, Clip]) -> Clip:
    (clip,) = clips.values()
    return clip


def entry_file(store: Store) -> Path:
    (path,) = (path for path in store.root.rglob("*") if path.is_file())
    return path


def wait(barrier: threading.Barrier) -> None:
    barrier.wait(60)


# What a clip is


def test_a_clip_is_trimmed_and_knows_its_length(store: Store) -> None:
    clip = only(speak_all([ONE], FakeEngine(), store))
    hum_ms, margins_ms = 60 * 3 * 120 / 105, 10
    assert clip.length_ms == pytest.approx(hum_ms + margins_ms, abs=2)
    assert clip.frames == len(clip.samples())
    assert clip.length_ms == -(-clip.frames * 1000 // clip.rate)
    assert clip.samples().dtype == np.int16
    assert clip.rate == 22_050


def test_the_beat_counts_from_the_trimmed_start(store: Store, tmp_path: Path) -> None:
    early = only(speak_all([ONE], FakeEngine(lead_ms=20), store))
    late = only(speak_all([ONE], FakeEngine(lead_ms=400), Store(tmp_path / "other")))
    assert early.beat_ms == late.beat_ms
    assert 3 <= early.beat_ms <= 10
    assert isinstance(early.beat_ms, int)


def test_a_length_is_rounded_up(store: Store) -> None:
    clip = only(speak_all([ONE], FakeEngine(), store))
    for frames, length_ms in [(0, 0), (1, 1), (22, 1), (23, 2), (22_050, 1000), (22_051, 1001)]:
        assert replace(clip, frames=frames).length_ms == length_ms


def test_a_clip_knows_its_voice(store: Store) -> None:
    plain, soft = replace(ONE, voice="gmw/en"), replace(ONE, voice="gmw/en+f2")
    clips = speak_all([plain, soft, replace(plain, rate=130)], FakeEngine(), store)
    assert [clip.voice for clip in clips.values()] == ["fake gmw/en", "fake gmw/en+f2", "fake gmw/en"]


def test_a_clip_ends_softly_where_its_engine_chops(store: Store) -> None:
    samples = only(speak_all([ONE], FakeEngine(), store)).samples()
    ends = [int(np.abs(samples[-ms * 22_050 // 1000 :][:220]).max()) for ms in (50, 30, 25, 15)]
    assert ends == sorted(ends, reverse=True)
    assert ends[0] == pytest.approx(8000, rel=0.01)
    assert ends[-1] < 0.3 * 8000


def test_a_clip_whose_entry_is_gone_says_so(store: Store) -> None:
    clip = only(speak_all([ONE], FakeEngine(), store))
    store.clear()
    with pytest.raises(StoreError):
        clip.samples()


# Silence that a rate asks for


def test_a_clip_that_must_become_longer_is_lengthened_at_its_commas_and_tells_where(store: Store) -> None:
    text = Utterance("Let your shoulders drop, and rest", "en-GB", rate=120)
    plain = only(speak_all([text], FakeEngine(comma_ms=200), store))
    slow = only(speak_all([text], FakeEngine(comma_ms=200, stretch=1.3), store))
    added_ms = round(0.3 * plain.length_ms)
    ((start, end),) = slow.pauses
    assert start == pytest.approx(5 + 60 * 23, abs=6)
    assert end - start == pytest.approx(200 + 450, abs=6)
    assert slow.length_ms - plain.length_ms == 450
    assert slow.after_ms == pytest.approx(added_ms - 450, abs=1)
    assert slow.beat_ms == plain.beat_ms
    assert not slow.samples()[(start + 105) * slow.rate // 1000 : (end - 105) * slow.rate // 1000].any()


def test_a_clip_without_a_comma_gets_its_silence_after_it(store: Store) -> None:
    plain = only(speak_all([ONE], FakeEngine(), store))
    slow = only(speak_all([ONE], FakeEngine(stretch=2.0), store))
    assert (slow.frames, slow.pauses, slow.after_ms) == (plain.frames, (), plain.length_ms - 1)
    assert (plain.pauses, plain.after_ms) == ((), 0)


def test_silence_is_remembered_with_the_clip(store: Store) -> None:
    text = Utterance("Let go, and rest", "en-GB")
    first = only(speak_all([text], FakeEngine(comma_ms=200, stretch=2), store))
    assert only(speak_all([text], FakeEngine(stretch=2, fails_on=frozenset({text.text})), store)) == first
    assert first.pauses
    assert first.after_ms


# Words that have little room

SEVENTEEN = Utterance("seventeen", "en-GB", rate=120, manner="count")


def after_beat_ms(clip: Clip) -> float:
    return clip.frames * 1000 / clip.rate - clip.beat_ms


@pytest.mark.parametrize(
    ("room_ms", "rates"),
    [
        (0, [120]),
        (560, [120]),
        (520, [120, 132]),
        (470, [120, 132, 144]),
        (420, [120, 132, 144, 162]),
        (370, [120, 132, 144, 162, 180]),
    ],
)
def test_a_word_that_does_not_fit_its_room_is_said_faster_until_it_does(
    store: Store, room_ms: int, rates: list[float]
) -> None:
    engine = FakeEngine()
    clip = only(speak_all([replace(SEVENTEEN, room_ms=room_ms)], engine, store))
    assert engine.rates == rates
    assert clip.frames == pytest.approx(clip.rate * (540 * 120 / rates[-1] + 10) / 1000, abs=3)
    assert not room_ms or after_beat_ms(clip) <= room_ms + 0.5


def test_a_word_is_never_said_more_than_half_as_fast_again(store: Store) -> None:
    engine = FakeEngine()
    clip = only(speak_all([replace(SEVENTEEN, room_ms=100)], engine, store))
    assert engine.rates == [120, 132, 144, 162, 180]
    assert after_beat_ms(clip) > 100, "which the layout then reports"


def test_a_word_is_spoken_once_for_all_rooms_that_it_fits(store: Store) -> None:
    engine = FakeEngine()
    words = [replace(SEVENTEEN, room_ms=room_ms) for room_ms in (0, 4000, 560, 520)]
    clips = speak_all(words, engine, store)
    assert engine.rates == [120, 132]
    assert len({clip.entry.path for clip in clips.values()}) == 2
    assert [clip.utterance for clip in clips.values()] == words


def test_how_fast_a_word_had_to_be_said_is_found_out_once(store: Store) -> None:
    utterance = replace(SEVENTEEN, room_ms=420)
    first = only(speak_all([utterance], FakeEngine(), store))
    engine = FakeEngine()
    assert only(speak_all([utterance], engine, store)) == first
    assert not engine.rates


# Once


def test_every_utterance_has_its_clip_and_is_spoken_once(store: Store) -> None:
    engine = FakeEngine()
    clips = speak_all([ONE, TWO, ONE, *MANY, TWO], engine, store)
    assert set(clips) == {ONE, TWO, *MANY}
    assert set(engine.spoken.values()) == {1}
    assert all(clip.utterance == utterance for utterance, clip in clips.items())


def test_what_is_stored_is_not_spoken_again(store: Store) -> None:
    first = speak_all([ONE, TWO], FakeEngine(), store)
    engine = FakeEngine()
    again = speak_all([ONE, TWO, Utterance("three")], engine, Store(store.root))
    assert engine.spoken == {"three": 1}
    assert (again[ONE], again[TWO]) == (first[ONE], first[TWO])


def test_nothing_is_stopped_where_nothing_was_started(store: Store) -> None:
    speak_all([ONE], FakeEngine(), store)
    engine = FakeEngine()
    speak_all([ONE], engine, store)
    assert engine.stops == 0


def test_no_utterances_are_no_clips(store: Store) -> None:
    assert speak_all([], FakeEngine(), store) == {}


def test_utterances_that_are_the_same_to_the_engine_share_a_clip(store: Store) -> None:
    engine = FakeEngine()
    named = Utterance("one", voice="gmw/en")
    clips = speak_all([ONE, named], engine, store)
    assert engine.spoken == {"one": 1}
    assert clips[ONE].entry == clips[named].entry


@pytest.mark.parametrize(
    "other",
    [replace(ONE, text="one."), replace(ONE, language="en-US"), replace(ONE, rate=106), replace(ONE, pitch=51)],
)
def test_whatever_changes_the_sound_is_spoken_anew(store: Store, other: Utterance) -> None:
    speak_all([ONE], FakeEngine(), store)
    engine = FakeEngine()
    speak_all([other], engine, store)
    assert engine.spoken.total() == 1


@pytest.mark.parametrize("engine", [FakeEngine(version="2"), FakeEngine(name="other")], ids=["version", "name"])
def test_another_engine_speaks_anew(store: Store, engine: FakeEngine) -> None:
    speak_all([ONE], FakeEngine(), store)
    speak_all([ONE], engine, store)
    assert engine.spoken == {"one": 1}


@pytest.mark.parametrize(
    "damage", [lambda path: path.write_bytes(b"x"), lambda path: path.unlink()], ids=["damaged", "gone"]
)
def test_a_damaged_clip_is_spoken_again(store: Store, damage: Callable[[Path], object]) -> None:
    first = only(speak_all([ONE], FakeEngine(), store))
    damage(entry_file(store))
    engine = FakeEngine()
    assert only(speak_all([ONE], engine, store)) == first
    assert engine.spoken == {"one": 1}


# Several at once


def test_several_are_spoken_at_once(store: Store) -> None:
    together = threading.Barrier(3)
    speak_all(MANY, FakeEngine(while_speaking=lambda: wait(together)), store, workers=3)


def test_never_more_than_was_asked_for(store: Store) -> None:
    speaking, most, lock = [0], [0], threading.Lock()

    def count() -> None:
        with lock:
            speaking[0] += 1
            most[0] = max(most[0], speaking[0])
        time.sleep(0.01)
        with lock:
            speaking[0] -= 1

    speak_all(MANY, FakeEngine(while_speaking=count), store, workers=2)
    assert most[0] == 2


def test_progress_is_reported_in_the_callers_thread(store: Store) -> None:
    speak_all(MANY[:2], FakeEngine(), store)
    told: list[tuple[int, int, threading.Thread]] = []
    speak_all(
        MANY[:6],
        FakeEngine(),
        store,
        progress=lambda done, total: told.append((done, total, threading.current_thread())),
    )
    assert told == [(done, 4, threading.current_thread()) for done in range(5)]


def test_where_nothing_is_missing_there_is_no_progress(store: Store) -> None:
    speak_all(MANY, FakeEngine(), store)
    told: list[int] = []
    speak_all(MANY, FakeEngine(), store, progress=lambda done, _: told.append(done))
    assert told == []


def test_the_same_clips_come_out_whatever_the_number_of_workers(store: Store, tmp_path: Path) -> None:
    one = speak_all(MANY, FakeEngine(), store, workers=1)
    many = speak_all(MANY, FakeEngine(), Store(tmp_path / "other"), workers=5)
    for utterance in MANY:
        assert np.array_equal(one[utterance].samples(), many[utterance].samples())
        assert one[utterance].beat_ms == many[utterance].beat_ms


# What can fail


def test_an_unknown_voice_is_found_before_anything_is_spoken(store: Store) -> None:
    engine = FakeEngine()
    with pytest.raises(VoiceError, match=r"no voice 'gmw/xx'; did you mean gmw/en"):
        speak_all([*MANY, Utterance("one", voice="gmw/xx")], engine, store)
    assert not engine.spoken


def test_one_failure_stops_the_others(store: Store) -> None:
    engine = FakeEngine(fails_on=frozenset({MANY[2].text}))
    with pytest.raises(VoiceError, match=rf"cannot speak '{MANY[2].text}'"):
        speak_all([*MANY, *(Utterance(f"more {n}") for n in range(200))], engine, store, workers=1)
    assert engine.spoken.total() < 100
    assert engine.stops >= 1


def test_what_was_spoken_before_a_failure_is_kept(store: Store) -> None:
    with pytest.raises(VoiceError):
        speak_all(MANY, FakeEngine(fails_on=frozenset({MANY[-1].text})), store, workers=1)
    engine = FakeEngine()
    speak_all(MANY, engine, store)
    assert MANY[0].text not in engine.spoken


def test_an_utterance_without_a_sound_is_refused(store: Store) -> None:
    with pytest.raises(VoiceError, match=r"^the voice says nothing for '…'; write it in words$"):
        speak_all([Utterance("…")], FakeEngine(silent_on=frozenset({"…"})), store)
    assert store.usage().entries == 0


def voice_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("voice")]


def test_an_interruption_stops_everything(store: Store) -> None:
    def interrupt(done: int, total: int) -> None:
        assert total == 12
        if done == 3:
            raise KeyboardInterrupt

    engine = FakeEngine(while_speaking=lambda: time.sleep(0.02))
    with pytest.raises(KeyboardInterrupt):
        speak_all(MANY, engine, store, workers=1, progress=interrupt)
    assert engine.spoken.total() < 12
    assert engine.stops >= 1
    assert not voice_threads()


def test_a_disk_that_refuses_is_one_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    engine = FakeEngine()
    with pytest.raises(StoreError) as caught:
        speak_all(MANY, engine, Store(tmp_path / "file"), workers=2)
    assert "\n" not in str(caught.value)
    assert not voice_threads()


# With workers that can fail


def test_no_worker_is_left(engines: Callable[..., Pyttsx3Engine], workers: Workers, store: Store) -> None:
    clips = speak_all(MANY, engines(), store, workers=2)
    assert len(clips) == len(MANY)
    assert not workers.alive()
    assert len(workers.started) <= 3


@pytest.mark.parametrize(("deed", "timeout_s"), [("hang", 1), ("die", 60), ("garbage", 60)])
def test_a_faulty_worker_is_one_error_and_none_is_left(
    engines: Callable[..., Pyttsx3Engine], workers: Workers, store: Store, deed: str, timeout_s: float
) -> None:
    with pytest.raises(VoiceError, match=r"cannot speak 'Breathe in for \d+\.'"):
        speak_all(MANY, engines(timeout_s, speak=deed), store, workers=2)
    assert not workers.alive()


WARM = """
import pathlib, sys
from player.storage.store import Store
from player.techniques.cue import Utterance
from player.voice.clips import speak_all
from player.voice.drivers.table import BY_NAME
from player.voice.pyttsx3_engine import Pyttsx3Engine
store = Store(pathlib.Path(sys.argv[1]))
engine = Pyttsx3Engine(store, command=["/nonexistent/python"], drivers=(BY_NAME["espeak"],))
clips = speak_all([Utterance(f"Breathe in for {n}.", "en-GB") for n in range(12)], engine, store)
print(sum(len(clip.samples()) for clip in clips.values()))
heavy = {"scipy", "pyttsx3", "espeakng_loader", "hibari", "piper", "onnxruntime", "soundfile", "pydub"}
print(sorted(heavy & set(sys.modules)))
"""


def test_where_all_is_stored_nothing_is_started_and_nothing_heavy_imported(
    engines: Callable[..., Pyttsx3Engine], store: Store
) -> None:
    clips = speak_all(MANY, engines(), store)
    frames = sum(clip.frames for clip in clips.values())
    warm = subprocess.run(
        [sys.executable, "-c", WARM, store.root],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (warm.stdout, warm.stderr) == (f"{frames}\n[]\n", "")
