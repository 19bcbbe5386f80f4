"""What a command line may go on with: voices, parameters and sections of a session, and values of settings.

The rule: nothing is spoken, no driver is asked, and nothing is changed; what is not known without that is left out.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from player.errors import UsageError, VoiceError, printable
from player.pipeline import language, names
from player.pipeline.names import Completion
from player.pipeline.requested import RequestedSession, SessionRequest
from player.script import library
from player.script.yaml.scalar_types import ChoiceType
from player.settings.keys import BY_NAME, HELPS
from player.storage.store import Store
from player.techniques.cue import Marker
from player.techniques.patterns import NAMES
from player.techniques.sounds import CHIMES
from player.timeline.layout import nominal_ms
from player.units import timecode
from player.voice.models import inventory
from player.voice.registry import Registry, installed_drivers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from player.voice.drivers.table import Driver


def voices() -> tuple[Completion, ...]:
    """The voices that are known from the last time that drivers were asked, and those that were installed."""
    registry, found = Registry(Store(), _refuse, installed_drivers()), dict[str, str]()
    for driver in filter(registry.is_known, registry.drivers):
        with suppress(VoiceError):  # it has no voice
            found |= {voice.id: voice.language for voice in registry.identity(driver).voices}
    installed = {model.id: "" for model in inventory.installed()}
    return tuple(Completion(name, tag) for name, tag in (installed | found).items())


def _refuse(driver: Driver) -> NoReturn:
    raise VoiceError(f"{driver.name} is not asked here")


def sounds() -> tuple[Completion, ...]:
    """The bundled sounds and bells."""
    return tuple(Completion(name) for name in dict.fromkeys((*library.sounds(), *CHIMES)))


def patterns() -> tuple[Completion, ...]:
    """The breathing patterns that have names, and what each is in seconds."""
    return tuple(Completion(name, seconds) for name, seconds in NAMES.items())


def setting_values(key: str) -> tuple[Completion, ...]:
    """What a key of the settings may be, where there are names for it."""
    if (known := BY_NAME.get(key)) and isinstance(known.kind, ChoiceType):
        return tuple(Completion(word) for word in known.kind.words)
    listed: dict[str, Callable[[], tuple[Completion, ...]]] = {
        "voice": voices,
        "guide": lambda: tuple(map(Completion, HELPS)),
        "background": names.backgrounds,
        "region": names.regions,
        "language": names.languages,
    }
    return listed[key]() if key in listed else ()


def parameters(session: str) -> tuple[Completion, ...]:
    """``NAME=VALUE`` for each value that a parameter of a session may have, or else for its default.

    Raises
    ------
    PlayerError
        If there is no such session, or it has problems.
    """
    found = _requested(session, {}).session.params
    return tuple(
        Completion(f"{name}={value}", each.about or "")
        for name, each in found.items()
        for value in each.choices or (each.default,)
    )


def sections(session: str, values: Mapping[str, str]) -> tuple[Completion, ...]:
    """Where the sections of a session begin, as far as the script alone tells, with their titles.

    Raises
    ------
    PlayerError
        As `parameters`, or if it has no such values.
    """
    parts = _requested(session, values).settled
    begins = [(at, part.title) for at, part in enumerate(parts) if isinstance(part, Marker) and part.level == 1]
    return tuple(Completion(timecode(nominal_ms(parts[:at])[0]), title) for at, title in begins)


def _requested(session: str, values: Mapping[str, str]) -> RequestedSession:
    if Path(session).is_fifo():  # somebody is typing, so it is not waited for
        raise UsageError(f"{printable(session)} is a pipe")
    return RequestedSession(SessionRequest(language.session(session), values))
