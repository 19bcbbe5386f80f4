"""The engine: pyttsx3 with all its drivers, in worker processes.

pyttsx3 is never imported here. Each request goes to a worker of its driver (see ``worker``), one for each thread that
asks at the same time. Whatever a worker does, the caller gets a verified take or a `VoiceError` that names the text.
"""

from __future__ import annotations

import errno
import os
import sys
import threading
import unicodedata
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from player.errors import StoreError, VoiceError, printable
from player.voice import pace, processor, registry, takes
from player.voice.drivers.table import BY_NAME
from player.voice.engine import MissingEngineError, SpeechRequest, Take, Voice
from player.voice.folder import folder
from player.voice.identity import Identity
from player.voice.pool import WorkerPool
from player.voice.process import StartError, WorkerError
from player.voice.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from player.storage.store import Store
    from player.techniques.cue import Utterance
    from player.voice.drivers.table import Driver

WORKER: Final = (sys.executable, "-I", str(Path(__file__).with_name("worker.py")))
"""By its path, and isolated: it starts from any folder, and no file in that folder can replace a module."""

_DESCRIBES_WITHIN_S: Final = 60.0  # Windows generates interfaces for its speech library the first time
_LOADS_WITHIN_S: Final = 40.0  # a model that takes 1 s took 23 s beside twenty busy processes on two cores
_SPEAKS_WITHIN_S: Final = 20.0
_AND_A_LETTER_S: Final = 0.2
_SAME_LENGTH: Final = 0.05
_QUOTED_LETTERS: Final = 40
_OWN_PITCH: Final = 50
_NO_SPEECH: Final = ("Cc", "Cs", "Zl", "Zp")
_TRY_AGAIN: Final = "try again, or choose another voice"
_MAKE_ROOM: Final = "free some space for temporary files"


