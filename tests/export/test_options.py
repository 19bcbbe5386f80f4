"""The names that the command line offers are exactly those of the tables that make the files."""

from __future__ import annotations

import ast
from pathlib import Path

from player.cli import export as command
from player.export import captions, options, presets
from player.export.formats.table import WRITERS


def test_each_table_has_exactly_the_names_in_order() -> None:
    assert tuple(WRITERS) == options.FORMATS
    assert tuple(presets.PRESETS) == options.PRESETS
    assert tuple(captions.SUBTITLES) == options.CAPTIONS


def test_the_command_offers_what_there_is() -> None:
    offered = {option.name: option.type for option in command.export.params}
    assert tuple(offered["form"].choices) == options.EXPORT_FORMATS  # type: ignore[attr-defined]
    assert tuple(offered["preset"].choices) == options.PRESETS  # type: ignore[attr-defined]


def test_the_names_load_no_encoder() -> None:
    tree = ast.parse(Path(options.__file__).read_text(encoding="utf-8"))
    found = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert found == {"__future__", "dataclasses", "typing", "player.script.credits"}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
