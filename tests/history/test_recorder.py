"""What a session leaves in the diary: recorded by hand, and played by a loudspeaker whose time is not real."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from player import pipeline
from player.errors import DeviceError
from player.history.diary import Diary
from player.history.recorder import EVERY_MS, LEAST_MS, HistoryRecorder
from player.live.device.device import OutputDevice
from player.live.device.noise import LEAD_IN
from player.live.participants import Participants
from player.live.playlist import Playlist
from player.live.preopen import DevicePreopener
from player.pipeline import SessionRequest, programmes
from player.storage.store import Store
from player.timeline.steps import Steps
from player.units import RATE
from tests.fakes_diary import NOON
from tests.fakes_speaker import FakeLoudspeakers, TimedInbox
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from player.history.entries import Bookmark, HistoryEntry
    from player.pipeline import Machine, Prepared
    from player.pipeline.turns import Turn

SESSION = "title: TITLE\nparams: {word: now}\nsteps:\n  - say: TITLE.\n    for: 60s\n"
SECOND = 1000


class Clock:
    """Shows another minute whenever it is looked at."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@dataclass
class Home:
    """A listener's own: scripts, a machine and a diary."""

    folder: Path
    machine: Machine
    diary: Diary
    warnings: list[str]

    def recorder(self) -> HistoryRecorder:
        return HistoryRecorder(self.warnings.append, self.diary, Clock())

    def turns(self, name: str, **asked: str) -> tuple[Turn, ...]:
        plan = programmes.planned(SessionRequest(str(self.folder / name), asked))
        return plan.turns if plan else (programmes.alone(SessionRequest(str(self.folder / name), asked)),)

    def ready(self, turn: Turn) -> Prepared:
        return pipeline.prepare(turn.request, self.machine)

    def begun(self, name: str = "one.yaml", **asked: str) -> HistoryRecorder:
        """The recorder of a session that has begun."""
        recorder, (turn, *_) = self.recorder(), self.turns(name, **asked)
        recorder.began(turn, self.ready(turn), 0)
        return recorder

    def bookmark(self) -> Bookmark:
        (bookmark,) = self.diary.bookmarks()
        return bookmark

    def entry(self) -> HistoryEntry:
        (entry,) = self.diary.entries()
        return entry

    def named(self, key: str) -> str:
        return key.removeprefix(f"{self.folder}/")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(SESSION.replace("TITLE", name.capitalize()))
    (tmp_path / "both.yaml").write_text("title: Both\nsessions: [one, two]\n")
    warnings: list[str] = []
    machine = pipeline.Machine(FakeEngine(), Store(tmp_path / "store"))
    with Diary(warnings.append, tmp_path / "diary") as diary:
        yield Home(tmp_path, machine, diary, warnings)


# A session by itself


def test_stopping_early_leaves_a_bookmark_with_what_was_asked_for(home: Home) -> None:
    home.begun(word="soon").ended(20 * SECOND, 18 * SECOND, whole=False)
    bookmark, entry = home.bookmark(), home.entry()
    assert (home.named(bookmark.session), bookmark.title, bookmark.at_ms, bookmark.total_ms) == (
        "one.yaml",
        "One",
        20_000,
        60_000,
    )
    assert bookmark.asked["values"] == entry.asked["values"] == {"word": "soon"}
    assert (bookmark.part, bookmark.number, bookmark.turn) == (None, 0, "")
    assert (home.named(entry.session), entry.title, entry.programme) == ("one.yaml", "One", "")
    assert (entry.at_ms, entry.heard_ms, entry.total_ms, entry.whole) == (20_000, 18_000, 60_000, False)
    assert NOON < entry.began < bookmark.noted


def test_a_bookmark_goes_on_with_what_keys_chose_and_the_entry_has_what_was_asked_for(home: Home) -> None:
    recorder = home.begun(word="soon")
    recorder.chose("tones", None)
    recorder.chose("silent", -30.0)
    recorder.ended(20 * SECOND, 18 * SECOND, whole=False)
    assert home.bookmark().asked == {**home.entry().asked, "guide": "silent", "bed_db": -30}
    assert home.entry().asked["values"] == {"word": "soon"}
    assert not {"guide", "bed_db"} & {*home.entry().asked}


def test_what_keys_chose_goes_on_in_the_next_session_of_a_programme(home: Home) -> None:
    recorder, (first, second) = home.recorder(), home.turns("both.yaml")
    recorder.follow(SessionRequest(str(home.folder / "both.yaml")), None, (first, second))
    recorder.began(first, home.ready(first), 0)
    recorder.chose("tones", None)
    recorder.ended(60 * SECOND, 60 * SECOND, whole=True)
    assert (home.bookmark().number, home.bookmark().asked["guide"]) == (2, "tones")


def test_it_tells_where_it_will_go_on(home: Home) -> None:
    recorder = home.begun()
    steps = Steps(home.ready(home.turns("one.yaml")[0]).timeline)
    recorder.ended(35 * SECOND, 35 * SECOND, whole=False)
    assert home.bookmark().at_ms == 35 * SECOND
    assert recorder.goes_on_ms == steps.at(35 * SECOND).start_ms < 35 * SECOND


