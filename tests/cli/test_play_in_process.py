"""``player play`` in this process, by loudspeakers whose time is not real: what it prints before, between and after."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from player import pipeline
from player.cli import main
from player.live import preopen
from player.live.controls import sources
from player.live.controls.commands import Quit
from player.live.device.device import OutputDevice
from player.live.device.noise import LEAD_IN
from player.storage.store import Store
from player.units import RATE
from tests.fakes_participants import FakeObserver
from tests.fakes_speaker import FakeLoudspeakers, TimedInbox
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from pathlib import Path

SESSION = (
    "title: {title}\nsafety: Stop whenever you like.\nparams: {{word: now}}\nsteps:\n  - say: {title}.\n    for: 30s\n"
)
WEEK = """\
title: Week
parts:
  - title: Day 1
    about: Begin here.
    sessions: [one, two]
  - title: Day 2
    sessions:
      - {session: one, before: Put it away.}
      - {session: two, before: Lie down., params: {word: soon}}
"""


@dataclass
class Room:
    """A folder with scripts, and loudspeakers."""

    folder: Path
    speakers: FakeLoudspeakers
    inbox: TimedInbox

    def play(self, *arguments: str) -> tuple[int, list[str]]:
        """The exit code, and what was printed to stderr; nothing goes to stdout."""
        done = CliRunner().invoke(main, ["play", *arguments])
        assert done.stdout == ""
        return done.exit_code, done.stderr.replace(f"{self.folder}/", "").splitlines()


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(SESSION.format(title=name.title()))
    (tmp_path / "week.yaml").write_text(WEEK)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLAYER_DIARY", str(tmp_path / "diary"))
    speakers = FakeLoudspeakers()
    inbox = TimedInbox(lambda seconds: speakers.sleep(seconds) if speakers.opened else None)
    machine = pipeline.Machine(FakeEngine(), Store(tmp_path / "store"))
    opened = partial(OutputDevice, environ={}, spawn=speakers.spawn, installed=("miniaudio",))
    monkeypatch.setattr(preopen, "OutputDevice", opened)
    monkeypatch.setattr("player.cli._participants.Inbox", lambda: inbox)
    monkeypatch.setattr("player.machine.this_machine", lambda **_: machine)
    monkeypatch.setattr("player.live.playlist.SILENCE_MS", 0)
    monkeypatch.setattr(sources, "keep_awake", lambda **_: FakeObserver())
    monkeypatch.setattr(sources, "desktop_observers", lambda _: ())
    monkeypatch.setattr(sources, "system_sources", tuple)
    return Room(tmp_path, speakers, inbox)


def test_title_length_and_safety_stand_before_the_sound(room: Room) -> None:
    assert room.play("one.yaml") == (0, ["One, 0:30", "  Stop whenever you like."])
    assert len(room.speakers.last.sound()) == LEAD_IN + 30 * RATE
    assert room.play("one.yaml", "--quiet") == (0, [])


def test_a_programme_has_its_heading_its_parts_and_their_numbers(room: Room) -> None:
    assert room.play("week.yaml", "--part", "1") == (
        0,
        [
            "Week, 2 sessions, 1:00",
            "",
            "Day 1",
            "  Begin here.",
            "1 of 4: One, 0:30",
            "  Stop whenever you like.",
            "2 of 4: Two, 0:30",
            "  Stop whenever you like.",
        ],
    )
    assert [len(each.sound()) for each in room.speakers.opened] == [LEAD_IN + 30 * RATE] * 2


def test_without_a_terminal_it_stops_before_what_needs_an_answer_and_tells_how_to_go_on(room: Room) -> None:
    code, told = room.play("week.yaml", "--part", "2")
    assert code == 1
    assert told[0] == "Put it away."  # before the first one, the command itself is the answer
    assert told[-1] == (
        "Lie down. There is no terminal to answer at, so playing stops here; go on with "
        "`player play two.yaml -p word=soon`"
    )
    assert len([each for each in room.speakers.opened if each.heard]) == 1


def test_a_part_that_needs_an_answer_is_gone_on_with_by_its_number(room: Room) -> None:
    code, told = room.play("week.yaml")
    assert code == 1
    assert told[-1] == (
        "Put it away. There is no terminal to answer at, so playing stops here; go on with "
        "`player play week.yaml --part 2`"
    )


def test_ctrl_c_tells_the_command_that_goes_on_and_it_does(room: Room) -> None:
    room.speakers.interrupt_at = LEAD_IN + 20 * RATE
    code, told = room.play("one.yaml")
    assert (code, told[-1]) == (130, "Stopped. `player play one.yaml --resume` goes on at 0:00.")
    code, told = room.play("one.yaml", "--resume")
    assert (code, told[0]) == (0, "One, 0:30")


def test_ctrl_c_in_a_programme_names_the_session_as_well(room: Room) -> None:
    room.speakers.interrupt_at = LEAD_IN + 20 * RATE
    code, told = room.play("week.yaml")
    assert (code, told[-1]) == (130, "Stopped. `player play week.yaml --resume` goes on at 0:00 of One.")


def test_a_loudspeaker_that_is_lost_is_an_error_with_both_ways_to_go_on(room: Room) -> None:
    room.speakers.dies_at = LEAD_IN + 20 * RATE
    code, told = room.play("one.yaml")
    assert code == 1
    assert told[-1].startswith("the loudspeaker stopped at 0:20 (it died); go on with --from 0:20")
    assert told[-1].endswith(". `player play one.yaml --resume` goes on at 0:00.")


def test_a_signal_ends_it_with_its_own_code_and_the_way_to_go_on(room: Room) -> None:
    sleep = room.speakers.sleep

    def asked_to_end(seconds: float) -> None:
        sleep(seconds)
        if room.speakers.last.ring.head > LEAD_IN + 15 * RATE:
            room.inbox.put(Quit(143))

    room.speakers.sleep = asked_to_end  # type: ignore[method-assign]
    code, told = room.play("one.yaml")
    assert (code, told[-1]) == (143, "`player play one.yaml --resume` goes on at 0:00.")


def test_a_programme_begins_at_a_part_and_not_at_a_time(room: Room) -> None:
    code, told = room.play("week.yaml", "--from", "0:10")
    assert (code, told) == (2, ["--from is for one session; begin a programme at one of its parts with --part"])
    assert not any(each.heard for each in room.speakers.opened)


def test_without_a_loudspeaker_nothing_is_announced_twice_and_nothing_is_remembered(room: Room) -> None:
    room.speakers.missing["miniaudio"] = "there is no device"
    code, told = room.play("one.yaml")
    assert code == 1
    assert told == [
        "One, 0:30",
        "  Stop whenever you like.",
        (
            "no audio device could be opened by miniaudio (there is no device); export the session instead, "
            "e.g. `player export one.yaml`"
        ),
    ]
    assert room.play("one.yaml", "--resume")[0] == 2
