"""Languages by three letters (ISO 639-2), as ID3 and MP4 name them; scripts have BCP 47."""

from __future__ import annotations

from typing import Final

_LANGUAGES: Final = (
    "ar:ara bg:bul ca:cat cs:ces cy:cym da:dan de:deu el:ell en:eng es:spa et:est eu:eus fa:fas fi:fin "
    "fr:fra ga:gle he:heb hi:hin hr:hrv hu:hun id:ind is:isl it:ita ja:jpn ko:kor lt:lit lv:lav ms:msa "
    "nb:nob nl:nld nn:nno no:nor pl:pol pt:por ro:ron ru:rus sk:slk sl:slv sr:srp sv:swe sw:swa ta:tam "
    "th:tha tr:tur uk:ukr ur:urd vi:vie zh:zho"
)
"""ISO 639-1 and 639-2."""


def iso_639_2(language: str) -> str:
    """The three letters of a language in BCP 47, such as ``eng`` of ``en-GB``; empty where they are not known."""
    primary = language.partition("-")[0].lower()
    known = dict(pair.split(":") for pair in _LANGUAGES.split())
    return primary if len(primary) == 3 else known.get(primary, "")
