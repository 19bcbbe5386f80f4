"""How loud are the voice and its counted words in an exported session? ffmpeg judges.

Run by hand: ``python tests/bench/levels.py [SESSION] [--voices heart,gmw/en] [OPTIONS of player export]``. It exports
the session without a background to a WAV by the command line, takes the moments of speech from ``player show --json``,
cuts them out of the export, and lets ffmpeg's EBU R128 meter read: of all sentences one after the other their
integrated loudness, of all speech likewise, of each counted word the highest momentary loudness with silence around it,
as it has on its second, and of the file its true peak.

Words with a full stop, such as those that muscles are let go by, are sentences, and keep the balance of their voice.
ffmpeg's meter moves in steps of 100 ms. Each word is read at four places of a step, and the highest counts.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import soundfile

VOICES: Final = "heart,gmw/en"
TARGET_LUFS: Final = -18.0
EVEN_LU: Final = 0.5
SHIFTS_MS: Final = (0, 25, 50, 75)


def player(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", "player", *arguments], check=True, capture_output=True, text=True)
    return done.stdout


def meter(samples: np.ndarray, rate: int) -> tuple[list[float], float, float]:
    """The momentary loudness every 100 ms, the integrated one, and the true peak."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "part.wav"
        soundfile.write(path, samples, rate, "PCM_16")
        command = ["ffmpeg", "-nostats", "-i", str(path), "-af", "ebur128=peak=true", "-f", "null", "-"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    course, _, summary = said.rpartition("Summary:")
    found = {name: float(value) for name, value in re.findall(r"\b(I|Peak):\s+(\S+)", summary)}
    return [float(value) for value in re.findall(r" M:\s*(-?[\d.]+)", course)], found["I"], found["Peak"]


def momentary(word: np.ndarray, rate: int) -> float:
    """The highest momentary loudness of a word, silence before and behind it."""
    silence = np.zeros((rate, 2), word.dtype)
    shifted = [np.concatenate((silence[: rate * shift // 1000], word, silence)) for shift in SHIFTS_MS]
    return max(meter(np.concatenate((silence, *shifted)), rate)[0])


def of_kind(cues: list[dict[str, Any]], *kinds: str) -> list[dict[str, Any]]:
    return [cue for cue in cues if cue["kind"] in kinds]


def cut(samples: np.ndarray, cues: list[dict[str, Any]], rate: int) -> np.ndarray:
    """The stem of cues: their sound, one after the other."""
    return np.concatenate([samples[cue["start_ms"] * rate // 1000 : cue["end_ms"] * rate // 1000] for cue in cues])


def words(samples: np.ndarray, cues: list[dict[str, Any]], rate: int) -> dict[str, float]:
    """The loudness of each counted word, where it is heard last."""
    counted = {cue["text"]: cue for cue in of_kind(cues, "word", "count") if cue["text"][-1].isalnum()}
    return {text: momentary(cut(samples, [cue], rate), rate) for text, cue in counted.items()}


def measure(session: str, voice: str, options: list[str]) -> bool:
    """Print the table of one voice; whether it is even and at its target."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "session.wav"
        player("export", session, "--voice", voice, "--background", "none", "-o", str(target), *options)
        samples, rate = soundfile.read(target, dtype="int16", always_2d=True)
        cues = json.loads(player("show", session, "--voice", voice, "--json", *options))["cues"]
    sentences, whole = (
        meter(cut(samples, of_kind(cues, *kinds), rate), rate)[1] for kinds in (["speech"], ["speech", "word", "count"])
    )
    loudness = words(samples, cues, rate)
    spread = max(loudness.values()) - min(loudness.values()) if loudness else 0.0
    print(f"{session}, {voice}: sentences {sentences:.1f}, all speech {whole:.1f} LUFS; ", end="")
    print(f"true peak {meter(samples, rate)[2]:.1f} dBTP; counts {spread:.1f} LU apart (at most {EVEN_LU})")
    for text, lufs in loudness.items():
        print(f"  {text:<20} {lufs:6.1f}")
    return abs(sentences - TARGET_LUFS) <= EVEN_LU and spread <= EVEN_LU


def main() -> int:
    arguments = sys.argv[1:]
    voices = VOICES
    if "--voices" in arguments:
        at = arguments.index("--voices")
        voices = arguments[at + 1]
        del arguments[at : at + 2]
    session, *options = arguments or ["box-breathing"]
    return int(not all([measure(session, voice, options) for voice in voices.split(",")]))  # noqa: C419 (all are shown)


if __name__ == "__main__":
    sys.exit(main())
