from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from player.errors import UsageError
from player.script import library
from player.script.script_file import read_bytes

if TYPE_CHECKING:
    from pathlib import Path

SOUND = "is a sound file; any music player plays it, and `player extract {}` gives its script back, if it has one"
OTHER = "is {}, and no script; name a script, which is a text file such as `player new` writes"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"ID3\x04\x00", SOUND),
        (b"\xff\xfb\x90\x64", SOUND),
        (b"\xff\xf3\x40\xc4", SOUND),
        (b"OggS\x00\x02", SOUND),
        (b"fLaC\x00", SOUND),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", SOUND),
        (b"RF64\xff\xff\xff\xffWAVE", SOUND),
        (b"\x00\x00\x00\x20ftypM4A ", SOUND),
        (b"\x89PNG\r\n\x1a\n", OTHER.format("a picture")),
        (b"\xff\xd8\xff\xe0", OTHER.format("a picture")),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", OTHER.format("a picture")),
        (b"PK\x03\x04", OTHER.format("an archive")),
        (b"%PDF-1.7", OTHER.format("a PDF document")),
        (b"title\x00\x01\x02", "is no text; name a script, which is a text file such as `player new` writes"),
        (
            b"<!DOCTYPE html>",
            "is a page; a browser shows it, and `player extract {}` gives its script back, if it has one",
        ),
    ],
)
@pytest.mark.parametrize("size", [0, 400_000])
def test_what_is_no_script_is_told_by_what_it_is(tmp_path: Path, data: bytes, told: str, size: int) -> None:
    path = tmp_path / "my file.bin"
    path.write_bytes(data + b"\x01" * size)
    with pytest.raises(UsageError) as caught:
        library.find(str(path))
    assert str(caught.value) == f"{path} {told}".format(f"'{path}'")


@pytest.mark.parametrize(
    "data", ["title: T".encode("utf-16"), "title: T".encode("utf-16-le"), "\ufefftitle: T".encode("utf-16-be")]
)
def test_a_text_in_another_encoding_is_a_text(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "wide.yaml"
    path.write_bytes(data)
    assert read_bytes(path) == data


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such devices")
@pytest.mark.parametrize("name", ["/dev/zero", "/dev/null"])
def test_a_device_is_never_read(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        library.find(name)
    assert str(caught.value) == f"{name} is a device, and no script; name a file"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_a_script_as_a_shell_makes_one(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=("title: T\n",))
    writer.start()
    assert library.find(str(path)).text == "title: T\n"
    writer.join()
