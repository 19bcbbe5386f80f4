"""Values of options are refused as the same values of a script or of the settings are."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from player.cli import _options, main
from player.cli._options import LEVEL, RATE, TIME, ScalarParameter
from player.cli._times import FORMS
from player.reminders.schedule import ALLOWED
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


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e400", "x", "٣", "9" * 400])
@pytest.mark.parametrize(("command", "option"), numbers())
def test_what_is_no_number_is_one_sentence(command: str, option: str, value: str) -> None:
    given = (f"{option}={value}",) if option.startswith("--") else (option, value)
    done = CliRunner().invoke(main, [command, "box", *given])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{option} must be ")
    assert done.stderr.count("\n") == 1
    assert len(done.stderr) < 200


def values() -> list[tuple[str, click.Option]]:
    """Every command with every option of it that takes a value."""
    return [
        (name, option)
        for name, command in COMMANDS.items()
        if command is not None
        for option in command.params
        if isinstance(option, click.Option) and not (option.is_flag or option.count)
    ]


@pytest.mark.parametrize("value", ["", " "])
@pytest.mark.parametrize(("command", "option"), values(), ids=str)
def test_an_empty_value_is_refused_by_every_option(command: str, option: click.Option, value: str) -> None:
    name = max(option.opts, key=len)
    given = (f"{name}={value}",) if name.startswith("--") else (name, value)
    done = CliRunner().invoke(main, [command, *["box"] * (command != "sounds"), *given])
    remedy = "name one" if option.required else "name one, or leave it out"
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"{name} is empty; {remedy}\n")


@pytest.mark.parametrize("command", ["check", "export", "log", "play", "record", "show"])
def test_an_empty_name_of_a_session_is_told_as_such(command: str) -> None:
    done = CliRunner().invoke(main, [command, ""])
    assert done.exit_code == 2
    assert done.stderr.startswith("the session's name is empty; `player list` shows the sessions")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("breathe", "box", "--for", "3"), "--for must have a unit, not '3'; write 3m or 3s"),
        (
            ("breathe", "box", "--for", "0"),
            "--for must be longer than nothing, not '0'; leave it out, or write such as 3m",
        ),
        (("show", "pmr-7", "--length", "10"), "--length must have a unit, not '10'; write 10m or 10s"),
        (("show", "pmr-7", "--outlive", "1.5"), "--outlive must have a unit, not '1.5'; write 1.5m or 1.5s"),
        (("play", "pmr-7", "--from", "5"), "--from must have a unit, not '5'; write 5m or 5s"),
        (("now", "--length", "10"), "--length must have a unit, not '10'; write 10m or 10s"),
        (
            ("breathe", "box", "--for", "10min"),
            "--for must be a duration such as 4s, 500ms, 2m30s or 0:30, not '10min'; write 10m",
        ),
        (
            ("every", "2", "micro-break"),
            "INTERVAL must be whole minutes from 1m to 24h, such as 90m or 2h, not '2'; write 2m or 2h",
        ),
        (
            ("every", "90", "micro-break"),
            "INTERVAL must be whole minutes from 1m to 24h, such as 90m or 2h, not '90'; write 90m",
        ),
        (
            ("every", "hourly", "micro-break"),
            "INTERVAL must be whole minutes from 1m to 24h, such as 90m or 2h, not 'hourly'; write 1h",
        ),
        (
            ("every", "micro-break", "2h"),
            f"INTERVAL must be {ALLOWED}, not 'micro-break'; it stands before SESSION",
        ),
        (("show", "pmr-7", "--intro", "shrt"), "--intro must be full or short, not 'shrt'"),
        (("export", "pmr-7", "--chapters", "xml"), "--chapters must be json, not 'xml'"),
        (
            ("export", "box", "--bitrate", "128k"),
            "--bitrate must be a whole number of kbit/s, such as 128, not '128k'; write 128",
        ),
        (("export", "box", "--bitrate", "0"), "--bitrate must be a whole number of kbit/s, such as 128, not '0'"),
        (
            ("export", "box-breathing", "-o", "x.mp3", "--bitrate", "20000"),
            "--bitrate must be one of 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320 kbit/s, not 20000",
        ),
        (("completion", "tcsh"), "SHELL must be bash, zsh or fish, not 'tcsh'"),
        (("show", "box-breathing", "-p", "sied=3s"), "-p: there is no parameter 'sied'; did you mean 'side'?"),
        (("show", "box-breathing", "-p", "x=3s"), "-p: there is no parameter 'x'; there are side, holds"),
        (("show", "box-breathing", "-p", "side=12s"), "-p: side must be 3s to 6s, not 12s"),
        (("play", "box-breathing", "-p", "holds=maybe"), "-p: holds must be yes or no, not 'maybe'"),
        (
            ("show", "pmr-7", "-p", "first=leg"),
            "-p first: order names 'leg', which is none of right-arm, left-arm, face, neck, trunk, right-leg, left-leg",
        ),
        (
            ("show", "pmr-7", "-p", "first=left-arm", "-p", "rounds=1.5"),
            "-p rounds: rounds must be a whole number, 1 to 1000, not '1.5'",
        ),
        (
            ("show", "box-breathing", "--background", "none", "--bed", "-20"),
            "--bed is the level of a background, and there is none; choose one with --background, or leave --bed out",
        ),
        (("show",), "SESSION is missing; `player show --help` tells more"),
        (("show", "--zzz"), "there is no option --zzz; `player show --help` tells more"),
        (("show", "pmr-7", "--for"), "there is no option --for; did you mean --force? `player show --help` tells more"),
        (("show", "pmr-7", "--voice"), "option '--voice' requires an argument; `player show --help` tells more"),
        (("show", "a", "b"), "got unexpected extra argument (b); `player show --help` tells more"),
    ],
)
def test_a_wrong_command_line_is_one_line(arguments: tuple[str, ...], told: str) -> None:
    done = CliRunner().invoke(main, [*arguments], prog_name="player")
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"{told}\n")


def test_a_time_of_nought_needs_no_unit() -> None:
    assert [TIME.convert(text, None, None) for text in ("0", "0s", "0:00", "1:00", "90s")] == [0, 0, 0, 60_000, 90_000]


def test_the_limits_are_those_of_scripts_and_settings() -> None:
    assert (LEVEL.convert("-26 dB", None, None), RATE.convert("105", None, None)) == (-26.0, 105)
    assert _options.MOST_SESSIONS == MOST_SESSIONS
    assert ScalarParameter(BY_NAME["bed"].kind).convert(-8.0, None, None) == -8.0


@pytest.mark.parametrize("command", ["breathe", "every", "export", "now", "play", "record", "show"])
def test_what_a_time_is_stands_below_each_help_that_has_one(command: str) -> None:
    found = COMMANDS[command]
    assert found is not None
    assert any(each.make_metavar(click.Context(found)) == "TIME" for each in found.params)
    text = CliRunner().invoke(main, [command, "--help"]).stdout
    assert " ".join(text.split()).endswith(FORMS)


def test_no_other_command_has_a_time() -> None:
    assert {
        name for name, command in COMMANDS.items() if command and any(each.metavar == "TIME" for each in command.params)
    } == {"breathe", "every", "export", "now", "play", "record", "show"}


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_help_fits_a_terminal(command: str) -> None:
    lines = CliRunner().invoke(main, [command, "--help"], terminal_width=80).stdout.splitlines()
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(("command", "own"), [("every", "--between"), ("export", "--output"), ("play", "--from")])
def test_the_options_of_a_command_stand_before_those_of_all(command: str, own: str) -> None:
    text = CliRunner().invoke(main, [command, "--help"]).stdout
    assert text.index(own) < text.index("-p NAME=VALUE")
