"""How natural is a voice, and how well is it understood? A table of voices, or one voice over all bundled sessions.

Run by hand: ``python tests/bench/voices.py [VOICE[@RATE] ...] [--all] [--judges PYTHON]``. Without ``--all`` each
voice speaks twelve lines of our sessions and the sixteen guiding words, a minute on two free cores, and has a row of
the table. With ``--all`` it speaks every bundled session, an hour and a half of speech in an hour. Opinions are then of
lines: all that one step says, with the silences between its sentences, as who listens hears it. (The predictor thinks
little of any clip under 1.5 s, of every voice: 3.5 in the mean.) Words are compared sentence by sentence. Told are the
worst lines, and each sentence of which a word was heard wrongly: they are to be reworded or given a pronunciation. The
first run makes the judges' environment (``judges.py``).

Judges hear clips as the program trims them, at 16 kHz, between silences of 0.3 s. Opinions are predicted and words are
recognised by programs: nobody listened. ``word_errors.py`` tells how words are compared. Exit code 1 if the first voice
misses `MEAN_MOS`, `WORST_MOS` or `MOST_WRONG_PERCENT`, or a guiding word of the table is not understood.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import wave
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import platformdirs
import soxr

sys.path.insert(0, str(Path(__file__).parents[2]))

from player import pipeline
from player.script import library
from player.storage.store import Store
from player.techniques import TECHNIQUES, cue
from player.techniques.cue import Slot, Utterance
from player.techniques.planning import plan
from player.timeline.fit import settle
from player.timeline.layout import utterances
from player.voice.clips import speak_all
from player.voice.engine import Take
from player.voice.pyttsx3_engine import Pyttsx3Engine
from tests.bench.judges import GIVES, RATE, Verdict, judged
from tests.bench.measuring import machine
from tests.bench.word_errors import Wrong, words, wrong_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from player.voice.clips import Clip

    Speech = tuple[tuple[Utterance, int], ...]
    """Sentences, each with the silence before it in ms."""

VOICES: Final = ("heart", "gmw/en")
LINES: Final = (
    # welcome
    "You can stop, open your eyes, or skip any part, at any time.",
    "For seven minutes, or the time you have set, let the breath sink lower, towards the belly.",
    "This is a slow visit to your body, about a quarter of an hour long.",
    # muscle relaxation
    "When I say now, tense with half your strength or less, and keep breathing.",
    "Feel the arm grow heavy, from the shoulder to the fingertips.",
    "Let your forehead smooth out, and your teeth part.",
    "If your mind has wandered, that is what minds do.",
    # breathing
    "Each breath out will be a little longer than the breath in.",
    "Leave your hands where they are, and feel the breath move under them, at its own pace.",
    "If you feel light-headed or tingly, let it go back to normal.",
    # closing
    "Come back to the weight of your body, and rest on in quiet.",
    "Move your fingers and toes, and let your eyes open when you like.",
)
COUNTED: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
GUIDING: Final = (*COUNTED, "Breathe in", "Hold", "Breathe out", "Rest", "Let go", "Tense")
COUNTING: Final = 131
"""Words a minute of counted words in a session of 105; a natural voice says them at its own least, 150."""
SILENCE_S: Final = 0.3
MEAN_MOS, WORST_MOS, MOST_WRONG_PERCENT = 4.4, 4.0, 2.0
LENGTHS_S: Final = (0, 1, 2, 3, 4, 99)
"""The opinion is told for lines of like lengths too."""
TOLD: Final = 10
"""So many of the worst lines, at least, and all below `WORST_MOS`."""


@dataclass(frozen=True)
class Asked:
    """A voice of the table; ``rate`` is words a minute as they are heard, None as each utterance has it."""

    voice: str
    rate: float | None

    @classmethod
    def of(cls, argument: str) -> Asked:
        voice, _, rate = argument.partition("@")
        return cls(voice, float(rate) if rate else None)

    def changed(self, said: Utterance) -> Utterance:
        """The utterance in this voice, at this rate."""
        return replace(said, voice=self.voice, rate=round(self.rate or said.rate))

    def __str__(self) -> str:
        return self.voice if self.rate is None else f"{self.voice} at {self.rate:g}"


@dataclass(frozen=True)
class Line:
    """A text as it was spoken and judged."""

    text: str
    seconds: float
    verdict: Verdict

    @property
    def wrong(self) -> list[Wrong]:
        return wrong_words(self.text, self.verdict.heard)


# --- speaking


def spoken(asked: Asked, said: Sequence[Speech], folder: Path) -> list[Take]:
    """What each line sounds like; ``folder`` is for the store of the clips."""
    store = Store(folder)
    voiced = {each: asked.changed(each) for line in said for each, _ in line}
    clips = speak_all(voiced.values(), Pyttsx3Engine(store), store)
    return [joined([(clips[voiced[each]], gap_ms) for each, gap_ms in line]) for line in said]


def joined(line: Sequence[tuple[Clip, int]]) -> Take:
    """Clips behind each other, each after its gap and the silence that belongs to the one before it."""
    pieces: list[NDArray[np.int16]] = []
    rate, silence_ms = line[0][0].rate, 0
    for clip, gap_ms in line:
        pieces += [np.zeros((silence_ms + gap_ms) * rate // 1000, np.int16), clip.samples()]
        silence_ms = clip.after_ms
    return Take(rate, np.concatenate(pieces))


def alone(said: Iterable[Utterance]) -> list[Speech]:
    """Each utterance as a line of its own."""
    return [((each, 0),) for each in said]


def bundled_slots() -> list[Slot]:
    """Every slot of every bundled session."""
    sessions = (pipeline.as_requested(pipeline.SessionRequest(name)).session for name in library.session_names())
    parts = (part for session in sessions for part in settle(plan(session, TECHNIQUES).parts))
    return [part for part in parts if isinstance(part, Slot)]


def bundled_lines(slots: Iterable[Slot]) -> list[Speech]:
    """What each says that is no word on a beat, each once."""
    lines = (
        tuple(
            (heard.said, heard.gap_ms)
            for heard in slot.cues
            if isinstance(heard, cue.Speech) and isinstance(heard.said, Utterance) and heard.kind == "speech"
        )
        for slot in slots
    )
    return list(dict.fromkeys(line for line in lines if line))


# --- judging


def lines(asked: Asked, said: Sequence[Speech], judges: Iterable[str], home: Path, python: Path | None) -> list[Line]:
    """Each line spoken and judged; ``home`` is the judges' folder."""
    with tempfile.TemporaryDirectory() as folder:
        takes = spoken(asked, said, Path(folder) / "store")
        files = [_written(take, Path(folder) / f"{number}.wav") for number, take in enumerate(takes)]
        verdicts = judged(files, judges, home, python)
    return [
        Line(" ".join(each.text for each, _ in line), len(take.samples) / take.rate, verdict)
        for line, take, verdict in zip(said, takes, verdicts, strict=True)
    ]


