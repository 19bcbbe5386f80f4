"""Stand-ins for the voice: an engine that hums as long as a text, with switches for everything that can fail."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from player.errors import VoiceError
from player.voice import choice
from player.voice.engine import SpeechRequest, Take, Voice

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from numpy.typing import NDArray

    from player.techniques.cue import Utterance

VOICES = (
    Voice("gmw/en", "English (Great Britain)", "en-gb", "male"),
    Voice("gmw/en-us", "English (America)", "en-us", "male"),
    Voice("gmw/de", "German", "de", "female"),
    Voice("gmq/sv", "Swedish", "sv", "male"),  # a language without words
)


def _nothing() -> None:
    pass


@dataclass
class FakeEngine:
    """Hums a tone of 60 ms a letter at 120 words a minute, with ``lead_ms`` of silence before it and as much behind.

    At each comma it waits for ``comma_ms``; ``stretch`` is what its sentences are to be lengthened by. With
    ``has_pitch`` it takes another pitch than its own.
    ``fails_on`` and ``silent_on`` are texts; ``while_speaking`` is called in the speaking thread; ``spoken`` counts,
    and ``rates`` are those that it was told, in order.
    """

    name: str = "fake"
    version: str = "1"
    rate: int = 22_050
    lead_ms: int = 100
    comma_ms: int = 0
    stretch: float = 1.0
    has_pitch: bool = True
    fails_on: frozenset[str] = frozenset()
    silent_on: frozenset[str] = frozenset()
    while_speaking: Callable[[], None] = _nothing
    spoken: Counter[str] = field(default_factory=Counter)
    rates: list[float] = field(default_factory=list)
    stops: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def voices(self) -> tuple[Voice, ...]:
        return VOICES

    def voice_of(self, utterance: Utterance) -> Voice:
        return next(voice for voice in VOICES if voice.id == self._voice(utterance).partition("+")[0])

    def chosen(self) -> dict[str, Voice]:
        return {voice.language: voice for voice in VOICES}

    def request(self, utterance: Utterance) -> SpeechRequest:
        voice = self._voice(utterance)
        stretch = 1.0 if utterance.manner == "count" else self.stretch
        pitch = utterance.pitch if self.has_pitch else 50
        settings = utterance.rate, pitch, stretch, utterance.room_ms
        return SpeechRequest("fake", self.version, voice, utterance.read(), *settings)

    def _voice(self, utterance: Utterance) -> str:
        if utterance.voice is None:
            found = choice.of_language(utterance.language, VOICES, "")
            if found is None:
                raise choice.no_language(utterance.language, VOICES)
            return found.id
        name, plus, variant = utterance.voice.partition("+")
        found = choice.named(name, VOICES)
        if found is None:
            raise choice.unknown(name, VOICES)
        return found.id + plus + (choice.variant(variant, ("f2",)) if plus else "")

    def useful_workers(self, requests: Collection[SpeechRequest]) -> int:
        return len(requests)

    def speak(self, request: SpeechRequest) -> Take:
        with self.lock:
            self.spoken[request.text] += 1
            self.rates.append(request.rate)
        self.while_speaking()
        if request.text in self.fails_on:
            raise VoiceError(f"the fake cannot speak {request.text!r}")
        lead = np.zeros(self.rate * self.lead_ms // 1000)
        tone = 0.0 if request.text in self.silent_on else 1.0
        return Take(self.rate, np.concatenate([lead, tone * self._hum(request), lead]).astype(np.int16))

    def stop(self) -> None:
        self.stops += 1

    def _hum(self, request: SpeechRequest) -> NDArray[np.float64]:
        if self.comma_ms and "," in request.text:
            first, _, rest = request.text.partition(",")
            wait = np.zeros(self.rate * self.comma_ms // 1000)
            parts = self._hum(replace(request, text=first)), wait, self._hum(replace(request, text=rest))
            return np.concatenate(parts)
        frames = int(self.rate * 60 * len(request.text) * 120 // (1000 * request.rate))
        return np.asarray(8000 * np.sin(2 * np.pi * 440 / self.rate * np.arange(1, frames + 1)), np.float64)
