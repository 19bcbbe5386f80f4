"""A real scheduler and two workers on this machine: the same bytes, and a sentence for whatever a cluster does."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import dask
import numpy as np
import pytest
import soundfile

from player import pipeline
from player.errors import PlayerError, UsageError, VoiceError
from player.export.batch import batch, dask_cluster, dask_worker
from player.export.batch.bundle import HERE, LARGE, OWN, pack, unpack
from player.export.batch.dask_cluster import Cluster
from player.export.batch.executor import InProcessExecutor
from player.export.batch.jobs import ExportedFiles, ExportOrder, ExportTask, FailedExport
from player.export.batch.returned import Fetchable
from player.export.options import ExportOptions
from player.pipeline import SessionRequest
from tests.sound_server import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

NOISE = "mine.wav"
SCRIPT = f"""\
title: Bells
background: {{sound: {NOISE}, fade_in: 0s, fade_out: 1s}}
params: {{rest: {{default: 1s, min: 1s, max: 9s}}}}
steps:
  - include: sub/inner
  - bed: other.wav
  - pause: $rest
"""
INNER = "title: Inner\nsteps: [{section: In}, {chime: start}, {play: words.wav, text: Words, for: 3s}]\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Scripts that need all sorts of files; one of them is large."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLAYER_SCRIPTS", str(tmp_path / "own"))
    monkeypatch.setenv("PLAYER_STORE", str(tmp_path / "store"))
    for path, seconds in ((NOISE, 7), ("other.wav", 3), ("sub/words.wav", 2), ("rain of mine.wav", 4)):
        Path(path).parent.mkdir(exist_ok=True)
        soundfile.write(path, np.random.default_rng(seconds).normal(0, 0.1, (48_000 * seconds, 2)), 48_000)
    Path("bells.yaml").write_text(SCRIPT)
    Path("sub/inner.yaml").write_text(INNER)
    Path("bell.yaml").write_text("title: Bell\nsteps: [{chime: bell}]\n")
    Path("long.yaml").write_text("title: Long\nsteps: [{chime: bell}, {pause: 4h}]\n")
    return tmp_path


def test_a_bundle_has_what_the_script_names_and_nothing_of_the_programs_own(folder: Path) -> None:
    bundle, large = pack(SessionRequest(str(folder / "bells.yaml")))
    names = ["bells.yaml", "mine.wav", "other.wav", "sub/inner.yaml", "sub/words.wav"]
    assert [file.name for file in bundle.files] == [f"here/{name}" for name in names]
    assert bundle.request == SessionRequest("bells.yaml")
    assert set(large.values()) == {folder / NOISE}
    assert Path(NOISE).stat().st_size > LARGE
    assert pack(SessionRequest("box-breathing"))[0].files == ()


def test_a_background_of_the_users_own_is_sent_too(folder: Path) -> None:
    bundle, _ = pack(SessionRequest("box-breathing", background=str(folder / "rain of mine.wav")))
    assert [file.name for file in bundle.files] == ["sounds/rain of mine.wav"]
    assert bundle.request == SessionRequest("box-breathing", background="../sounds/rain of mine.wav")
    assert pack(SessionRequest("box-breathing", background="rain"))[0].request.background == "rain"


def test_the_takes_of_a_session_are_sent_and_no_others(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "own takes").mkdir()
    for name in ("001-sit.wav", "two.wav"):
        soundfile.write(f"own takes/{name}", 0.1 * np.sin(np.arange(24_000) / 20), 48_000)
    Path("sit.yaml").write_text("title: Sit\nlanguage: tlh\nsteps: [{say: Sit., for: 2s}]\n")
    asked = SessionRequest(str(folder / "sit.yaml"), takes="own takes")
    bundle, large = pack(asked)
    assert [file.name for file in bundle.files] == ["here/sit.yaml", "takes/001-sit.wav"]
    assert (bundle.request, large) == (SessionRequest("sit.yaml", takes="../takes"), {})
    files = {}
    unpack(bundle, {}, folder / "there")
    for where, request in ((folder, asked), (folder / "there" / HERE, bundle.request)):
        monkeypatch.chdir(where)
        order = ExportOrder("sit", ExportTask(request, ExportOptions("flac")), Path("sit.flac"))
        made = InProcessExecutor(pipeline.this_machine()).make(order, lambda *_: None)
        assert isinstance(made, ExportedFiles), made
        files[where] = Path("sit.flac").read_bytes()
    assert len(set(files.values())) == 1


def test_a_bundle_without_a_fitting_take_has_an_empty_folder(folder: Path) -> None:
    (folder / "takes").mkdir()
    bundle, _ = pack(SessionRequest("box-breathing", takes=str(folder / "takes")))
    unpack(bundle, {}, folder / "there")
    assert list((folder / "there" / HERE / (bundle.request.takes or "")).iterdir()) == []
    with pytest.raises(UsageError, match="there is no folder gone with takes"):
        pack(SessionRequest("box-breathing", takes="gone"))


def test_a_bundle_has_the_muscle_sets_of_the_user(folder: Path) -> None:
    (folder / "own" / "muscles").mkdir(parents=True)
    (folder / "own" / "muscles" / "hands.yaml").write_text("hands: []\n")
    (file,) = pack(SessionRequest("box-breathing"))[0].files
    assert (file.name, file.data) == ("own/muscles/hands.yaml", b"hands: []\n")


def test_what_is_unpacked_makes_the_same_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = pipeline.this_machine()
    bundle, large = pack(SessionRequest("bells.yaml", {"rest": "2s"}))
    unpack(bundle, {digest: path.read_bytes() for digest, path in large.items()}, folder / "there")
    assert (folder / "there" / OWN).is_dir()
    files = {}
    for where, request in (
        (folder, SessionRequest("bells.yaml", {"rest": "2s"})),
        (folder / "there" / HERE, bundle.request),
    ):
        monkeypatch.chdir(where)
        made = InProcessExecutor(machine).make(
            ExportOrder("bells", ExportTask(request, ExportOptions("flac")), Path("bells.flac")), lambda *_: None
        )
        assert isinstance(made, ExportedFiles), made
        files[where] = Path("bells.flac").read_bytes()
    assert len(set(files.values())) == 1


def test_a_bundle_stays_in_its_folder(folder: Path) -> None:
    bundle, _ = pack(SessionRequest("bell.yaml"))
    bad = replace(bundle, files=(replace(bundle.files[0], name="here/../../out.yaml"),))
    with pytest.raises(
        PlayerError, match=r"out\.yaml is outside the script's folder and cannot be sent to a cluster; move it there"
    ):
        unpack(bad, {}, folder / "there")
    assert not (folder / "out.yaml").exists()
    told = "here/../../out.yaml is outside the script's folder and cannot be sent to a cluster; move it there"
    assert dask_worker.make(bad, ExportOptions("wav"), "bell.wav", {}, str(folder)) == FailedExport(told)


def test_a_worker_whose_disk_fails_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(dask_worker, "unpack", fail)
    result = dask_worker.make(pack(SessionRequest("bell.yaml"))[0], ExportOptions("wav"), "bell.wav", {}, str(folder))
    why = "([Errno 28] No space left on device); check that machine, or export without --cluster"
    assert result == FailedExport(f"the cluster's worker cannot make it {why}")


def test_a_worker_tells_problems_without_its_own_folders(folder: Path) -> None:
    bundle, _ = pack(SessionRequest("bell.yaml"))
    bundle = replace(bundle, files=(replace(bundle.files[0], data=b"title: Bell\nsteps: [{chim: bell}]\n"),))
    result = dask_worker.make(bundle, ExportOptions("wav"), "bell.wav", {}, str(folder))
    assert result == FailedExport("bell.yaml:2:10: unknown step 'chim'; did you mean 'chime'?")
    assert not list(folder.glob("player-*"))


def test_a_worker_hands_out_pieces_and_clears_away(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_worker, "PIECE", 100_000)
    os.mkdir("player-task-old_old1")  # noqa: PTH102
    os.utime("player-task-old_old1", (0, 0))
    result = dask_worker.make(
        pack(SessionRequest("bell.yaml"))[0], ExportOptions("wav", preset="audiobook"), "bell.wav", {}, str(folder)
    )
    assert isinstance(result, Fetchable)
    assert [note[:14] for note in result.notes] == ["The file has -"]
    assert not Path("player-task-old_old1").exists()
    ((name, size, _),) = result.files
    pieces = [dask_worker.read_piece(result.folder, name, at) for at in range(0, size, 100_000)]
    assert max(map(len, pieces)) == 100_000
    assert sum(map(len, pieces)) == size
    dask_worker.drop(result.folder)
    assert not Path(result.folder).exists()


@pytest.mark.parametrize("address", ["localhost:8786", "http://localhost:8786", "tcp://localhost", "tcp://a b:1", ""])
def test_an_address_that_is_none_is_one_sentence(address: str) -> None:
    with pytest.raises(UsageError, match=r"must be an address such as tcp://192\.168\.1\.5:8786 or tls://"):
        Cluster(address)


def test_encryption_needs_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"needs certificates, and Dask's settings name none; set DASK_\w+__CA_FILE, "):
        Cluster("tls://localhost:8786")
    with (
        dask.config.set({"distributed.comm.tls.ca-file": "none.pem", "distributed.comm.tls.client.cert": "none.pem"}),
        pytest.raises(UsageError, match="Dask's settings for TLS cannot be used"),
    ):
        Cluster("tls://localhost:8786")


class KilledWorker(Exception):  # noqa: N818 (Dask's name)
    """As Dask has it."""


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (KilledWorker("player", 3), "workers died again and again over it; give them more memory, or make it without"),
        (ImportError("no\x1b[31m"), r"the cluster could not make it (ImportError: no\x1b[31m); make it without"),
    ],
)
def test_what_dask_says_becomes_a_sentence(error: Exception, told: str) -> None:
    class Failing:
        def exception(self, timeout: float) -> Exception:
            return error

    assert dask_cluster._reason(Failing()) == f"{told} --cluster"


class Nodes:
    """A scheduler and its workers, each a process with its own store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._started: dict[str, subprocess.Popen[bytes]] = {}
        self.start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(folder / "scheduler"))
        wait_until(lambda: bool(self._told()), "the scheduler does not start")
        self.address = str(json.loads(self._told())["address"])

    def _told(self) -> str:
        path = self.folder / "scheduler"
        return path.read_text() if path.exists() else ""

    def worker(self, name: str, *more: str) -> None:
        options = (*more, "--nthreads", "1", "--no-nanny", "--local-directory", str(self.folder / name))
        self.start("worker", self.address, *options, name=name)

    def start(self, kind: str, *options: str, name: str = "") -> None:
        store = {
            "PLAYER_STORE": str(self.folder / f"store-{name or kind}"),
            "PLAYER_SCRIPTS": str(self.folder / "none"),
        }
        command = [sys.executable, "-m", "dask", kind, *options, "--no-dashboard"]
        with (self.folder / f"{name or kind}.log").open("wb") as log:
            self._started[name or kind] = subprocess.Popen(
                command, env=os.environ | store, cwd=Path(__file__).parents[3], stdout=log, stderr=log
            )

    def kill(self, *names: str) -> None:
        for name in names or tuple(self._started):
            process = self._started.pop(name)
            process.kill()
            process.wait()


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    pytest.importorskip("distributed", reason="needs distributed: pip install 'guided-relaxation[cluster]'")
    (tmp_path / "nodes").mkdir()
    nodes = Nodes(tmp_path / "nodes")
    yield nodes
    nodes.kill()


