"""The drivers of this machine, and the driver that speaks an utterance.

A name goes to the driver that has a voice of this name, and a language to the first driver, in the order of `DRIVERS`,
that has a voice for it. A driver is asked for its identity only when it is needed, once for each state of the machine.
Drivers that are not installed are skipped. A driver that fails to answer is skipped if another has a voice of the name;
for a language it is an error, because otherwise the listener would hear an unusual voice and not know why.
"""

from __future__ import annotations

import sys
import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn

from player.errors import VoiceError
from player.voice import choice
from player.voice.drivers import OWN
from player.voice.drivers.table import BY_NAME, DRIVERS
from player.voice.engine import MissingEngineError
from player.voice.identity import Identity, is_remembered, remember, remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from player.storage.store import Store
    from player.techniques.cue import Utterance
    from player.voice.drivers.table import Driver
    from player.voice.engine import Voice

_REMEDIES: Final = {
    "linux": "run `pip install espeakng-loader` or `sudo apt install libespeak-ng1`",
    "darwin": "run `pip install --force-reinstall pyttsx3`, which brings the pyobjc that speaks on macOS",
    "win32": "run `pip install --force-reinstall pyttsx3`, and add a voice in Settings > Time & language > Speech",
}
_BROUGHT: Final = {"emma": "hibari", "fable": "hibari", "fenrir": "hibari", "kore": "hibari"}
"""Voices that `player voices --install` knows by a name without their driver."""


class VoiceRoute(NamedTuple):
    """The driver of an utterance, its identity, the voice, and the voice's id with its variant."""

    driver: Driver
    identity: Identity
    voice: Voice
    id: str


def installed_drivers() -> tuple[Driver, ...]:
    """The drivers that work on this system and whose packages are installed."""
    return tuple(
        driver
        for driver in DRIVERS
        if sys.platform in driver.systems and all(find_spec(name) is not None for name in driver.packages)
    )


