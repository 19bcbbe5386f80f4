"""Finds the voice that a name or a language means.

An unknown name is refused with the nearest known names. The voices are given by the caller.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

from player.errors import printable
from player.script import tags
from player.voice.engine import UnknownVoiceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from player.voice.engine import Voice

_NEAR: Final = 3
_WELL_KNOWN: Final = ("en", "de", "es", "fr")
"""Languages that serve as examples."""


def named(name: str, voices: Sequence[Voice]) -> Voice | None:
    """The voice with this name: an identifier, a full name or the last part of an identifier, in any case."""
    wanted = name.strip().casefold()
    for part_of in (_identifier, _full_name, _tail):
        for voice in voices:
            if part_of(voice) == wanted:
                return voice
    return None


def unknown(name: str, voices: Sequence[Voice], remedy: str = "") -> UnknownVoiceError:
    """The error for a name that no voice has, with the nearest names or with a ``remedy``."""
    wanted = name.strip().casefold()
    plain_last = sorted(voices, key=lambda voice: -len(voice.id))  # "English" is many voices: the plain one is meant
    known = {part_of(voice): voice.id for part_of in (_tail, _spoken, _full_name, _identifier) for voice in plain_last}
    near = dict.fromkeys(known[match] for match in difflib.get_close_matches(wanted, known, n=2 * _NEAR, cutoff=0.6))
    hint = f"; {remedy}" if remedy else _hint(list(near))
    return UnknownVoiceError(f"there is no voice {_quoted(name)}{hint}; `player voices` lists all {len(voices)}")


def variant(name: str, variants: Sequence[str]) -> str:
    """The variant of this name, in any case: the part after a voice and a ``+``, as in ``gmw/en+f2``.

    Raises
    ------
    UnknownVoiceError
        If there is none.
    """
    known = {each.casefold(): each for each in variants}
    wanted = name.strip().casefold()
    if wanted in known:
        return known[wanted]
    near = [known[match] for match in difflib.get_close_matches(wanted, known, n=_NEAR, cutoff=0.5)]
    if not known:
        raise UnknownVoiceError(f"this voice has no variants such as {_quoted(name)}; leave out the + and what follows")
    raise UnknownVoiceError(f"there is no voice variant {_quoted(name)}{_hint(near)}; there are {_listed(variants)}")


def of_language(tag: str, voices: Sequence[Voice], default: str) -> Voice | None:
    """The voice for a BCP 47 tag: one of exactly this language, or else one of another region.

    Among several, the ``default`` comes first, then the plain voice of the language.
    """
    wanted = tag.strip().replace("_", "-").lower()
    primary = wanted.partition("-")[0]
    for candidates in (
        [voice for voice in voices if voice.language == wanted],
        [voice for voice in voices if voice.language.partition("-")[0] == primary],
    ):
        if candidates:
            return min(candidates, key=lambda voice: _preference(voice, primary, default))
    return None


def of_near_language(tag: str, voices: Sequence[Voice], default: str) -> Voice | None:
    """The voice for a tag that an engine lists by another name (``zh`` is ``cmn``), or of a close sister language."""
    near = tags.nearest(tag, [voice.language for voice in voices if voice.language])
    return of_language(near, voices, default) if near else None


def no_language(tag: str, voices: Sequence[Voice]) -> UnknownVoiceError:
    """The error for a language that no voice speaks: the tags that may be meant, and where all of them are told."""
    if not any(voice.language for voice in voices):
        return UnknownVoiceError(f"there is no voice for the language {_quoted(tag)}; name a voice")
    near = _near_languages(tag, voices)
    hint = _hint(near) if near else f"; write a tag such as {_example(voices)}"
    return UnknownVoiceError(f"there is no voice for the language {_quoted(tag)}{hint}; `player voices` lists all")


def _near_languages(tag: str, voices: Sequence[Voice]) -> list[str]:
    """The tags that are like a tag, or whose languages have this English name: ``german`` is ``de``."""
    wanted, known = tag.strip().casefold().replace("_", "-"), [voice for voice in voices if voice.language]
    named = {_spoken(voice): voice.language.partition("-")[0] for voice in known}
    if wanted in named:
        return [named[wanted]]
    like_name = [named[name] for name in difflib.get_close_matches(wanted, named, n=_NEAR, cutoff=0.75)]
    tags_there = sorted({voice.language for voice in known if voice.language[:2] == wanted[:2]})
    return [*dict.fromkeys(like_name + difflib.get_close_matches(wanted, tags_there, n=_NEAR, cutoff=0.6))]


def _example(voices: Sequence[Voice]) -> str:
    there = {voice.language.partition("-")[0] for voice in voices}
    return " or ".join([tag for tag in _WELL_KNOWN if tag in there][:2]) or next(iter(sorted(there - {""})))


def _preference(voice: Voice, primary: str, default: str) -> tuple[bool, bool, int]:
    """First the user's own default, then the plain voice of a language, then the one with the least special name."""
    return voice.id != default, _tail(voice) != primary, len(voice.id)


def _identifier(voice: Voice) -> str:
    return voice.id.casefold()


def _full_name(voice: Voice) -> str:
    return voice.name.casefold()


def _spoken(voice: Voice) -> str:
    """The language alone, where it stands before a region or a manner, as in ``English (Great Britain)``."""
    return voice.name.casefold().partition(" (")[0]


def _tail(voice: Voice) -> str:
    return voice.id.casefold().replace("\\", "/").rpartition("/")[2].rpartition(".")[2]


def _hint(near: Sequence[str]) -> str:
    return f"; did you mean {' or '.join(near[:_NEAR])}?" if near else ""


def _listed(names: Iterable[str]) -> str:
    return printable(", ".join(names)) or "none"


def _quoted(name: str) -> str:
    return f"'{printable(name)}'"
