"""The README says the truth: its script is a good one, and its lists are the program's own."""

from __future__ import annotations

import re
from pathlib import Path

from player.export.formats.table import WRITERS as WRITTEN
from player.export.options import EXPORT_FORMATS, FORMATS
from player.pipeline import catalogue
from player.script.session import parse
from player.techniques import TECHNIQUES
from player.techniques.planning import plan
from player.units import timecode

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_script_that_it_shows_has_no_problem() -> None:
    (script,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert plan(parse(script, "evening.yaml", TECHNIQUES, {"breaths": "12"})).parts


def test_every_bundled_session_stands_in_its_table_with_its_length() -> None:
    for session in catalogue.sessions():
        length = timecode(session.length_ms or 0)
        assert re.search(rf"^\| `{session.name}` \|.*\| {length} \|$", README, re.MULTILINE)


def test_every_programme_stands_in_its_table() -> None:
    for programme in catalogue.programmes():
        assert re.search(rf"^\| `{programme.name}` \|", README, re.MULTILINE)


def test_its_pictures_are_there() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert len(pictures) == 5
    assert all((ROOT / picture).is_file() for picture in pictures)


def test_the_command_line_offers_what_can_be_written() -> None:
    assert sorted(FORMATS) == sorted(WRITTEN)
    assert all(f"`{form}`" in README for form in EXPORT_FORMATS)


def test_it_names_one_command_for_the_main_job_and_one_for_the_tests() -> None:
    for name in ("the main command", "the test command"):
        assert README.count(f"<!-- {name} -->\n```sh\n") == 1
