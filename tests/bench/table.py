"""How fast, and in how much memory? The table of what is promised, measured in one run, and two other ways beside it.

``python tests/bench/table.py`` takes a quarter of an hour on two cores; ``--only wav,help`` measures some rows. Ratios
are those of times on the clock, taken in turn in one run, so the machine must have its cores for this alone: the load
that it had is told. Rows in brackets have no limit. It needs ``lame``; without ``pulseaudio`` and ``parec``,
``espeak-ng`` or ``ffmpeg``, the rows that need them say so. Exit code 1 if a row is missed.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench import rivals
from tests.bench.measuring import PLAYER, ROOT, Spent, in_turn, machine, middle, ratio, spent
from tests.bench.sessions import night

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SESSION: Final = "pmr-16"
ITS_BED: Final = ROOT / "audio" / "ocean.ogg"
NATURAL, SYNTHETIC = "heart", "gmw/en"
UTTERANCE_S: Final = 0.040
ANOTHER_SENTENCE_S: Final = 0.5
SENTENCE: Final = "If you find a place that still holds on, breathe out, and let it be."
NEW_SENTENCE: Final = "On day {}, let the place that holds on soften."
"""A sentence of nine words; of the 1,128 in the sessions half have up to seven, three quarters up to ten."""
STEP: Final = "Then lie down, or lean back"
NEW_STEP: Final = "On day {}, lie down, or lean back"
"""A step of three sentences, 20 s long."""
SHORT, MIDDLE, LONG = 5, 10, 480  # minutes
PROMISED: Final = 30
"""Minutes of the session that goes to MP3 and WAV. `SESSION` lasted as long when this was promised, and has changed."""


@dataclass(frozen=True)
class Result:
    """A measured row: what was found, what it may be at most (None: told, not judged), and how to say both."""

    what: str
    found: float
    at_most: float | None
    unit: str = "x"
    remark: str = ""

    @property
    def is_missed(self) -> bool:
        return self.at_most is not None and self.found > self.at_most

    def __str__(self) -> str:
        limit = "" if self.at_most is None else f"{self.at_most:g} {self.unit}"
        verdict = "" if self.at_most is None else "missed" if self.is_missed else "ok"
        return f"{self.what:<66} {limit:>8} {self.found:>8.3g} {self.unit:<2} {verdict:<6} {self.remark}"


class Desk:
    """Where it is measured: a folder with a store of its own, where both long sessions are spoken already."""

    def __init__(self, folder: Path, rounds: int) -> None:
        self.folder = folder
        self.rounds = rounds
        self.store = folder / "store"
        own = {"STORE": self.store, "SCRIPTS": folder / "scripts", "DIARY": folder / "diary"}
        self.env = {f"PLAYER_{name}": str(path) for name, path in own.items()}
        self.env["PYTHONDONTWRITEBYTECODE"] = ""  # an installed program is compiled
        self.env["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        self.wav = folder / "half-hour.wav"
        self.half_hour = night(folder, PROMISED)
        self.export(self.half_hour, self.wav)
        self.export(SESSION, folder / "session.wav")

    def export(
        self, session: str | Path, target: Path, *options: str, watched: bool = False, store: Path | None = None
    ) -> Spent:
        """What it takes to export a session to a file that is not there yet."""
        target.unlink(missing_ok=True)
        env = self.env | ({"PLAYER_STORE": str(store)} if store else {})
        return spent(*PLAYER, "export", session, "-q", "-o", target, *options, env=env, watched=watched)

    def shown(self, session: str | Path) -> dict[str, Any]:
        """What ``player show --json`` tells of a session."""
        done = subprocess.run(
            [*PLAYER, "show", session, "--json"], check=True, capture_output=True, env=os.environ | self.env
        )
        shown: dict[str, Any] = json.loads(done.stdout)
        return shown


# --- the rows


def mp3(desk: Desk) -> Iterator[Result]:
    ours, theirs = desk.folder / "ours.mp3", desk.folder / "lame.mp3"
    turns = in_turn(
        lambda: desk.export(desk.half_hour, ours),
        lambda: spent("lame", "--quiet", "-b", "160", desk.wav, theirs),
        rounds=desk.rounds,
    )
    remark = f"{middle(turns):.1f} s : {middle(turns, 1):.1f} s; processor {ratio(turns, _processor):.2f} x"
    yield Result("export 30 min to MP3 : lame -b 160 on the finished WAV", ratio(turns), 0.65, remark=remark)


def wav(desk: Desk) -> Iterator[Result]:
    """A copy is made when the disk has read it and has it; both begin with nothing in the system's cache."""
    ours, copy = desk.folder / "ours.wav", desk.folder / "copy.wav"

    def exported(session: str | Path) -> Spent:
        return desk.export(session, ours)

    def copied(its_wav: Path) -> Spent:
        copy.unlink(missing_ok=True)
        return spent("cp", its_wav, copy)

    def exported_to_disk(session: str | Path) -> Spent:
        return _from_disk_to_disk(functools.partial(exported, session), ours, *desk.store.rglob("*"))

    def copied_to_disk(its_wav: Path) -> Spent:
        return _from_disk_to_disk(functools.partial(copied, its_wav), copy, its_wav)

    for what, at_most, ways, session, its_wav in (
        ("export 30 min to WAV : cp of that WAV, from disk to disk", 4.0,
         (exported_to_disk, copied_to_disk), desk.half_hour, desk.wav),
        (f"(the same with {SESSION}, 22 min and more words)", None,
         (exported_to_disk, copied_to_disk), SESSION, desk.folder / "session.wav"),
        ("(30 min from cache to cache: start-up counts most)", None,
         (exported, copied), desk.half_hour, desk.wav),
    ):  # fmt: skip
        export, cp = ways
        turns = in_turn(functools.partial(export, session), functools.partial(cp, its_wav), rounds=desk.rounds + 2)
        yield Result(what, ratio(turns), at_most, remark=f"{middle(turns):.2f} s : {middle(turns, 1):.2f} s")