def orders(folder: str, form: str, *requests: SessionRequest) -> list[ExportOrder]:
    return batch.orders(batch.items(requests)[0], Path(folder), ExportOptions(form), force=False)


def test_two_workers_make_the_same_bytes(folder: Path, nodes: Nodes) -> None:
    nodes.worker("a")
    nodes.worker("b")
    requests = SessionRequest("bells.yaml", {"rest": "2s"}), SessionRequest("bell.yaml")
    executor = Cluster(nodes.address)
    wait_until(lambda: len(executor._workers()) == 2, "two workers do not start")
    there = list(batch.run(orders("there", "mp3", *requests), executor))
    here = list(batch.run(orders("here", "mp3", *requests), InProcessExecutor(pipeline.this_machine())))
    assert all(isinstance(each.result, ExportedFiles) for each in there + here), there + here
    names = sorted(path.name for path in Path("here").iterdir())
    assert names == sorted(path.name for path in Path("there").iterdir()) == ["bell.mp3", "bells.mp3"]
    for name in names:
        assert Path("here", name).read_bytes() == Path("there", name).read_bytes()
    assert not list(nodes.folder.rglob("player-*"))


@pytest.mark.engine
def test_a_worker_speaks_as_this_machine_does(folder: Path, nodes: Nodes) -> None:
    machine = pipeline.this_machine()
    try:
        machine.engine.voices()
    except VoiceError as error:
        pytest.skip(str(error))
    Path("said.yaml").write_text("title: Said\nsteps: [{say: Breathe out., for: 3s}]\n")
    nodes.worker("a")
    (there,) = batch.run(orders("there", "flac", SessionRequest("said.yaml")), Cluster(nodes.address))
    (here,) = batch.run(orders("here", "flac", SessionRequest("said.yaml")), InProcessExecutor(machine))
    assert isinstance(there.result, ExportedFiles), there
    assert isinstance(here.result, ExportedFiles), here
    assert Path("here/said.flac").read_bytes() == Path("there/said.flac").read_bytes()


