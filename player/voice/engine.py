"""The interface of a voice engine, and its values.

An utterance is first converted to the engine's terms, a `SpeechRequest`. The conversion refuses an unknown voice or
language. The request holds everything that decides the sound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from player.errors import VoiceError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from player.techniques.cue import Utterance


class UnknownVoiceError(VoiceError):
    """The engine has no such voice, or none for this language: what was named is wrong, and not the machine."""

    exit_code = 2


class MissingEngineError(VoiceError):
    """There is no engine; the message says how to get one."""


@dataclass(frozen=True)
class Voice:
    """One voice of an engine.

    Attributes
    ----------
    id, name
        What scripts call it, and people.
    language
        BCP 47 in lower case; empty where it is not told.
    gender
        ``male``, ``female`` or empty.
    model
        The beginning of the SHA-256 of its model; empty for a voice without one.
    licence
        Of the voice itself, as far as it is told.
    driver, quality
        What speaks it, and whether that sounds ``natural`` or ``synthetic``.
    """

    id: str
    name: str
    language: str = ""
    gender: str = ""
    model: str = ""
    licence: str = ""
    driver: str = ""
    quality: Literal["natural", "synthetic"] = "synthetic"


@dataclass(frozen=True)
class SpeechRequest:
    """An utterance in an engine's own terms: all that decides the sound.

    Attributes
    ----------
    driver, version
        What speaks, and whatever can change how it does: versions, a model's digest, the kind of processor.
    voice
        The driver's own identifier.
    text
        NFC.
    rate
        As the driver is told it.
    pitch
        0 to 100.
    stretch
        How many times as long it becomes by silence, see `phrasing.phrased`.
    room_ms
        How long it may sound after its beat, where it is said faster until it fits; 0 for no limit.
    """

    driver: str
    version: str
    voice: str
    text: str
    rate: float
    pitch: int = 50
    stretch: float = 1.0
    room_ms: int = 0


@dataclass(frozen=True)
class Take:
    """What an engine delivered, as it came: int16 samples (frames,), ``rate`` of them a second."""

    rate: int
    samples: NDArray[np.int16]


class Engine(Protocol):
    """Something that speaks. `speak` may be called from several threads at once."""

    @property
    def name(self) -> str:
        """A short name, part of the key of every clip."""

    @property
    def version(self) -> str:
        """The versions of drivers and libraries. Two machines speak alike only if these are equal."""

    def voices(self) -> Sequence[Voice]:
        """All voices, in the engine's order.

        Raises
        ------
        MissingEngineError
            If there is no engine on this machine.
        """

    def voice_of(self, utterance: Utterance) -> Voice:
        """The voice that speaks an utterance; the same errors as `request`."""

    def chosen(self) -> Mapping[str, Voice]:
        """The default voice of each language, by the language's tag."""

    def request(self, utterance: Utterance) -> SpeechRequest:
        """The utterance in this engine's terms. This is quick, and speaks nothing.

        Raises
        ------
        MissingEngineError
            If there is no engine on this machine.
        UnknownVoiceError
            If the engine does not know the voice or the language.
        """

    def useful_workers(self, requests: Collection[SpeechRequest]) -> int:
        """How many workers are worth their start for these requests, on any number of cores."""

    def speak(self, request: SpeechRequest) -> Take:
        """Speak the request, and verify the take as far as the engine can.

        Raises
        ------
        VoiceError
            If the engine hangs, dies or fails.
        """

    def stop(self) -> None:
        """Stop all speaking and end all processes. The engine can be used again."""
