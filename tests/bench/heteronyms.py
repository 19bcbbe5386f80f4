"""Which words do the voices read as another word? The table of docs/decisions/words-that-are-read-in-two-ways.md.

Run by hand: ``python tests/bench/heteronyms.py``, some seconds. Needs ``pip install hibari-tts espeakng-loader``.

Each word stands in sentences of both its readings. A sentence is read rightly if its phonemes are those of the same
sentence with the word respelt as it should be heard; stress does not count. So this also measures the respellings,
which ``check`` offers. Compared are ``heart`` and espeak-ng's ``gmw/en`` and ``gmw/en-us``; Piper has espeak-ng's
phonemes.
"""

from __future__ import annotations

import ctypes
import importlib
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2]))

Phonemes = Callable[[str], str]

READINGS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "bass": {"base": ("A low bass.", "Hear the bass."), "bass": ("Catch a bass.",)},
    "bow": {
        "boe": ("Tie a bow.", "Bent like a bow."),
        "bough": ("Bow your head a little.", "Let your head bow.", "Bow forward."),
    },
    "close": {
        "cloze": (
            "Close your eyes.",
            "Let your eyes close.",
            "You may close your eyes.",
            "If you would rather, close them.",
            "Then close the book.",
        ),
        "cloce": ("Come close to the wall.", "Keep your feet close together.", "Stay close to the breath."),
    },
    "desert": {"dezert": ("See a desert at night.", "The desert is warm.")},
    "does": {"duz": ("It does no harm.", "How does it feel?")},
    "house": {"howce": ("Think of a house.", "The house is quiet."), "howz": ("Some rooms house books.",)},
    "lead": {
        "leed": ("Let your breath lead.", "Lead with your chin.", "Take the lead."),
        "led": ("Your arms are heavy as lead.", "Like a lead weight."),
    },
    "leads": {"leeds": ("It leads into sleep.", "The path leads down.")},
    "live": {
        "liv": ("Think of where you live.", "Some people live with pain.", "You live here."),
        "lyve": ("A live concert.", "Hear it live."),
    },
    "lives": {
        "livz": ("Notice where the worry lives.", "Someone who lives near you.", "The place where tension lives."),
        "lyves": ("Our lives are busy.", "They go on with their lives."),
    },
    "minute": {
        "minnit": ("Rest for a minute.", "About a minute of quiet.", "One more minute."),
        "mynewt": ("A minute movement is enough.", "Make it minute."),
    },
    "mouth": {"mouth": ("Breathe out through your mouth.",), "mouthe": ("Mouth the words.",)},
    "read": {
        "reed": (
            "You can read it later.",
            "Read the line once more.",
            "Now read what you wrote.",
            "Read on every day.",
        ),
        "red": (
            "When you have read it, breathe out.",
            "It may be a place you read of.",
            "Something that you read last year.",
            "What you have just read is yours.",
        ),
    },
    "row": {"roe": ("A row of trees.", "Row the boat.", "Three in a row."), "rau": ("They had a row.",)},
    "sow": {"so": ("Then sow a seed.", "You may sow what you like."), "sau": ("A sow and her young.",)},
    "tear": {
        "teer": ("A tear may come.", "Let a tear fall.", "Wipe a tear."),
        "tare": ("Tear out the page.", "You may tear it up."),
    },
    "tears": {"teers": ("Tears may come.", "If there are tears, let them come."), "tares": ("It tears easily.",)},
    "unwind": {"unwined": ("Time to unwind.", "Unwind a little.", "Let the back unwind.")},
    "use": {
        "yuze": ("Use half your strength.", "You may use it today.", "Use a cushion."),
        "yuce": ("Make use of it.", "The use of heat.", "It is of no use."),
    },
    "used": {"yuzed": ("You used your hands.", "The words you used."), "yuced": ("You are used to it.",)},
    "wind": {
        "winned": ("Hear the wind in the trees.", "The wind is soft.", "A light wind blows."),
        "wined": ("Wind down for sleep.", "Let the day wind down.", "We will wind down.", "Paths wind through trees."),
    },
    "winding": {"wineding": ("A winding path.", "Before winding down.")},
    "winds": {
        "winned's": ("Soft winds blow.", "Hear the winds.", "Warm winds from the south."),
        "wineds": ("The path winds down to the sea.", "The day winds down."),
    },
    "wound": {
        "woond": ("A fresh wound.", "No massage near a wound."),
        "wownd": ("All wound up.", "When you feel wound up.", "The day has wound down."),
    },
}
"""Word to the respelling of each reading, with sentences in which that is the right one."""

_NOT_SOUNDS: Final = re.compile(r"[ˈˌ\s.,?'’]")
_WEAK: Final = re.compile("[ɪᵻə]")
"""Vowels of syllables without stress, which vary without making another word."""


def hibari() -> Phonemes:
    """The phonemes of ``heart``."""
    model = importlib.import_module("hibari").Hibari(threads=1)
    return lambda text: " ".join(model.phonemize(text))


def espeak(voice: str) -> Phonemes:
    """The phonemes of a voice of espeak-ng."""
    loader = importlib.import_module("espeakng_loader")
    library = ctypes.CDLL(loader.get_library_path())
    no_sound, in_utf8, in_ipa = 2, 1, 2
    library.espeak_Initialize(no_sound, 0, loader.get_data_path().encode(), 0)
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p

    def phonemes(text: str) -> str:
        library.espeak_SetVoiceByName(voice.encode())
        rest, clauses = ctypes.c_char_p(text.encode()), []
        while rest.value:
            clauses.append(library.espeak_TextToPhonemes(ctypes.byref(rest), in_utf8, in_ipa).decode())
        return " ".join(clauses)

    return phonemes


def wrong(word: str, right: str, sentence: str, phonemes: Phonemes) -> bool:
    """Whether the word is not read as its respelling is."""
    respelt = re.sub(rf"\b{word}\b", right, sentence, flags=re.IGNORECASE)
    read, meant = (_WEAK.sub("ə", _NOT_SOUNDS.sub("", phonemes(text))) for text in (sentence, respelt))
    return read != meant


def main() -> None:
    """Print the table."""
    voices = {"heart": hibari(), "gmw/en": espeak("gmw/en"), "gmw/en-us": espeak("gmw/en-us")}
    print("| word | to be heard as | sentences |", " | ".join(f"wrong by {name}" for name in voices), "|")
    print("|---" * (3 + len(voices)) + "|")
    for word, readings in READINGS.items():
        for right, sentences in readings.items():
            cells = (
                "; ".join(each for each in sentences if wrong(word, right, each, phonemes)) or "–"
                for phonemes in voices.values()
            )
            print(f"| {word} | {right} | {len(sentences)} |", " | ".join(cells), "|")


if __name__ == "__main__":
    main()
