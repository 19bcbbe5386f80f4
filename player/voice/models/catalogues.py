"""The voices that can be fetched: those of hibari's registry and of Piper's catalogue, each with its files.

A catalogue gives sizes and digests. It never decides where a file is fetched from or written to: both come from the
voice's name, which has only letters, digits, ``_`` and ``-``. Nothing here connects to a network.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from player.errors import VoiceError, printable
from player.voice.models.checking import CONFIG_LIMIT, json_in
from player.voice.models.fetching import RemoteFile
from player.voice.models.inventory import CONFIG, MODEL, NAME, VoiceModel, hibari_model, piper_model
from player.voice.models.registry import LICENCE, HibariVoice, registry

if TYPE_CHECKING:
    from collections.abc import Iterator

PIPER_CATALOGUE: Final = "rhasspy/piper-voices/resolve/main/voices.json"
"""The catalogue's path at Hugging Face, as piper-tts 1.8 has it (``download_voices.py``)."""

_PIPER_FOLDER: Final = "rhasspy/piper-voices/resolve/main"
_HIBARI_FOLDER: Final = "maureesewilliams/hibari/resolve/main/voices"
"""As hibari 0.2.1 has it (``voices.py``, ``BASE_URL``)."""
_CARD: Final = "MODEL_CARD"
_KEY: Final = re.compile(r"(?P<family>[a-z]{2,3})_(?P<region>[A-Za-z0-9]{2,8})-(?P<name>\w+)-(?P<quality>[a-z_]+)")
_MD5: Final = re.compile(r"[0-9a-f]{32}")
_LICENCE_LINE: Final = re.compile(r"[\s*#-]*licen[cs]es?\b[\s*:]*(?P<text>.*)", re.IGNORECASE)
_LONGEST_LICENCE: Final = 200
_MOST_LICENCE_LINES: Final = 5


@dataclass(frozen=True)
class VoiceOffer:
    """A voice that can be fetched.

    Attributes
    ----------
    voice
        The voice as it will be in the folder.
    language
        BCP 47, such as ``de-DE``.
    model, config, card
        Its files; hibari's voices have only a model.
    licence
        The voice's licence, if it is known before anything is fetched.
    """

    voice: VoiceModel
    language: str
    model: RemoteFile
    config: RemoteFile | None = None
    card: RemoteFile | None = None
    licence: str = ""


def hibari_offers() -> dict[str, VoiceOffer]:
    """The voices in hibari's registry that its package does not contain, by their identifiers."""
    return {name: _hibari_offer(voice) for name, voice in registry().items() if not voice.carried}


def _hibari_offer(voice: HibariVoice) -> VoiceOffer:
    model = RemoteFile(f"{_HIBARI_FOLDER}/{voice.file}", voice.size, "sha256", voice.sha256)
    return VoiceOffer(hibari_model(voice.name, voice.file), voice.language, model, licence=LICENCE)


def piper_offers(catalogue: bytes) -> dict[str, VoiceOffer]:
    """The voices of Piper's catalogue, by their identifiers, without malformed entries.

    Raises
    ------
    VoiceError
        If it is not a catalogue.
    """
    entries = json_in(catalogue, "Piper's catalogue", CONFIG_LIMIT)
    if not isinstance(entries, dict):
        raise VoiceError("Piper's catalogue has another form than this program knows; try again later")
    return {offer.voice.id: offer for key, facts in entries.items() for offer in _piper_offer(key, facts)}


def _piper_offer(key: str, facts: Any) -> Iterator[VoiceOffer]:  # noqa: ANN401 (what JSON can hold)
    parts, name = _KEY.fullmatch(key), _without_accents(key)
    if not parts or not NAME.fullmatch(name):
        return
    code = f"{parts['family']}_{parts['region']}"
    folder = f"{parts['family']}/{code}/{parts['name']}/{parts['quality']}"
    files = facts.get("files") if isinstance(facts, dict) else None
    model, config, card = (_remote(files, f"{folder}/{file}") for file in (key + MODEL, key + CONFIG, _CARD))
    if model and config:
        yield VoiceOffer(piper_model(name), code.replace("_", "-"), model, config, card)


def _remote(files: object, path: str) -> RemoteFile | None:
    facts = files.get(path) if isinstance(files, dict) else None
    if not isinstance(facts, dict):
        return None
    size, digest = facts.get("size_bytes"), facts.get("md5_digest")
    if not isinstance(size, int) or size <= 0 or not isinstance(digest, str) or not _MD5.fullmatch(digest):
        return None
    return RemoteFile(f"{_PIPER_FOLDER}/{path}", size, "md5", digest)


def _without_accents(key: str) -> str:
    """The name of a voice on this machine: one of Piper's has an accented letter, ``pt_PT-tugão-medium``."""
    return "".join(char for char in unicodedata.normalize("NFKD", key) if not unicodedata.combining(char))


def licence_in(card: bytes) -> str:
    """What a voice's MODEL_CARD says about its licence, in its own words; empty if nothing."""
    matches = map(_LICENCE_LINE.fullmatch, card.decode("utf-8", "replace").splitlines())
    lines = [match["text"].strip() for match in matches if match and match["text"].strip()]
    return printable("; ".join(lines[:_MOST_LICENCE_LINES]))[:_LONGEST_LICENCE]
