"""Requests as the diary keeps them: whatever a request can say comes back."""

from __future__ import annotations

import json
import math
import os
import sys
from dataclasses import MISSING, fields, replace
from typing import TYPE_CHECKING, Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.history.requests import as_json, as_request, key, key_of, understood
from player.pipeline import SessionRequest
from player.script import library
from player.units import HIGHEST_LEVEL_DB, LOWEST_LEVEL_DB

if TYPE_CHECKING:
    from pathlib import Path

SESSION = "title: Mine\nsteps:\n  - say: Sit.\n    for: 2s\n"

levels = st.none() | st.floats(-60, 0)
requests = st.builds(replace, st.from_type(SessionRequest), bed_db=levels, tones_db=levels)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLAYER_SCRIPTS", str(tmp_path / "own"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text(SESSION)
    (tmp_path / "own" / "programmes").mkdir(parents=True)
    (tmp_path / "own" / "calm.yaml").write_text(SESSION)
    (tmp_path / "own" / "programmes" / "days.yaml").write_text("title: Days\nsessions: [calm]\n")
    return tmp_path


def written(request: SessionRequest) -> Any:
    """As it stands in the file."""
    return json.loads(json.dumps(as_json(request)))


@given(request=requests)
def test_every_field_of_a_request_comes_back(request: SessionRequest) -> None:
    request = replace(request, session="pmr-7", background=None, takes=None)
    assert as_request(written(request), SessionRequest("")) == request


def test_every_field_but_the_session_may_be_left_out() -> None:
    """So that an older diary can be read by a version with more fields, and only what was asked for is written."""
    needed = [
        each.name for each in fields(SessionRequest) if each.default is MISSING and each.default_factory is MISSING
    ]
    assert needed == ["session"]
    assert as_json(SessionRequest("pmr-7")) == {"session": "pmr-7"}


def test_what_a_newer_version_wrote_is_left_aside() -> None:
    assert as_request({"session": "pmr-7", "smell": "lavender", "rate": 90}, SessionRequest("")) == SessionRequest(
        "pmr-7", rate=90
    )


def test_what_is_given_now_wins_and_the_rest_is_as_it_was() -> None:
    then = written(SessionRequest("pmr-7", {"rounds": "3", "side": "4s"}, rate=90, skip=("neck",), background="rain"))
    now = as_request(then, SessionRequest("ignored", {"side": "5s", "new": "1"}, rate=120, background="none"))
    assert now == SessionRequest("pmr-7", {"rounds": "3", "side": "5s", "new": "1"}, None, 120, "none", None, ("neck",))


def test_files_are_found_from_any_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "brook.flac").touch()
    request = SessionRequest("./mine.yaml", background="brook.flac", takes="my/takes")
    then = written(request)
    monkeypatch.chdir("/")
    assert as_request(then, SessionRequest("")) == SessionRequest(
        str(folder / "mine.yaml"), background=str(folder / "brook.flac"), takes=str(folder / "my" / "takes")
    )


@pytest.mark.parametrize(
    ("called", "key"),
    [
        ("pmr-7", "pmr-7"),
        ("evening", "evening"),
        ("mine.yaml", "mine.yaml"),
        ("./own/../mine.yaml", "mine.yaml"),
        ("calm", "own/calm.yaml"),
        ("own/calm.yaml", "own/calm.yaml"),
        ("days", "own/programmes/days.yaml"),
    ],
)
def test_a_session_is_remembered_by_its_name_or_its_file(folder: Path, called: str, key: str) -> None:
    assert key_of(called) == (str(folder / key) if key.endswith(".yaml") else key)


def test_what_has_no_file_is_remembered_by_what_it_is_called() -> None:
    assert key_of("breathe 4-4-4-4") == "breathe 4-4-4-4"
    assert written(SessionRequest("breathe 4-4-4-4"))["session"] == "breathe 4-4-4-4"


def test_a_script_that_comes_along_is_no_file_even_where_one_has_its_name(folder: Path) -> None:
    request = SessionRequest("mine.yaml", script=SESSION)
    assert key(request) == "mine.yaml"
    assert as_request(written(request), SessionRequest("")) == request


def test_a_bundled_script_named_by_its_path_is_a_file_like_others() -> None:
    path = library.bundled("scripts") / "pmr-7.yaml"
    assert key_of(str(path)) == str(path)


def test_a_link_is_remembered_as_a_link(folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    link = folder / "elsewhere" / "link.yaml"
    link.symlink_to(folder / "mine.yaml")
    assert key_of(str(link)) == str(link)


@pytest.mark.skipif(sys.platform != "linux", reason="other file systems take no such name: run it on Linux")
def test_a_name_that_no_text_can_hold_is_remembered_too(folder: Path) -> None:
    name = os.fsdecode(b"caf\xe9.yaml")
    (folder / name).write_text(SESSION)
    assert key_of(name) == f"{folder}/caf\\udce9.yaml"
    assert as_request(written(SessionRequest(name)), SessionRequest("")).session == str(folder / name)


ODD: tuple[object, ...] = (
    7,
    1.5,
    True,
    "x",
    "\x1b",
    [],
    [1],
    ["a", [2]],
    {},
    {"a": [1]},
    {"a": {"b": "c"}},
    None,
    math.nan,
    10**400,
)
HINTS = get_type_hints(SessionRequest)


@pytest.mark.parametrize("name", HINTS)
def test_a_value_of_another_kind_is_left_out(name: str) -> None:
    kept = {repr(value) for value in ODD if name in understood({name: value}, SessionRequest)}
    fitting = {
        "values": {"{}"},
        "rate": {"7", "None"},
        "skip": {"[]"},
        "silent": {"True"},
        "intro": {"None"},
        "bed_db": {"None"},
        "session": {"'x'", r"'\x1b'"},
        "voice": {"'x'", r"'\x1b'", "None"},
    }
    like = {"str | None": "voice", "int | None": "rate", "float | None": "bed_db"}
    assert kept == fitting[name if name in fitting else like[str(HINTS[name])]]


@pytest.mark.parametrize("asked", [None, 7, "x", [], ["session"]])
def test_what_is_no_request_has_no_fields(asked: object) -> None:
    assert understood(asked, SessionRequest) == {}


@pytest.mark.parametrize(
    ("level", "is_kept"),
    [(LOWEST_LEVEL_DB, True), (HIGHEST_LEVEL_DB, True), (-90.0, False), (HIGHEST_LEVEL_DB + 0.1, False)],
)
def test_a_level_that_no_option_can_ask_for_is_left_out(level: float, *, is_kept: bool) -> None:
    assert ("bed_db" in understood({"bed_db": level}, SessionRequest)) is is_kept
    assert ("tones_db" in understood({"tones_db": level}, SessionRequest)) is is_kept
