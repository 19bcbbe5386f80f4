"""Every bundled script, checked by the command line in the real voice."""

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


@pytest.mark.parametrize("start", range(0, len(FILES), AT_ONCE))
def test_none_has_a_problem_or_a_warning(run: Run, start: int) -> None:
    files = [str(path) for path in FILES[start : start + AT_ONCE]]
    done = run("check", *files)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count(": fine, ") == len(files)
