"""The process that speaks: the only one that runs pyttsx3.

It runs as a script, reads one request a line on standard input, and writes one answer a line; both are JSON objects in
ASCII. It serves one driver of pyttsx3. A driver that keeps a model answers all requests in this process. With any other
driver, every utterance gets a process in which pyttsx3 has never run before, because only the first utterance of a
process is the same each time. If forking is possible, this process prepares once and forks a child for each request;
otherwise it answers once, marks that answer as its ``last``, and ends. It ends as soon as its input does.

The program never imports this module. Nothing outside the standard library is imported before it is needed.

The first line is ``{"path": [...], "driver": NAME, "voices": FOLDER}``: the new ``sys.path``, the driver to serve, and
the folder of models; it has no answer. A request is ``{"do": "describe"}``, or ``{"do": "speak"}`` with ``text``,
``voice``, ``rate``, ``pitch`` and ``file``. If it has ``then_load``, a driver with a model then loads what that text
needs; ``{"do": "load"}`` does only that, and has no answer either. An answer has ``error`` if something is wrong, and
also ``missing`` if there is no engine at all.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import select
import sys
import threading
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any, BinaryIO, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.voice.drivers.table import Driver

Answer = dict[str, Any]

_FINISHES_WITHIN_S: Final = 10
_LOOKS_EVERY_S: Final = 0.5
_STOPPED_S: Final = 5.0
"""As in `player.children`, which is not imported: see above."""
_FORKS: Final = hasattr(os, "fork") and sys.platform != "darwin"  # Apple's frameworks do not survive a fork


class NoEngineError(Exception):
    """There is no engine to speak with."""


def main(arguments: list[str]) -> None:
    """Answer requests until the input ends; with ``--once``, or where forking is not possible, answer one."""
    answers = os.dup(1)
    _silence(1)  # pyttsx3 prints on standard output
    requests = os.fdopen(0, "rb", closefd=False)
    setup = json.loads(requests.readline())
    sys.path[:] = setup["path"]
    os.environ["PLAYER_VOICES"] = setup.get("voices", "")
    from player.voice.drivers.table import BY_NAME  # noqa: PLC0415  (found by the path that was just set)

    driver = BY_NAME[setup["driver"]]
    if driver.keeps_model:
        _serve_in_this_process(driver, requests, answers)
    elif _FORKS and "--once" not in arguments:
        _serve_in_children(driver, requests, answers)
    else:
        _answer_once(driver, requests, answers)


def _serve_in_this_process(driver: Driver, requests: BinaryIO, answers: int) -> None:
    """Answer the requests in a thread. The input is read meanwhile, so that its end is noticed at once."""
    lines: queue.Queue[bytes] = queue.Queue()

    def work() -> None:
        while True:
            line = lines.get()
            request = json.loads(line)
            try:
                if request["do"] != "load":
                    _send(answers, _answer(driver, line, answers))
            except OSError:
                os._exit(1)  # the program is not to wait for an answer that was lost
            with contextlib.suppress(Exception):  # the first request to speak reports it again
                if text := request.get("then_load"):
                    _adapter(driver).load(_start(driver), text)

    threading.Thread(target=work, daemon=True).start()
    for line in requests:
        lines.put(line)
    os._exit(0)  # also while it speaks: the program has gone


def _silence(number: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)


def _serve_in_children(driver: Driver, requests: BinaryIO, answers: int) -> None:
    with contextlib.suppress(Exception):  # the child reports it again
        _prepared(driver)
        import_module("pyttsx3.drivers.espeak")  # three quarters of the time that a child would take
    for line in requests:
        _send(answers, _answer_in_child(driver, line))


def _answer_in_child(driver: Driver, line: bytes) -> Answer:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _send(writing, _answer(driver, line, writing))
        finally:
            os._exit(0)
    os.close(writing)
    text = _read_while_wanted(reading, child)
    os.close(reading)
    _, status = os.waitpid(child, 0)
    if text is None:
        return {"error": "the engine was stopped by a signal"}
    code = os.waitstatus_to_exitcode(status)
    return json.loads(text) if text.endswith(b"\n") else {"error": f"the engine died with exit code {code}"}


def _read_while_wanted(reading: int, child: int) -> bytes | None:
    """All that the child writes; None if it is stopped, and was killed. If the program has gone, both end."""
    text, stopped_s = b"", 0.0
    while True:
        ready, _, _ = select.select([reading, 0], [], [], _LOOKS_EVERY_S)
        if not ready:
            if _is(os.WEXITED, child):  # what it started holds the pipe
                return text
            stopped_s = stopped_s + _LOOKS_EVERY_S if _is(os.WSTOPPED, child) else 0.0
            if stopped_s >= _STOPPED_S:
                os.kill(child, 9)
                return None
            continue
        if reading not in ready:
            os.kill(child, 9)
            os.waitpid(child, 0)  # else it stays in the system's table where nobody adopts it
            os._exit(1)
        piece = os.read(reading, 65536)
        if not piece:
            return text
        text += piece


def _is(state: int, child: int) -> bool:
    return os.waitid(os.P_PID, child, state | os.WNOHANG | os.WNOWAIT) is not None


def _answer_once(driver: Driver, requests: BinaryIO, answers: int) -> None:
    line = requests.readline()
    threading.Thread(target=_end_with_input, args=(requests,), daemon=True).start()
    _send(answers, {**_answer(driver, line, answers), "last": True})
    os._exit(0)  # does not wait for the engine's own threads


def _end_with_input(requests: BinaryIO) -> None:
    requests.read()
    os._exit(1)


def _send(number: int, answer: Answer) -> None:
    text = json.dumps(answer).encode("ascii") + b"\n"
    while text:
        text = text[os.write(number, text) :]


def _answer(driver: Driver, line: bytes, answers: int) -> Answer:
    try:
        request = json.loads(line)
        _prepared(driver)
        actions: dict[str, Callable[[], Answer]] = {
            "describe": lambda: _describe(driver),
            "speak": lambda: _speak(driver, request, answers),
        }
        return actions[request["do"]]()
    except NoEngineError as error:
        return {"error": _sentence(error), "missing": True}
    except Exception as error:  # noqa: BLE001  (every error must reach the program)
        return {"error": _sentence(error)}


def _sentence(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _prepared(driver: Driver) -> Any:  # noqa: ANN401  (pyttsx3 publishes no types)
    """pyttsx3, imported at the first request, after preparing what its driver needs."""
    if "pyttsx3" not in sys.modules:
        _adapter(driver).prepare()
    try:
        import pyttsx3  # noqa: PLC0415  (as the line above says)
    except ImportError as error:
        raise NoEngineError(f"pyttsx3 cannot be imported: {error}") from error
    return pyttsx3


def _adapter(driver: Driver) -> Any:  # noqa: ANN401  (modules of the same three functions)
    """The driver's module with ``prepare``, ``settle`` and ``facts``."""
    return import_module(f"player.voice.drivers.{driver.adapter}")


