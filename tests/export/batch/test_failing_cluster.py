"""A cluster that fails in every way that Dask can: a sentence each, with a library of the test's own in its place."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

import player
from player import __version__
from player.errors import OutputError, PlayerError, UsageError
from player.export.batch import dask_cluster, dask_worker
from player.export.batch.dask_cluster import Cluster
from player.export.batch.jobs import STOPPED, ExportedFiles, ExportOrder, ExportTask, FailedExport
from player.export.options import ExportOptions
from player.pipeline import SessionRequest

if TYPE_CHECKING:
    from collections.abc import Callable

AT = "tcp://192.0.2.1:8786"
WORKER = "tcp://192.0.2.2:40000"
SOUND = b"RIFF" + bytes(1000)


class KilledWorker(Exception):  # noqa: N818 (as Dask calls it)
    """What Dask tells of a task over which workers died."""


@dataclass
class FakeFuture:
    """A task on the cluster; ``status`` is one of Dask's, and ``answer`` what it gives, or raises."""

    status: str = "finished"
    answer: object = b""
    released: bool = False
    cancelled: bool = False

    def result(self) -> object:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def exception(self, timeout: float) -> object:
        assert timeout > 0
        return self.answer

    def release(self) -> None:
        self.released = True

    def cancel(self) -> None:
        self.cancelled = True


@dataclass
class FakeDask:
    """The library and its client in one: a scheduler with one worker, and what each does."""

    futures: list[FakeFuture] = field(default_factory=list)
    facts: object = None
    workers: dict[str, dict[str, int]] = field(default_factory=lambda: {WORKER: {"nthreads": 3}})
    connecting: Exception | None = None
    securing: Exception | None = None
    asking: Exception | None = None
    status: str = "running"
    sound: bytes = SOUND
    submitted: list[FakeFuture] = field(default_factory=list)
    scattered: list[bytes] = field(default_factory=list)
    closed: bool = False

    # The library

    def Security(self) -> Any:  # noqa: N802 (as Dask calls it)
        if self.securing:
            raise self.securing
        return SimpleNamespace(tls_ca_file=None, tls_client_cert=None, get_connection_args=lambda _: {})

    def Client(self, address: str, **_: object) -> FakeDask:  # noqa: N802 (as above)
        assert address in {AT, AT.replace("tcp", "tls")}
        if self.connecting:
            raise self.connecting
        return self

    # Its client

    def unsubscribe_topic(self, topic: str) -> None:
        raise ValueError(topic)  # nobody had subscribed to it

    def wait_for_workers(self, count: int, timeout: float) -> None:
        if not self.workers:
            raise TimeoutError

    def scheduler_info(self, n_workers: int) -> dict[str, Any]:
        return {"workers": self.workers}

    def run(self, function: Callable[..., object], *arguments: Any, **_: object) -> dict[str, object]:
        if self.asking:
            raise self.asking
        if function is dask_worker.facts_as_text:
            return {WORKER: dask_worker.facts_as_text() if self.facts is None else self.facts}
        if function is dask_worker.read_piece:
            return {WORKER: self.sound[arguments[-1] :]}
        return {WORKER: None}

    def submit(self, *_: object, **__: object) -> FakeFuture:
        self.submitted.append(self.futures.pop(0))
        return self.submitted[-1]

    def scatter(self, data: bytes, **_: object) -> str:
        self.scattered.append(data)
        return "there"

    def close(self, timeout: float) -> None:
        self.closed = True


