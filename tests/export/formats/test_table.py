from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from player.errors import OutputError, UsageError
from player.export.formats.table import export_sink
from player.export.options import FORMATS
from tests.fakes_output import TAGS, chirp, exported, needs_for, segment

if TYPE_CHECKING:
    from pathlib import Path

FOR_EVER = """
import sys
from pathlib import Path
from player.export.formats.table import export_sink
from tests.fakes_output import TAGS, chirp, segment
target = Path(sys.argv[1])
sounds = [segment(chirp(48_000, seed)) for seed in (1, 2)]
while True:
    for sound in sounds:
        with export_sink(target, target.suffix[1:], tags=TAGS, force=True) as sink:
            for at in range(0, 1000, 100):
                sink.write(sound[at : at + 100])
        print("made", flush=True)
"""

FULL_DISK = """
import resource, sys
from pathlib import Path
from player.errors import OutputError
from tests.fakes_output import chirp, exported
limit = int(sys.argv[2])
sound = chirp(2 * 48_000)
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    exported(Path(sys.argv[1]), sound, piece=24_000)
except OutputError as error:
    print(error)
"""


@pytest.mark.parametrize("form", FORMATS)
def test_an_interrupted_export_leaves_nothing(tmp_path: Path, form: str) -> None:
    needs_for(form)
    with pytest.raises(KeyboardInterrupt), export_sink(tmp_path / "calm", form, tags=TAGS) as sink:  # noqa: PT012
        sink.write(segment(chirp(48_000)))
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_in_the_way_is_kept_unless_forced(tmp_path: Path, form: str) -> None:
    needs_for(form)
    target = tmp_path / "calm"
    target.write_bytes(b"mine")
    with pytest.raises(UsageError, match="there already"):
        export_sink(target, form, tags=TAGS)
    with export_sink(target, form, tags=TAGS, force=True) as sink:
        sink.write(segment(chirp(4800)))
    assert target.stat().st_size > 100
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("form", "bitrate", "message"),
    [
        ("aiff", None, "the format must be one of mp3, wav, flac, ogg, opus, m4a, m4b, not 'aiff'"),
        ("flac", 160, "flac keeps every sample and has no bitrate; leave it out"),
        ("wav", 160, "wav keeps every sample and has no bitrate; leave it out"),
        ("opus", 6, "the bitrate of opus must be 24 to 320 kbit/s, not 6"),
        ("ogg", 500, "the bitrate of ogg must be 64 to 320 kbit/s, not 500"),
        ("mp3", 100, "must be one of 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, not 100"),
    ],
)
def test_what_cannot_be_asked_for(tmp_path: Path, form: str, bitrate: int | None, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        export_sink(tmp_path / "calm", form, tags=TAGS, bitrate=bitrate)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_vanishes_is_one_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "usb"
    folder.mkdir()
    sink = export_sink(folder / "calm.mp3", "mp3", tags=TAGS)
    sink.write(segment(chirp(4800)))
    shutil.rmtree(folder)
    with pytest.raises(OutputError, match=r"cannot write .*calm\.mp3: No such file"):
        sink.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit on the size of a process's files")
@pytest.mark.parametrize("share", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("form", FORMATS)
def test_a_full_disk_is_noticed_wherever_it_comes(tmp_path: Path, form: str, share: float) -> None:
    needs_for(form)
    size = exported(tmp_path / f"whole.{form}", chirp(2 * 48_000)).stat().st_size
    (tmp_path / "disk").mkdir()
    target = tmp_path / "disk" / f"calm.{form}"
    limit = min(int(size * share) + 10, size - 1)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FULL_DISK, str(target), str(limit)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": "."},
    )
    wanted = f"cannot write {target}: File too large; choose a smaller format, or another folder\n"
    assert (done.stdout, done.stderr) == (wanted, "")
    assert list(target.parent.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
@pytest.mark.parametrize("after_ms", [0, 23, 61, 140])
@pytest.mark.parametrize("form", ["mp3", "wav", "ogg", "m4b"])
def test_killed_at_any_moment_it_leaves_the_old_file_or_the_new(tmp_path: Path, form: str, after_ms: int) -> None:
    needs_for(form)
    target = tmp_path / "out" / f"calm.{form}"
    target.parent.mkdir()
    whole = {exported(tmp_path / f"{seed}.{form}", chirp(48_000, seed), piece=4800).read_bytes() for seed in (1, 2)}
    assert len(whole) == 2
    env = {**os.environ, "PYTHONPATH": "."}
    command = [sys.executable, "-W", "ignore", "-c", FOR_EVER, str(target)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=env) as child:
        assert child.stdout
        assert child.stdout.readline() == b"made\n"
        time.sleep(after_ms / 1000)
        child.kill()
    assert target.read_bytes() in whole
    time.sleep(0.2)  # ffmpeg, if it was at work, comes to the end of its input
    exported(target.with_name(f"next.{form}"), chirp(4800))
    assert sorted(path.name for path in target.parent.iterdir()) == [f"calm.{form}", f"next.{form}"]