def _written(take: Take, file: Path) -> Path:
    """The take as the judges hear it."""
    samples = soxr.resample(take.samples.astype(np.float32), take.rate, RATE, "VHQ")
    samples = np.pad(samples, round(SILENCE_S * RATE))
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(np.clip(np.rint(samples), -(2**15), 2**15 - 1).astype("<i2").tobytes())
    return file


def wrong_percent(told: Sequence[Line]) -> float:
    """Word error rate over all texts."""
    return 100 * sum(len(each.wrong) for each in told) / sum(len(words(each.text)) for each in told)


# --- telling


def row(asked: Asked, home: Path, python: Path | None) -> bool:
    """Print the voice's row of the table; whether it keeps every bound."""
    said = [*map(Utterance, LINES), *(Utterance(text, rate=COUNTING, manner="count") for text in GUIDING)]
    told = lines(asked, alone(said), GIVES, home, python)
    told, guiding = told[: len(LINES)], told[len(LINES) :]
    mos = [each.verdict.mos for each in told]
    dnsmos, p808 = (statistics.mean(getattr(each.verdict, name) for each in told) for name in GIVES["dnsmos"])
    wrong, lost = wrong_percent(told), [each for each in guiding if each.wrong]
    minutes = sum(each.seconds for each in told) / 60
    rate = sum(len(each.text.split()) for each in told) / minutes
    heard = ", ".join(f"{each.text} ({each.verdict.heard})" for each in lost)
    print(
        f"{asked!s:<24} {statistics.mean(mos):.2f} / {min(mos):.2f}   {dnsmos:.2f} / {p808:.2f}   {wrong:5.1f}"
        f"   {len(guiding) - len(lost):2} of {len(guiding)}   {rate:5.0f}   {heard}",
        flush=True,
    )
    return statistics.mean(mos) >= MEAN_MOS and min(mos) >= WORST_MOS and wrong < MOST_WRONG_PERCENT and not lost


