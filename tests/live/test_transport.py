"""The transport, with a loudspeaker that needs no device and a programme whose frames tell their position."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from player.errors import DeviceError
from player.live.device.device import AHEAD
from player.live.device.fades import FADE_OUT_MS
from player.live.device.noise import LEAD_IN
from player.live.entrance import FADE_IN_MS
from player.live.transport import FULL_S, JOIN_MS, PAUSE_MS, RELEASES_AFTER_S
from player.timeline.steps import LEAD_MS
from player.units import RATE
from tests.fakes_programme import BED, STEP_MS, TURN_S, VOICE, TellingMix, TransportRun, told
from tests.fakes_speaker import FakeLoudspeakers

if TYPE_CHECKING:
    from collections.abc import Iterator

Begin = Callable[..., TransportRun]

LATE_MS = 200  # a tenth of a second that the fake takes at once, the slack, and a turn


@pytest.fixture(params=["simpleaudio", "miniaudio"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def listening() -> Iterator[Callable[..., TransportRun]]:
    begun: list[TransportRun] = []

    def begin(**how: Any) -> TransportRun:
        begun.append(TransportRun(**how))
        return begun[-1]

    yield begin
    for each in begun:
        each.close()


def near(step_ms: int) -> object:
    """The first position at full level after going to a step: the cross-fade covers its lead."""
    assert LEAD_MS == JOIN_MS
    return pytest.approx(step_ms, abs=12)


def entered(step_ms: int) -> object:
    """The first position at full level after an entrance, in which the background has come first."""
    return pytest.approx(step_ms - LEAD_MS, abs=12)


def begins(heard: np.ndarray) -> int:
    """The first frame of the programme, after the noise that waits for it."""
    return int(np.flatnonzero(heard[:, 1] == VOICE + BED)[0])


def exported(total_ms: int) -> np.ndarray:
    sound = TellingMix().block(0, total_ms, ("bed", "voice")).raw_data
    return np.frombuffer(sound, np.int16).reshape(-1, 2)


def test_without_controls_the_programme_is_unchanged(listening: Begin, kind: str) -> None:
    here = listening(total_ms=50_000, kind=kind)
    here.listen(52)
    assert here.transport.is_over
    assert np.array_equal(here.heard(), exported(50_000))
    assert (here.transport.position_ms, here.transport.heard_ms) == (50_000, 50_000)
    here.transport.leave(here.sleep)
    assert here.speakers.last.ended
    assert len(here.speakers.opened) == 1


@pytest.mark.parametrize("waits_s", [0.1, 0.3, 0.45, 2.0, 100.0])
def test_the_lead_in_does_not_wait_for_the_programme_which_is_heard_whole(
    listening: Begin, kind: str, waits_s: float
) -> None:
    here = listening(total_ms=50_000, kind=kind, waits_s=waits_s)
    sounded_for = len(here.speakers.last.heard)
    assert sounded_for > 0
    here.listen(52)
    assert here.transport.is_over
    heard = here.heard()
    start = begins(heard)
    assert start <= max(waits_s - 0.5, 0) * RATE + LATE_MS * 48
    assert start == 0 or np.count_nonzero(heard[: min(start, 5 * RATE), 0]) > 0.8 * min(start, 5 * RATE)
    assert np.array_equal(heard[start:], exported(50_000))
    assert (here.transport.position_ms, here.transport.heard_ms) == (50_000, 50_000)


def test_a_wait_longer_than_the_silence_loses_nothing_of_the_programme(
    listening: Begin, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("player.live.device.device.WAITING", 3 * RATE)
    here = listening(total_ms=20_000, kind=kind, waits_s=10.0)
    here.listen(22)
    heard = here.heard()
    assert np.array_equal(heard[begins(heard) :], exported(20_000))


def test_a_loudspeaker_that_cannot_be_opened_while_it_waits_is_replaced(listening: Begin) -> None:
    here = listening(
        total_ms=20_000, kind=None, speakers=FakeLoudspeakers(missing={"simpleaudio": "no ALSA here"}), waits_s=1.0
    )
    here.listen(22)
    assert [each.kind for each in here.speakers.opened] == ["simpleaudio", "miniaudio"]
    assert np.array_equal(here.heard(), exported(20_000))


def test_it_begins_at_the_given_position_after_the_background(listening: Begin, kind: str) -> None:
    here = listening(start_ms=12_345, total_ms=20_000, kind=kind)
    here.listen(1)
    assert (here.transport.position_ms, here.transport.heard_ms) == (12_345, 0)
    here.listen(10)
    heard, (at, joined) = here.heard(), np.cumsum([FADE_IN_MS * 48, JOIN_MS * 48])
    background = heard[:at, 1]
    assert (np.diff(background) >= 0).all()
    assert (background[0], background[at // 2], background[-1]) == (0, BED // 2, BED)
    assert (np.diff(heard[at:joined, 1]) >= 0).all()
    assert np.array_equal(heard[joined:], exported(20_000)[(12_345 + JOIN_MS) * 48 :])
    assert (here.transport.position_ms, here.transport.heard_ms) == (20_000, 20_000 - 12_345)


def test_without_a_background_nobody_waits_for_it(listening: Begin) -> None:
    here = listening()
    here.transport.switch_background()
    here.listen_until(14_000)
    here.transport.pause()
    here.listen(1)
    here.transport.resume()
    asked = len(here.heard())
    here.listen(1)
    assert (here.heard()[asked + (LATE_MS + JOIN_MS) * 48 :, 1] == VOICE).all()


def test_keys_in_an_entrance_are_for_the_step_that_is_entered(listening: Begin) -> None:
    here = listening(start_ms=30_000)
    here.listen(0.5)
    assert (here.transport.position_ms, here.transport.shown_ms) == (3 * STEP_MS - LEAD_MS, 3 * STEP_MS)
    for _ in range(3):
        here.transport.pause()
        here.listen(0.5)
        here.transport.resume()
        here.listen(0.7)
        assert here.transport.shown_ms == 3 * STEP_MS
    here.transport.softer()
    here.listen(2.5)
    assert told_softly(here.heard(), -2)[-1] == pytest.approx(here.transport.position_ms, abs=3)
    assert np.abs(np.diff(here.heard()[:, 1])).max() < 8


def told_softly(heard: np.ndarray, db: float) -> np.ndarray:
    """The positions in it, to some ms, at a volume."""
    return (heard[:, 0] / 10 ** (db / 20) - 1) * 2


def test_what_is_shown_is_never_before_the_step_that_a_key_led_to(listening: Begin) -> None:
    here = listening()
    here.listen_until(14_000)
    for control, step in (("step_on", 2), ("next_section", 3), ("step_back", 2), ("repeat", 2), ("pause", 2)):
        getattr(here.transport, control)()
        shown = []
        for _ in range(20):
            here.listen(TURN_S)
            shown.append(here.transport.shown_ms)
        after = shown[[at // STEP_MS for at in shown].index(step) :]
        assert min(after) >= step * STEP_MS, control
    assert here.transport.position_ms == 2 * STEP_MS - LEAD_MS


def test_louder_at_the_top_says_so_for_a_moment(listening: Begin) -> None:
    here = listening()
    here.listen(1)
    assert not here.transport.is_full
    here.transport.louder()
    assert here.transport.is_full
    here.listen(FULL_S + 0.1)
    assert not here.transport.is_full
    here.transport.softer()
    here.transport.louder()
    assert here.transport.is_full
    here.transport.softer()
    assert not here.transport.is_full


def test_the_ring_is_never_far_ahead_and_never_dry(listening: Begin) -> None:
    here = listening()
    here.listen_until(50_000)
    assert AHEAD - 3 * RATE < here.speakers.last.farthest_ahead <= AHEAD


def test_a_pause_fades_out_and_going_on_begins_the_step_again(listening: Begin, kind: str) -> None:
    here = listening(kind=kind)
    here.listen_until(14_000)
    here.transport.pause()
    asked = len(here.heard())
    assert here.transport.is_paused
    assert here.transport.position_ms == STEP_MS - LEAD_MS
    here.listen(3)
    paused = here.heard()
    last = np.flatnonzero(paused[:, 1])[-1]
    assert last - asked < (LATE_MS + PAUSE_MS) * 48
    fade = paused[last - PAUSE_MS * 48 : last + 1, 1]
    assert (np.diff(fade) <= 0).all()
    assert np.abs(np.diff(fade)).max() < 5
    here.transport.resume()
    here.listen_until(12_000)
    assert [run[0] for run in told(here.heard())] == [0, entered(STEP_MS)]
    assert np.abs(np.diff(here.heard()[:, 1])).max() < 5
    assert len(here.speakers.opened) == 1


def test_pausing_and_going_on_at_once_is_one_smooth_dip(listening: Begin) -> None:
    here = listening()
    here.listen_until(14_000)
    here.transport.pause()
    here.transport.resume()
    here.transport.pause_or_resume()
    here.transport.pause_or_resume()
    here.listen_until(12_000)
    assert not here.transport.is_paused
    assert np.abs(np.diff(here.heard()[:, 1])).max() < 15


def test_a_long_pause_lets_go_of_the_loudspeaker_and_another_one_goes_on(listening: Begin, kind: str) -> None:
    here = listening(kind=kind)
    here.listen_until(25_000)
    here.transport.pause()
    here.listen(RELEASES_AFTER_S - 0.5)
    assert not here.speakers.last.ended
    here.listen(1)
    assert here.speakers.last.ended
    here.listen(100)
    assert here.transport.position_ms == 2 * STEP_MS - LEAD_MS
    here.transport.resume()
    here.listen_until(28_000)
    assert len(here.speakers.opened) == 2
    assert told(here.heard())[0][0] == entered(2 * STEP_MS)
    assert here.heard()[0, 1] < 5


@pytest.mark.parametrize(
    ("control", "to_ms"),
    [("step_back", 10_000), ("repeat", 20_000), ("step_on", 30_000), ("next_section", 30_000)],
)
def test_keys_lead_to_the_beginning_of_a_step(listening: Begin, kind: str, control: str, to_ms: int) -> None:
    here = listening(kind=kind)
    here.listen_until(24_000)
    getattr(here.transport, control)()
    asked = len(here.heard())
    here.listen_until(to_ms + 3000) if to_ms > 20_000 else here.listen(4)
    first, second = told(here.heard())
    assert second[0] == near(to_ms)
    assert first[1] * 48 - asked < LATE_MS * 48
    assert np.abs(np.diff(here.heard()[:, 1])).max() == 0


def test_several_times_back_is_several_steps_back(listening: Begin) -> None:
    here = listening()
    here.listen_until(44_000)
    for _ in range(3):
        here.transport.step_back()
        here.listen(0.3)
    assert here.transport.position_ms == pytest.approx(10_000, abs=500)
    for _ in range(3):
        here.transport.step_back()
    here.listen(1)
    assert here.transport.position_ms < 2000


def test_in_the_last_step_there_is_nothing_further_on(listening: Begin) -> None:
    here = listening(total_ms=30_000)
    here.listen_until(24_000)
    here.transport.step_on()
    here.transport.next_section()
    here.listen(7)
    assert here.transport.is_over
    assert np.array_equal(here.heard(), exported(30_000))


def test_while_it_stands_still_keys_move_the_place(listening: Begin) -> None:
    here = listening()
    here.listen_until(24_000)
    here.transport.pause()
    here.transport.step_back()
    here.transport.step_back()
    assert here.transport.position_ms == 0
    here.transport.go_to(47_000)
    assert here.transport.position_ms == 4 * STEP_MS - LEAD_MS
    here.listen(1)
    assert here.transport.is_paused
    here.transport.resume()
    here.listen_until(42_000)
    assert told(here.heard())[-1][0] == entered(4 * STEP_MS)


def test_the_volume_is_one_short_ramp_and_the_positions_stay(listening: Begin, kind: str) -> None:
    here = listening(kind=kind)
    here.listen_until(8000)
    for _ in range(3):
        here.transport.softer()
    asked = len(here.heard())
    here.listen(2)
    right = here.heard()[:, 1]
    softer = round((VOICE + BED) * 10 ** (-6 / 20))
    changed = np.flatnonzero(right != VOICE + BED)[0]
    assert 0 <= changed - asked < LATE_MS * 48
    reached = np.flatnonzero(right == softer)[0]
    assert reached - changed < 60 * 48
    assert (right[reached:] == softer).all()
    assert here.heard()[-1, 0] == pytest.approx(len(right) / 96 * 10 ** (-6 / 20), abs=2)
    assert here.transport.settings.volume_db == -6


def test_back_at_full_volume_it_is_the_programme_again(listening: Begin) -> None:
    here = listening()
    here.listen_until(5000)
    here.transport.set_volume(-20)
    here.listen(2)
    here.transport.set_volume(3)
    here.listen(2)
    back = len(here.heard())
    here.listen(3)
    assert np.array_equal(here.heard()[back:], exported(60_000)[back : len(here.heard())])


def test_a_key_held_down_ends_in_silence_without_a_jump(listening: Begin) -> None:
    here = listening()
    here.listen_until(5000)
    for _ in range(40):
        here.transport.softer()
        here.listen(0.05)
    here.listen(1)
    assert here.transport.settings.volume_db == -math.inf
    assert not here.heard()[-100:].any()
    assert np.abs(np.diff(here.heard()[:, 1])).max() < 6


def test_the_background_goes_and_comes_back(listening: Begin, kind: str) -> None:
    here = listening(kind=kind)
    here.listen_until(5000)
    here.transport.switch_background()
    here.listen(2)
    assert here.heard()[-1, 1] == VOICE
    here.transport.switch_background()
    here.listen(2)
    assert np.array_equal(here.heard()[-1000:, 1], np.full(1000, VOICE + BED))
    assert np.array_equal(here.heard()[:, 0], exported(60_000)[: len(here.heard()), 0])


def test_all_controls_at_once_leave_no_jump_and_an_exact_position(listening: Begin) -> None:
    here = listening()
    here.listen_until(3000)
    controls = ["softer", "step_on", "switch_background", "pause", "resume", "louder", "repeat", "step_on", "pause"]
    for control, pause_s in zip(controls * 4, itertools.cycle([0.05, 0.3, 0.1, 1.0])):
        getattr(here.transport, control)()
        here.listen(pause_s)
    here.transport.resume()
    here.transport.set_volume(0)
    here.listen(3)
    assert np.abs(np.diff(here.heard()[:, 1])).max() < 10
    assert (here.heard()[-1, 0] - 1) * 2 == pytest.approx(here.transport.position_ms, abs=3)


def test_time_is_counted_only_while_it_is_heard(listening: Begin) -> None:
    here = listening()
    here.listen_until(8000)
    here.transport.pause()
    here.listen(20)
    here.transport.resume()
    here.listen(2)
    assert here.transport.heard_ms == pytest.approx(9500, abs=600)


def test_a_lost_loudspeaker_is_a_pause_that_says_so(listening: Begin) -> None:
    here = listening(speakers=FakeLoudspeakers(dies_at=LEAD_IN + 24 * RATE))
    here.listen(26)
    assert here.transport.is_paused
    assert here.transport.position_ms == 2 * STEP_MS - LEAD_MS
    assert here.transport.notice == "The loudspeaker stopped at 0:24 (it died); space tries again."
    assert str(here.transport.lost) == "the loudspeaker stopped at 0:24 (it died); go on with --from 0:24"
    assert here.transport.lost
    assert here.transport.lost.position_ms == pytest.approx(24_000, abs=60)
    assert here.speakers.last.ended
    here.speakers.dies_at = None
    here.transport.resume()
    here.listen_until(23_000)
    assert here.transport.notice == ""
    assert vars(here.transport)["lost"] is None
    assert told(here.heard())[0][0] == entered(2 * STEP_MS)


def test_as_long_as_there_is_none_it_stays_paused(listening: Begin) -> None:
    here = listening(speakers=FakeLoudspeakers(dies_at=LEAD_IN + 4 * RATE))
    here.listen(6)
    here.speakers.dies_at, here.speakers.missing = None, {"miniaudio": "nothing is plugged in"}
    here.transport.resume()
    here.listen(1)
    assert here.transport.is_paused
    assert here.transport.notice == (
        "No audio device could be opened by miniaudio (nothing is plugged in); space tries again."
    )
    here.speakers.full = True
    here.transport.resume()
    assert here.transport.is_paused
    assert here.transport.notice.startswith("There is no memory for the sound")
    here.speakers.full, here.speakers.missing = False, {}
    here.transport.resume()
    here.listen(3)
    assert not here.transport.is_paused
    assert told(here.heard())[0][0] == near(LEAD_MS)


def test_where_there_never_was_one_that_is_an_error(listening: Begin) -> None:
    here = listening(speakers=FakeLoudspeakers(missing={"miniaudio": "no such device"}))
    with pytest.raises(DeviceError, match=r"no audio device could be opened by miniaudio \(no such device\)"):
        here.listen(1)


def test_a_loudspeaker_lost_in_a_pause_is_reported_too_and_the_position_stays(listening: Begin) -> None:
    here = listening()
    here.listen_until(24_000)
    here.transport.pause("The headphones were unplugged.")
    assert here.transport.notice == "The headphones were unplugged."
    here.listen(0.5)
    here.speakers.last.dies_at = 0
    here.listen(0.1)
    assert here.transport.position_ms == 2 * STEP_MS - LEAD_MS
    assert "it died" in here.transport.notice


def test_leaving_fades_out_and_the_position_stays(listening: Begin) -> None:
    here = listening()
    here.listen_until(24_000)
    here.transport.leave(here.sleep)
    here.transport.leave(here.sleep)
    right = here.heard()[:, 1]
    fade = right[np.flatnonzero(right == VOICE + BED)[-1] :]
    assert len(fade) == pytest.approx(FADE_OUT_MS * 48, abs=1000)
    assert (np.diff(fade) <= 0).all()
    assert here.speakers.last.ended
    assert here.transport.position_ms == pytest.approx(24_000, abs=100)


def test_leaving_in_a_pause_does_not_wait(listening: Begin) -> None:
    here = listening()
    here.listen_until(24_000)
    here.transport.pause()
    here.listen(1)
    before = here.now
    here.transport.leave(here.sleep)
    assert here.now == before
    assert here.transport.position_ms == 2 * STEP_MS - LEAD_MS


def test_back_from_the_very_end_goes_on(listening: Begin) -> None:
    here = listening(total_ms=30_000)
    here.listen_until(29_500)
    here.transport.step_back()
    here.listen(0.5)
    here.listen_until(29_000)
    here.transport.repeat()
    here.listen(12)
    assert here.transport.is_over
    assert [run[0] for run in told(here.heard())] == [0, near(10_000), near(20_000)]


def test_when_the_device_has_everything_controls_come_too_late(listening: Begin) -> None:
    here = listening(total_ms=5000, speakers=FakeLoudspeakers(latency=RATE))
    here.listen(0.5)
    while here.speakers.last.ring.head < here.speakers.last.ring.total:
        here.listen(0.05)
    for control in ("step_back", "pause", "softer", "switch_background", "repeat"):
        getattr(here.transport, control)()
    here.listen(2)
    assert here.transport.is_over
    assert np.array_equal(here.heard(), exported(5000))


def test_a_buffer_that_is_used_up_is_followed_by_another(listening: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("player.live.device.device.LONGEST_BUFFER", LEAD_IN + 25 * RATE)
    here = listening(kind="simpleaudio")
    here.listen(45)
    assert len(here.speakers.opened) == 2
    first, second = told(here.heard(0)), told(here.heard(1))
    assert first[0][0] == 0
    assert first[0][1] >= 23_000
    assert second[0][0] == entered(2 * STEP_MS)