REFUSED = r"the cluster sends a pickle of \w+\.\w+, which could run anything here; it was refused: .*"
LIES = {
    "fault": r"the cluster could not make it \(ValueError: no such thing\); make it without --cluster",
    "other": r"other\.wav was damaged on its way from tcp://\S+; start again",
    "more": r"tcp://\S+ sent more of more\.wav than it told; check that machine, or export without --cluster",
    "text": r"the answer of .* tcp://\S+ is not valid \(text\.wav is not of the format that its name says\); .*",
    "elsewhere": r"the answer of .* \(it names \.\./elsewhere\.wav, which is no file of elsewhere\.wav\); .*",
    "explosive": REFUSED,
    "bomb": REFUSED,
}
"""By the name of a file in `lying_worker`: what the user is told. After a pickle was refused, nothing more is asked."""


@pytest.mark.skipif(sys.platform == "win32", reason="names of POSIX")
def test_a_worker_that_lies_is_told_and_leaves_nothing(folder: Path, nodes: Nodes) -> None:
    nodes.worker("a", "--preload", str(Path(__file__).with_name("lying_worker.py")))
    task = ExportTask(SessionRequest("bell.yaml"), ExportOptions("wav"))
    asked = [ExportOrder(name, task, folder / "out" / f"{name}.wav") for name in LIES]
    for done in (*batch.run(asked[:-1], Cluster(nodes.address)), *batch.run(asked[-1:], Cluster(nodes.address))):
        assert isinstance(done.result, FailedExport), done
        assert re.fullmatch(LIES[done.order.name], done.result.sentence)
    assert list((folder / "out").iterdir()) == []
    assert not (folder / "ran").exists()
    assert not list(nodes.folder.rglob("ran"))