def everything(asked: Asked, home: Path, python: Path | None) -> bool:
    """Print what the voice makes of all bundled sessions; whether it keeps every bound."""
    slots = bundled_slots()
    told = lines(asked, bundled_lines(slots), ("distillmos",), home, python)
    worst = sorted(told, key=lambda each: each.verdict.mos)
    mean = statistics.mean(each.verdict.mos for each in told)
    below = [each for each in told if each.verdict.mos < WORST_MOS]
    print(f"{asked}: {len(told)} lines, opinion {mean:.2f} in the mean, {len(below)} under {WORST_MOS}")
    for least, most in pairwise(LENGTHS_S):
        own = [each.verdict.mos for each in told if least <= each.seconds < most]
        few = sum(mos < WORST_MOS for mos in own)
        if own:
            print(f"  {least:g} to {most:g} s: {statistics.mean(own):.2f}, {few} of {len(own)} under {WORST_MOS}")
    for each in worst[: max(TOLD, len(below))]:
        print(f"  {each.verdict.mos:.2f}  {each.seconds:4.1f} s  {each.text}")
    sentences = {each.text: each for each in utterances(slots)}
    told = lines(asked, alone(sentences.values()), ("whisper",), home, python)
    lost = [each for each in told if each.wrong]
    print(f"{wrong_percent(told):.2f} % of words wrong, in {len(lost)} of {len(told)} sentences")
    for each in lost:
        pairs = ", ".join(f"{said or '-'} > {heard or '-'}" for said, heard in each.wrong)
        print(f"  {each.text}\n    {each.verdict.heard}  [{pairs}]")
    return mean >= MEAN_MOS and not below and wrong_percent(told) < MOST_WRONG_PERCENT


def main() -> int:
    wanted = argparse.ArgumentParser(description="Judge voices.")
    wanted.add_argument("voices", nargs="*", metavar="VOICE[@RATE]", default=VOICES, help=" and ".join(VOICES))
    wanted.add_argument("--all", action="store_true", help="every line of every bundled session")
    wanted.add_argument("--judges", type=Path, metavar="PYTHON", help="of an environment that has the judges already")
    given = wanted.parse_args()
    home = Path(platformdirs.user_cache_dir("player-bench", appauthor=False))
    home.mkdir(parents=True, exist_ok=True)
    print(machine())
    if not given.all:
        print(f"{'voice':<24} {'DistillMOS':<13} {'DNSMOS, P.808':<12} {'% wrong':<7} {'of words':>8} {'a minute':>8}")
    judge = everything if given.all else row
    kept = [judge(Asked.of(each), home, given.judges) for each in given.voices]
    return 0 if kept[0] else 1


if __name__ == "__main__":
    sys.exit(main())
