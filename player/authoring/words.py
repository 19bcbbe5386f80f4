"""The words of a language as a table for a spreadsheet, and back: ``player words de --csv de.csv``.

A row is one text: its key (``muscles.let_go.2`` is the second of several), the English text, and the language's own.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from player.authoring import schemas
from player.errors import OutputError, Position, Problem, ScriptError, UsageError
from player.script import library, spreadsheet
from player.script.languages import NOT_REVIEWED, PHASES, LanguageWords
from player.script.yaml import nodes, writing
from player.script.yaml.binding import bind
from player.script.yaml.reader import read
from player.script.yaml.scalar_types import shown
from player.storage.atomic import write_all
from player.storage.failures import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from player.script.yaml.writing import Nested

COLUMNS: Final = ("key", "english", "text")
_TAG: Final = re.compile(r"[a-z]{2,3}(-[A-Z]{2}|-[A-Z][a-z]{3})?")
_NOT_TRANSLATED: Final = ("heteronyms.", "abbreviations.")
"""English's own; another language has others, or none."""
_MISSING: Final = "is missing"
"""In the sentence about a key that a file must have."""
_NUMBER: Final = re.compile("[1-9][0-9]{0,2}")
_NOT_IN_ENGLISH: Final = (
    *(f"counted.{kind}" for kind in PHASES),
    *("minutes.two_and_a_half", "ordinals_after.1", "ordinals_after.2", "abbreviations.1", "abbreviations.2"),
)
"""Keys that another language may need. A language without words has a row for each, which may stay empty."""


class TranslationRow(NamedTuple):
    """One text of the program in English and in another language; empty where there is none."""

    key: str
    english: str
    text: str


def _must_be_tag(language: str) -> None:
    if not _TAG.fullmatch(language):
        raise UsageError(f"a language is a tag such as sv or pt-BR, not {shown(language)}")


def rows(language: str) -> list[TranslationRow]:
    """All texts of a language, in the order of the English file; a language without words has empty ones.

    Raises
    ------
    UsageError
        If it is no tag of a language.
    ScriptError
        If its file has mistakes.
    """
    _must_be_tag(language)
    english, own = _texts(library.ORIGINAL), _texts(language) if language in library.languages() else {}
    english["reviewed"] = NOT_REVIEWED
    keys = dict.fromkeys(key for key in (*english, *own) if key in own or not key.startswith(_NOT_TRANSLATED))
    keys |= {} if own else dict.fromkeys(_NOT_IN_ENGLISH)
    return [TranslationRow(key, english.get(key, ""), own.get(key, "")) for key in keys]


def still_english(texts: Mapping[str, str]) -> list[str]:
    """The keys of texts that are those of English, letter for letter, where they have several words."""
    english = _texts(library.ORIGINAL)
    return [key for key, text in texts.items() if " " in text and text == english.get(key)]


def _texts(language: str) -> dict[str, str]:
    source = library.language(language)
    return dict(_flat(read(source.text, str(source.path))))


def _flat(node: nodes.Node, key: str = "") -> Iterator[tuple[str, str]]:
    """The texts of a file by their keys; those of a list are numbered from 1."""
    if isinstance(node, nodes.Scalar):
        yield key, node.text
        return
    pairs = ((k.text, v) for k, v in node.pairs) if isinstance(node, nodes.Mapping) else enumerate(node.items, 1)
    for name, value in pairs:
        yield from _flat(value, f"{key}.{name}" if key else str(name))


