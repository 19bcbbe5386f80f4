"""The engine that keeps workers: what becomes of each fault of a worker, and of the workers."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from player.errors import StoreError, VoiceError
from player.storage.store import Store
from player.techniques.cue import Utterance
from player.voice import processor
from player.voice.drivers.table import BY_NAME
from player.voice.engine import SpeechRequest
from player.voice.pyttsx3_engine import Pyttsx3Engine
from player.voice.registry import Registry
from tests.voice.conftest import ESPEAK, is_alive, wait_until

if TYPE_CHECKING:
    from tests.voice.conftest import Workers

HIBARI = BY_NAME["hibari"]
Engines = Callable[..., Pyttsx3Engine]
BREATHE = Utterance("Breathe in slowly.", "en-GB")
ROOT = Path(__file__).parents[2]


def speak(engine: Pyttsx3Engine, utterance: Utterance = BREATHE) -> float:
    """The length of the take in seconds."""
    take = engine.speak(engine.request(utterance))
    return len(take.samples) / take.rate


# Requests


def test_an_utterance_is_put_into_the_engines_terms(engines: Engines) -> None:
    request = engines().request(Utterance("Spu\u0308ren\x00 Sie\nnach.", "de", rate=105, pitch=40))
    version = "2.99 espeak 1.52.0"
    assert request == SpeechRequest("espeak", version, "gmw/de", "Sp\u00fcren  Sie nach.", 96, 40)


def test_other_drivers_get_the_rate_unchanged(engines: Engines) -> None:
    engine = engines(drivers=(BY_NAME["sapi5"],), describe="other driver")
    request = engine.request(Utterance("Breathe.", rate=105, pitch=80))
    assert (request.driver, request.rate, request.pitch, request.stretch) == ("sapi5", 105, 50, 1)


def test_a_voice_with_a_model_is_identified_by_its_digest_and_the_kind_of_processor(engines: Engines) -> None:
    request = engines(drivers=(HIBARI,), describe="natural").request(Utterance("Breathe.", rate=105, pitch=80))
    assert request.version == f"2.99 hibari hibari-tts 0.2.1 0123456789abcdef {processor.kind()}"
    assert (request.driver, request.voice, request.pitch) == ("hibari", "heart", 80)
    assert request.stretch > 1.1


def test_a_driver_without_a_pitch_gets_none(engines: Engines) -> None:
    engine = engines(drivers=(BY_NAME["piper"],), describe="natural")
    assert engine.request(Utterance("Breathe.", pitch=80)).pitch == 50


def test_a_count_has_its_own_rate_its_room_and_no_silence(engines: Engines) -> None:
    engine = engines(drivers=(HIBARI, ESPEAK), describe="natural")
    count = engine.request(Utterance("four", rate=105, manner="count", room_ms=840))
    sentence = engine.request(Utterance("four", rate=105))
    assert (count.stretch, count.room_ms) == (1, 840)
    assert count.rate > sentence.rate


def test_a_counts_ending_is_its_drivers(engines: Engines) -> None:
    lists = replace(HIBARI, count_ends=",")
    engine = engines(drivers=(lists,), describe="natural")
    said = [engine.request(Utterance(text, manner="count")).text for text in ("four", "Hold.", "cinq")]
    assert said == ["four,", "Hold.", "cinq,"]
    assert engine.request(Utterance("four")).text == "four"


def test_a_letter_of_two_parts_and_a_soft_hyphen_stay(engines: Engines) -> None:
    assert engines().request(Utterance("re\u00adlax \u200cहिं")).text == "re\u00adlax \u200cहिं"


# A first word, as early as possible


def test_a_model_begins_to_load_before_anybody_says_what_is_to_be_spoken(engines: Engines, workers: Workers) -> None:
    engine = engines(drivers=(HIBARI,), describe="natural")
    assert not engine.is_known
    engine.begin("one")
    assert speak(engine) > 1
    assert engine.is_known
    assert len(workers.started) == 1, "and that worker speaks"
    assert workers.told()[0] == {"do": "describe", "then_load": "one,"}


def test_a_driver_that_is_known_only_loads_and_gets_what_is_spoken_meanwhile(
    engines: Engines, workers: Workers
) -> None:
    engines(drivers=(HIBARI,), describe="natural").voices()
    engine = engines(drivers=(HIBARI,), describe="die", loads="0.5")
    assert engine.is_known
    engine.begin("Let go.")
    assert wait_until(lambda: workers.told()[1:] == [{"do": "load", "then_load": "Let go."}])
    speak(engine)
    assert len(workers.started) == 2, "one that described, and one that loaded and spoke"


def test_a_driver_that_dies_as_it_loads_is_an_error_of_what_is_spoken_next(engines: Engines, workers: Workers) -> None:
    engines(drivers=(HIBARI,), describe="natural").voices()
    engine = engines(drivers=(HIBARI,), loads="nan")
    engine.begin("Let go.")
    assert wait_until(lambda: len(workers.started) == 2)
    with pytest.raises(VoiceError, match="the speech engine failed, it died"):
        speak(engine)
    assert speak(engine) > 1


def test_only_the_preferred_driver_loads(engines: Engines, workers: Workers) -> None:
    engine = engines(drivers=(HIBARI, BY_NAME["piper"]), describe="natural")
    engine.begin("one")
    engine.voices()
    assert [request["then_load"] for request in workers.told()] == ["one,", ""]


def test_a_driver_without_a_model_has_nothing_to_load(engines: Engines, workers: Workers) -> None:
    engines(drivers=(ESPEAK, HIBARI)).begin("one")
    engines(drivers=()).begin("one")
    time.sleep(0.2)
    assert not workers.started


def test_what_has_begun_is_let_go_where_nothing_is_to_be_spoken(engines: Engines, workers: Workers) -> None:
    engine = engines(drivers=(HIBARI,), describe="hang")
    engine.begin("one")
    assert wait_until(lambda: bool(workers.alive()))
    engine.stop()
    assert wait_until(lambda: not workers.alive())


def test_a_driver_that_fails_as_it_begins_is_an_error_where_it_is_needed(engines: Engines) -> None:
    engine = engines(drivers=(HIBARI,), describe="die")
    engine.begin("one")
    with pytest.raises(VoiceError, match="cannot be asked for its voices: it died"):
        speak(engine)


def test_a_machine_that_fails_as_a_voice_begins_prints_nothing(
    engines: Engines, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    engine = engines(drivers=(HIBARI,))
    monkeypatch.setattr(Registry, "is_known", fails)
    engine.begin("one")
    assert wait_until(lambda: all(thread.name != "voice" for thread in threading.enumerate()))
    assert capfd.readouterr().err == ""


def test_an_unknown_voice_is_looked_for_once_more_and_then_refused(engines: Engines, workers: Workers) -> None:
    engines().voices()
    fresh = engines()
    for _ in range(3):
        with pytest.raises(VoiceError, match="no voice 'gmw/xx'"):
            fresh.request(Utterance("one", voice="gmw/xx"))
    assert len(workers.started) == 2


def test_a_voice_that_was_installed_since_is_found(engines: Engines) -> None:
    assert len(engines(describe="one voice").voices()) == 1
    engine = engines()
    assert len(engine.voices()) == 1, "as remembered"
    assert engine.request(Utterance("eins", voice="gmw/de")).voice == "gmw/de"
    assert len(engines(describe="die").voices()) == 3, "and that is remembered"


# Facts


def test_the_version_has_all_that_changes_the_sound(engines: Engines) -> None:
    assert engines().version == "2.99 espeak 1.52.0"
    assert engines(describe="other driver").name == "pyttsx3"
    assert engines(drivers=(HIBARI, ESPEAK)).version == "2.99 espeak 1.52.0; 2.99 espeak 1.52.0", "all that are there"


def test_a_doctor_learns_driver_version_and_path(engines: Engines) -> None:
    engine = engines()
    (driver,) = engine.drivers
    found = engine.identity(driver)
    assert (found.package, found.driver, found.version) == ("2.99", "espeak", "1.52.0")
    assert found.library == "/lib/libespeak-ng.so.1"
    assert (len(found.voices), len(found.variants)) == (3, 2)


def test_facts_are_remembered_and_no_process_is_started_for_them(engines: Engines, workers: Workers) -> None:
    first = engines()
    assert len(first.voices()) == 3
    assert not workers.alive(), "asking for voices keeps no process"
    again = engines(describe="die")
    assert (again.voices(), again.chosen(), again.version) == (first.voices(), first.chosen(), first.version)
    assert len(workers.started) == 1


@pytest.mark.parametrize(
    ("deed", "sentence"),
    [
        ("missing", r"^there is no speech engine: This means you probably do not have eSpeak; run `pip install .*`"),
        ("die", r"cannot be asked for its voices: it died \(libfake: cannot allocate a voice\); try again$"),
        ("garbage", r"cannot be asked for its voices: it answered with garbage; try again$"),
        ("odd identity", "described itself with garbage; reinstall pyttsx3"),
        ("no voices", "has no voice; install one"),
        ("error", r"cannot be asked for its voices: no\\x1b\[2J such luck; try again$"),
    ],
)
def test_an_engine_that_cannot_describe_itself(engines: Engines, deed: str, sentence: str) -> None:
    with pytest.raises(VoiceError, match=sentence):
        engines(describe=deed).request(BREATHE)


@pytest.mark.skipif(sys.platform != "linux", reason="names the remedy of Linux")
def test_the_remedy_for_a_missing_engine_is_exact(engines: Engines) -> None:
    with pytest.raises(VoiceError) as caught:
        engines(describe="missing").voices()
    assert str(caught.value).endswith("; run `pip install espeakng-loader` or `sudo apt install libespeak-ng1`")


def test_a_missing_worker_is_a_sentence(store: Store) -> None:
    with pytest.raises(VoiceError, match=r"process failed, it cannot be started .*; reinstall this program"):
        Pyttsx3Engine(store, command=["/nonexistent/python"], drivers=(ESPEAK,)).voices()


# Speaking


def test_a_take_comes_back(engines: Engines) -> None:
    assert 1 < speak(engines()) < 3


def test_one_worker_serves_one_thread(engines: Engines, workers: Workers) -> None:
    engine = engines()
    for _ in range(3):
        speak(engine)
    assert len(workers.started) == 1, "for the facts and for the speech"


def test_a_worker_that_answers_only_once_is_followed_by_another(engines: Engines, workers: Workers) -> None:
    engine = engines(speak="for the last time")
    for _ in range(3):
        speak(engine)
    assert len(workers.started) == 3


def test_threads_have_workers_of_their_own(engines: Engines, workers: Workers) -> None:
    engine = engines()
    engine.voices()
    lengths: list[float] = []
    threads = [threading.Thread(target=lambda: lengths.append(speak(engine))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lengths) == 4
    assert 2 <= len(workers.started) <= 5
    engine.stop()
    assert not workers.alive()


@pytest.mark.parametrize(
    ("deed", "sentence"),
    [
        (
            "die",
            r"engine failed, it died \(libfake: cannot allocate a voice\); try again, or choose another voice$",
        ),
        ("garbage", "the speech engine failed, it answered with garbage; try again"),
        ("list", "it answered with garbage"),
        ("error", r"no\\x1b\[2J such luck; try again"),
        ("full", "No space left on device; free some space for temporary files$"),
        ("nothing done", "no answer; try again"),
        ("missing", "^there is no speech engine: .*; run `pip install"),
        ("no file", "it wrote no file; write it in other words"),
        ("cut", r"its file was cut short, at \d+ of \d+ frames"),
        ("no sound", "its file is empty"),
        ("ten times as long", r"it came out \d+\.\d s long; write it in other words, or choose another voice$"),
        ("long, then longer", r"it came out \d\.\d s long"),
    ],
)
def test_every_fault_is_one_sentence_that_names_the_text(engines: Engines, deed: str, sentence: str) -> None:
    with pytest.raises(VoiceError, match=sentence) as caught:
        speak(engines(speak=deed))
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert "'Breathe in slowly.'" in str(caught.value) or deed == "missing"


def test_a_long_text_is_named_by_its_beginning(engines: Engines) -> None:
    with pytest.raises(VoiceError, match=r"cannot speak 'Let your breath flow, Let your breath f…': "):
        speak(engines(speak="die"), Utterance("Let your breath flow, " * 20))


def test_a_worker_that_hangs_is_a_sentence_and_killed_with_its_children(engines: Engines, workers: Workers) -> None:
    with pytest.raises(
        VoiceError, match=r"'gmw/en' cannot speak 'Breathe in slowly.': .* did not answer within 2 s; try"
    ):
        speak(engines(2, speak="hang with child"))
    assert len(workers.started) == 2  # with its child
    assert wait_until(lambda: not workers.alive())


@pytest.mark.parametrize("deed", ["cut", "no file", "no sound", "long, then longer", "ten times as long"])
def test_a_bad_take_is_made_a_second_time(engines: Engines, tmp_path: Path, deed: str) -> None:
    assert 1 < speak(engines(speak=deed, once=str(tmp_path / "once"))) < 3


def test_a_clip_at_the_wrong_rate_is_made_again(engines: Engines) -> None:
    assert 1 < speak(engines(speak="long, then well")) < 3


def test_a_text_that_reads_long_twice_is_believed(engines: Engines) -> None:
    assert 3 < speak(engines(speak="twice as long")) < 6


def test_after_a_fault_the_engine_speaks_again(engines: Engines, tmp_path: Path) -> None:
    engine = engines(speak="die", once=str(tmp_path / "once"))
    with pytest.raises(VoiceError):
        speak(engine)
    assert 1 < speak(engine) < 3


def test_nothing_is_left_in_the_temporary_folder(
    engines: Engines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    speak(engines())
    with pytest.raises(VoiceError):
        speak(engines(speak="die"))
    assert list(folder.iterdir()) == []


def test_a_temporary_folder_that_is_full_or_gone_is_a_sentence(
    engines: Engines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = engines()
    engine.voices()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(VoiceError, match=r"'Breathe in slowly.': .*; free some space for temporary files"):
        speak(engine)


def test_stopping_breaks_off_what_is_spoken(engines: Engines, workers: Workers) -> None:
    engine = engines(300, speak="hang")
    engine.voices()
    threading.Timer(0.5, engine.stop).start()
    started = time.monotonic()
    with pytest.raises(VoiceError):
        speak(engine)
    assert time.monotonic() - started < 100
    assert wait_until(lambda: not workers.alive())  # its pipe ends a moment before it does


def test_after_stopping_the_engine_speaks_again(engines: Engines) -> None:
    engine = engines()
    first = speak(engine)
    engine.stop()
    assert speak(engine) == first


def test_a_store_that_cannot_be_written_is_a_store_error(workers: Workers, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError):
        Pyttsx3Engine(Store(tmp_path / "file"), command=workers.command(), drivers=(ESPEAK,)).voices()
    assert not workers.alive()


# Endings of the program. The worker is the real one; its pyttsx3 is a stand-in that hangs.

HANGS = """
import os, pathlib, time

