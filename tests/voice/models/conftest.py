"""A folder of voices of its own, and a package of hibari with a heart that it carries and an emma that it does not."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.fakes_models import EMMA, HEART, hibari_package

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def voices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder; it is not there yet."""
    monkeypatch.setenv("PLAYER_VOICES", str(tmp_path / "voices"))
    return tmp_path / "voices"


@pytest.fixture
def hibari(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = hibari_package(tmp_path / "packages", {"heart": HEART, "emma": EMMA})
    monkeypatch.delitem(sys.modules, "hibari", raising=False)
    monkeypatch.syspath_prepend(root)
    return root