@pytest.fixture
def dask(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeDask:
    fake = FakeDask()
    monkeypatch.setattr(dask_cluster, "distributed", fake)
    monkeypatch.setattr(dask_cluster, "_POLL_S", 0.001)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bell.yaml").write_text("title: Bell\nsteps: [{chime: bell}]\n")
    return fake


ORDER = ExportOrder("bell", ExportTask(SessionRequest("bell.yaml"), ExportOptions("wav")), Path("bell.wav"))


def answer(sound: bytes = SOUND, size: int = len(SOUND)) -> bytes:
    files = [["bell.wav", size, hashlib.sha256(sound).hexdigest()]]
    return json.dumps({"worker": WORKER, "folder": "there", "files": files, "length_ms": 6000, "notes": []}).encode()


def made(dask: FakeDask, *futures: FakeFuture) -> ExportedFiles | FailedExport:
    dask.futures = list(futures)
    cluster = Cluster(AT)
    try:
        return cluster.make(ORDER, lambda *_: None)
    finally:
        cluster.stop()
        assert dask.closed
        assert all(each.released for each in dask.submitted)


def test_what_a_worker_has_made_comes_whole(dask: FakeDask) -> None:
    assert made(dask, FakeFuture(answer=answer())) == ExportedFiles((Path("bell.wav"),), 6000, len(SOUND))
    assert Path("bell.wav").read_bytes() == SOUND


@pytest.mark.parametrize(
    ("future", "sentence"),
    [
        (
            FakeFuture("error", KilledWorker("x")),
            "workers died again and again over it; give them more memory, or make",
        ),
        (
            FakeFuture("error", RuntimeError("no\nmore")),
            "the cluster could not make it (RuntimeError: no); make it with",
        ),
        (
            FakeFuture(answer=RuntimeError("garbled")),
            "the cluster's answer cannot be read (RuntimeError: garbled); start",
        ),
        (
            FakeFuture(answer=answer(b"other")),
            "bell.wav was damaged on its way from tcp://192.0.2.2:40000; start again",
        ),
        (FakeFuture(answer=answer(size=500)), "tcp://192.0.2.2:40000 sent more of bell.wav than it told; check that"),
    ],
)
def test_what_fails_on_the_cluster_is_a_sentence_and_leaves_no_file(
    dask: FakeDask, future: FakeFuture, sentence: str
) -> None:
    result = made(dask, future)
    assert isinstance(result, FailedExport)
    assert sentence in result.sentence
    assert [path.name for path in Path().iterdir()] == ["bell.yaml"]


def test_an_order_whose_worker_was_lost_is_given_to_another_once(dask: FakeDask) -> None:
    lost = FakeFuture("cancelled"), FakeFuture("lost")
    assert isinstance(made(dask, lost[0], FakeFuture(answer=answer())), ExportedFiles)
    result = made(dask, *lost)
    assert isinstance(result, FailedExport)
    assert result.sentence == "the worker that made it, or what it needed for it, was lost twice; start again"


def test_no_order_gets_a_file_that_came_for_another_even_with_force(dask: FakeDask) -> None:
    """Which split parts an order has is known to the worker alone: it may name those of another order."""
    dask.futures = [FakeFuture(answer=answer()), FakeFuture(answer=answer())]
    cluster = Cluster(AT)
    assert isinstance(cluster.make(ORDER, lambda *_: None), ExportedFiles)
    made, bell = Path("bell.wav").stat(), str(Path("bell.wav"))
    other = cluster.make(replace(ORDER, name="other", force=True), lambda *_: None)
    assert other == FailedExport(f"{bell} was made for bell; make other by itself, into another folder")
    assert Path("bell.wav").stat().st_mtime_ns == made.st_mtime_ns
    cluster.stop()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            lambda path: path.unlink(),
            "cannot read loop.wav: No such file or directory; see that it is there and may be read",
        ),
        (None, "loop.wav cannot be sent to tcp://192.0.2.1:8786 (OSError: gone); check the scheduler, and start again"),
    ],
)
def test_a_file_that_cannot_be_sent_is_told_by_what_failed(
    dask: FakeDask, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Path], None] | None, sentence: str
) -> None:
    def packed(_: object) -> tuple[object, dict[str, Path]]:
        if spoil:
            spoil(loop)
        return None, {"ab": loop}

    def fail(*_: object, **__: object) -> str:
        raise OSError("gone")

    (loop := Path("loop.wav")).write_bytes(b"RIFF")
    monkeypatch.setattr(dask_cluster, "pack", packed)
    monkeypatch.setattr(dask, "scatter", fail)
    result = made(dask)
    assert isinstance(result, FailedExport)
    assert result.sentence.startswith(sentence)


def test_a_worker_that_is_lost_while_its_file_is_fetched_leaves_no_part_of_it(dask: FakeDask) -> None:
    dask.sound = b""
    result = made(dask, FakeFuture(answer=answer()), FakeFuture(answer=answer()))
    assert isinstance(result, FailedExport)
    assert "was lost twice" in result.sentence
    assert [path.name for path in Path().iterdir()] == ["bell.yaml"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"status": "closed"}, "the scheduler at tcp://192.0.2.1:8786 was lost; check that it runs, and start again"),
        ({"workers": {}}, "all workers at tcp://192.0.2.1:8786 were lost; start others, and start again"),
    ],
)
def test_a_cluster_that_is_lost_while_it_works_is_not_waited_for(
    dask: FakeDask, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], sentence: str
) -> None:
    monkeypatch.setattr(dask_cluster, "WAITS_FOR_WORKERS_S", 0.002)
    cluster = Cluster(AT)
    for name, value in change.items():
        setattr(dask, name, value)
    dask.futures = [FakeFuture("pending")]
    assert cluster.make(ORDER, lambda *_: None) == FailedExport(sentence)
    cluster.stop()


