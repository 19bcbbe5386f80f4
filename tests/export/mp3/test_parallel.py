from __future__ import annotations

import threading
import time
import tracemalloc
from typing import TYPE_CHECKING, ClassVar

import pytest

from player.export.mp3 import parallel
from player.export.mp3.frames import EncodedStretch, frame_pcm_bytes
from player.export.mp3.parallel import CutPlan, ParallelEncoder, splice
from player.export.mp3.writer import encoder
from tests.fakes_mp3 import in_one_piece, samples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray

PLAN = CutPlan(stretch=40, lead=20, search=10)
BITRATE = 160
FRAME_PCM_BYTES = frame_pcm_bytes(2)


class Uneven:
    """LAME, where each second encoder is slow."""

    made = 0

    def __init__(self) -> None:
        self._lame = encoder(BITRATE)
        Uneven.made += 1
        self._slow = Uneven.made % 2

    def encode(self, pcm: bytes, /) -> bytes:
        time.sleep(0.01 * self._slow)
        return bytes(self._lame.encode(pcm))

    def flush(self) -> bytes:
        return bytes(self._lame.flush())


class Broken(Uneven):
    """Fails in its thread."""

    def encode(self, pcm: bytes, /) -> bytes:
        raise MemoryError("no room to encode")


class UnevenOfOne(Uneven):
    """The same for one channel."""

    def __init__(self) -> None:
        super().__init__()
        self._lame = encoder(BITRATE, 1)


def lame_of_one() -> parallel.Encoder:
    made: parallel.Encoder = encoder(BITRATE, 1)
    return made


def lame() -> parallel.Encoder:
    made: parallel.Encoder = encoder(BITRATE)
    return made


def pieces(sound: NDArray[np.int16], frames: int = 48_000) -> Iterator[bytes]:
    for at in range(0, len(sound), frames):
        yield sound[at : at + frames].tobytes()


def stream(
    sound: NDArray[np.int16], threads: int, plan: CutPlan = PLAN, make: Callable[[], parallel.Encoder] = lame
) -> bytes:
    running = ParallelEncoder(make, BITRATE, plan, threads, sound.shape[1])
    parts = [part for piece in pieces(sound) for part in running.write(piece)]
    return b"".join([*parts, *running.finish()])


def encoding() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name.startswith("mp3")]


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_the_number_of_threads_changes_no_byte(threads: int) -> None:
    sound = samples("spoken_over_noise", 1152 * 200 + 100)
    alone = stream(sound, 1)
    assert stream(sound, threads) == alone
    assert stream(sound, threads, make=Uneven) == alone


def test_nor_does_it_in_one_channel() -> None:
    sound = samples("spoken_over_noise", 1152 * 200 + 100, 1)
    alone = stream(sound, 1, make=lame_of_one)
    assert len(alone) == len(in_one_piece(sound, BITRATE))
    assert stream(sound, 3, make=lame_of_one) == alone
    assert stream(sound, 3, make=UnevenOfOne) == alone


@pytest.mark.parametrize("more", [-1152, -1, 0, 1, 575, 576, 577, 1152])
def test_the_last_stretch_may_have_any_length(more: int) -> None:
    sound = samples("noise", 1152 * 120 + more)
    assert len(stream(sound, 2)) == len(in_one_piece(sound, BITRATE))


def test_what_is_no_longer_than_a_stretch_is_what_one_encoder_makes() -> None:
    sound = samples("noise", 1152 * PLAN.stretch)
    assert stream(sound, 2) == in_one_piece(sound, BITRATE)


class Fed(Uneven):
    """Notes how much sound it gets at first, and how many encode at once."""

    first: ClassVar[list[bytes]] = []
    running = most = 0
    lock = threading.Lock()

    def __init__(self) -> None:
        super().__init__()
        self._is_new = True

    def encode(self, pcm: bytes, /) -> bytes:
        with Fed.lock:
            Fed.running += 1
            Fed.most = max(Fed.most, Fed.running)
            if self._is_new:
                Fed.first.append(pcm)
            self._is_new = False
        time.sleep(0.02)
        with Fed.lock:
            Fed.running -= 1
        return bytes(self._lame.encode(pcm))


def test_each_encoder_begins_a_lead_earlier_and_no_more_run_than_are_allowed() -> None:
    """Sound is taken in pieces of 80 frames: this lead is in two of them."""
    sound = samples("noise", 1152 * 360)
    Fed.first.clear()
    made = stream(sound, 2, CutPlan(stretch=170, lead=90, search=10), Fed)
    assert len(made) == len(in_one_piece(sound, BITRATE))
    leads = {sound[1152 * at : 1152 * (at + 90)].tobytes() for at in (80, 250)}
    assert {*Fed.first} == {b"", *leads}
    assert 1 <= Fed.most <= 3, "two in their threads, and one that goes on for a join"


