from __future__ import annotations

import os
import sys

import numpy as np
import pytest
from numpy.typing import NDArray
from pydub import AudioSegment

from player.errors import DeviceError
from player.live.device.device import AHEAD, LEAD_IN
from player.live.device.speaker import LoudspeakerSink
from player.units import RATE
from tests.fakes_speaker import Room

Frames = NDArray[np.int16]


def noise(ms: int) -> Frames:
    return np.random.default_rng(3).integers(-9000, 9000, (ms * 48, 2), dtype=np.int16)


def segment(frames: Frames) -> AudioSegment:
    return AudioSegment(frames.tobytes(), frame_rate=48_000, sample_width=2, channels=2)


def speaker(room: Room, total_ms: int, start_ms: int = 0, kind: str | None = "miniaudio") -> LoudspeakerSink:
    return LoudspeakerSink(
        total_ms=total_ms,
        start_ms=start_ms,
        kind=kind,
        environ={},
        sleep=room.sleep,
        spawn=room.spawn,
        installed=("simpleaudio", "miniaudio"),
    )


@pytest.mark.parametrize("kind", ["simpleaudio", "miniaudio"])
@pytest.mark.parametrize("block_ms", [1, 65, 1000, 3001, 25_000, 70_000])
def test_what_is_written_is_what_is_heard_whatever_the_block_length(kind: str, block_ms: int) -> None:
    room = Room()
    total_ms = 300 if block_ms == 1 else 70_000
    programme = noise(total_ms)
    with speaker(room, total_ms, kind=kind) as sink:
        for start in range(0, len(programme), block_ms * 48):
            sink.write(segment(programme[start : start + block_ms * 48]))
    assert np.array_equal(room.last.sound()[LEAD_IN:], programme)
    assert room.last.ended


