"""The command ``cache``, in this process: what it prints, asks and refuses."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from player.cli.cache import cache
from player.errors import UsageError
from player.sound.stem import SCHEMA
from player.storage.store import Draft, Store

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("PLAYER_STORE", str(tmp_path / "store"))
    store = Store(tmp_path / "store")
    for number in range(3):
        path = store.put({"what": "script", "n": number}, Draft({}, ())).path
        os.utime(path, (time.time() - 3 * number * 24 * 3600,) * 2)
    return store


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(cache, arguments)
    if isinstance(done.exception, Exception) and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


def test_it_shows_place_number_size_and_age(store: Store) -> None:
    code, told, _ = run()
    assert code == 0
    rows = [line.split(maxsplit=1) for line in told.splitlines()]
    assert rows == [
        ["place", str(store.root)],
        ["entries", "3"],
        ["size", "0.0 MB of 1.00 GB"],
        ["last", "used  within a day the newest, 6 days ago the oldest"],
    ]


def test_an_empty_store_has_no_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_STORE", str(tmp_path / "nothing"))
    assert "entries  0\n" in run()[1]
    assert not (tmp_path / "nothing").exists()


def test_verify_names_what_cannot_be_used_and_fails(store: Store) -> None:
    assert run("--verify") == (0, "all 3 entries are as they were written\n", "")
    lie = store.put({"kind": "stem", "schema": SCHEMA}, Draft({"gain_db": "loud"}, ())).path
    code, told, complaints = run("--verify")
    assert (code, told) == (1, "")
    assert complaints.startswith(f"{lie}: its facts do not fit its content\n1 cannot be used; ")


def test_prune_keeps_the_limit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("--prune")[1] == "removed 0 entries, 0.0 MB\n"
    monkeypatch.setenv("PLAYER_CACHE_LIMIT", "0")
    assert run("--prune")[1] == "removed 2 entries, 0.0 MB\n"
    assert store.usage().entries == 1


def test_clear_wants_to_be_sure(store: Store) -> None:
    with pytest.raises(UsageError, match=r"no terminal to ask at; `player cache --clear --yes` removes every entry"):
        run("--clear")
    assert store.usage().entries == 3
    assert run("--clear", "--yes")[:2] == (0, "removed 3 entries, 0.0 MB\n")
    assert store.usage().entries == 0


def test_two_things_at_once_are_refused() -> None:
    assert run("--verify", "--clear")[0] == 2
