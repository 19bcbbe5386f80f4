"""The keys of the settings are checked as their options are."""

from __future__ import annotations

from typing import get_args, get_type_hints

import pytest

from player.export.options import EXPORT_FORMATS
from player.script.session import parse
from player.script.voice_settings import VoiceSettings
from player.script.yaml.scalar_types import ChoiceType
from player.settings import keys
from player.settings.keys import BY_NAME, KEYS, as_text, named
from player.techniques import TECHNIQUES
from player.techniques.guidance import stages
from player.units import LOWEST_LEVEL_DB


def test_what_may_be_set_is_what_scripts_and_options_take() -> None:
    rate, _ = get_args(get_type_hints(VoiceSettings, include_extras=True)["rate"])
    assert BY_NAME["rate"].kind in rate.__metadata__
    assert BY_NAME["format"].kind == ChoiceType(EXPORT_FORMATS)
    assert keys.LOWEST_DB == LOWEST_LEVEL_DB


@pytest.mark.parametrize("help_", keys.HELPS)
def test_breaths_are_guided_as_in_scripts(help_: str) -> None:
    script = f"title: T\nsteps:\n  - breathe: {{in: 4s, out: 4s, cycles: 2}}\n    guide: {help_}\n"
    assert parse(script, "t.yaml", TECHNIQUES).steps


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("rate", "120", 120),
        ("bed", "-26", -26.0),
        ("bed", "-26.5 dB", -26.5),
        ("tones", "0", 0.0),
        ("guide", "words,tones", "words,tones"),
        ("guide", "count 6, silent", "count 6, silent"),
        ("author", " Jane Doe ", "Jane Doe"),
    ],
)
def test_texts_become_values(name: str, text: str, value: object) -> None:
    assert BY_NAME[name].kind.parse(text) == value
    assert name != "guide" or stages(text)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("rate", "500", "must be 60 to 300 words a minute, not 500"),
        ("rate", "fast", "must be a whole number"),
        ("bed", "-61", "must be -60 to 0 dB, not -61 dB"),
        ("tones", "3", "must be -60 to 0 dB, not 3 dB"),
        ("tones", "soft", "must be a level of -60 to 0 dB, such as -26, not 'soft'"),
        ("guide", "words;tones", "must be one or more of count, words, tones and silent"),
        ("guide", "count 0", "must be one or more of"),
        ("intro", "none", "must be full or short, not 'none'"),
        ("format", "mp4", "must be mp3, wav"),
        ("author", "", "must not be empty"),
    ],
)
def test_what_may_not_be_is_told(name: str, text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        BY_NAME[name].kind.parse(text)


def test_an_unknown_key_has_a_near_name_and_one_for_all_sessions_is_none_for_one() -> None:
    with pytest.raises(ValueError, match="there is no setting 'voise'; did you mean 'voice'"):
        named("voise")
    with pytest.raises(ValueError, match="author is for all sessions; one session may have voice, rate, background"):
        named("author", in_session=True)
    assert named("bed", in_session=True) is BY_NAME["bed"]


def test_a_value_is_typed_as_people_type_it() -> None:
    assert [as_text(each) for each in (-26.0, -26.5, 105, "heart")] == ["-26", "-26.5", "105", "heart"]


def test_every_key_fits_a_line_of_the_table() -> None:
    assert max(len(key.about) for key in KEYS) <= 60
    assert keys.LOWEST_DB == -60
