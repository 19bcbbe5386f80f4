"""How long does an MP3 take, against ``lame -b 160`` on the finished WAV alone, and how much memory?

Run by hand: ``python tests/bench/mp3.py [SESSION] [OPTIONS of player export]``; without any, a session of half an hour.
Each row is made several times, in turn with the others, so that a busy machine slows all of them alike; the fastest
and the middle one are told, and ratios to lame's. Wall-clock time means little on a machine that works for others as
well, so processor time stands beside it. The session's clips are spoken beforehand.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 2
TARGET = 0.65
SESSION = ("pmr-16",)

ENCODE = """
import sys, numpy as np, soundfile
from pathlib import Path
from player.output.file.mp3 import Mp3Writer, encoder
way, source, target = sys.argv[1:]
with soundfile.SoundFile(source) as sound:
    pieces = (sound.buffer_read(96_000, "int16") for _ in range(-(-sound.frames // 96_000)))
    if way == "whole":
        lame, file = encoder(160), open(target, "wb")
        for piece in pieces:
            file.write(lame.encode(bytes(piece)))
        file.write(lame.flush())
    else:
        writer = Mp3Writer(Path(target), b"", threads=int(way))
        for piece in pieces:
            writer.write(bytes(piece))
        writer.finish()
"""
ON_AND_ON = """
import sys, resource, numpy as np
from pathlib import Path
from player.output.file.mp3 import Mp3Writer
writer = Mp3Writer(Path(sys.argv[1]), b"", threads=2)
noise = np.random.default_rng(0).normal(0, 2, (96_000, 2)).astype(np.int16).tobytes()
for _ in range(int(sys.argv[2]) * 30):
    writer.write(noise)
writer.finish()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def spent(*command: str | Path) -> tuple[float, float]:
    """Seconds of a command, and of processors at work for it."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    passed, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return passed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def rows(session: list[str], folder: Path) -> dict[str, tuple[str | Path, ...]]:
    wav, mp3 = folder / "session.wav", folder / "session.mp3"
    export = (sys.executable, "-m", "player", "export", *session, "--force", "-o")
    spent(*export, wav)
    return {
        "lame -b 160": ("lame", "--quiet", "-b", "160", wav, folder / "lame.mp3"),
        "one encoder": (sys.executable, "-c", ENCODE, "whole", wav, mp3),
        "ours, 1 thread": (sys.executable, "-c", ENCODE, "1", wav, mp3),
        "ours, 2 threads": (sys.executable, "-c", ENCODE, "2", wav, mp3),
        "player export to WAV": (*export, wav),
        "player export to MP3": (*export, mp3),
    }


def times(session: list[str]) -> float:
    """Print the table of times; the export's ratio."""
    with tempfile.TemporaryDirectory() as folder:
        commands = rows(session, Path(folder))
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, command in commands.items():
                taken[name].append(spent(*command))
    lame = taken["lame -b 160"]
    print(f"{'':<22} {'best s':>7} {'middle s':>9} {'x lame':>7} {'processor s':>12} {'x lame':>7}")
    for name, each in taken.items():
        ratio = statistics.median(own / other for (own, _), (other, _) in zip(each, lame, strict=True))
        worked = statistics.median(own / other for (_, own), (_, other) in zip(each, lame, strict=True))
        best, middle = min(each)[0], statistics.median(passed for passed, _ in each)
        work = statistics.median(work for _, work in each)
        print(f"{name:<22} {best:7.2f} {middle:9.2f} {ratio:7.2f} {work:12.2f} {worked:7.2f}", flush=True)
    return statistics.median(
        own / other for (own, _), (other, _) in zip(taken["player export to MP3"], lame, strict=True)
    )


def memory(folder: Path) -> None:
    for minutes in (10, 120):
        command = (sys.executable, "-c", ON_AND_ON, str(folder / "on.mp3"), str(minutes))
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        print(f"encoding {minutes:>4} minutes: {done.stdout.strip()} MB at most")


def main() -> int:
    if sys.argv[1:] == ["memory"]:
        with tempfile.TemporaryDirectory() as folder:
            memory(Path(folder))
        return 0
    ratio = times(sys.argv[1:] or [*SESSION])
    print(f"export to MP3: {ratio:.2f} x lame; at most {TARGET} with two cores, of which {os.cpu_count()} are here")
    return 0 if ratio <= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
