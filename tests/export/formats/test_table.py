from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from player.errors import OutputError, UsageError
from player.export.formats.bitrates import Quality, has_rate
from player.export.formats.table import export_sink
from player.export.options import BY_FFMPEG, FORMATS
from tests import disks
from tests.fakes_output import TAGS, chirp, decoded_by_ffmpeg, exported, lag, needs, needs_for, segment

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
        ("flac", 160, "flac keeps every sample and has no bitrate; leave --bitrate out"),
        ("wav", 160, "wav keeps every sample and has no bitrate; leave --bitrate out"),
        ("opus", 6, "--bitrate for opus must be 24 to 320 kbit/s, not 6"),
        ("ogg", 500, "--bitrate for ogg must be 64 to 320 kbit/s, not 500"),
        ("mp3", 100, "must be one of 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320 kbit/s, not 100"),
    ],
)
def test_what_cannot_be_asked_for(tmp_path: Path, form: str, bitrate: int | None, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        export_sink(tmp_path / "calm", form, tags=TAGS, quality=Quality(bitrate))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("form", "quality", "message"),
    [
        ("opus", Quality(rate=44_100), "opus has no sample rate of 44100; choose 48000 or 24000, or another format"),
        (
            "mp3",
            Quality(192, rate=24_000),
            "--bitrate at a sample rate of 24000 must be one of 32, .* 160 kbit/s, not 192",
        ),
        ("m4a", Quality(128, 1, 24_000), "for m4a at a sample rate of 24000 in one channel must be 24 to 96 kbit/s"),
        ("ogg", Quality(256, 2, 24_000), "for ogg at a sample rate of 24000 must be 48 to 192 kbit/s, not 256"),
    ],
)
def test_what_an_encoder_would_not_keep_is_refused(tmp_path: Path, form: str, quality: Quality, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        export_sink(tmp_path / "calm", form, tags=TAGS, quality=quality)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.tools
@pytest.mark.parametrize("one_channel", [False, True])
@pytest.mark.parametrize(
    ("form", "rate"),
    [(form, rate) for form in FORMATS for rate in (24_000, 44_100) if has_rate(form, rate)],
)
def test_every_format_has_every_frame_where_it_was_at_other_sample_rates(
    tmp_path: Path, form: str, rate: int, one_channel: bool
) -> None:
    needs("ffmpeg")
    sound = chirp(rate * 2 + 7)
    path = exported(tmp_path / f"calm.{form}", sound, rate=rate, one_channel=one_channel)
    channels = 1 if one_channel else 2
    decoded = decoded_by_ffmpeg(path, channels)
    if form == "opus":  # decoders give its own 48 kHz
        assert soundfile.info(path).samplerate == rate
        decoded = soundfile.read(path, dtype="int16", always_2d=True)[0]
    if form in BY_FFMPEG:  # its decoder gives the last packet of 1024 frames whole
        assert len(sound) <= len(decoded) < len(sound) + 1024
        decoded = decoded[: len(sound)]
    assert decoded.shape == (len(sound), channels)
    wanted = sound.mean(axis=1)
    assert lag(wanted, decoded[:, 0]) == 0
    assert np.corrcoef(decoded[rate // 2 :, 0], wanted[rate // 2 :])[0, 1] > 0.98


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
        env={**disks.unmeasured(), "PYTHONPATH": "."},
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
