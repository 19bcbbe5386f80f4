"""Language tags as people type them."""

from __future__ import annotations

import pytest

from player.script import tags


@pytest.mark.parametrize(
    ("has", "wanted", "is_it"),
    [
        ("cmn", "zh", True),
        ("nb", "no", True),
        ("he", "iw", True),
        ("en-us", "en", True),
        ("en-us", "en-US", True),
        ("en-us", "en_us", True),
        ("en-gb-scotland", "en-GB", True),
        ("en-us", "en-GB", False),
        ("de", "en", False),
        ("chr-us-qaaa-x-west", "de", False),
        ("de", "no language", False),
    ],
)
def test_a_voice_speaks_a_language_by_any_of_its_names(has: str, wanted: str, is_it: bool) -> None:
    assert tags.speaks(has, wanted) is is_it


@pytest.mark.parametrize(
    ("tag", "found"),
    [("de-AT", "de"), ("pt", "pt-BR"), ("pt-PT", "pt-BR"), ("PT_br", "pt-BR"), ("sv", None), ("", None), ("x y", None)],
)
def test_the_nearest_is_found_or_none(tag: str, found: str | None) -> None:
    assert tags.nearest(tag, ["de", "en", "pt-BR", "piqd", "chr-us-qaaa-x-west"]) == found


@pytest.mark.parametrize(
    ("locale", "tag"),
    [("de_AT.UTF-8", "de-AT"), ("zh_Hant_TW", "zh-Hant-TW"), ("sr_RS@latin", "sr-RS"), ("C.UTF-8", ""), ("POSIX", "")],
)
def test_a_locale_names_a_language(locale: str, tag: str) -> None:
    assert tags.of_locale(locale) == tag


@pytest.mark.parametrize(("tag", "code"), [("en-GB", "eng"), ("de", "deu"), ("cmn", "cmn"), ("xx", "")])
def test_files_name_a_language_in_three_letters(tag: str, code: str) -> None:
    assert tags.iso_639_2(tag) == code


@pytest.mark.parametrize(
    ("tag", "code", "back", "script"),
    [
        ("en-GB", "eng", "en", "Latn"),
        ("de", "deu", "de", "Latn"),
        ("hi", "hin", "hi", "Deva"),
        ("ja-JP", "jpn", "ja", "Jpan"),
        ("xx", "", "", ""),
        ("no language", "", "", ""),
    ],
)
def test_a_language_has_a_code_of_three_letters_and_a_script(tag: str, code: str, back: str, script: str) -> None:
    assert (tags.iso_639_2(tag), tags.of_iso_639_2(code), tags.script_of(tag)) == (code, back, script)


@pytest.mark.parametrize("code", ["", "und", "q!q", "1"])
def test_what_is_no_language_of_three_letters_is_none(code: str) -> None:
    assert tags.of_iso_639_2(code) == ""


@pytest.mark.parametrize(
    ("name", "tag"), [("de_AT.UTF-8", "de-AT"), ("zh_Hant_TW", "zh-Hant-TW"), ("C", ""), ("POSIX", ""), ("", "")]
)
def test_a_locale_has_a_tag(name: str, tag: str) -> None:
    assert tags.of_locale(name) == tag