@pytest.mark.parametrize(
    ("bitrate", "channels", "kept"), [(32, 2, 11), (32, 1, 9), (64, 2, 6), (64, 1, 6), (160, 2, 6), (320, 2, 6)]
)
def test_frames_are_kept_for_the_reservoir_of_a_join(bitrate: int, channels: int, kept: int) -> None:
    """At 32 kbit/s a data area has 60 bytes: the 511 of a reservoir are in nine of them."""
    encoded = EncodedStretch(bitrate, 0, channels)
    assert parallel._kept(parallel._EncoderRun(lame(), encoded, 0, b"", [], last=False)) == kept


# --- a join that is hard to find


def never(left: EncodedStretch, right: EncodedStretch, frame: int) -> bool:
    return False


def test_without_any_place_for_a_join_the_first_encoder_makes_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "agree", never)
    monkeypatch.setattr(parallel, "can_join", never)
    for frames in (1152 * 120, 1152 * 120 + 1, 1152 * 100 - 7):
        sound = samples("spoken_over_noise", frames)
        assert stream(sound, 2) == in_one_piece(sound, BITRATE)


@pytest.mark.parametrize("first", [41, 73, 74, 79, 80, 81, 119, 130, 200])
def test_a_late_place_is_found(monkeypatch: pytest.MonkeyPatch, first: int) -> None:
    """The last frames of a stretch are left out, as the next join needs room; then the next stretch is tried."""

    def late(left: EncodedStretch, right: EncodedStretch, frame: int) -> bool:
        return frame >= first

    joins: list[int] = []

    def noting(left: EncodedStretch, right: EncodedStretch, frame: int) -> bytes:
        joins.append(frame)
        return splice(left, right, frame)

    monkeypatch.setattr(parallel, "agree", late)
    monkeypatch.setattr(parallel, "splice", noting)
    monkeypatch.setattr(parallel, "can_join", never)
    sound = samples("tones", 1152 * 250)
    made = stream(sound, 2)
    inside, before = first % PLAN.stretch, first - first % PLAN.stretch
    assert joins[0] == (first if inside < PLAN.stretch - 6 else before + PLAN.stretch)
    assert len(made) == len(in_one_piece(sound, BITRATE))


def test_where_they_do_not_agree_in_time_the_first_possible_join_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    joins: list[int] = []

    def noting(left: EncodedStretch, right: EncodedStretch, frame: int) -> bytes:
        joins.append(frame)
        left.cut(frame)
        right.cut(frame)
        return b""

    monkeypatch.setattr(parallel, "agree", lambda left, right, frame: frame in {45, 95, 131})
    monkeypatch.setattr(parallel, "can_join", lambda left, right, frame: frame not in {80, 81, 82})
    monkeypatch.setattr(parallel, "splice", noting)
    stream(samples("tones", 1152 * 150), 2)
    assert joins == [45, 83, 120]  # met within the search; too late; too late


# --- few at a time, and an end to it


def test_memory_does_not_grow_with_length() -> None:
    plan = CutPlan(stretch=100, lead=10, search=10)

    def peak(count: int) -> int:
        running = ParallelEncoder(lame, BITRATE, plan, 2)
        silence = bytes(plan.stretch * FRAME_PCM_BYTES)
        tracemalloc.start()
        for _ in range(count):
            for _part in running.write(silence):
                pass
        for _part in running.finish():
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    few, many = peak(8), peak(32)
    assert many < 1.1 * few + 100_000
    assert many < 10 * plan.stretch * FRAME_PCM_BYTES


def test_memory_does_not_grow_where_no_join_is_ever_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "agree", never)
    monkeypatch.setattr(parallel, "can_join", never)
    running = ParallelEncoder(lame, BITRATE, PLAN, 2)
    silence = bytes(PLAN.stretch * FRAME_PCM_BYTES)
    given = sum(len(part) for _ in range(12) for part in running.write(silence))
    running.stop()
    assert given >= 7 * PLAN.stretch * 480  # one waits for more, three may be being encoded, one is being tried


def test_what_goes_wrong_in_a_thread_is_raised() -> None:
    running = ParallelEncoder(Broken, BITRATE, PLAN, 2)
    with pytest.raises(MemoryError, match="no room to encode"):
        list(running.write(bytes(400 * FRAME_PCM_BYTES)))
    running.stop()
    assert encoding() == []


def test_threads_end_with_the_stream() -> None:
    stream(samples("tones", 1152 * 150), 3)
    assert encoding() == []


class Slow(Uneven):
    """Takes longer for a piece than a user waits."""

    def encode(self, pcm: bytes, /) -> bytes:
        time.sleep(0.2)
        return b""


def test_stopping_waits_for_no_more_than_a_piece() -> None:
    running = ParallelEncoder(Slow, BITRATE, CutPlan(stretch=1600, lead=20, search=10), 1)
    list(running.write(bytes(1601 * FRAME_PCM_BYTES)))  # 20 pieces
    started = time.perf_counter()
    running.stop()
    assert time.perf_counter() - started < 1
    assert encoding() == []
