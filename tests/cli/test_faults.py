"""Every command under the faults of ordinary machines: a sentence, the exit code of its kind, and no surprise."""

from __future__ import annotations

import errno
import io
import os
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn

import platformdirs
import pytest

from player.cli import COMMANDS, _streams, _tables, main
from player.script import library
from player.storage import standard_folders

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = """\
title: Tïny “quotes” – ध्यान 🌙 ā
safety: Don’t – ever…
steps:
  - section: Only → ध्यान
  - pause: 3s
"""
COMMAND_LINES = (
    (["-h"], 0),
    (["show", "mine.yaml"], 0),
    (["show", "mine.yaml", "--json"], 0),
    (["show", "evening"], 0),
    (["check", "mine.yaml"], 0),
    (["check", "bad.yaml"], 2),
    (["new", "fresh"], 0),
    (["new", "fresh", "--from-text", "bad.yaml"], 0),
    (["record", "mine.yaml"], 0),
    (["words"], 0),
    (["words", "hi"], 0),
    (["sounds"], 0),
    (["log"], 0),
    (["extract", "mine.yaml"], 1),
    (["feed", ".", "--url", "https://example.org"], 2),
    (["breathe", "4-4", "--print"], 0),
    (["play", "ध्यान–“x”"], 2),
    (["export", "mine.yaml", "-o", "ध्यान.xyz"], 2),
    (["every", "2h", "evening"], 2),
    (["voices", "--remove", "ध्यान"], 2),
)
IDS = [" ".join(arguments) for arguments, _ in COMMAND_LINES]


Form = Literal["NFC", "NFD"]


