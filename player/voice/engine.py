"""What a voice engine is, and which of its voices an utterance gets.

The rule: an utterance is first put into the engine's own terms, a `Request`; that is the moment at which an unknown
voice or language is refused, and nothing else about the utterance decides the sound. How an engine speaks is not known
here.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from player.errors import VoiceError, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from player.techniques.cue import Utterance

_NEAR: Final = 3
_OTHER_NAMES: Final = {"zh": "cmn", "no": "nb", "iw": "he", "in": "id"}
"""Languages that engines list under the code of the newer or the narrower standard (ISO 639-3, BCP 47)."""


@dataclass(frozen=True)
class Voice:
    """One voice of an engine: ``language`` is BCP 47 in lower case, ``gender`` is ``male``, ``female`` or empty."""

    id: str
    name: str
    language: str = ""
    gender: str = ""


@dataclass(frozen=True)
class Request:
    """An utterance in an engine's own terms: all that decides the sound, beside the engine and its version.

    Attributes
    ----------
    text
        NFC.
    voice
        The engine's own identifier.
    rate
        Words a minute as this engine counts them.
    pitch
        0 to 100.
    """

    text: str
    voice: str
    rate: int
    pitch: int


@dataclass(frozen=True)
class Take:
    """What an engine delivered, as it came: int16 samples (frames,), ``rate`` of them a second."""

    rate: int
    samples: NDArray[np.int16]


class Engine(Protocol):
    """Something that speaks. `speak` may be called from several threads at once."""

    @property
    def name(self) -> str:
        """A short name, part of the key of every clip."""

    @property
    def version(self) -> str:
        """Whatever can change the sound of a request: versions of drivers and libraries.

        Raises
        ------
        VoiceError
            If there is no engine on this machine.
        """

    def voices(self) -> Sequence[Voice]:
        """All voices, in the engine's order."""

    def request(self, utterance: Utterance) -> Request:
        """The utterance in this engine's terms; quick, and nothing is spoken.

        Raises
        ------
        VoiceError
            If the engine does not know the voice or the language.
        """

    def speak(self, request: Request) -> Take:
        """The request spoken, verified as far as the engine can.

        Raises
        ------
        VoiceError
            If the engine hangs, dies or fails.
        """

    def stop(self) -> None:
        """Break off everything that is being spoken and let go of processes. The engine can be used again."""


def choose_voice(
    utterance: Utterance, voices: Sequence[Voice], *, variants: Sequence[str] = (), default: str = ""
) -> str:
    """The identifier of the voice for an utterance: the one it names, or else one of its language.

    A name may be an identifier, a full name or the last part of an identifier, in any case; behind it may stand ``+``
    and one of the ``variants``, as in ``gmw/en+f2``. Among voices of one language the engine's ``default`` comes first.

    Raises
    ------
    VoiceError
        If there is none; the sentence has the nearest names, or the languages there are.
    """
    if utterance.voice is None:
        return _of_language(utterance.language, voices, default).id
    name, plus, variant = utterance.voice.partition("+")
    voice = _named(name, voices)
    return voice.id if not plus else f"{voice.id}+{_variant(variant, variants)}"


def _named(name: str, voices: Sequence[Voice]) -> Voice:
    wanted = name.strip().casefold()
    for part_of in (_identifier, _full_name, _tail):
        for voice in voices:
            if part_of(voice) == wanted:
                return voice
    known = {part_of(voice): voice.id for part_of in (_tail, _full_name, _identifier) for voice in voices}
    near = dict.fromkeys(known[match] for match in difflib.get_close_matches(wanted, known, n=2 * _NEAR, cutoff=0.5))
    raise VoiceError(f"there is no voice {_quoted(name)}{_hint(list(near))}; `player voices` lists all {len(voices)}")


def _variant(name: str, variants: Sequence[str]) -> str:
    known = {variant.casefold(): variant for variant in variants}
    wanted = name.strip().casefold()
    if wanted in known:
        return known[wanted]
    near = [known[match] for match in difflib.get_close_matches(wanted, known, n=_NEAR, cutoff=0.5)]
    if not known:
        raise VoiceError(
            f"voices of this engine have no variants such as {_quoted(name)}; leave out the + and what follows"
        )
    raise VoiceError(f"there is no voice variant {_quoted(name)}{_hint(near)}; there are {_listed(variants)}")


def _of_language(tag: str, voices: Sequence[Voice], default: str) -> Voice:
    wanted = tag.strip().replace("_", "-").lower()
    wanted = _OTHER_NAMES.get(wanted.partition("-")[0], wanted)
    primary = wanted.partition("-")[0]
    for candidates in (
        [voice for voice in voices if voice.language == wanted],
        [voice for voice in voices if voice.language.partition("-")[0] == primary],
    ):
        if candidates:
            return min(candidates, key=lambda voice: _preference(voice, primary, default))
    languages = sorted({voice.language for voice in voices if voice.language})
    raise VoiceError(
        f"there is no voice for the language {_quoted(tag)}; there are {_listed(languages)}; name one, or a voice"
    )


def _preference(voice: Voice, primary: str, default: str) -> tuple[bool, bool, int]:
    """First the user's own default, then the plain voice of a language, then the one with the least special name."""
    return voice.id != default, _tail(voice) != primary, len(voice.id)


def _identifier(voice: Voice) -> str:
    return voice.id.casefold()


def _full_name(voice: Voice) -> str:
    return voice.name.casefold()


def _tail(voice: Voice) -> str:
    return voice.id.casefold().replace("\\", "/").rpartition("/")[2].rpartition(".")[2]


def _hint(near: Sequence[str]) -> str:
    return f"; did you mean {' or '.join(near[:_NEAR])}?" if near else ""


def _listed(names: Iterable[str]) -> str:
    return printable(", ".join(names)) or "none"


def _quoted(name: str) -> str:
    return repr(printable(name))
