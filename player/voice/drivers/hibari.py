"""The pyttsx3 driver ``hibari``: small natural English voices by the package ``hibari-tts``, without a network.

The samples depend only on text, voice, rate, pitch and volume: the noise in a voice comes from a generator with a fixed
seed, on one thread, and the spectra are numpy's. So on one kind of processor, with one version of onnxruntime, the same
words give the same bytes. (Between kinds of processors, waveforms differ and lengths do not.)

The voice ``heart`` is inside the package. Models of the others are looked for in the folder that ``PLAYER_VOICES``
names and in hibari's own folder. Nothing is ever downloaded here.
"""

from __future__ import annotations

import gc
import gzip
import json
import os
import sys
import textwrap
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from player.voice.drivers import onnx
from player.voice.drivers.modelled import OWN_PITCH, ModelDriver, ModelVoice
from player.voice.drivers.rates import HIBARI, speed_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

SEED: Final = 0
PITCH_SEMITONES: Final = 6.0
"""The distance of pitch 0 and 100 from the voice's own, which is 50. (A predictor of listeners' opinion subtracts 0.2
of 5 for 2 semitones up, and 0.7 for 4 down.)"""
LICENCE: Final = "Apache-2.0"
_MOST_PHONEMES: Final = 180
"""In one run of the model, 11 s of speech at its own rate and 18 s at a slow one; the longest sentence of all bundled
sessions has 155. What a run holds grows with its sound."""

# As in the lexicon, which takes 0.3 s to load: counting breaths does not wait for it.
AMERICAN: Final = {
    "Breathe in,": "bɹˈið ˈɪn,",
    "Hold,": "hˈOld,",
    "Breathe out,": "bɹˈið ˈWt,",
    "Pause,": "pˈɔz,",
    "one,": "wˈʌn,",
    "two,": "tˈu,",
    "three,": "θɹˈi,",
    "four,": "fˈɔɹ,",
    "five,": "fˈIv,",
    "six,": "sˈɪks,",
    "seven,": "sˈɛvən,",
    "eight,": "ˈAt,",
    "nine,": "nˈIn,",
    "ten,": "tˈɛn,",
    "eleven,": "əlˈɛvᵊn,",
    "twelve,": "twˈɛlv,",
}


def buildDriver(proxy: Any) -> HibariDriver:  # noqa: ANN401, N802 (pyttsx3 names it, and publishes no types)
    """The driver, for ``pyttsx3.init("hibari")``."""
    return HibariDriver(proxy)


class HibariDriver(ModelDriver):
    """pyttsx3's ``hibari``. See `ModelDriver`."""

    usual_rate = 149

    def find_voices(self) -> Iterator[ModelVoice]:
        """The voices of hibari's registry whose models are on this machine, ``heart`` first."""
        for name, facts in sorted(_registry().items(), key=lambda item: not item[1].get("bundled")):
            path = _model(facts)
            if path:
                title = f"{name.title()} (hibari)"
                yield ModelVoice(name, title, str(facts["language"]), str(facts["gender"]), path, LICENCE)

    def load(self, voice: ModelVoice, text: str) -> HibariModel:
        """See `ModelDriver.load`."""
        return HibariModel(voice, text)


class HibariModel:
    """A hibari model with its pronunciation rules, loaded."""

    sample_rate: Final = 24_000

    def __init__(self, voice: ModelVoice, text: str) -> None:
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 (0.01 s, and only to speak)

        is_british = _registry()[voice.id]["british"]
        self._known = {} if is_british else AMERICAN
        with _without_scipy_and_network(), _without_collections(), ThreadPoolExecutor(1) as other:
            # Unpacking and the model leave Python to the others. So what is unpacked while modules are imported is read
            # while the model is made ready: 0.2 s each.
            unpacked = None if text in self._known else other.submit(_unpacked, is_british=is_british)
            self._dsp = _dsp()
            from hibari import Hibari  # noqa: PLC0415 (0.1 s, and only to speak)

            lexicon = unpacked and other.submit(_load_lexicon, unpacked.result(), is_british=is_british)
            with onnx.frugal():
                self._model = Hibari(voice=voice.id, model=voice.model, threads=1)
            self._model._g2p = lexicon and lexicon.result()  # noqa: SLF001 (a parameter, it would have to come first)

    def speak(self, text: str, rate: float, pitch: int) -> NDArray[np.float32]:
        """See `LoadedModel.speak`; a text may give a word's sound as in ``[close](/klˈOs/)``."""
        import numpy as np  # noqa: PLC0415 (loaded with the model)

        speed, noise = speed_for(rate, HIBARI), np.random.default_rng(SEED)
        pieces = (piece for phonemes in self._phonemes(text) for piece in _short(phonemes))
        said = [piece for piece in pieces if any(map(str.isalpha, piece))]  # it murmurs where there are none
        parts = [self._sentence(phonemes, speed, pitch, noise) for phonemes in said]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def _phonemes(self, text: str) -> list[str]:
        """The phonemes of each sentence. If they need the lexicon, it is loaded now at the latest."""
        if text in self._known:
            return [self._known[text]]
        with _without_collections():
            return list(self._model.phonemize(text))

    def _sentence(self, phonemes: str, speed: float, pitch: int, noise: np.random.Generator) -> NDArray[np.float32]:
        import numpy as np  # noqa: PLC0415 (loaded with the model)

        inputs = {
            "ids": np.asarray([self._model.ids(phonemes)], np.int64),
            "speed": np.asarray([speed], np.float32),
        }
        *spectra, f0 = (output[0] for output in self._model.sess.run(None, inputs))
        if pitch != OWN_PITCH:
            f0 = f0 * np.float32(2 ** ((pitch - OWN_PITCH) / 50 * PITCH_SEMITONES / 12))
        sound: NDArray[np.float32] = self._dsp.synth(*spectra, f0, noise)
        return sound


