"""The words of a language as a table, and back."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import pytest

from player.authoring import words
from player.errors import PlayerError
from player.script import library
from player.script.languages import LanguageWords, words_for
from player.script.yaml.binding import bind
from player.script.yaml.reader import read

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("tag", library.languages())
def test_a_language_comes_back_from_its_table_as_it_was(tag: str, tmp_path: Path) -> None:
    words.write_table(tag, tmp_path / "a.csv")
    words.write_language(tag, tmp_path / "a.csv", tmp_path / "a.yaml")
    text = (tmp_path / "a.yaml").read_text(encoding="utf-8")
    assert bind(read(text, "a.yaml"), LanguageWords) == words_for(tag)


def test_a_new_language_has_the_english_words_beside_empty_cells(tmp_path: Path) -> None:
    words.write_table("sv", tmp_path / "sv.csv")
    with (tmp_path / "sv.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["text"] for row in rows} == {""}
    assert next(row["english"] for row in rows if row["key"] == "phases.in") == "Breathe in"
    assert not [row for row in rows if row["key"].startswith("heteronyms")]


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ("a,b\n1,2\n", "t.csv:1:1: the first line must name the columns key, english, text"),
        ("key,english,text\nname,English,\n", "t.csv:1:1: no row has a text; write them into the last column"),
        ("key,text\nname,A\nname,B\n", "t.csv:3:1: the key 'name' is there twice; remove one row"),
        (
            "key,text\nnumbers.1,ett\nnumbers.2,\nnumbers.3,tre\n",
            "t.csv:3:1: numbers.2 has no text, and the ones behind it have; write it",
        ),
        ("key,text\n,A\n", "t.csv:2:1: the row of 'A' has no key; copy it from a new table"),
        ("key;text\nname;A\n", "t.csv:1:1: english is missing in the file"),
    ],
)
def test_what_is_wrong_with_a_table_is_told_and_nothing_is_written(table: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(table, encoding="utf-8")
    with pytest.raises(PlayerError) as caught:
        words.write_language("sv", path, tmp_path / "sv.yaml")
    assert problem in str(caught.value).replace(str(tmp_path) + "/", "")
    assert not (tmp_path / "sv.yaml").exists()


def test_a_half_translated_table_is_one_line_with_the_first_row_that_lacks_its_text(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    words.write_table("sv", path)
    head, *rows = path.read_text(encoding="utf-8-sig").splitlines()
    filled = [
        row[:-1] + ",ett" if row.endswith(",") and row.startswith(("name,", "numbers.1,")) else row for row in rows
    ]
    path.write_text("\n".join([head, *filled]), encoding="utf-8")
    with pytest.raises(PlayerError) as caught:
        words.write_language("sv", path, tmp_path / "sv.yaml")
    line, told = str(caught.value).removeprefix(f"{path}:").split(":1: ")
    key = rows[int(line) - 2].partition(",")[0]
    assert re.fullmatch(rf"\d+ of {len(rows)} rows have no text yet; the first is {re.escape(key)}", told)


def test_what_is_wrong_in_a_row_is_told_at_that_row(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    words.write_table("de", path)
    text = path.read_text(encoding="utf-8-sig").splitlines()
    line = next(number for number, row in enumerate(text, 1) if row.startswith("name,"))
    text[line - 1] = f"name,English,{'x' * 3000}"
    path.write_text("\n".join(text), encoding="utf-8")
    with pytest.raises(PlayerError, match=f"t.csv:{line}:1: name must be at most"):
        words.write_language("de", path, tmp_path / "de.yaml")


def test_what_is_no_tag_has_no_words(tmp_path: Path) -> None:
    with pytest.raises(PlayerError, match=r"a language is a tag such as sv or pt-BR, not '\.\./x'"):
        words.write_table("../x", tmp_path / "t.csv")


def test_texts_that_are_still_english_are_told(tmp_path: Path) -> None:
    words.write_table("de", tmp_path / "a.csv")
    text = (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    german = next(row.text for row in words.rows("de") if row.key == "help.crisis_line")
    (tmp_path / "a.csv").write_text(text.replace(german, "a crisis line"), encoding="utf-8")
    assert words.write_language("sv", tmp_path / "a.csv", tmp_path / "sv.yaml") == ["help.crisis_line"]


def test_a_new_language_has_rows_for_what_english_does_not_need() -> None:
    rows = {row.key: row for row in words.rows("sv")}
    assert {"counted.in", "breathe.decimal", "ordinals_after.1", "abbreviations.1"} <= rows.keys()
    assert rows["reviewed"].english == "none"


def test_a_table_that_makes_no_language_makes_no_folder(tmp_path: Path) -> None:
    words.write_table("sv", tmp_path / "sv.csv")
    with pytest.raises(PlayerError, match="no row has a text"):
        words.write_language("sv", tmp_path / "sv.csv", tmp_path / "languages" / "sv.yaml")
    assert [path.name for path in tmp_path.iterdir()] == ["sv.csv"]
