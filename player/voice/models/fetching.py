"""Fetches files from the network: the only module of the program that connects to another machine.

Each address is announced before the connection, and so is a proxy that this machine's settings name for it. All
connections are HTTPS with checked certificates, also after a redirect, and no more bytes are read than announced. Each
file is compared with its known size and digest.
``PLAYER_VOICE_SOURCE`` may name a mirror; one on this machine may use plain HTTP.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import ipaddress
import os
import ssl
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Final

from player import __version__
from player.errors import UsageError, VoiceError, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from email.message import Message

VARIABLE: Final = "PLAYER_VOICE_SOURCE"
HUGGING_FACE: Final = "https://huggingface.co"
TIMEOUT_S: Final = 30.0
"""How long a server may be silent."""

_PIECE: Final = 2**16
_BY_HAND: Final = "connect this machine, or fetch the file elsewhere and bring it with --install FILE.onnx"
_AGAIN: Final = "try again"
_LATER: Final = "try again later"


@dataclass(frozen=True)
class RemoteFile:
    """A file to fetch.

    Attributes
    ----------
    path
        The path below the source's address, not quoted.
    size
        In bytes.
    algorithm, digest
        ``md5`` or ``sha256``, and hexadecimal digits.
    """

    path: str
    size: int
    algorithm: str
    digest: str


class AbsentError(VoiceError):
    """The server has no such file."""


class Fetcher:
    """Fetches files when the user asks for it.

    Parameters
    ----------
    announce
        Called with each address before the connection.
    source
        The address that paths are added to; None is ``PLAYER_VOICE_SOURCE``, or else Hugging Face.

    Raises
    ------
    UsageError
        If the source is neither HTTPS nor HTTP on this machine itself.
    """

    def __init__(
        self, announce: Callable[[str], None], *, source: str | None = None, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._source = _checked(source or os.environ.get(VARIABLE) or HUGGING_FACE)
        self._announce = announce
        self._timeout_s = timeout_s
        self._proxy = "" if self._source.startswith("http:") else _proxy_for(self._source)
        self._opener = _opener(announce, plain=self._source.startswith("http:"))

    def address(self, path: str) -> str:
        """The address of a path."""
        return f"{self._source}/{urllib.parse.quote(path)}"

    def read(self, path: str, limit: int) -> bytes:
        """A small file of unknown size.

        Raises
        ------
        AbsentError
            If the server has none.
        VoiceError
            If it cannot be fetched, or is longer than ``limit`` bytes.
        """
        data = b"".join(self._pieces(path, limit))
        if len(data) > limit:
            raise self._failure(path, f"it is longer than the {limit} bytes that it may have", _LATER)
        return data

    def pieces(self, remote: RemoteFile) -> Iterator[bytes]:
        """A file in pieces. It is verified only after the last piece.

        Raises
        ------
        AbsentError
            If the server has none.
        VoiceError
            If it cannot be fetched, or is not what it should be.
        """
        size, digest = 0, hashlib.new(remote.algorithm, usedforsecurity=False)
        for piece in self._pieces(remote.path, remote.size, exactly=True):
            size += len(piece)
            digest.update(piece)
            if size <= remote.size:
                yield piece
        if size != remote.size:
            much = "more" if size > remote.size else f"{size} bytes"
            raise self._failure(remote.path, f"{much} came instead of {remote.size} bytes", _AGAIN)
        if digest.hexdigest() != remote.digest:
            raise self._failure(remote.path, f"its {remote.algorithm} is not {remote.digest}", _LATER)

    def _pieces(self, path: str, size: int, *, exactly: bool = False) -> Iterator[bytes]:
        """The bytes that a server sends, up to one byte more than ``size``."""
        self._announce(self.address(path))
        if self._proxy:
            self._announce(f"  through the proxy {self._proxy}")
        with self._sentences(path), contextlib.closing(self._opened(path)) as answer:
            length = answer.length
            if length is not None and (length > size or (exactly and length != size)):
                raise self._failure(path, f"the server has {length} bytes instead of {size}", _LATER)
            left = size + 1
            while left and (piece := answer.read(min(_PIECE, left))):
                left -= len(piece)
                yield piece

    def _opened(self, path: str) -> http.client.HTTPResponse:
        headers = {"User-Agent": f"player/{__version__}", "Accept-Encoding": "identity"}
        request = urllib.request.Request(self.address(path), headers=headers)  # noqa: S310 (`_checked` has seen it)
        answer: http.client.HTTPResponse = self._opener.open(request, timeout=self._timeout_s)
        return answer

    @contextlib.contextmanager
    def _sentences(self, path: str) -> Iterator[None]:
        """Converts an error of the network to a `VoiceError` in one sentence."""
        try:
            yield
        except urllib.error.HTTPError as error:
            error.close()
            raise self._refusal(path, error.code) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
            raise self._failure(path, *_reason_and_remedy(reason, self._timeout_s)) from error

    def _refusal(self, path: str, code: int) -> VoiceError:
        if code in {404, 410}:
            return AbsentError(f"there is no {self.address(path)} (the server answers {code}); {_LATER}")
        if code < 400:
            return self._failure(path, "the server sends on to an address that is not HTTPS, or in a circle", _LATER)
        return self._failure(path, f"the server answers {code}", _LATER)

    def _failure(self, path: str, reason: str, remedy: str) -> VoiceError:
        way = f" through the proxy {self._proxy}" if self._proxy else ""
        return VoiceError(f"cannot fetch {self.address(path)}{way}: {reason}; {remedy}")


def _proxy_for(address: str) -> str:
    """The proxy that the environment or the system names for an address, as urllib takes it, without its password."""
    if urllib.request.proxy_bypass(urllib.parse.urlsplit(address).netloc):
        return ""
    named = urllib.request.getproxies().get("https", "")
    bare = named.rpartition("//")[2].rpartition("@")[2]
    return printable(bare.rstrip("/"))


def _reason_and_remedy(reason: object, timeout_s: float) -> tuple[str, str]:
    """The reason in words, and what to do."""
    if isinstance(reason, ssl.SSLCertVerificationError):
        text = f"the server cannot prove who it is ({reason.verify_message})"
        return printable(text), "check this machine's clock and certificates"
    if isinstance(reason, TimeoutError):
        return f"the server said nothing for {timeout_s:g} s", _AGAIN
    text = (reason.strerror if isinstance(reason, OSError) else None) or str(reason) or type(reason).__name__
    return printable(text), _BY_HAND


class _OnlySecurely(urllib.request.HTTPRedirectHandler):
    """Follows redirects to HTTPS, and announces them; ``plain`` allows HTTP on this machine."""

    def __init__(self, announce: Callable[[str], None], *, plain: bool) -> None:
        self._announce = announce
        self._plain = plain

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request:
        """The redirected request; for a GET, all five codes mean the same."""
        if not _is_allowed(newurl, plain=self._plain):
            raise urllib.error.HTTPError(newurl, code, msg, headers, fp)
        proxy = "" if self._plain else _proxy_for(newurl)
        way = f" through the proxy {proxy}" if proxy else ""
        self._announce(f"  from {urllib.parse.urlsplit(newurl).hostname}{way}")
        return urllib.request.Request(newurl, headers=dict(req.headers))  # noqa: S310 (just seen)

    def http_error_302(self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message) -> Any:  # noqa: ANN401 (as urllib has it)
        """Follow; urllib leaves the connection open if the new address is malformed."""
        try:
            return super().http_error_302(req, fp, code, msg, headers)  # type: ignore[arg-type]
        except ValueError:
            fp.close()
            raise

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def _opener(announce: Callable[[str], None], *, plain: bool) -> urllib.request.OpenerDirector:
    """An opener for HTTP and HTTPS only: urllib's default would also read files and FTP."""
    opener = urllib.request.OpenerDirector()
    handlers: list[Any] = [
        urllib.request.ProxyHandler({} if plain else None),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _OnlySecurely(announce, plain=plain),
    ]
    for handler in handlers:
        opener.add_handler(handler)
    return opener


def _checked(source: str) -> str:
    if not _is_allowed(source, plain=True):
        raise UsageError(
            f"{VARIABLE} must be an address that begins with https://, or with http://127.0.0.1, not {source!r}"
        )
    return source.rstrip("/")


def _is_allowed(address: str, *, plain: bool) -> bool:
    try:
        parts = urllib.parse.urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if not host or "@" in parts.netloc or not address.isprintable():
        return False
    return parts.scheme == "https" or (plain and parts.scheme == "http" and _is_this_machine(host))


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