def cold(desk: Desk) -> Iterator[Result]:
    count = len({(cue["kind"] == "speech", cue["text"]) for cue in desk.shown(SESSION)["cues"] if cue["text"]})
    for target in (desk.folder / "ours.wav", desk.folder / "ours.mp3"):
        turns = in_turn(
            functools.partial(_from_nothing, desk, target),
            functools.partial(desk.export, SESSION, target),
            rounds=desk.rounds,
        )
        allowed = 2 * middle(turns, 1) + UTTERANCE_S * count
        remark = f"{middle(turns):.1f} s : {allowed:.1f} s, {count} utterances"
        what = f"from an empty store, to {target.suffix[1:].upper()} : 2 x warm + 40 ms an utterance"
        yield Result(what, middle(turns) / allowed, 1.0, remark=remark)


def voice(desk: Desk) -> Iterator[Result]:
    """The natural voice against espeak-ng, where every word is new; then one word more; then a few breaths at once."""
    target = desk.folder / "ours.wav"
    turns = in_turn(
        functools.partial(_from_nothing, desk, target, "--voice", NATURAL),
        functools.partial(_from_nothing, desk, target, "--voice", SYNTHETIC),
        rounds=desk.rounds,
    )
    remark = f"{middle(turns):.1f} s : {middle(turns, 1):.1f} s; processor {ratio(turns, _processor):.2f} x"
    yield Result(f"22 min from an empty store, {NATURAL} : {SYNTHETIC}", ratio(turns), 1.4, remark=remark)
    own = _from_nothing(desk, target, "--voice", NATURAL, watched=True)
    yield Result("peak memory of a process that speaks", own.memory_of_child, 250, "MB")
    yield Result("peak memory of the program meanwhile", own.memory, 150, "MB")
    yield from another_sentence(desk, target)