class Stream(io.TextIOWrapper):
    """A stream of another encoding, which is read again afterwards."""

    def __init__(self, encoding: str) -> None:
        self.data = io.BytesIO()
        super().__init__(self.data, encoding=encoding)

    @property
    def text(self) -> str:
        self.flush()
        return self.data.getvalue().decode(self.encoding if self.encoding != "ascii" else "utf-8", "replace")  # Click's


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLAYER_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("PLAYER_SCRIPTS", str(tmp_path / "own"))
    Path("mine.yaml").write_text(SCRIPT, encoding="utf-8")
    Path("bad.yaml").write_text(f"{SCRIPT}  - säy: “x” – ध्यान\n", encoding="utf-8")


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main([*arguments])
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.parametrize(("arguments", "code"), COMMAND_LINES, ids=IDS)
@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_any_text_can_be_printed_in_any_encoding(
    encoding: str, arguments: list[str], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, err = Stream(encoding), Stream(encoding)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    assert run(*arguments) == code, err.text
    assert "did not expect" not in err.text


@pytest.mark.parametrize(("arguments", "code"), COMMAND_LINES, ids=IDS)
@pytest.mark.parametrize("missing", [("stderr",), ("stdin", "stdout", "stderr")])
def test_a_stream_that_is_not_there_changes_nothing(
    missing: tuple[str, ...], arguments: list[str], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in missing:
        monkeypatch.setattr(sys, name, None)
    assert run(*arguments) == code


@pytest.fixture
def _homeless(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    def unknown(*_: object, **__: object) -> str:
        raise RuntimeError("could not determine the home directory")

    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(standard_folders.tempfile, "gettempdir", lambda: str(tmp_path / "temporary"))  # type: ignore[attr-defined]
    for name in ("PLAYER_STORE", "PLAYER_SCRIPTS", "PLAYER_DIARY"):
        monkeypatch.delenv(name)
    for kind in ("user_data_dir", "user_cache_dir", "user_config_dir"):
        monkeypatch.setattr(platformdirs, kind, unknown)
    yield
    for cached in (standard_folders._temporary, standard_folders._temporary_store):
        cached.cache_clear()


@pytest.mark.usefixtures("_homeless")
@pytest.mark.parametrize(("arguments", "code"), COMMAND_LINES, ids=IDS)
def test_without_a_home_folder_commands_do_their_work(
    arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == code
    assert "did not expect" not in capsys.readouterr().err


@pytest.mark.usefixtures("_homeless")
def test_what_stands_in_for_a_home_folder_is_told_in_one_line_and_is_the_users_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("show", "mine.yaml") == 0
    told = f"so what is spoken is kept in {tmp_path}/temporary/player-{os.getuid()}/store for now"
    assert told in capsys.readouterr().err
    assert (tmp_path / "temporary" / f"player-{os.getuid()}").stat().st_mode & 0o777 == 0o700


@pytest.mark.usefixtures("_homeless")
def test_a_folder_that_others_can_write_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "temporary" / f"player-{os.getuid()}").mkdir(mode=0o777)
    (tmp_path / "temporary" / f"player-{os.getuid()}").chmod(0o777)
    assert standard_folders._temporary().name != f"player-{os.getuid()}"


@pytest.mark.parametrize("name", ["x" * 300, "x" * 300 + ".yaml", "~nosuch/a.yaml", "caf\udce9.yaml"])
@pytest.mark.parametrize(
    "arguments",
    [
        *(["show"], ["check"], ["play"], ["record"], ["extract"], ["feed", "--url", "https://example.org"]),
        *(["export", "mine.yaml", "--background"], ["export", "mine.yaml", "--takes"], ["export", "-o", "a.wav"]),
        *(["sounds", "--preview"], ["voices", "--install"], ["new", "a", "--from-text"], ["new", "a", "--from"]),
        *(["every", "2h", "--install"], ["new", "a", "-o"], ["words", "sv", "--from"], ["record", "mine.yaml", "-o"]),
        *(["export", "mine.yaml", "--each"], ["show", "mine.yaml", "--plot"]),
    ],
    ids=" ".join,
)
def test_names_that_no_file_has_are_one_sentence(
    arguments: list[str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, err = Stream("utf-8"), Stream("utf-8")
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    assert run(*arguments, name) in {1, 2} or Path(name).exists()
    assert "did not expect" not in err.text
    assert "Traceback" not in err.text


@pytest.mark.parametrize(
    "arguments",
    ["export mine.yaml -o", "export mine.yaml bad.yaml -o", "new a -o", "words sv --csv", "show mine.yaml --plot"],
)
def test_nothing_is_made_in_the_home_folder_of_nobody(arguments: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments.split(), "~nosuch/a") == 2
    told = "~nosuch/a begins with a home folder that is not known; write the whole path\n"
    assert capsys.readouterr().err.endswith(told)
    assert not Path("~nosuch").exists()


def test_a_home_folder_that_no_shell_replaced_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir(exist_ok=True)
    assert run("words", "sv", "--csv", "~/sv.csv") == 0
    assert (tmp_path / "home" / "sv.csv").is_file()


def test_a_name_that_is_no_text_is_refused_where_it_must_stand_in_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("new", "a", "-o", "caf\udce9.yaml") == 2
    told = "the name caf\\udce9.yaml has bytes that are no text in UTF-8, and must stand in a text; rename it\n"
    assert capsys.readouterr().err == told
    assert sorted(path.name for path in Path().iterdir()) == ["bad.yaml", "mine.yaml"]


def test_a_variable_with_the_home_of_nobody_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLAYER_STORE", "~nosuch/store")
    assert run("show", "mine.yaml") == 2
    told = (
        "the variable PLAYER_STORE: ~nosuch/store begins with a home folder that is not known; write the whole path\n"
    )
    assert capsys.readouterr().err == told


@pytest.mark.parametrize("stored", ["NFC", "NFD"])
def test_accents_are_found_however_a_disk_stores_them(stored: Form) -> None:
    folder = Path(unicodedata.normalize(stored, "Übung é"))
    folder.mkdir()
    (folder / unicodedata.normalize(stored, "schön.yaml")).write_text(
        "title: T\nbackground: wäl.wav\nsteps:\n  - include: schöner\n", encoding="utf-8"
    )
    (folder / unicodedata.normalize(stored, "schöner.yaml")).write_text(SCRIPT, encoding="utf-8")
    sound = folder / unicodedata.normalize(stored, "wäl.wav")
    sound.write_bytes(b"")
    both: tuple[Form, ...] = ("NFC", "NFD")
    for asked in both:
        name = unicodedata.normalize(asked, "Übung é/schön.yaml")
        assert library.find(name).text.startswith("title: T")
        assert library.included(unicodedata.normalize(asked, "schöner"), folder).text == SCRIPT
        assert library.sound_file(unicodedata.normalize(asked, "wäl.wav"), folder) == sound.resolve()


def test_what_has_no_sign_becomes_its_look_alike_and_is_told() -> None:
    alike = _streams.LookAlikes()

    def written(text: str, encoding: str) -> bytes:
        done = b""
        for char in text:
            try:
                done += char.encode(encoding)
            except UnicodeEncodeError as error:
                made, _ = alike(error)
                done += made if isinstance(made, bytes) else made.encode(encoding)
        return done

    assert written("“Don’t” – é… ā → x", "ascii") == b'"Don\'t" - e... a -> x'
    assert alike.told() == ""
    assert written("caf\udce9", "utf-8") == b"caf\xe9"
    assert written("ध्यान", "cp1252") == b"????"
    assert "shown as ?; set PYTHONUTF8=1" in alike.told()


def test_json_stays_json_in_any_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    out = Stream("cp1252")
    monkeypatch.setattr(sys, "stdout", out)
    _tables.print_json({"a": "ध 🌙 é"})
    assert out.text.split() == ["{", '"a":', '"\\u0927', "\\ud83c\\udf19", '\\u00e9"', "}"]


def test_a_disk_that_is_full_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123 (a device)
        monkeypatch.setattr(sys, "stdout", full)
        assert run("words", "hi") == 1
    assert capsys.readouterr().err == (
        "what was asked for cannot be printed: no space left on device; write it to another place\n"
    )


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), "cannot go on: Broken pipe; try again\n"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "cannot go on: Cannot allocate memory; end other programs\n"),
        (
            OSError(errno.EIO, "Input/output error", "a"),
            "cannot use a: Input/output error; try again, or use another disk\n",
        ),
        (MemoryError(), "there is not enough memory; end other programs\n"),
    ],
)
def test_a_machine_that_fails_is_told(
    error: Exception, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(library, "session_names", fails)
    assert run("list") == 1
    assert capsys.readouterr().err == told


def test_a_stream_that_fails_as_it_is_made_ready_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing(Stream):
        def reconfigure(self, **_: object) -> NoReturn:
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(sys, "stdout", Failing("utf-8"))
    assert run("words") == 0


def test_a_reader_of_our_output_that_has_gone_is_told_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    out = os.fdopen(writing, "w", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "stdout", out)
        assert run("words", "hi") == 1
    with pytest.raises(BrokenPipeError):  # of what was never written
        out.close()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_each_help_fits_80_columns(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    out = Stream("utf-8")
    monkeypatch.setattr(sys, "stdout", out)
    assert run(*filter(None, [name]), "--help") == 0
    assert [line for line in out.text.splitlines() if len(line) > 80] == []
