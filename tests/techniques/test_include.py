"""Including: another script's steps, found where a script may reach, and never in a circle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from player.errors import ScriptError, UsageError
from player.script.session import parse
from player.techniques import TECHNIQUES
from player.techniques.cue import BedChange, Part, Slot, Speech
from player.techniques.planning import plan
from player.timeline.fit import settle

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, name: str, *steps: str, params: str = "") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        f"title: {path.stem}",
        *([f"params: {params}"] if params else []),
        "steps:",
        *(f"- {step}" for step in steps),
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def planned(path: Path, *skip: str) -> tuple[Part, ...]:
    session = parse(path.read_text(encoding="utf-8"), str(path), TECHNIQUES)
    return settle(plan(session, TECHNIQUES, skip).parts)


def texts(parts: tuple[Part, ...]) -> list[str]:
    slots = [part for part in parts if isinstance(part, Slot)]
    return [cue.said.text for slot in slots for cue in slot.cues if isinstance(cue, Speech)]


def problem(path: Path) -> str:
    with pytest.raises(ScriptError) as caught:
        planned(path)
    (found,) = caught.value.problems
    return str(found).removeprefix(f"{path.parent}/")


def test_the_steps_of_another_script_stand_here(tmp_path: Path) -> None:
    write(tmp_path, "b.yaml", "say: Two.", "pause: 3s")
    assert texts(planned(write(tmp_path, "a.yaml", "say: One.", "include: b", "say: Three."))) == [
        "One.",
        "Two.",
        "Three.",
    ]


def test_its_parameters_can_be_set_and_have_their_own_defaults(tmp_path: Path) -> None:
    write(tmp_path, "b.yaml", 'say: "Hello ${who}."', params="{who: you}")
    outer = write(tmp_path, "a.yaml", "include: b", "{include: b, params: {who: $name}}", params="{name: Ann}")
    assert texts(planned(outer)) == ["Hello you.", "Hello Ann."]


def test_a_bundled_passage_is_found_from_anywhere(tmp_path: Path) -> None:
    found = texts(planned(write(tmp_path, "a.yaml", "include: passages/start")))
    assert any("driving" in text for text in found)


def test_what_it_names_lies_beside_it(tmp_path: Path) -> None:
    write(tmp_path, "parts/b.yaml", "bed: {sound: brook.wav}", "include: c")
    write(tmp_path, "parts/c.yaml", "say: Deep.")
    found = planned(write(tmp_path, "a.yaml", "include: parts/b"))
    (change,) = [part for part in found if isinstance(part, BedChange)]
    assert change.at.path == str(tmp_path / "parts" / "b.yaml")
    assert texts(found) == ["Deep."]


def test_a_script_that_includes_itself_is_refused(tmp_path: Path) -> None:
    assert problem(write(tmp_path, "a.yaml", "say: One.", "include: a")) == (
        "a.yaml:4:3: include must not go round in a circle: a.yaml includes a.yaml"
    )


def test_a_longer_circle_is_shown(tmp_path: Path) -> None:
    write(tmp_path, "b.yaml", "include: c")
    write(tmp_path, "c.yaml", "include: a")
    assert "a.yaml includes b.yaml includes c.yaml includes a.yaml" in problem(write(tmp_path, "a.yaml", "include: b"))


def test_the_same_script_may_come_twice(tmp_path: Path) -> None:
    write(tmp_path, "b.yaml", "say: Two.")
    outer = write(tmp_path, "a.yaml", "include: b", "repeat: {times: 2, steps: [{include: b}]}")
    assert texts(planned(outer)) == ["Two."] * 3


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../b", "is outside the script's own folder; put the file beside the script"),
        ("/etc/hostname", "is outside the script's own folder"),
        ("passages/strat", "neither beside this script nor among the bundled ones; did you mean 'passages/start'?"),
        ("zzz", "neither beside this script nor among the bundled ones; there are passages/"),
        ("bro", "did you mean 'brook'?"),
    ],
)
def test_what_cannot_be_included_is_reported_with_its_position(tmp_path: Path, name: str, message: str) -> None:
    write(tmp_path, "b.yaml", "say: Secret.")
    write(tmp_path, "in/brook.yaml", "say: Brook.")
    found = problem(write(tmp_path, "in/a.yaml", f"include: {name}"))
    assert found.startswith(f"a.yaml:3:3: include '{name}' ")
    assert message in found


def test_problems_of_an_included_script_have_their_own_positions(tmp_path: Path) -> None:
    write(tmp_path, "b.yaml", "say: Two.", "puase: 3s")
    assert problem(write(tmp_path, "a.yaml", "include: b")).startswith("b.yaml:4:3: unknown step 'puase'")


def test_a_parameter_that_an_included_script_does_not_have_is_reported(tmp_path: Path) -> None:
    write(tmp_path, "b.yaml", "say: Two.")
    assert "there is no parameter 'who'" in problem(write(tmp_path, "a.yaml", "{include: b, params: {who: Ann}}"))


def test_what_is_left_out_must_be_there(tmp_path: Path) -> None:
    outer = write(tmp_path, "a.yaml", "muscles: seven")
    assert not any("neck" in text for text in texts(planned(outer, "Neck")))
    with pytest.raises(UsageError, match=r"there is no 'nek' to leave out; did you mean 'neck'\?"):
        planned(outer, "nek")
    with pytest.raises(UsageError, match="nothing in this session can be left out"):
        planned(write(tmp_path, "b.yaml", "say: One."), "neck")


def test_what_a_session_includes_is_bounded_with_each_value_counted(tmp_path: Path) -> None:
    write(tmp_path, "b.yaml", *["say: '${who}'"] * 100, params="{who: you}")
    with (tmp_path / "b.yaml").open("a", encoding="utf-8") as file:
        file.write("# " + "x" * 60_000)
    four = [f"{{include: b, params: {{who: x{n}}}}}" for n in range(4)]
    assert len(texts(planned(write(tmp_path, "a.yaml", *four, *four)))) == 800
    assert problem(write(tmp_path, "a.yaml", *four, "{include: b, params: {who: y}}", *four)) == (
        "a.yaml:7:3: include reads more than 256 KiB for this session: a script again for each value of its params; "
        "include fewer, or with the same values"
    )


@pytest.mark.parametrize("name", ["o", "o.yaml", "./o", "folder/o", "o2"])
def test_a_link_out_of_the_folder_is_told_as_such(tmp_path: Path, name: str) -> None:
    outside = write(tmp_path, "outside/o.yaml", "say: Two.")
    path = write(tmp_path, "own/a.yaml", f"include: {name}")
    (path.parent / "o.yaml").symlink_to(outside)
    (path.parent / "o2.yml").symlink_to(tmp_path / "gone.yaml")
    (path.parent / "folder").symlink_to(outside.parent)
    remedy = "put the file itself beside the script"
    assert problem(path).endswith(f"include '{name}' is a link that leads out of the script's own folder; {remedy}")


def test_what_is_outside_without_a_link_is_told_as_that(tmp_path: Path) -> None:
    write(tmp_path, "outside/o.yaml", "say: Two.")
    path = write(tmp_path, "own/a.yaml", "include: ../outside/o")
    assert "'../outside/o' is outside the script's own folder; put the file beside the script" in problem(path)
