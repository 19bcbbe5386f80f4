"""Clips: every utterance is spoken once, trimmed, analysed for its beat, and kept in the store.

The rule: a stored clip is never spoken again, and if all clips are stored, no process is started and nothing heavy is
imported (tests/voice/test_clips.py). Missing clips are spoken by several workers at once; the first failure stops the
others. This module does not know where clips are placed.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from player.cores import cores
from player.errors import VoiceError, printable
from player.storage.facts import is_whole
from player.storage.store import JSON, Draft, Entry, Scalar, Store
from player.voice.beat import beat_ms
from player.voice.phrasing import phrased
from player.voice.take import eased, trimmed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from player.techniques.cue import Utterance
    from player.voice.engine import Engine, SpeechRequest, Take

Progress = Callable[[int, int], None]

SCHEMA: Final = 5  # of what is done to a take: a new number speaks everything again
_MOST_WORKERS: Final = 8  # more take longer to start than they save
_FASTER: Final = (1.1, 1.2, 1.35, 1.5)
"""Factors for the rate of a word that does not fit. At 1.5, even drawling variants of espeak-ng fit."""
_RATES: Final = (2_000, 1_000_000)  # the lowest that has a beat, and more than any engine delivers
_FRAME: Final = 2  # bytes
_LONGEST_MS: Final = 24 * 3_600_000
_LOOK_EVERY_S: Final = 0.2  # Windows notices Ctrl-C only between two waits


@dataclass(frozen=True)
class Clip:
    """A spoken utterance, trimmed to what can be heard.

    Attributes
    ----------
    voice
        The driver, and the driver's identifier of the voice, with the variant.
    rate
        Frames a second, as the engine delivered them.
    frames
        The number of frames.
    beat_ms
        The moment, from the clip's start, at which a listener hears its first word happen.
    after_ms
        Silence to add after it, so that it has the wanted rate.
    pauses
        Start and end, from the clip's start, of each pause inside that was lengthened for the same reason.
    entry
        The store's entry with the samples.
    level_db
        The gain that brings it, heard from two loudspeakers, to the loudness of speech; None for clips of a voice,
        which are levelled together, so that a voice keeps its own balance.
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
    """A clip for each distinct utterance, from the store, or else spoken now and stored.

    Parameters
    ----------
    workers
        How many utterances are spoken at once; None is one for each core, but at most the engine's `useful_workers`.
    progress
        Called in the caller's thread with the numbers of clips spoken and missing; never if none is missing.

    Raises
    ------
    VoiceError
        If an utterance cannot be spoken; a voice or language that does not exist is found before anything is spoken.
    StoreError
        If the store cannot be read or written.
    """
    requests = {utterance: engine.request(utterance) for utterance in utterances}
    unhurried = {request: replace(request, room_ms=0) for request in requests.values()}
    entries = _entries(unhurried.values(), engine, store, workers, progress)
    tight = [request for request, free in unhurried.items() if not _fits(entries[free], request)]
    faster = _entries(tight, engine, store, workers, progress)
    return {
        utterance: _clip(utterance, request, faster.get(request) or entries[unhurried[request]])
        for utterance, request in requests.items()
    }


def _entries(
    requests: Iterable[SpeechRequest], engine: Engine, store: Store, workers: int | None, progress: Progress | None
) -> dict[SpeechRequest, Entry]:
    """The store's entry of each request, spoken now if it is missing."""
    keys = {request: _fields(engine, request) for request in requests}
    stored = {request: store.get(fields, is_clip) for request, fields in keys.items()}
    missing = [request for request, entry in stored.items() if entry is None]
    entries = {request: entry for request, entry in stored.items() if entry is not None}
    if missing:
        entries |= _SpeakingPool(engine, store, workers, progress).speak(
            {request: keys[request] for request in missing}
        )
    return entries


def _fits(entry: Entry, request: SpeechRequest) -> bool:
    """Whether a word ends within its room, which counts from its beat on."""
    rate, frames, beat = (cast("int", entry.facts[name]) for name in ("rate", "frames", "beat_ms"))
    return not request.room_ms or frames * 1000 / rate - beat <= request.room_ms


class _SpeakingPool:
    """Several threads, each with a worker of the engine's."""

    def __init__(self, engine: Engine, store: Store, workers: int | None, progress: Progress | None) -> None:
        self._engine = engine
        self._store = store
        self._workers = workers
        self._progress = progress or (lambda done, total: None)  # noqa: ARG005  (no progress is shown)
        self._stopped = threading.Event()

    def speak(self, keys: Mapping[SpeechRequest, Mapping[str, JSON]]) -> dict[SpeechRequest, Entry]:
        workers = self._workers or min(cores(), _MOST_WORKERS, self._engine.useful_workers(keys))
        pool = ThreadPoolExecutor(min(workers, len(keys)), thread_name_prefix="voice")
        try:
            futures = {pool.submit(self._speak, request, fields): request for request, fields in keys.items()}
            return self._gathered(futures)
        finally:
            self._stopped.set()
            self._engine.stop()
            pool.shutdown(cancel_futures=True)
            self._engine.stop()  # workers that started between the first stop and the shutdown

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
    return {"what": "clip", "schema": SCHEMA, "engine": engine.name, **asdict(request)}


def is_clip(entry: Entry) -> bool:
    """Whether a stored clip is sound of the length that its facts tell, with its beat and its pauses inside."""
    rate, frames, beat, after = (entry.facts[name] for name in ("rate", "frames", "beat_ms", "after_ms"))
    if not (is_whole(rate, *_RATES) and is_whole(frames, 1, entry.size) and frames * _FRAME == entry.size):
        return False
    length_ms = -(-frames * 1000 // rate)
    moments = [0]
    for start, end in json.loads(str(entry.facts["pauses"])):
        moments += [start, end]
    ordered = all(is_whole(later, earlier, length_ms) for earlier, later in pairwise(moments))
    return is_whole(beat, 0, length_ms) and is_whole(after, 0, _LONGEST_MS) and ordered


def _spoken(engine: Engine, request: SpeechRequest) -> Draft:
    """Speak a request. A word with too little room is spoken faster until it fits, up to the last of `_FASTER`."""
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
    """The audible samples of a take, and their beat."""
    samples = trimmed(take)
    if not len(samples):
        raise VoiceError(f"the voice says nothing for {printable(request.text)!r}; write it in words")
    return samples, beat_ms(samples, take.rate)


def _clip(utterance: Utterance, request: SpeechRequest, entry: Entry) -> Clip:
    rate, frames, beat, after = (cast("int", entry.facts[name]) for name in ("rate", "frames", "beat_ms", "after_ms"))
    pauses = tuple((start, end) for start, end in json.loads(str(entry.facts["pauses"])))
    return Clip(utterance, f"{request.driver} {request.voice}", rate, frames, beat, after, pauses, entry)
