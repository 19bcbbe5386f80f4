"""Tables of people, as spreadsheets write them, and all that can be wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from player.errors import ScriptError, UsageError
from player.export.batch import batch, csv_table
from player.export.options import ExportOptions
from player.pipeline import SessionRequest

if TYPE_CHECKING:
    from player.export.batch.jobs import ExportOrder

SCRIPT = """\
title: Hello
params:
  name: Friend
  side: {default: 4s, min: 3s, max: 6s}
steps:
  - say: "Hello, ${name}."
    for: 5s
  - pause: $side
"""
TABLE = "name,side\nAnna,3s\nBen,5s\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLAYER_SCRIPTS", str(tmp_path / "own"))
    Path("hello.yaml").write_text(SCRIPT)
    Path("bye.yaml").write_text("title: Bye\nsteps: [{pause: 2s}]\n")


def orders(table: str | bytes, pattern: str = "{name}-{session}.mp3", *sessions: str) -> list[ExportOrder]:
    Path("people.csv").write_bytes(table.encode() if isinstance(table, str) else table)
    items, _ = batch.items(map(SessionRequest, sessions or ("hello.yaml",)))
    return csv_table.orders(csv_table.read(Path("people.csv")), items, pattern, ExportOptions(), force=False)


def problems(table: str, pattern: str = "{name}-{session}.mp3") -> list[str]:
    with pytest.raises(ScriptError) as caught:
        orders(table, pattern)
    return [str(problem) for problem in caught.value.problems]


def test_a_row_fills_parameters_and_names() -> None:
    assert [(str(order.target), dict(order.task.request.values)) for order in orders(TABLE)] == [
        ("Anna-hello.mp3", {"name": "Anna", "side": "3s"}),
        ("Ben-hello.mp3", {"name": "Ben", "side": "5s"}),
    ]


@pytest.mark.parametrize(
    "table",
    [
        TABLE.encode("utf-8-sig"),
        TABLE.encode("utf-16"),
        TABLE.replace(",", ";").replace("\n", "\r\n").encode("utf-8-sig"),
        TABLE.replace(",", "\t").encode(),
        b"sep=;\r\n" + TABLE.replace(",", ";").encode(),
        b'"name";"side"\n"Anna";"3s"\n"Ben";"5s"',
        b'name , side\n\n Anna , 3s \n"Ben",5s\n,\n\n',
    ],
    ids=["bom", "utf-16", "semicolons", "tabs", "told", "quoted", "blanks"],
)
def test_tables_are_read_as_spreadsheets_write_them(table: bytes) -> None:
    assert [dict(order.task.request.values) for order in orders(table)] == [
        {"name": "Anna", "side": "3s"},
        {"name": "Ben", "side": "5s"},
    ]


def test_a_column_may_be_for_the_name_of_the_file_alone() -> None:
    made = orders("id,name\n007,Anna\n008,Anna\n", "out/{id}.mp3")
    assert [str(order.target) for order in made] == ["out/007.mp3", "out/008.mp3"]
    assert [dict(order.task.request.values) for order in made] == [{"name": "Anna"}] * 2


def test_every_session_is_made_for_every_row() -> None:
    made = orders(TABLE, "{session}/{name}.mp3", "hello.yaml", "bye.yaml")
    assert [str(order.target) for order in made] == ["hello/Anna.mp3", "bye/Anna.mp3", "hello/Ben.mp3", "bye/Ben.mp3"]
    assert [dict(order.task.request.values) for order in made][1] == {}


def test_all_problems_are_reported_at_once_where_they_are() -> None:
    assert problems("name,sid\nAnna,3s\n../x,4s\n,5s\nanna,6s\n") == [
        "people.csv:1:2: the column 'sid' is no parameter and not in the name of the file; did you mean 'side'?",
        "people.csv:3:1: name cannot be part of a file's name: it has '/' in it",
        "people.csv:4:1: name is missing in this row; fill it in, such as with the script's own 'Friend'",
        f"people.csv:5:1: the file anna-hello.mp3 is made in line 2 already; {csv_table._UNIQUE}",
    ]


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("name,side\nAnna,9s\n", "people.csv:2:2: side must be 3s to 6s, not 9s"),
        ("name,side\nAnna\n", "people.csv:2:1: the row must have 2 cells as the first line has, not 1"),
        ("name,name\nAnna,Anna\n", "people.csv:1:2: the column 'name' is there twice; remove one"),
        ("name,\nAnna,x\n", "people.csv:1:2: the column has no name; write one, or remove the column"),
        ("name,session\nA,b\n", "people.csv:1:2: the column 'session' has the word that stands for the session in -o"),
        (
            "name,note\nA,b\n",
            "people.csv:1:2: the column 'note' is no parameter and not in the name of the file; remove",
        ),
        ("name,side\n", "people.csv:1:1: there is no row below the names of the columns"),
        ('name\n"An\nna"\n', "people.csv:2:1: name cannot be part of a file's name: it has a control character in it"),
        ('name\n"a\nb"\nAnna\nanna\n', "people.csv:5:1: the file anna-hello.mp3 is made in line 4 already"),
        ("name\n.x\n", "people.csv:2:1: name cannot be part of a file's name: it begins or ends with a dot"),
        ("name\ncon\n", "people.csv:2:1: name cannot be part of a file's name: it is the name of a device on Windows"),
        (f"name\n{'x' * 300}\n", "people.csv:2:1: name cannot be part of a file's name: it is too long"),
        ('name\n"Anna\n', "people.csv:2:1: the row cannot be read: unexpected end of data"),
        ("sep=;\nname;sidd\nAnna;3s\n", "people.csv:2:2: the column 'sidd' is no parameter"),
    ],
)
def test_a_problem_is_one_sentence_with_its_place(table: str, told: str) -> None:
    assert any(problem.startswith(told) for problem in problems(table))


def many(number: int) -> str:
    return ",".join(["name", *(f"c{each}" for each in range(number - 1))])


@pytest.mark.parametrize(
    ("table", "first", "last"),
    [
        (f"{many(900)}\nAnna{',1' * 899}\n", "people.csv:1:2: the column 'c0' is no parameter", "people.csv:1:201: "),
        (f"name{',' * 900}\nAnna{',1' * 900}\n", "people.csv:1:2: the column has no name", "people.csv:1:201: "),
        ("name\n" + "Anna,1\n" * 900, "people.csv:2:1: the row must have 1 cells", "people.csv:201:1: "),
        ("name\n" + "a/b\n" * 900, "people.csv:2:1: name cannot be part of", "people.csv:201:1: "),
    ],
    ids=["columns", "names", "lengths", "cells"],
)
def test_of_many_problems_as_many_are_told_as_of_a_script(table: str, first: str, last: str) -> None:
    told = problems(table)
    assert len(told) == csv_table.MOST_PROBLEMS + 1
    assert told[0].startswith(first)
    assert [each for each in told if "reading ends here" in each] == [
        f"{last}reading ends here, with 200 mistakes; mend these, and export again"
    ]


def test_what_the_script_says_against_a_value_is_reported_in_its_row() -> None:
    Path("hello.yaml").write_text("title: Hello\nparams: {side: 4s}\nsteps: [{pause: $side}]\n")
    (told,) = problems("id,side\n1,4s\n2,long\n", "{id}.mp3")
    assert told.startswith("people.csv:3:2: with these values, hello.yaml:")


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("out", "must be a pattern with a column in braces, such as '{name}-{session}.mp3'"),
        ("{session}.mp3", "must be a pattern with a column in braces"),
        ("{nam}.mp3", "names no column of people.csv: 'nam'; did you mean 'name'"),
        ("{name.mp3", "is not a pattern"),
        ("{name:>10}.mp3", "must have plain names in its braces, such as {name}"),
        ("{}.mp3", "names no column"),
    ],
)
def test_a_pattern_names_columns(pattern: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        orders(TABLE, pattern)
    assert told in str(caught.value)


def test_of_columns_with_long_names_the_beginnings_are_told() -> None:
    with pytest.raises(UsageError) as caught:
        orders(f"name,{'x' * 2000},side\n1,2,4s\n", "{other}.mp3")
    assert str(caught.value).endswith(f"'other'; there is name, {'x' * 57}..., side, session")
    for pattern in ("out", "{side!r}"):
        with pytest.raises(UsageError, match=r"such as '?{x{57}\.\.\.}") as caught:
            orders(f"{'x' * 2000},side\n1,4s\n", pattern)
        assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("data", "told"),
    [(b"", "is empty"), (b"name\n\xff\xe4\n", "is not UTF-8 text"), (None, "cannot be read: no such file")],
)
def test_a_file_that_is_no_table_is_one_sentence(data: bytes | None, told: str) -> None:
    if data is not None:
        Path("t.csv").write_bytes(data)
    with pytest.raises(UsageError, match=told):
        csv_table.read(Path("t.csv"))
