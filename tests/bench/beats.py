"""Does the beat of a clip hold for natural voices? Compares it with other estimates, and tells how firmly it stands.

Run by hand: ``python -m tests.bench.beats [DRIVER ...]`` (see ``phonemes`` for what must be installed). The words one
to twenty and the guiding words are spoken as the program sends them, at several speeds. Printed are, for each voice:

- each estimate against the program's, in ms, word by word, at the speed at which counts are spoken;
- how far any two estimates are apart over one to ten, as a root of mean squares;
- at each speed, how far the program's estimate moves when its numbers are changed a little: a beat that jumps then is
  not a beat. Also how long a clip sounds before its beat, for which the program leaves 160 ms.

Estimates are compared after taking off their mean over one to ten: people hear whether counts are even, and not whether
all of them are early. Nobody listened: these are models of what listeners told in experiments.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import numpy as np
import soxr
from scipy.signal import butter, sosfiltfilt

from player.voice.beat import BAND_HZ, MAIN_DIP, MAIN_PEAK, SMOOTHING_HZ, beat_ms
from tests.bench import counts
from tests.bench.phonemes import GUIDING, NUMBERS, as_sent, models

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from tests.bench.phonemes import Model, Signal, Synthesis

WORDS: Final = (*NUMBERS, *GUIDING)
TEN: Final = slice(0, 10)
GROUPS: Final = (("1 to 10", TEN), ("11 to 20", slice(10, 20)), ("guiding", slice(20, None)))
FAR_MS: Final = 10
SEEDS: Final = range(4)

_PADDING_S: Final = 0.25
_VOICELESS: Final = (
    "two",
    "four",
    "five",
    "six",
    "seven",
    "ten",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "Tense",
)
"""Words whose first vowel begins where the voice begins, so that it can be seen in the sound."""
_VOICE_HZ: Final = (80, 300)


def program(said: Synthesis) -> float:
    """The estimate of the program."""
    return beat_ms(said.int16(), said.rate)


def half_rise(
    said: Synthesis,
    low: float = BAND_HZ[0],
    high: float = BAND_HZ[1],
    smoothing: float = SMOOTHING_HZ,
    share: float = 0.5,
) -> float:
    """The program's method with other numbers, by other filters: where the first main peak's rise has come so far."""
    envelope = _envelope(said, (low, high), smoothing)
    return _ms(_crossing(envelope, share), said)


def cummins_port(said: Synthesis) -> float:
    """Cummins & Port 1998: 700 to 1300 Hz, low-pass 10 Hz, midway between 10 and 90 % of the rise."""
    envelope = _envelope(said, (700, 1300), 10, order=1)
    return _ms((_crossing(envelope, 0.1) + _crossing(envelope, 0.9)) / 2, said)


def broad(said: Synthesis) -> float:
    """The program's method on 200 to 2500 Hz."""
    return half_rise(said, 200, 2500)


