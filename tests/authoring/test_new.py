"""New scripts: what is drafted checks clean, keeps its source's words, and tells of every key."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest

from player import pipeline
from player.authoring import new
from player.authoring.comments import explanation
from player.errors import OutputError, ScriptError, UsageError
from player.script import library
from player.script.session import Session
from player.script.yaml import reader
from player.script.yaml.type_shapes import fields_of
from player.storage.store import Store
from player.techniques import TECHNIQUES
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from player.script.yaml.nodes import Node

BUNDLED = library.session_names()


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLAYER_SCRIPTS", str(tmp_path / "own"))


def without_places(session: Session) -> str:
    return re.sub(r"Position\([^)]*\)", "", repr(replace(session, title="", path="").steps))


def first_of(text: str) -> list[str]:
    """The lines without comments and empty lines."""
    return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def at_lines(node: Node) -> dict[str, int]:
    return {key.text: key.at.line for key, _ in node.pairs}  # type: ignore[union-attr]


def test_the_small_one_has_a_length_of_its_own_and_no_warnings() -> None:
    path = new.write("evening-breath")
    assert path == Path("evening-breath.yaml")
    machine = pipeline.Machine(FakeEngine(), Store(Path("store")))
    timeline, warnings = pipeline.check(pipeline.SessionRequest(str(path), background="none"), machine)
    assert (timeline.title, warnings) == ("Evening breath", ())
    assert [section.title for section in timeline.sections] == ["Welcome", "Breathe", "Rest"]
    assert pipeline.as_requested(pipeline.SessionRequest(str(path))).known_ms == timeline.total_ms
    assert (
        pipeline.as_requested(pipeline.SessionRequest(str(path), {"breaths": "12"}, length_ms=600_000)).known_ms
        == 600_000
    )


def test_every_key_of_the_small_one_has_a_comment_where_it_stands_for_the_first_time() -> None:
    seen = set()
    for before, line in pairwise(new.draft("evening").splitlines()):
        key = re.match(r"(\w+|  - \w+|    \w+):", line)
        if key and key[0] not in seen:
            seen.add(key[0])
            told_with_the_step = key[0] == "    flex:"
            assert before.lstrip().startswith("#") or told_with_the_step, line
    assert len(seen) == 18


@pytest.mark.parametrize("source", [None, "box-breathing"])
def test_the_first_line_leads_an_editor_to_the_schema(source: str | None) -> None:
    first = new.draft("mine", source).splitlines()[0]
    address = first.removeprefix("# yaml-language-server: $schema=")
    assert Path(url2pathname(urlsplit(address).path)).resolve() == library.bundled("scripts") / "session.schema.json"


@pytest.mark.parametrize("source", BUNDLED)
def test_every_bundled_session_can_be_begun_with(source: str) -> None:
    path = new.write("my-own", source)
    session, original = (pipeline.as_requested(pipeline.SessionRequest(each)).session for each in (str(path), source))
    assert session.title == "My own"
    assert without_places(session) == without_places(original)
    assert (
        pipeline.as_requested(pipeline.SessionRequest(str(path))).known_ms
        == pipeline.as_requested(pipeline.SessionRequest(source)).known_ms
    )


def test_comments_and_layout_of_the_source_are_kept() -> None:
    source = library.find("box-breathing").text
    draft = new.draft("mine", "box-breathing")
    assert first_of(draft) == [line.replace("Box breathing", "Mine") for line in first_of(source)]
    assert "# the background comes first" in draft


def test_each_key_is_explained_where_it_stands_for_the_first_time_and_only_there() -> None:
    lines = new.draft("mine", "box-breathing").splitlines()
    says = [number for number, line in enumerate(lines) if line.startswith("  - say:")]
    assert lines[says[0] - 1].startswith("  # say: spoken text")
    assert not any(lines[number - 1].lstrip().startswith("#") for number in says[1:])
    for name in [*(field.key for field in fields_of(Session)), "breathe", "guide", "chime"]:
        told = [line for line in lines if line.lstrip().startswith(f"# {name}: ")]
        assert len(told) == any(re.match(rf"[ -]*{name}:", line) for line in lines), name
    assert max(map(len, (line for line in lines if line.lstrip().startswith("#")))) <= 110


def own(text: str) -> str:
    Path("source.yaml").write_text(text, encoding="utf-8")
    return new.draft("a_new-one", "source.yaml")


@pytest.mark.parametrize(
    ("title", "renamed"),
    [
        ("title: Old", "title: A new one"),
        ("title: 'Old: it''s # this'   # a note", "title: A new one   # a note"),
        ('title: "Old # this"   # a note', "title: A new one   # a note"),
        ("title:   Old one # a note", "title:   A new one # a note"),
        ("title: >-\n  Old\n  one", None),
        ("title: Old\n  one", None),
    ],
)
def test_the_title_becomes_the_new_ones_where_it_is_one_line(title: str, renamed: str | None) -> None:
    draft = own(f"{title}\nsteps: [{{pause: 1s}}]\n")
    assert (renamed or title) in draft


def test_a_line_for_the_schema_is_replaced_and_line_ends_are_lines() -> None:
    draft = own("# yaml-language-server: $schema=session.schema.json\r\ntitle: Old\r\nsteps:\r\n  - pause: 1s\r\n")
    assert draft.count("yaml-language-server") == 1
    assert "\r" not in draft
    assert first_of(draft) == ["title: A new one", "steps:", "  - pause: 1s"]


def test_where_a_comment_would_get_among_the_words_there_is_none() -> None:
    text = 'title: Old\nsteps:\n  - {say: "One\n      and two.", for: 4s}\n  - {say: plain\n      words, then: 2s}\n'
    assert own(text).partition("\n")[2] == text.replace("Old", "A new one")


def test_steps_inside_steps_are_explained() -> None:
    draft = own(
        "title: T\nsteps:\n  - repeat:\n      times: 2\n      steps:\n        - pause: 1s\n          flex: yes\n"
    )
    assert "        # pause: silence" in draft
    assert "          # flex: true lets" in draft
    assert at_lines(reader.read(draft, ""))["steps"] > 4


def test_steps_with_a_name_are_explained() -> None:
    head = "title: T\nparams: {way: {default: a, choices: [a, b]}}\nsteps:\n"
    intro = "  - intro:\n      full: [{pause: 1s}]\n      short:\n        - section: S\n"
    choose = "  - choose: $way\n    cases:\n      a:\n        - chime: end\n      b: [{pause: 1s}]\n"
    draft = own(head + intro + choose)
    assert "        # section: a chapter begins" in draft
    assert "        # chime: a bell" in draft
    assert "    # cases: the values" in draft


@pytest.mark.parametrize("name", ["", "a/b", "../a", "a.yaml", "a b", "-a", "é", "a" * 65, "a\n"])
def test_a_name_that_is_none_for_a_script(name: str) -> None:
    with pytest.raises(UsageError, match="must have only letters, digits, - and _"):
        new.write(name)
    assert not [*Path().iterdir()]


def test_nothing_is_overwritten_without_force() -> None:
    Path("mine.yaml").write_text("precious", encoding="utf-8")
    with pytest.raises(UsageError, match="--force"):
        new.write("mine")
    assert Path("mine.yaml").read_text(encoding="utf-8") == "precious"
    new.write("mine", force=True)
    assert "title: Mine" in Path("mine.yaml").read_text(encoding="utf-8")
    assert [path.name for path in Path().iterdir()] == ["mine.yaml"]


def test_the_file_may_be_another_one() -> None:
    assert new.write("mine", output=Path("other.yml")) == Path("other.yml")
    text = Path("other.yml").read_text(encoding="utf-8")
    assert "title: Mine" in text
    assert "player play other.yml" in text
    with pytest.raises(UsageError, match=r"must end in \.yaml, not 'mine\.mp3'"):
        new.write("mine", output=Path("mine.mp3"))
    with pytest.raises(OutputError, match="make its folder first"):
        new.write("mine", output=Path("nowhere/mine.yaml"))


def test_what_cannot_be_begun_with_is_reported_and_leaves_nothing() -> None:
    with pytest.raises(UsageError, match="did you mean 'box-breathing'"):
        new.write("mine", "box-breathin")
    with pytest.raises(ScriptError, match="steps is missing"):
        own("title: T\n")
    with pytest.raises(UsageError, match="is a programme"):
        own("title: P\nsessions: [box-breathing]\n")
    assert not Path("mine.yaml").exists()


KEYS = [field.key for field in fields_of(Session)]
OPTIONS = [
    f"{step}.{field.key}"
    for step, fields in TECHNIQUES.items()
    for field in fields_of(fields)
    if field.key not in {step, "steps"}
]


@pytest.mark.parametrize("key", [*KEYS, *TECHNIQUES, *OPTIONS])
def test_every_key_has_an_explanation(key: str) -> None:
    assert explanation(key)


@pytest.mark.parametrize("step", ["breathe", "notice", "move", "repeat"])
def test_what_is_written_inside_a_step_is_reported_with_it(step: str) -> None:
    inside = next(field for field in fields_of(TECHNIQUES[step]) if field.key == step)
    for field in fields_of(inside.shape.type):  # type: ignore[union-attr]
        assert re.search(rf"\b{field.key}\b", explanation(step)), field.key


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("good.yaml", "; write good"),
        ("a/good.yml", "; write good, and its folder behind it: -o a/good.yml"),
        ("a b.yaml", "; leave out .yaml"),
        ("a b", ""),
    ],
)
def test_the_name_of_a_file_is_refused_with_the_name_to_write(name: str, remedy: str) -> None:
    with pytest.raises(UsageError) as caught:
        new.place(name)
    assert str(caught.value).endswith(f", such as evening-breath, not {name!r}{remedy}")
