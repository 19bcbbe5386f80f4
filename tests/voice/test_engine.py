"""The choice of a voice."""

from __future__ import annotations

import pytest

from player.errors import VoiceError
from player.techniques.cue import Utterance
from player.voice.engine import Voice, choose_voice

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


def chosen(
    voice: str | None = None, language: str = "en-GB", variants: tuple[str, ...] = ("f2", "m3", "Mr serious")
) -> str:
    return choose_voice(Utterance("Breathe in.", language, voice), VOICES, variants=variants)


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
    ],
)
def test_a_language_has_its_voice(language: str, voice: str) -> None:
    assert chosen(language=language) == voice


@pytest.mark.parametrize(
    "name", ["gmw/en-us", "GMW/EN-US", "English (America)", "english (america)", "en-us", " en-us "]
)
def test_a_voice_is_found_by_identifier_name_or_tail(name: str) -> None:
    assert chosen(name) == "gmw/en-us"


def test_a_named_voice_counts_more_than_the_language() -> None:
    assert chosen("gmw/de", "en-GB") == "gmw/de"


@pytest.mark.parametrize(
    ("name", "voice"),
    [
        ("gmw/en+f2", "gmw/en+f2"),
        ("en-us+M3", "gmw/en-us+m3"),
        ("English (Scotland)+f2", "gmw/en-gb-scotland+f2"),
        ("gmw/en+mr serious", "gmw/en+Mr serious"),
    ],
)
def test_a_voice_may_have_a_variant(name: str, voice: str) -> None:
    assert chosen(name) == voice


def test_an_unknown_voice_is_refused_with_near_names() -> None:
    with pytest.raises(VoiceError) as caught:
        chosen("gmw/en-uk")
    assert str(caught.value).startswith("there is no voice 'gmw/en-uk'; did you mean gmw/en")
    assert str(caught.value).endswith("?; `player voices` lists all 9")


def test_near_names_are_also_found_by_the_full_name() -> None:
    with pytest.raises(VoiceError, match=r"did you mean gmw/de\?"):
        chosen("Germann")


def test_a_voice_like_no_other_is_refused_without_a_guess() -> None:
    with pytest.raises(VoiceError, match=r"^there is no voice 'Zarvox'; `player voices` lists all 9$"):
        chosen("Zarvox")


def test_an_unknown_variant_is_refused_with_all_there_are() -> None:
    with pytest.raises(VoiceError, match=r"no voice variant 'f22'; did you mean f2.*\?; there are f2, m3, Mr serious"):
        chosen("gmw/en+f22")


def test_an_unknown_base_of_a_variant_is_refused() -> None:
    with pytest.raises(VoiceError, match="no voice 'gmw/xx'"):
        chosen("gmw/xx+f2")


def test_an_engine_without_variants_says_so() -> None:
    with pytest.raises(VoiceError, match=r"have no variants such as 'f2'; leave out the \+"):
        chosen("gmw/en+f2", variants=())


def test_an_unknown_language_is_refused_with_all_there_are() -> None:
    with pytest.raises(VoiceError) as caught:
        chosen(language="tlh")
    assert str(caught.value) == (
        "there is no voice for the language 'tlh'; "
        "there are cmn, de, en-029, en-gb, en-gb-scotland, en-us, fr-be, fr-fr, nb; name one, or a voice"
    )


def test_a_name_cannot_steer_the_terminal() -> None:
    with pytest.raises(VoiceError) as caught:
        chosen("\x1b[2Jgmw/en")
    assert "\x1b" not in str(caught.value)


def test_the_users_own_voice_comes_first_in_its_language() -> None:
    samantha, daniel = MAC[2].id, MAC[0].id
    assert choose_voice(Utterance("one", "en-US"), MAC, default=samantha) == samantha
    assert choose_voice(Utterance("one", "en-GB"), MAC, default=samantha) == daniel


def test_voices_of_windows_are_found_by_name() -> None:
    assert choose_voice(Utterance("one", voice="hazel"), WINDOWS) == WINDOWS[0].id
