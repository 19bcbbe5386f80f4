"""When are the counted words of an exported session heard, against the second they belong to?

Run by hand: ``python tests/bench/counts.py [SESSION] [OPTIONS of player export]``. It exports the session without a
background to a WAV by the command line, takes the promised moments from ``player show --json``, and estimates the beats
on the exported sound alone. Nothing of the placing code is used: the whole file is filtered at once, in the frequency
domain, and each beat is looked for around its second without knowing where a clip begins or ends.

Method: S. Scott's P-centre band (288 to 909 Hz), rectified, low-pass 25 Hz; the beat is the half-rise of the first main
peak of a word. People hear 25 ms at a spacing of one second.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

TARGET_MS, LIMIT_MS = 10, 25


def envelope(samples: np.ndarray, rate: int) -> np.ndarray:
    """The speech band's envelope at 1 kHz, by zero-phase Butterworth responses on the whole file."""
    size = 1 << (len(samples) - 1).bit_length()
    frequency = np.fft.rfftfreq(size, 1 / rate)
    high, low = (frequency / 288) ** 8, (frequency / 909) ** 8
    band = np.fft.irfft(np.fft.rfft(samples, size) * (high / (1 + high)) / (1 + low))
    smooth = np.fft.irfft(np.fft.rfft(np.abs(band)) / (1 + (frequency / 25) ** 4))
    return smooth[: len(samples)][:: rate // 1000]


def beat_ms(heard: np.ndarray, second_ms: int) -> float:
    """The moment of the word around a second: the half-rise of its first main peak, in ms."""
    first = max(0, second_ms - 400)
    near = heard[first : second_ms + 550]
    loud = max(heard[max(0, second_ms - 50) : second_ms + 250])
    inside = range(max(1, second_ms - first - 50), len(near) - 1)
    peak = next(i for i in inside if near[i] >= near[i - 1] and near[i] > near[i + 1] and near[i] > 0.5 * loud)
    foot = peak
    while foot > 0 and near[foot - 1] < near[foot] + 1e-9 and peak - foot < 250:
        foot -= 1
    half = (near[peak] + near[foot]) / 2
    above = next(i for i in range(peak, foot - 1, -1) if near[i] <= half)
    return first + above + float((half - near[above]) / (near[above + 1] - near[above]))


def player(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", "player", *arguments], check=True, capture_output=True, text=True)
    return done.stdout


def measure(session: str, options: list[str]) -> list[tuple[dict[str, Any], float]]:
    """Each counted cue and its error in ms."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "session.wav"
        player("export", session, "--background", "none", "-o", str(target), *options)
        samples, rate = soundfile.read(target)
        cues = json.loads(player("show", session, "--json", *options))["cues"]
    heard = envelope(samples.mean(axis=1), rate)
    counted = [cue for cue in cues if cue["kind"] in {"word", "count"}]
    return [(cue, beat_ms(heard, cue["beat_ms"]) - cue["beat_ms"]) for cue in counted]


def main() -> int:
    session, *options = sys.argv[1:] or ["box-breathing"]
    rows = measure(session, options)
    errors = np.array([error for _, error in rows])
    seconds = np.array([cue["beat_ms"] / 1000 for cue, _ in rows])
    print(f"{'word':<14} {'times':>5} {'mean ms':>8} {'worst ms':>8}")
    for text in dict.fromkeys(cue["text"] for cue, _ in rows):
        own = np.array([error for cue, error in rows if cue["text"] == text])
        print(f"{text:<14} {len(own):5} {own.mean():+8.1f} {own[np.abs(own).argmax()]:+8.1f}")
    words = [cue["text"] for cue, _ in rows]
    around = errors - [
        errors[[word == other for other in words]].mean() for word in words
    ]  # each word has its own bias
    worst, drift = float(np.abs(errors).max()), float(np.polyfit(seconds, around, 1)[0] * 60)
    print(f"worst of {len(rows)}: {worst:.1f} ms (target {TARGET_MS}, limit {LIMIT_MS}); drift {drift:+.3f} ms/min")
    return int(worst > LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main())
