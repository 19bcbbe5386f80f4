"""Values of options are refused as the same values of a script or of the settings are."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from player.cli import _options, main
from player.cli._options import LEVEL, RATE, ScalarParameter
from player.script.programme import MOST_SESSIONS
from player.settings.keys import BY_NAME

COMMANDS = {name: main.get_command(click.Context(main), name) for name in main.list_commands(click.Context(main))}


def numbers() -> list[tuple[str, str]]:
    """Every command with every option of it that takes a number."""
    return [
        (name, option.opts[0])
        for name, command in COMMANDS.items()
        if command is not None
        for option in command.params
        if isinstance(option, click.Option) and option.metavar in ("DB", "WPM", "N", "KBIT", "YYYY", "[DB]")
    ]


def test_no_option_takes_what_click_calls_a_number() -> None:
    """Its ranges let ``nan`` through, which was made into a wrong sound with exit code 0."""
    own = (click.types.IntParamType, click.types.FloatParamType)
    assert not [
        (name, option.name)
        for name, command in COMMANDS.items()
        if command is not None
        for option in command.params
        if isinstance(option.type, own) and not getattr(option, "count", False)
    ]


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e400", "x", "", "٣", "9" * 400])
@pytest.mark.parametrize(("command", "option"), numbers())
def test_what_is_no_number_is_one_sentence(command: str, option: str, value: str) -> None:
    given = (f"{option}={value}",) if option.startswith("--") else (option, value)
    done = CliRunner().invoke(main, [command, "box", *given])
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"Invalid value for '{option}': must be " in done.stderr
    assert len(done.stderr.splitlines()[-1]) < 200


def test_the_limits_are_those_of_scripts_and_settings() -> None:
    assert (LEVEL.convert("-26 dB", None, None), RATE.convert("105", None, None)) == (-26.0, 105)
    assert _options.MOST_SESSIONS == MOST_SESSIONS
    assert ScalarParameter(BY_NAME["bed"].kind).convert(-8.0, None, None) == -8.0
