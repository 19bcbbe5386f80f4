"""The process that speaks: the only module that knows pyttsx3 and espeakng_loader.

It is run as a script of its own, reads one request a line on standard input, and writes one answer a line; both are
JSON objects in ASCII. The rule: every utterance gets a process in which pyttsx3 has never run before, because only the
first utterance of a process comes out the same each time. Where it can, it prepares once and forks a child for each
request; elsewhere it answers once, marks that answer as its ``last``, and ends. It ends as soon as its input does.

The program never imports this module. Nothing outside the standard library is imported before it is needed.

The first line is ``{"path": [...]}``, which sets ``sys.path`` and has no answer. A request is ``{"do": "describe"}`` or
``{"do": "speak"}`` with ``text``, ``voice``, ``rate``, ``pitch`` and ``file``. An answer has ``error`` where something
is wrong, and ``missing`` with it if there is no engine at all.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import sys
import time
from typing import TYPE_CHECKING, Any, BinaryIO, Final

if TYPE_CHECKING:
    from types import ModuleType

Answer = dict[str, Any]

_SETTLES_WITHIN_S: Final = 10
_FINISHES_WITHIN_S: Final = 10
_ANNOUNCES_END: Final = ("espeak", "nsss")  # sapi5 writes while it is called, and tells nobody that it has finished
_FORKS: Final = hasattr(os, "fork") and sys.platform != "darwin"  # Apple's frameworks do not survive a fork


class MissingEngineError(Exception):
    """There is no engine to speak with."""


def main(arguments: list[str]) -> None:
    """Answer requests until the input ends; with ``--once``, or where forking is not possible, answer one."""
    answers = os.dup(1)
    _silence(1)  # pyttsx3 prints on standard output
    requests = os.fdopen(0, "rb", closefd=False)
    sys.path[:] = json.loads(requests.readline())["path"]
    if _FORKS and "--once" not in arguments:
        _serve(requests, answers)
    else:
        _answer_once(requests, answers)


def _silence(number: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)


def _serve(requests: BinaryIO, answers: int) -> None:
    with contextlib.suppress(Exception):  # the child meets it again, and says so
        _prepare()
        import pyttsx3.drivers.espeak  # noqa: F401, PLC0415  (three quarters of the time that a child would take)
    for line in requests:
        _send(answers, _answer_in_child(line))


def _answer_in_child(line: bytes) -> Answer:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _send(writing, _answer(line, writing))
        finally:
            os._exit(0)
    os.close(writing)
    text = _read_while_wanted(reading, child)
    os.close(reading)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return json.loads(text) if text.endswith(b"\n") else {"error": f"the engine died with exit code {code}"}


def _read_while_wanted(reading: int, child: int) -> bytes:
    """All that the child writes; if the program that asked is gone, nobody wants it, and both end."""
    text = b""
    while True:
        ready, _, _ = select.select([reading, 0], [], [])
        if reading not in ready:
            os.kill(child, 9)
            os._exit(1)
        piece = os.read(reading, 65536)
        if not piece:
            return text
        text += piece


def _answer_once(requests: BinaryIO, answers: int) -> None:
    import threading  # noqa: PLC0415  (only here)

    line = requests.readline()
    threading.Thread(target=_end_with_input, args=(requests,), daemon=True).start()
    _send(answers, {**_answer(line, answers), "last": True})
    os._exit(0)  # an engine's own threads shall not hold up the end


def _end_with_input(requests: BinaryIO) -> None:
    requests.read()
    os._exit(1)


def _send(number: int, answer: Answer) -> None:
    text = json.dumps(answer).encode("ascii") + b"\n"
    while text:
        text = text[os.write(number, text) :]


def _answer(line: bytes, answers: int) -> Answer:
    try:
        request = json.loads(line)
        _prepare()
        return {"describe": _describe, "speak": _speak}[request["do"]](request, answers)
    except MissingEngineError as error:
        return {"error": _sentence(error), "missing": True}
    except Exception as error:  # noqa: BLE001  (whatever it is, the program must hear of it)
        return {"error": _sentence(error)}


def _sentence(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _prepare() -> None:
    """Import pyttsx3, and before it load the espeak-ng that came with the program, wherever there is one.

    The program's own comes before the system's, so that the same session sounds the same on every Linux machine.
    """
    if "pyttsx3" in sys.modules:
        return
    if sys.platform == "linux":
        _load_carried_espeak()
    try:
        import pyttsx3  # noqa: F401, PLC0415  (stays out until somebody asks)
    except ImportError as error:
        raise MissingEngineError(f"pyttsx3 cannot be imported: {error}") from error


def _load_carried_espeak() -> None:
    import ctypes  # noqa: PLC0415  (on Linux only)

    try:
        import espeakng_loader  # noqa: PLC0415  (on Linux only, and optional there)

        data = espeakng_loader.get_data_path()
        ctypes.CDLL(espeakng_loader.get_library_path(), mode=ctypes.RTLD_GLOBAL)
    except (ImportError, OSError, RuntimeError):
        return  # the system may have its own
    # espeak-ng keeps 160 characters of the path of its data, fewer than many an environment has: go there instead.
    os.chdir(os.path.dirname(data))  # noqa: PTH120  (pathlib would double the time to start)
    os.environ["ESPEAK_DATA_PATH"] = os.path.basename(data)  # noqa: PTH119


def _start() -> Any:  # noqa: ANN401  (pyttsx3 publishes no types)
    import pyttsx3  # noqa: PLC0415  (prepared before)

    try:
        engine = pyttsx3.init()
    except Exception as error:
        raise MissingEngineError(f"pyttsx3 cannot start: {_sentence(error)}") from error
    # The driver is born busy, and would queue every property until the first run, and lose some of them there.
    engine.proxy.setBusy(False)
    return engine


def _espeak(engine: Any) -> ModuleType | None:  # noqa: ANN401  (pyttsx3 publishes no types)
    """The espeak library, if that is what the engine uses."""
    return sys.modules.get("pyttsx3.drivers._espeak") if str(engine) == "espeak" else None


def _speak(request: Answer, answers: int) -> Answer:
    engine, faults, ends = _start(), [], []
    engine.connect("error", lambda name, exception: faults.append(exception))  # noqa: ARG005  (pyttsx3 names them)
    engine.connect("finished-utterance", lambda name, completed: ends.append(completed))  # noqa: ARG005
    _give_up_on_hidden_errors(answers)
    engine.setProperty("voice", request["voice"])
    engine.setProperty("rate", request["rate"])
    if espeak := _espeak(engine):
        engine.setProperty("pitch", request["pitch"])
        _settle(espeak, request)
    else:
        engine.proxy.setBusy(True)  # the other drivers end a run early unless the save is still queued when it starts
    engine.save_to_file(request["text"], request["file"])
    engine.runAndWait()
    if str(engine) in _ANNOUNCES_END:
        _wait_until(lambda: bool(ends or faults), _FINISHES_WITHIN_S, "the engine did not finish")
    if faults:
        return {"error": _sentence(faults[0])}
    if False in ends:
        return {"error": "the engine broke off"}
    return {"done": True}


def _give_up_on_hidden_errors(answers: int) -> None:
    """Answer and end at an error inside a callback from C: pyttsx3 would lose it, and wait for ever."""

    def answer_and_end(hidden: sys.UnraisableHookArgs) -> None:
        _send(answers, {"error": _sentence(hidden.exc_value or hidden.exc_type()), "last": True})
        os._exit(1)

    sys.unraisablehook = answer_and_end


def _settle(espeak: ModuleType, request: Answer) -> None:
    """Wait until espeak-ng, which takes its settings in a thread of its own, has taken all of them."""
    wanted = {espeak.RATE: request["rate"], espeak.PITCH: request["pitch"]}
    current = espeak.dll.espeak_GetParameter  # pyttsx3 leaves out the argument that asks for the current value

    def settled() -> bool:
        return not espeak.IsPlaying() and all(current(number, 1) == value for number, value in wanted.items())

    _wait_until(settled, _SETTLES_WITHIN_S, "the engine did not take the rate and pitch")
    voice = espeak.GetCurrentVoice().contents.identifier.decode()
    if voice.lower() != request["voice"].lower():
        raise ValueError(f"the engine took the voice {voice!r} instead of {request['voice']!r}")


def _wait_until(condition: Any, seconds: float, failure: str) -> None:  # noqa: ANN401  (no imports for a type)
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(failure)
        time.sleep(0.001)


def _describe(request: Answer, answers: int) -> Answer:
    del request, answers
    engine = _start()
    answer: Answer = {
        "package": _package_version(),
        "driver": str(engine),
        "version": "",
        "library": "",
        "variants": [],
        "default": engine.getProperty("voice") or "",
        "voices": [_voice(voice) for voice in engine.getProperty("voices")],
    }
    if espeak := _espeak(engine):
        answer |= _describe_espeak(espeak)
    return answer


def _package_version() -> str:
    from importlib import metadata  # noqa: PLC0415  (slow to import, and only described once)

    with contextlib.suppress(metadata.PackageNotFoundError):
        return metadata.version("pyttsx3")
    return ""


def _voice(voice: Any) -> list[str]:  # noqa: ANN401  (pyttsx3 publishes no types)
    languages = [name.decode(errors="replace") if isinstance(name, bytes) else str(name) for name in voice.languages]
    gender = str(voice.gender or "").lower()
    genders = [word for word in ("female", "male") if word in gender]
    return [str(voice.id), str(voice.name), (languages or [""])[0].replace("_", "-").lower(), (genders or [""])[0]]


def _describe_espeak(espeak: ModuleType) -> Answer:
    import ctypes  # noqa: PLC0415  (espeak only)

    data = ctypes.c_char_p()
    version = espeak.Info(ctypes.addressof(data)).decode()
    folder = os.path.join((data.value or b"").decode(), "voices", "!v")  # noqa: PTH118  (as above)
    variants = sorted(os.listdir(folder)) if os.path.isdir(folder) else []  # noqa: PTH112, PTH208
    return {"version": version, "library": _mapped_library() or espeak.dll._name, "variants": variants}  # noqa: SLF001


def _mapped_library() -> str:
    """Where the loaded library really lies, which only Linux tells."""
    with contextlib.suppress(OSError), open("/proc/self/maps", encoding="utf-8") as lines:  # noqa: PTH123
        return next((line.split(maxsplit=5)[5].strip() for line in lines if "libespeak" in line), "")
    return ""


if __name__ == "__main__":
    main(sys.argv[1:])
