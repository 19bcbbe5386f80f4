from __future__ import annotations

import threading
import time

import pytest

from player.live.controls import sources
from player.live.controls.commands import Control, ForcedPause, Quit
from player.live.controls.inbox import Inbox
from player.live.observer import PlaybackState
from player.live.participants import Participants
from player.live.running import RunningParticipants
from tests.fakes_participants import FakeObserver, FakeTicking, control_source
from tests.fakes_programme import telling_timeline

TIMELINE = telling_timeline()


def test_all_come_with_the_first_session_and_the_keys_with_every_one() -> None:
    observer = FakeObserver()
    events = observer.events
    participants = Participants(
        control_sources=(control_source(events, "desktop"),),
        keys=control_source(events, "keys"),
        observers=(lambda: observer,),
    )
    with RunningParticipants(participants) as running:
        assert events == []
        for _ in range(2):
            with running.session(TIMELINE):
                running.show(PlaybackState(5))
    assert events == [
        *("desktop comes", "begin Told", "keys comes", "keys goes", "end"),
        *("begin Told", "keys comes", "keys goes", "end", "desktop goes"),
    ]
    assert observer.states == [PlaybackState(5), PlaybackState(5)]


def test_what_ticks_is_made_for_each_session_and_ticks_after_each_state() -> None:
    events: list[str] = []
    observer = FakeObserver(on_show=lambda _: events.append("shown"))
    participants = Participants(observers=(lambda: observer,), ticking=(lambda: FakeTicking(events),))
    with RunningParticipants(participants) as running:
        for is_paused in (False, True):
            with running.session(TIMELINE):
                running.show(PlaybackState(5, is_paused=is_paused))
    assert events == ["made", "shown", "tick", "made", "shown", "tick in a pause"]


def test_the_systems_own_take_part_where_that_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    observer = FakeObserver()
    monkeypatch.setattr(sources, "desktop_observers", lambda _: (observer,))
    monkeypatch.setattr(sources, "system_sources", lambda: (control_source(observer.events, "route"),))
    for with_system in (False, True):
        with RunningParticipants(Participants(with_system=with_system)) as running, running.session(TIMELINE):
            running.show(PlaybackState(5))
    assert observer.events == ["route comes", "begin Told", "end", "route goes"]


def test_whatever_happens_the_terminal_is_given_back() -> None:
    class Breaks(FakeObserver):
        def begin(self, timeline: object) -> None:
            raise OSError("no terminal")

    first, second = FakeObserver(), Breaks()
    running = RunningParticipants(Participants(observers=(lambda: first, lambda: second)))
    with pytest.raises(OSError, match="no terminal"), running, running.session(TIMELINE):
        pass
    assert (first.events, second.events) == (["begin Told", "end"], ["end"])


def test_all_that_is_asked_for_comes_at_once_and_a_wait_ends_with_the_first() -> None:
    running = RunningParticipants(Participants())
    inbox = running.participants.inbox
    assert list(running.controls(0)) == []
    for control in (Control.LOUDER, Control.LOUDER, Quit(3)):
        inbox.put(control)
    assert list(running.controls(60)) == [Control.LOUDER, Control.LOUDER, Quit(3)]
    threading.Timer(0.05, inbox.put, [Control.PAUSE]).start()
    assert list(running.controls(60)) == [Control.PAUSE]


def test_between_two_sessions_an_end_is_heard_and_the_rest_is_kept() -> None:
    inbox = Inbox()
    running = RunningParticipants(Participants(inbox))
    began = time.monotonic()
    inbox.put(ForcedPause("The lid was closed."))
    assert running.wait(0.05) is None
    assert time.monotonic() - began >= 0.05
    inbox.put(Quit(129))
    assert running.wait(60) == 129
    assert inbox.get_nowait() == ForcedPause("The lid was closed.")
    assert running.wait(-1) is None
