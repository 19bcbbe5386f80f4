"""Which country's numbers are told: the option, the variable, the locale, and general words."""

from __future__ import annotations

import json
import locale
import time
from typing import TYPE_CHECKING

import pytest

from player.errors import UsageError
from player.pipeline import region

if TYPE_CHECKING:
    from tests.cli.conftest import Run

LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*LOCALES, region.VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(locale, "getlocale", lambda: (None, None))
    at(monkeypatch, -5)


def at(monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    class Time:
        tm_gmtoff = hours * 3600

    monkeypatch.setattr(time, "localtime", Time)


def test_the_option_is_over_the_variable_and_that_over_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    assert region.of_listener(None) is None
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    assert region.of_listener(None) == "US"
    monkeypatch.setenv("PLAYER_REGION", "in")
    assert region.of_listener(None) == "IN"
    assert region.of_listener("ie") == "IE"


def test_the_first_locale_that_is_set_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("LC_MESSAGES", "es_MX.UTF-8")
    assert region.of_listener(None) == "MX"
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert region.of_listener(None) is None


def test_a_locale_that_the_clock_contradicts_is_no_country(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    at(monkeypatch, 5.5)
    assert region.of_listener(None) is None


def test_where_no_variable_is_set_python_tells_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locale, "getlocale", lambda: ("en_CA", "UTF-8"))
    assert region.of_listener(None) == "CA"


def test_a_wrong_word_names_where_it_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"^--region must be a country"):
        region.of_listener("Narnia")
    monkeypatch.setenv("PLAYER_REGION", "Narnia")
    with pytest.raises(UsageError, match=r"^the variable PLAYER_REGION must be a country"):
        region.of_listener(None)


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_show_tells_the_country_where_numbers_are_told(run: Run) -> None:
    done = run("show", "safety-first", "--region", "ie")
    assert "The numbers to call are those of Ireland (--region)." in done.stdout
    assert "! In an emergency, call 112." in done.stdout
    cues = json.loads(run("show", "safety-first", "--region", "ie", "--json").stdout)["cues"]
    assert any("call one one two" in cue["text"] for cue in cues)
    assert "numbers to call" not in run("show", "micro-break", "--region", "IE").stdout
