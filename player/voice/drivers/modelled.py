"""The base of a pyttsx3 driver whose voices are models in this process: properties, events, speech and loop.

pyttsx3 passes commands to a driver through a proxy, which waits while the driver is busy. Here every command is
finished when its method returns, so a driver is busy only inside one. A model is loaded when its voice is first used,
and kept until the process ends.

Events are ``started-utterance``, ``finished-utterance`` and ``error``. The models give no times of words, so there is
no ``started-word``. `stop` ends a `say` within 50 ms, and may be called from an event or from another thread.
"""

from __future__ import annotations

import threading
import time
import wave
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

    Deliver = Callable[[int, bytes], None]
    """Takes a sample rate and 16-bit samples."""
    Turn = tuple[str, Deliver]

OWN_PITCH: Final = 50
"""The pitch of a voice unchanged, in the middle of 0 to 100, as in espeak-ng."""

_LOOK_EVERY_S: Final = 0.05
_LAST_S: Final = 0.1  # until the device has played the last frames
_LOADING = threading.Lock()


@dataclass(frozen=True)
class ModelVoice:
    """A voice whose model is on this machine.

    Attributes
    ----------
    id, name
        The name for pyttsx3, and the one for people.
    language
        BCP 47, such as ``en-US``.
    gender
        ``female``, ``male`` or empty.
    model
        The path of its model.
    licence
        The voice's licence, if it is known.
    """

    id: str
    name: str
    language: str
    gender: str
    model: str
    licence: str = ""


class LoadedModel(Protocol):
    """A loaded model."""

    @property
    def sample_rate(self) -> int:
        """Frames a second."""

    def speak(self, text: str, rate: float, pitch: int) -> NDArray[np.float32]:
        """The text as mono samples in -1..1, shape (frames,); ``rate`` and ``pitch`` as the driver's properties."""


class ModelDriver(ABC):
    """Implements the pyttsx3 protocol; a subclass lists its voices and loads their models.

    Properties: ``voices``; ``voice``, by its id; ``rate``, words a minute inside a phrase; ``volume``, 0 to 1;
    ``pitch``, 0 to 100, if the voice has one.

    Raises
    ------
    RuntimeError
        If there is no voice. ``pyttsx3.init`` passes it on.
    """

    usual_rate: float = 150

    def __init__(self, proxy: Any) -> None:  # noqa: ANN401 (pyttsx3 publishes no types)
        self._voices = {voice.id: voice for voice in self.find_voices()}
        if not self._voices:
            raise RuntimeError("there is no voice for this driver")
        self._proxy = proxy
        self._looping = self._ended = self._stopped = self._speaking = False
        self._turns = threading.Lock()
        self._waiting: list[Turn] = []
        self._settings: dict[str, Any] = {
            "voice": next(iter(self._voices)),
            "rate": self.usual_rate,
            "volume": 1.0,
            "pitch": OWN_PITCH,
        }

    @abstractmethod
    def find_voices(self) -> Iterator[ModelVoice]:
        """The voices whose models are on this machine, the default first."""

    @abstractmethod
    def load(self, voice: ModelVoice, text: str) -> LoadedModel:
        """The voice's model, loaded; called once for each voice and process, with the first text it speaks."""

    def destroy(self) -> None:  # noqa: B027 (pyttsx3 calls it)
        """Do nothing: only models are held, and they are kept."""

    # Properties

    def getProperty(self, name: str) -> Any:  # noqa: ANN401, N802 (pyttsx3 names it)
        """The value of a property, see the class.

        Raises
        ------
        KeyError
            If there is none of this name.
        """
        if name == "voices":
            return [_as_pyttsx3_has_it(voice) for voice in self._voices.values()]
        if name not in self._settings:
            raise KeyError(f"unknown property {name}")
        return self._settings[name]

    def setProperty(self, name: str, value: Any) -> None:  # noqa: ANN401, N802 (pyttsx3 names it)
        """Set a property; numbers out of range become the nearest that is allowed.

        Raises
        ------
        KeyError
            If there is none of this name.
        ValueError
            If it cannot have this value, or there is no such voice.
        """
        if name not in self._settings:
            raise KeyError(f"unknown property {name}")
        self._settings[name] = self._voice_id(value) if name == "voice" else _RANGES[name](value)

    def _voice_id(self, value: object) -> str:
        if value not in self._voices:
            raise ValueError(f"there is no voice {value!r}; there are {', '.join(self._voices)}")
        return str(value)

    # Speech

    def get_ready(self, text: str) -> None:
        """Load the current voice's model, and what such a text needs. This is not part of pyttsx3's protocol.

        Raises
        ------
        RuntimeError
            If it cannot be loaded.
        """
        _loaded(self, self._voices[self._settings["voice"]], text)

    def say(self, text: str) -> None:
        """Speak through the loudspeaker, by miniaudio; returns when it has been heard."""
        self._speak(text, self._play)

    def save_to_file(self, text: str, filename: str) -> None:
        """Write a WAV file: mono, 16 bit, at the voice's own sample rate."""

        def save(sample_rate: int, pcm: bytes) -> None:
            _write_wav(filename, sample_rate, pcm)

        self._speak(text, save)

    def stop(self) -> None:
        """Stop speaking."""
        self._stopped = True

    def _speak(self, text: str, deliver: Deliver) -> None:
        """Speak, and then all that the proxy passes when this is done.

        The proxy passes the next utterance from inside that call. Speaking it there would nest as many calls as there
        are utterances in the queue, and Python allows a thousand; so it waits here for its turn.
        """
        self._proxy.setBusy(True)
        with self._turns:
            self._waiting.append((text, deliver))
            if self._speaking:
                return
            self._speaking = True
        try:
            while turn := self._next():
                self._speak_one(*turn)
                self._proxy.setBusy(False)
        except BaseException:
            self._speaking = False
            raise

    def _next(self) -> Turn | None:
        with self._turns:
            self._speaking = bool(self._waiting)
            return self._waiting.pop(0) if self._waiting else None

    def _speak_one(self, text: str, deliver: Deliver) -> None:
        self._stopped = False
        completed = False
        self._proxy.notify("started-utterance")
        try:
            speaker = _loaded(self, self._voices[self._settings["voice"]], text)
            samples = speaker.speak(text, self._settings["rate"], self._settings["pitch"])
            if not self._stopped:
                deliver(speaker.sample_rate, _pcm(samples * self._settings["volume"]))
            completed = not self._stopped
        except Exception as error:  # noqa: BLE001 (whatever it is, pyttsx3 has an event for it)
            self._proxy.notify("error", exception=error)
        finally:
            self._proxy.notify("finished-utterance", completed=completed)

    def _play(self, sample_rate: int, pcm: bytes) -> None:
        import miniaudio  # noqa: PLC0415 (only who says something aloud needs it)

        played = threading.Event()
        stream = _frames(pcm, played)
        next(stream)
        form, ways = miniaudio.SampleFormat.SIGNED16, _audible(miniaudio)
        with miniaudio.PlaybackDevice(form, nchannels=1, sample_rate=sample_rate, backends=ways) as device:
            device.start(stream)
            while not played.wait(_LOOK_EVERY_S) and not self._stopped:
                pass
            time.sleep(0 if self._stopped else _LAST_S)

    # The loop

    def startLoop(self) -> None:  # noqa: N802 (pyttsx3 names it)
        """Run all commands that are queued, and those that come, until `endLoop`.

        Outside of a loop, pyttsx3 queues nothing while the driver is not busy: then all that ``runAndWait`` waits for,
        its own end included, is finished before the loop is started.
        """
        self._looping = not self._ended
        if self._looping:
            self._proxy.setBusy(False)
        while self._looping:
            time.sleep(_LOOK_EVERY_S)
        self._ended = False

    def endLoop(self) -> None:  # noqa: N802 (pyttsx3 names it)
        """End the loop, also before it was started."""
        self._looping = False
        self._ended = True

    def iterate(self) -> Generator[None]:
        """Run the queued commands each time the next value is requested; for loops of another program."""
        while True:
            self._proxy.setBusy(False)
            yield