def write_table(language: str, path: Path, *, force: bool = False) -> None:
    """Write the table of a language, or one with empty texts for a language to come.

    Raises
    ------
    UsageError
        If it is no tag of a language, or the file is there, without ``force``.
    ScriptError
        If the language's file has mistakes.
    OutputError
        If it cannot be written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(rows(language))
    # Spreadsheets take a file without the mark for one in an old encoding.
    write_all({path: f"\ufeff{text.getvalue()}".encode()}, force=force)


def write_language(language: str, table: Path, path: Path, *, force: bool = False) -> list[str]:
    """Write the file of a language from a table, and its folder if need be; rows without a text are left out.

    Returns the keys of the texts that are still English.

    Raises
    ------
    UsageError
        If it is no tag of a language, the table cannot be read, or the file is there, without ``force``.
    ScriptError
        With every problem of the table, or of the language that would be written.
    OutputError
        If it cannot be written.
    """
    _must_be_tag(language)
    head = f"{schemas.schema_line('../' + schemas.LANGUAGE)}\n"
    texts, rows_of = _of_table(table)
    text = head + "\n".join(writing.lines(_nested(texts))) + "\n"
    try:
        bind(read(text, str(path)), LanguageWords)
    except ScriptError as error:  # its lines are those of a file that is not there
        raise ScriptError(_in_table(error, table, texts, rows_of)) from error
    with sentences(OutputError, "write", path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_all({path: text.encode()}, force=force)
    return [] if language == library.ORIGINAL else still_english(texts)


def _in_table(error: ScriptError, table: Path, texts: Mapping[str, str], rows_of: Mapping[str, int]) -> list[Problem]:
    """The problems of a file that is not written, told of the table that it was to be made from.

    Most of what is missing in a table is not translated yet: that is one line, and not one for each key.
    """
    empty = {key: line for key, line in rows_of.items() if key not in texts and key not in _NOT_IN_ENGLISH}
    missing = [each for each in error.problems if _MISSING in each.text]
    others = [each for each in error.problems if each not in missing or not empty]
    found = [Problem(Position(str(table), _row_of(each.text, rows_of), 1), each.text) for each in others]
    if missing and empty:
        first, line = next(iter(empty.items()))
        told = f"{len(empty)} of {len(rows_of)} rows have no text yet; the first is {first}"
        found.append(Problem(Position(str(table), line, 1), told))
    return found


def _row_of(text: str, rows_of: Mapping[str, int]) -> int:
    """The line of the row that a problem names first; 1 where it names none."""
    word = text.partition(" ")[0]
    return next((line for key, line in rows_of.items() if key == word or key.startswith(f"{word}.")), 1)


def _of_table(path: Path) -> tuple[dict[str, str], dict[str, int]]:
    """The texts of a table by their keys, and the line of each key that it has."""
    (first, columns), *rest = spreadsheet.rows(path) or [(1, ())]
    if not {"key", "text"} <= set(columns):
        problem = Problem(Position(str(path), first, 1), f"the first line must name the columns {', '.join(COLUMNS)}")
        raise ScriptError([problem])
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for line, cells in rest:
        at, row = Position(str(path), line, 1), dict(zip(columns, cells, strict=False))
        key, text = row.get("key", ""), row.get("text", "")
        if key in found:
            problems.append(Problem(at, f"the key {shown(key)} is there twice; remove one row"))
        if text and not key:
            problems.append(Problem(at, f"the row of {shown(text)} has no key; copy it from a new table"))
        if key and text:
            found[key] = text
    if not found and not problems:
        problems.append(Problem(Position(str(path), first, 1), "no row has a text; write them into the last column"))
    keys = [(line, dict(zip(columns, cells, strict=False)).get("key", "")) for line, cells in rest]
    problems += _gaps(path, keys, found)
    if problems:
        raise ScriptError(problems)
    return found, {key: line for line, key in keys if key}


def _gaps(path: Path, keys: list[tuple[int, str]], found: Mapping[str, str]) -> Iterator[Problem]:
    """The rows of a list that have no text though later ones have: all that follow would move up by one."""
    for line, key in keys:
        name, _, number = key.rpartition(".")
        if key in found or not _NUMBER.fullmatch(number):
            continue
        if any(f"{name}.{later}" in found for later in range(int(number) + 1, len(keys) + 2)):
            yield Problem(Position(str(path), line, 1), f"{key} has no text, and the ones behind it have; write it")


def _nested(texts: dict[str, str]) -> Nested:
    """The texts in mappings, and in lists where all keys of one place are numbers."""
    if "" in texts:
        return texts[""]
    groups: dict[str, dict[str, str]] = {}
    for key, text in texts.items():
        name, _, rest = key.partition(".")
        groups.setdefault(name, {})[rest] = text
    if all(map(_NUMBER.fullmatch, groups)):
        return [_nested(groups[name]) for name in sorted(groups, key=int)]
    return {name: _nested(group) for name, group in groups.items()}
