"""A timeline through a fake loudspeaker: whole, ended early, and with nothing that plays it."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from player.errors import DeviceError
from player.live.controls.commands import Control
from player.live.device.device import AHEAD, OutputDevice
from player.live.device.fades import FADE_OUT_MS
from player.live.device.noise import LEAD_IN
from player.live.playback import play_through
from player.units import FRAMES_PER_MS, RATE
from tests.fakes_programme import SoundMix, empty_timeline
from tests.fakes_speaker import FakeLoudspeakers, TimedInbox

if TYPE_CHECKING:
    from collections.abc import Collection

    from pydub import AudioSegment

Frames = NDArray[np.int16]


def noise(ms: int) -> Frames:
    return np.random.default_rng(3).integers(-9000, 9000, (ms * FRAMES_PER_MS, 2), dtype=np.int16)


def flat(ms: int) -> Frames:
    return np.full((ms * FRAMES_PER_MS, 2), 10_000, np.int16)


def play(
    speakers: FakeLoudspeakers, sound: Frames, kind: str | None = "miniaudio", inbox: TimedInbox | None = None
) -> None:
    play_through(
        empty_timeline(len(sound) // FRAMES_PER_MS),
        SoundMix(sound),
        TimedInbox(speakers.sleep) if inbox is None else inbox,
        open_device=partial(
            OutputDevice, kind=kind, environ={}, spawn=speakers.spawn, installed=("simpleaudio", "miniaudio")
        ),
        sleep=speakers.sleep,
    )


@pytest.mark.parametrize("kind", ["simpleaudio", "miniaudio"])
@pytest.mark.parametrize("length_ms", [1, 300, 999, 1000, 3001, 70_000])
def test_what_is_mixed_is_what_is_heard_whatever_its_length(kind: str, length_ms: int) -> None:
    speakers, programme = FakeLoudspeakers(), noise(length_ms)
    play(speakers, programme, kind)
    assert np.array_equal(speakers.last.sound()[LEAD_IN:], programme)
    assert speakers.last.ended


def test_the_programme_is_preceded_by_an_inaudible_half_second() -> None:
    speakers = FakeLoudspeakers()
    play(speakers, noise(1000))
    lead = speakers.last.sound()[: RATE // 2].astype(float)
    assert 20 * np.log10(np.sqrt(np.mean(lead**2)) / 32768) == pytest.approx(-80, abs=1)
    assert (lead != 0).any(axis=1).mean() > 0.9


def test_the_ring_is_at_most_twenty_seconds_ahead() -> None:
    speakers = FakeLoudspeakers()
    play(speakers, noise(90_000))
    assert AHEAD - 2 * RATE <= speakers.last.farthest_ahead <= AHEAD


@pytest.mark.parametrize("length_ms", [400, 10_000])
def test_it_begins_with_the_first_second_or_with_the_whole_of_a_shorter_programme(length_ms: int) -> None:
    speakers, begun = FakeLoudspeakers(), []

    class LookingMix(SoundMix):
        def block(self, start_ms: int, end_ms: int, layers: Collection[str]) -> AudioSegment:
            begun.append((end_ms, bool(speakers.last.ring.go)))
            return super().block(start_ms, end_ms, layers)

    play_through(
        empty_timeline(length_ms),
        LookingMix(noise(length_ms)),
        TimedInbox(speakers.sleep),
        open_device=partial(OutputDevice, kind="miniaudio", environ={}, spawn=speakers.spawn, installed=("miniaudio",)),
        sleep=speakers.sleep,
    )
    assert begun[0] == (min(length_ms, 1000), False)
    assert all(go for _, go in begun[1:])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives played pages back")
def test_a_long_programme_takes_no_more_memory_than_a_short_one() -> None:
    speakers, used = FakeLoudspeakers(), []

    def sleep(seconds: float) -> None:
        speakers.sleep(seconds)
        used.append(os.fstat(int(speakers.last.ring.handle)).st_blocks * 512)

    play(speakers, noise(180_000), "simpleaudio", TimedInbox(sleep))
    assert max(used) < 60 * RATE * 4


def test_a_missing_device_is_one_sentence_with_a_way_out() -> None:
    speakers = FakeLoudspeakers(missing={"miniaudio": "no such device"})
    with pytest.raises(DeviceError) as caught:
        play(speakers, noise(10_000))
    assert str(caught.value) == (
        "no audio device could be opened by miniaudio (no such device); export the session instead, "
        "e.g. `player export NAME`"
    )
    assert caught.value.position_ms is None
    assert speakers.last.ended


def test_where_one_library_finds_no_device_the_other_plays_everything() -> None:
    speakers, programme = FakeLoudspeakers(missing={"simpleaudio": "no ALSA here"}), noise(40_000)
    play(speakers, programme, kind=None)
    assert [each.kind for each in speakers.opened] == ["simpleaudio", "miniaudio"]
    assert np.array_equal(speakers.last.sound()[LEAD_IN:], programme)
    assert all(each.ended for each in speakers.opened)


def test_a_library_that_was_asked_for_is_not_replaced() -> None:
    speakers = FakeLoudspeakers(missing={"simpleaudio": "no ALSA here"})
    with pytest.raises(DeviceError, match="no ALSA here"):
        play(speakers, noise(5000), "simpleaudio")
    assert len(speakers.opened) == 1


def test_a_lost_device_says_where_it_was_lost() -> None:
    speakers = FakeLoudspeakers(dies_at=LEAD_IN + 10 * RATE)
    with pytest.raises(DeviceError) as caught:
        play(speakers, noise(60_000))
    assert str(caught.value) == "the loudspeaker stopped at 0:10 (it died); go on with --from 0:10"
    assert caught.value.position_ms == pytest.approx(10_000, abs=50)
    assert speakers.last.ended


def test_a_device_lost_while_the_end_is_played_is_noticed_too() -> None:
    speakers = FakeLoudspeakers(dies_at=LEAD_IN + 2 * RATE)
    with pytest.raises(DeviceError, match="stopped at 0:02"):
        play(speakers, noise(5000))


def test_no_memory_is_an_error_of_the_device() -> None:
    with pytest.raises(DeviceError, match="no memory for the sound: No space left on device"):
        play(FakeLoudspeakers(full=True), noise(5000))


def assert_fades_out_soon(speakers: FakeLoudspeakers) -> None:
    heard = speakers.last.sound()[:, 0].astype(int)
    fade = heard[np.flatnonzero(heard == 10_000)[-1] :]
    assert len(fade) == pytest.approx(FADE_OUT_MS * 48, abs=500)
    assert (np.diff(fade) <= 0).all()
    assert np.abs(np.diff(fade)).max() < 10
    assert heard[-1] == 0
    assert len(heard) < LEAD_IN + 5 * RATE
    assert speakers.last.ended


@pytest.mark.parametrize("kind", ["simpleaudio", "miniaudio"])
@pytest.mark.parametrize("length_ms", [60_000, 5000])
def test_ctrl_c_fades_out_soon(kind: str, length_ms: int) -> None:
    speakers = FakeLoudspeakers(interrupt_at=LEAD_IN + 3 * RATE)
    with pytest.raises(KeyboardInterrupt):
        play(speakers, flat(length_ms), kind)
    assert_fades_out_soon(speakers)


def test_a_control_that_ends_it_fades_out_soon() -> None:
    speakers = FakeLoudspeakers()

    def sleep(seconds: float) -> None:
        speakers.sleep(seconds)
        if speakers.last.ring.head > LEAD_IN + 3 * RATE:
            inbox.put(Control.QUIT)

    inbox = TimedInbox(sleep)
    play(speakers, flat(60_000), inbox=inbox)
    assert_fades_out_soon(speakers)


def test_a_fade_at_the_very_end_has_only_what_is_left() -> None:
    speakers = FakeLoudspeakers(interrupt_at=LEAD_IN + 2 * RATE - 3000)
    with pytest.raises(KeyboardInterrupt):
        play(speakers, flat(2000))
    assert len(speakers.last.sound()) == LEAD_IN + 2 * RATE


def test_ended_before_anything_was_heard_it_is_silent() -> None:
    speakers = FakeLoudspeakers()
    inbox = TimedInbox(speakers.sleep)
    inbox.put(Control.QUIT)
    play(speakers, noise(10_000), inbox=inbox)
    assert not speakers.last.heard
    assert speakers.last.ended
