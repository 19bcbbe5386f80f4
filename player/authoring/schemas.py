"""The schema files that ship beside the scripts, made from the model: ``python -m player.authoring.schemas``.

The rule: the files are never edited; a test compares them with what the model gives. Each is named in the first line of
the files that it describes, as ``# yaml-language-server: $schema=session.schema.json``, where editors look for it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from player.script import library
from player.script.languages import LanguageWords
from player.script.programme import Programme
from player.script.regions import HelpNumbers
from player.script.yaml.schema import file_schema, session_schema
from player.techniques import TECHNIQUES
from player.techniques.muscles import GroupSet

if TYPE_CHECKING:
    from pathlib import Path

SESSION: Final = "session.schema.json"
PROGRAMME: Final = "programme.schema.json"
MUSCLES: Final = "muscles.schema.json"
REGION: Final = "region.schema.json"
LANGUAGE: Final = "language.schema.json"


def texts() -> dict[str, str]:
    """The text of each schema file, by its name."""
    schemas = {
        SESSION: session_schema(TECHNIQUES),
        PROGRAMME: file_schema(Programme),
        MUSCLES: file_schema(GroupSet),
        REGION: file_schema(HelpNumbers),
        LANGUAGE: file_schema(LanguageWords),
    }
    return {name: json.dumps(schema, indent=1, ensure_ascii=False) + "\n" for name, schema in schemas.items()}


def folder() -> Path:
    """The folder of the schema files."""
    return library.bundled("scripts")


def schema_line(where: str) -> str:
    """The line by which an editor finds the schema; ``where`` is a path from the script, or an address."""
    return f"# yaml-language-server: $schema={where}"


def main() -> None:
    """Write all schema files."""
    for name, text in texts().items():
        (folder() / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
