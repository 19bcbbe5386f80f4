"""CSV as spreadsheets write it: which rows there are, at which lines, and what is no table."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

import pytest

from player.errors import ScriptError, UsageError
from player.script import spreadsheet

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = [(1, ("name", "side")), (2, ("Änne", "3,5"))]


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        ('name,side\nÄnne,"3,5"\n'.encode(), PEOPLE),
        ('name,side\r\nÄnne,"3,5"\r\n'.encode("utf-8-sig"), PEOPLE),
        ("name;side\nÄnne;3,5".encode(), PEOPLE),
        ("name\tside\nÄnne\t 3,5 ".encode("utf-16"), PEOPLE),
        ('sep=;\nname;side\n\n"Änne";3,5\n'.encode(), [(2, PEOPLE[0][1]), (4, PEOPLE[1][1])]),
        (b'"a;b;c",d\n"x\ny",z\n , \n1,2\n', [(1, ("a;b;c", "d")), (2, ("x\ny", "z")), (5, ("1", "2"))]),
        (b"", []),
    ],
    ids=["commas", "a byte order mark", "semicolons", "tabs in UTF-16", "sep=", "line ends in cells", "nothing"],
)
def test_rows_have_their_lines_and_no_blanks(
    tmp_path: Path, data: bytes, rows: list[tuple[int, tuple[str, ...]]]
) -> None:
    (tmp_path / "a.csv").write_bytes(data)
    assert spreadsheet.rows(tmp_path / "a.csv") == rows


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (b'a,b\n"x,y\n', ScriptError, r"a\.csv:2:1: the row cannot be read: unexpected end of data"),
        (b"a,b\n\xe4,1\n", UsageError, r"a\.csv is not UTF-8 text; save it as `CSV UTF-8`"),
        (b"a" * 101, UsageError, r"a\.csv is larger than 0 MiB; split it"),
        (
            None,
            UsageError,
            r"a\.csv cannot be read: no such file or directory; name a table that you have saved as CSV",
        ),
    ],
)
def test_what_is_no_table_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes | None, error: type[Exception], message: str
) -> None:
    monkeypatch.setattr(spreadsheet, "LARGEST", 100)
    if data is not None:
        (tmp_path / "a.csv").write_bytes(data)
    with pytest.raises(error, match=message):
        spreadsheet.rows(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"," * 1000 + b"\n", r"a\.csv:1:1: a table must have at most 1000 columns, not 1001; remove some"),
        (b"a\n" + b"," * 1000, r"a\.csv:2:1: a table must have at most 1000 columns, not 1001; remove some"),
        (b"a\n" * 10_002, r"a\.csv:10002:1: a table must have at most 10000 rows; split it"),
        (b"\n" * 200_001, r"a\.csv:200001:1: a table must have at most 200000 lines, with the empty ones; remove some"),
    ],
)
def test_a_table_has_no_more_rows_columns_and_lines_than_can_be_told(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "a.csv").write_bytes(data)
    with pytest.raises(ScriptError, match=message):
        spreadsheet.rows(tmp_path / "a.csv")


def test_the_largest_table_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a" + b"," * 999 + b"\n" + b"a\n" * 10_000 + b" ,\n\n")
    found = spreadsheet.rows(tmp_path / "a.csv")
    assert (len(found), len(found[0][1])) == (10_001, 1000)


@pytest.mark.parametrize(
    "piece",
    [b"a\n", b"\n", b"a,", b",", b"a", b'"', b'"",', b'"a"', b'a"', b'"\n', b",\n", b"a;", b"\r", b" ,", b" "],
)
def test_whatever_is_in_the_largest_file_ends_soon(tmp_path: Path, piece: bytes) -> None:
    """Each with a sentence, or as a table with nothing in it."""
    (tmp_path / "a.csv").write_bytes(piece * (spreadsheet.LARGEST // len(piece)))
    start = time.process_time()
    with contextlib.suppress(ScriptError):
        assert spreadsheet.rows(tmp_path / "a.csv") == []
    assert time.process_time() - start < 5
