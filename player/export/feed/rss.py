"""The feed as RSS 2.0, with the namespaces of Apple (``itunes``) and of Podcasting 2.0 (``podcast``).

The rule: the same channel and episodes make the same bytes: the time of writing stands nowhere. The library escapes
what has a meaning in XML; texts come without characters that XML cannot hold (`legible`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from player.export.feed.address import file_name
from player.export.feed.legible import description, line
from player.export.tags import software

if TYPE_CHECKING:
    from collections.abc import Sequence

    from player.export.feed.categories import Category
    from player.export.feed.episodes import Episode
    from player.export.feed.lock import FeedLock

NAME: Final = "feed.xml"
_NAMESPACES: Final = {
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "xmlns:podcast": "https://podcastindex.org/namespace/1.0",
}
_MIME: Final = {
    "mp3": "audio/mpeg",
    "m4a": "audio/x-m4a",  # Apple's directory lists this one
    "m4b": "audio/x-m4a",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",  # RFC 7845
    "flac": "audio/flac",
    "wav": "audio/wav",
}
_IN_STEP: Final = frozenset({"text/vtt", "application/x-subrip"})
"""Transcripts that may be shown while they are heard: ``rel="captions"``."""
_CHAPTERS: Final = "application/json+chapters"


@dataclass(frozen=True)
class Channel:
    """What a feed says of itself.

    Attributes
    ----------
    address
        Of its folder, with a slash at its end.
    image
        The name of the picture's file; empty without one.
    is_album
        Whether the episodes are to be heard in their order, from the first on.
    """

    address: str
    title: str
    description: str
    author: str
    category: Category
    language: str
    image: str
    is_album: bool


def feed(channel: Channel, episodes: Sequence[Episode], lock: FeedLock) -> bytes:
    """The file, UTF-8; all episodes are in the lock."""
    root = Element("rss", {"version": "2.0", **_NAMESPACES})
    top = SubElement(root, "channel")
    _about(top, channel, lock)
    newest_s = max(lock.of(each).date_s for each in episodes)
    _text(top, "pubDate", _date(newest_s))
    for each in episodes:
        _item(SubElement(top, "item"), each, channel, lock)
    indent(root)
    whole: bytes = tostring(root, "utf-8", xml_declaration=True)
    return whole + b"\n"


def _about(top: Element, channel: Channel, lock: FeedLock) -> None:
    _text(top, "title", line(channel.title))
    _text(top, "link", channel.address)
    own = {"href": channel.address + NAME, "rel": "self", "type": "application/rss+xml"}
    SubElement(top, "atom:link", own)
    _text(top, "description", description(channel.description))
    _text(top, "language", channel.language)
    _text(top, "generator", software())
    if channel.author:
        _text(top, "itunes:author", line(channel.author))
    if channel.image:
        picture = channel.address + file_name(channel.image)
        SubElement(top, "itunes:image", {"href": picture})
        image = SubElement(top, "image")
        for name, text in (("url", picture), ("title", line(channel.title)), ("link", channel.address)):
            _text(image, name, text)
    category = SubElement(top, "itunes:category", {"text": channel.category.name})
    if channel.category.inner:
        SubElement(category, "itunes:category", {"text": channel.category.inner})
    _text(top, "itunes:explicit", "false")
    _text(top, "itunes:type", "serial" if channel.is_album else "episodic")
    _text(top, "podcast:guid", lock.guid)


def _item(item: Element, episode: Episode, channel: Channel, lock: FeedLock) -> None:
    tags, locked, folder = episode.tags, lock.of(episode), channel.address
    _text(item, "title", line(tags.title))
    _text(item, "description", description(tags.summary or tags.title))
    _text(item, "guid", locked.guid, isPermaLink="false")
    _text(item, "pubDate", _date(locked.date_s))
    sound = {"url": folder + file_name(episode.name), "length": str(episode.size_bytes), "type": _MIME[episode.form]}
    SubElement(item, "enclosure", sound)
    if author := tags.author or channel.author:
        _text(item, "itunes:author", line(author))
    if tags.length_ms:
        _text(item, "itunes:duration", str(max(1, (tags.length_ms + 500) // 1000)))
    if episode.is_numbered:
        _text(item, "itunes:episode", str(tags.track))
        if tags.disc:
            _text(item, "itunes:season", str(tags.disc))
    _text(item, "itunes:episodeType", "full")
    _text(item, "itunes:explicit", "false")
    if episode.chapters:
        SubElement(item, "podcast:chapters", {"url": folder + file_name(episode.chapters), "type": _CHAPTERS})
    for name, mime in episode.transcripts:
        about = {"url": folder + file_name(name), "type": mime, "language": tags.language or channel.language}
        SubElement(item, "podcast:transcript", about | ({"rel": "captions"} if mime in _IN_STEP else {}))


def _text(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = text


def _date(date_s: int) -> str:
    """As RFC 822 has it, in the form of RFC 5322 that RSS 2.0 allows."""
    return format_datetime(datetime.fromtimestamp(date_s, timezone.utc), usegmt=True)