def another_sentence(desk: Desk, target: Path) -> Iterator[Result]:
    """What an export takes beyond a warm one if a sentence was changed, or three of one step."""
    days = itertools.count(1)
    turns = in_turn(
        lambda: desk.export(SESSION, target),
        lambda: desk.export(_changed(desk, SENTENCE, NEW_SENTENCE.format(next(days))), target),
        lambda: desk.export(_changed(desk, STEP, NEW_STEP.format(next(days))), target),
        rounds=4 * desk.rounds,
    )
    one, three = (statistics.median(turn[which].seconds - turn[0].seconds for turn in turns) for which in (1, 2))
    yield Result("22 min again with one more sentence, beyond a warm export", one, ANOTHER_SENTENCE_S, "s")
    yield Result("(the same with a step of three sentences, 19 s of speech)", three, None, "s")


def memory(desk: Desk) -> Iterator[Result]:
    """Of a first export, with an empty store, of a second, and of eight hours; what a minute costs comes along."""
    with tempfile.TemporaryDirectory(dir=desk.folder) as folder:
        night_of = functools.partial(_night, desk, Path(folder))
        first, warm = night_of(MIDDLE), night_of(MIDDLE)
        long = night_of(LONG)
        (_, short), (_, start) = ((night_of(minutes), night_of(minutes)) for minutes in (SHORT, 1))
    for what, own in (("10 min", warm), ("10 min, from an empty store", first), ("8 h", long)):
        remark = f"all its processes {own.memory_of_all:.0f} MB"
        yield Result(f"peak memory of an export to MP3, {what}", own.memory, 150, "MB", remark)
    yield Result("peak memory, 8 h : 10 min", long.memory / warm.memory, 1.10)
    costs = [(own.processor - start.processor) / (minutes - 1) for own, minutes in ((long, LONG), (short, SHORT))]
    remark = f"{costs[0] * 1000:.0f} : {costs[1] * 1000:.0f} ms of processor, beyond what the first minute takes"
    yield Result("cost of a minute of audio, 8 h : 5 min", costs[0] / costs[1], 1.15, remark=remark)
    yield Result("(8 h to MP3 : listening to them)", long.seconds / (LONG * 60), None, remark=f"{long.seconds:.0f} s")


def sound(desk: Desk) -> Iterator[Result]:
    """From the command to the first sample at a sink that plays in real time, and to what a listener hears."""
    if not (shutil.which("pulseaudio") and shutil.which("parec")):
        return print("first sound: install pulseaudio and pulseaudio-utils")
    from player.live.device.backends import available  # noqa: PLC0415
    from tests.bench.first_sound import waited  # noqa: PLC0415  (brings numpy and pytest)
    from tests.sound_server import sound_server  # noqa: PLC0415

    with sound_server() as env:
        for kind in available():
            its = env | desk.env | {"PLAYER_SPEAKER": kind}
            waits = [waited(("play", "box-breathing"), its) for _ in range(2 * desk.rounds + 1)][1:]
            first = [wait.first for wait in waits]
            heard = statistics.median(wait.heard for wait in waits)
            remark = f"{min(first):.2f} to {max(first):.2f} s; {heard:.2f} s until it is loud enough to hear"
            yield Result(f"first sound after `player play`, by {kind}", statistics.median(first), 0.5, "s", remark)
            empty = [its | {"PLAYER_STORE": str(desk.folder / f"{kind} {n}")} for n in range(2 * desk.rounds - 1)]
            heard = statistics.median(waited(("breathe", "4-4-4-4"), each).heard for each in empty)
            yield Result(f"first breath heard, from an empty store, by {kind}", heard, 2.0, "s")


