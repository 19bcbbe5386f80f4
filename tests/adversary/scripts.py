"""Attacks by all texts that `check` and `show` read: scripts, programmes, muscle sets, words, pronunciations, tables.

Many are tried in one child by the functions behind those commands, with a voice that says nothing, and no sound is
opened: 0.04 to 0.06 s of a processor each, where the command takes 0.6 s or more. A sample goes through that as well.

An attack is survived if it is a session, or an error of the author's (`ScriptError`, `UsageError`) whose every problem
has a line and a column inside its file, within five seconds and a gigabyte.
"""

from __future__ import annotations

import json
import os
import pickle
import random as random_module
import resource
import select
import shutil
import signal
import struct
import sys
import tempfile
import time
import traceback
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, cast
from unittest import mock

from player.cli import _programme_text, _show_text
from player.errors import MediaError, PlayerError, Problem, ScriptError, UsageError
from player.export.batch import batch, csv_table
from player.export.options import ExportOptions
from player.pipeline import Machine, RequestedSession, SessionRequest, opening, programmes, session
from player.script import languages, library
from player.voice import choice
from player.voice.clips import Clip
from player.voice.engine import Voice
from tests.adversary import mutations
from tests.adversary.runner import Attack, Limits, Outcome, Tally, run
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from random import Random
    from typing import BinaryIO

    from player.storage.store import Store
    from player.techniques.cue import Utterance

SECONDS: Final = 5
"""Of the processor, for one attack."""
PATIENCE: Final = 30
"""Seconds on the clock, after which a child is killed that gives no answer."""
SPACE: Final = 2**30
"""Bytes of address space that a child may have more than it has at its start."""
IN_A_CHILD: Final = 250
"""Attacks; after them a new child begins, so that what grows in one is thrown away."""
BY_COMMAND: Final = 200
"""One of so many is tried by the real command as well."""
SPOKEN: Final = Limits(seconds=60, megabytes=1000)
"""For the command: it speaks what it checks."""
LONGEST_SENTENCE: Final = 1_500
_SCRIPTS: Final = Path(__file__).parents[2] / "scripts"
_PEOPLE: Final = """\
title: P
params:
  name: Friend
  side: {default: 4s, min: 3s, max: 6s}
steps:
  - say: Hello, ${name}.
  - pause: $side
"""
_MUSCLES: Final = b"title: M\nlanguage: en\nsteps:\n  - muscles: hostile\n"
_BESIDE: Final = "title: B\nsteps:\n  - include: hostile\n  - pause: 1s\n"


def _good(*patterns: str) -> list[str]:
    return [path.read_text("utf-8") for pattern in patterns for path in sorted(_SCRIPTS.glob(pattern))]


_SESSIONS: Final = _good("*.yaml", "passages/*.yaml", "*/*.yaml", "*/passages/*.yaml")
_SESSIONS[:] = [text for text in _SESSIONS if "\nsteps:" in text]


_VOICES: Final = tuple(Voice(f"fake/{tag}", tag, tag.lower(), "female") for tag in (*languages.languages(), "xx", "sv"))


class _Engine(FakeEngine):
    """Has a voice for every language that has words, and one more that has none."""

    def voices(self) -> tuple[Voice, ...]:
        return _VOICES

    def voice_of(self, utterance: Utterance) -> Voice:
        name = self._voice(utterance)
        return next(each for each in self.voices() if each.id == name)

    def _voice(self, utterance: Utterance) -> str:
        voices = self.voices()
        if utterance.voice is not None:
            if found := choice.named(utterance.voice, voices):
                return found.id
            raise choice.unknown(utterance.voice, voices)
        if found := choice.of_language(utterance.language, voices, ""):
            return found.id
        raise choice.no_language(utterance.language, voices)


def _clips(utterances: Iterable[Utterance], engine: FakeEngine, _store: Store, **_: object) -> dict[Utterance, Clip]:
    """A clip without samples for each, as long as a voice would need."""
    return {each: _clip(each, engine) for each in utterances}


