"""Each bundled bed in turn; tests of several modules follow each other bed by bed, as making one takes seconds."""

from __future__ import annotations

import pytest

from audio.synthesis import RECIPES


@pytest.fixture(scope="session", params=RECIPES)
def bed_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)
