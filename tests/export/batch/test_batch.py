"""Many files at once, made without a voice: what is heard are bells."""

from __future__ import annotations

import pickle
import threading
from dataclasses import FrozenInstanceError, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import soundfile

from player import pipeline
from player.errors import UsageError
from player.export.batch import batch
from player.export.batch.executor import InProcessExecutor, ProcessExecutor
from player.export.batch.jobs import ExportedFiles, ExportOrder, ExportTask, FailedExport
from player.export.options import AlbumPosition, ExportOptions
from player.pipeline import SessionRequest
from player.storage.store import Store
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.export.batch.executor import Report

BELL = "title: Bell\nparams: {rest: {default: 1s, min: 1s, max: 9s}}\nsteps: [{chime: bell}, {pause: $rest}]\n"
SPOKEN = "title: Spoken\nsteps: [{say: Words., for: 3s}]\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLAYER_SCRIPTS", str(tmp_path / "own"))
    monkeypatch.setenv("PLAYER_STORE", str(tmp_path / "store"))
    for name in ("one", "two", "three"):
        Path(f"{name}.yaml").write_text(BELL)
    Path("week.yaml").write_text("title: Week\nsessions: [one, {session: two, params: {rest: 3s}}]\n")
    return tmp_path


def here(**engine: object) -> InProcessExecutor:
    return InProcessExecutor(pipeline.Machine(FakeEngine(**engine), Store(Path("fakes"))))  # type: ignore[arg-type]


def orders(*sessions: str, to: str = "out", force: bool = False) -> list[ExportOrder]:
    items, failures = batch.items(map(SessionRequest, sessions))
    assert not failures
    return batch.orders(items, Path(to), ExportOptions("wav"), force=force)


def made(results: list[batch.BatchResult]) -> dict[str, ExportedFiles]:
    assert all(isinstance(each.result, ExportedFiles) for each in results), results
    return {each.order.name: each.result for each in results if isinstance(each.result, ExportedFiles)}


@dataclass
class Recorder:
    """An executor that only notes orders; ``answer`` is the result of each."""

    answer: Callable[[ExportOrder], ExportedFiles | FailedExport] = lambda order: ExportedFiles((order.target,), 1, 1)
    capacity: int = 2
    notes: tuple[str, ...] = ()
    names: list[str] = field(default_factory=list)
    stops: int = 0

    def make(self, order: ExportOrder, report: Report) -> ExportedFiles | FailedExport:
        self.names.append(order.name)
        report(1, 2)
        return self.answer(order)

    def stop(self) -> None:
        self.stops += 1


def test_sessions_and_programmes_become_one_list() -> None:
    assert [(order.name, str(order.target)) for order in orders("three.yaml", "week.yaml")] == [
        ("three", "out/three.wav"),
        ("week/01-one", "out/week/01-one.wav"),
        ("week/02-two", "out/week/02-two.wav"),
    ]


def test_every_file_is_made_and_holds_its_session() -> None:
    results = made(list(batch.run(orders("three.yaml", "week.yaml"), here())))
    assert {name: result.length_ms for name, result in results.items()} == {
        "three": 7000,
        "week/01-one": 7000,
        "week/02-two": 9000,
    }
    for result in results.values():
        assert soundfile.info(result.files[0]).frames == result.length_ms * 48
        assert result.size == result.files[0].stat().st_size


def test_processes_make_the_same_bytes_as_this_one() -> None:
    one = made(list(batch.run(orders("one.yaml", "two.yaml", to="a"), here())))
    two = made(list(batch.run(orders("one.yaml", "two.yaml", to="b"), ProcessExecutor(2))))
    assert one.keys() == two.keys()
    for name, result in one.items():
        assert result.files[0].read_bytes() == two[name].files[0].read_bytes()


def test_sessions_of_a_programme_say_so_and_others_do_not() -> None:
    positions = {order.name: order.task.options.position for order in orders("three.yaml", "week.yaml")}
    assert positions == {
        "three": None,
        "week/01-one": AlbumPosition("Week", 1, 2),
        "week/02-two": AlbumPosition("Week", 2, 2),
    }


def test_a_programme_has_a_playlist_of_what_was_made() -> None:
    wanted = orders("three.yaml", "week.yaml")
    done = [batch.BatchResult(order, ExportedFiles((order.target,), order.known_ms, 1)) for order in reversed(wanted)]
    head = ["#EXTM3U", "#PLAYLIST:Week"]
    one, two = ["#EXTINF:7.000,Bell", "01-one.wav"], ["#EXTINF:9.000,Bell", "02-two.wav"]
    ((path, content),) = batch.playlists_of(done).items()
    assert (str(path), content.decode().splitlines()) == ("out/week/week.m3u8", [*head, *one, *two])
    done[0] = batch.BatchResult(done[0].order, FailedExport("not this one"))
    assert batch.playlists_of(done)[path].decode().splitlines() == [*head, *one]


def test_a_playlist_in_the_way_is_reported_before_anything_is_made() -> None:
    Path("out/week").mkdir(parents=True)
    Path("out/week/week.m3u8").write_text("precious")
    with pytest.raises(UsageError, match=r"week\.m3u8 is there already"):
        batch.must_be_possible(orders("week.yaml"))