class Engine:
    class proxy:
        setBusy = staticmethod(lambda busy: None)
    __str__ = lambda self: "nsss"
    connect = setProperty = save_to_file = lambda *_: None
    def getProperty(self, name):
        class Voice:
            id, name, languages, gender = "id-1", "Daniel", ["en-GB"], "male"
        return [Voice()] if name == "voices" else ""
    def runAndWait(self):
        for number in (os.getpid(), os.getppid()):
            pathlib.Path(os.environ["LOG"], str(number)).touch()
        time.sleep(1000)

init = lambda name: Engine()
"""
PROGRAM = """
import pathlib, sys
sys.path.insert(0, sys.argv[1])
from player.storage.store import Store
from player.techniques.cue import Utterance
from player.voice.clips import speak_all
from player.voice.drivers.table import BY_NAME
from player.voice.pyttsx3_engine import WORKER, Pyttsx3Engine

store = Store(pathlib.Path(sys.argv[2]))
drivers = (BY_NAME[sys.argv[3]],)
engine = Pyttsx3Engine(store, command=[*WORKER, *sys.argv[4:]], timeout_s=300, drivers=drivers)
utterances = [Utterance(text, "en-GB") for text in ("one", "two", "three", "four")]
try:
    speak_all(utterances, engine, store, workers=2)
