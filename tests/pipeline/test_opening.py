from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from player.errors import BackgroundError
from player.pipeline.media import users_own
from player.pipeline.opening import users_own_sound, warnings
from player.script import library
from player.sound.bed import Bed, StoredLoop
from player.sound.sides import Balance
from player.units import RATE

if TYPE_CHECKING:
    from pathlib import Path

ARE = ", ".join(library.sounds())


def bed(seconds: float, mono_loss_db: float = 3.0) -> Bed:
    loop = StoredLoop(np.zeros((round(seconds * RATE), 2), np.int16), 1.0)
    return Bed((loop,), 0.5, Balance(mono_loss_db))


@pytest.mark.parametrize(
    ("found", "one_channel", "said"),
    [
        (bed(61), False, []),
        (bed(1.25), False, ["brook.mp3: it comes round every 1.2 s, which is heard; choose a longer background"]),
        (bed(61, 40.0), False, ["brook.mp3: its two sides cancel each other where one loudspeaker plays both"]),
        (bed(61, 40.0), True, []),  # one side is taken
        (bed(1.25, 40.0), False, ["brook.mp3: its two sides cancel", "brook.mp3: it comes round every 1.2 s"]),
    ],
)
def test_a_background_that_may_be_a_nuisance_is_warned_of(found: Bed, one_channel: bool, said: list[str]) -> None:
    told = warnings({"brook.mp3": found}, one_channel=one_channel)
    assert len(told) == len(said)
    assert all(each.startswith(start) for each, start in zip(told, said, strict=True))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nosuch.mp3", f"there is no sound file 'nosuch.mp3' in {{here}}; name another, or one of {ARE}"),
        ("a/b.ogg", f"there is no sound file 'a/b.ogg' in {{here}}; name another, or one of {ARE}"),
        ("/nosuch/a.ogg", f"there is no sound file '/nosuch/a.ogg'; name another, or one of {ARE}"),
        ("folder.wav", f"folder.wav is a folder; name a sound file, or one of {ARE}"),
        ("..", f".. is a folder; name a sound file, or one of {ARE}"),
        ("rian", "there is no sound 'rian'; did you mean 'rain'?"),
        ("xyzzy", f"there is no sound 'xyzzy'; there are {ARE}"),
        ("", f"there is no sound ''; there are {ARE}"),
        ("https://x.org/a.mp3", "the background 'https://x.org/a.mp3' is an address on a network; download it, and …"),
        ("a\0b", "the background 'a\\x00b' is not a name that a file can have"),
        ("text.txt", "text.txt: "),
    ],
)
def test_a_background_of_the_users_is_refused_by_where_and_what_it_is(
    name: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "folder.wav").mkdir()
    (tmp_path / "text.txt").write_text("no sound")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BackgroundError) as caught:
        users_own_sound(name)
    assert str(caught.value).startswith(told.format(here=tmp_path).removesuffix("…"))


def test_a_bundled_sound_is_found_beside_a_folder_of_its_name_and_after_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rain").mkdir()
    soundfile.write(tmp_path / "wind", np.ones((RATE, 2)) * 0.1, RATE, format="WAV")
    monkeypatch.chdir(tmp_path)
    assert users_own("rain").parent == library.bundled("audio")
    assert str(users_own("wind")) == "wind"
    users_own_sound("rain")
    users_own_sound("wind")
