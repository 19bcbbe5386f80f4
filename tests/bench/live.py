"""How soon is heard what a listener asks for, and does a busy machine make gaps?

Run by hand: ``python -m tests.bench.live [SESSION [BUSY]]``; without any, ``micro-break`` with four busy loops. Each
library plays to a private sound server in real time, which is recorded on the same clock. It prints a table:

- *first sound*: from the start of ``player play`` to the first sample of the lead-in, with a warm store, best of three;
- *volume*: from the control to the middle of the ramp; *place*: to the first frame of the step that was asked for,
  behind its cross-fade; the middle and the longest of `TIMES`. The recorder is up to 20 ms late itself;
- *gaps*: how often silence was heard within ``player play SESSION``, while the busy loops ran, and for how long in all;
  and whether it was otherwise equal to the exported file, sample for sample;
- *loop*: what the playing process took of a processor meanwhile, without its start.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile

from player.live.controls.commands import Control, GoTo, SetVolume
from player.live.device.device import OutputDevice
from player.live.loop import Loop
from player.live.participants import Participants
from player.live.running import RunningParticipants
from player.live.source import ListenerSettings, MixSource
from player.live.transport import Transport
from player.timeline.steps import Steps
from player.units import RATE
from tests.fakes_programme import BED, STEP_MS, VOICE, TellingMix, telling_timeline
from tests.sound_server import Loudspeaker, prompt, sound_server, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

KINDS = ("simpleaudio", "miniaudio")
TIMES = 12
TOTAL_MS = 60_000
_START_S = 5.0


def press_keys(kind: str) -> None:
    """What a process of its own does: play a programme that tells its moments, with keys; and print when they came."""
    running, pressed = (
        RunningParticipants(Participants(pauses_when_lost=True)),
        dict[str, list[tuple[float, float]]](volume=[], place=[]),
    )
    inbox, rng = running.participants.inbox, np.random.default_rng(1)

    def keys() -> None:
        time.sleep(3)
        for number in range(TIMES):
            pressed["volume"].append((time.monotonic(), -6.0 * (1 + number % 2)))
            inbox.put(SetVolume(pressed["volume"][-1][1]))
            time.sleep(0.4 + rng.random() / 5)
        inbox.put(SetVolume(0))
        time.sleep(1)
        for number in range(TIMES):
            pressed["place"].append((time.monotonic(), STEP_MS * (1 + number % 5)))
            inbox.put(GoTo(int(pressed["place"][-1][1])))
            time.sleep(0.7 + rng.random() / 5)
        inbox.put(Control.QUIT)

    timeline, open_device = telling_timeline(TOTAL_MS), partial(OutputDevice, changes=True, kind=kind)
    source = MixSource(TellingMix(), TOTAL_MS, ListenerSettings())
    transport = Transport(source, Steps(timeline), 0, open_device(TOTAL_MS * 48), open_device)
    threading.Thread(target=keys, daemon=True).start()
    with running, running.session(timeline):
        Loop(transport, running).run()
    transport.leave()
    print(json.dumps(pressed))


def promptness(kind: str, env: dict[str, str]) -> list[str]:
    """Columns for volume and place."""
    ear = Loudspeaker(env)
    command = [sys.executable, "-W", "ignore", "-m", "tests.bench.live", "--press", kind]
    pressed = json.loads(subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE).stdout)
    heard = ear.recording().astype(int)
    times: dict[str, list[float]] = {"volume": [], "place": []}
    at = int(np.flatnonzero(heard[:, 1] == VOICE + BED)[0])
    for (_, before), (pressed_s, after) in pairwise([(0, 0), *pressed["volume"]]):
        middle = (VOICE + BED) * 10 ** ((before + after) / 40)
        at += int(np.flatnonzero((heard[at:, 1] > middle) == (after > before))[0])
        times["volume"].append(ear.time_of(at) - pressed_s)
    for pressed_s, place in pressed["place"]:
        at += int(np.flatnonzero(heard[at:, 0] == place // 2 + 1)[0])
        times["place"].append(ear.time_of(at) - pressed_s)
    ear.stop()
    return [f"{np.median(each) * 1000:.0f}, at most {max(each) * 1000:.0f} ms" for each in times.values()]


def first_sound(kind: str, session: str, env: dict[str, str]) -> str:
    """The best of three."""
    times = []
    for _ in range(3):
        ear, began = Loudspeaker(env), time.monotonic()
        command = [sys.executable, "-m", "player", "play", session, "-q"]
        with subprocess.Popen(command, env={**env, "PLAYER_SPEAKER": kind}) as playing:
            wait_until(lambda: ear.first_sound is not None, "nothing is heard")  # noqa: B023 (it is over before the next)
            playing.terminate()
        times.append((ear.first_sound or 0) - began)
        ear.stop()
    return f"{min(times) * 1000:.0f} ms"


def endurance(kind: str, session: str, loops: int, env: dict[str, str]) -> list[str]:
    """Columns for gaps and the loop, from one hearing of a session."""
    player = [sys.executable, "-W", "ignore", "-m", "player"]
    with tempfile.TemporaryDirectory() as folder, busy(loops):
        target = Path(folder, "exported.wav")
        subprocess.run([*player, "export", session, "-q", "-o", target], check=True)
        exported = soundfile.read(target, dtype="int16")[0]
        ear = Loudspeaker(env)
        with subprocess.Popen(
            [*player, "play", session], env={**env, "PLAYER_SPEAKER": kind}, start_new_session=True
        ) as playing:
            time.sleep(_START_S)
            before = spent_s(playing.pid), time.monotonic()
            while playing.poll() is None:
                after = spent_s(playing.pid), time.monotonic()
                time.sleep(0.5)
        heard = ear.recording()
        ear.stop()
    share = (after[0] - before[0]) / max(after[1] - before[1], 1)
    return [told_gaps(exported, heard), f"{share:.2%}"]


def told_gaps(exported: NDArray[np.int16], heard: NDArray[np.int16]) -> str:
    """How often, and for how many milliseconds in all, there was silence in place of what was exported."""
    done, gaps, silent = int(_START_S) * RATE, 0, 0  # it may begin in silence, which is to be found anywhere
    at = heard.tobytes().find(exported[done : done + RATE // 100].tobytes()) // 4
    while done < len(exported):
        rest = heard[at : at + len(exported) - done]
        same = (rest == exported[done : done + len(rest)]).all(axis=1)
        equal = len(same) if same.all() else int(np.argmin(same))
        done, at = done + equal, at + equal
        if done >= len(exported):
            break
        sounding = np.flatnonzero(heard[at:].any(axis=1))
        if not len(sounding) or not sounding[0]:
            return f"it is another one from {done / RATE:.3f} s on"
        gaps, silent, at = gaps + 1, silent + int(sounding[0]), at + int(sounding[0])
    return f"{gaps} ({silent / 48:.0f} ms) in {len(exported) / RATE / 60:.0f} min"


def spent_s(pid: int) -> float:
    """Processor time of a process so far."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


@contextlib.contextmanager
def busy(count: int) -> Iterator[None]:
    """Busy loops, each in a session of its own, as work in other windows is."""
    command = [sys.executable, "-c", "while True: pass"]
    loops = [subprocess.Popen(command, start_new_session=True) for _ in range(count)]
    try:
        yield
    finally:
        for each in loops:
            each.kill()
            each.wait()


def main(session: str = "micro-break", loops: str = "4") -> None:
    """Print the table."""
    rows: list[list[Any]] = [["", "first sound", "volume", "place", f"gaps, {loops} busy loops", "loop"]]
    with sound_server() as patient:
        env = prompt(patient)
        for kind in KINDS:
            first = first_sound(kind, session, env)
            rows.append([kind, first, *promptness(kind, env), *endurance(kind, session, int(loops), env)])
            print(*rows[-1], sep="\t", file=sys.stderr)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)))


if __name__ == "__main__":
    press_keys(sys.argv[2]) if sys.argv[1:2] == ["--press"] else main(*sys.argv[1:])
