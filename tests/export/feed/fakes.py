"""Folders of exported files, as small as they can be, and a server that gives them out."""

from __future__ import annotations

import os
import threading
import urllib.request
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, fromstring

from player.export.feed import FeedOptions, WrittenFeed, write
from player.export.feed.episodes import Episode
from player.export.tags import Tags, TagsRead
from player.picture.cover import cover
from tests.fakes_mix import timeline
from tests.fakes_output import TAGS, chirp, exported

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

URL = "https://example.org/calm/"
COVER = cover(timeline(3_000), "breathing")
FIRST_S = 1_700_000_000
"""The date of the first file of `album`: 14 November 2023, 22:13:20."""


def sound(path: Path, tags: Tags = TAGS, *, seconds: float = 1, date_s: int = FIRST_S) -> Path:
    path.unlink(missing_ok=True)
    exported(path, chirp(round(48_000 * seconds)), replace(tags, cover=lambda: COVER))
    os.utime(path, (date_s, date_s))
    return path


def album(folder: Path, count: int = 3, form: str = "mp3") -> list[Path]:
    """Files of one album, exported a second apart, whose names are in another order than their tracks."""
    folder.mkdir(exist_ok=True)
    return [
        sound(
            folder / f"{'cba'[number - 1]}.{form}",
            Tags(f"Day {number}", f"Sit {number} minutes.", language="en-GB", album="Week", track=number, tracks=count),
            date_s=FIRST_S + number - 1,
        )
        for number in range(1, count + 1)
    ]


def written(folder: Path, url: str = URL, **options: object) -> WrittenFeed:
    return write(folder, FeedOptions(url, **options))  # type: ignore[arg-type]


def parsed(feed: bytes) -> Element:
    """The feed by the standard library's parser, which knows nothing of how it was written."""
    return fromstring(feed)  # noqa: S314 (our own)


def fetched(url: str) -> tuple[bytes, int]:
    """What a web server gives, and how long it says that is."""
    with urllib.request.urlopen(url) as answer:  # noqa: S310 (of this machine)
        return answer.read(), int(answer.headers["Content-Length"])


def episode(name: str = "a.mp3", date_s: int = FIRST_S, **tags: Any) -> Episode:
    return Episode(name, 1000, date_s, TagsRead(**{"title": "A", **tags}))


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which a folder is given out, as any web space would."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
