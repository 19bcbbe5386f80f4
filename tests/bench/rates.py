"""How many words a minute does a voice say, for each rate that its driver can be told? Prints the table for the code.

Run by hand: ``python -m tests.bench.rates [VOICE ...]``, for the voices named, or for heart, joe where it is there, and
espeak-ng's two English ones. Six sentences of relaxation are spoken, each by itself, trimmed as every clip is: words
a minute inside them; and the same as a session is heard, with 1.2 s and each clip's own silence between them, against
what was asked for.

The first table goes into ``player/voice/drivers/rates.py`` (told is a speed there, for ours). The second one shows
whether what is asked for is heard.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from player.storage.store import Store
from player.techniques.cue import Utterance
from player.voice.clips import speak_all
from player.voice.drivers.rates import HIBARI, PIPER
from player.voice.drivers.table import BY_NAME
from player.voice.pyttsx3_engine import Pyttsx3Engine
from player.voice.take import trimmed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SENTENCES: Final = (
    "Let your shoulders drop a little, and let your hands rest.",
    "Breathe in slowly through your nose.",
    "Now breathe out, as if you were cooling a cup of tea.",
    "Notice where your back touches the floor, and let it become heavy.",
    "If a thought comes, let it pass, and come back to your breath.",
    "Gently tense the muscles of your right hand, and hold.",
)
WORDS: Final = sum(len(sentence.split()) for sentence in SENTENCES)
GAP_S: Final = 1.2
VOICES: Final = ("heart", "piper:en_US-joe-medium", "gmw/en", "gmw/en-us")
ASKED: Final = (60, 75, 90, 105, 120, 135, 150, 180, 220, 260, 300)
TOLD_TO_ESPEAK: Final = (80, 84, 90, 100, 110, 120, 130, 140, 160, 180, 200, 220, 240, 260, 300, 350, 400, 450)
SPEEDS: Final = {"hibari": HIBARI, "piper": PIPER}


def told(engine: Pyttsx3Engine, voice: str) -> Iterator[tuple[float, float]]:
    """Each rate that the driver may be told (of ours, the speed behind it), and words a minute inside sentences."""
    request = engine.request(Utterance("one", voice=voice))
    speeds = SPEEDS.get(request.driver)
    rates: Sequence[float] = [words for _, words in speeds] if speeds else TOLD_TO_ESPEAK
    for place, rate in enumerate(rates):
        takes = [engine.speak(replace(request, text=text, rate=rate)) for text in SENTENCES]
        spoken_s = sum(len(trimmed(take)) / take.rate for take in takes)
        yield (speeds[place][0] if speeds else rate), 60 * WORDS / spoken_s


def heard(engine: Pyttsx3Engine, store: Store, voice: str) -> Iterator[tuple[int, float, float]]:
    """Words a minute that are asked for, that are heard over the sentences, and that are heard inside them."""
    for rate in ASKED:
        clips = speak_all([Utterance(text, voice=voice, rate=rate) for text in SENTENCES], engine, store).values()
        spoken_s = sum(clip.frames / clip.rate for clip in clips)
        silent_s = GAP_S * (len(clips) - 1) + sum(clip.after_ms for clip in list(clips)[:-1]) / 1000
        yield rate, 60 * WORDS / (spoken_s + silent_s), 60 * WORDS / spoken_s


def main() -> None:
    """Print both tables of each voice."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        engine = Pyttsx3Engine(store)
        known = {voice.id: voice for voice in engine.voices()}
        for name in [name for name in sys.argv[1:] or VOICES if name in known]:
            driver = BY_NAME[known[name].driver]
            print(f"\n{name} ({driver.name}): told, words a minute inside sentences")
            for rate, within in told(engine, name):
                print(f"    ({rate:g}, {within:.1f}),")
            print("asked  heard  inside sentences")
            for asked, over, within in heard(engine, store, name):
                print(f"{asked:5}  {over:5.1f}  {within:6.1f}")
        engine.stop()


if __name__ == "__main__":
    main()
