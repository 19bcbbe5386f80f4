"""``player voices --preview``: which voices are heard, and that they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest

from player.errors import PlayerError
from player.live import voice_preview
from player.pipeline import Machine
from player.storage.store import Store
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from tests.sound_server import Loudspeaker

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.mark.parametrize(
    ("name", "language", "heard"),
    [
        ("gmw/en+f2", None, ["gmw/en+f2"]),
        ("", "en", ["gmw/en", "gmw/en-us"]),
        ("", "en_US", ["gmw/en-us"]),
        ("", "DE", ["gmw/de"]),
    ],
)
def test_a_voice_or_every_voice_of_a_language_is_heard(
    machine: Machine, name: str, language: str | None, heard: list[str]
) -> None:
    assert list(voice_preview.chosen(machine, name, language)) == heard


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (None, "takes the name of a voice, or --language with it"),
        ("tlh", "no voice for the language 'tlh'; write a tag such as"),
    ],
)
def test_without_a_name_a_language_is_needed_that_a_voice_speaks(
    machine: Machine, language: str | None, sentence: str
) -> None:
    with pytest.raises(PlayerError, match=sentence) as caught:
        voice_preview.chosen(machine, "", language)
    assert caught.value.exit_code == 2


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(FakeEngine(), Store(tmp_path))


@pytest.mark.engine
@pytest.mark.device
def test_a_preview_is_heard_and_names_its_voice(run: Run, loudspeaker: Loudspeaker) -> None:
    done = run("voices", "--preview", "heart", env=loudspeaker.env)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "heart  Heart (hibari), natural, Apache-2.0\n"
    assert np.abs(loudspeaker.recording().astype(int)).max() > 1000