def help_(desk: Desk) -> Iterator[Result]:
    turns = in_turn(
        lambda: spent(*PLAYER, "--help", env=desk.env),
        lambda: spent(sys.executable, "-c", "import click"),
        rounds=11,
    )
    remark = (
        f"{middle(turns) * 1000:.0f} ms : {middle(turns, 1) * 1000:.0f} ms; processor {ratio(turns, _processor):.2f} x"
    )
    yield Result("player --help : python -c 'import click'", ratio(turns), 1.5, remark=remark)


def others(desk: Desk) -> Iterator[Result]:
    """The other ways take long: once each, against ours from an empty store, as they speak every time."""
    shown = desk.folder / "shown.json"
    shown.write_text(json.dumps(desk.shown(SESSION)), encoding="utf-8")
    own = _from_nothing(desk, desk.folder / "ours.mp3", watched=True)
    for way, what in (("pydub", "whole-session pydub overlays"), ("ffmpeg", "espeak-ng and ffmpeg")):
        if lacking := rivals.missing(way):
            print(f"{what}: install {' and '.join(lacking)}")
            continue
        target = desk.folder / f"{way}.mp3"
        other = spent(sys.executable, "-W", "ignore", rivals.__file__, way, shown, ITS_BED, target, watched=True)
        remark = (
            f"{other.seconds:.1f} s : {own.seconds:.1f} s; {other.memory_of_all:.0f} MB : {own.memory_of_all:.0f} MB"
        )
        yield Result(f"(the same 22 min by {what} : player)", other.seconds / own.seconds, None, remark=remark)


ROWS: Final[dict[str, Callable[[Desk], Iterator[Result]]]] = {
    "mp3": mp3,
    "wav": wav,
    "cold": cold,
    "voice": voice,
    "memory": memory,
    "sound": sound,
    "help": help_,
    "others": others,
}


def _processor(own: Spent) -> float:
    return own.processor


def _from_disk_to_disk(action: Callable[[], Spent], target: Path, *sources: Path) -> Spent:
    """With the sources not in the system's cache, and until the target is on the disk."""
    os.sync()
    for source in filter(Path.is_file, sources):
        with source.open("rb") as file:
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    made, settled = action(), spent("sync", "-d", target)
    return made._replace(seconds=made.seconds + settled.seconds, processor=made.processor + settled.processor)


def _from_nothing(desk: Desk, target: Path, *options: str, watched: bool = False) -> Spent:
    with tempfile.TemporaryDirectory(dir=desk.folder) as store:
        return desk.export(SESSION, target, *options, store=Path(store), watched=watched)


def _changed(desk: Desk, old: str, new: str) -> Path:
    """The session with words that were never heard before."""
    text = (ROOT / "scripts" / f"{SESSION}.yaml").read_text(encoding="utf-8")
    changed = text.replace(old, new)
    if changed == text:
        raise SystemExit(f"{SESSION} has changed; other words must be changed here")
    path = desk.folder / "scripts" / "another.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(changed, encoding="utf-8")
    return path


def _night(desk: Desk, store: Path, minutes: int) -> Spent:
    return desk.export(night(desk.folder, minutes), desk.folder / "night.mp3", store=store, watched=True)


def main() -> int:
    asked = argparse.ArgumentParser(description="Measure what is promised.")
    asked.add_argument("--only", default=",".join(ROWS), help=f"some of {','.join(ROWS)}")
    asked.add_argument("--rounds", type=int, default=3, help="how often; 3 if not given")
    asked.add_argument("--folder", type=Path, help="where files are written; the system's folder for such")
    given = asked.parse_args()
    missed = 0
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        desk = Desk(Path(folder), given.rounds)
        print(f"{machine()}\n{'':<66} {'at most':>8} {'found':>8}", flush=True)
        for name in given.only.split(","):
            for row in ROWS[name](desk):
                missed += row.is_missed
                print(row, flush=True)
    print(f"load at the end {os.getloadavg()[0]:.1f}; " + (f"{missed} missed" if missed else "all is met"))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
