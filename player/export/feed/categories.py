"""The categories of podcast directories, by Apple's list, which the others follow.

The rule: a category is written as ``Health & Fitness/Mental Health``, and one that directories do not know is refused
with those that are near.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final, NamedTuple

from player.errors import UsageError

DEFAULT: Final = "Health & Fitness/Mental Health"
_KNOWN: Final = {
    "Arts": "Books, Design, Fashion & Beauty, Food, Performing Arts, Visual Arts",
    "Business": "Careers, Entrepreneurship, Investing, Management, Marketing, Non-Profit",
    "Comedy": "Comedy Interviews, Improv, Stand-Up",
    "Education": "Courses, How To, Language Learning, Self-Improvement",
    "Fiction": "Comedy Fiction, Drama, Science Fiction",
    "Government": "",
    "Health & Fitness": "Alternative Health, Fitness, Medicine, Mental Health, Nutrition, Sexuality",
    "History": "",
    "Kids & Family": "Education for Kids, Parenting, Pets & Animals, Stories for Kids",
    "Leisure": "Animation & Manga, Automotive, Aviation, Crafts, Games, Hobbies, Home & Garden, Video Games",
    "Music": "Music Commentary, Music History, Music Interviews",
    "News": "Business News, Daily News, Entertainment News, News Commentary, Politics, Sports News, Tech News",
    "Religion & Spirituality": "Buddhism, Christianity, Hinduism, Islam, Judaism, Religion, Spirituality",
    "Science": "Astronomy, Chemistry, Earth Sciences, Life Sciences, Mathematics, Natural Sciences, Nature, Physics, "
    "Social Sciences",
    "Society & Culture": "Documentary, Personal Journals, Philosophy, Places & Travel, Relationships",
    "Sports": "Baseball, Basketball, Cricket, Fantasy Sports, Football, Golf, Hockey, Rugby, Running, Soccer, "
    "Swimming, Tennis, Volleyball, Wilderness, Wrestling",
    "Technology": "",
    "True Crime": "",
    "TV & Film": "After Shows, Film History, Film Interviews, Film Reviews, TV Reviews",
}
"""Apple Podcasts categories since 2019 (podcasters.apple.com/support/1691-apple-podcasts-categories)."""


class Category(NamedTuple):
    """A category, and one inside it or nothing."""

    name: str
    inner: str = ""


def category(text: str) -> Category:
    """The category that is meant, whatever its capitals.

    Raises
    ------
    UsageError
        If there is none such.
    """
    wanted = "/".join(part.strip().lower() for part in text.split("/"))
    if found := _ALL.get(wanted):
        return found
    near = get_close_matches(wanted, _ALL, n=3, cutoff=0.5)
    names = ", ".join("/".join(filter(None, _ALL[each])) for each in near or [DEFAULT.lower()])
    there = "" if near else f"; there are {', '.join(_KNOWN)}, and some have others inside them"
    raise UsageError(f"--category must be one of Apple's podcast categories, such as {names}, not {text!r}{there}")


def _all() -> dict[str, Category]:
    found = [Category(name) for name in _KNOWN]
    found += [Category(name, inner) for name, inners in _KNOWN.items() for inner in inners.split(", ") if inner]
    return {"/".join(filter(None, each)).lower(): each for each in found}


_ALL: Final = _all()
