"""Every bundled script, checked by the command line in the real voice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from player.script import library

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("voice")]

SCRIPTS = library.bundled("scripts")
FILES = sorted(path for folder in ("", "passages", "programmes") for path in (SCRIPTS / folder).glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_it_has_no_problem_and_no_warning(run: Run, path: Path) -> None:
    done = run("check", str(path))
    assert (done.returncode, done.stderr) == (0, "")
