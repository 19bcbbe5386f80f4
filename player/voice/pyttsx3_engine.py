"""The engine that every machine has: pyttsx3, in worker processes of its own.

The rule: pyttsx3 is never imported here. Each request goes to a worker (see ``worker``), one for each thread that asks
at the same time; whatever a worker does, the caller gets a verified take or a `VoiceError` that names the text.
What becomes of takes is not known here.
"""

from __future__ import annotations

import errno
import os
import sys
import threading
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from player.errors import VoiceError, printable
from player.voice import pace, takes
from player.voice.engine import Request, Take, Voice, choose_voice
from player.voice.identity import Identity, remember, remembered
from player.voice.process import Worker, WorkerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from player.store import Store
    from player.techniques.cue import Utterance

WORKER: Final = (sys.executable, "-I", str(Path(__file__).with_name("worker.py")))
"""By its path, and isolated: it starts from any folder, and nothing in that folder can take the place of a module."""

_DESCRIBES_WITHIN_S: Final = 60.0  # Windows writes interfaces for its speech library the first time
_SPEAKS_WITHIN_S: Final = 20.0
_AND_A_LETTER_S: Final = 0.2
_SAME_LENGTH: Final = 0.05
_QUOTED_LETTERS: Final = 40
_PLAIN_PITCH: Final = 50
_NO_SPEECH: Final = ("Cc", "Cs", "Zl", "Zp")
_TRY_AGAIN: Final = "try again, or choose another voice"
_MAKE_ROOM: Final = "free some space for temporary files"
_REMEDIES: Final = {
    "linux": "run `pip install espeakng-loader` or `sudo apt install libespeak-ng1`",
    "darwin": "run `pip install --force-reinstall pyttsx3`, which brings the pyobjc that speaks on macOS",
    "win32": "run `pip install --force-reinstall pyttsx3`, and add a voice in Settings > Time & language > Speech",
}


