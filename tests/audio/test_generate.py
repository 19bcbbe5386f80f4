from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio.synthesis import RECIPES, Recipe, generate
from audio.synthesis.generate import FILE_LUFS, main, write
from audio.synthesis.material import JOIN_S
from player.sound.loudness import integrated_lufs
from tests.fakes_sound import RATE, judged, level_db, made, noise

AUDIO = Path(__file__).parents[2] / "audio"


def test_every_bundled_file_is_what_the_code_makes(bed_name: str) -> None:
    """Vorbis keeps no sample, but the level of every second; another seed or recipe would not."""
    sound, (kept, rate) = made(bed_name), soundfile.read(AUDIO / f"{bed_name}.ogg")
    assert rate == RATE
    assert kept.shape == sound.shape
    seconds = zip(*(np.split(each, len(sound) // RATE) for each in (sound, kept)), strict=True)
    assert max(abs(level_db(one) - level_db(other)) for one, other in seconds) < 0.6
    likeness = np.corrcoef(sound[:RATE, 0], kept[:RATE, 0])[0, 1]
    assert likeness > 0.9


@pytest.mark.parametrize("name", RECIPES)
def test_every_bundled_file_is_small_and_named_in_the_readme(name: str) -> None:
    assert 400_000 < (AUDIO / f"{name}.ogg").stat().st_size < 950_000
    assert f"`{Path(name).name}.ogg`" in (AUDIO / "README.md").read_text(encoding="utf-8")


def test_nothing_is_bundled_that_nobody_made() -> None:
    files = {path.relative_to(AUDIO).with_suffix("").as_posix() for path in AUDIO.rglob("*.*") if path.suffix != ".py"}
    assert {name for name in files if "synthesis" not in name} == {*RECIPES, "README"}


def test_both_loops_of_a_bed_begin_together_only_once_in_an_hour() -> None:
    for name in (name for name in RECIPES if "/" not in name):
        first_s, second_s = (RECIPES[each].seconds - JOIN_S for each in (name, f"second/{name}"))
        assert math.gcd(first_s, second_s) == 1
        assert first_s * second_s > 3600


@pytest.mark.tools
@pytest.mark.parametrize("name", RECIPES)
def test_an_independent_meter_finds_it_even_and_soft(name: str) -> None:
    verdict = judged(AUDIO / f"{name}.ogg")
    assert verdict.lufs == pytest.approx(FILE_LUFS, abs=0.6)
    # Between strikes one loop of bowls is nearly silent, for twenty seconds; both together have 10 LU.
    assert verdict.lra < (17 if "bowls" in name else 8)
    assert verdict.dbtp < -6


def test_the_level_is_set_before_the_file() -> None:
    assert integrated_lufs(made("pink-noise"), RATE) == pytest.approx(FILE_LUFS, abs=0.01)


def test_a_file_holds_every_frame(tmp_path: Path) -> None:
    write(tmp_path / "a.ogg", noise(1.2345))
    assert soundfile.info(tmp_path / "a.ogg").frames == round(1.2345 * RATE)


def test_all_files_are_made_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short = {
        "hiss": Recipe(1, lambda material: material.rng.normal(0, 0.1, (material.frames, 2)), seconds=1),
        "second/hum": Recipe(2, lambda material: material.rng.normal(0, 1, (material.frames, 2)), seconds=2),
    }
    monkeypatch.setattr(generate, "RECIPES", short)
    main(tmp_path)
    assert {path.name: soundfile.info(path).frames for path in tmp_path.rglob("*.ogg")} == {
        "hiss.ogg": RATE,
        "hum.ogg": 2 * RATE,
    }