_RANGES: Final[Mapping[str, Callable[[Any], float]]] = {
    "rate": lambda value: max(float(value), 1.0),
    "volume": lambda value: min(max(float(value), 0.0), 1.0),
    "pitch": lambda value: min(max(int(value), 0), 100),
}
_speakers: dict[tuple[type, str], LoadedModel] = {}


def _loaded(driver: ModelDriver, voice: ModelVoice, text: str) -> LoadedModel:
    """The voice's model, loaded once a process; other threads wait meanwhile."""
    with _LOADING:
        key = (type(driver), voice.model)
        if key not in _speakers:
            try:
                _speakers[key] = driver.load(voice, text)
            except Exception as error:
                raise RuntimeError(f"its model {voice.model} cannot be loaded ({error})") from error
        return _speakers[key]


def _as_pyttsx3_has_it(voice: ModelVoice) -> Any:  # noqa: ANN401 (pyttsx3 publishes no types)
    from pyttsx3.voice import Voice  # noqa: PLC0415 (pyttsx3 may be missing, and is needed only to speak)

    known = Voice(voice.id, voice.name, [voice.language], voice.gender or None)
    known.model, known.licence = voice.model, voice.licence  # not part of pyttsx3's protocol
    return known


def _pcm(samples: NDArray[np.float32]) -> bytes:
    return bytes((samples * 32767.0).round().clip(-32768, 32767).astype("<i2").tobytes())


def _write_wav(filename: str, sample_rate: int, pcm: bytes) -> None:
    # If wave opened the file itself, an error would be reported a second time when the object is deleted.
    with open(filename, "wb") as opened, wave.open(opened, "wb") as file:  # noqa: PTH123 (whatever pyttsx3 is given)
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(pcm)


def _audible(miniaudio: Any) -> list[Any]:  # noqa: ANN401 (the library has no types)
    """All backends but silent ones: by default, miniaudio plays to a silent one if there is no device."""
    silent = {miniaudio.Backend.NULL, miniaudio.Backend.CUSTOM}
    return [way for way in miniaudio.Backend if way not in silent and miniaudio.is_backend_enabled(way)]


def _frames(pcm: bytes, played: threading.Event) -> Generator[bytes, int]:
    """The generator for miniaudio, which sends the number of frames it wants, and gets that many or fewer."""
    wanted, at = (yield b""), 0
    while at < len(pcm):
        wanted, at = (yield pcm[at : at + 2 * wanted]), at + 2 * wanted
    played.set()
    yield b""
