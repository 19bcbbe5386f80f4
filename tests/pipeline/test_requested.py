"""What a script alone decides, with what the program itself says in its texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from player.errors import ScriptError
from player.pipeline import RequestedSession, SessionRequest
from player.timeline.layout import utterances

if TYPE_CHECKING:
    from pathlib import Path

MINE = """\
title: Mine
summary: It takes ${minutes}.
steps:
  - intro:
      full: [{say: "Sit down. This takes ${minutes}.", for: 30s}]
      short: [{say: Sit down., for: 5s}]
  - include: hello
  - muscles: [{name: your jaw, short: jaw}]
    tense: none
    name: 10s
    release: 20s
  - pause: 90s
    flex: yes
"""
HELLO = "title: Hello\nsteps:\n  - say: You have ${minutes}.\n    for: 30s\n"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    (tmp_path / "hello.yaml").write_text(HELLO)
    path = tmp_path / "mine.yaml"
    path.write_text(MINE)
    return path


def asked(script: Path, **more: Any) -> RequestedSession:
    return RequestedSession(SessionRequest(str(script), **more))


def texts(requested: RequestedSession) -> list[str]:
    return [each.text for each in utterances(requested.settled) if "Sit" not in each.text and "jaw" not in each.text]


@pytest.mark.parametrize(
    ("request_fields", "minutes"),
    [
        ({}, "three minutes"),
        ({"skip": ("jaw",)}, "two and a half minutes"),
        ({"length_ms": 600_000}, "ten minutes"),
        ({"outlive_ms": 600_000}, "three minutes"),
    ],
)
def test_a_text_tells_the_length_of_this_playing(script: Path, request_fields: dict[str, Any], minutes: str) -> None:
    if "outlive_ms" in request_fields:
        script.write_text(MINE.replace("summary", "background: rain\nsummary"))
    requested = asked(script, **request_fields)
    assert texts(requested)[:2] == [f"This takes {minutes}.", f"You have {minutes}."]
    assert requested.session.summary == f"It takes {minutes}."


def test_with_the_short_introduction_it_is_shorter_and_says_so(script: Path) -> None:
    requested = asked(script, intro="short")
    assert requested.nominal_ms == (155_000, True)
    assert texts(requested)[0] == "You have two and a half minutes."


def test_the_same_session_with_another_length_or_introduction_has_its_own_words(script: Path) -> None:
    full = asked(script)
    assert texts(full)[1] == "You have three minutes."
    assert texts(full.lasting(600_000, None))[1] == "You have ten minutes."
    assert texts(full.told_as("short", None))[0] == "You have two and a half minutes."
    assert full.told_as("full", 7).parts is full.parts


def test_a_parameter_of_the_script_has_the_name_for_itself(script: Path) -> None:
    script.write_text("title: T\nparams: {minutes: a while}\nsteps:\n- say: It takes ${minutes}.\n  for: 5s\n")
    assert texts(asked(script)) == ["It takes a while."]


def test_whom_to_call_is_said_in_general_words(script: Path) -> None:
    script.write_text("title: T\nsteps:\n- say: 'Call ${emergency}, or call ${crisis_line}.'\n  for: 9s\n")
    assert texts(asked(script)) == ["Call your local emergency number, or call a crisis line."]


def calls(script: Path, region: str | None) -> RequestedSession:
    head = "title: T\nsummary: Call ${emergency}.\nsafety: Never call ${crisis_line} for fun.\n"
    script.write_text(f"{head}steps:\n- say: Call ${{emergency}}, or call ${{crisis_line}}.\n  for: 19s\n")
    return asked(script, region=region)


def test_numbers_of_the_listeners_country_are_spoken_in_words_and_shown_in_figures(script: Path) -> None:
    requested = calls(script, "GB")
    assert texts(requested) == ["Call nine nine nine, or call the Samaritans, one one six, one two three."]
    assert requested.session.summary == "Call 999."
    assert requested.session.safety == ("Never call the Samaritans, 116 123 for fun.",)
    assert requested.region is not None
    assert requested.region.country == "the United Kingdom"


@pytest.mark.parametrize("region", [None, "XX", "../GB"])
def test_a_country_without_numbers_gets_general_words(script: Path, region: str | None) -> None:
    requested = calls(script, region)
    assert texts(requested) == ["Call your local emergency number, or call a crisis line."]
    assert requested.session.safety == ("Never call a crisis line for fun.",)
    assert requested.region is None


def test_numbers_in_an_included_script_are_those_of_the_country_too(script: Path, tmp_path: Path) -> None:
    (tmp_path / "hello.yaml").write_text("title: Hello\nsteps:\n  - say: Call ${emergency}.\n    for: 9s\n")
    script.write_text("title: T\nsteps:\n- include: hello\n")
    requested = asked(script, region="NZ")
    assert texts(requested) == ["Call one one one."]
    assert requested.region is not None


def test_a_country_is_of_no_account_where_no_number_is_told(script: Path) -> None:
    assert asked(script, region="GB").region is None


def test_a_language_without_words_has_none_of_these_names(script: Path) -> None:
    script.write_text("title: T\nlanguage: sv\nsteps:\n- say: Det tar ${minutes}.\n  for: 9s\n")
    with pytest.raises(ScriptError, match=r":4:8: say names the parameter 'minutes', which is not there"):
        _ = asked(script).session


def test_a_sign_alone_is_told_with_its_remedy(script: Path) -> None:
    script.write_text("title: T\nsteps:\n- say: It takes $minutes today.\n  for: 5s\n")
    with pytest.raises(ScriptError, match=r"must have \$\{minutes\} instead of \$minutes inside a text"):
        _ = asked(script).session


def test_a_step_without_a_time_of_its_own_is_counted_by_its_words(script: Path) -> None:
    script.write_text("title: T\nsteps:\n- say: You have ${minutes}.\n- pause: 58s\n")
    requested = asked(script)
    assert texts(requested) == ["You have a minute."]
    assert not requested.nominal_ms[1]
