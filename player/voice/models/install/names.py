"""Voices that there are not: the sentences, with the names that may have been meant."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

from player.errors import UsageError, printable
from player.voice.folder import folder
from player.voice.models import inventory, registry

if TYPE_CHECKING:
    from collections.abc import Iterable

EXAMPLE: Final = "piper:de_DE-thorsten-medium"

_NEAR: Final = 4


def near(text: str, known: Iterable[str]) -> list[str]:
    """The identifiers that have the text in them, or are like it in whole or in part; at most four."""
    wanted = text.rpartition(":")[2].casefold()
    tails = {each.rpartition(":")[2].casefold(): each for each in sorted(known)}
    found = [tail for tail in tails if wanted and wanted in tail]
    if not found:
        of_word: dict[str, list[str]] = {}
        for tail in tails:
            for word in {tail, *tail.split("-")}:
                of_word.setdefault(word, []).append(tail)
        close = difflib.get_close_matches(wanted, of_word, n=_NEAR)
        found = list(dict.fromkeys(tail for word in close for tail in of_word[word]))
    return [tails[tail] for tail in found[:_NEAR]]


def nothing_to_fetch(wanted: str, meant: Iterable[str]) -> UsageError:
    """There is no such voice in a catalogue."""
    text, names = f"there is no voice {shown(wanted)} to fetch", [*meant]
    if names:
        return UsageError(f"{text}; did you mean {' or '.join(names)}?")
    hibari = ", ".join(name for name, voice in registry.registry().items() if not voice.carried)
    others = f"or {hibari}" if hibari else f"and pip install {registry.PACKAGE} brings others"
    return UsageError(f"{text}; there are Piper's, such as {EXAMPLE}, {others}")


def nothing_to_remove(wanted: str) -> UsageError:
    """There is no such voice in the folder, or it is not there that it lies."""
    if package := inventory.carrier(wanted):
        return UsageError(f"{shown(wanted)} belongs to a package and goes with it: pip uninstall {package}")
    known = [model.id for model in inventory.installed()]
    text = f"there is no voice {shown(wanted)} in {printable(str(folder()))}"
    if names := near(wanted, known):
        return UsageError(f"{text}; did you mean {' or '.join(names)}?")
    return UsageError(f"{text}; there {'are ' + ', '.join(known) if known else 'is none at all'}")


def shown(name: str) -> str:
    """A name as it was typed, in quotation marks."""
    return repr(printable(name))
