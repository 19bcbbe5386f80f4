"""What a session is heard with, and where each value was said: an option, the settings, the script, or nowhere."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from player.cli._stored_options import origin
from player.errors import VoiceError
from player.settings.keys import KEYS, as_text
from player.techniques.cue import Utterance

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from player.pipeline import Prepared

_HEAD: Final = {"voice": "voice.name", "rate": "voice.rate", "background": "background.sound"}
"""The keys of a script's head that mean the same, as `Session.places` has them."""


class ValueOrigin(NamedTuple):
    """A value by its key, and where it was said."""

    key: str
    value: str | int | float
    origin: str

    def __str__(self) -> str:
        return f"{self.key} {as_text(self.value)} ({self.origin})"


def of(ready: Prepared) -> tuple[ValueOrigin, ...]:
    """Voice, rate and background, and whatever else an option or the settings say, in the order of the keys."""
    head, chosen = dict(_of_head(ready)), dict(_chosen())
    return tuple((head | chosen)[key.name] for key in KEYS if key.name in head | chosen)


def as_json(found: tuple[ValueOrigin, ...]) -> Mapping[str, Any]:
    """The same as JSON: an object by key, each with ``value`` and ``from``."""
    return {each.key: {"value": each.value, "from": each.origin} for each in found}


def _of_head(ready: Prepared) -> Iterator[tuple[str, ValueOrigin]]:
    session = ready.session
    values: dict[str, str | int] = {"rate": session.voice.rates[0], "background": session.background.sound or "none"}
    with suppress(VoiceError):  # a session without a word needs no voice
        said = Utterance("a", session.language, session.voice.name)
        values["voice"] = ready.machine.engine.voice_of(said).id
    for key, value in values.items():
        yield key, ValueOrigin(key, value, _said_by(key, ready))


def _said_by(key: str, ready: Prepared) -> str:
    is_other = key == "voice" and ready.session.voice.name != ready.request.voice
    if (said := origin(key)) and not is_other:  # the usual voice may speak another language than the session
        return said
    return "script" if _HEAD[key] in ready.session.places else "default"


def _chosen() -> Iterator[tuple[str, ValueOrigin]]:
    """What an option or the settings say beside the head: whatever the running command has of the other keys."""
    values = click.get_current_context().params
    for name in (key.name for key in KEYS if key.name not in _HEAD and key.for_session):
        if values.get(name) is not None and (said := origin(name)):
            yield name, ValueOrigin(name, values[name], said)
