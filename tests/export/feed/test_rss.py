"""The feed is XML whatever tags hold, and keeps the promises of its dates and addresses."""

from __future__ import annotations

import unicodedata
import uuid
from itertools import pairwise
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as some

from player.errors import UsageError
from player.export.feed import lock, rss
from player.export.feed.address import file_name, folder_address
from player.export.feed.categories import DEFAULT, Category, category
from player.export.feed.legible import legible
from player.export.feed.rss import Channel
from tests.export.feed.fakes import FIRST_S, URL, episode, parsed

TEXTS = some.text(some.characters(), max_size=30)


def made(*found: object, **more: str) -> bytes:
    episodes = [each for each in found if not isinstance(each, str)] or [episode()]
    texts = {"title": "T", "description": "D", "author": "", "language": "en", "image": "", **more}
    channel = Channel(address=URL, category=Category("Science"), is_album=False, **texts)
    return rss.feed(channel, episodes, lock.extended(lock.first(URL), episodes, URL))  # type: ignore[arg-type]


@given(TEXTS, TEXTS)
def test_any_text_is_whole_in_the_xml_and_nothing_in_it_is_markup(title: str, summary: str) -> None:
    clean = {"title": legible(title), "summary": legible(summary)}
    whole = made(episode("a.mp3", FIRST_S, **clean))
    item = next(parsed(whole).iter("item"))
    assert item.findtext("title", "") == clean["title"]
    assert item.findtext("description", "") == (clean["summary"] or clean["title"])
    assert not [char for char in whole.decode() if unicodedata.category(char) == "Cc" and char != "\n"]
    assert not set("<>") & set(clean["title"] + clean["summary"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\0b\x1b[2J\x9fc", "ab[2Jc"),
        (" two\n\tlines\u2028", "two lines"),
        ("x\ud800y\ufffe", "xy"),
        ("क्‍ष नम‌स्ते", "क्‍ष नम‌स्ते"),  # joiners that Hindi is written with
        ("<script>&amp;", "‹script›&amp;"),
        ("\0 \0", ""),
    ],
)
def test_what_xml_cannot_hold_goes_and_everything_else_stays(text: str, shown: str) -> None:
    assert legible(text) == shown


@given(some.text(some.characters(exclude_characters="/\0"), min_size=1, max_size=20))
def test_an_address_is_plain_ascii_and_leads_to_the_file(name: str) -> None:
    try:
        encoded = file_name(name)
    except UnicodeEncodeError:  # no file can be called so
        return
    assert set(encoded) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%-._~")
    assert unquote(encoded, errors="surrogateescape") == name


def test_dates_are_those_of_rss() -> None:
    item = next(parsed(made(episode(date_s=FIRST_S))).iter("item"))
    assert item.findtext("pubDate") == "Tue, 14 Nov 2023 22:13:20 GMT"


@pytest.mark.parametrize(("length_ms", "told"), [(0, None), (1, "1"), (1499, "1"), (1500, "2"), (4_200_000, "4200")])
def test_a_length_is_told_in_whole_seconds_where_it_is_known(length_ms: int, told: str | None) -> None:
    item = next(parsed(made(episode(length_ms=length_ms))).iter("item"))
    assert item.findtext("{http://www.itunes.com/dtds/podcast-1.0.dtd}duration") == told


# --- the lock


def test_a_first_date_of_another_century_is_no_date_of_apps() -> None:
    locked = lock.extended(lock.first(URL), [episode("a.mp3", -5), episode("b.mp3", 2**60)], URL)
    assert [each.date_s for each in locked.episodes.values()] == [0, 60]
    locked = lock.extended(lock.first(URL), [episode("a.mp3", 2**60)], URL)
    assert [each.date_s for each in locked.episodes.values()] == [4_102_444_800]


@given(some.lists(some.integers(0, 2**32 - 1), min_size=1, max_size=6), some.integers(0, 6))
def test_dates_rise_in_order_and_what_is_locked_stays(dates: list[int], cut: int) -> None:
    episodes = [episode(f"{number}.mp3", date_s) for number, date_s in enumerate(dates)]
    before = lock.extended(lock.first(URL), episodes[:cut], URL)
    after = lock.extended(before, episodes, "https://elsewhere.example/")
    found = [after.of(each) for each in episodes]
    assert found[:cut] == [before.of(each) for each in episodes[:cut]]
    assert all(later.date_s - sooner.date_s >= 60 for sooner, later in pairwise(found))
    assert len({each.guid for each in found}) == len(found)


def test_a_podcasts_guid_is_what_the_namespace_says() -> None:
    """The example of the Podcast Namespace 1.0, section guid: podnews.net/rss."""
    assert str(uuid.uuid5(lock._PODCASTS, "podnews.net/rss")) == "9b024349-ccf0-5f69-a609-6b82873eab3c"


# --- addresses and categories


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("https://example.org", "https://example.org/"),
        ("http://Example.ORG:8080/a/b//", "http://example.org:8080/a/b/"),
        (" https://example.org/für%20dich und mich/ ", "https://example.org/f%C3%BCr%20dich%20und%20mich/"),
        ("https://bücher.example/~ann", "https://xn--bcher-kva.example/~ann/"),
        ("http://[::1]:8000/a", "http://[::1]:8000/a/"),
    ],
)
def test_an_address_of_a_folder(url: str, folder: str) -> None:
    assert folder_address(url) == folder


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("example.org/calm", "begins with http"),
        ("ftp://example.org/", "begins with http"),
        ("file:///srv/calm", "begins with http"),
        ("https://", "begins with http"),
        ("https://a b.example/", "begins with http"),
        ("https://ann:secret@example.org/", "could read"),
        ("https://example.org/?id=7", r"without \?"),
        ("https://example.org/#top", r"without \?"),
        ("https://example.org/feed.xml", "without the name of the feed"),
        ("https://example.org:99999/", "no address"),
        ("https://[::1/", "no address"),
        ("", "begins with http"),
    ],
)
def test_what_is_no_address_of_a_folder_is_one_sentence(url: str, why: str) -> None:
    with pytest.raises(UsageError, match=f"--url must be .*{why}"):
        folder_address(url)


def test_a_password_is_not_repeated() -> None:
    with pytest.raises(UsageError) as raised:
        folder_address("https://ann:secret@example.org/")
    assert "secret" not in str(raised.value)


def test_categories_are_apples() -> None:
    assert category(DEFAULT) == ("Health & Fitness", "Mental Health")
    assert category("health & fitness / MEDICINE") == ("Health & Fitness", "Medicine")
    assert category("Science") == ("Science", "")
    with pytest.raises(UsageError, match=r"such as .*Health & Fitness/Mental Health.*, not 'Health/Mental Health'"):
        category("Health/Mental Health")
    with pytest.raises(UsageError, match="not ''"):
        category("")