def test_a_session_heard_to_its_end_has_no_bookmark(home: Home) -> None:
    home.begun().ended(20 * SECOND, 20 * SECOND, whole=False)
    recorder = home.begun()
    recorder.ended(60 * SECOND, 40 * SECOND, whole=True)
    assert home.diary.bookmarks() == ()
    assert [each.whole for each in home.diary.entries()] == [False, True]
    assert recorder.bookmark is None


def test_stopping_at_once_remembers_nothing_new(home: Home) -> None:
    home.begun().ended(20 * SECOND, 20 * SECOND, whole=False)
    recorder = home.begun()
    recorder.reached(29 * SECOND, LEAST_MS - 1)
    recorder.ended(29 * SECOND, LEAST_MS - 1, whole=False)
    assert home.bookmark().at_ms == 20 * SECOND
    assert len(home.diary.entries()) == 1
    assert recorder.bookmark is None


def test_an_end_that_was_heard_alone_is_not_an_entry_but_an_end(home: Home) -> None:
    home.begun().ended(20 * SECOND, 20 * SECOND, whole=False)
    home.begun().ended(60 * SECOND, 2 * SECOND, whole=True)
    assert home.diary.bookmarks() == ()
    assert len(home.diary.entries()) == 1


def test_with_next_to_nothing_left_there_is_nothing_to_go_on_with(home: Home) -> None:
    recorder = home.begun()
    recorder.ended(60 * SECOND - LEAST_MS, 20 * SECOND, whole=False)
    assert home.bookmark().at_ms == 50 * SECOND
    recorder.ended(60 * SECOND - LEAST_MS + 1, 20 * SECOND, whole=False)
    assert home.diary.bookmarks() == ()
    assert not home.entry().whole


def test_a_background_that_outlives_a_session_is_no_part_of_it(home: Home) -> None:
    (turn,) = home.turns("one.yaml")
    asked = replace(turn.request, background="rain", outlive_ms=120 * SECOND)
    turn = replace(turn, requested=pipeline.as_requested(asked))
    recorder = home.recorder()
    recorder.began(turn, home.ready(turn), 0)
    recorder.ended(50 * SECOND, 50 * SECOND, whole=False)
    assert (home.bookmark().at_ms, home.bookmark().total_ms) == (50 * SECOND, 180 * SECOND)
    recorder.ended(90 * SECOND, 90 * SECOND, whole=False)
    assert home.diary.bookmarks() == ()
    assert (home.entry().whole, home.entry().heard_ms) == (True, 90 * SECOND)


