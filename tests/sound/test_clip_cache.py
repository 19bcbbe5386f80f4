from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from player.sound.clip_cache import ClipCache
from player.sound.mixdown import blocks
from tests.fakes_mix import Clips, spoken, state, steady, steady_tone, timeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydub import AudioSegment

    from player.techniques.cue import Utterance
    from player.timeline.model import Timeline


class Maker:
    """Makes clips of one length, notes which and by which thread, and fails for some."""

    def __init__(self, fails: str = "") -> None:
        self.made: list[str] = []
        self.threads: set[str] = set()
        self._fails = fails

    def __call__(self, sound: str) -> AudioSegment:
        self.made.append(sound)
        self.threads.add(threading.current_thread().name)
        if sound in self._fails:
            raise OSError(f"{sound} has vanished")
        return steady(10, 1)


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1, "other") as executor:
        yield executor


def test_what_is_prefetched_is_made_once_and_by_another_thread(executor: ThreadPoolExecutor) -> None:
    cache, make = ClipCache(), Maker()
    for _ in range(3):
        cache.prefetch("a", make, executor)
    first = cache.of("a", make)
    cache.prefetch("a", make, executor)
    assert cache.of("a", make) is first
    assert make.made == ["a"]
    assert make.threads == {"other_0"}


def test_what_goes_wrong_elsewhere_is_raised_when_it_is_asked_for(executor: ThreadPoolExecutor) -> None:
    cache, make = ClipCache(), Maker(fails="b")
    for sound in "ab":
        cache.prefetch(sound, make, executor)
    cache.of("a", make)
    with pytest.raises(OSError, match="b has vanished"):
        cache.of("b", make)


def test_prefetches_that_are_forgotten_are_made_when_asked_for(executor: ThreadPoolExecutor) -> None:
    cache, make = ClipCache(), Maker()
    cache.prefetch("a", make, executor)
    cache.forget_pending()
    cache.of("a", make)
    assert threading.current_thread().name in make.threads


def test_the_longest_unused_is_let_go_when_there_are_too_many() -> None:
    one = len(steady(10, 1).raw_data)
    cache, make = ClipCache(limit=2 * one), Maker()
    for sound in "abacab":
        cache.of(sound, make)
    assert make.made == ["a", "b", "c", "b"]


# --- in the mixdown


class Watched(Clips):
    """Tells by which threads it was asked."""

    def __init__(self, **clips: AudioSegment) -> None:
        super().__init__(**clips)
        self.threads: list[str] = []

    def __call__(self, utterance: Utterance) -> AudioSegment:
        self.threads.append(threading.current_thread().name)
        return super().__call__(utterance)


def session() -> Timeline:
    cues = [spoken(text, at, at + 500) for at, text in ((0, "a"), (4_000, "b"), (30_000, "c"))]
    return timeline(40_000, cues=cues, beds=[state(0, None)])


def test_clips_are_made_a_little_before_they_are_heard_and_not_all_at_once() -> None:
    clips = Watched(a=steady(500, 1), b=steady(500, 1), c=steady(500, 1))
    mixed = blocks(session(), open_clip=clips, open_bed=dict[str, object]().__getitem__, render_tone=steady_tone)  # type: ignore[arg-type]
    next(mixed)
    until = time.monotonic() + 10
    while len(clips.asked) < 2 and time.monotonic() < until:
        time.sleep(0.001)
    mixed.close()
    assert sorted(clips.asked) == ["a", "b"]
    assert clips.threads[clips.asked.index("b")].startswith("clips")
    assert not [each for each in threading.enumerate() if each.name.startswith("clips")]


def test_a_clip_that_vanished_is_missed_at_its_block() -> None:
    clips = Watched(a=steady(500, 1), c=steady(500, 1))
    mixed = blocks(session(), open_clip=clips, open_bed=dict[str, object]().__getitem__, render_tone=steady_tone)  # type: ignore[arg-type]
    assert [len(next(mixed)) for _ in range(2)] == [2000, 2000]
    with pytest.raises(KeyError):
        next(mixed)
