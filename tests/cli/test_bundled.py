"""Every bundled script, checked by the command line in the default voice and in one of each other driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from player import pipeline
from player.authoring.takes.lines import lines
from player.script import library

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("voice")]

SCRIPTS = library.bundled("scripts")
FILES = sorted(path for folder in ("", "passages", "programmes") for path in (SCRIPTS / folder).glob("*.yaml"))


PIPER = "piper:en_US-joe-medium"
AT_ONCE = {"heart": 5, "gmw/en": 10}
"""Starting the program for every file takes longer than checking it."""
PORTIONS = [
    pytest.param(voice, FILES[start : start + count], id=f"{voice}-{start}")
    for voice, count in AT_ONCE.items()
    for start in range(0, len(FILES), count)
]
FULL = 8.8
"""Letters a second of a line, in the time that it has: the fullest has 9.4, a session's fullest 6.6 to 9.4."""


def check(run: Run, voice: str, paths: list[str], *, expected: str = "") -> None:
    """There is no warning but the one that is expected of these files."""
    done = run("check", "--voice", voice, *paths)
    warnings = [line for line in done.stderr.splitlines() if not (expected and expected in line)]
    assert (done.returncode, warnings) == (0, [])
    assert done.stdout.count(": fine, ") == len(paths)


def is_hard(name: str) -> bool:
    """It is breathing, which counts, or has a line that leaves little room."""
    requested = pipeline.as_requested(pipeline.SessionRequest(name))
    spoken = lines([(requested.session, requested.settled)])
    fills = [len(line.text) * 1000 / line.room_ms for line in spoken if line.room_ms and not line.on_beat]
    return requested.session.technique == "breathing" or max(fills, default=0) >= FULL


@pytest.mark.parametrize(("voice", "paths"), PORTIONS)
def test_none_has_a_problem_or_a_warning(run: Run, voice: str, paths: list[Path]) -> None:
    check(run, voice, list(map(str, paths)))


@pytest.mark.parametrize("portion", range(9))
def test_the_fullest_and_all_breathing_fit_a_piper_voice_too(run: Run, portion: int) -> None:
    """Piper speaks at a tenth of hibari's speed, so the other sessions are left to ``nox -s texts``."""
    hard = [name for name in library.session_names("en") if is_hard(name)]
    assert len(hard) >= 12
    paths = [str(SCRIPTS / f"{name}.yaml") for name in hard[portion::9]]
    check(run, PIPER, paths, expected="warning: there is only one pitch for Joe (Piper)")


@pytest.mark.parametrize("tag", [tag for tag in library.languages() if tag != library.ORIGINAL])
def test_no_translation_has_a_problem_or_a_warning(run: Run, tag: str) -> None:
    names = library.session_names(tag)
    paths = [str(SCRIPTS / f"{name}.yaml") for name in names]
    done = run("check", *paths)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count(": fine, ") == len(names) == 12


@pytest.mark.parametrize("voice", ["gmw/en+f4", "gmw/en-us+f2", "gmw/en-us+f4", "gmw/en-us+f5"])
def test_a_variant_that_drawls_counts_a_little_faster_instead_of_refusing(run: Run, voice: str) -> None:
    """At the default rate, counts of f4 are longer than a second leaves; the others were."""
    done = run("check", "--voice", voice, str(SCRIPTS / "box-breathing.yaml"), str(SCRIPTS / "four-seven-eight.yaml"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count(": fine, ") == 2