def test_who_stops_waits_for_nothing(dask: FakeDask) -> None:
    cluster = Cluster(AT)
    dask.futures = [future := FakeFuture("pending")]
    cluster.stop()
    assert cluster.make(ORDER, lambda *_: None) == FailedExport(STOPPED)
    assert future.cancelled


@pytest.mark.parametrize(
    ("change", "kind", "sentence"),
    [
        (
            {"connecting": OSError("refused")},
            PlayerError,
            "there is no scheduler at tcp://192.0.2.1:8786; start one with `dask scheduler`, or check the address",
        ),
        (
            {"connecting": TypeError("odd")},
            PlayerError,
            "cannot be talked to (TypeError: odd); install the same version",
        ),
        (
            {"securing": OSError("no file")},
            UsageError,
            "settings for TLS cannot be used (OSError: no file); check the",
        ),
        ({"workers": {}}, PlayerError, "has no workers; start some with `dask worker tcp://192.0.2.1:8786`"),
        ({"asking": OSError("gone")}, PlayerError, "cannot be asked (OSError: gone); restart them"),
        (
            {"facts": b"no JSON"},
            PlayerError,
            "this version of player is not installed on the worker tcp://192.0.2.2:40000 (bytes: b'no JSON'); run `pip",
        ),
        ({"facts": b"[1]"}, PlayerError, "is not installed on the worker"),
        (
            {"facts": ImportError("player")},
            PlayerError,
            f"(ImportError: player); run `pip install 'guided-relaxation[cluster]=={__version__}'` there, and restart",
        ),
        ({"facts": b'{"player": "0"}'}, PlayerError, "has player 0, and this machine"),
    ],
)
def test_a_cluster_that_cannot_work_is_refused_before_anything_is_sent(
    dask: FakeDask, change: dict[str, Any], kind: type[Exception], sentence: str
) -> None:
    for name, value in change.items():
        setattr(dask, name, value)
    with pytest.raises(kind) as caught:
        Cluster(AT)
    assert sentence in str(caught.value)
    assert not dask.submitted
    assert dask.closed is not bool(dask.connecting or dask.securing)


def test_an_address_of_tls_needs_certificates(dask: FakeDask) -> None:
    with pytest.raises(UsageError, match="needs certificates, and Dask's settings name none; set DASK_DISTRIBUTED"):
        Cluster(AT.replace("tcp", "tls"))


def test_the_same_kind_of_processor_is_no_note_however_long_its_list(
    dask: FakeDask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("player.voice.processor.kind", lambda: "x86_64 " + " ".join(f"avx{n}" for n in range(99)))
    dask.facts = json.dumps(dask_worker.facts()).encode()
    cluster = Cluster(AT)
    assert cluster.notes == ()
    cluster.stop()


def test_another_kind_of_processor_is_a_note(dask: FakeDask) -> None:
    dask.facts = json.dumps(dask_worker.facts() | {dask_worker.PROCESSOR: "another"}).encode()
    cluster = Cluster(AT)
    (note,) = cluster.notes
    assert note.startswith("the processors here and on the cluster are of 2 kinds: natural voices say the same")
    assert cluster.capacity == 3
    cluster.stop()


def test_without_the_library_the_option_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_cluster, "distributed", None)
    with pytest.raises(
        UsageError, match=r"needs the package distributed; run `pip install 'guided-relaxation\[cluster"
    ):
        Cluster(AT)


@pytest.mark.parametrize("error", [MemoryError(), OutputError("odd")])
def test_whatever_a_worker_meets_it_answers_in_bytes(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: object) -> None:
        raise error

    worker = SimpleNamespace(local_directory="there", address=WORKER)
    monkeypatch.setattr(dask_cluster, "distributed", SimpleNamespace(get_worker=lambda: worker))
    monkeypatch.setattr(dask_worker, "make", fail)
    told = json.loads(dask_cluster._make(None, None, "bell.wav", {}))
    kind = f"{type(error).__name__}: {error}"
    assert told == {"failed": f"the cluster could not make it ({kind}); make it without --cluster"}


def test_a_worker_is_compared_by_this_program_and_all_of_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bundled scripts are not sent, and a page is refused here if its own script is another one."""
    assert dask_worker.facts()["player"] == __version__
    (tmp_path / "__init__.py").write_text("")
    monkeypatch.setattr(player, "__file__", str(tmp_path / "__init__.py"))
    digests = {dask_worker._digest()}
    for name in ("page.js", "page.html", "calm.yaml"):
        (tmp_path / name).write_text("other")
        digests.add(dask_worker._digest())
    (tmp_path / "module.pyc").write_text("other")
    digests.add(dask_worker._digest())
    assert len(digests) == 4
