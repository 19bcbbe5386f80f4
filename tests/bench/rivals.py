"""The same session by other means, on the same texts and times: ``python tests/bench/rivals.py WAY SHOWN BED OUT.mp3``.

WAY is one of two. ``pydub``: the whole session as one `AudioSegment` over which each clip is laid, as every tutorial
does it. ``ffmpeg``: all clips as inputs of one command, mixed by amix, the bed ducked by sidechaincompress, encoded by
libmp3lame. Both speak with the command ``espeak-ng``. SHOWN is what ``player show --json`` prints; of that, everything
that has a text is spoken. Neither knows loudness, fits words into their slots, places a count by its beat or writes
chapters; the bed of the first falls and rises in steps.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

BITRATE: Final = "160k"
UNDER_SPEECH_DB, BED_DB = -4, -16
_NEEDED: Final = {"pydub": ("espeak-ng", "ffmpeg"), "ffmpeg": ("espeak-ng", "ffmpeg")}
_DUCKED: Final = "sidechaincompress=threshold=0.02:ratio=3:attack=400:release=2000"


def missing(way: str) -> list[str]:
    """The programs that would have to be installed."""
    return [each for each in _NEEDED[way] if not shutil.which(each)]


def spoken(cues: list[dict[str, Any]], folder: Path) -> list[tuple[Path, int]]:
    """A WAV file for each cue, and when it begins in ms; each text is spoken once, two at a time."""
    texts = dict.fromkeys(cue["text"] for cue in cues if cue["text"])
    files = {text: folder / f"{number}.wav" for number, text in enumerate(texts)}

    def speak(text: str) -> None:
        subprocess.run(["espeak-ng", "-v", "en-gb", "-s", "130", "-w", files[text], "--", text], check=True)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(speak, files))
    return [(files[cue["text"]], cue["start_ms"]) for cue in cues if cue["text"]]


def by_pydub(clips: list[tuple[Path, int]], total_ms: int, bed: Path, target: Path) -> None:
    from pydub import AudioSegment  # noqa: PLC0415  (the other way needs none)

    sound = AudioSegment.from_file(bed) + BED_DB
    session = (sound * (total_ms // len(sound) + 1))[:total_ms].fade_in(4000).fade_out(10_000)
    for path, start_ms in clips:
        clip = AudioSegment.from_wav(path).set_frame_rate(session.frame_rate).set_channels(2)
        session = session.overlay(clip, position=start_ms, gain_during_overlay=UNDER_SPEECH_DB)
    session.export(target, format="mp3", bitrate=BITRATE)


def by_ffmpeg(clips: list[tuple[Path, int]], total_ms: int, bed: Path, target: Path) -> None:
    inputs, graph = ["-stream_loop", "-1", "-i", str(bed)], list[str]()
    for number, (path, start_ms) in enumerate(clips, 1):
        inputs += ["-i", str(path)]
        graph.append(f"[{number}]aresample=48000,adelay={start_ms}:all=1[c{number}]")
    names = "".join(f"[c{number}]" for number in range(1, len(clips) + 1))
    graph += [
        f"{names}amix=inputs={len(clips)}:normalize=0,apad,aformat=channel_layouts=stereo,asplit[voice][key]",
        f"[0]volume={BED_DB}dB,aresample=48000[bed]",
        f"[bed][key]{_DUCKED}[ducked]",
        "[voice][ducked]amix=inputs=2:normalize=0:duration=shortest[out]",
    ]
    script = clips[0][0].with_name("graph.txt")  # too long for a command line
    script.write_text(";".join(graph))
    encoded = ["-map", "[out]", "-t", f"{total_ms / 1000}", "-c:a", "libmp3lame", "-b:a", BITRATE]
    command = ["ffmpeg", "-v", "error", *inputs, "-filter_complex_script", str(script), *encoded, "-y", str(target)]
    subprocess.run(command, check=True)


def main() -> None:
    way, shown, bed, target = sys.argv[1:]
    session = json.loads(Path(shown).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        clips = spoken(session["cues"], Path(folder))
        make = {"pydub": by_pydub, "ffmpeg": by_ffmpeg}[way]
        make(clips, session["total_ms"], Path(bed), Path(target))


if __name__ == "__main__":
    main()
