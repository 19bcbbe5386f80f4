"""Each command reads, parses and plans each script once, with the scripts that it includes."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from player import machine
from player.cli import main
from player.export.batch.bundle import pack
from player.live import play as playback
from player.live.preopen import DevicePreopener
from player.pipeline import SessionRequest, requested
from player.script import library
from player.storage.store import Store
from player.techniques import planning
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from player.script.library import Source
    from player.script.session import Session

SCRIPT = """\
title: Mine
background: rain
steps:
  - include: parts/hello
  - say: Sit down.
    for: 1s
  - repeat: {times: 2, steps: [{include: parts/hello}]}
"""
HELLO = "title: Hello\nsteps:\n  - say: Hello.\n    for: 600ms\n"
WEEK = "title: Week\nsessions: [mine, mine]\n"


@pytest.fixture
def count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each script is parsed or planned, in a folder with a session and a programme."""
    (tmp_path / "parts").mkdir()
    for name, text in {"mine.yaml": SCRIPT, "parts/hello.yaml": HELLO, "week.yaml": WEEK}.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLAYER_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("PLAYER_SCRIPTS", str(tmp_path / "own"))
    monkeypatch.setattr(machine, "_engine_and_store", lambda: (_Engine(), Store()))
    seen: Counter[str] = Counter()
    for module in (requested, planning):
        monkeypatch.setattr(module, "parse", _counting(seen, module.parse))
    plan, find = planning.plan, library.find

    def planned(session: Session, *more: object) -> planning.Plan:
        seen["plans"] += 1
        return plan(session, *more)  # type: ignore[arg-type]

    def found(name: str, text: str | None = None) -> Source:
        seen["reads"] += 1
        return find(name, text)

    monkeypatch.setattr(requested, "plan", planned)
    monkeypatch.setattr(library, "find", found)
    return seen


class _Engine(FakeEngine):
    """Has no processes to begin or end."""

    is_known = True

    def begin(self, text: str) -> None:
        pass


def _counting(seen: Counter[str], parse: Callable[..., Session]) -> Callable[..., Session]:
    def counted(text: str, name: str, *more: object, **named: object) -> Session:
        seen[name.rpartition("/")[2]] += 1
        return parse(text, name, *more, **named)

    return counted


def run(*arguments: str) -> None:
    done = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output


ONCE = {"mine.yaml": 1, "hello.yaml": 1, "plans": 1, "reads": 1}
EXPORT = ("export", "mine.yaml", "-o", "mine.flac", "--captions", "vtt", "--chapters", "json", "--labels")


@pytest.mark.parametrize("command", [("check", "mine.yaml"), ("show", "mine.yaml"), ("record", "mine.yaml")])
def test_a_command_reads_a_script_once(count: Counter[str], command: tuple[str, ...]) -> None:
    run(*command)
    assert count == ONCE


def test_an_export_reads_it_once_more_to_see_whether_it_has_changed(count: Counter[str]) -> None:
    """Its voice begins to load before the program has loaded what parses a script."""
    run(*EXPORT)
    assert count == {**ONCE, "reads": 2}


def test_a_session_that_is_played_is_read_once(count: Counter[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playback, "DevicePreopener", lambda **_: DevicePreopener(silent=True))
    run("play", "mine.yaml", "--plain")
    assert count == ONCE


def test_a_programme_reads_each_of_its_sessions_once(count: Counter[str]) -> None:
    run("check", "week.yaml")
    assert count == {**ONCE, "reads": 2}  # the programme, and its one session
    run("export", "week.yaml", "-o", "week", "--format", "wav")
    assert count == {"mine.yaml": 2, "hello.yaml": 2, "plans": 2, "reads": 5}


def test_a_bundle_for_another_machine_reads_it_once(count: Counter[str]) -> None:
    bundle, _ = pack(SessionRequest("mine.yaml"))
    assert [file.name for file in bundle.files] == ["here/mine.yaml", "here/parts/hello.yaml"]
    assert count == ONCE


TELLING = "title: Mine\nsteps:\n  - include: parts/hello\n  - say: This takes ${minutes}.\n    for: 6s\n"


def test_a_session_that_tells_its_length_is_planned_twice_and_read_once(count: Counter[str], tmp_path: Path) -> None:
    """Its length is known when it is planned, and then it has its words."""
    (tmp_path / "mine.yaml").write_text(TELLING)
    run("check", "mine.yaml")
    assert count == {"mine.yaml": 2, "hello.yaml": 2, "plans": 2, "reads": 1}


def test_to_read_and_plan_loads_nothing_that_a_loudspeaker_would_wait_for() -> None:
    code = (
        "import sys; from player.pipeline import SessionRequest, programmes\n"
        "assert programmes.alone(SessionRequest('box-breathing')).known_ms\n"
        "print({'numpy', 'pydub', 'soxr', 'soundfile'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_script_with_a_mistake_is_read_once_and_told(count: Counter[str], tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("title: T\nsteps:\n  - pausing: 1s\n")
    done = CliRunner().invoke(main, ("check", "mine.yaml"))
    assert done.exit_code == 2
    assert "mine.yaml:3:5: unknown step 'pausing'; did you mean 'pause'?" in done.output
    assert count["mine.yaml"] == 1
