"""The choice of a voice by its name or by a language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from player.voice import choice
from player.voice.engine import UnknownVoiceError, Voice

if TYPE_CHECKING:
    from collections.abc import Sequence

VOICES = (
    Voice("sit/cmn", "Chinese (Mandarin)", "cmn"),
    Voice("gmw/de", "German", "de"),
    Voice("gmw/en-029", "English (Caribbean)", "en-029"),
    Voice("gmw/en", "English (Great Britain)", "en-gb"),
    Voice("gmw/en-gb-scotland", "English (Scotland)", "en-gb-scotland"),
    Voice("gmw/en-us", "English (America)", "en-us"),
    Voice("roa/fr-be", "French (Belgium)", "fr-be"),
    Voice("roa/fr", "French (France)", "fr-fr"),
    Voice("gmq/nb", "Norwegian Bokmål", "nb"),
)
MAC = (
    Voice("com.apple.voice.compact.en-GB.Daniel", "Daniel", "en-gb", "male"),
    Voice("com.apple.speech.synthesis.voice.Albert", "Albert", "en-us", "male"),
    Voice("com.apple.voice.compact.en-US.Samantha", "Samantha", "en-us", "female"),
)
WINDOWS = (
    Voice(r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Speech\Voices\Tokens\TTS_MS_EN-GB_HAZEL_11.0", "Hazel", "en-gb"),
)


VARIANTS = ("f2", "m3", "Mr serious")


def by_name(name: str, voices: Sequence[Voice] = VOICES) -> str:
    found = choice.named(name, voices)
    if found is None:
        raise choice.unknown(name, voices)
    return found.id


def by_language(tag: str, voices: Sequence[Voice] = VOICES, default: str = "") -> str:
    found = choice.of_language(tag, voices, default) or choice.of_near_language(tag, voices, default)
    if found is None:
        raise choice.no_language(tag, voices)
    return found.id


@pytest.mark.parametrize(
    ("language", "voice"),
    [
        ("en-GB", "gmw/en"),
        ("en-US", "gmw/en-us"),
        ("en", "gmw/en"),
        ("en-AU", "gmw/en"),
        ("en_us", "gmw/en-us"),
        ("en-GB-scotland", "gmw/en-gb-scotland"),
        ("de", "gmw/de"),
        ("de-AT", "gmw/de"),
        ("fr", "roa/fr"),
        ("fr-CA", "roa/fr"),
        ("fr-BE", "roa/fr-be"),
        ("zh-CN", "sit/cmn"),
        ("no", "gmq/nb"),
        ("zh", "sit/cmn"),
    ],
)
def test_a_language_has_its_voice(language: str, voice: str) -> None:
    assert by_language(language) == voice


@pytest.mark.parametrize(
    "name", ["gmw/en-us", "GMW/EN-US", "English (America)", "english (america)", "en-us", " en-us "]
)
def test_a_voice_is_found_by_identifier_name_or_tail(name: str) -> None:
    assert by_name(name) == "gmw/en-us"


@pytest.mark.parametrize(("name", "variant"), [("f2", "f2"), ("M3", "m3"), ("mr serious", "Mr serious")])
def test_a_variant_is_found_in_any_case(name: str, variant: str) -> None:
    assert choice.variant(name, VARIANTS) == variant


def test_an_unknown_voice_is_refused_with_near_names() -> None:
    with pytest.raises(UnknownVoiceError) as caught:
        by_name("gmw/en-uk")
    assert str(caught.value).startswith("there is no voice 'gmw/en-uk'; did you mean gmw/en")
    assert str(caught.value).endswith("?; `player voices` lists all 9")


def test_near_names_are_also_found_by_the_full_name() -> None:
    with pytest.raises(UnknownVoiceError, match=r"did you mean gmw/de\?"):
        by_name("Germann")


def test_a_language_in_words_means_its_plain_voice() -> None:
    with pytest.raises(UnknownVoiceError, match=r"did you mean gmw/en\?"):
        by_name("englsh")


def test_a_voice_like_no_other_is_refused_without_a_guess() -> None:
    with pytest.raises(UnknownVoiceError, match=r"^there is no voice 'Zarvox'; `player voices` lists all 9$"):
        by_name("Zarvox")


def test_a_word_that_shares_three_letters_is_no_near_name() -> None:
    with pytest.raises(UnknownVoiceError, match=r"^there is no voice 'nosuch'; `player voices` lists all 10$"):
        by_name("nosuch", (*VOICES, Voice("gmw/nl", "Dutch", "nl")))


def test_a_remedy_replaces_near_names() -> None:
    assert str(choice.unknown("gmw/en-uk", VOICES, "to bring it, run `x`")) == (
        "there is no voice 'gmw/en-uk'; to bring it, run `x`; `player voices` lists all 9"
    )


def test_an_unknown_variant_is_refused_with_all_there_are() -> None:
    with pytest.raises(
        UnknownVoiceError, match=r"no voice variant 'f22'; did you mean f2.*\?; there are f2, m3, Mr serious"
    ):
        choice.variant("f22", VARIANTS)


def test_a_voice_without_variants_says_so() -> None:
    with pytest.raises(UnknownVoiceError, match=r"has no variants such as 'f2'; leave out the \+"):
        choice.variant("f2", ())


@pytest.mark.parametrize(
    ("tag", "hint"),
    [
        ("tlh", "write a tag such as en or de; "),
        ("xx", "write a tag such as en or de; "),
        ("english", "did you mean en?; "),
        ("Germn", "did you mean de?; "),
        ("nn", "write a tag such as en or de; "),
        ("cm", "did you mean cmn?; "),
    ],
)
def test_an_unknown_language_is_refused_with_near_tags_and_not_with_all_there_are(tag: str, hint: str) -> None:
    with pytest.raises(UnknownVoiceError) as caught:
        by_language(tag)
    told = f"there is no voice for the language '{tag}'; {hint}`player voices` lists all"
    assert (str(caught.value), caught.value.exit_code) == (told, 2)


def test_a_name_cannot_steer_the_terminal() -> None:
    with pytest.raises(UnknownVoiceError) as caught:
        by_name("\x1b[2Jgmw/en")
    assert "\x1b" not in str(caught.value)


def test_the_users_own_voice_comes_first_in_its_language() -> None:
    samantha, daniel = MAC[2].id, MAC[0].id
    assert by_language("en-US", MAC, samantha) == samantha
    assert by_language("en-GB", MAC, samantha) == daniel


def test_voices_of_windows_are_found_by_name() -> None:
    assert by_name("hazel", WINDOWS) == WINDOWS[0].id
