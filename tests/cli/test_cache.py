"""The command ``cache``, in this process: what it prints, asks and refuses."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from player.cli import main
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
        ["last", "used  the newest within a day, the oldest 6 days ago"],
    ]


def test_an_empty_store_has_no_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_STORE", str(tmp_path / "nothing"))
    assert "entries  0\n" in run()[1]
    assert not (tmp_path / "nothing").exists()


def test_verify_names_what_cannot_be_used_and_fails(store: Store) -> None:
    assert run("--verify") == (0, f"all 3 entries are as they were written ({store.root})\n", "")
    lie = store.put({"kind": "stem", "schema": SCHEMA}, Draft({"gain_db": "loud"}, ())).path
    code, told, complaints = run("--verify")
    assert (code, told) == (1, "")
    assert complaints == (
        f"{lie}: its facts do not fit its content\n"
        f"1 of 4 entries in {store.root} cannot be used; they are made again when they are needed\n"
    )


@pytest.mark.parametrize("is_there", [False, True])
def test_verify_says_that_an_empty_store_is_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_there: bool
) -> None:
    monkeypatch.setenv("PLAYER_STORE", str(tmp_path / "nothing"))
    if is_there:
        (tmp_path / "nothing" / "ab").mkdir(parents=True)
    assert run("--verify") == (0, f"the store is empty ({tmp_path / 'nothing'})\n", "")
    assert (tmp_path / "nothing").exists() == is_there


def test_verify_of_one_entry_that_is_no_entry_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_STORE", str(tmp_path / "odd"))
    lie = Store(tmp_path / "odd").put({"n": 1}, Draft({}, ())).path
    assert run("--verify")[1] == f"the entry is as it was written ({tmp_path / 'odd'})\n"
    lie.write_bytes(b"damaged")
    assert run("--verify")[2].splitlines()[1].startswith("1 of 1 entry in ")


def test_help_tells_the_exit_code_the_units_and_what_is_kept() -> None:
    told = " ".join(run("--help")[1].split())
    assert "Read every entry, and tell which cannot be used; exit code 1 if there is any." in told
    assert "until the limit is met; never those used in the last day." in told
    assert "such as 500M or 1.5G: bytes, or thousands (K), millions (M), thousands of millions (G)" in told


def test_prune_keeps_the_limit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("--prune")[1] == f"removed 0 entries, 0.0 MB, from {store.root}\n"
    monkeypatch.setenv("PLAYER_CACHE_LIMIT", "0")
    assert run("--prune")[1] == f"removed 2 entries, 0.0 MB, from {store.root}\n"
    assert store.usage().entries == 1


def test_clear_wants_to_be_sure(store: Store) -> None:
    with pytest.raises(UsageError, match=r"no terminal to ask at; `player cache --clear --yes` removes every entry"):
        run("--clear")
    assert store.usage().entries == 3
    assert run("--clear", "--yes")[:2] == (0, f"removed 3 entries, 0.0 MB, from {store.root}\n")
    assert store.usage().entries == 0


def test_two_things_at_once_are_refused() -> None:
    assert run("--verify", "--clear")[0] == 2


@pytest.mark.parametrize("arguments", [(), ("--prune",), ("--verify",)])
def test_what_would_answer_a_question_that_is_not_asked_is_refused(store: Store, arguments: tuple[str, ...]) -> None:
    code, told, complaints = run("--yes", *arguments)
    assert (code, told) == (2, "")
    assert "--yes is for --clear alone; name both, or leave it out" in complaints
    assert store.usage().entries == 3


def test_a_command_that_keeps_no_limit_tells_why_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_CACHE_LIMIT", "lots")
    told = "PLAYER_CACHE_LIMIT must be an amount such as 500M or 2G, not 'lots'"
    done = CliRunner().invoke(main, ["list", "--json"])
    assert (done.exit_code, done.stderr) == (0, f"{told}; until then, nothing is removed from the store\n")
    done = CliRunner().invoke(main, ["cache"])
    assert (done.exit_code, done.stderr) == (2, f"{told}\n")
