"""A driver whose model hums, with switches for everything that can fail; `installed` makes it known to pyttsx3."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyttsx3

from player.voice.drivers import modelled
from player.voice.drivers.modelled import ModelDriver, ModelVoice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

RATE: Final = 16_000
EVE = ModelVoice("eve", "Eve (fake)", "en-US", "female", "/models/eve.onnx", "CC0")
KARL = ModelVoice("de-karl", "Karl (fake)", "de-DE", "", "/models/karl.onnx")


def _nothing() -> None:
    pass


@dataclass
class Switches:
    """What the fake does.

    ``fails_on`` are texts at which the model fails, ``unloadable`` ids of voices whose models cannot be loaded;
    ``while_speaking`` is called inside the model; ``says`` takes the place of its hum.
    """

    voices: tuple[ModelVoice, ...] = (EVE, KARL)
    fails_on: frozenset[str] = frozenset()
    unloadable: frozenset[str] = frozenset()
    while_speaking: Callable[[], None] = _nothing
    says: NDArray[np.float32] | None = None
    loaded: list[str] = field(default_factory=list)
    spoken: list[tuple[str, str, float, int]] = field(default_factory=list)


class HummingDriver(ModelDriver):
    """Its voices hum a tenth of a second for each letter."""

    switches = Switches()
    usual_rate = 120

    def find_voices(self) -> Iterator[ModelVoice]:
        yield from self.switches.voices

    def load(self, voice: ModelVoice, text: str) -> Hum:
        if voice.id in self.switches.unloadable:
            raise OSError("it is no model")
        self.switches.loaded.append(voice.id)
        return Hum(voice.id, self.switches)


@dataclass
class Hum:
    voice: str
    switches: Switches
    sample_rate: int = RATE

    def speak(self, text: str, rate: float, pitch: int) -> NDArray[np.float32]:
        self.switches.spoken.append((self.voice, text, rate, pitch))
        self.switches.while_speaking()
        if text in self.switches.fails_on:
            raise ValueError(f"no phonemes for {text!r}")
        return hum(text) if self.switches.says is None else self.switches.says


def hum(text: str) -> NDArray[np.float32]:
    times = np.arange(RATE // 10 * len(text)) / RATE
    return np.asarray(0.5 * np.sin(2 * np.pi * 440 * times), np.float32)


@contextlib.contextmanager
def installed(switches: Switches, name: str = "fake") -> Iterator[None]:
    """For as long as it lasts, ``pyttsx3.init(name)`` gives a humming engine."""

    class Driver(HummingDriver):
        pass

    Driver.switches = switches
    module: Any = ModuleType(f"pyttsx3.drivers.{name}")
    module.buildDriver = Driver
    sys.modules[module.__name__] = module
    try:
        yield
    finally:
        del sys.modules[module.__name__]
        pyttsx3._activeEngines.pop(name, None)
        for key in [key for key in modelled._speakers if key[0] is Driver]:
            del modelled._speakers[key]
