"""Extracting: the script byte for byte, what was chosen beside it, and nothing that somebody smuggled in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from player import pipeline
from player.errors import MediaError, UsageError
from player.export import extract, metadata, provenance
from player.export.options import AlbumPosition, ExportOptions
from player.export.provenance import origin
from player.export.tags import Origin, Tags
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
    from player.script import library  # noqa: PLC0415

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


@pytest.mark.parametrize(
    "name",
    [
        "../a.yaml",
        "/a.yaml",
        "a/../../b.yaml",
        "C:/a.yaml",
        "a\\..\\b.yaml",
        "a.py",
        ".bashrc",
        "",
        "a\n.yaml",
        "//h/a.yaml",
    ],
)
def test_an_include_never_leaves_the_folder(tmp_path: Path, name: str) -> None:
    path = made(tmp_path / "a.flac", Origin("a.yaml", b"title: A\n", {}, {name: b"x", "good.yaml": b"y"}))
    assert extract.extract(path).includes == {"good.yaml": b"y"}


def test_a_script_keeps_no_folder_in_its_name(tmp_path: Path) -> None:
    path = made(tmp_path / "a.mp3", Origin("../../etc/a.yaml", b"title: A\n"))
    assert extract.extract(path).name == "a.yaml"


@pytest.mark.parametrize("data", [b"title: \x1b[2J", b"\xff\xfe", b"a" * (256 * 1024 + 1)])
def test_what_could_be_no_script_is_left_alone(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(MediaError, match="carries something that is no script"):
        extract.extract(made(tmp_path / "a.mp3", Origin("a.yaml", data)))
