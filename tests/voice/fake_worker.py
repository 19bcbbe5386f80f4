"""A worker that hums instead of speaking, with switches for everything that can go wrong. Run as a script.

Its one argument is JSON: ``log`` is a folder in which it leaves a file named by its process id and, in ``told``, all
that it was asked; ``describe`` and ``speak`` name what it does when asked; ``loads`` is how many seconds it loads;
``once`` is a file that, when it exists, turns ``speak`` back into "well".
"""

from __future__ import annotations

import json
import math
import os
import signal
import struct
import subprocess
import sys
import time
import wave
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

RATE = 22_050
IDENTITY = {
    "package": "2.99",
    "driver": "espeak",
    "version": "1.52.0",
    "library": "/lib/libespeak-ng.so.1",
    "default": "gmw/en",
    "variants": ["f2", "m3"],
    "voices": [
        ["gmw/en", "English (Great Britain)", "en-gb", "male", "", ""],
        ["gmw/en-us", "English (America)", "en-us", "male", "", ""],
        ["gmw/de", "German", "de", "male", "", ""],
    ],
}
NATURAL = {
    **IDENTITY,
    "driver": "hibari",
    "version": "hibari-tts 0.2.1",
    "library": "",
    "default": "heart",
    "variants": [],
    "voices": [["heart", "Heart", "en-us", "female", "0123456789abcdef", "Apache-2.0"]],
}
Request = dict[str, Any]


def hum(request: Request, times: float = 1.0) -> None:
    """As long as espeak-ng would take at 131 words a minute within phrases, or ``times`` that."""
    frames = int(RATE * times * (0.33 + 0.085 * sum(map(str.isalpha, request["text"]))) * 100 / request["rate"])
    pitch = request["pitch"] + 200
    tone = [int(9000 * math.sin(2 * math.pi * pitch * n / RATE)) for n in range(frames)]
    with wave.open(request["file"], "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{frames}h", *tone))


def say(answer: Any) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def well(request: Request) -> None:
    hum(request)
    say({"done": True})


def for_the_last_time(request: Request) -> None:
    hum(request)
    say({"done": True, "last": True})
    sys.exit()


def stretched(*times: float) -> Callable[[Request], None]:
    """Too long or too short, differently from one time to the next."""
    left = list(times)

    def speak(request: Request) -> None:
        hum(request, left.pop(0) if len(left) > 1 else left[0])
        say({"done": True})

    return speak


def cut(request: Request) -> None:
    hum(request)
    os.truncate(request["file"], 3000)
    say({"done": True})


def hang(request: Request) -> None:
    del request
    time.sleep(1000)


def hang_with_child(request: Request) -> None:
    del request
    child = subprocess.Popen(["sleep", "1000"])
    Path(SWITCHES["log"], str(child.pid)).touch()
    time.sleep(1000)


def stop(request: Request) -> None:
    del request
    os.kill(os.getpid(), signal.SIGSTOP)


def stop_with_child(request: Request) -> None:
    del request
    child = subprocess.Popen(["sleep", "1000"])
    Path(SWITCHES["log"], str(child.pid)).touch()
    os.killpg(0, signal.SIGSTOP)


def stop_child(request: Request) -> None:
    child = subprocess.Popen(["sleep", "1000"])
    Path(SWITCHES["log"], str(child.pid)).touch()
    child.send_signal(signal.SIGSTOP)
    hang(request)


def close(request: Request) -> None:
    os.close(1)
    hang(request)


def ignore(request: Request) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    hang(request)


def leave(request: Request) -> None:
    del request
    child = subprocess.Popen(["sleep", "1000"], start_new_session=True)
    Path(SWITCHES["log"], str(child.pid)).touch()


def leave_and_end(request: Request) -> None:
    leave(request)
    sys.exit()


def leave_and_hang(request: Request) -> None:
    leave(request)
    hang(request)


def complain(request: Request) -> None:
    del request
    while True:
        os.write(2, b"it rains\n" * 999)


def die(request: Request) -> None:
    del request
    sys.stderr.write("libfake: cannot allocate a voice\n\n")
    sys.stderr.flush()
    os._exit(3)


def die_in_the_middle(request: Request) -> None:
    del request
    os.write(1, b'{"done": tr')
    os._exit(3)


def flood(request: Request) -> None:
    del request
    while True:
        os.write(1, b"x" * 65536)


def answering(answer: Any) -> Callable[[Request], None]:
    return lambda request: say(answer)


def garbage(request: Request) -> None:
    del request
    os.write(1, b"\x00\xff Audio saved to clip.wav\n")


DEEDS: dict[str, Callable[[Request], None]] = {
    "well": well,
    "for the last time": for_the_last_time,
    "cut": cut,
    "twice as long": stretched(2.0),
    "ten times as long": stretched(10.0),
    "long, then longer": stretched(2.0, 3.0),
    "long, then well": stretched(2.0, 1.0),
    "no sound": stretched(0.0),
    "no file": answering({"done": True}),
    "nothing done": answering({}),
    "error": answering({"error": "no\x1b[2J such luck"}),
    "full": answering({"error": "Error saving WAV file: [Errno 28] " + os.strerror(28)}),
    "missing": answering({"error": "This means you probably do not have eSpeak", "missing": True}),
    "list": answering([1, 2]),
    "garbage": garbage,
    "flood": flood,
    "hang": hang,
    "hang with child": hang_with_child,
    "stop": stop,
    "stop with child": stop_with_child,
    "stop its child": stop_child,
    "close its output": close,
    "ignore signals": ignore,
    "leave a session and end": leave_and_end,
    "leave a session and hang": leave_and_hang,
    "complain for ever": complain,
    "die": die,
    "die in the middle": die_in_the_middle,
    "identity": answering(IDENTITY),
    "one voice": answering({**IDENTITY, "voices": IDENTITY["voices"][:1]}),
    "no voices": answering({**IDENTITY, "voices": []}),
    "odd identity": answering({"driver": "espeak"}),
    "natural": answering(NATURAL),
    "other driver": answering({**IDENTITY, "driver": "sapi5", "version": "", "variants": []}),
}
SWITCHES: dict[str, str] = (
    {"describe": "identity", "speak": "well", "loads": "0", **json.loads(sys.argv[1])} if __name__ == "__main__" else {}
)


def main() -> None:
    Path(SWITCHES["log"], str(os.getpid())).touch()
    sys.stdin.readline()
    for line in sys.stdin:
        with Path(SWITCHES["log"], "told").open("a", encoding="utf-8") as told:
            told.write(line)
        request = json.loads(line)
        if request["do"] == "load":
            time.sleep(float(SWITCHES["loads"]))
            continue
        deed = SWITCHES[request["do"]]
        once = SWITCHES.get("once")
        if request["do"] == "speak" and once:
            deed = "well" if Path(once).exists() else deed
            Path(once).touch()
        DEEDS[deed](request)


if __name__ == "__main__":
    main()
