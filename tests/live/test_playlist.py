"""The sessions of a programme, one after another, by loudspeakers whose time is not real."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from player import pipeline
from player.errors import DeviceError, ScriptError
from player.live import playlist as module
from player.live.controls.commands import Quit, SetVolume
from player.live.device.device import OutputDevice
from player.live.device.noise import LEAD_IN
from player.live.participants import Participants
from player.live.playlist import Playlist
from player.live.preopen import DevicePreopener
from player.pipeline import SessionRequest, programmes
from player.storage.store import Store
from player.units import RATE
from tests.fakes_participants import FakeProgressListener
from tests.fakes_speaker import FakeLoudspeakers, TimedInbox
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from pathlib import Path

    from player.pipeline import Prepared
    from player.pipeline.turns import Turn

SESSION = "title: {title}\nsteps:\n  - say: {title}.\n    for: {seconds}s\n"


class Evening:
    """A programme of two sessions, of three and of two seconds, and what came of playing it."""

    def __init__(self, folder: Path) -> None:
        for title, seconds in (("One", 3), ("Two", 2)):
            (folder / f"{title.lower()}.yaml").write_text(SESSION.format(title=title, seconds=seconds))
        (folder / "both.yaml").write_text("title: Both\nsessions: [one, two]\n")
        self.speakers = FakeLoudspeakers()
        self.inbox = TimedInbox(self.speakers.sleep)
        self.listener = FakeProgressListener()
        self.told: list[str] = []
        self._machine = pipeline.Machine(FakeEngine(), Store(folder / "store"))
        plan = programmes.planned(SessionRequest(str(folder / "both.yaml")))
        assert plan is not None
        self.first, self.second = plan.turns

    def confirm(self, turn: Turn) -> bool:
        self.told.append(f"before {turn.title}")
        return True

    def announce(self, turn: Turn, ready: Prepared) -> None:
        self.told.append(f"{turn.title}, {ready.timeline.total_ms} ms")

    def play(self) -> int:
        how = {"environ": dict[str, str](), "spawn": self.speakers.spawn, "installed": ("miniaudio",)}
        preopener = DevicePreopener(open_device=partial(OutputDevice, changes=True, **how))  # type: ignore[arg-type]
        participants = Participants(self.inbox, progress_listener=self.listener)
        ready = pipeline.prepare(self.first.requested, self._machine)
        with preopener, Playlist(preopener, participants, [self.second], self._machine) as playlist:
            return playlist.play_all(self.first, ready, 0, self.confirm, self.announce)


@pytest.fixture
def evening(tmp_path: Path) -> Evening:
    return Evening(tmp_path)


def test_each_session_is_heard_whole_and_is_confirmed_and_announced_before(evening: Evening) -> None:
    assert evening.play() == 0
    assert evening.told == ["before Two", "Two, 2000 ms"]  # the first one's were before the first sound
    assert [len(each.sound()) - LEAD_IN for each in evening.speakers.opened] == [3 * RATE, 2 * RATE]
    assert all(each.ended for each in evening.speakers.opened)
    assert evening.listener.calls == [
        ("began", evening.first.name, 0),
        ("ended", 3000, 3000, True),
        ("began", evening.second.name, 0),
        ("ended", 2000, 2000, True),
    ]


def test_who_quits_in_the_silence_between_two_sessions_hears_no_other(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SILENCE_MS", 60_000)  # it takes no time: there is something in the inbox
    monkeypatch.setattr(evening, "confirm", lambda _: False)
    monkeypatch.setattr(evening, "announce", lambda *_: evening.inbox.put(Quit(143)))
    assert evening.play() == 143
    assert len(evening.speakers.opened) == 1


def test_a_volume_that_was_chosen_in_one_session_holds_for_the_next(tmp_path: Path) -> None:
    loudest = []
    for volume_db in (0.0, -20.0):
        evening = Evening(tmp_path)
        evening.inbox.put(SetVolume(volume_db))
        assert evening.play() == 0
        loudest.append(abs(evening.speakers.opened[1].sound()[LEAD_IN:].astype(int)).max())
    assert loudest[0] > 1000
    assert loudest[1] == pytest.approx(loudest[0] / 10, rel=0.01)


def test_a_loudspeaker_that_is_lost_in_a_programme_tells_in_which_session_and_how_to_go_on(evening: Evening) -> None:
    evening.speakers.dies_at = LEAD_IN + 5 * RATE // 2
    with pytest.raises(DeviceError) as caught:
        evening.play()
    assert str(caught.value) == (
        f"in {evening.first.name}, the loudspeaker stopped at 0:02 (it died); go on with --from 0:02 "
        f"of `player play {evening.first.request.session}`"
    )


def test_without_a_loudspeaker_the_session_is_named_and_no_position(evening: Evening) -> None:
    evening.speakers.missing["miniaudio"] = "there is no device"
    with pytest.raises(DeviceError) as caught:
        evening.play()
    assert str(caught.value) == (
        f"in {evening.first.name}, no audio device could be opened by miniaudio (there is no device); "
        f"export the session instead, e.g. `player export {evening.first.request.session}`"
    )
    assert evening.told == []


def test_a_later_session_that_cannot_be_made_ends_it_before_it_is_confirmed(evening: Evening, tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text(SESSION.format(title="Two", seconds="0.01"))
    two = programmes.alone(SessionRequest(str(tmp_path / "two.yaml")))
    evening.second = two
    with pytest.raises(ScriptError, match=r"two\.yaml:3:5"):
        evening.play()
    assert evening.told == []
    assert evening.listener.calls[-1] == ("ended", 3000, 3000, True)