class Pyttsx3Engine:
    """pyttsx3 as an `Engine`.

    Parameters
    ----------
    store
        Keeps the drivers' identities, so that no process is started if every clip is stored.
    command
        The worker's command line.
    timeout_s
        How long an utterance may take; None is 20 s and 0.2 s a letter, a hundred times what is usual, and 40 s more
        if a model may have to be loaded.
    drivers
        The drivers to use; None is all of this machine.
    """

    name: Final = "pyttsx3"

    def __init__(
        self,
        store: Store,
        *,
        command: Sequence[str] = WORKER,
        timeout_s: float | None = None,
        drivers: Sequence[Driver] | None = None,
    ) -> None:
        self._timeout_s = timeout_s
        self._soon: dict[str, str] = {}
        self._registry = Registry(store, self._describe, registry.installed_drivers() if drivers is None else drivers)
        self._pools = {
            driver.name: WorkerPool(command, {"driver": driver.name, "voices": str(folder())})
            for driver in self._registry.drivers
        }

    @property
    def drivers(self) -> tuple[Driver, ...]:
        """The drivers of this machine, in order of preference."""
        return self._registry.drivers

    def identity(self, driver: Driver) -> Identity:
        """A driver's identity. See `Registry.identity`."""
        return self._registry.identity(driver)

    @property
    def version(self) -> str:
        """The versions of all drivers and their libraries. Equal versions are needed for equal bytes."""
        known = self._registry.known().values()
        return "; ".join(" ".join(filter(None, (each.package, each.driver, each.version))) for each in known)

    def voices(self) -> Sequence[Voice]:
        """All voices, those of the preferred driver first. See `Engine.voices`.

        A command that lists voices does not speak, so the workers that were asked are stopped.
        """
        try:
            return self._registry.voices()
        finally:
            self._stop_idle()

    def chosen(self) -> dict[str, Voice]:
        """The default voice of each language, by the language's tag, in order."""
        try:
            return self._registry.chosen()
        finally:
            self._stop_idle()

    def voice_of(self, utterance: Utterance) -> Voice:
        """The voice that speaks an utterance; the same errors as `request`."""
        return self._registry.route(utterance).voice

    @property
    def is_known(self) -> bool:
        """Whether the preferred driver's identity is stored; if not, nothing was ever spoken here."""
        return all(map(self._registry.is_known, self.drivers[:1]))

    def begin(self, text: str) -> None:
        """Begin to load what the preferred driver needs for such a text, and return; loading takes 0.3 to 0.8 s.

        The worker gets the next request to speak. If there is none, `stop` ends it.
        """
        for driver in self.drivers[:1]:
            if driver.keeps_model:
                self._soon[driver.name] = driver.as_count(text)
                threading.Thread(target=self._begin, args=(driver,), name="voice", daemon=True).start()

    def _begin(self, driver: Driver) -> None:
        with suppress(VoiceError, StoreError, WorkerError, OSError):  # the next request to speak raises it again
            if not self._registry.is_known(driver):
                self._registry.identity(driver)
            else:
                self._pools[driver.name].begin({"do": "load", "then_load": self._soon[driver.name]})

    def refresh(self) -> None:
        """Ask all drivers again, for instance because a voice was installed."""
        self._registry.refresh()

    def request(self, utterance: Utterance) -> SpeechRequest:
        """The utterance in its driver's terms. See `Engine.request`."""
        route = self._registry.route(utterance)
        driver = route.driver
        is_count = utterance.manner == "count"
        speed = (pace.for_count if is_count else pace.for_sentence)(utterance.rate, driver)
        text = unicodedata.normalize("NFC", "".join(map(_speakable, utterance.read(driver.phonemes))))
        return SpeechRequest(
            driver.name,
            _version(route.driver, route.identity, route.voice),
            route.id,
            driver.as_count(text) if is_count else text,
            speed.rate,
            utterance.pitch if driver.has_pitch else _OWN_PITCH,
            speed.stretch,
            utterance.room_ms,
        )

    def useful_workers(self, requests: Collection[SpeechRequest]) -> int:
        """How many workers are worth their start. See `Engine.useful_workers`."""
        counts = Counter(request.driver for request in requests)
        return sum(-(-count // BY_NAME[name].worth_a_worker) for name, count in counts.items())

    def speak(self, request: SpeechRequest) -> Take:
        """Speak the request and verify the take. See `Engine.speak`.

        A take that is cut short, or unusually long or short for its text, is made a second time. If it has the same
        length again, and a possible one, it is accepted: numbers and addresses take long to read.
        """
        from player.voice.take import BadTakeError, read_take, trimmed  # noqa: PLC0415 (numpy: only to speak)

        lengths: list[float] = []
        fault = ""
        for _ in range(2):
            try:
                take = self._take(request, read_take)
            except BadTakeError as error:
                fault = str(error)
                continue
            seconds = len(trimmed(take)) / take.rate
            if _is_believable(request, seconds, lengths):
                return take
            lengths.append(seconds)
            fault = f"it came out {seconds:.1f} s long" if seconds else "there is no sound in it"
        raise _failure(request, fault, "write it in other words, or choose another voice")

    def stop(self) -> None:
        """Kill all workers, busy or idle; the next request starts others. See `Engine.stop`."""
        for pool in self._pools.values():
            pool.stop()

    def _stop_idle(self) -> None:
        for pool in self._pools.values():
            pool.stop_idle()

    def _describe(self, driver: Driver) -> Identity:
        """The driver's identity, from a new worker. The worker is kept, as a request to speak often follows."""
        wanted = {"do": "describe", "then_load": self._soon.get(driver.name, "")}
        try:
            answer = self._pools[driver.name].answer(wanted, _DESCRIBES_WITHIN_S, is_new=True)
        except StartError as error:
            raise _not_started(error) from error
        except WorkerError as error:
            raise _not_described(str(error)) from error
        _raise_if_missing(answer)
        if "error" in answer:
            raise _not_described(printable(str(answer["error"])))
        return Identity.of(answer, driver)

    def _take(self, request: SpeechRequest, read: Callable[[Path], Take]) -> Take:
        try:
            with takes.folder() as temporary:
                path = temporary / takes.FILE
                self._ask(request, path)
                return read(path)
        except OSError as error:
            raise _failure(request, str(error), _MAKE_ROOM) from error

    def _ask(self, request: SpeechRequest, path: Path) -> None:
        loading_s = _LOADS_WITHIN_S if BY_NAME[request.driver].keeps_model else 0
        timeout_s = self._timeout_s or loading_s + _SPEAKS_WITHIN_S + _AND_A_LETTER_S * len(request.text)
        settings = {name: getattr(request, name) for name in ("text", "voice", "rate", "pitch")}
        try:
            answer = self._pools[request.driver].answer({"do": "speak", **settings, "file": str(path)}, timeout_s)
        except StartError as error:
            raise _not_started(error) from error
        except WorkerError as error:
            raise _failure(request, f"the speech engine failed, {error}", _TRY_AGAIN) from error
        _raise_if_missing(answer)
        if "done" not in answer:
            reason = str(answer.get("error", "no answer"))
            raise _failure(request, reason, _MAKE_ROOM if os.strerror(errno.ENOSPC) in reason else _TRY_AGAIN)


def _version(driver: Driver, identity: Identity, voice: Voice) -> str:
    """Everything known that can change how a voice sounds."""
    kind = processor.kind() if driver.keeps_model else ""
    return " ".join(filter(None, (identity.package, identity.driver, identity.version, voice.model, kind)))


def _is_believable(request: SpeechRequest, seconds: float, before: Sequence[float]) -> bool:
    within = BY_NAME[request.driver].within(request.rate)
    if not pace.is_odd(request.text, within, seconds):
        return True
    again = any(abs(seconds - length) <= _SAME_LENGTH * length for length in before)
    return again and not pace.is_impossible(request.text, within, seconds)


def _speakable(char: str) -> str:
    return " " if unicodedata.category(char) in _NO_SPEECH else char


def _raise_if_missing(answer: Mapping[str, Any]) -> None:
    if answer.get("missing"):
        reason = printable(str(answer.get("error")))
        raise MissingEngineError(f"there is no speech engine: {reason}; {registry.remedy()}")


def _not_started(error: StartError) -> VoiceError:
    return VoiceError(f"the speech engine's process failed, {error}; reinstall this program")


def _not_described(reason: str) -> VoiceError:
    return VoiceError(f"the speech engine cannot be asked for its voices: {reason}; try again")


def _failure(request: SpeechRequest, reason: str, remedy: str) -> VoiceError:
    text = request.text if len(request.text) <= _QUOTED_LETTERS else request.text[: _QUOTED_LETTERS - 1] + "…"
    return VoiceError(f"the voice {request.voice!r} cannot speak {printable(text)!r}: {printable(reason)}; {remedy}")