def test_it_is_noted_while_it_sounds(home: Home) -> None:
    """Little is lost however the program ends: another process reads the file here, which is still open."""
    recorder = home.begun()
    noted = []
    for second in range(45):
        recorder.reached(second * SECOND, second * SECOND)
        with Diary(pytest.fail, home.diary.path) as other:
            noted += [bookmark.at_ms // SECOND for bookmark in other.bookmarks()]
            assert len(other.entries()) == len(other.bookmarks())
    assert list(dict.fromkeys(noted)) == [10, 25, 40]
    assert (LEAST_MS, EVERY_MS) == (10_000, 15_000)


def test_each_session_is_an_entry_of_its_own(home: Home) -> None:
    recorder = home.recorder()
    for name in ("one.yaml", "two.yaml", "one.yaml"):
        (turn,) = home.turns(name)
        recorder.began(turn, home.ready(turn), 0)
        recorder.reached(15 * SECOND, 15 * SECOND)
        recorder.ended(60 * SECOND, 60 * SECOND, whole=True)
    assert [home.named(each.session) for each in home.diary.entries()] == ["one.yaml", "two.yaml", "one.yaml"]


# A programme


def test_in_a_programme_the_bookmark_is_the_programmes(home: Home) -> None:
    recorder, turns = home.recorder(), home.turns("both.yaml", word="soon")
    recorder.follow(SessionRequest(str(home.folder / "both.yaml"), {"word": "soon"}), 1, turns)
    recorder.began(turns[0], home.ready(turns[0]), 0)
    recorder.ended(20 * SECOND, 20 * SECOND, whole=False)
    bookmark, entry = home.bookmark(), home.entry()
    assert (home.named(bookmark.session), bookmark.part, bookmark.number) == ("both.yaml", 1, 1)
    assert (home.named(bookmark.turn), bookmark.title, bookmark.at_ms) == ("one.yaml", "One", 20 * SECOND)
    assert bookmark.asked == {"session": str(home.folder / "both.yaml"), "values": {"word": "soon"}}
    assert (home.named(entry.session), home.named(entry.programme)) == ("one.yaml", "both.yaml")
    assert (entry.asked["session"], entry.asked["number"]) == (str(home.folder / "one.yaml"), 1)


def test_after_a_whole_session_the_bookmark_is_at_the_next_one(home: Home) -> None:
    recorder, turns = home.recorder(), home.turns("both.yaml")
    recorder.follow(SessionRequest(str(home.folder / "both.yaml")), None, turns)
    recorder.began(turns[0], home.ready(turns[0]), 0)
    recorder.ended(60 * SECOND, 60 * SECOND, whole=True)
    bookmark = home.bookmark()
    assert (bookmark.number, home.named(bookmark.turn), bookmark.title) == (2, "two.yaml", "Two")
    assert (bookmark.at_ms, bookmark.total_ms) == (0, 60 * SECOND)
    recorder.began(turns[1], home.ready(turns[1]), 0)
    recorder.ended(5 * SECOND, 5 * SECOND, whole=False)
    assert home.bookmark() == bookmark
    recorder.ended(60 * SECOND, 60 * SECOND, whole=True)
    assert home.diary.bookmarks() == ()
    assert [home.named(each.session) for each in home.diary.entries()] == ["one.yaml", "two.yaml"]


# A diary that cannot be written


def test_a_diary_that_cannot_be_written_is_one_warning_and_stops_nothing(home: Home) -> None:
    (home.folder / "file").write_text("in the way")
    home.diary = Diary(home.warnings.append, home.folder / "file" / "diary")
    recorder = home.begun()
    for second in range(40):
        recorder.reached(second * SECOND, second * SECOND)
    recorder.ended(40 * SECOND, 40 * SECOND, whole=False)
    (sentence,) = home.warnings
    assert sentence.startswith("this session is not remembered: ")
    assert sentence.endswith("file is no folder; set PLAYER_DIARY to another file")
    assert recorder.bookmark is None


def test_a_damaged_diary_is_a_warning_and_a_new_one_has_the_session(home: Home) -> None:
    home.diary.begin()
    home.diary.close()
    home.diary.path.write_bytes(home.diary.path.read_bytes()[:100].ljust(8192, b"?"))
    home.begun().ended(20 * SECOND, 20 * SECOND, whole=False)
    assert home.bookmark().at_ms == 20 * SECOND
    assert home.warnings == [f"the diary was damaged and begins anew; what there was is in {home.diary.path}.damaged"]


def test_a_file_that_is_no_diary_is_a_warning_and_stays(home: Home) -> None:
    home.diary.path.write_bytes(b"no diary" * 1000)
    recorder = home.begun()
    recorder.ended(20 * SECOND, 20 * SECOND, whole=False)
    assert recorder.bookmark is None
    assert home.diary.path.read_bytes() == b"no diary" * 1000
    (told,) = home.warnings
    assert told.startswith(f"this session is not remembered: {home.diary.path} is no diary; set PLAYER_DIARY")


# Played


def preopener(speakers: FakeLoudspeakers) -> DevicePreopener:
    """It leads to fake loudspeakers."""
    how = {"kind": "miniaudio", "environ": dict[str, str](), "spawn": speakers.spawn, "installed": ("miniaudio",)}
    return DevicePreopener(open_device=partial(OutputDevice, changes=True, **how))  # type: ignore[arg-type]


@pytest.fixture
def play(home: Home) -> Callable[..., HistoryRecorder]:
    def played(speakers: FakeLoudspeakers, start_ms: int = 0) -> HistoryRecorder:
        recorder, (turn,) = home.recorder(), home.turns("one.yaml")
        participants = Participants(TimedInbox(speakers.sleep), progress_listener=recorder)
        with (
            contextlib.suppress(KeyboardInterrupt, DeviceError),
            Playlist(preopener(speakers), participants, [], home.machine) as playlist,
        ):
            playlist.play(turn, home.ready(turn), start_ms)
        return recorder

    return played


def test_a_session_that_is_played_to_its_end(home: Home, play: Callable[..., HistoryRecorder]) -> None:
    play(FakeLoudspeakers())
    assert home.diary.bookmarks() == ()
    assert (home.entry().whole, home.entry().heard_ms, home.entry().at_ms) == (True, 60 * SECOND, 60 * SECOND)


def test_ctrl_c_bookmarks_what_was_heard(home: Home, play: Callable[..., HistoryRecorder]) -> None:
    play(FakeLoudspeakers(interrupt_at=LEAD_IN + 15 * RATE), start_ms=20 * SECOND)
    assert home.bookmark().at_ms == pytest.approx(35 * SECOND, abs=SECOND)
    assert home.entry().heard_ms == pytest.approx(15 * SECOND, abs=SECOND)


def test_a_lost_loudspeaker_keeps_the_beginning_of_the_step_that_was_heard(
    home: Home, play: Callable[..., HistoryRecorder]
) -> None:
    recorder = play(FakeLoudspeakers(dies_at=LEAD_IN + 25 * RATE))
    assert home.bookmark().at_ms == 0
    assert recorder.bookmark == home.bookmark()
    assert home.entry().heard_ms == pytest.approx(25 * SECOND, abs=SECOND)
    assert not home.entry().whole


def test_a_loudspeaker_that_never_sounded_leaves_nothing(home: Home, play: Callable[..., HistoryRecorder]) -> None:
    play(FakeLoudspeakers(missing={"miniaudio": "no device"}))
    assert (home.diary.bookmarks(), home.diary.entries()) == ((), ())