except KeyboardInterrupt:
    print("interrupted")
"""
ENDINGS = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.fixture(params=[("nsss",), ("nsss", "--once"), ("hibari",)], ids=["forked", "once", "with a model"])
def program(
    request: pytest.FixtureRequest, tmp_path: Path, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> subprocess.Popen[str]:
    """A program in the middle of speaking two utterances that never end."""
    stand_in = tmp_path / "stand-in"
    stand_in.mkdir()
    (stand_in / "pyttsx3.py").write_text(HANGS)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("LOG", str(workers.log))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, stand_in, tmp_path / "store", *request.param],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    speaking = 4 if request.param == ("nsss",) else 3  # without forks, the parent of both is the program
    assert wait_until(lambda: len(workers.started) >= speaking), process.stderr
    return process


@ENDINGS
def test_ctrl_c_ends_everything_and_says_nothing(
    program: subprocess.Popen[str], workers: Workers, tmp_path: Path
) -> None:
    program.send_signal(signal.SIGINT)
    said, complaints = program.communicate(timeout=60)
    assert (said, complaints) == ("interrupted\n", "")
    assert list((tmp_path / "temporary").iterdir()) == []
    assert wait_until(lambda: not workers.alive())


@ENDINGS
def test_workers_end_when_the_program_is_killed(program: subprocess.Popen[str], workers: Workers) -> None:
    program.kill()
    program.communicate()
    assert not is_alive(program.pid)
    assert wait_until(lambda: not workers.alive())
