"""The keys of the settings: what each means, what it may be, and which option has it from there.

The rule: what a key may be is what its option takes (tests/settings/test_keys.py). Whether a voice, a sound, a country
or a folder is there is checked when a value is set, and again when it is used. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from player.script.yaml.scalar_types import (
    ChoiceType,
    OutOfRangeError,
    PatternType,
    ScalarType,
    Schema,
    TextType,
    WholeType,
    shown,
)
from player.script.yaml.suggestions import did_you_mean

Value = str | int | float
"""As TOML has it."""

LOWEST_DB: Final = -60.0
_DECIBELS: Final = re.compile(r"([+-]?[0-9]{1,4}(?:\.[0-9]{1,3})?)\s*(?:dB)?", re.IGNORECASE)
HELPS: Final = ("count", "words", "tones", "silent")
"""How a breath is guided, the most help first."""
_STAGE: Final = rf"({'|'.join(HELPS)})( +[1-9][0-9]{{0,3}})?"
_STAGES: Final = re.compile(rf"{_STAGE}( *, *{_STAGE})*")


@dataclass(frozen=True)
class DecibelType:
    """A level relative to the voice; the value is a ``float``, -60 to 0 dB. The unit may be left out."""

    about: str = "a level of -60 to 0 dB, such as -26"

    def parse(self, text: str) -> float:
        """Decibels."""
        match = _DECIBELS.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"must be {self.about}, not {shown(text)}")
        level_db = float(match[1])
        if not LOWEST_DB <= level_db <= 0:
            raise OutOfRangeError(f"must be -60 to 0 dB, not {level_db:g} dB")
        return level_db

    def schema(self) -> Schema:
        """A number in the range."""
        return {"type": "number", "minimum": LOWEST_DB, "maximum": 0}


@dataclass(frozen=True)
class SettingKey:
    """A key of the settings.

    Attributes
    ----------
    name
        The key, which is also the option's name.
    kind
        What it may be.
    about
        What it is for, in a few words.
    otherwise
        What holds where it is not set.
    for_session
        Whether a single session may have a value of its own.
    """

    name: str
    kind: ScalarType
    about: str
    otherwise: str = "the script's"
    for_session: bool = True


_TEXT: Final = TextType(longest=200, one_line=True)
_PATH: Final = TextType(longest=4000, one_line=True)
FORMATS: Final = ("mp3", "wav", "flac", "ogg", "opus", "m4a", "m4b", "html")
"""Of exported files, as ``export --format`` has them."""

KEYS: Final = (
    SettingKey("voice", _TEXT, "who speaks the sessions of its language (player voices)"),
    SettingKey("rate", WholeType(60, 300, "words a minute"), "words a minute, 60 to 300"),
    SettingKey("background", _PATH, "the background: a name, a file, or none"),
    SettingKey("bed", DecibelType(), "level of the background, relative to the voice, in dB"),
    SettingKey("tones", DecibelType(), "level of tones and bells, relative to the voice, in dB"),
    SettingKey(
        "guide",
        PatternType(_STAGES, "one or more of count, words, tones and silent with commas between, such as words,tones"),
        "how breaths are guided, such as words,tones",
    ),
    SettingKey("intro", ChoiceType(("full", "short")), "introductions: full or short", "full, then short"),
    SettingKey("region", _TEXT, "your country, such as IE, for numbers to call", "this machine's", for_session=False),
    SettingKey("language", _TEXT, "your language, such as de", "this machine's", for_session=False),
    SettingKey("output", _PATH, "the folder for exported files", "this folder", for_session=False),
    SettingKey("format", ChoiceType(FORMATS), "the format of exported files", "mp3", for_session=False),
    SettingKey("author", _TEXT, "who made exported files, for their tags", for_session=False),
)
"""In the order in which they are listed."""

BY_NAME: Final = {key.name: key for key in KEYS}


def named(name: str, *, in_session: bool = False) -> SettingKey:
    """The key of this name; with ``in_session``, one that a single session may have.

    Raises
    ------
    ValueError
        With a whole sentence, if there is none.
    """
    known = [key.name for key in KEYS if key.for_session or not in_session]
    if name in known:
        return BY_NAME[name]
    if name in BY_NAME:
        raise ValueError(f"{name} is for all sessions; one session may have {', '.join(known)}")
    raise ValueError(
        f"there is no setting {shown(name)}; {did_you_mean(name, known) or 'there are ' + ', '.join(known)}"
    )


def as_text(value: Value) -> str:
    """A value as it is typed behind an option."""
    return value if isinstance(value, str) else f"{value:g}"
