"""Makes the bundled beds: ``python -m audio.synthesis.generate audio/``.

The rule: the same code makes the same samples, so the files in ``audio/`` need no source but this. What they sound like
is decided in `nature`; here they get their level and their file.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from audio.synthesis import PACK, RECIPES
from audio.synthesis.material import Material
from player.sound.loudness import integrated_lufs
from player.units import CHANNELS, RATE, gain

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE_LUFS: Final = -22.0
"""Of the files, for people who play them by themselves: as loud as quiet music, with room for their peaks."""

_BLOCK_FRAMES: Final = 4096
"""libsndfile crashes when minutes of Ogg are written at once (its issues 233, 396, 426)."""


def samples(name: str) -> NDArray[np.float32]:
    """The bed as it was before it became a file: float32, shape ``(frames, 2)``, at -22 LUFS."""
    recipe = RECIPES[name]
    sound = recipe.make(Material(np.random.Generator(np.random.PCG64(recipe.seed)), recipe.seconds))
    lufs = integrated_lufs(sound, RATE)
    assert lufs is not None  # noqa: S101  (no recipe is silent)
    levelled: NDArray[np.float32] = (sound * gain(FILE_LUFS - lufs)).astype(np.float32)
    return levelled


def write(path: Path, sound: NDArray[np.float32], pack: float = PACK) -> None:
    """An Ogg Vorbis file of samples of shape ``(frames, 2)`` at 48 kHz."""
    import soundfile  # noqa: PLC0415  (only for this)

    how = {"samplerate": RATE, "channels": CHANNELS, "format": "OGG", "subtype": "VORBIS"}
    with soundfile.SoundFile(path, "w", **how, compression_level=pack) as file:
        for start in range(0, len(sound), _BLOCK_FRAMES):
            file.write(sound[start : start + _BLOCK_FRAMES])


def main(folder: Path) -> None:
    """Write every bed into the folder."""
    (folder / "second").mkdir(exist_ok=True)
    for name, recipe in RECIPES.items():
        write(folder / f"{name}.ogg", samples(name), recipe.pack)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