class Registry:
    """The drivers and their identities.

    Parameters
    ----------
    store
        Keeps the drivers' identities.
    ask
        Asks a driver for its identity.
    drivers
        The drivers of this machine.
    """

    def __init__(self, store: Store, ask: Callable[[Driver], Identity], drivers: Sequence[Driver]) -> None:
        self._store = store
        self._ask = ask
        self.drivers = tuple(drivers)
        self._known: dict[str, Identity] = {}
        self._missing: dict[str, MissingEngineError] = {}
        self._asked: set[str] = set()
        self._lock = threading.Lock()

    def identity(self, driver: Driver) -> Identity:
        """A driver's identity.

        Raises
        ------
        MissingEngineError
            If it is missing, or cannot start.
        VoiceError
            If it fails to answer.
        """
        with self._lock:
            if driver.name in self._missing:
                raise self._missing[driver.name]
            if driver.name not in self._known:
                try:
                    self._known[driver.name] = remembered(self._store, driver, lambda: self._ask_now(driver))
                except MissingEngineError as error:
                    self._missing[driver.name] = error
                    raise
            return self._known[driver.name]

    def is_known(self, driver: Driver) -> bool:
        """Whether the driver's identity is known without asking it."""
        return driver.name in self._known or is_remembered(self._store, driver)

    def refresh(self, drivers: Iterable[Driver] | None = None) -> None:
        """Ask drivers again, for instance because a voice was installed."""
        for driver in self.drivers if drivers is None else drivers:
            self._known.pop(driver.name, None)
            self._missing.pop(driver.name, None)
            try:
                self._known[driver.name] = self._ask_now(driver)
            except MissingEngineError as error:
                self._missing[driver.name] = error
                continue
            remember(self._store, driver, self._known[driver.name])

    def known(self) -> dict[Driver, Identity]:
        """The identities of all present drivers, in order of preference.

        Raises
        ------
        MissingEngineError
            If there is none.
        """
        return dict(self._present())

    def voices(self) -> tuple[Voice, ...]:
        """All voices of all drivers; raises as `known`."""
        return tuple(voice for identity in self.known().values() for voice in identity.voices)

    def chosen(self) -> dict[str, Voice]:
        """The default voice of each language."""
        known = self.known()
        tags = sorted({voice.language for identity in known.values() for voice in identity.voices if voice.language})
        found = {tag: self._by_language(tag) for tag in tags}
        return {tag: route.voice for tag, route in found.items() if route}

    def route(self, utterance: Utterance) -> VoiceRoute:
        """The driver and the voice that speak an utterance.

        Raises
        ------
        UnknownVoiceError
            If there is no voice of this name, or none for this language.
        MissingEngineError
            If there is no driver at all.
        """
        found = self._find(utterance)
        if found is None and (fresh := [driver for driver in self.drivers if driver.name not in self._asked]):
            self.refresh(fresh)  # the voice may have been installed since they were asked
            found = self._find(utterance)
        if found is not None:
            return found
        if utterance.voice is None:
            raise choice.no_language(utterance.language, self.voices())
        name = utterance.voice.partition("+")[0]
        raise choice.unknown(name, self.voices(), _how_to_get(name))

    def _find(self, utterance: Utterance) -> VoiceRoute | None:
        if utterance.voice is None:
            return self._by_language(utterance.language)
        name, plus, variant = utterance.voice.partition("+")
        found = self._by_name(name)
        if found is None or not plus:
            return found
        return found._replace(id=f"{found.voice.id}+{choice.variant(variant, found.identity.variants)}")

    def _by_language(self, tag: str) -> VoiceRoute | None:
        for of_language in (choice.of_language, choice.of_near_language):
            for driver, identity in self._present():
                if voice := of_language(tag, identity.voices, identity.default):
                    return VoiceRoute(driver, identity, voice, voice.id)
        return None

    def _by_name(self, name: str) -> VoiceRoute | None:
        """The voice of a name, which may begin with its driver and a colon, as in ``espeak:gmw/en``."""
        first, _, rest = name.partition(":")
        only = BY_NAME.get(first)
        broken: VoiceError | None = None
        for driver in (each for each in self.drivers if only in (None, each)):
            try:
                identity = self._or_none(driver)
            except VoiceError as error:
                broken = broken or error
                continue
            voices = identity.voices if identity else ()
            voice = choice.named(name, voices) or (only and choice.named(rest, voices))
            if identity and voice:
                return VoiceRoute(driver, identity, voice, voice.id)
        if broken:
            raise broken
        return None

    def _present(self) -> Iterator[tuple[Driver, Identity]]:
        """The present drivers, each asked when its turn comes; an error if there is none."""
        found = False
        for driver in self.drivers:
            if identity := self._or_none(driver):
                found = True
                yield driver, identity
        if not found:
            self._raise_missing()

    def _raise_missing(self) -> NoReturn:
        """Raise the error of the last driver, which every machine should have."""
        for driver in self.drivers[-1:]:
            self.identity(driver)
        raise MissingEngineError(f"there is no speech engine; {remedy()}")

    def _or_none(self, driver: Driver) -> Identity | None:
        try:
            return self.identity(driver)
        except MissingEngineError:
            return None

    def _ask_now(self, driver: Driver) -> Identity:
        self._asked.add(driver.name)
        return self._ask(driver)


def remedy() -> str:
    """How to get an engine on this system."""
    return _REMEDIES.get(sys.platform, _REMEDIES["linux"])


def _how_to_get(name: str) -> str:
    """How to install a voice of this name; empty if the name does not tell its driver."""
    first = name.partition(":")[0]
    driver = _BROUGHT.get(name.strip().casefold()) or (first if first in OWN else "")
    if not driver:
        return ""
    if BY_NAME[driver] not in installed_drivers():
        return f"its driver is not installed: run `pip install {BY_NAME[driver].distributions[0]}`"
    return f"to bring it, run `player voices --install {name.strip()}`"
