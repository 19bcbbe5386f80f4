"""Timers of the system: what they run, at which moments, and how their files come and go."""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

import player
from player.errors import OutputError, UsageError
from player.pipeline import SessionRequest
from player.reminders.schedule import Schedule, Window, weekdays, window
from player.reminders.timers import installing, launchd, systemd
from player.reminders.timers.scheduled_command import ScheduledCommand, scheduled_command, timer_name

HOUR = 3_600_000
SCHEDULE = Schedule(2 * HOUR, Window(9 * 60, 18 * 60), frozenset(range(5)))
NASTY = """a "b" c\\d $HOME ${HOME} 100% %h 'e' ;f #g \té"""
SCHEDULES = [
    SCHEDULE,
    Schedule(HOUR // 2),
    Schedule(7 * 60_000, window("8:05-9:00"), weekdays("tue,thu-sat")),
    Schedule(90 * 60_000, window("22:00-6:00"), weekdays("sun")),
    Schedule(24 * HOUR, window("13:00-13:01")),
]


def made(**changes: object) -> ScheduledCommand:
    bare = ScheduledCommand(
        "micro-break", "Ninety seconds", ("/usr/bin/python3", "-m", "player"), Path("/opt"), {}, SCHEDULE
    )
    return replace(bare, **changes)  # type: ignore[arg-type]


# --- what is run


def test_every_option_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my box.yaml").write_text("title: Mine\nsteps:\n  - pause: 1s\n")
    (tmp_path / "sea.wav").write_bytes(b"")
    asked = SessionRequest(
        "my box.yaml", {"side": "4s"}, "gmw/en", 120, "sea.wav", 600_000, ("neck", "jaw"), 90_000, takes="t"
    )
    asked = replace(asked, intro="short", seed=0, region="IE", guide="words 3, tones", bed_db=-26.0, tones_db=-12.5)
    found = scheduled_command(
        asked, "Mine", SCHEDULE, ("2h", "--between", "9-18"), {"PLAYER_STORE": "/s", "PLAYER_DEBUG": "1", "A": "b"}
    )
    assert found.command == (
        *(sys.executable, "-m", "player", "every", "2h", "--between", "9-18", "-p", "side=4s", "--voice", "gmw/en"),
        *("--rate", "120", "--background", str(tmp_path / "sea.wav"), "--length", "10m", "--outlive", "1m30s"),
        *("--skip", "neck,jaw", "--intro", "short", "--seed", "0", "--region", "IE"),
        *("--guide", "words 3, tones", "--bed", "-26", "--tones", "-12.5"),
        *("--takes", str(tmp_path / "t")),
        *(str(tmp_path / "my box.yaml"), "--once"),
    )
    assert found.name == "my-box"
    assert found.folder == Path(player.__file__).parents[1]
    assert found.settings == {"PLAYER_STORE": "/s"}


def test_a_bundled_session_is_given_by_its_name() -> None:
    found = scheduled_command(SessionRequest("micro-break", background="rain"), "M", SCHEDULE, ("2h",), {})
    assert found.command[3:] == ("every", "2h", "--background", "rain", "micro-break", "--once")
    with pytest.raises(UsageError, match="did you mean 'micro-break'"):
        scheduled_command(SessionRequest("micro-brake"), "M", SCHEDULE, ("2h",), {})


# --- systemd


@pytest.mark.parametrize(
    ("schedule", "lines"),
    [
        (SCHEDULE, ["Mon..Fri *-*-* 09,11,13,15,17:00:00"]),
        (Schedule(90 * 60_000, window("9-12")), ["*-*-* 09:00:00", "*-*-* 10:30:00"]),
        (
            Schedule(4 * HOUR, window("22-6"), weekdays("fri,sun")),
            ["Mon,Sat *-*-* 02:00:00", "Fri,Sun *-*-* 22:00:00"],
        ),
    ],
)
def test_moments_as_systemd_reads_them(schedule: Schedule, lines: list[str]) -> None:
    assert list(systemd.calendar(schedule)) == lines


def analyzed(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    if not shutil.which("systemd-analyze"):
        pytest.skip("needs systemd-analyze: apt install systemd")
    env = {**os.environ, "LC_ALL": "C.UTF-8", "SYSTEMD_LOG_LEVEL": "info", **more}
    return subprocess.run(
        ["systemd-analyze", *arguments], capture_output=True, text=True, env=env, timeout=60, check=False
    )


@pytest.mark.tools
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_systemd_finds_exactly_the_moments_of_the_schedule(schedule: Schedule) -> None:
    count = len(schedule.week())
    begin = datetime(2026, 6, 5, 10, 7, tzinfo=timezone.utc)
    told = analyzed(
        *("calendar", f"--iterations={count}", f"--base-time={begin:%Y-%m-%d %H:%M:%S} UTC"),
        *systemd.calendar(schedule),
        TZ="UTC",
    )
    assert told.returncode == 0, told.stderr
    texts = [line.split()[-3:-1] for line in told.stdout.splitlines() if line.endswith(" UTC")]
    found = sorted({datetime.fromisoformat("T".join(each)).replace(tzinfo=timezone.utc) for each in texts})
    at, expected = begin, []
    for _ in range(count):
        at = schedule.next_after(at, timezone.utc)
        expected.append(at)
    assert found[:count] == expected


@pytest.mark.tools
def test_systemd_has_nothing_to_complain_about(tmp_path: Path) -> None:
    words = ("-m", "player", NASTY, "plain", "100%", "$5", "")
    unit = made(command=(sys.executable, *words), title="100 % $calm", folder=tmp_path, settings={"PLAYER_A": NASTY})
    for name, text in (("player-a.service", systemd.service(unit)), ("player-a.timer", systemd.timer(unit))):
        (tmp_path / name).write_text(text)
    done = analyzed(
        "verify", "--user", "--man=no", *map(str, tmp_path.glob("player-a.*")), XDG_RUNTIME_DIR=str(tmp_path)
    )
    assert (done.returncode, done.stderr) == (0, "")
    wrong = tmp_path / "player-a.service"
    wrong.write_text(wrong.read_text().replace("\\t", "\\q"))
    assert (
        "unknown escape" in analyzed("verify", "--user", "--man=no", str(wrong), XDG_RUNTIME_DIR=str(tmp_path)).stderr
    )


def test_words_are_quoted_so_that_they_mean_themselves() -> None:
    text = systemd.service(made(command=("/a b/py", "-m", NASTY), title="100 % calm", settings={"PLAYER_A": "$a %b"}))
    assert "Description=100 %% calm\n" in text
    assert 'Environment="PLAYER_A=$a %%b"\n' in text
    assert (
        r"""ExecStart="/a b/py" -m "a \"b\" c\\d $$HOME $${HOME} 100%% %%h 'e' ;f #g \té\"""".replace('é\\"', 'é"')
        + "\n"
    ) in text


# --- launchd


def test_an_agent_has_an_interval_for_each_moment() -> None:
    agent = plistlib.loads(launchd.agent(made(command=("/a b/py", NASTY), settings={"PLAYER_A": "1"})))
    assert agent["Label"] == "player.micro-break"
    assert agent["ProgramArguments"] == ["/a b/py", NASTY]
    assert agent["EnvironmentVariables"] == {"PLAYER_A": "1"}
    assert len(agent["StartCalendarInterval"]) == 25
    assert agent["StartCalendarInterval"][0] == {"Weekday": 1, "Hour": 9, "Minute": 0}
    assert list(launchd.intervals(Schedule(12 * HOUR))) == [{"Hour": 0, "Minute": 0}, {"Hour": 12, "Minute": 0}]
    assert next(launchd.intervals(Schedule(24 * HOUR, window("9-10"), frozenset({6}))))["Weekday"] == 7


# --- the files


def timer(tmp_path: Path, platform: str = "linux", **changes: object) -> installing.Timer:
    return installing.timer(made(**changes), platform=platform, environ={}, home=tmp_path)


def test_where_the_files_lie(tmp_path: Path) -> None:
    folder = tmp_path / ".config" / "systemd" / "user"
    assert [*timer(tmp_path).files] == [folder / "player-micro-break.service", folder / "player-micro-break.timer"]
    assert [*timer(tmp_path, "darwin").files] == [tmp_path / "Library" / "LaunchAgents" / "player.micro-break.plist"]
    for config, base in ((tmp_path / "conf", tmp_path / "conf"), (Path("conf"), tmp_path / ".config")):
        found = installing.timer(made(), platform="linux", environ={"XDG_CONFIG_HOME": str(config)}, home=tmp_path)
        assert next(iter(found.files)).parent == base / "systemd" / "user"


def test_on_windows_the_message_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"for Linux and macOS; .*schtasks.* this: /usr/bin/python3 -m player"):
        timer(tmp_path, "win32")
    with pytest.raises(UsageError, match=r"^--uninstall is for Linux and macOS; .*schtasks /Delete"):
        installing.place("micro-break", platform="win32", home=tmp_path)


@pytest.mark.parametrize(
    ("session", "name"),
    [
        ("micro-break", "micro-break"),
        ("gone", "gone"),
        ("a b/gone.yaml", "gone"),
        ("de/gone", "de-gone"),
        ("..", "session"),
    ],
)
def test_a_timer_has_its_name_whether_the_script_is_there_or_not(session: str, name: str) -> None:
    assert timer_name(session) == name


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_files_are_written_whole_and_removed_again(tmp_path: Path, platform: str) -> None:
    made_ = timer(tmp_path, platform)
    for _ in range(2):  # a second time, nothing is in the way
        assert installing.install(made_) == tuple(made_.files)
        assert {path: path.read_bytes() for path in made_.files} == made_.files
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(made_.files)
    for left in made_.leftovers:
        left.parent.mkdir()
        left.symlink_to(next(iter(made_.files)))
    assert installing.uninstall(timer(tmp_path, platform, title="Another")) == tuple(made_.files)
    assert not [path for path in tmp_path.rglob("*") if not path.is_dir()]
    with pytest.raises(UsageError, match="so there is nothing to remove"):
        installing.uninstall(made_)


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_another_file_is_left_alone_without_force(tmp_path: Path, platform: str) -> None:
    made_ = timer(tmp_path, platform)
    last = [*made_.files][-1]
    last.parent.mkdir(parents=True)
    last.write_text("mine")
    with pytest.raises(UsageError, match=r"is there already, and differs; write over it with --force"):
        installing.install(made_)
    with pytest.raises(UsageError, match=r"was not written by player; remove it with --force"):
        installing.uninstall(made_)
    assert [path.read_text() for path in tmp_path.rglob("*") if path.is_file()] == ["mine"]
    installing.install(made_, force=True)
    assert last.read_bytes() == made_.files[last]
    last.write_text("mine")
    installing.uninstall(made_, force=True)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_file_that_only_mentions_our_mark_is_none_of_ours(tmp_path: Path) -> None:
    made_ = timer(tmp_path)
    last = [*made_.files][-1]
    last.parent.mkdir(parents=True)
    last.write_bytes(b"[Unit]\n# mine\n# Not:\n# %b\n" % installing.MARK)
    with pytest.raises(UsageError, match=r"was not written by player; remove it with --force"):
        installing.uninstall(made_)
    assert last.exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    made_ = timer(tmp_path)
    last = [*made_.files][-1]
    last.parent.mkdir(parents=True)
    os.mkfifo(last)
    with pytest.raises(UsageError, match=r"is there already, and differs"):
        installing.install(made_)
    with pytest.raises(UsageError, match=r"was not written by player"):
        installing.uninstall(made_)


def test_a_link_to_something_else_is_no_leftover(tmp_path: Path) -> None:
    made_ = timer(tmp_path)
    installing.install(made_)
    (left,) = made_.leftovers
    left.parent.mkdir()
    left.symlink_to("/etc/mine.timer")
    installing.uninstall(made_)
    assert left.is_symlink()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".config").write_text("")
    with pytest.raises(
        OutputError, match=r"cannot write .*; make its folder writable, as the system looks for timers nowhere else"
    ):
        installing.install(timer(tmp_path))


@pytest.mark.parametrize("word", ["calm\rX=.yaml", "a\x1bb.yaml"])
def test_an_agent_holds_no_control_character(word: str) -> None:
    with pytest.raises(UsageError, match="has a character that a timer's file cannot hold; give it another name"):
        launchd.agent(made(command=("/py", word)))


def test_a_control_character_stays_within_its_quotes() -> None:
    text = systemd.service(made(command=("/py", "a\rExecStart=x"), title="a\rb"))
    assert 'ExecStart=/py "a\\x0dExecStart=x"\n' in text
    assert "Description=a b\n" in text
