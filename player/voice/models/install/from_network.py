"""Voices from the network: one is looked up, its licence told, and then it is fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from player.errors import VoiceError
from player.voice.models import checking, inventory
from player.voice.models.catalogues import PIPER_CATALOGUE, VoiceOffer, hibari_offers, licence_in, piper_offers
from player.voice.models.fetching import AbsentError
from player.voice.models.install.names import near, nothing_to_fetch
from player.voice.models.placing import place

if TYPE_CHECKING:
    from player.voice.clips import Progress
    from player.voice.models.fetching import Fetcher

CARD_LIMIT: Final = 10**5
"""Bytes; the model cards of Piper's voices have some 300."""


def look_up(wanted: str, fetcher: Fetcher) -> VoiceOffer:
    """The voice of this name as it can be fetched; for one of Piper, its catalogue is.

    Raises
    ------
    UsageError
        If there is none; the sentence has the nearest names.
    VoiceError
        If the catalogue cannot be fetched, or the voice is too large.
    """
    name, hibari = inventory.identifier(wanted), hibari_offers()
    if not inventory.NAME.fullmatch(name.removeprefix(f"{inventory.PIPER}:")):
        raise nothing_to_fetch(wanted, ())
    if name in hibari:
        return _of_sane_size(hibari[name])
    meant = near(wanted, hibari)
    if not name.startswith(inventory.PIPER) or (meant and ":" not in wanted):  # nothing need be asked to know this
        raise nothing_to_fetch(wanted, meant)
    offers = piper_offers(fetcher.read(PIPER_CATALOGUE, checking.CONFIG_LIMIT))
    if name not in offers:
        raise nothing_to_fetch(wanted, near(wanted, [*offers, *hibari]))
    return _of_sane_size(offers[name])


def licence(offer: VoiceOffer, fetcher: Fetcher) -> tuple[str, str]:
    """The licence of a voice in the words of its maker, and the address that tells it; both empty where none is told.

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


def fetch(offer: VoiceOffer, told: str, fetcher: Fetcher, report: Progress | None = None) -> None:
    """Fetch a voice into the folder; its sizes and digests are checked before it takes its place.

    Parameters
    ----------
    told
        Its licence, to be remembered.
    report
        Called with the bytes of the model that have come, and all there are.

    Raises
    ------
    VoiceError
        If it cannot be fetched or written, or is not what the catalogue says; then there is nothing new.
    """
    config, address = b"", fetcher.address(offer.model.path)
    if offer.config:
        config = b"".join(fetcher.pieces(offer.config))
        checking.must_be_config(config, fetcher.address(offer.config.path))

    def reported(done: int) -> None:
        if report:
            report(done, offer.model.size)

    model = fetcher.pieces(offer.model)
    place(offer.voice, model, config, called=address, licence=told, source=address, report=reported)


def _of_sane_size(offer: VoiceOffer) -> VoiceOffer:
    limits = ((offer.model, checking.MODEL_LIMIT), (offer.config, checking.CONFIG_LIMIT), (offer.card, CARD_LIMIT))
    for remote, limit in limits:
        if remote and remote.size > limit:
            text = f"{offer.voice.id} has a file of {remote.size} bytes, and at most {limit} are fetched"
            raise VoiceError(f"{text}; choose another voice")
    return offer
