"""Every bundled script, checked by the command line in the default voice and in one of each other driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from player.script import library

if TYPE_CHECKING:
    from tests.cli.conftest import Run

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("voice")]

SCRIPTS = library.bundled("scripts")
FILES = sorted(path for folder in ("", "passages", "programmes") for path in (SCRIPTS / folder).glob("*.yaml"))


AT_ONCE = 10
"""Starting the program for every file takes longer than checking it."""


@pytest.mark.parametrize("voice", ["heart", "piper:en_US-joe-medium", "gmw/en"])
@pytest.mark.parametrize("start", range(0, len(FILES), AT_ONCE))
def test_none_has_a_problem_or_a_warning(run: Run, start: int, voice: str) -> None:
    files = [str(path) for path in FILES[start : start + AT_ONCE]]
    done = run("check", "--voice", voice, *files)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count(": fine, ") == len(files)
