"""Fetching from a server on this machine that fails in every way a server can."""

from __future__ import annotations

import hashlib
import http.server
import io
import ssl
import subprocess
import threading
import urllib.request
from email.message import Message
from typing import TYPE_CHECKING

import pytest

from player.errors import PlayerError, UsageError, VoiceError
from player.voice.models import fetching
from player.voice.models.fetching import HUGGING_FACE, AbsentError, Fetcher, RemoteFile
from tests import fakes_models as fakes
from tests.fakes_models import FakeHub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATA = bytes(range(256)) * 1000
REMOTE = RemoteFile("a/b.onnx", len(DATA), "sha256", hashlib.sha256(DATA).hexdigest())


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub({REMOTE.path: DATA}) as hub:
        yield hub


@pytest.fixture
def fetcher(hub: FakeHub) -> Fetcher:
    return Fetcher(lambda _: None, source=hub.address)


def test_a_file_comes_in_pieces_and_its_address_is_reported_before_it_is_asked_for(hub: FakeHub) -> None:
    told: list[tuple[str, int]] = []
    fetcher = Fetcher(lambda text: told.append((text, len(hub.asked))), source=hub.address)
    pieces = list(fetcher.pieces(REMOTE))
    assert b"".join(pieces) == DATA
    assert max(map(len, pieces)) <= 65536
    assert told == [(f"{hub.address}/a/b.onnx", 0)]
    assert hub.headers["User-Agent"].startswith("player/")


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:1", "http://ann:secret@127.0.0.1:1/", "127.0.0.1:1"])
def test_a_proxy_that_the_environment_names_is_told(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("https_proxy", proxy)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    told: list[str] = []
    with pytest.raises(VoiceError) as caught:
        Fetcher(told.append, source="https://example.org").read("x", 10)
    assert told == ["https://example.org/x", "  through the proxy 127.0.0.1:1"]
    assert str(caught.value).startswith("cannot fetch https://example.org/x through the proxy 127.0.0.1:1: ")
    monkeypatch.setenv("no_proxy", "example.org")
    assert Fetcher(told.append, source="https://example.org")._proxy == ""


def test_md5_is_checked_as_well(fetcher: Fetcher) -> None:
    md5 = hashlib.md5(DATA, usedforsecurity=False).hexdigest()
    assert b"".join(fetcher.pieces(RemoteFile(REMOTE.path, len(DATA), "md5", md5))) == DATA
    with pytest.raises(VoiceError, match=r"its md5 is not 0{32}"):
        list(fetcher.pieces(RemoteFile(REMOTE.path, len(DATA), "md5", "0" * 32)))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (fakes.cut, "128000 bytes came instead of 256000"),
        (fakes.spoiled, "its sha256 is not"),
        (fakes.padded, "more came instead of 256000 bytes"),
        (fakes.tells(10**12), "the server has 1000000000000 bytes instead of 256000"),
        (fakes.tells(1000), "the server has 1000 bytes instead of 256000"),
        (fakes.dropped, "Remote end closed connection"),
        (fakes.garbled, "cannot fetch"),
        (fakes.refuses(403), "the server answers 403"),
        (fakes.refuses(503), "the server answers 503"),
        (fakes.sends_on("http://example.org/x"), "not HTTPS"),
        (fakes.sends_on("file:///etc/passwd"), "not HTTPS"),
        (fakes.sends_on("ftp://127.0.0.1/x"), "not HTTPS"),
        (fakes.sends_on("data:,x"), "not HTTPS"),
        (fakes.sends_on("https://user:secret@example.org/x"), "not HTTPS"),
        (fakes.sends_on("http://[::1/x"), "cannot fetch"),
        (fakes.sends_on("b.onnx"), "in a circle"),
    ],
)
def test_what_is_wrong_is_one_sentence_that_names_the_address(hub: FakeHub, fault: fakes.Answer, words: str) -> None:
    hub.faults[REMOTE.path] = fault
    with pytest.raises(VoiceError, match=words) as caught:
        list(Fetcher(lambda _: None, source=hub.address).pieces(REMOTE))
    assert f"{hub.address}/a/b.onnx" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not isinstance(caught.value, AbsentError)


def test_what_is_longer_than_announced_is_not_read_on(hub: FakeHub) -> None:
    hub.faults[REMOTE.path] = fakes.padded
    got: list[bytes] = []
    with pytest.raises(VoiceError):
        got.extend(Fetcher(lambda _: None, source=hub.address).pieces(REMOTE))
    assert 0 < sum(map(len, got)) <= REMOTE.size


