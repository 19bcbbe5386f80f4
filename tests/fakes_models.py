"""Stand-ins for voice models, their catalogues, and the server that has them, with switches for all that can fail."""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from typing_extensions import Self

PIPER = "rhasspy/piper-voices/resolve/main"
HIBARI = "maureesewilliams/hibari/resolve/main/voices"
THORSTEN = "de_DE-thorsten-medium"
CATALOGUE = f"{PIPER}/voices.json"
FOLDER = f"{PIPER}/de/de_DE/thorsten/medium"
CARD = b"# Model card for thorsten (medium)\n\n## Dataset\n\n* URL: https://example.org\n* License: CC0\n"


def onnx(filling: bytes = b"graph", *, told: int | None = None) -> bytes:
    """The smallest thing that looks like an ONNX model; ``told`` is a length of the graph that is not the true one."""
    length = len(filling) if told is None else told
    return b"\x08\x08" + b"\x3a" + _varint(length) + filling + b"\x42\x02\x10\x0f"


def _varint(value: int) -> bytes:
    head = bytearray()
    while value > 127:
        head.append(value & 127 | 128)
        value >>= 7
    return bytes([*head, value])


def config(**other: Any) -> bytes:
    """A Piper config for German."""
    facts = {
        "audio": {"sample_rate": 22050, "quality": "medium"},
        "espeak": {"voice": "de"},
        "language": {"code": "de_DE"},
        "num_symbols": 256,
        "num_speakers": 1,
        "phoneme_id_map": {"_": [0], "a": [14]},
    }
    return json.dumps(facts | other).encode()


def piper_files(name: str = THORSTEN, model: bytes = onnx(), card: bytes = CARD) -> dict[str, bytes]:
    """The files of a voice of Piper, by their paths on the server."""
    code, voice, quality = name.split("-")
    folder = f"{PIPER}/{code.split('_')[0]}/{code}/{voice}/{quality}"
    return {
        f"{folder}/{name}.onnx": model,
        f"{folder}/{name}.onnx.json": config(),
        f"{folder}/MODEL_CARD": card,
    }


def entry(files: Mapping[str, bytes]) -> dict[str, Any]:
    """What Piper's catalogue says of a voice with these files."""
    return {
        "files": {
            path.removeprefix(f"{PIPER}/"): {
                "size_bytes": len(data),
                "md5_digest": hashlib.md5(data, usedforsecurity=False).hexdigest(),
            }
            for path, data in files.items()
        }
    }


def hibari_package(root: Path, models: Mapping[str, bytes]) -> Path:
    """A package ``hibari`` in a folder, with a registry of these voices; ``heart`` is carried, the others are not."""
    assets = root / "hibari" / "assets"
    assets.mkdir(parents=True)
    (root / "hibari" / "__init__.py").write_text("raise ImportError('nobody may import this')\n")
    facts = {
        name: {
            "file": "hibari.onnx" if name == "heart" else f"{name}.int8.onnx",
            "bytes": len(model),
            "sha256": hashlib.sha256(model).hexdigest(),
            "language": "en-US" if name == "heart" else "en-GB",
            "gender": "female",
            "bundled": name == "heart",
        }
        for name, model in models.items()
    }
    (assets / "voices.json").write_text(json.dumps(facts))
    if "heart" in models:
        (assets / "hibari.onnx").write_bytes(models["heart"])
    return root


HEART = onnx(b"heart")
EMMA = onnx(b"emma's graph")


Answer = Callable[["HubHandler", bytes], None]
"""How the server answers, given the file that is asked for."""


@dataclass
class FakeHub:
    """A server on this machine that has files under their paths, on a port of its own.

    ``faults`` are other answers than the file, by path: see the functions below. ``asked`` has the paths that were
    asked for, ``headers`` what came with the last.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    faults: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self.ending = threading.Event()
        handler = type("Handler", (HubHandler,), {"hub": self})
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def offer(self, name: str = THORSTEN, **more: bytes) -> None:
        """Have a voice of Piper, and a catalogue with it."""
        files = piper_files(name, **more)
        known = json.loads(self.files.get(CATALOGUE, b"{}"))
        self.files |= files | {CATALOGUE: json.dumps(known | {name: entry(files)}).encode()}


class HubHandler(http.server.BaseHTTPRequestHandler):
    hub: FakeHub

    def do_GET(self) -> None:
        path = unquote(self.path).lstrip("/")
        self.hub.asked.append(path)
        self.hub.headers = dict(self.headers.items())
        answer = self.hub.faults.get(path, whole if path in self.hub.files else missing)
        with contextlib.suppress(ConnectionError):  # whoever asked has had enough
            answer(self, self.hub.files.get(path, b""))

    def send(self, data: bytes, length: int | None) -> None:
        self.send_response(200)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


def whole(handler: HubHandler, data: bytes) -> None:
    handler.send(data, len(data))


def missing(handler: HubHandler, _: bytes) -> None:
    handler.send_error(404)


def cut(handler: HubHandler, data: bytes) -> None:
    """Half of the file, under its true length."""
    handler.send(data[: len(data) // 2], len(data))


def spoiled(handler: HubHandler, data: bytes) -> None:
    """As many bytes, the last one wrong."""
    handler.send(data[:-1] + bytes([data[-1] ^ 1]), len(data))


def padded(handler: HubHandler, data: bytes) -> None:
    """More than the file, under no length."""
    handler.send(data + bytes(10**6), None)


def silent(handler: HubHandler, data: bytes) -> None:
    """The beginning, and then nothing more."""
    handler.send(data[:1], len(data))
    handler.hub.ending.wait(10)


def dropped(handler: HubHandler, _: bytes) -> None:
    handler.connection.close()


def garbled(handler: HubHandler, _: bytes) -> None:
    """No HTTP."""
    handler.wfile.write(b"\x00\xff\r\n\r\n")


def refuses(code: int) -> Answer:
    return lambda handler, _: handler.send_error(code)


def tells(length: int) -> Answer:
    """The file under another length."""
    return lambda handler, data: handler.send(data, length)


def sends_on(address: str, code: int = 302) -> Answer:
    def answer(handler: HubHandler, _: bytes) -> None:
        handler.send_response(code)
        handler.send_header("Location", address)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer
