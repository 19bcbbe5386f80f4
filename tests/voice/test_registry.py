"""Which driver speaks what: by the voice's name, by the language; and drivers that are missing or change."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from player.errors import VoiceError
from player.techniques.cue import Utterance
from player.voice import registry
from player.voice.drivers.table import BY_NAME, DRIVERS
from player.voice.engine import MissingEngineError, UnknownVoiceError, Voice
from player.voice.identity import Identity
from player.voice.registry import Registry

if TYPE_CHECKING:
    from player.storage.store import Store
    from player.voice.drivers.table import Driver

HIBARI, PIPER, ESPEAK = (BY_NAME[name] for name in ("hibari", "piper", "espeak"))
HEART = Voice("heart", "Heart (hibari)", "en-us", "female", driver="hibari", quality="natural")
EVA = Voice("piper:de_DE-eva-low", "Eva (Piper)", "de-de", driver="piper", quality="natural")
SYNTHETIC = (
    Voice("gmw/de", "German", "de", driver="espeak"),
    Voice("gmw/en", "English (Great Britain)", "en-gb", driver="espeak"),
    Voice("gmw/en-us", "English (America)", "en-us", driver="espeak"),
    Voice("roa/fr", "French (France)", "fr-fr", driver="espeak"),
)


@dataclass
class Machine:
    """Drivers with their voices; one that has none is missing, and ``broken`` ones cannot say who they are."""

    store: Store
    voices: dict[str, tuple[Voice, ...]] = field(
        default_factory=lambda: {"hibari": (HEART,), "piper": (EVA,), "espeak": SYNTHETIC}
    )
    broken: set[str] = field(default_factory=set)
    default: str = ""
    asked: Counter[str] = field(default_factory=Counter)
    drivers: tuple[Driver, ...] = (HIBARI, PIPER, ESPEAK)

    def registry(self) -> Registry:
        return Registry(self.store, self._ask, self.drivers)

    def _ask(self, driver: Driver) -> Identity:
        self.asked[driver.name] += 1
        if driver.name in self.broken:
            raise VoiceError("the speech engine cannot be asked for its voices: it died; try again")
        voices = self.voices.get(driver.name)
        if not voices:
            raise MissingEngineError(f"there is no speech engine: {driver.name} has no voice")
        variants = ("f2", "m3", "Mr serious") if driver.has_variants else ()
        return Identity("2.99", driver.name, "1", "", self.default, voices, variants)


@pytest.fixture
def machine(store: Store) -> Machine:
    return Machine(store)


def route(machine: Machine, voice: str | None = None, language: str = "en-US") -> tuple[str, str]:
    found = machine.registry().route(Utterance("Breathe in.", language, voice))
    assert found.identity.driver == found.driver.name
    return found.driver.name, found.id


# By language


@pytest.mark.parametrize(
    ("language", "driver", "voice"),
    [
        ("en-US", "hibari", "heart"),
        ("en-GB", "hibari", "heart"),
        ("en", "hibari", "heart"),
        ("de", "piper", "piper:de_DE-eva-low"),
        ("de-AT", "piper", "piper:de_DE-eva-low"),
        ("fr-CA", "espeak", "roa/fr"),
    ],
)
def test_the_first_driver_that_speaks_a_language_has_it(
    machine: Machine, language: str, driver: str, voice: str
) -> None:
    assert route(machine, None, language) == (driver, voice)


def test_an_earlier_driver_of_another_region_comes_before_a_later_one_of_this(machine: Machine) -> None:
    """A natural voice is worth more than the exact accent, which a name can ask for."""
    assert route(machine, None, "en-GB") == ("hibari", "heart")
    machine.voices["hibari"] = (Voice("emma", "Emma", "en-gb", driver="hibari"), HEART)
    machine.registry().refresh()
    assert route(machine, None, "en-GB") == ("hibari", "emma")
    assert route(machine, None, "en-US") == ("hibari", "heart")


def test_the_users_own_voice_comes_first_in_its_driver(machine: Machine) -> None:
    machine.voices = {"espeak": SYNTHETIC}
    machine.default = "gmw/en-us"
    assert route(machine, None, "en") == ("espeak", "gmw/en-us")


def test_a_language_without_a_voice_is_refused_with_an_example(machine: Machine) -> None:
    with pytest.raises(UnknownVoiceError) as caught:
        route(machine, None, "tlh")
    assert str(caught.value).endswith("; write a tag such as en or de; `player voices` lists all")


def test_each_language_has_a_chosen_voice(machine: Machine) -> None:
    chosen = machine.registry().chosen()
    assert {tag: voice.id for tag, voice in chosen.items()} == {
        "de": "piper:de_DE-eva-low",
        "de-de": "piper:de_DE-eva-low",
        "en-gb": "heart",
        "en-us": "heart",
        "fr-fr": "roa/fr",
    }


# By name


@pytest.mark.parametrize(
    ("name", "driver", "voice"),
    [
        ("heart", "hibari", "heart"),
        (" HEART ", "hibari", "heart"),
        ("Heart (hibari)", "hibari", "heart"),
        ("hibari:heart", "hibari", "heart"),
        ("piper:de_DE-eva-low", "piper", "piper:de_DE-eva-low"),
        ("PIPER:DE_de-eva-low", "piper", "piper:de_DE-eva-low"),
        ("eva (piper)", "piper", "piper:de_DE-eva-low"),
        ("gmw/en-us", "espeak", "gmw/en-us"),
        ("en-us", "espeak", "gmw/en-us"),
        ("espeak:gmw/en", "espeak", "gmw/en"),
        ("gmw/en+f2", "espeak", "gmw/en+f2"),
        ("en-us+M3", "espeak", "gmw/en-us+m3"),
        ("English (Great Britain)+mr serious", "espeak", "gmw/en+Mr serious"),
        ("espeak:en+f2", "espeak", "gmw/en+f2"),
    ],
)
def test_a_name_goes_to_the_driver_that_has_it(machine: Machine, name: str, driver: str, voice: str) -> None:
    assert route(machine, name) == (driver, voice)


def test_a_name_counts_more_than_the_language(machine: Machine) -> None:
    assert route(machine, "gmw/de", "en-US") == ("espeak", "gmw/de")


def test_of_two_drivers_with_one_name_the_first_has_it_unless_the_other_is_named(machine: Machine) -> None:
    machine.voices["espeak"] = (Voice("heart", "Heart", "en-us", driver="espeak"),)
    assert route(machine, "heart") == ("hibari", "heart")
    assert route(machine, "espeak:heart") == ("espeak", "heart")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "gmw/en-uk",
            r"no voice 'gmw/en-uk'; did you mean gmw/en-us or gmw/en or gmw/de\?; `player voices` lists all 6",
        ),
        ("hart", r"no voice 'hart'; did you mean heart\?"),
        ("gmw/xx+f2", r"no voice 'gmw/xx'"),
        ("espeak:heart", r"no voice 'espeak:heart'"),
        ("gmw/en+f22", r"no voice variant 'f22'; did you mean f2\?; there are f2, m3, Mr serious"),
        ("heart+f2", r"this voice has no variants such as 'f2'; leave out the \+"),
        ("", r"no voice ''"),
        ("\x1b[2J", r"no voice '\\x1b\[2J'"),
    ],
)
def test_a_name_without_a_voice_is_refused(machine: Machine, name: str, said: str) -> None:
    with pytest.raises(UnknownVoiceError, match=said):
        route(machine, name)


# Voices that could be brought


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("piper:de_DE-thorsten-medium", "player voices --install piper:de_DE-thorsten-medium"),
        ("emma", "player voices --install emma"),
        (" Kore ", "player voices --install Kore"),
        ("hibari:emma", "player voices --install hibari:emma"),
    ],
)
def test_a_voice_that_could_be_installed_is_reported_with_its_command(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, name: str, command: str
) -> None:
    monkeypatch.setattr(registry, "installed_drivers", lambda: DRIVERS)
    with pytest.raises(UnknownVoiceError, match=rf"no voice '{name}'; to bring it, run `{command}`; `player voices`"):
        route(machine, name)


@pytest.mark.parametrize(("name", "package"), [("piper:de_DE-thorsten-medium", "piper-tts"), ("fable", "hibari-tts")])
def test_and_first_with_its_driver_where_that_is_not_installed(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, name: str, package: str
) -> None:
    machine.drivers = (ESPEAK,)
    monkeypatch.setattr(registry, "installed_drivers", lambda: (ESPEAK,))
    with pytest.raises(UnknownVoiceError, match=rf"its driver is not installed: run `pip install {package}`"):
        route(machine, name)


# Drivers that are missing, and how often one is asked


def test_a_missing_driver_is_passed_over_and_asked_once(machine: Machine) -> None:
    del machine.voices["hibari"], machine.voices["piper"]
    known = machine.registry()
    for _ in range(5):
        assert known.route(Utterance("one")).id == "gmw/en-us"
        assert known.route(Utterance("eins", "de")).id == "gmw/de"
    assert [driver.name for driver in known.known()] == ["espeak"]
    assert machine.asked == {"hibari": 1, "piper": 1, "espeak": 1}
    assert machine.registry().route(Utterance("one")).id == "gmw/en-us"
    assert machine.asked == {"hibari": 1, "piper": 1, "espeak": 1}, "and the store remembers it"


def test_a_driver_that_is_not_needed_is_not_asked(machine: Machine) -> None:
    machine.registry().route(Utterance("one"))
    machine.registry().route(Utterance("one", voice="heart"))
    assert machine.asked == {"hibari": 1}


def test_an_unknown_name_has_all_drivers_asked_once_more_and_not_again(machine: Machine) -> None:
    machine.registry().voices()
    known = machine.registry()
    for _ in range(3):
        with pytest.raises(UnknownVoiceError):
            known.route(Utterance("one", voice="nobody"))
    assert machine.asked == {"hibari": 2, "piper": 2, "espeak": 2}


def test_a_voice_that_came_since_is_found(machine: Machine) -> None:
    del machine.voices["piper"]
    assert route(machine, None, "de") == ("espeak", "gmw/de")
    machine.voices["piper"] = (EVA,)
    assert route(machine, "piper:de_DE-eva-low") == ("piper", "piper:de_DE-eva-low")
    assert route(machine, None, "de") == ("piper", "piper:de_DE-eva-low"), "and that is remembered"


def test_a_refresh_forgets_a_driver_that_is_gone(machine: Machine) -> None:
    known = machine.registry()
    assert known.route(Utterance("one")).driver == HIBARI
    del machine.voices["hibari"]
    known.refresh()
    assert known.route(Utterance("one")).driver == ESPEAK


def test_without_any_driver_the_last_one_says_why(machine: Machine) -> None:
    machine.voices = {}
    known = machine.registry()
    for look in (known.voices, known.chosen, lambda: known.route(Utterance("one"))):
        with pytest.raises(MissingEngineError, match=r"^there is no speech engine: espeak has no voice$"):
            look()


def test_without_even_the_packages_of_a_driver_there_is_a_remedy(machine: Machine) -> None:
    machine.drivers = ()
    with pytest.raises(MissingEngineError, match=r"^there is no speech engine; run `pip install"):
        machine.registry().voices()


def test_a_driver_that_cannot_describe_itself_is_an_error_and_not_missing(machine: Machine) -> None:
    machine.broken = {"hibari"}
    with pytest.raises(VoiceError, match="it died; try again"):
        route(machine)
    machine.broken = set()
    assert route(machine) == ("hibari", "heart")


@pytest.mark.parametrize("name", ["gmw/en", "espeak:gmw/en", "gmw/en+f2"])
def test_it_does_not_matter_for_a_voice_of_another_driver(machine: Machine, name: str) -> None:
    machine.broken = {"hibari", "piper"}
    assert route(machine, name)[0] == "espeak"


def test_a_name_with_its_driver_asks_only_that_driver(machine: Machine) -> None:
    route(machine, "espeak:gmw/en")
    assert machine.asked == {"espeak": 1}


def test_it_is_an_error_where_no_other_driver_has_the_voice(machine: Machine) -> None:
    machine.broken = {"hibari"}
    with pytest.raises(VoiceError, match="it died; try again"):
        route(machine, "heart")


def test_here_are_the_drivers_of_this_system_whose_packages_are_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "find_spec", lambda name: None if name == "piper" else object())
    monkeypatch.setattr("sys.platform", "win32")
    assert [driver.name for driver in registry.installed_drivers()] == ["hibari", "sapi5", "espeak"]
    monkeypatch.setattr(registry, "find_spec", lambda name: None)
    assert [driver.name for driver in registry.installed_drivers() if driver.packages] == []
