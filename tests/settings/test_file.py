"""The file of the settings: read, changed, and wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from player import settings
from player.errors import OutputError, UsageError
from player.settings import reading, writing


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "below" / "settings.toml"
    monkeypatch.setenv("PLAYER_SETTINGS", str(path))
    return path


@pytest.fixture
def written(file: Path) -> Path:
    file.parent.mkdir()
    file.write_text(
        '# mine\nvoice = "heart"  # she\nrate = 110\nbed = -26.5\n\n[session."box-breathing"]\n# softer\nbed = -30\n',
        encoding="utf-8",
    )
    return file


def test_without_a_file_there_is_nothing_and_no_file_is_made(file: Path) -> None:
    assert settings.stored() is None
    assert reading.read().general == {}
    assert not file.parent.exists()


@pytest.mark.usefixtures("written")
def test_values_are_as_typed_behind_options() -> None:
    found = settings.stored()
    assert found is not None
    assert found.general == {"voice": "heart", "rate": "110", "bed": "-26.5"}
    assert found.of_session("box-breathing") == {"bed": "-30"}
    assert found.of_session("en/box-breathing") == {"bed": "-30"}
    assert found.of_session("pmr-7") == {}


def test_what_is_remembered_for_a_session_stands_beside_what_was(file: Path) -> None:
    writing.remember("box-breathing", {"bed": -26, "guide": "words,tones"})
    writing.remember("en/box-breathing", {"bed": -28.5, "rate": 120})
    found = reading.read()
    assert found.sessions == {"box-breathing": {"bed": "-28.5", "guide": "words,tones", "rate": "120"}}
    assert found.general == {}
    assert "\nbed = -28.5\n" in file.read_text()


def test_ones_own_script_is_remembered_by_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    (tmp_path / "own.yaml").write_text("title: Own")
    monkeypatch.chdir(tmp_path)
    writing.remember("own.yaml", {"rate": 90})
    monkeypatch.chdir("/")
    assert reading.read().of_session(str(tmp_path / "own.yaml")) == {"rate": "90"}
    assert str(tmp_path / "own.yaml") in file.read_text()


def test_changes_keep_comments_and_order(written: Path) -> None:
    writing.set_value("rate", "95")
    writing.set_value("guide", "silent", "box-breathing")
    writing.set_value("author", "Zoë")
    assert written.read_text(encoding="utf-8") == (
        '# mine\nvoice = "heart"  # she\nrate = 95\nbed = -26.5\nauthor = "Zoë"\n\n'
        '[session."box-breathing"]\n# softer\nbed = -30\nguide = "silent"\n'
    )
    assert [each.name for each in written.parent.iterdir()] == [written.name]


def test_what_is_unset_is_gone_and_the_last_of_a_session_takes_its_table(written: Path) -> None:
    assert writing.unset("voice")
    assert not writing.unset("voice")
    assert writing.unset("bed", "box-breathing")
    assert "session" not in written.read_text()
    assert not writing.forget("box-breathing")
    writing.remember("pmr-7", {"rate": 100})
    assert writing.forget("pmr-7")
    assert reading.read().sessions == {}
    assert reading.read().general == {"rate": "110", "bed": "-26.5"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("voice = heart\n", ":1:9: invalid value; write a key, = and a value"),
        ("a\n", ":1:2: expected '=' after a key"),
        ("\nrate = 500\n", ":2: rate must be 60 to 300 words a minute, not 500; change it, or leave it out by"),
        ("# a\u2028b\x85\r\nrate = 500\r\n", ":2: rate must be 60 to 300 words a minute, not 500; change it"),
        ("rate = 105.5\n", ":1: rate must be a whole number"),
        ("rate = true\n", ":1: rate must be a whole number, 60 to 300 words a minute; change it"),
        ("voise = 'heart'\n", ":1: there is no setting 'voise'; did you mean 'voice'?"),
        ("[session]\nx = 3\n", ":1: session must be tables such as"),
        ("session = 1\n", ":1: session must be tables such as"),
        (
            '[session."a"]\nbed = -1\n[session."b"]\nbed = 1\n',
            ":4: bed must be -60 to 0 dB, not 1 dB; change it, or leave it out",
        ),
        ('[session.a]\nformat = "mp3"\n', ":2: format is for all sessions; one session may have voice"),
        ("rate = 90\n[voice]\n", ":2: voice must be a short text on one line"),
    ],
)
def test_every_mistake_is_told_with_its_line(file: Path, text: str, told: str) -> None:
    file.parent.mkdir()
    file.write_text(text)
    with pytest.raises(UsageError) as caught:
        settings.stored()
    assert str(caught.value).startswith(f"{file}{told}")


def test_all_mistakes_are_told_at_once_and_each_can_be_taken_out(file: Path) -> None:
    file.parent.mkdir()
    file.write_text('rate = 500\nbed = 3\nvoice = "heart"\n')
    with pytest.raises(UsageError) as caught:
        reading.read()
    assert str(caught.value).count("\n") == 1
    assert writing.unset("rate")
    writing.set_value("bed", "-20")
    assert reading.read().general == {"bed": "-20", "voice": "heart"}


def test_a_file_that_cannot_be_read_or_written_is_told(file: Path) -> None:
    file.mkdir(parents=True)
    with pytest.raises(UsageError, match=r"cannot be read: .*; mend that, or set PLAYER_SETTINGS to another file"):
        settings.stored()
    file.rmdir()
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="is not UTF-8"):
        settings.stored()
    with pytest.raises(UsageError, match="is not UTF-8"):
        writing.set_value("rate", "100")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("")
    monkeypatch.setenv("PLAYER_SETTINGS", str(tmp_path / "a" / "b" / "settings.toml"))
    with pytest.raises(OutputError, match=r"cannot write .* with PLAYER_SETTINGS$"):
        writing.remember("box-breathing", {"rate": 100})


@pytest.mark.parametrize(("name", "value"), [("rate", 500), ("output", "/"), ("nonsense", 1)])
def test_nothing_wrong_is_remembered(file: Path, name: str, value: str | int) -> None:
    with pytest.raises(UsageError):
        writing.remember("box-breathing", {"bed": -26, name: value})
    assert not file.exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for_and_a_device_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(UsageError) as caught:
            reading.read(path)
        assert str(caught.value) == f"the settings {path} are no ordinary file; set PLAYER_SETTINGS to another file"
    assert reading.read(Path(os.devnull)).general == {}


def test_brackets_without_end_are_one_sentence(written: Path) -> None:
    written.write_text(f"rate = 120\nguide = {'[' * 5000}\n")
    told = f"{written}: brackets stand too deep in brackets; a setting is one value, so leave them out"
    with pytest.raises(UsageError) as at_reading:
        settings.stored()
    with pytest.raises(UsageError) as at_writing:
        writing.unset("rate")
    assert [str(at_reading.value), str(at_writing.value)] == [told, told]
