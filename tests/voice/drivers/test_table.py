"""The table of drivers: what it promises of rates, and that nothing is known of a driver anywhere else."""

from __future__ import annotations

import re
from importlib import import_module, metadata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import player
from player.voice.drivers import OWN
from player.voice.drivers.rates import HIBARI, PIPER
from player.voice.drivers.table import BY_NAME, DRIVERS, Driver
from player.voice.registry import installed_drivers

MEASURED = [driver for driver in DRIVERS if driver.measured]
IN_STEPS = [driver for driver in MEASURED if driver.in_steps]
WITHIN = st.floats(40, 900)


def names(drivers: list[Driver] | tuple[Driver, ...]) -> list[str]:
    return [driver.name for driver in drivers]


def fastest(driver: Driver) -> float:
    return driver.measured[-1][1]


# Who is in it


def test_natural_voices_come_first_and_the_one_for_every_machine_last() -> None:
    qualities = [driver.quality for driver in DRIVERS]
    assert qualities == sorted(qualities), "natural before synthetic"
    assert names(DRIVERS)[0] == "hibari"
    assert names(DRIVERS)[-1] == "espeak"
    assert len(BY_NAME) == len(DRIVERS)


@pytest.mark.parametrize("driver", DRIVERS, ids=names(DRIVERS))
def test_each_has_an_adapter_for_the_worker(driver: Driver) -> None:
    adapter = import_module(f"player.voice.drivers.{driver.adapter}")
    assert all(callable(getattr(adapter, name)) for name in ("prepare", "settle", "facts"))


@pytest.mark.parametrize("name", OWN)
def test_each_of_ours_is_one_that_pyttsx3_can_build(name: str) -> None:
    assert callable(import_module(f"player.voice.drivers.{name}").buildDriver)
    assert BY_NAME[name].keeps_model


@pytest.mark.parametrize("driver", installed_drivers(), ids=names(installed_drivers()))
def test_what_pip_calls_a_driver_that_is_here_is_installed_and_has_a_version(driver: Driver) -> None:
    for name in driver.distributions:
        assert metadata.version(name)


def test_nothing_else_asks_which_driver_it_is() -> None:
    """The rule of the table; what is peculiar to a driver is a column of it, or in the driver's adapter."""
    asks = re.compile(rf"(==|!=|\bin) *[({{\[]*\"({'|'.join(BY_NAME)})\"")
    root = Path(player.__file__).parent
    files = [path for path in root.rglob("*.py") if "drivers" not in path.relative_to(root).parts]
    assert [str(path) for path in files if asks.search(path.read_text(encoding="utf-8"))] == []


# Rates


@pytest.mark.parametrize("driver", MEASURED, ids=names(MEASURED))
def test_what_was_measured_rises(driver: Driver) -> None:
    for column in zip(*driver.measured, strict=True):
        assert list(column) == sorted(set(column))


def test_our_drivers_get_what_they_measured() -> None:
    assert [rate for rate, _ in BY_NAME["hibari"].measured] == [words for _, words in HIBARI]
    assert [rate for rate, _ in BY_NAME["piper"].measured] == [words for _, words in PIPER]


@given(st.sampled_from(MEASURED), WITHIN, WITHIN)
def test_more_words_a_minute_never_give_a_lower_rate(driver: Driver, one: float, other: float) -> None:
    assert one > other or driver.rate_for(one) <= driver.rate_for(other)


@given(st.sampled_from(MEASURED), WITHIN)
def test_a_driver_says_no_fewer_than_are_wanted_as_far_as_it_can(driver: Driver, wanted: float) -> None:
    said = driver.within(driver.rate_for(wanted))
    assert said >= min(wanted, fastest(driver)) - 0.75  # rates told in whole numbers, and half a word for steps
    assert said >= driver.slowest - 0.5


@given(st.sampled_from(IN_STEPS), WITHIN)
def test_a_driver_with_steps_gets_no_rate_between_them(driver: Driver, wanted: float) -> None:
    assert driver.rate_for(wanted) in {rate for rate, _ in driver.measured}


@pytest.mark.parametrize("driver", IN_STEPS, ids=names(IN_STEPS))
def test_every_step_gives_its_own_rate(driver: Driver) -> None:
    for rate, words in driver.measured:
        if words >= driver.slowest:
            assert driver.rate_for(words) == rate
            assert driver.within(rate) == words


@pytest.mark.parametrize(("within", "told"), [(60, 84), (111, 84), (118, 90), (124.5, 95), (131, 100), (900, 450)])
def test_espeak_gets_whole_numbers_between_what_was_measured(within: float, told: int) -> None:
    assert BY_NAME["espeak"].rate_for(within) == told


@pytest.mark.parametrize(("told", "within"), [(80, 111), (84, 111), (95, 124.5), (100, 131), (500, 584)])
def test_and_says_what_lies_between(told: int, within: float) -> None:
    assert BY_NAME["espeak"].within(told) == within


@given(WITHIN)
def test_a_driver_that_was_not_measured_gets_the_rate_unchanged(rate: float) -> None:
    for driver in set(DRIVERS) - set(MEASURED):
        assert driver.rate_for(rate) == driver.within(rate) == rate


# Counts


@pytest.mark.parametrize(
    ("text", "said"), [("four", "four;"), ("Breathe in", "Breathe in;"), ("Hold.", "Hold."), ("trois…", "trois…")]
)
def test_a_count_ends_as_its_driver_needs_it_unless_it_has_an_ending(text: str, said: str) -> None:
    driver = Driver("one", "natural", "natural", count_ends=";")
    assert driver.as_count(text) == said


def test_a_count_of_a_driver_without_an_ending_stays() -> None:
    assert Driver("one", "natural", "natural").as_count("four") == "four"
