from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.script.yaml.params import LONGEST_FILLED, Parameter, fill
from player.script.yaml.types import FieldError

VALUES = {"side": "4s", "who": "you", "breath-in": "5s", "broken": None}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("no dollar", ("no dollar", "")),
        ("$side", ("4s", "side")),
        (" $side ", ("4s", "side")),
        ("$breath-in", ("5s", "breath-in")),
        ("${side}", ("4s", "")),
        ("For ${who}, ${side}.", ("For you, 4s.", "")),
        ("${breath-in}${ side }", ("5s4s", "")),
        ("$$side", ("$side", "")),
        ("$${side}", ("${side}", "")),
        ("$$$$", ("$$", "")),
        ("$5 or $ 5 or 5$", ("$5 or $ 5 or 5$", "")),
        ("It costs $money.", ("It costs $money.", "")),
        ("$broken", (None, "broken")),
        ("a ${broken}", (None, "")),
    ],
)
def test_parameters_are_filled_in(text: str, filled: tuple[str | None, str]) -> None:
    assert fill(text, VALUES) == filled


def test_what_is_filled_in_is_not_filled_again() -> None:
    assert fill("${a}", {"a": "${b}", "b": "x"}) == ("${b}", "")


@pytest.mark.parametrize("text", ["$sied", "${sied}", "a ${sied} b", "${}", "${4}", "for $side now"])
def test_a_slip_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(names the parameter|must have) "):
        fill(text, VALUES)


def test_a_text_cannot_be_blown_up() -> None:
    with pytest.raises(ValueError, match=r"^is too long with its parameters filled in: \d+ characters$"):
        fill("${a}" * 1000, {"a": "x" * (LONGEST_FILLED // 1000 + 1)})


@given(st.text(alphabet="$"), st.text())
def test_doubled_dollars_come_out_as_they_were_meant(dollars: str, text: str) -> None:
    meant = dollars + text
    assert fill(meant.replace("$", "$$"), VALUES) == (meant, "")


@pytest.mark.parametrize(
    ("low", "high", "value"),
    [
        ("3s", "6s", "0:04"),
        ("3", "6", "4.5"),
        ("-3", "6", "-2.5"),
        ("-30 dB", "-10 dB", "-20 dB"),
        ("3s", None, "24h"),
        (None, "3s", "0"),
        (None, None, "anything at all"),
        ("3s", "3s", "3000ms"),
    ],
)
def test_a_value_within_its_limits(low: str | None, high: str | None, value: str) -> None:
    Parameter(value, low, high).check(value)


@pytest.mark.parametrize(
    ("low", "high", "value", "message"),
    [
        ("3s", "6s", "6001ms", "must be 3s to 6s, not 6001ms"),
        ("3s", None, "2s", "must be at least 3s, not 2s"),
        (None, "3s", "4s", "must be at most 3s, not 4s"),
        ("3", "6", "-4", "must be 3 to 6, not -4"),
        ("3s", "6s", "-4", "must be 3s to 6s, not '-4'"),
        ("-30 dB", "-10 dB", "-40 dB", "must be -30 dB to -10 dB, not -40 dB"),
        ("-30 dB", "-10 dB", "-20", "must be -30 dB to -10 dB, not '-20'"),
        ("0", "1", "nan", "must be 0 to 1, not 'nan'"),
        ("0", "1", "1e999999999", "must be 0 to 1, not 1e999999999"),
    ],
)
def test_a_value_outside_its_limits(low: str | None, high: str | None, value: str, message: str) -> None:
    parameter = Parameter(low or high or "", low, high)
    with pytest.raises(ValueError, match=f"^{message}$"):
        parameter.check(value)


@pytest.mark.parametrize(("low", "high"), [("soon", None), ("3s", "late"), ("3s", "-10 dB")])
def test_limits_must_be_of_one_sort(low: str, high: str | None) -> None:
    with pytest.raises(ValueError, match="must both be durations, numbers or levels"):
        Parameter("4s", low, high)


def test_a_value_is_one_of_the_choices_as_they_are_written() -> None:
    parameter = Parameter("yes", choices=("yes", "no", "4s"))
    parameter.check("no")
    with pytest.raises(ValueError, match=r"^must be yes or no or 4s, not 'Yes'$"):
        parameter.check("Yes")
    with pytest.raises(ValueError, match=r"^must be yes or no or 4s, not '4'$"):
        parameter.check("4")


def test_a_default_must_be_one_of_the_choices() -> None:
    with pytest.raises(FieldError, match=r"^must be yes or no, not 'maybe'$") as caught:
        Parameter("maybe", choices=("yes", "no"))
    assert caught.value.field == "default"


@pytest.mark.parametrize(("low", "high"), [("3s", None), (None, "3s")])
def test_choices_and_limits_exclude_each_other(low: str | None, high: str | None) -> None:
    with pytest.raises(FieldError, match="cannot stand beside min or max") as caught:
        Parameter("3s", low, high, choices=("3s", "4s"))
    assert caught.value.field == "choices"


def test_of_many_parameters_with_long_names_the_beginnings_are_told() -> None:
    values: dict[str, str | None] = {f"{'x' * 2000}{number}": "1" for number in range(20)}
    with pytest.raises(ValueError, match=r"there are x{57}\.\.\., ") as caught:
        fill("$missing", values)
    assert len(str(caught.value)) < 900
