"""The loop in a time of its own: each look at the inbox lets a turn's time go by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from player.errors import DeviceError
from player.live.controls.commands import AnyControl, Control, ForcedPause, Quit
from player.live.controls.inbox import Inbox
from player.live.device.device import LEAD_IN
from player.live.loop import Loop
from player.live.participants import Participants
from player.live.running import RunningParticipants
from player.units import RATE
from tests.fakes_company import Rememberer, Watcher
from tests.fakes_programme import STEP_MS, TURN_S, Listening, telling_timeline
from tests.fakes_speaker import Room

if TYPE_CHECKING:
    from collections.abc import Iterator


class Hour(RunningParticipants):
    """A party that lets the time of a `Listening` go by; ``wishes`` come at their seconds."""

    def __init__(self, here: Listening, company: Participants, wishes: dict[float, AnyControl]) -> None:
        super().__init__(company)
        self._here = here
        self._wishes = wishes

    def asked(self, wait_s: float) -> Iterator[AnyControl]:
        self._here.sleep(TURN_S)
        for at in [at for at in self._wishes if self._here.now >= 100 + at]:
            yield self._wishes.pop(at)


class Evening:
    """A loop with everything around it."""

    def __init__(self, wishes: dict[float, AnyControl], *, waits: bool = False, **how: Any) -> None:
        self.here = Listening(**how)
        self.watcher, self.keeper = Watcher(), Rememberer()
        company = Participants(Inbox(), views=(lambda: self.watcher,), keeper=self.keeper, waits=waits)
        self.party = Hour(self.here, company, wishes)

    def run(self) -> int | None:
        try:
            with self.party, self.party.at(telling_timeline()):
                return Loop(self.here.transport, self.party).run()
        finally:
            self.here.close()

    @property
    def notices(self) -> list[str]:
        found = [moment.notice for moment in self.watcher.moments]
        return [each for at, each in enumerate(found) if each and (not at or found[at - 1] != each)]


def test_heard_to_its_end_it_asks_for_no_exit_code() -> None:
    evening = Evening({}, total_ms=12_000)
    assert evening.run() is None
    places = [moment.at_ms for moment in evening.watcher.moments]
    assert places == sorted(places)
    assert places[-1] == 12_000
    assert evening.watcher.told == ["begin Told", "end"]
    assert [at for at, _ in evening.keeper.reached_ms] == [heard for _, heard in evening.keeper.reached_ms]
    assert len(evening.keeper.reached_ms) == pytest.approx(13, abs=1)


@pytest.mark.parametrize(("wish", "code"), [(Control.QUIT, 0), (Quit(), 0), (Quit(143), 143)])
def test_whoever_ends_it_says_the_exit_code(wish: AnyControl, code: int) -> None:
    evening = Evening({5: wish, 5.01: Control.STEP_ON})
    assert evening.run() == code
    assert 3500 < evening.watcher.moments[-1].at_ms < 5000


def test_what_is_shown_is_what_is_going_on() -> None:
    evening = Evening({
        3: Control.SOFTER,
        4: Control.BACKGROUND,
        5: Control.SHOW_KEYS,
        12: ForcedPause("The lid was closed."),
        15: Control.SHOW_KEYS,
        20: Control.QUIT,
    })  # fmt: skip
    evening.run()
    seen = list(dict.fromkeys(
        (each.is_paused, each.volume_db, each.has_background, each.keys_shown) for each in evening.watcher.moments
    ))  # fmt: skip
    assert seen == [
        (False, 0, True, False),
        (False, -2, True, False),
        (False, -2, False, False),
        (False, -2, False, True),
        (True, -2, False, True),
        (True, -2, False, False),
    ]
    assert evening.notices == ["The lid was closed."]
    assert evening.watcher.moments[-1].at_ms == STEP_MS - 100
    assert evening.keeper.reached_ms[-1][0] == STEP_MS - 100


def test_a_lost_loudspeaker_ends_it_where_nobody_is_there_to_wait_for() -> None:
    evening = Evening({}, room=Room(dies_at=LEAD_IN + 14 * RATE))
    with pytest.raises(DeviceError, match=r"stopped at 0:14 \(it died\); go on with --from 0:14"):
        evening.run()
    assert evening.watcher.told[-1] == "end"


def test_a_lost_loudspeaker_is_waited_for_where_somebody_is() -> None:
    room = Room(dies_at=LEAD_IN + 14 * RATE)
    evening = Evening({60: Control.RESUME, 70: Control.QUIT}, waits=True, room=room)
    evening.watcher.on_show = lambda moment: setattr(room, "dies_at", None) if moment.is_paused else None
    assert evening.run() == 0
    assert evening.notices == ["The loudspeaker stopped at 0:14 (it died); space tries again."]
    assert len(room.loudspeakers) == 2
    assert evening.watcher.moments[-1].at_ms > 18_000


@pytest.mark.parametrize(("wish", "code"), [(Control.QUIT, None), (Quit(143), 143)])
def test_whoever_waits_for_a_loudspeaker_may_give_up(wish: AnyControl, code: int | None) -> None:
    evening = Evening({30: wish}, waits=True, room=Room(dies_at=LEAD_IN + 14 * RATE))
    if code is not None:
        assert evening.run() == code
        return
    with pytest.raises(DeviceError, match="stopped at 0:14"):
        evening.run()