def as_counts_finds_it(said: Synthesis) -> float:
    """As the bench ``counts`` finds it in an exported session, near the moment that the program promises."""
    session_hz, around_ms = 48_000, 1000
    samples = soxr.resample(np.pad(said.samples, said.rate * around_ms // 1000), said.rate, session_hz)
    heard = counts.envelope(samples, session_hz)
    return counts.beat_ms(heard, round(program(said)) + around_ms) - around_ms


def fastest_rise(said: Synthesis) -> float:
    """Rathcke et al. 2024 (JASA 155, 2698): the fastest change of energy, all of speech, low-pass 10 Hz."""
    envelope = _envelope(said, (80, 7000), 10)
    start, peak = round(_crossing(envelope, 0.05)), _first_main_peak(envelope)
    return _ms(start + int(np.diff(envelope[start : peak + 1]).argmax()), said)


def onset(said: Synthesis) -> float:
    """Where the energy comes within 30 dB of its greatest."""
    energy = _low_pass(_padded(said) ** 2, said.rate, 50)
    return _ms(int(np.flatnonzero(energy > energy.max() / 1000)[0]), said)


def voice_onset(said: Synthesis) -> float:
    """Where the voice begins: a tenth of its greatest strength between 80 and 300 Hz."""
    return _ms(_crossing(_envelope(said, _VOICE_HZ, SMOOTHING_HZ), 0.1), said)


def marcus(said: Synthesis, vowel_ms: float) -> float:
    """Marcus 1981, fitted to spoken English digits: 0.65 of what is before the vowel, and 0.25 of the rest."""
    audible = np.flatnonzero(np.abs(said.samples) >= np.abs(said.samples).max() * 10 ** (-45 / 20))
    first, last = (float(audible[end]) * 1000 / said.rate for end in (0, -1))
    return first + 0.65 * max(vowel_ms - first, 0) + 0.25 * (last - vowel_ms)


ESTIMATES: Final[dict[str, Callable[[Synthesis], float]]] = {
    "program": program,
    "counts": as_counts_finds_it,
    "cummins": cummins_port,
    "broad": broad,
    "fastest": fastest_rise,
    "onset": onset,
}
NAMES: Final = (*ESTIMATES, "vowel", "marcus")
CHANGES: Final = (
    {"low": BAND_HZ[0] * 0.9},
    {"low": BAND_HZ[0] * 1.1},
    {"high": BAND_HZ[1] * 0.9},
    {"high": BAND_HZ[1] * 1.1},
    {"smoothing": 20},
    {"smoothing": 30},
    {"share": 0.45},
    {"share": 0.55},
)


def estimates(model: Model, speed: float) -> NDArray[np.float64]:
    """Shape (words, estimates): ms from the first sample."""
    said = [model.say(as_sent(model, word), speed) for word in WORDS]
    late = [voice_onset(each) - each.stressed_ms for word, each in zip(WORDS, said, strict=True) if word in _VOICELESS]
    vowels = [each.stressed_ms + float(np.median(late)) for each in said]
    rows = [
        [*(estimate(each) for estimate in ESTIMATES.values()), vowel, marcus(each, vowel)]
        for each, vowel in zip(said, vowels, strict=True)
    ]
    return np.asarray(rows)


def print_words(found: NDArray[np.float64]) -> None:
    """Each word: the program's estimate, and the others against it."""
    print(f"{'':<12}" + "".join(f"{name:>9}" for name in NAMES))
    apart = found - found[:, :1]
    apart -= apart[TEN].mean(axis=0)
    for word, own, others in zip(WORDS, found[:, 0], apart[:, 1:], strict=True):
        print(f"{word:<12}{own:9.0f}" + "".join(f"{other:+9.0f}" for other in others))
    for title, words in GROUPS:
        for label, of in (("mean", np.mean), ("sd", np.std), ("worst", _worst)):
            print(f"{title + ', ' + label:<21}" + "".join(f"{of(each):+9.0f}" for each in apart[words, 1:].T))


def print_distances(found: NDArray[np.float64]) -> None:
    """How far any two estimates are apart over one to ten."""
    even = found[TEN] - found[TEN].mean(axis=0)
    print(f"{'':<12}" + "".join(f"{name:>9}" for name in NAMES))
    for name, own in zip(NAMES, even.T, strict=True):
        print(f"{name:<12}" + "".join(f"{np.sqrt(np.mean((own - other) ** 2)):9.0f}" for other in even.T))


def print_firmness(model: Model) -> None:
    """At each speed: how far the program's beats move under small changes, and how much sounds before them."""
    titles = (*(title for title, _ in GROUPS), "seeds", "before", "length")
    print(f"{'speed':<8}" + "".join(f"{title:>9}" for title in titles) + f"   over {FAR_MS} ms")
    for speed in model.speeds:
        said = [model.say(as_sent(model, word), speed) for word in WORDS]
        moved = np.asarray([_moved(each) for each in said])
        noise = max(_spread(model, word, speed) for word in WORDS)
        before = max(beat_ms(each.trimmed(), each.rate) for each in said)
        length = np.mean([len(each.trimmed()) * 1000 / each.rate for each in said[TEN]])
        figures = (*(_worst(moved[words]) for _, words in GROUPS), noise, before, length)
        far = [f"{word} {by:+.0f}" for word, by in zip(WORDS, moved, strict=True) if abs(by) > FAR_MS]
        print(f"{speed:<8g}" + "".join(f"{figure:9.0f}" for figure in figures) + "   " + ", ".join(far))


def _moved(said: Synthesis) -> float:
    """The farthest that the beat moves under one of the changes, in ms."""
    own = half_rise(said)
    return _worst(np.asarray([half_rise(said, **change) - own for change in CHANGES]))


def _spread(model: Model, word: str, speed: float) -> float:
    """The most that seeds change a beat, in ms."""
    return float(np.ptp([program(model.say(as_sent(model, word), speed, seed)) for seed in SEEDS]))


def _worst(values: NDArray[np.float64]) -> float:
    return float(values[np.abs(values).argmax()])


def _envelope(said: Synthesis, band: tuple[float, float], smoothing: float, order: int = 2) -> Signal:
    sections = butter(order, band, "bandpass", fs=said.rate, output="sos")
    return _low_pass(np.abs(sosfiltfilt(sections, _padded(said))), said.rate, smoothing)


def _padded(said: Synthesis) -> Signal:
    return np.pad(said.samples, round(_PADDING_S * said.rate))


def _low_pass(signal: Signal, rate: int, hertz: float) -> Signal:
    return np.asarray(sosfiltfilt(butter(2, hertz, fs=rate, output="sos"), signal), np.float64)


def _first_main_peak(envelope: Signal) -> int:
    """As in the program: of at least a quarter of the greatest, and over with a fall by a fifth of it."""
    greatest, highest = envelope.max(), np.maximum.accumulate(envelope)
    over = (highest >= MAIN_PEAK * greatest) & (envelope <= highest - MAIN_DIP * greatest)
    return int(envelope[: over.argmax() or None].argmax())


def _crossing(envelope: Signal, share: float) -> int:
    """Where the envelope last comes up to a share of the first main peak before it."""
    peak = _first_main_peak(envelope)
    below = np.flatnonzero(envelope[:peak] < share * envelope[peak])
    return int(below[-1]) + 1 if len(below) else 0


def _ms(frame: float, said: Synthesis) -> float:
    return frame * 1000 / said.rate - _PADDING_S * 1000


def main() -> None:
    """Print the tables of each voice."""
    for model in models():
        if model.driver not in (sys.argv[1:] or model.driver):
            continue
        found = estimates(model, model.counts_at)
        print(f"\n{model.driver} at {model.counts_at:g}: ms to the program's beat, and from it to the other estimates'")
        print_words(found)
        print("\nhow far two estimates are apart over one to ten, ms (root of mean squares)")
        print_distances(found)
        print("\nmost that a beat moves under small changes and by seeds, most that sounds before it, mean length: ms")
        print_firmness(model)


if __name__ == "__main__":
    main()