def test_a_missed_preset_comes_back_with_what_was_made() -> None:
    Path("spoken.yaml").write_text("title: Spoken\nsteps: [{say: Words., for: 3s}, {pause: 8m}]\n")
    items, _ = batch.items([SessionRequest("spoken.yaml")])
    (done,) = batch.run(batch.orders(items, Path("out"), ExportOptions("wav", preset="audiobook"), force=False), here())
    assert isinstance(done.result, ExportedFiles)
    assert [note[:14] for note in done.result.notes] == ["The file has -"]


def test_progress_comes_to_its_end() -> None:
    told: list[tuple[int, int]] = []
    list(batch.run(orders("one.yaml", "week.yaml"), Recorder(), lambda done, total: told.append((done, total))))
    assert {total for _, total in told} == {23_000}
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (23_000, 23_000)


def test_the_longest_comes_first() -> None:
    executor = Recorder(capacity=1)
    list(batch.run(orders("week.yaml"), executor))
    assert executor.names == ["week/02-two", "week/01-one"]
    assert executor.stops == 1


def test_a_failure_stops_nothing_but_itself() -> None:
    Path("spoken.yaml").write_text(SPOKEN)
    results = list(batch.run(orders("spoken.yaml", "one.yaml"), here(fails_on=frozenset({"Words."}))))
    by_name = {each.order.name: each.result for each in results}
    assert isinstance(by_name["one"], ExportedFiles)
    assert by_name["spoken"] == FailedExport("the fake cannot speak 'Words.'")
    assert [path.name for path in Path("out").iterdir()] == ["one.wav"]


def test_an_unexpected_error_is_a_failure_too() -> None:
    def fall(order: ExportOrder) -> ExportedFiles:
        raise RuntimeError(f"no {order.name}\x1b[31m")

    (done,) = batch.run(orders("one.yaml"), Recorder(fall))
    assert done.result == FailedExport(r"player met what it did not expect (RuntimeError: no one\x1b[31m)")


def test_scripts_with_problems_do_not_stop_the_others() -> None:
    Path("bad.yaml").write_text("title: Bad\nsteps: [{sai: x}]\n")
    items, failures = batch.items(map(SessionRequest, ("bad.yaml", "one.yaml")))
    assert [item.name for item in items] == ["one"]
    assert failures == [("bad.yaml", "bad.yaml:2:10: unknown step 'sai'; did you mean 'say'?")]


def test_a_wrong_name_is_reported_before_anything() -> None:
    with pytest.raises(UsageError, match="did you mean 'box-breathing'"):
        batch.items(map(SessionRequest, ("one.yaml", "box-breathin")))


def test_every_session_is_one_that_has_a_name() -> None:
    Path("own").mkdir()
    Path("own/mine.yaml").write_text(BELL)
    names = [request.session for request in batch.every_session(SessionRequest("", rate=90))]
    assert {"box-breathing", "pmr-16", "mine"} <= set(names)
    assert len(names) >= 30


@pytest.mark.parametrize(
    ("other", "options"),
    [
        ("one.voice.yaml", ExportOptions("wav", stems=True)),
        ("ONE.labels.yaml", ExportOptions("wav", captions=("txt",), labels=True)),
    ],
)
def test_no_order_makes_a_file_of_another_beside_its_own(other: str, options: ExportOptions) -> None:
    Path(other).write_text(BELL)
    found = batch.items([SessionRequest("one.yaml"), SessionRequest(other)])[0]
    batch.must_be_possible(batch.orders(found, Path("out"), ExportOptions("wav"), force=True))
    with pytest.raises(UsageError, match=r"one and (one.voice|ONE.labels) would both be made into "):
        batch.must_be_possible(batch.orders(found, Path("out"), options, force=True))


@pytest.mark.parametrize("other", ["sub/one.yaml", "sub/ONE.yaml"])
def test_no_target_is_made_twice(other: str) -> None:
    Path("sub").mkdir()
    Path(other).write_text(BELL)
    with pytest.raises(UsageError, match="would both be made into"):
        batch.must_be_possible(orders("one.yaml", other))


def test_every_target_is_looked_at_first() -> None:
    Path("out/week").mkdir(parents=True)
    Path("out/week/02-two.wav").write_text("precious")
    with pytest.raises(UsageError, match=r"02-two\.wav is there already"):
        batch.must_be_possible(orders("three.yaml", "week.yaml"))
    batch.must_be_possible(orders("three.yaml", "week.yaml", force=True))


def test_tasks_are_frozen_and_can_be_sent() -> None:
    task = ExportTask(SessionRequest("one", {"rest": "2s"}, skip=("neck",)), ExportOptions("flac"))
    assert pickle.loads(pickle.dumps(task)) == task  # noqa: S301 (our own)
    with pytest.raises(FrozenInstanceError):
        task.options = ExportOptions()  # type: ignore[misc]


def test_a_caller_that_stops_listening_stops_the_executor() -> None:
    going = threading.Event()
    executor = Recorder(lambda order: ExportedFiles((), int(going.wait(10)), 0), capacity=1)
    executor.stop = going.set  # type: ignore[method-assign]
    news = batch.run(orders("one.yaml", "two.yaml"), executor)
    threading.Timer(0.2, going.set).start()
    assert isinstance(next(news).result, ExportedFiles)
    news.close()
    assert going.is_set()
