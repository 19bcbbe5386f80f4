"""What pyproject.toml promises of the package, and what the house's own tools rely on."""

from __future__ import annotations

import re
from pathlib import Path

import player

ROOT = Path(__file__).parents[1]
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_an_extra_that_takes_others_along_names_this_project_and_no_other() -> None:
    """After a new name, the old one would be fetched: somebody else's package."""
    (name,) = re.findall(r'^name = "([^"]+)"', PYPROJECT, re.MULTILINE)
    (dev,) = re.findall(r"^dev = \[(.*)\]$", PYPROJECT, re.MULTILINE)
    assert f'"{name}[test,lint]"' in dev


def test_the_package_says_that_it_is_typed() -> None:
    assert (Path(player.__file__).parent / "py.typed").is_file()
