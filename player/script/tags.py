"""Language tags (BCP 47): which of some languages somebody means by ``zh``, ``de_AT.UTF-8`` or ``iw``.

The one module that knows `langcodes`. It is loaded when a tag is not literally among those that are there, because it
takes 60 ms (measured) and most sessions are in a language that is.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

FARTHEST: Final = 9
"""Of langcodes's distances: 0 is the same language, 4 or 5 another country's, 9 a close sister's."""

SAME: Final = 1
"""Distance of two names for one language: ``zh`` and ``cmn`` 0, ``no`` and ``nb`` 1."""

_LOCALE: Final = re.compile(r"([A-Za-z]{2,3})(?:[_-]([A-Za-z]{4}))?(?:[_-]([A-Za-z]{2}|[0-9]{3}))?(?![A-Za-z0-9])")


def nearest(tag: str, known: Sequence[str]) -> str | None:
    """The nearest of some tags to the one that is asked for; None where none is near.

    ``pt`` and ``pt-PT`` find ``pt-BR``, ``zh`` finds ``cmn``, ``no`` finds ``nb``. What is no tag finds nothing.
    """
    if not (wanted := _normal(tag)):
        return None
    for candidate in (wanted, wanted.partition("-")[0]):
        for each in known:
            if each.lower() == candidate:
                return each
    distances = {each: _distance(wanted, each) for each in known}
    found = min(known, key=distances.__getitem__, default=None)
    return found if found is not None and distances[found] <= FARTHEST else None


def _distance(wanted: str, has: str) -> int:
    """Langcodes's distance; a great one where either is no tag, as some of espeak-ng's are none."""
    try:
        return int(_langcodes().tag_distance(wanted, has))
    except (LookupError, ValueError):
        return FARTHEST + 1


def speaks(tag: str, wanted: str) -> bool:
    """Whether a tag is of the wanted language, and of its country if one is wanted: ``cmn-cn`` speaks ``zh``."""
    asked, has = _normal(wanted), _normal(tag)
    if f"{has}-".startswith(f"{asked}-"):
        return True
    (language, _, country), (has_language, _, has_country) = asked.partition("-"), has.partition("-")
    return _distance(language, has_language) <= SAME and country in {"", has_country}


def of_locale(name: str) -> str:
    """The tag of a locale such as ``de_AT.UTF-8``; empty for ``C`` and what is no locale."""
    match = _LOCALE.match(name)
    return "-".join(part for part in match.groups() if part) if match else ""


@cache
def script_of(tag: str) -> str:
    """The script that a language is usually written in (ISO 15924), such as ``Latn``; empty where it is not known."""
    try:
        found = _langcodes().get(tag)
        return str(found.maximize().script or "") if found.is_valid() else ""
    except (LookupError, ValueError):
        return ""


def iso_639_2(tag: str) -> str:
    """The language as ID3 and MP4 name it, in three letters: ``eng`` for ``en-GB``; empty where that is not known."""
    try:
        return str(_langcodes().get(tag).to_alpha3())
    except (LookupError, ValueError):
        return ""


def of_iso_639_2(code: str) -> str:
    """The language of three letters as the rest of the program names it: ``en`` for ``eng``; empty for what is none."""
    try:
        found = _langcodes().get(code.strip())
        return str(found.to_tag()) if found.is_valid() and found.language else ""
    except (LookupError, ValueError):
        return ""


def _langcodes() -> ModuleType:
    import langcodes  # noqa: PLC0415 (see above)

    return langcodes


def _normal(tag: str) -> str:
    return tag.strip().replace("_", "-").lower()
