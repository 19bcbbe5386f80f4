from __future__ import annotations

import threading
import time

import pytest

from player.live.controls.commands import Control, ForcedPause, Quit
from player.live.controls.inbox import Inbox
from player.live.observer import PlaybackState
from player.live.participants import Participants
from player.live.running import RunningParticipants
from tests.fakes_company import Watcher, hand
from tests.fakes_programme import telling_timeline

TIMELINE = telling_timeline()


def test_all_come_with_the_first_session_and_the_keys_with_every_one() -> None:
    watcher = Watcher()
    told = watcher.told
    company = Participants(hands=(hand(told, "desktop"),), keys=hand(told, "keys"), views=(lambda: watcher,))
    with RunningParticipants(company) as party:
        assert told == []
        for _ in range(2):
            with party.at(TIMELINE):
                party.show(PlaybackState(5))
    assert told == [
        *("desktop comes", "begin Told", "keys comes", "keys goes", "end"),
        *("begin Told", "keys comes", "keys goes", "end", "desktop goes"),
    ]
    assert watcher.moments == [PlaybackState(5), PlaybackState(5)]


def test_whatever_happens_the_terminal_is_given_back() -> None:
    class Breaks(Watcher):
        def begin(self, timeline: object) -> None:
            raise OSError("no terminal")

    first, second = Watcher(), Breaks()
    party = RunningParticipants(Participants(views=(lambda: first, lambda: second)))
    with pytest.raises(OSError, match="no terminal"), party, party.at(TIMELINE):
        pass
    assert (first.told, second.told) == (["begin Told", "end"], ["end"])


def test_all_that_is_asked_for_comes_at_once_and_a_wait_ends_with_the_first() -> None:
    party = RunningParticipants(Participants())
    inbox = party.company.inbox
    assert list(party.asked(0)) == []
    for wish in (Control.LOUDER, Control.LOUDER, Quit(3)):
        inbox.put(wish)
    assert list(party.asked(60)) == [Control.LOUDER, Control.LOUDER, Quit(3)]
    threading.Timer(0.05, inbox.put, [Control.PAUSE]).start()
    assert list(party.asked(60)) == [Control.PAUSE]


def test_between_two_sessions_an_end_is_heard_and_the_rest_is_kept() -> None:
    inbox = Inbox()
    party = RunningParticipants(Participants(inbox))
    began = time.monotonic()
    inbox.put(ForcedPause("The lid was closed."))
    assert party.rest(0.05) is None
    assert time.monotonic() - began >= 0.05
    inbox.put(Quit(129))
    assert party.rest(60) == 129
    assert inbox.get_nowait() == ForcedPause("The lid was closed.")
    assert party.rest(-1) is None
