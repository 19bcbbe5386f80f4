"""What is wrong with a feed: by the grammar in podcast.rng, and by rules that no grammar can tell."""

from __future__ import annotations

from collections import Counter
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path

from lxml import etree

ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
GRAMMAR = Path(__file__).with_name("podcast.rng")
TEXT_BYTES = 4000
"""Apple: the most that a description may have, in UTF-8."""


@cache
def _grammar() -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(GRAMMAR))


def faults(feed: bytes) -> list[str]:
    """What is wrong with a feed, a sentence each; nothing if it is valid."""
    root = etree.fromstring(feed, etree.XMLParser(resolve_entities=False, no_network=True))
    grammar = _grammar()
    if not grammar.validate(root):
        return [f"line {each.line}: {each.message}" for each in grammar.error_log]
    return [*_repeated(root), *_too_long(root), *_wrong_days(root), *_unnumbered(root), *_other_image(root)]


def categories() -> list[tuple[str, str]]:
    """Those that the grammar knows: each alone, with an empty text, and with each that it has in it."""
    rng = "{http://relaxng.org/ns/structure/1.0}"
    groups = etree.parse(GRAMMAR).findall(f".//{rng}element[@name='itunes:category']/{rng}choice/{rng}group")
    found = []
    for group in groups:
        name = group.findtext(f"{rng}attribute/{rng}value") or ""
        inner = [each.text or "" for each in group.findall(f".//{rng}element//{rng}value")]
        found += [(name, each) for each in ("", *inner)]
    return found


def _repeated(root: etree._Element) -> list[str]:
    """RSS: a guid is unique. Apple: so is the address of a sound."""
    guids, sounds = root.findall(".//item/guid"), root.findall(".//item/enclosure")
    found = Counter([each.text for each in guids]) + Counter([each.get("url") for each in sounds])
    return [f"{text} occurs {count} times" for text, count in found.items() if count > 1]


def _too_long(root: etree._Element) -> list[str]:
    sizes = [len((each.text or "").encode()) for each in root.iter("description")]
    return [f"a description of {size} bytes" for size in sizes if size > TEXT_BYTES]


def _wrong_days(root: etree._Element) -> list[str]:
    """A day of the week that is not the date's, and a date that no month has."""
    wrong = []
    for text in [each.text or "" for each in root.iter("pubDate", "lastBuildDate")]:
        try:
            right = text[:3] == parsedate_to_datetime(text).strftime("%a") or "," not in text
        except ValueError:
            right = False
        wrong += [] if right else [f"{text} is no date"]
    return wrong


def _unnumbered(root: etree._Element) -> list[str]:
    """Apple: every episode of a serial show has a number."""
    if root.findtext(f"channel/{ITUNES}type") != "serial":
        return []
    items = root.findall("channel/item")
    return [f"{item.findtext('title')} has no number" for item in items if item.find(f"{ITUNES}episode") is None]


def _other_image(root: etree._Element) -> list[str]:
    """RSS: the title and the link of the image are those of the channel."""
    if root.find("channel/image") is None:
        return []
    pairs = [(root.findtext(f"channel/{name}"), root.findtext(f"channel/image/{name}")) for name in ("title", "link")]
    return [f"the image has {image}, the channel {channel}" for channel, image in pairs if image != channel]
