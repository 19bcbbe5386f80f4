"""The address of a folder on the web, and of the files in it.

The rule: every address is plain ASCII, percent-encoded as RFC 3986 has it, and holds no password.
"""

from __future__ import annotations

import os
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

from player.errors import UsageError, printable

_KEPT: Final = "/%:@!$&'()*+,;=~"
"""Characters of a path that stay as they are: those that RFC 3986 allows there, and what is encoded already."""
_OF_HOSTS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-._:")


def folder_address(url: str) -> str:
    """The address of the folder, with a slash at its end.

    Raises
    ------
    UsageError
        If it is no address of a folder, by http or https.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:  # a port that is none, brackets that do not close, a host that cannot be
        raise _unfit(url, "that is no address") from None
    if parts.scheme not in {"http", "https"} or not host or not set(host) <= _OF_HOSTS:
        raise _unfit(url, "it begins with http:// or https:// and a name")
    if "@" in parts.netloc:
        raise _unfit(f"{parts.scheme}://...@{host}", "without a password, as everybody who has the feed could read it")
    if parts.query or parts.fragment:
        raise _unfit(url, "without ? and #, as names of files are put behind it")
    if parts.path.lower().endswith((".xml", ".rss")):
        raise _unfit(url, "without the name of the feed, which is feed.xml in it")
    where = f"[{host}]" if ":" in host else host
    path = quote(parts.path.rstrip("/"), safe=_KEPT, errors="surrogateescape") + "/"
    return urlunsplit((parts.scheme, where if port is None else f"{where}:{port}", path, "", ""))


def file_name(name: str) -> str:
    """A file's name as it stands in addresses, byte for byte as the disk has it."""
    return quote(os.fsencode(name), safe="")


def _unfit(url: str, why: str) -> UsageError:
    return UsageError(
        f"--url must be the address of the folder on the web, such as https://example.org/calm, not "
        f"{printable(url)}: {why}"
    )
