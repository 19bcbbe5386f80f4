"""Clips: every utterance spoken once, trimmed, its beat found, and kept in the store.

The rule: what is stored is never spoken again, and where everything is stored no process is started and nothing heavy
is imported. What is missing is spoken by several workers at once; the first failure stops the others. Where clips are
placed is not known here.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from player.cores import cores
from player.errors import VoiceError, printable
from player.storage.store import JSON, Draft, Entry, Scalar, Store
from player.voice.phrasing import phrased
from player.voice.take import eased, trimmed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from player.techniques.cue import Utterance
    from player.voice.engine import Engine, SpeechRequest, Take

Progress = Callable[[int, int], None]

_SCHEMA: Final = 4  # of what is done to a take: a new number speaks everything again
_MOST_WORKERS: Final = 8  # more take longer to start than they save
_FASTER: Final = (1.1, 1.2, 1.35, 1.5)
"""How much faster a word is said that does not fit: at half as fast again even drawling variants of espeak-ng do."""
_LOOK_EVERY_S: Final = 0.2  # Windows hears Ctrl-C only between two waits


@dataclass(frozen=True)
class Clip:
    """A spoken utterance, trimmed to what can be heard.

    Attributes
    ----------
    voice
        Who speaks it: the driver and the driver's own identifier, with the variant.
    rate
        Frames a second, as the engine delivered them.
    frames
        Its length.
    beat_ms
        The moment, from the clip's start, at which a listener hears its first word happen.
    after_ms
        Silence that belongs after it, so that its rate is as it was asked for.
    pauses
        Start and end, from the clip's start, of each pause inside that was lengthened for the same reason.
    entry
        Where its samples are.
    level_db
        The gain that brings it, heard from two loudspeakers, to the loudness of speech; None for what a voice spoke:
        that is levelled together, so that a voice keeps its own balance.
    """

    utterance: Utterance
    voice: str
    rate: int
    frames: int
    beat_ms: int
    after_ms: int
    pauses: tuple[tuple[int, int], ...]
    entry: Entry
    level_db: float | None = None

    @property
    def is_own(self) -> bool:
        """Whether it is a person's own take."""
        return self.level_db is not None

    @property
    def length_ms(self) -> int:
        """Its length in whole milliseconds, rounded up, so that it always fits."""
        return -(-self.frames * 1000 // self.rate)

    def samples(self) -> NDArray[np.int16]:
        """Mono, shape (frames,), read from the store now.

        Raises
        ------
        StoreError
            If the entry has been removed since it was found.
        """
        return np.frombuffer(self.entry.payload(), "<i2")


def speak_all(
    utterances: Iterable[Utterance],
    engine: Engine,
    store: Store,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> dict[Utterance, Clip]:
    """A clip for each distinct utterance: from the store, or else spoken now and put there.

    Parameters
    ----------
    workers
        How many utterances are spoken at once; None is one for each core, as far as the engine finds it worth while.
    progress
        Called in the caller's thread with how many of the missing clips have been spoken, and how many were missing;
        never if none was.

    Raises
    ------
    VoiceError
        If an utterance cannot be spoken; a voice or language that does not exist is found before anything is spoken.
    StoreError
        If the store cannot be read or written.
    """
    requests = {utterance: engine.request(utterance) for utterance in utterances}
    freely = {request: replace(request, room_ms=0) for request in requests.values()}
    entries = _entries(freely.values(), engine, store, workers, progress)
    tight = [request for request, free in freely.items() if not _fits(entries[free], request)]
    faster = _entries(tight, engine, store, workers, progress)
    return {
        utterance: _clip(utterance, request, faster.get(request) or entries[freely[request]])
        for utterance, request in requests.items()
    }


def _entries(
    requests: Iterable[SpeechRequest], engine: Engine, store: Store, workers: int | None, progress: Progress | None
) -> dict[SpeechRequest, Entry]:
    """What the store has of each, spoken now where it has nothing yet."""
    keys = {request: _fields(engine, request) for request in requests}
    stored = {request: store.get(fields) for request, fields in keys.items()}
    missing = [request for request, entry in stored.items() if entry is None]
    entries = {request: entry for request, entry in stored.items() if entry is not None}
    if missing:
        entries |= _SpeakingPool(engine, store, workers, progress).speak(
            {request: keys[request] for request in missing}
        )
    return entries


def _fits(entry: Entry, request: SpeechRequest) -> bool:
    """Whether a word has ended before the next one begins, in as much room as it has from its beat on."""
    rate, frames, beat = (cast("int", entry.facts[name]) for name in ("rate", "frames", "beat_ms"))
    return not request.room_ms or frames * 1000 / rate - beat <= request.room_ms


class _SpeakingPool:
    """Several threads, each with a worker of the engine's."""

    def __init__(self, engine: Engine, store: Store, workers: int | None, progress: Progress | None) -> None:
        self._engine = engine
        self._store = store
        self._workers = workers
        self._progress = progress or (lambda done, total: None)  # noqa: ARG005  (nobody wants to know)
        self._stopped = threading.Event()

    def speak(self, keys: Mapping[SpeechRequest, Mapping[str, JSON]]) -> dict[SpeechRequest, Entry]:
        places = self._workers or min(cores(), _MOST_WORKERS, self._engine.places(keys))
        pool = ThreadPoolExecutor(min(places, len(keys)), thread_name_prefix="voice")
        try:
            futures = {pool.submit(self._speak, request, fields): request for request, fields in keys.items()}
            return self._gathered(futures)
        finally:
            self._stopped.set()
            self._engine.stop()
            pool.shutdown(cancel_futures=True)
            self._engine.stop()  # whoever started between the first and the shutdown

    def _gathered(self, futures: Mapping[Future[Entry], SpeechRequest]) -> dict[SpeechRequest, Entry]:
        entries: dict[SpeechRequest, Entry] = {}
        pending = set(futures)
        self._progress(0, len(futures))
        while pending:
            done, pending = wait(pending, _LOOK_EVERY_S, FIRST_COMPLETED)
            for future in done:
                entries[futures[future]] = future.result()
                self._progress(len(entries), len(futures))
        return entries

    def _speak(self, request: SpeechRequest, fields: Mapping[str, JSON]) -> Entry:
        if self._stopped.is_set():
            raise VoiceError("speaking was stopped")
        return self._store.put(fields, _spoken(self._engine, request))


def _fields(engine: Engine, request: SpeechRequest) -> Mapping[str, JSON]:
    return {"what": "clip", "schema": _SCHEMA, "engine": engine.name, **asdict(request)}


def _spoken(engine: Engine, request: SpeechRequest) -> Draft:
    """The request spoken; one that has too little room is said faster until it fits, as far as that makes sense."""
    for faster in _FASTER if request.room_ms else (1.0,):
        take = engine.speak(replace(request, rate=round(request.rate * faster)))
        samples, beat = _heard(request, take)
        if len(samples) * 1000 / take.rate - beat <= request.room_ms:
            break
    said = phrased(eased(samples, take.rate), take.rate, request.text, request.stretch)
    facts: dict[str, Scalar] = {
        "rate": take.rate,
        "frames": len(said.samples),
        "beat_ms": round(beat),
        "after_ms": said.after_ms,
        "pauses": json.dumps(said.pauses),
    }
    return Draft(facts, [said.samples.astype("<i2").tobytes()])


def _heard(request: SpeechRequest, take: Take) -> tuple[NDArray[np.int16], float]:
    """What can be heard of a take, and its beat."""
    from player.voice.beat import beat_ms  # noqa: PLC0415  (only for a clip that is not stored yet)

    samples = trimmed(take)
    if not len(samples):
        raise VoiceError(f"the voice says nothing for {printable(request.text)!r}; write it in words")
    return samples, beat_ms(samples, take.rate)


def _clip(utterance: Utterance, request: SpeechRequest, entry: Entry) -> Clip:
    rate, frames, beat, after = (cast("int", entry.facts[name]) for name in ("rate", "frames", "beat_ms", "after_ms"))
    pauses = tuple((start, end) for start, end in json.loads(str(entry.facts["pauses"])))
    return Clip(utterance, f"{request.driver} {request.voice}", rate, frames, beat, after, pauses, entry)
