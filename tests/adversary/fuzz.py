"""Coverage-guided fuzzing of the parsers: ``python -m tests.adversary.fuzz yaml --seconds 60``.

Needs atheris, which has wheels for Linux and macOS and a few Pythons: ``nox -s fuzz`` installs it. Each parser is given
bytes, and may answer with a value, or with the error that its caller turns into a sentence; anything else is a finding,
and ends the run with its input in a file.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import atheris
import yaml

with atheris.instrument_imports(include=["player"]):
    from player.errors import PlayerError, ScriptError
    from player.export.mp3.frames import LAYOUTS, SideInformation
    from player.export.tags import id3_reader, mp4_reader, vorbis_reader
    from player.export.tags.fields import DAMAGE
    from player.script import programme
    from player.script.session import parse
    from player.script.yaml import reader
    from player.techniques import TECHNIQUES

from tests.adversary.mutations import loaded

if TYPE_CHECKING:
    from collections.abc import Callable

_SCRIPTS: Final = Path(__file__).parents[2] / "scripts"


def _yaml(data: bytes) -> None:
    """Nodes, or problems inside the text; both parsers agree on what is good."""
    try:
        exact = reader.read(data, "f")
    except ScriptError as error:
        lines = data.count(b"\n") + data.count(b"\r") + 1
        if not all(1 <= each.at.line <= lines and each.at.column >= 1 for each in error.problems):
            raise AssertionError("a place outside the text") from error
        return
    quick, problems = reader.compose(data, "f", exact=False)
    assert problems or quick == exact


def _binder(data: bytes) -> None:
    with suppress(ScriptError):
        parse(data, "f.yaml", TECHNIQUES)
    with suppress(ScriptError):
        programme.parse(data, "f.yaml")


def _tags(data: bytes) -> None:
    for read in (id3_reader.read_id3, mp4_reader.read_mp4, vorbis_reader.read_flac, vorbis_reader.read_ogg):
        with suppress(PlayerError, *DAMAGE):
            read(io.BytesIO(data))


def _frames(data: bytes) -> None:
    for channels, layout in LAYOUTS.items():
        side = SideInformation.of(data[: layout.data_at].ljust(layout.data_at, b"\0"), channels)
        assert 0 <= side.main_data_begin < 512
        assert 0 <= side.main_data_bytes <= 4 * 512
        assert all(0 <= each < 8 for each in side.last_block_types)


PARSERS: Final[dict[str, Callable[[bytes], None]]] = {
    "yaml": _yaml,
    "binder": _binder,
    "tags": _tags,
    "frames": _frames,
}


def _sow(corpus: Path) -> None:
    """Short scripts, each with one step of the program's own: what is long is read a few times a second."""
    for path in sorted(_SCRIPTS.glob("*.yaml")):
        for number, step in enumerate(loaded(path.read_text("utf-8")).get("steps", ())[:3]):
            text = yaml.dump({"title": "T", "steps": [step]}, allow_unicode=True, sort_keys=False)
            (corpus / f"{path.stem}-{number}.yaml").write_text(text, "utf-8")


def main() -> None:
    """Fuzz one parser, and keep what reaches more of the code in the corpus."""
    asked = argparse.ArgumentParser(description="Coverage-guided fuzzing of the parsers.")
    asked.add_argument("parser", choices=sorted(PARSERS))
    asked.add_argument("--seconds", type=int, default=60)
    asked.add_argument("--corpus", type=Path, default=Path(tempfile.gettempdir()) / "player-fuzz", metavar="FOLDER")
    given = asked.parse_args()
    own = given.corpus / given.parser
    own.mkdir(parents=True, exist_ok=True)
    if given.parser in {"yaml", "binder"}:
        _sow(own)
    limits = (f"-max_total_time={given.seconds}", "-timeout=5", "-rss_limit_mb=1500", "-max_len=1024")
    found = f"-artifact_prefix={given.corpus}{os.sep}"
    atheris.Setup([sys.argv[0], *limits, found, str(own)], PARSERS[given.parser])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