def test_what_is_lost_is_one_sentence_each(folder: Path, nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("player.export.batch.dask_cluster.WAITS_FOR_WORKERS_S", 1)
    monkeypatch.setattr("player.export.batch.dask_cluster.CONNECTS_WITHIN_S", 2)
    with pytest.raises(PlayerError, match=r"has no workers; start some with `dask worker tcp://"):
        Cluster(nodes.address)
    nodes.worker("a")
    monkeypatch.setattr("player.export.batch.dask_cluster.CONNECTS_WITHIN_S", 20)
    facts = dask_worker.facts()
    with monkeypatch.context() as other:
        other.setattr(dask_worker, "facts", lambda: {**facts, "numpy": "0.0"})
        with pytest.raises(PlayerError, match=r"has numpy \S+, and this machine 0\.0: its files would not be the same"):
            Cluster(nodes.address)
    (lost,) = while_it_is_made(Cluster(nodes.address), nodes, "a")
    assert lost.result == FailedExport(f"all workers at {nodes.address} were lost; start others, and start again")
    nodes.worker("b")
    (lost,) = while_it_is_made(Cluster(nodes.address), nodes, "scheduler")
    assert lost.result == FailedExport(
        f"the scheduler at {nodes.address} was lost; check that it runs, and start again"
    )
    assert list(Path("out").glob("*")) == []
    monkeypatch.setattr("player.export.batch.dask_cluster.CONNECTS_WITHIN_S", 1)
    with pytest.raises(PlayerError, match=f"there is no scheduler at {nodes.address}"):
        Cluster(nodes.address)


def test_another_worker_takes_over_from_one_that_dies(folder: Path, nodes: Nodes) -> None:
    Path("long.yaml").write_text("title: Long\nbackground: mine.wav\nsteps: [{chime: bell}, {pause: 10m}]\n")
    nodes.worker("a")
    executor = Cluster(nodes.address)
    killer = threading.Thread(target=lambda: replaced(nodes))
    killer.start()
    (done,) = batch.run(orders("out", "flac", SessionRequest("long.yaml")), executor)
    killer.join()
    assert isinstance(done.result, ExportedFiles), done
    assert soundfile.info(done.result.files[0]).frames == 606_000 * 48


def wait_for_work(nodes: Nodes) -> None:
    wait_until(lambda: bool(list(nodes.folder.rglob("player-*/made/.*"))), "nothing was begun")


def replaced(nodes: Nodes) -> None:
    """Another worker comes, and the busy one dies."""
    wait_for_work(nodes)
    nodes.kill("a")
    nodes.worker("b")


def while_it_is_made(executor: Cluster, nodes: Nodes, name: str) -> list[batch.BatchResult]:
    """Kill a node as soon as a worker is busy."""

    def kill() -> None:
        wait_for_work(nodes)
        nodes.kill(name)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        return list(batch.run(orders("out", "wav", SessionRequest("long.yaml")), executor))
    finally:
        killer.join()
