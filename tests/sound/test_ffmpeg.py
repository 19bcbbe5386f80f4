from __future__ import annotations

import http.server
import shutil
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from player.errors import MediaError
from player.sound.conform import decode, seekable
from player.sound.ffmpeg import _LENGTH, _RATE
from tests.fakes_sound import RATE, both, sine, written

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.tools,
    pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="install ffmpeg, which reads these files"),
]


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    return written(tmp_path / "tone.wav", both(sine(440, 3, peak=0.3)))


def converted(source: Path, name: str) -> Path:
    target = source.with_name(name)
    subprocess.run(["ffmpeg", "-v", "error", "-i", source, target], check=True)
    return target


@pytest.mark.parametrize("name", ["tone.m4a", "tone.wma", "tone.mka", "tone.aac", "tone.webm"])
def test_what_libsndfile_cannot_read_is_decoded(tone: Path, name: str) -> None:
    sound = np.concatenate(list(decode(converted(tone, name))))
    assert len(sound) == pytest.approx(3 * RATE, abs=0.1 * RATE)
    middle = sound[RATE : 2 * RATE, 0] * np.hanning(RATE)
    assert np.abs(np.fft.rfft(middle)).argmax() == 440
    assert np.abs(middle).max() == pytest.approx(0.3, abs=0.02)


@pytest.mark.parametrize("length", [64, 4096, 8193])
def test_blocks_of_any_length_are_the_same_sound(tone: Path, length: int) -> None:
    path = converted(tone, "tone.m4a")
    assert np.array_equal(np.concatenate(list(decode(path, length))), np.concatenate(list(decode(path))))


def test_a_name_may_look_like_an_option_or_an_address(tone: Path) -> None:
    odd = converted(tone, "tone.m4a").rename(tone.with_name("-i http:x.m4a"))
    assert len(next(decode(odd)))


def test_stopping_early_leaves_no_process(tone: Path) -> None:
    stream = decode(converted(tone, "tone.m4a"), 64)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert list(stream) == []


def test_what_is_no_sound_says_why(tmp_path: Path) -> None:
    (tmp_path / "notes.m4a").write_text("not a sound\n" * 100)
    with pytest.raises(MediaError, match=r"notes\.m4a: ffmpeg finds no sound in it \(.+\); choose another file$"):
        next(decode(tmp_path / "notes.m4a"))


def test_a_picture_has_no_sound(tmp_path: Path) -> None:
    video = tmp_path / "silent.mkv"
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=d=1", video], check=True)
    with pytest.raises(MediaError, match="finds no sound"):
        next(decode(video))


@pytest.mark.parametrize("name", ["list.m3u8", "list.m4a", "list.ffconcat"])
def test_a_list_of_other_files_is_refused(tone: Path, name: str) -> None:
    other = converted(tone, "other.aac")
    lists = {
        "list.ffconcat": f"ffconcat version 1.0\nfile {other.name}\n",
    }
    hls = f"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n{other.name}\n#EXT-X-ENDLIST\n"
    tone.with_name(name).write_text(lists.get(name, hls))
    with pytest.raises(MediaError):
        next(decode(tone.with_name(name)))


def test_the_network_is_never_asked(tmp_path: Path) -> None:
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/a.aac"
    (tmp_path / "far.m4a").write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n{address}\n#EXT-X-ENDLIST\n")
    try:
        with pytest.raises(MediaError):
            next(decode(tmp_path / "far.m4a"))
    finally:
        server.shutdown()
        server.server_close()
    assert asked == []


TOO_LONG = "took too long to find the sound in it; convert it to WAV, or choose another file"
LATE = """
import signal, sys
signal.signal(signal.SIGXCPU, lambda *_: sys.exit("Exiting normally, received signal 24."))
while True: pass
"""
GREEDY = """
import time
time.sleep(0.5)
bytearray(2**28)
print("x" * 99)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process limit another")
@pytest.mark.parametrize(
    ("program", "told"), [(LATE, TOO_LONG), (GREEDY, r"finds no sound in it \(MemoryError\); choose another file")]
)
def test_ffmpeg_gets_so_much_time_to_begin_and_so_much_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, told: str
) -> None:
    """200,000 comments in a FLAC file took it 7 s of a processor, as many chapters in an MP3 333 MB."""
    instead = tmp_path / "ffmpeg"
    instead.write_text(f"#!{sys.executable}\n{program}")
    instead.chmod(0o755)
    monkeypatch.setattr("player.sound.ffmpeg.find", lambda: str(instead))
    (tmp_path / "a.m4a").write_bytes(b"no sound")
    with pytest.raises(MediaError, match=rf"a\.m4a: ffmpeg {told}$"):
        next(decode(tmp_path / "a.m4a"))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process limit another")
def test_it_is_not_asked_again_for_what_took_it_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instead = tmp_path / "ffmpeg"
    instead.write_text(f"#!{sys.executable}\nwhile True: pass\n")
    instead.chmod(0o755)
    monkeypatch.setattr("player.sound.ffmpeg.find", lambda: str(instead))
    (tmp_path / "a.m4a").write_bytes(b"no sound")
    with pytest.raises(MediaError, match=f"ffmpeg {TOO_LONG}$"):
        seekable(tmp_path / "a.m4a")


@pytest.mark.parametrize("name", ["Stream #", "Stream #0:0: Audio: "])
def test_a_title_that_looks_like_what_ffmpeg_says_takes_no_time(name: str) -> None:
    said = f"    title : {name * 20_000}\n  Duration: 00:01:02.0\n  Stream #0:0: Audio: aac, 44100 Hz, stereo\n"
    found, length = _RATE.search(said), _LENGTH.search(said)
    assert found is not None
    assert length is not None
    assert (found[1], length.groups()) == ("44100", ("00", "01", "02"))