def _short(phonemes: str) -> list[str]:
    """A sentence in pieces that the model has memory for, divided between words where it has several."""
    if len(phonemes) <= _MOST_PHONEMES:
        return [phonemes]
    return textwrap.wrap(phonemes, _MOST_PHONEMES, break_on_hyphens=False)


def _unpacked(*, is_british: bool) -> dict[str, bytes]:
    """The files of the lexicon that take long to unpack, by name; hibari reads any others by itself."""
    accent = "gb" if is_british else "us"
    names = (f"lexicon_{accent}_gold.json.gz", f"lexicon_{accent}_silver.json.gz", "tagger.json.gz")
    paths = [_assets() / name for name in names]
    return {path.name: gzip.decompress(path.read_bytes()) for path in paths if path.is_file()}


def _load_lexicon(unpacked: dict[str, bytes], *, is_british: bool) -> Any:  # noqa: ANN401 (hibari publishes no types)
    import orjson  # noqa: PLC0415 (only for words that are not known by heart)
    from hibari import g2p  # noqa: PLC0415 (as above)

    own = g2p._load_json  # noqa: SLF001 (with json, as there, all is loaded 0.24 s later)

    def read(name: str) -> Any:  # noqa: ANN401 (what a JSON file has)
        return orjson.loads(unpacked.pop(name)) if name in unpacked else own(name)

    g2p._load_json = read  # noqa: SLF001
    try:
        return g2p.G2P(british=is_british)
    finally:
        g2p._load_json = own  # noqa: SLF001


def _dsp() -> Any:  # noqa: ANN401 (hibari publishes no types)
    """Our own copy of the package's signal processing, as another program may have imported it with scipy."""
    found = find_spec("hibari.dsp")
    if found is None or found.loader is None:
        raise ImportError("hibari has no dsp")
    dsp = module_from_spec(found)
    found.loader.exec_module(dsp)
    return dsp


@contextmanager
def _without_scipy_and_network() -> Iterator[None]:
    """Make hibari compute its spectra by numpy, and never download.

    If scipy is installed, hibari uses it, which gives other bytes, and takes 0.3 s and 16 MB to load. An empty
    ``urllib.request`` saves 0.04 s.
    """
    others = {"scipy.fft": None, "urllib.request": ModuleType("urllib.request")}  # None: Python says that there is none
    known = {name: sys.modules[name] for name in others if name in sys.modules}
    sys.modules |= others  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in others:
            del sys.modules[name]
        sys.modules |= known


@contextmanager
def _without_collections() -> Iterator[None]:
    """Stop the garbage collector from walking a growing lexicon again and again: 0.2 of the 0.7 s of loading."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@cache
def _registry() -> Mapping[str, Mapping[str, Any]]:
    """The package's voices by name, read without importing it, which takes 0.2 s."""
    if find_spec("hibari") is None:
        return {}
    voices: Mapping[str, Mapping[str, Any]] = json.loads((_assets() / "voices.json").read_text(encoding="utf-8"))
    return voices


def _assets() -> Path:
    spec = find_spec("hibari")
    return Path(str(spec and spec.origin)).parent / "assets"


def _model(facts: Mapping[str, Any]) -> str:
    """The path of a voice's model; empty if it is not on this machine."""
    if facts.get("bundled"):
        return str(_assets() / facts["file"])
    named = os.environ.get("PLAYER_VOICES")
    paths = [folder / facts["file"] for folder in (*([Path(named)] if named else []), own_folder())]
    return next((str(path) for path in paths if path.is_file()), "")


def own_folder() -> Path:
    """The folder of hibari's own downloads (``hibari.voices.cache_dir``)."""
    if named := os.environ.get("HIBARI_HOME"):
        return Path(named)
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 (as hibari does; `Path.home` fails where there is no home folder)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home, "hibari")
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "hibari"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache", "hibari")
