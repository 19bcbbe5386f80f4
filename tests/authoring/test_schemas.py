"""The schema files that ship, and the files that name them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from player.authoring import schemas
from tests import as_editors_read

SCRIPTS = Path(__file__).parents[2] / "scripts"
FILES = sorted(path for path in SCRIPTS.rglob("*.yaml"))
BY_FOLDER = {
    "muscles": schemas.MUSCLES,
    "programmes": schemas.PROGRAMME,
    "regions": schemas.REGION,
    "languages": schemas.LANGUAGE,
}


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCRIPTS / name).read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "name", [schemas.SESSION, schemas.PROGRAMME, schemas.MUSCLES, schemas.REGION, schemas.LANGUAGE]
)
def test_the_file_is_what_the_model_gives(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_SCRIPTS", str(tmp_path))
    same = (SCRIPTS / name).read_text(encoding="utf-8") == schemas.texts()[name]
    assert same, f"scripts/{name} is not what the model gives; run python -m player.authoring.schemas"


def test_every_schema_is_written_and_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemas, "folder", lambda: tmp_path)
    schemas.main()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(schemas.texts())
    for path in tmp_path.iterdir():
        Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SCRIPTS)))
def test_every_bundled_file_is_valid(path: Path) -> None:
    schema = BY_FOLDER.get(path.parent.name, schemas.SESSION)
    found = best_match(validator(schema).iter_errors(as_editors_read.load(path.read_text(encoding="utf-8"))))
    assert found is None, f"{found.json_path}: {found.message}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SCRIPTS)))
def test_every_bundled_file_names_its_schema_for_editors(path: Path) -> None:
    schema = BY_FOLDER.get(path.parent.name, schemas.SESSION)
    where = "../" * (len(path.relative_to(SCRIPTS).parts) - 1)
    assert path.read_text(encoding="utf-8").splitlines()[0] == schemas.schema_line(f"{where}{schema}")
