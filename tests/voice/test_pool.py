"""Workers that are kept: who is asked, who stays, and that none outlives a stop."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from player.voice.pool import WorkerPool
from player.voice.process import StartError, WorkerError
from tests.voice.conftest import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.voice.conftest import Workers

Pools = "Callable[..., WorkerPool]"
DESCRIBE = {"do": "describe"}
PATIENCE_S = 30


@pytest.fixture
def speak(tmp_path: Path) -> dict[str, Any]:
    """A request that the fake worker can do."""
    settings = {"text": "Breathe in.", "voice": "gmw/en", "rate": 105, "pitch": 50}
    return {"do": "speak", **settings, "file": str(tmp_path / "a.wav")}


@pytest.fixture
def pools(workers: Workers) -> Iterator[Callable[..., WorkerPool]]:
    """Makes pools of fake workers; none of these may be alive at the end of a test."""
    made: list[WorkerPool] = []

    def pool(**switches: str) -> WorkerPool:
        made.append(WorkerPool(workers.command(**switches), {"driver": "espeak"}))
        return made[-1]

    yield pool
    for each in made:
        each.stop()
    assert wait_until(lambda: not workers.alive()), "a worker outlived its pool"


def test_one_worker_answers_one_after_the_other(pools: Callable[..., WorkerPool], workers: Workers) -> None:
    pool = pools()
    answers = [pool.answer(DESCRIBE, PATIENCE_S) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert len(workers.started) == len(workers.alive()) == 1


def test_a_new_one_is_asked_where_that_is_wanted_and_stays(pools: Callable[..., WorkerPool], workers: Workers) -> None:
    pool = pools()
    for started in (1, 2):
        pool.answer(DESCRIBE, PATIENCE_S, is_new=True)
        assert len(workers.alive()) == started
    pool.answer(DESCRIBE, PATIENCE_S)
    assert len(workers.started) == 2


def test_threads_that_ask_at_once_have_workers_of_their_own(pools: Callable[..., WorkerPool], workers: Workers) -> None:
    pool, together = pools(), threading.Barrier(3)

    def ask() -> None:
        together.wait(PATIENCE_S)
        pool.answer(DESCRIBE, PATIENCE_S)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 <= len(workers.started) <= 3
    started = len(workers.started)
    pool.answer(DESCRIBE, PATIENCE_S)
    assert len(workers.started) == started


def test_a_worker_that_gives_its_last_answer_is_followed_by_another(
    pools: Callable[..., WorkerPool], workers: Workers, speak: dict[str, Any]
) -> None:
    pool = pools(speak="for the last time")
    for _ in range(2):
        assert pool.answer(speak, PATIENCE_S)["done"]
    assert len(workers.started) == 2


@pytest.mark.parametrize("deed", ["die", "garbage", "hang"])
def test_a_worker_that_fails_is_gone_and_the_next_one_is_new(
    pools: Callable[..., WorkerPool], workers: Workers, speak: dict[str, Any], deed: str, tmp_path: Path
) -> None:
    pool = pools(speak=deed, once=str(tmp_path / "once"))
    with pytest.raises(WorkerError):
        pool.answer(speak, 2)
    assert wait_until(lambda: not workers.alive())
    assert pool.answer(speak, PATIENCE_S) == {"done": True}
    assert len(workers.started) == 2


def test_stopping_kills_those_that_are_busy_and_those_that_are_not(
    pools: Callable[..., WorkerPool], workers: Workers, speak: dict[str, Any]
) -> None:
    pool = pools(speak="hang")
    for _ in range(2):
        pool.answer(DESCRIBE, PATIENCE_S, is_new=True)
    failed = threading.Event()

    def ask() -> None:
        with pytest.raises(WorkerError):
            pool.answer(speak, 300)
        failed.set()

    threading.Thread(target=ask).start()
    assert wait_until(lambda: bool(pool._busy))
    pool.stop()
    assert failed.wait(PATIENCE_S)
    assert wait_until(lambda: not workers.alive())
    assert pool.answer(DESCRIBE, PATIENCE_S), "and others are started when they are needed"


def test_stopping_the_idle_kills_only_those_without_a_request(
    pools: Callable[..., WorkerPool], workers: Workers, speak: dict[str, Any]
) -> None:
    pool = pools(speak="hang")
    for _ in range(2):
        pool.answer(DESCRIBE, PATIENCE_S, is_new=True)

    def ask() -> None:
        with pytest.raises(WorkerError):
            pool.answer(speak, 300)

    asking = threading.Thread(target=ask)
    asking.start()
    assert wait_until(lambda: bool(pool._busy))
    pool.stop_idle()
    assert wait_until(lambda: len(workers.alive()) == 1)
    assert asking.is_alive()
    pool.stop()
    asking.join(PATIENCE_S)


def test_a_worker_that_comes_back_to_a_stopped_pool_is_not_kept(
    pools: Callable[..., WorkerPool], workers: Workers
) -> None:
    pool = pools()
    worker = pool._acquire(is_new=False)
    pool.stop()
    pool._release(worker, spent=False)
    assert (pool._idle, pool._busy) == ([], [])


def test_a_worker_that_cannot_be_started_is_an_error_and_none_is_busy(
    pools: Callable[..., WorkerPool], tmp_path: Path
) -> None:
    pool = WorkerPool([str(tmp_path / "nothing")], {})
    with pytest.raises(StartError, match=r"cannot be started \(No such file or directory\)"):
        pool.answer(DESCRIBE, PATIENCE_S)
    assert (pool._idle, pool._busy) == ([], [])