def _clip(said: Utterance, engine: FakeEngine) -> Clip:
    voice, frames = engine.voice_of(said).id, max(1, 22_050 * 60 * 120 * len(said.text) // (1000 * said.rate))
    if said.manner == "count":
        frames = min(frames, max(1, 22_050 * said.room_ms // 1000 - 1)) if said.room_ms else frames
    return Clip(said, voice, 22_050, frames, 60, 0, (), cast("object", None))  # type: ignore[arg-type]  # never heard


@contextmanager
def _without_sound() -> Iterator[Machine]:
    """A machine that speaks nothing, and opens no file of sound."""
    with (
        mock.patch.object(session, "remember_script"),
        mock.patch.object(session, "speak_all", _clips),
        mock.patch.object(opening, "open_beds", return_value={}),
        mock.patch.object(opening, "recordings", return_value={}),
    ):
        yield Machine(_Engine(), cast("Store", None))


def _session(path: Path, random: Random) -> None:
    """What `check` does, then what `show` does with options of any kind."""
    request = SessionRequest(str(path))
    if random.random() < 0.8:
        _ = RequestedSession(request).settled  # most are refused here, in a fifth of the time
    with _without_sound() as machine:
        programmes.check(request, machine)
        ready = session.prepare(_asked(request, random), machine)
    json.dumps(_show_text.as_json(ready.timeline), ensure_ascii=False).encode()
    _show_text.as_text(ready.session, ready.timeline, random.choice((20, 80, 200))).encode()


def _asked(request: SessionRequest, random: Random) -> SessionRequest:
    """The request with options, among them hostile ones."""
    values = mutations.VALUES
    return replace(
        request,
        length_ms=random.choice((None, None, 1, 60_000, 3_600_000, 10**9)),
        outlive_ms=random.choice((None, None, 0, 10**8)),
        rate=random.choice((None, 60, 300)),
        intro=random.choice((None, "short")),
        guide=random.choice((None, None, "tones", "count 3, words", random.choice(values))),
        skip=random.choice(((), (), ("Feet",), (random.choice(values),))),
        region=random.choice((None, "DE", "US", "xx")),
        background=random.choice((None, None, "none", "rain", random.choice(values))),
        values={random.choice(("side", "name")): random.choice(values)} if random.random() < 0.3 else {},
    )


def _programme(path: Path, _: Random) -> None:
    plan = programmes.planned(SessionRequest(str(path)))
    if plan is not None:
        json.dumps(_programme_text.as_json(plan), ensure_ascii=False).encode()
        _programme_text.as_text(plan, 80).encode()


def _people(path: Path, random: Random) -> None:
    items, _ = batch.items([SessionRequest("people.yaml")])
    pattern = random.choice(
        ("{name}-{session}.mp3", "{name}-{session}.mp3", random.choice(mutations.VALUES), "{name!r}")
    )
    csv_table.orders(csv_table.read(path), items, pattern, ExportOptions(), force=False)


@dataclass(frozen=True)
class _Kind:
    """A kind of attack: the file that is hostile, what makes it, which file is then read, and how.

    ``files`` are others that are needed, and ``share`` says how often it is tried.
    """

    name: str
    file: str
    make: Callable[[Random], bytes]
    reads: str
    act: Callable[[Path, Random], None]
    files: Mapping[str, bytes]
    share: int


_NO_FILES: Final[Mapping[str, bytes]] = MappingProxyType({})


def _of(*patterns: str) -> Callable[[Random], bytes]:
    good = _good(*patterns)
    return lambda random: mutations.mutated(random, good)


_WORDS: Final = b"""\
title: W
language: xx
steps:
  - muscles: seven
  - breathe: {in: 4s, out: 6s, cycles: 20}
    guide: count
"""
KINDS: Final = (
    _Kind(
        "session",
        "hostile.yaml",
        lambda random: mutations.mutated(random, _SESSIONS),
        "hostile.yaml",
        _session,
        _NO_FILES,
        60,
    ),
    _Kind("built", "hostile.yaml", mutations.built, "hostile.yaml", _session, {"beside.yaml": _BESIDE.encode()}, 15),
    _Kind(
        "included",
        "beside.yaml",
        lambda random: mutations.mutated(random, _SESSIONS),
        "hostile.yaml",
        _session,
        {"hostile.yaml": b"title: H\nsteps:\n  - include: beside\n"},
        6,
    ),
    _Kind("programme", "hostile.yaml", _of("programmes/*.yaml"), "hostile.yaml", _programme, _NO_FILES, 6),
    _Kind(
        "muscles",
        "own/muscles/hostile.yaml",
        _of("muscles/*.yaml"),
        "session.yaml",
        _session,
        {"session.yaml": _MUSCLES},
        4,
    ),
    _Kind(
        "language",
        "own/languages/xx.yaml",
        _of("languages/*.yaml"),
        "session.yaml",
        _session,
        {"session.yaml": _WORDS},
        4,
    ),
    _Kind(
        "pronounce",
        "own/pronounce.yaml",
        lambda random: mutations.mutated(
            random, ["pronounce:\n  en: {read: red, colonel: kernel, lead: /lˈɛd/}\n  de-AT: {weg: wech}\n"]
        ),
        "session.yaml",
        _session,
        {"session.yaml": b"title: P\nsteps:\n  - say: Read, colonel, and lead.\n"},
        4,
    ),
    _Kind("table", "people.csv", mutations.table, "people.csv", _people, {"people.yaml": _PEOPLE.encode()}, 6),
)


def outcome(kind: _Kind, seed: str, folder: Path) -> Outcome:
    """What came of one attack, in this process; its files stay in the folder."""
    random = random_module.Random(seed)
    _write(folder, {**kind.files, kind.file: kind.make(random)})
    if kind.name == "language":
        languages._read.cache_clear()  # its file is another one now
        library._languages_in.cache_clear()
    start, error = time.process_time(), _error(kind, random)
    used = time.process_time() - start
    said, fault = _judged(error)
    shortened = said if len(said) < 6000 else said[:3000] + said[-3000:]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Outcome(f"{kind.name} {seed}", 2 if error else 0, used, peak, "", shortened, fault)


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write these files, and remove all others."""
    for each in folder.iterdir():
        shutil.rmtree(each) if each.is_dir() else each.unlink()
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def _error(kind: _Kind, random: Random) -> BaseException | None:
    """What an attack ended with; None if it did without an error."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        kind.act(Path(kind.reads), random)
    except (Exception, _TooLongError) as error:  # noqa: BLE001  (it is judged below)
        return error
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return None


def _judged(error: BaseException | None) -> tuple[str, str]:
    """What was said, and what is wrong with it in a few words; empty if nothing is."""
    if error is None:
        return "", ""
    if isinstance(error, ScriptError | UsageError):
        return str(error), misplaced(error)
    if isinstance(error, MediaError):  # a background that `show` was asked for; those of a script have their places
        return str(error), _unclear(str(error))
    if isinstance(error, PlayerError):
        return str(error), f"not the author's: {type(error).__name__}"
    named = {_TooLongError: "too long", MemoryError: "too much memory"}
    fault = named.get(type(error), f"unexpected error {type(error).__name__}")
    return "".join(traceback.format_exception(error)), fault


def misplaced(error: ScriptError | UsageError) -> str:
    """What is wrong with an error's words and places, in a few words; empty if nothing is."""
    if isinstance(error, UsageError):
        return _unclear(str(error))
    if not error.problems:
        return "no problem is told"
    lines = {path: _lines(path) for path in {each.at.path for each in error.problems}}
    wrong = (_outside(each, lines[each.at.path]) or _unclear(each.text) for each in error.problems)
    return next(filter(None, wrong), "")


def _lines(path: str) -> list[str]:
    """The lines of a file as editors count them; none where it cannot be read."""
    try:
        data = Path(path).read_bytes()
    except (OSError, ValueError):
        return []
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return data.decode(encoding, "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _outside(problem: Problem, lines: list[str]) -> str:
    at = problem.at
    if at.line < 1 or at.column < 1 or at.line > len(lines):
        return f"line {at.line} of {len(lines)}, column {at.column}: {problem.text[:80]}"
    if not at.path.endswith(".csv") and at.column > len(lines[at.line - 1]) + 1:
        return f"column {at.column} of {len(lines[at.line - 1])}: {problem.text[:80]}"
    return ""


def _unclear(sentence: str) -> str:
    if not sentence.strip():
        return "an empty sentence"
    return f"a sentence of {len(sentence)} characters" if len(sentence) > LONGEST_SENTENCE else ""


def tallied(seconds: float, seed: int, keep: Path) -> Tally:
    """Try as many as the time allows."""
    tally, number, end = Tally(), 0, time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        while time.monotonic() < end:
            for each in _in_a_child(folder, seed, number):
                number += 1
                tally.add(each)
                if each.fault:
                    shutil.copytree(folder, keep / each.name.replace(" ", "-").replace(":", "-"), dirs_exist_ok=True)
                if number % BY_COMMAND == 0:
                    tally.add(_by_command(folder, each))
                if time.monotonic() > end:
                    break
    return tally


def _by_command(folder: Path, before: Outcome) -> Outcome:
    """`check` of the files that are there now. What had to be spoken first is checked again, and that is judged."""
    names = ("session.yaml", "hostile.yaml", "people.yaml")
    name = next(each for each in names if (folder / each).exists())
    command = (sys.executable, "-m", "player", "check", "-q", str(folder / name))
    attack = Attack(f"command after {before.name}", command, environment=_environment(folder))
    first = run(attack, SPOKEN)
    return first if first.fault or first.seconds <= SECONDS else run(attack, Limits(SECONDS, SPOKEN.megabytes))


def _environment(folder: Path) -> dict[str, str]:
    return {"PLAYER_SCRIPTS": str(folder / "own"), "PLAYER_STORE": str(folder.parent / "adversary-store")}


def _in_a_child(folder: Path, seed: int, start: int) -> Iterator[Outcome]:
    """The outcomes of the next attacks; the child waits until each was looked at. One that dies ends them."""
    answers_in, answers_out = os.pipe()
    go_in, go_out = os.pipe()
    pid = os.fork()
    if not pid:
        _child(folder, seed, start, os.fdopen(answers_out, "wb"), go_in)
    os.close(answers_out)
    os.close(go_in)
    try:
        with os.fdopen(answers_in, "rb") as answers:
            for number in range(start, start + IN_A_CHILD):
                os.write(go_out, b"g")
                found = _answer(answers)
                yield found or Outcome(_name(seed, number), -9, PATIENCE, 0, "", "", "hung, or killed")
                if found is None:
                    return
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(go_out)


def _answer(answers: BinaryIO) -> Outcome | None:
    if not select.select([answers], [], [], PATIENCE)[0]:
        return None
    head = answers.read(4)
    return cast("Outcome", pickle.loads(answers.read(struct.unpack("<I", head)[0]))) if head else None  # noqa: S301


def _child(folder: Path, seed: int, start: int, answers: BinaryIO, go: int) -> None:
    try:
        os.chdir(folder)
        os.environ.update(_environment(folder))
        signal.signal(signal.SIGPROF, _too_long)
        space = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize() + SPACE
        resource.setrlimit(resource.RLIMIT_AS, (space, space))
        for number in range(start, start + IN_A_CHILD):
            os.read(go, 1)
            kind = _kind(seed, number)
            data = pickle.dumps(outcome(kind, f"{seed}:{number}", folder))
            answers.write(struct.pack("<I", len(data)) + data)
            answers.flush()
    finally:
        os._exit(0)


class _TooLongError(BaseException):
    """The time of an attack is over; nothing in the program takes it for an error of its own."""


def _too_long(*_: object) -> None:
    raise _TooLongError


def _kind(seed: int, number: int) -> _Kind:
    return random_module.Random(f"kind:{seed}:{number}").choices(KINDS, [each.share for each in KINDS])[0]


def _name(seed: int, number: int) -> str:
    return f"{_kind(seed, number).name} {seed}:{number}"