def _start(driver: Driver) -> Any:  # noqa: ANN401  (pyttsx3 publishes no types)
    pyttsx3 = _prepared(driver)
    try:
        engine = pyttsx3.init(driver.name)
    except Exception as error:
        raise NoEngineError(f"pyttsx3 cannot start: {_sentence(error)}") from error
    # A new driver is busy: it would queue every property until the first run, and lose some of them.
    engine.proxy.setBusy(False)
    return engine


def _speak(driver: Driver, request: Answer, answers: int) -> Answer:
    engine, faults, ends = _start(driver), [], []
    engine.connect("error", lambda name, exception: faults.append(exception))  # noqa: ARG005  (pyttsx3 names them)
    engine.connect("finished-utterance", lambda name, completed: ends.append(completed))  # noqa: ARG005
    if not driver.keeps_model:  # drivers with models have no callbacks from C
        _end_on_hidden_errors(answers)
    engine.setProperty("voice", request["voice"])
    engine.setProperty("rate", request["rate"])
    if driver.has_pitch:
        engine.setProperty("pitch", request["pitch"])
    _adapter(driver).settle(engine, request)
    engine.save_to_file(request["text"], request["file"])
    engine.runAndWait()
    if driver.announces_end:
        _wait_until(lambda: bool(ends or faults), _FINISHES_WITHIN_S, "the engine did not finish")
    if faults:
        return {"error": _sentence(faults[0])}
    if False in ends:
        return {"error": "the engine broke off"}
    return {"done": True}


def _end_on_hidden_errors(answers: int) -> None:
    """Answer and end at an error inside a callback from C, which pyttsx3 would lose, and wait for ever."""

    def answer_and_end(hidden: sys.UnraisableHookArgs) -> None:
        _send(answers, {"error": _sentence(hidden.exc_value or hidden.exc_type()), "last": True})
        os._exit(1)

    sys.unraisablehook = answer_and_end


def _wait_until(condition: Any, seconds: float, failure: str) -> None:  # noqa: ANN401  (no imports for a type)
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(failure)
        time.sleep(0.001)


def _describe(driver: Driver) -> Answer:
    engine = _start(driver)
    return {
        "package": driver.version_of("pyttsx3"),
        "driver": str(engine),
        "version": "",
        "library": "",
        "variants": [],
        "default": engine.getProperty("voice") or "",
        "voices": [_voice(voice) for voice in engine.getProperty("voices")],
        **_adapter(driver).facts(driver),
    }


def _voice(voice: Any) -> list[str]:  # noqa: ANN401  (pyttsx3 publishes no types)
    """A voice's id, name, language and gender, and the digest and licence of its model, if it has one."""
    languages = [name.decode(errors="replace") if isinstance(name, bytes) else str(name) for name in voice.languages]
    language = (languages or [""])[0].replace("_", "-").lower()
    gender = str(voice.gender or "").lower()
    genders = [word for word in ("female", "male") if word in gender]
    model, licence = getattr(voice, "model", ""), getattr(voice, "licence", "")
    return [str(voice.id), str(voice.name), language, (genders or [""])[0], _digest(model) if model else "", licence]


def _digest(path: str) -> str:
    import hashlib  # noqa: PLC0415  (3 ms, and for models only)

    digest = hashlib.sha256()
    with open(path, "rb") as file:  # noqa: PTH123
        while piece := file.read(2**20):
            digest.update(piece)
    return digest.hexdigest()[:16]


if __name__ == "__main__":
    main(sys.argv[1:])
