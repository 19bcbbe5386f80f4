"""Watching, with a sleep in which the files change."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from player.authoring import watch
from player.authoring.watch import EVERY_S, SETTLED_S, files_of, rounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SCRIPT = "title: T\nsteps:\n  - include: sub/part\n  - play: bell.wav\n  - say: Sit down.\n"
PART = "title: P\nsteps:\n  - include: deeper\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLAYER_SCRIPTS", str(tmp_path / "own"))
    Path("sub").mkdir()
    Path("a.yaml").write_text(SCRIPT, encoding="utf-8")
    Path("b.yaml").write_text("title: B\nsteps: [{pause: 1s}]\n", encoding="utf-8")
    Path("sub/part.yaml").write_text(PART, encoding="utf-8")
    return tmp_path


def write(name: str, text: str) -> Callable[[], None]:
    return lambda: void(Path(name).write_text(text, encoding="utf-8"))


def void(_: object) -> None:
    pass


def nothing() -> None:
    pass


def watched(
    *deeds: Callable[[], None], names: tuple[str, ...] = ("a.yaml",), beside: str | None = None
) -> list[list[str]]:
    """What is told while one deed is done in each sleep; it ends when all are done."""

    class DoneError(Exception):
        pass

    left = iter(deeds)

    def sleep(_: float) -> None:
        deed = next(left, None)
        if deed is None:
            raise DoneError
        deed()

    told: list[list[str]] = []
    with pytest.raises(DoneError):
        told.extend(rounds(names, sleep, beside))
    return told


def quiet(times: int = 4) -> Iterator[Callable[[], None]]:
    return iter([nothing] * times)


def test_all_are_reported_first_and_nothing_more_while_nothing_is_saved() -> None:
    assert watched(*quiet(9), names=("a.yaml", "b.yaml")) == [["a.yaml", "b.yaml"]]


@pytest.mark.parametrize("name", ["a.yaml", "sub/part.yaml", "sub/deeper.yaml", "sub/deeper.yml", "bell.wav"])
def test_a_save_of_the_script_or_of_what_it_names_is_reported_once(name: str) -> None:
    assert watched(write(name, PART), *quiet(9)) == [["a.yaml"]] * 2


def test_only_the_script_concerned_is_reported() -> None:
    assert watched(write("b.yaml", SCRIPT), *quiet(), names=("a.yaml", "b.yaml"))[1:] == [["b.yaml"]]
    assert watched(write("other.yaml", SCRIPT), *quiet())[1:] == []


def test_what_a_script_names_since_its_last_save_is_watched() -> None:
    told = watched(write("a.yaml", SCRIPT + "  - include: new\n"), *quiet(), write("new.yaml", PART), *quiet())
    assert len(told) == 3


def test_an_editor_that_renames_over_the_script_is_seen() -> None:
    before = Path("a.yaml").stat()

    def save() -> None:
        Path(".a.yaml.swp").write_text(SCRIPT.replace("Sit", "Lie"), encoding="utf-8")
        os.utime(".a.yaml.swp", ns=(before.st_atime_ns, before.st_mtime_ns))
        Path(".a.yaml.swp").replace("a.yaml")

    assert len(watched(save, *quiet())) == 2


def test_a_file_that_vanishes_for_a_moment_is_waited_for() -> None:
    away = lambda: void(Path("a.yaml").rename("a.yaml~"))  # noqa: E731
    assert watched(away, *quiet(8), write("a.yaml", SCRIPT), *quiet(4))[1:] == [["a.yaml"]]


def test_a_file_that_stays_away_is_reported_and_still_watched() -> None:
    told = watched(Path("a.yaml").unlink, *quiet(30), write("a.yaml", SCRIPT), *quiet(4))
    assert told[1:] == [["a.yaml"]] * 2


def test_a_script_that_cannot_be_read_keeps_its_files() -> None:
    broken = watched(write("a.yaml", "steps: ["), *quiet(), write("sub/part.yaml", ""), *quiet())
    assert broken[1:] == [["a.yaml"]] * 2


def test_a_save_while_a_script_is_being_checked_is_seen_afterwards() -> None:
    turns = rounds(["a.yaml"], lambda _: None)
    next(turns)
    write("a.yaml", PART)()  # the caller is at work
    assert next(turns) == ["a.yaml"]


def test_files_that_are_not_settled_are_waited_for() -> None:
    growing = [write("a.yaml", SCRIPT + "#" * number) for number in range(1, 6)]
    assert watched(*growing, *quiet())[1:] == [["a.yaml"]]


def test_looks_are_far_apart() -> None:
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) > 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(rounds(["a.yaml"], sleep))
    assert set(waits) == {EVERY_S}
    assert SETTLED_S < EVERY_S


def test_a_script_that_is_not_there_yet_is_waited_for() -> None:
    assert watched(write("later.yaml", SCRIPT), *quiet(), names=("later.yaml",))[1:] == [["later.yaml"]]


def test_scripts_that_include_each_other_are_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("sub/deeper.yaml").write_text("title: D\nsteps: [{include: ../a}, {include: part}]\n", encoding="utf-8")
    monkeypatch.setattr(watch, "MOST_FILES", 40)
    assert len(files_of("a.yaml")) < 60


def test_values_that_can_be_no_file_are_left_out(folder: Path) -> None:
    Path("Sit down.").write_text("", encoding="utf-8")
    Path("a.yaml").write_text(SCRIPT + '  - say: "a\\nb"\n  - say: https://a.b/c\n  - say: Get up.\n', encoding="utf-8")
    names = {str(Path(file).resolve().relative_to(folder)) for file in files_of("a.yaml")}
    assert {"a.yaml", "bell.wav", "Sit down.", str(Path("sub/part.yaml"))} <= names
    assert not {name for name in names if "Get up" in name or "a.b" in name or "\n" in name}


def test_a_session_is_watched_by_its_name() -> None:
    Path("own").mkdir()
    Path("own/mine.yaml").write_text(SCRIPT, encoding="utf-8")
    assert watched(write("own/mine.yaml", PART), *quiet(), names=("mine",))[1:] == [["mine"]]


def test_a_programme_is_watched_with_its_own_sessions() -> None:
    Path("week.yaml").write_text("title: W\nparts: [{title: P, sessions: [a, {session: b}]}]\n", encoding="utf-8")
    assert watched(write("b.yaml", PART), *quiet(), names=("week.yaml",))[1:] == [["week.yaml"]]
    assert watched(write("sub/part.yaml", ""), *quiet(), names=("week.yaml",))[1:] == [["week.yaml"]]


def test_a_folder_beside_them_belongs_to_all_of_them(folder: Path) -> None:
    both = ("a.yaml", "b.yaml")
    Path("takes").mkdir()
    deeds = (nothing, write("takes/new", "a"), nothing, nothing, write("takes/new", "ab"), nothing, nothing, nothing)
    assert watched(*deeds, names=both, beside="takes") == [list(both), list(both), list(both)]
    assert watched(*deeds, names=both) == [list(both)]


def test_a_folder_that_is_not_there_yet_is_waited_for(folder: Path) -> None:
    assert watched(nothing, Path("takes").mkdir, nothing, nothing, beside="takes") == [["a.yaml"], ["a.yaml"]]