class Pyttsx3Engine:
    """pyttsx3 as an `Engine`.

    Parameters
    ----------
    store
        Remembers the engine's identity, so that nothing is started where every clip is stored already.
    command
        The worker's command line.
    timeout_s
        How long an utterance may take; None is 20 s and 0.2 s a letter, a hundred times what it takes.
    """

    name: Final = "pyttsx3"

    def __init__(self, store: Store, *, command: Sequence[str] = WORKER, timeout_s: float | None = None) -> None:
        self._store = store
        self._command = command
        self._timeout_s = timeout_s
        self._identity: Identity | None = None
        self._asked = False
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._busy: list[Worker] = []

    @property
    def version(self) -> str:
        """Versions of pyttsx3, its driver and the driver's library, as far as they are known.

        Whoever wants to know is going to speak: a worker that had to be asked stays for that.
        """
        identity = self._known(stays=True)
        return " ".join(filter(None, (identity.package, identity.driver, identity.version)))

    def voices(self) -> Sequence[Voice]:
        """All voices. See `Engine.voices`."""
        return self._known().voices

    def variants(self) -> Sequence[str]:
        """What may stand behind a voice and a ``+``, as in ``gmw/en+f2``; empty for most engines."""
        return self._known().variants

    def describe(self) -> dict[str, str]:
        """Facts for a doctor: the driver's name, and version and path of its library."""
        identity = self._known()
        return {
            "engine": f"pyttsx3 {identity.package}",
            "driver": identity.driver,
            "library version": identity.version or "not told",
            "library path": identity.library or "not told",
            "voices": f"{len(identity.voices)} and {len(identity.variants)} variants",
        }

    def refresh(self) -> None:
        """Ask the engine again who it is, for instance because a voice was installed."""
        self._identity = self._asks()
        remember(self._store, self._identity)

    def request(self, utterance: Utterance) -> Request:
        """The utterance in the driver's terms. See `Engine.request`."""
        voice = self._voice(utterance)
        text = unicodedata.normalize("NFC", "".join(map(_speakable, utterance.text)))
        if self._known().driver == "espeak":
            return Request(text, voice, pace.espeak_rate(utterance.rate), utterance.pitch)
        return Request(text, voice, utterance.rate, _PLAIN_PITCH)  # the other drivers have no pitch

    def speak(self, request: Request) -> Take:
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
            if self._is_believable(request, seconds, lengths):
                return take
            lengths.append(seconds)
            fault = f"it came out {seconds:.1f} s long" if seconds else "there is no sound in it"
        raise _failure(request, fault, "write it in other words, or choose another voice")

    def stop(self) -> None:
        """Kill all workers, busy or idle; the next request starts others. See `Engine.stop`."""
        with self._lock:
            workers = self._idle + self._busy
            self._idle.clear()
            self._busy.clear()
        for worker in workers:
            worker.kill()

    def _known(self, *, stays: bool = False) -> Identity:
        with self._lock:
            known = self._identity
        if known is None:
            known = self._identity = remembered(self._store, lambda: self._asks(stays=stays))
        return known

    def _asks(self, *, stays: bool = False) -> Identity:
        """What a new worker says of the engine."""
        self._asked = True
        worker = self._hire(is_new=True)
        try:
            answer = self._answer(worker, {"do": "describe"}, _DESCRIBES_WITHIN_S, stays=stays)
        except WorkerError as error:
            raise VoiceError(f"the speech engine cannot be asked for its voices: {error}; try again") from error
        _raise_if_missing(answer)
        return Identity.of(answer)

    def _voice(self, utterance: Utterance) -> str:
        try:
            return self._chosen(utterance)
        except VoiceError:
            if self._asked:
                raise
            self.refresh()  # the voice may have been installed since the engine was last asked
            return self._chosen(utterance)

    def _chosen(self, utterance: Utterance) -> str:
        identity = self._known(stays=True)
        return choose_voice(utterance, identity.voices, variants=identity.variants, default=identity.default)

    def _take(self, request: Request) -> Take:
        from player.voice.take import read_take  # noqa: PLC0415 (as above)

        try:
            with takes.folder() as folder:
                path = folder / takes.FILE
                self._ask(request, path)
                return read_take(path)
        except OSError as error:
            raise _failure(request, str(error), _MAKE_ROOM) from error

    def _ask(self, request: Request, path: Path) -> None:
        timeout_s = self._timeout_s or _SPEAKS_WITHIN_S + _AND_A_LETTER_S * len(request.text)
        try:
            answer = self._answer(self._hire(), {"do": "speak", **vars(request), "file": str(path)}, timeout_s)
        except WorkerError as error:
            raise _failure(request, f"the speech engine failed, {error}", _TRY_AGAIN) from error
        _raise_if_missing(answer)
        if "done" not in answer:
            reason = str(answer.get("error", "no answer"))
            raise _failure(request, reason, _MAKE_ROOM if os.strerror(errno.ENOSPC) in reason else _TRY_AGAIN)

    def _is_believable(self, request: Request, seconds: float, before: Sequence[float]) -> bool:
        within = pace.espeak_within(request.rate) if self._known().driver == "espeak" else float(request.rate)
        if not pace.is_odd(request.text, within, seconds):
            return True
        again = any(abs(seconds - length) <= _SAME_LENGTH * length for length in before)
        return again and not pace.is_impossible(request.text, within, seconds)

    def _start(self) -> Worker:
        try:
            return Worker(self._command)
        except WorkerError as error:
            raise VoiceError(f"the speech engine's process failed, {error}; reinstall this program") from error

    def _answer(
        self, worker: Worker, request: dict[str, Any], timeout_s: float, *, stays: bool = True
    ) -> dict[str, Any]:
        try:
            answer = worker.ask(request, timeout_s)
        except BaseException:
            self._dismiss(worker)
            raise
        self._release(worker, spent=not stays or bool(answer.get("last")))
        return answer

    def _hire(self, *, is_new: bool = False) -> Worker:
        with self._lock:  # starting inside it: no worker can slip past `stop`
            worker = self._start() if is_new or not self._idle else self._idle.pop()
            self._busy.append(worker)
            return worker

    def _release(self, worker: Worker, *, spent: bool) -> None:
        with self._lock:
            stopped = worker not in self._busy
            if not stopped and not spent:
                self._busy.remove(worker)
                self._idle.append(worker)
        if spent:
            self._dismiss(worker)

    def _dismiss(self, worker: Worker) -> None:
        with self._lock:
            if worker in self._busy:
                self._busy.remove(worker)
        worker.kill()


def _speakable(char: str) -> str:
    return " " if unicodedata.category(char) in _NO_SPEECH else char


def _raise_if_missing(answer: dict[str, Any]) -> None:
    if answer.get("missing"):
        remedy = _REMEDIES.get(sys.platform, _REMEDIES["linux"])
        raise VoiceError(f"there is no speech engine: {printable(str(answer.get('error')))}; {remedy}")


def _failure(request: Request, reason: str, remedy: str) -> VoiceError:
    text = request.text if len(request.text) <= _QUOTED_LETTERS else request.text[: _QUOTED_LETTERS - 1] + "…"
    return VoiceError(f"the voice {request.voice!r} cannot speak {printable(text)!r}: {printable(reason)}; {remedy}")
