"""An executor on other machines: a Dask cluster, at an address such as ``tcp://HOST:8786``.

The rule: a task is sent with all files that it needs. Its files come back in pieces, are verified, and get their names
here, whole or not at all. All workers must have this machine's versions, so that the files have the bytes that this
machine would have made. Only a natural voice has other samples on another kind of processor, at the same times; a note
then says so. Whatever goes wrong on a cluster, the user gets one sentence. Workers answer in bytes, of which `returned`
believes little; every other pickle is refused (`unpickling`).
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import threading
import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, Final

from player.errors import MediaError, OutputError, PlayerError, UsageError, printable
from player.export.batch import dask_worker, returned
from player.export.batch.bundle import pack
from player.export.batch.jobs import STOPPED, ExportedFiles, FailedExport, same_file
from player.export.batch.unpickling import PlainPickles
from player.storage.atomic import NewFile
from player.storage.failures import sentences

try:
    import distributed
except ImportError:  # an extra; this module is loaded only for --cluster, which then says what is missing
    distributed = None

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from player.export.batch.executor import Report
    from player.export.batch.jobs import ExportOrder

CONNECTS_WITHIN_S: Final = 10
WAITS_FOR_WORKERS_S: Final = 30
"""How long a cluster may have no worker before its orders are given up."""
_ADDRESS: Final = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:]+\]|[\w.-]+):(\d{1,5})")
_TLS: Final = tuple(f"DASK_DISTRIBUTED__COMM__TLS__{name}" for name in ("CA_FILE", "CLIENT__CERT", "CLIENT__KEY"))
"""Dask reads its settings from these variables, or from its own files of settings."""
_POLL_S: Final = 0.5
_TALKATIVE: Final = {"distributed", "tornado", "asyncio"}
_TRIES: Final = 2
"""A worker may die after it has made a file and before that is fetched; a second failure has another cause."""


class Cluster:
    """A Dask cluster as an `Executor`; its capacity is the number of its workers' threads.

    ``notes`` are sentences for the user about what differs there.

    Raises
    ------
    UsageError
        If the address is none, or the package ``distributed`` is not installed.
    PlayerError
        If there is no scheduler, there are no workers, or they have other versions.
    """

    def __init__(self, address: str) -> None:
        if not _ADDRESS.fullmatch(address):
            raise UsageError(
                f"--cluster must be an address such as tcp://192.168.1.5:8786 or tls://192.168.1.5:8786, "
                f"not {printable(address)}"
            )
        self._address = address
        self._dask = _distributed()
        security = self._security()
        self._pickles = PlainPickles()
        try:
            self._client = self._connected(security)
        except BaseException:
            self._pickles.close()
            raise
        self._stopped = threading.Event()
        self._fetching = threading.Lock()  # one file at a time: more would only share the same connection
        self._sending = threading.Lock()
        self._sent: dict[str, Any] = {}
        self._taken: dict[str, ExportOrder] = {}
        self.notes: tuple[str, ...] = ()
        try:
            self.capacity = self._capacity()
            self._check_versions()
        except BaseException:
            self.stop()
            raise

    def make(self, order: ExportOrder, report: Report) -> ExportedFiles | FailedExport:
        """See `player.export.batch.executor.Executor.make`."""
        try:
            for _ in range(_TRIES):
                self._must_be_plain()
                found = self._make_remotely(order)
                if isinstance(found, FailedExport):
                    return found
                if found and (made := self._fetch_all(order, *found, report)):
                    return made
        except PlayerError as error:
            return FailedExport(str(error))
        return FailedExport("the worker that made it, or what it needed for it, was lost twice; start again")

    def stop(self) -> None:
        """See `player.export.batch.executor.Executor.stop`."""
        self._stopped.set()
        self._sent.clear()
        self._client.close(timeout=2)
        self._pickles.close()

    def _connected(self, security: Any) -> Any:  # noqa: ANN401 (a library without types)
        try:
            client = self._dask.Client(
                self._address, timeout=CONNECTS_WITHIN_S, set_as_default=False, security=security
            )
            for topic in ("print", "warn"):  # else whatever a worker says goes to this terminal as it is
                with suppress(ValueError):
                    client.unsubscribe_topic(topic)
        except (OSError, TimeoutError) as error:
            raise PlayerError(
                f"there is no scheduler at {self._address}; start one with `dask scheduler`, or check the address"
            ) from error
        except Exception as error:
            raise PlayerError(
                f"the scheduler at {self._address} cannot be talked to ({_summary(error)}); "
                "install the same version of distributed on both machines"
            ) from error
        return client

    def _security(self) -> Any:  # noqa: ANN401
        """Dask's own settings for TLS: authority, certificate and key."""
        try:
            security = self._dask.Security()
            ready = security.tls_ca_file and security.tls_client_cert
            security.get_connection_args("client")
        except (OSError, ValueError) as error:
            raise UsageError(
                f"Dask's settings for TLS cannot be used ({_summary(error)}); check the files that they name"
            ) from error
        if self._address.startswith("tls:") and not ready:
            raise UsageError(
                f"{self._address} needs certificates, and Dask's settings name none; set {', '.join(_TLS[:-1])} "
                f"and {_TLS[-1]} to files"
            )
        return security

    def _workers(self) -> dict[str, Any]:
        return dict(self._client.scheduler_info(n_workers=-1)["workers"])

    def _capacity(self) -> int:
        try:
            self._client.wait_for_workers(1, timeout=CONNECTS_WITHIN_S)
        except TimeoutError as error:
            raise PlayerError(
                f"the scheduler at {self._address} has no workers; start some with `dask worker {self._address}`"
            ) from error
        return sum(int(worker["nthreads"]) for worker in self._workers().values())

    def _check_versions(self) -> None:
        """Compare the workers' versions with ours."""
        ours = dask_worker.facts()
        try:
            answers = self._client.run(dask_worker.facts_as_text, on_error="return")
        except Exception as error:
            self._must_be_plain()
            raise PlayerError(
                f"the workers at {self._address} cannot be asked ({_summary(error)}); restart them"
            ) from error
        facts = {worker: _facts(answer) for worker, answer in answers.items()}
        for worker, theirs in facts.items():
            if theirs is None:
                raise PlayerError(
                    f"this version of player is not installed on the worker {worker} ({_summary(answers[worker])}); "
                    f"run `pip install 'guided-relaxation[cluster]=={ours['player']}'` there, and restart the worker"
                )
            for name, version in ours.items():
                if name != dask_worker.PROCESSOR and theirs.get(name) != version:
                    raise PlayerError(
                        f"the worker {worker} has {name} {_told(theirs, name)}, and this machine {version}: its files "
                        "would not be the same; install the same versions on both"
                    )

        processors = {each.get(dask_worker.PROCESSOR) for each in (ours, *filter(None, facts.values()))}
        if len(processors) > 1:
            note = f"the processors here and on the cluster are of {len(processors)} kinds"
            self.notes = (f"{note}: natural voices say the same at the same times there, but not in the same bytes",)

    def _make_remotely(self, order: ExportOrder) -> tuple[str, returned.Fetchable] | FailedExport | None:
        """The worker that made the files, and what to fetch; None if a worker was lost with files that others need."""
        bundle, large = pack(order.task.request)
        sent = {digest: self._send(digest, path) for digest, path in large.items()}
        future = self._client.submit(
            _make,
            bundle,
            order.task.options,
            order.target.name,
            sent,
            pure=False,
            key=f"player-{id(order)}-{time.time_ns()}",
        )
        try:
            if failed := self._wait_for(future):
                return failed
            if future.status in ("cancelled", "lost"):
                self._forget(large)
                return None
            if future.status != "finished":
                told = _reason(future)
                self._must_be_plain()
                return FailedExport(told)
            answer = future.result()
        except Exception as error:
            self._must_be_plain()
            raise OutputError(f"the cluster's answer cannot be read ({_summary(error)}); start again") from error
        finally:
            future.release()
        return returned.read(answer, order)

    def _send(self, digest: str, path: Path) -> Any:  # noqa: ANN401 (Dask's reference to it)
        """A large file, sent once for all orders that need it."""
        with self._sending:
            if digest not in self._sent:
                try:
                    data = path.read_bytes()
                except OSError as error:
                    told = f"cannot read {printable(str(path))}: {error.strerror or error}"
                    raise MediaError(f"{told}; see that it is there and may be read, and start again") from error
                try:
                    self._sent[digest] = self._client.scatter(data, hash=True)
                except OSError as error:
                    told = f"{printable(str(path))} cannot be sent to {self._address} ({_summary(error)})"
                    raise OutputError(f"{told}; check the scheduler, and start again") from error
            return self._sent[digest]

    def _wait_for(self, future: Any) -> FailedExport | None:  # noqa: ANN401
        """Wait until it is done; a failure if it never can be."""
        without_workers_since: float | None = None
        while future.status == "pending":
            if self._stopped.wait(_POLL_S):
                future.cancel()
                return FailedExport(STOPPED)
            self._must_be_plain()
            if self._client.status != "running":
                return FailedExport(f"the scheduler at {self._address} was lost; check that it runs, and start again")
            without_workers_since = None if self._workers() else without_workers_since or time.monotonic()
            if without_workers_since and time.monotonic() - without_workers_since > WAITS_FOR_WORKERS_S:
                return FailedExport(f"all workers at {self._address} were lost; start others, and start again")
        return None

    def _forget(self, large: Iterable[str]) -> None:
        """Send these files again when they are needed next."""
        with self._sending:
            for digest in large:
                self._sent.pop(digest, None)

    def _fetch_all(
        self, order: ExportOrder, worker: str, result: returned.Fetchable, report: Report
    ) -> ExportedFiles | None:
        """Fetch the files, all complete before the first has its name; None if the worker is lost."""
        folder = order.target.parent
        with self._fetching, ExitStack() as unfinished:
            new = []
            with sentences(OutputError, "write", order.target):
                folder.mkdir(parents=True, exist_ok=True)
                returned.must_have_room(result, folder)
            for name, _, _ in result.files:
                self._must_be_free_for(order, folder / name)
            for name, size, digest in result.files:
                new.append(NewFile(folder / name, force=order.force))
                unfinished.callback(new[-1].discard)
                if not self._fetch(new[-1], worker, (result.folder, name, size, digest)):
                    return None
                returned.must_be_of_its_format(new[-1].part, name, order, worker)
            for file in new:
                file.commit()
        self._ask(worker, dask_worker.drop, result.folder)
        report(1, 1)
        size = sum(size for _, size, _ in result.files)
        return ExportedFiles(tuple(file.target for file in new), result.length_ms, size, result.notes)

    def _must_be_free_for(self, order: ExportOrder, path: Path) -> None:
        """Refuse a file that was fetched for another order, which even ``--force`` is not to write over."""
        if (first := self._taken.setdefault(same_file(path), order)) is not order:
            raise OutputError(
                f"{printable(str(path))} was made for {printable(first.name)}; make {printable(order.name)} by itself, "
                "into another folder"
            )

    def _fetch(self, new: NewFile, worker: str, what: tuple[str, str, int, str]) -> bool:
        """Fetch a file; whether all its pieces came.

        Raises
        ------
        OutputError
            If they are not what the worker made, or cannot be written.
        """
        folder, name, size, wanted = what
        digest, done = hashlib.sha256(), 0
        with sentences(OutputError, "write", new.target), new.part.open("wb") as file:
            while done < size:
                piece = self._ask(worker, dask_worker.read_piece, folder, name, done)
                if not piece or self._stopped.is_set():
                    return False
                if not isinstance(piece, bytes) or len(piece) > min(dask_worker.PIECE, size - done):
                    raise OutputError(
                        f"{worker} sent more of {printable(name)} than it told; "
                        "check that machine, or export without --cluster"
                    )
                file.write(piece)
                digest.update(piece)
                done += len(piece)
        if digest.hexdigest() != wanted:
            raise OutputError(f"{printable(name)} was damaged on its way from {worker}; start again")
        return True

    def _ask(self, worker: str, function: Callable[..., object], *arguments: object) -> object:
        """Call a function on a worker; None if the worker is lost, with all its files.

        Raises
        ------
        OutputError
            If its answer is a pickle of something else than bytes.
        """
        try:
            answers = self._client.run(function, *arguments, workers=[worker], on_error="raise")
        except Exception:  # noqa: BLE001 (Dask raises many types)
            self._must_be_plain()
            return None
        return answers.get(worker)

    def _must_be_plain(self) -> None:
        """Raise an `OutputError` if anything but plain values was refused."""
        if name := self._pickles.refused:
            raise OutputError(
                f"the cluster sends a pickle of {printable(name)}, which could run anything here; it was refused: "
                "check its machines before you use it again"
            )


