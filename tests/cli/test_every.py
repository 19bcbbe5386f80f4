"""``player every`` as a user has it: what is refused, timers in a folder, and one moment that is heard."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from player.cli import every as module
from player.cli import main
from player.reminders import loop
from player.reminders.politeness import Signs
from player.units import RATE
from tests.sound_server import Loudspeaker, without_devices

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

Run = Callable[..., "subprocess.CompletedProcess[str]"]

SCRIPT = """\
title: Short break
background: {sound: rain, fade_in: 0s, fade_out: 1s}
steps:
  - say: Sit.
    for: 3s
"""


@pytest.fixture
def script(tmp_path: Path) -> str:
    (tmp_path / "short break.yaml").write_text(SCRIPT)
    return "short break.yaml"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("micro-break", "2h"), "such as 90m or 2h, not 'micro-break'; it stands before SESSION\n"),
        *(
            ((wrong, "micro-break"), f"must be whole minutes from 1m to 24h, such as 90m or 2h, not '{wrong}'\n")
            for wrong in ("2x", "10s", "90s", "0h", "30h", "10 sec")
        ),
        (("10min", "micro-break"), "such as 90m or 2h, not '10min'; write 10m\n"),
        (("2h", "micro-break", "--between", "9"), "--between must be two times of day"),
        (("2h", "micro-break", "--on", "someday"), "--on must be days"),
        (("2h", "micro-break", "--once", "--install"), "ask for one of them"),
        (("2h", "desk-day"), "'desk-day' is a programme, and this is for one session"),
        (("2h", "micro-brake"), "did you mean 'micro-break'?"),
        (
            ("1m", "micro-break"),
            "it lasts 1:30, and 20s before that, too long to be played every 1m; take a longer interval, such as 4m",
        ),
        (("2h", "micro-break", "--between", "9:00-9:00"), "--between must be two different times, such as"),
        (("2h", "micro-break", "--uninstall"), "is not there, so there is nothing to remove"),
        (("--uninstall", "micro-break"), "is not there, so there is nothing to remove"),
        (("--uninstall",), "name the session whose timer is to go, such as `player every --uninstall micro-break`"),
        (("--uninstall", "nosuch"), "there is no session 'nosuch'"),
        (("micro-break",), "name the interval, and behind it the session, such as `player every 2h micro-break`"),
        ((), "name the interval, and behind it the session, such as `player every 2h micro-break`"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_2(
    run: Run, voice: None, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    done = run("every", *arguments, env={"XDG_CONFIG_HOME": str(tmp_path / "conf")})
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


@pytest.mark.usefixtures("voice")
def test_a_script_with_problems_is_reported_at_the_start(run: Run, script: str, tmp_path: Path) -> None:
    (tmp_path / script).write_text(SCRIPT.replace("3s", "10ms"))
    done = run("every", "2h", script)
    assert done.returncode == 2
    assert "short break.yaml:4:5: " in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="systemd is Linux's")
@pytest.mark.usefixtures("voice")
def test_a_timer_is_written_and_removed(run: Run, script: str, tmp_path: Path) -> None:
    env = {"XDG_CONFIG_HOME": str(tmp_path / "conf")}
    asked = ("every", "2h", script, "--between", "9:00-18:00", "--on", "mon-fri", "--insist", "--rate", "120")
    done = run(*asked, "--install", env=env)
    folder = tmp_path / "conf" / "systemd" / "user"
    files = [folder / "player-short-break.service", folder / "player-short-break.timer"]
    assert done.returncode == 0
    assert done.stdout.splitlines() == [str(file) for file in files]
    assert done.stderr == (
        "Switch it on with:\n"
        "  systemctl --user daemon-reload && systemctl --user enable --now player-short-break.timer\n"
    )
    service, timer = (file.read_text() for file in files)
    assert "OnCalendar=Mon..Fri *-*-* 09,11,13,15,17:00:00\n" in timer
    assert (f'every 2h --between 9:00-18:00 --on mon-fri --insist --rate 120 "{tmp_path / script}" --once\n') in service
    assert sorted(folder.iterdir()) == files
    assert run(*asked, "--install", "-q", env=env).returncode == 0
    assert run("every", "1h", script, "--install", env=env).returncode == 2
    for interval in (("1h",), ()):
        assert run(*asked, "--install", "-q", env=env).returncode == 0
        done = run("every", *interval, script, "--uninstall", env=env)
        assert done.stdout.splitlines() == [str(file) for file in files]
        assert not [*folder.iterdir()]


@pytest.mark.skipif(sys.platform != "linux", reason="systemd is Linux's")
@pytest.mark.parametrize("name", ["mine", "mine.yaml"])
@pytest.mark.parametrize("left", ["nothing", "a broken script"])
def test_a_timer_goes_though_its_script_is_gone(run: Run, tmp_path: Path, voice: None, name: str, left: str) -> None:
    env = {"XDG_CONFIG_HOME": str(tmp_path / "conf"), "PLAYER_SCRIPTS": str(tmp_path / "own")}
    script = tmp_path / "own" / "mine.yaml"
    script.parent.mkdir()
    script.write_text(SCRIPT)
    made = run("every", "2h", "mine", "--install", env=env)
    assert made.returncode == 0
    if left == "nothing":
        script.unlink()
    else:
        script.write_bytes(b"\xff\xfe\xff")
    done = run("every", "--uninstall", name, env=env)
    assert (done.returncode, done.stdout) == (0, made.stdout)
    assert done.stderr.startswith("If it was switched on, end it with:\n  systemctl --user stop player-mine.timer")
    assert not [path for path in (tmp_path / "conf").rglob("*") if path.is_file()]


def minute(ahead: timedelta) -> str:
    """A part of the day that begins so long from now."""
    then = datetime.now().astimezone() + ahead
    return f"{then:%H:%M}-{then + timedelta(minutes=1):%H:%M}"


@pytest.mark.usefixtures("voice")
def test_once_ends_where_no_moment_has_come(run: Run, script: str) -> None:
    done = run("every", "24h", script, "--between", minute(timedelta(hours=12)), "--once")
    assert (done.returncode, done.stderr) == (0, "No moment has come just now.\n")


@pytest.mark.parametrize(("options", "told"), [((), ["waits, as the screen is locked"]), (("--insist",), [])])
def test_once_waits_where_it_would_disturb_unless_it_is_to_insist(
    monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], told: list[str]
) -> None:
    looks, done = [Signs(is_locked=True), Signs()], []
    ready = SimpleNamespace(
        requested=SimpleNamespace(source=SimpleNamespace(name="micro-break")),
        session=SimpleNamespace(title="Ninety seconds", safety=()),
        timeline=SimpleNamespace(total_ms=90_000),
        request=SimpleNamespace(takes=None),
    )
    monkeypatch.setattr(module, "_prepared", lambda *_, **__: ready)
    monkeypatch.setattr(module, "_is_due", lambda _: True)
    monkeypatch.setattr(module, "SignReader", lambda: lambda: looks.pop(0))
    monkeypatch.setattr(module, "SoftBell", lambda: nullcontext(SimpleNamespace(check=lambda: None)))
    monkeypatch.setattr(module, "_play", lambda *_, **__: done.append("played"))
    for name in ("QUIET", "_LOOK_EVERY"):
        monkeypatch.setattr(loop, name, timedelta(milliseconds=10))
    result = CliRunner().invoke(main, ["every", "2h", "micro-break", "--once", *options])
    assert (result.exit_code, done) == (0, ["played"])
    title, *lines = result.stderr.splitlines()
    assert title == "Ninety seconds, 1:30"
    assert [line.partition("  ")[2] for line in lines] == told


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_without_a_loudspeaker_once_fails_with_a_sentence(run: Run, script: str, tmp_path: Path) -> None:
    done = run(
        "every", "24h", script, "--between", minute(timedelta()), "--once", "--insist", env=without_devices(tmp_path)
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == "Short break, 0:03"
    assert done.stderr.splitlines()[1].startswith("no audio device could be opened")
    assert done.stderr.count("\n") == 2


@pytest.mark.device
@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_once_is_a_bell_and_then_the_session(
    run: Run,
    script: str,
    loudspeaker: Loudspeaker,
    tmp_path: Path,
    store_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert run("export", script, "-o", "short.wav").returncode == 0
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(loop, "QUIET", timedelta(seconds=2))  # 20 would be long for a test
    for name, value in (loudspeaker.env | {"PLAYER_STORE": str(store_folder)}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        main(["every", "24h", script, "--between", minute(timedelta()), "--once", "--insist", "-q"])
    assert ended.value.code == 0
    exported, recording = soundfile.read(tmp_path / "short.wav", dtype="int16")[0], loudspeaker.recording()
    start = recording.tobytes().find(exported[:200].tobytes()) // 4
    assert start > 2 * RATE
    np.testing.assert_array_equal(recording[start : start + len(exported)], exported)
    assert not recording[start + len(exported) :].any()
    bell = np.abs(recording[: start - RATE].astype(int)).max()
    assert 500 < bell < 8000