@pytest.mark.parametrize("code", [404, 410])
def test_a_file_that_is_absent_is_an_error_of_its_own(hub: FakeHub, fetcher: Fetcher, code: int) -> None:
    hub.faults[REMOTE.path] = fakes.refuses(code)
    with pytest.raises(AbsentError, match=f"there is no {hub.address}/a/b.onnx"):
        list(fetcher.pieces(REMOTE))


def test_a_server_that_says_nothing_more_is_not_waited_for(hub: FakeHub) -> None:
    hub.faults[REMOTE.path] = fakes.silent
    with pytest.raises(VoiceError, match=r"said nothing for 0\.2 s; try again"):
        list(Fetcher(lambda _: None, source=hub.address, timeout_s=0.2).pieces(REMOTE))


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_it_is_followed_to_another_address_which_is_reported_first(hub: FakeHub, code: int) -> None:
    told: list[str] = []
    hub.files["elsewhere"] = DATA
    hub.faults[REMOTE.path] = fakes.sends_on(f"{hub.address}/elsewhere", code)
    assert b"".join(Fetcher(told.append, source=hub.address).pieces(REMOTE)) == DATA
    assert hub.asked == [REMOTE.path, "elsewhere"]
    assert told == [f"{hub.address}/a/b.onnx", "  from 127.0.0.1"]


def test_a_proxy_of_another_address_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "example.org")
    told: list[str] = []
    here = urllib.request.Request("https://example.org/x")
    follow = fetching._OnlySecurely(told.append, plain=False).redirect_request
    follow(here, io.BytesIO(), 302, "", Message(), "https://example.net/x")
    follow(here, io.BytesIO(), 302, "", Message(), "https://example.org/y")
    assert told == ["  from example.net through the proxy 127.0.0.1:1", "  from example.org"]


def test_a_small_file_of_unknown_size_has_a_limit(hub: FakeHub, fetcher: Fetcher) -> None:
    assert fetcher.read(REMOTE.path, len(DATA)) == DATA
    with pytest.raises(VoiceError, match="256000 bytes instead of 255999"):
        fetcher.read(REMOTE.path, len(DATA) - 1)
    hub.faults[REMOTE.path] = fakes.padded
    with pytest.raises(VoiceError, match="longer than the 256000 bytes"):
        fetcher.read(REMOTE.path, len(DATA))


def test_without_a_server_the_message_says_the_way_by_hand() -> None:
    with FakeHub() as gone:
        address = gone.address
    with pytest.raises(VoiceError, match=r"Connection refused; connect this machine, or .* --install FILE"):
        Fetcher(lambda _: None, source=address).read("x", 10)


def test_the_source_is_hugging_face_or_what_the_variable_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLAYER_VOICE_SOURCE", raising=False)
    assert Fetcher(print).address("a b/ã.onnx") == f"{HUGGING_FACE}/a%20b/%C3%A3.onnx"
    monkeypatch.setenv("PLAYER_VOICE_SOURCE", "https://mirror.example/hf/")
    assert Fetcher(print).address("x") == "https://mirror.example/hf/x"


@pytest.mark.parametrize(
    "source",
    [
        *("http://example.org", "http://127.0.0.1.example.org", "http://10.0.0.1", "ftp://127.0.0.1", "file:///tmp"),
        *("mirror", "https://", "https://a:b@mirror.example", "http://[::1", "https://mirror.example/\x1b[31m"),
    ],
)
def test_a_source_that_is_not_secure_is_refused(source: str) -> None:
    with pytest.raises(UsageError, match="PLAYER_VOICE_SOURCE must be") as caught:
        Fetcher(print, source=source)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("source", ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"])
def test_this_machine_may_be_plain(source: str) -> None:
    assert Fetcher(print, source=source).address("x") == f"{source}/x"


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert b"".join(Fetcher(lambda _: None, source=hub.address).pieces(REMOTE)) == DATA


@pytest.mark.tools
def test_a_server_that_cannot_prove_who_it_is_gets_nothing(tmp_path: Path) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    files = ["-keyout", "key.pem", "-out", "cert.pem", "-addext", "subjectAltName=IP:127.0.0.1"]
    try:
        subprocess.run([*command, *files], cwd=tmp_path, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("needs openssl: sudo apt install openssl")
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        with pytest.raises(PlayerError, match=r"cannot prove who it is .*; check this machine's clock"):
            Fetcher(lambda _: None, source=f"https://127.0.0.1:{server.server_port}").read("x", 10)
    finally:
        server.shutdown()
        server.server_close()
    assert asked == []
