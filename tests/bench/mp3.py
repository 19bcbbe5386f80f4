"""How long does an MP3 take, against ``lame -b 160`` on the finished WAV alone, and how much memory?

Run by hand: ``python tests/bench/mp3.py [SESSION] [OPTIONS of player export]``; without any, a session of 22 minutes.
Each row is made several times, in turn with the others, so that a busy machine slows all of them alike; the fastest
and the middle one are told, and ratios to lame's. Wall-clock time means little on a machine that works for others as
well, so processor time stands beside it. The session's clips are spoken beforehand.
"""

from __future__ import annotations

import functools
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.measuring import PLAYER, in_turn, middle, ratio, spent

ROUNDS = 2
TARGET = 0.65
SESSION = ("pmr-16",)

ENCODE = """
import sys, numpy as np, soundfile
from pathlib import Path
from player.export.mp3.writer import Mp3Writer, encoder
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
from player.export.mp3.writer import Mp3Writer
writer = Mp3Writer(Path(sys.argv[1]), b"", threads=2)
noise = np.random.default_rng(0).normal(0, 2, (96_000, 2)).astype(np.int16).tobytes()
for _ in range(int(sys.argv[2]) * 30):
    writer.write(noise)
writer.finish()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def rows(session: list[str], folder: Path) -> dict[str, tuple[str | Path, ...]]:
    wav, mp3 = folder / "session.wav", folder / "session.mp3"
    export = (*PLAYER, "export", *session, "--force", "-o")
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
        turns = in_turn(*(functools.partial(spent, *command) for command in commands.values()), rounds=ROUNDS)
    print(f"{'':<22} {'best s':>7} {'middle s':>9} {'x lame':>7} {'processor s':>12} {'x lame':>7}")
    for place, name in enumerate(commands):
        pairs = [(turn[place], turn[0]) for turn in turns]
        best, work = min(own.seconds for own, _ in pairs), statistics.median(own.processor for own, _ in pairs)
        worked = ratio(pairs, lambda each: each.processor)
        print(f"{name:<22} {best:7.2f} {middle(pairs):9.2f} {ratio(pairs):7.2f} {work:12.2f} {worked:7.2f}", flush=True)
    return ratio([(turn[-1], turn[0]) for turn in turns])


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