def _make(
    bundle: Any,  # noqa: ANN401 (as Dask hands it over)
    options: Any,  # noqa: ANN401
    name: str,
    large: dict[str, bytes],
) -> bytes:
    """Run by a worker: the result as bytes, with its address."""
    worker = distributed.get_worker()
    try:
        result = dask_worker.make(bundle, options, name, large, worker.local_directory)
    except Exception as error:  # noqa: BLE001 (a pickled error holds a traceback, which the caller refuses)
        result = FailedExport(f"the cluster could not make it ({_summary(error)}); make it without --cluster")
    return returned.written(result, str(worker.address))


def _facts(answer: object) -> dict[str, str] | None:
    """What a worker says of itself; None if it does not answer as one of this program's."""
    try:
        told = json.loads(answer) if isinstance(answer, bytes) else None
    except (ValueError, RecursionError):
        return None
    return {str(name): str(value) for name, value in told.items()} if isinstance(told, dict) else None


def _told(facts: dict[str, str], name: str) -> str:
    return printable(facts.get(name, "none"))[:100]


def _reason(future: Any) -> str:  # noqa: ANN401
    """Why a task failed on the cluster though it is all right itself."""
    error = future.exception(timeout=CONNECTS_WITHIN_S)
    if type(error).__name__ == "KilledWorker" or b"KilledWorker" in _pickled(error):
        return "workers died again and again over it; give them more memory, or make it without --cluster"
    return f"the cluster could not make it ({_summary(error)}); make it without --cluster"


def _pickled(error: object) -> bytes:
    """An error that was refused, as Dask then hands it over; empty for any other."""
    found = error.args[0] if isinstance(error, Exception) and error.args else None
    return found if isinstance(found, bytes) else b""


def _distributed() -> Any:  # noqa: ANN401
    if distributed is None:
        raise UsageError("--cluster needs the package distributed; run `pip install 'guided-relaxation[cluster]'`")
    for name in ("tornado.application", "asyncio", *logging.root.manager.loggerDict):
        if name.partition(".")[0] in _TALKATIVE:  # their errors become our sentences
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return distributed


def _summary(error: object) -> str:
    if _pickled(error):
        return "an error that is not read here, as it is a pickle of more than plain values; see the log there"
    return printable(f"{type(error).__name__}: {error}".partition("\n")[0])[:200]