def test_the_programme_is_preceded_by_an_inaudible_half_second() -> None:
    room = Room()
    with speaker(room, 1000) as sink:
        sink.write(segment(noise(1000)))
    lead = room.last.sound()[: RATE // 2].astype(float)
    assert 20 * np.log10(np.sqrt(np.mean(lead**2)) / 32768) == pytest.approx(-80, abs=1)
    assert (lead != 0).any(axis=1).mean() > 0.9


def test_the_ring_is_at_most_twenty_seconds_ahead() -> None:
    room = Room()
    with speaker(room, 90_000) as sink:
        for _ in range(30):
            sink.write(segment(noise(3000)))
    assert AHEAD - RATE <= room.last.farthest_ahead <= AHEAD


def test_it_begins_with_the_first_second() -> None:
    room = Room()
    sink = speaker(room, 10_000)
    sink.write(segment(noise(999)))
    assert not room.last.ring.go
    sink.write(segment(noise(1)))
    assert room.last.ring.go
    sink.abort()


def test_a_programme_under_a_second_begins_when_it_is_all_there() -> None:
    room = Room()
    sink = speaker(room, 400)
    sink.write(segment(noise(400)))
    assert room.last.ring.go
    sink.close()


def test_a_programme_shorter_than_said_ends_where_it_ends() -> None:
    room = Room()
    programme = noise(2000)
    with speaker(room, 10_000) as sink:
        sink.write(segment(programme))
    assert np.array_equal(room.last.sound()[LEAD_IN:], programme)
    assert sink.position_ms == 2000


def test_a_programme_longer_than_said_is_refused() -> None:
    room = Room()
    with pytest.raises(ValueError, match="do not fit"), speaker(room, 2000) as sink:
        sink.write(segment(noise(2001)))


def test_another_format_is_refused() -> None:
    room = Room()
    with pytest.raises(ValueError, match=r"48000 Hz.*not \(44100, 2, 2\)"), speaker(room, 2000) as sink:
        sink.write(AudioSegment.silent(100, 44_100).set_channels(2))


def test_the_position_is_what_has_been_heard_of_the_programme() -> None:
    room = Room(latency=RATE // 10)
    sink = speaker(room, 130_000, start_ms=120_000)
    sink.write(segment(noise(5000)))
    assert sink.position_ms == 120_000
    for _ in range(16):
        room.sleep(0.1)
    assert sink.position_ms == pytest.approx(121_000, abs=2)
    sink.close()
    assert sink.position_ms == 125_000


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives played pages back")
def test_a_long_programme_takes_no_more_memory_than_a_short_one() -> None:
    room = Room()
    used = []
    with speaker(room, 180_000, kind="simpleaudio") as sink:
        for _ in range(60):
            sink.write(segment(noise(3000)))
            used.append(os.fstat(int(room.last.ring.handle)).st_blocks * 512)
    assert max(used) < 60 * RATE * 4


def test_a_missing_device_is_one_sentence_with_a_way_out() -> None:
    room = Room(missing={"miniaudio": "no such device"})
    with pytest.raises(DeviceError) as caught, speaker(room, 10_000) as sink:
        sink.write(segment(noise(10_000)))
    assert str(caught.value) == (
        "no audio device could be opened by miniaudio (no such device); export the session instead, "
        "e.g. `player export NAME`"
    )
    assert caught.value.position_ms is None
    assert room.last.ended


def test_where_one_library_finds_no_device_the_other_plays_everything() -> None:
    room = Room(missing={"simpleaudio": "no ALSA here"})
    programme = noise(40_000)
    with speaker(room, 40_000, kind=None) as sink:
        for start in range(0, len(programme), RATE):
            sink.write(segment(programme[start : start + RATE]))
        assert sink.kind == "miniaudio"
    assert [each.kind for each in room.loudspeakers] == ["simpleaudio", "miniaudio"]
    assert np.array_equal(room.last.sound()[LEAD_IN:], programme)
    assert all(each.ended for each in room.loudspeakers)


def test_a_library_that_was_asked_for_is_not_replaced() -> None:
    room = Room(missing={"simpleaudio": "no ALSA here"})
    with pytest.raises(DeviceError, match="no ALSA here"), speaker(room, 5000, kind="simpleaudio") as sink:
        sink.write(segment(noise(5000)))
    assert len(room.loudspeakers) == 1


def test_a_lost_device_says_where_to_go_on() -> None:
    room = Room(dies_at=LEAD_IN + 10 * RATE)
    with pytest.raises(DeviceError) as caught, speaker(room, 300_000, start_ms=120_000) as sink:
        sink.write(segment(noise(60_000)))
    assert str(caught.value) == "the loudspeaker stopped at 2:10 (it died); go on with --from 2:10"
    assert caught.value.position_ms == pytest.approx(130_000, abs=50)
    assert room.last.ended


def test_a_device_lost_while_the_end_is_played_is_noticed_too() -> None:
    room = Room(dies_at=LEAD_IN + 2 * RATE)
    with pytest.raises(DeviceError, match="stopped at 0:02"), speaker(room, 5000) as sink:
        sink.write(segment(noise(5000)))


def test_no_memory_is_an_error_of_the_device() -> None:
    with pytest.raises(DeviceError, match="no memory for the sound: No space left on device"):
        speaker(Room(full=True), 5000)


def play_flat(room: Room, length_ms: int, kind: str = "miniaudio") -> None:
    with speaker(room, length_ms, kind=kind) as sink:
        sink.write(segment(np.full((length_ms * 48, 2), 10_000, np.int16)))


@pytest.mark.parametrize("kind", ["simpleaudio", "miniaudio"])
@pytest.mark.parametrize("length_ms", [60_000, 4000])
def test_ctrl_c_fades_out_within_a_second(kind: str, length_ms: int) -> None:
    room = Room(interrupt_at=LEAD_IN + 3 * RATE)
    with pytest.raises(KeyboardInterrupt):
        play_flat(room, length_ms, kind)
    heard = room.last.sound()[:, 0].astype(int)
    fade = heard[np.flatnonzero(heard == 10_000)[-1] :]
    assert len(fade) == pytest.approx(0.3 * RATE, abs=500)
    assert (np.diff(fade) <= 0).all()
    assert np.abs(np.diff(fade)).max() < 10
    assert heard[-1] == 0
    assert len(heard) < LEAD_IN + 4 * RATE
    assert room.last.ended


def test_a_fade_at_the_very_end_has_only_what_is_left() -> None:
    room = Room(interrupt_at=LEAD_IN + 2 * RATE - 3000)
    with pytest.raises(KeyboardInterrupt):
        play_flat(room, 2000)
    assert len(room.last.sound()) == LEAD_IN + 2 * RATE


def test_aborting_before_anything_was_heard_is_silent_and_may_be_repeated() -> None:
    room = Room()
    sink = speaker(room, 10_000)
    sink.write(segment(noise(500)))
    sink.abort()
    sink.abort()
    sink.close()
    assert not room.last.heard
    assert room.last.ended
    assert sink.position_ms == 0
