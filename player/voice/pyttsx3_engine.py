"""The engine that every machine has: pyttsx3 with all its drivers, in worker processes of its own.

The rule: pyttsx3 is never imported here. Each request goes to a worker of its driver (see ``worker``), one for each
thread that asks at the same time; whatever a worker does, the caller gets a verified take or a `VoiceError` that names
the text. What becomes of takes is not known here.
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
    from collections.abc import Collection, Mapping, Sequence

    from player.storage.store import Store
    from player.techniques.cue import Utterance
    from player.voice.drivers.table import Driver

WORKER: Final = (sys.executable, "-I", str(Path(__file__).with_name("worker.py")))
"""By its path, and isolated: it starts from any folder, and nothing in that folder can take the place of a module."""

_DESCRIBES_WITHIN_S: Final = 60.0  # Windows writes interfaces for its speech library the first time
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
        Remembers who the drivers are, so that nothing is started where every clip is stored already.
    command
        The worker's command line.
    timeout_s
        How long an utterance may take; None is 20 s and 0.2 s a letter, a hundred times what it takes, and 40 s more
        where a model may have to be loaded.
    drivers
        Those to use; None are all that this machine has.
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
        self._soon = ""
        self._registry = Registry(store, self._asks, registry.here() if drivers is None else drivers)
        self._pools = {
            driver.name: WorkerPool(command, {"driver": driver.name, "voices": str(folder())})
            for driver in self._registry.drivers
        }

    @property
    def drivers(self) -> tuple[Driver, ...]:
        """The drivers of this machine, in order of preference."""
        return self._registry.drivers

    def identity(self, driver: Driver) -> Identity:
        """What is known of a driver. See `Registry.identity`."""
        return self._registry.identity(driver)

    @property
    def version(self) -> str:
        """Versions of all drivers, and of what each stands on: what must be alike where the same bytes are wanted."""
        known = self._registry.known().values()
        return "; ".join(" ".join(filter(None, (each.package, each.driver, each.version))) for each in known)

    def voices(self) -> Sequence[Voice]:
        """All voices, those of the preferred driver first. See `Engine.voices`.

        Whoever wants to know is not going to speak: the workers that had to be asked are let go.
        """
        try:
            return self._registry.voices()
        finally:
            self._let_go()

    def chosen(self) -> dict[str, Voice]:
        """The voice of each language for which there is one, where a script names none; by its tag, in order."""
        try:
            return self._registry.chosen()
        finally:
            self._let_go()

    def voice_of(self, utterance: Utterance) -> Voice:
        """The voice that speaks an utterance; the same errors as `request`."""
        return self._registry.route(utterance).voice

    @property
    def is_known(self) -> bool:
        """Whether nobody needs to ask the preferred driver who it is: otherwise nothing was ever spoken here."""
        return all(map(self._registry.is_known, self.drivers[:1]))

    def begin(self, text: str) -> None:
        """Begin to load what the preferred driver needs for such a text, and return; it takes 0.3 to 0.8 s.

        The worker is the next one that is asked to speak. Where nobody is going to, `stop` ends it.
        """
        for driver in self.drivers[:1]:
            if driver.keeps_model:
                self._soon = driver.as_count(text)
                threading.Thread(target=self._begin, args=(driver,), name="voice", daemon=True).start()

    def _begin(self, driver: Driver) -> None:
        with suppress(VoiceError, StoreError, WorkerError):  # whoever wants to speak meets it again
            if not self._registry.is_known(driver):
                self._registry.identity(driver)
            else:
                self._pools[driver.name].answer({"do": "greet", "then_load": self._soon}, _DESCRIBES_WITHIN_S)

    def refresh(self) -> None:
        """Ask the drivers again who they are, for instance because a voice was installed."""
        self._registry.refresh()

    def request(self, utterance: Utterance) -> SpeechRequest:
        """The utterance in its driver's terms. See `Engine.request`."""
        route = self._registry.route(utterance)
        driver = route.driver
        is_count = utterance.manner == "count"
        how = (pace.for_count if is_count else pace.for_sentence)(utterance.rate, driver)
        text = unicodedata.normalize("NFC", "".join(map(_speakable, utterance.text)))
        return SpeechRequest(
            driver.name,
            _version(route.driver, route.identity, route.voice),
            route.id,
            driver.as_count(text) if is_count else text,
            how.told,
            utterance.pitch if driver.has_pitch else _OWN_PITCH,
            how.stretch,
            utterance.room_ms,
        )

    def places(self, requests: Collection[SpeechRequest]) -> int:
        """How many workers are worth their start. See `Engine.places`."""
        counts = Counter(request.driver for request in requests)
        return sum(-(-count // BY_NAME[name].worth_a_worker) for name, count in counts.items())

    def speak(self, request: SpeechRequest) -> Take:
        """The request spoken and verified. See `Engine.speak`.

        A take that is cut short, or unusually long or short for its text, is made a second time. If it is as long
        again, and not beyond all bounds, it is believed: numbers and addresses take long to read.
        """
        from player.voice.take import BadTakeError, trimmed  # noqa: PLC0415 (numpy: not before the first word is there)

        lengths: list[float] = []
        fault = ""
        for _ in range(2):
            try:
                take = self._take(request)
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

    def _let_go(self) -> None:
        for pool in self._pools.values():
            pool.let_go()

    def _asks(self, driver: Driver) -> Identity:
        """What a new worker says of its driver; it stays, as who wants to know is often going to speak."""
        wanted = {"do": "describe", "then_load": self._soon}
        try:
            answer = self._pools[driver.name].answer(wanted, _DESCRIBES_WITHIN_S, is_new=True)
        except StartError as error:
            raise _not_started(error) from error
        except WorkerError as error:
            raise VoiceError(f"the speech engine cannot be asked for its voices: {error}; try again") from error
        _raise_if_missing(answer)
        return Identity.of(answer, driver)

    def _take(self, request: SpeechRequest) -> Take:
        from player.voice.take import read_take  # noqa: PLC0415 (as above)

        try:
            with takes.folder() as place:
                path = place / takes.FILE
                self._ask(request, path)
                return read_take(path)
        except OSError as error:
            raise _failure(request, str(error), _MAKE_ROOM) from error

    def _ask(self, request: SpeechRequest, path: Path) -> None:
        loading_s = _LOADS_WITHIN_S if BY_NAME[request.driver].keeps_model else 0
        timeout_s = self._timeout_s or loading_s + _SPEAKS_WITHIN_S + _AND_A_LETTER_S * len(request.text)
        told = {name: getattr(request, name) for name in ("text", "voice", "rate", "pitch")}
        try:
            answer = self._pools[request.driver].answer({"do": "speak", **told, "file": str(path)}, timeout_s)
        except StartError as error:
            raise _not_started(error) from error
        except WorkerError as error:
            raise _failure(request, f"the speech engine failed, {error}", _TRY_AGAIN) from error
        _raise_if_missing(answer)
        if "done" not in answer:
            reason = str(answer.get("error", "no answer"))
            raise _failure(request, reason, _MAKE_ROOM if os.strerror(errno.ENOSPC) in reason else _TRY_AGAIN)


def _version(driver: Driver, identity: Identity, voice: Voice) -> str:
    """Whatever can change how a voice sounds, as far as it is known."""
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


def _failure(request: SpeechRequest, reason: str, remedy: str) -> VoiceError:
    text = request.text if len(request.text) <= _QUOTED_LETTERS else request.text[: _QUOTED_LETTERS - 1] + "…"
    return VoiceError(f"the voice {request.voice!r} cannot speak {printable(text)!r}: {printable(reason)}; {remedy}")
