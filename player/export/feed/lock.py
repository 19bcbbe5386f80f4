"""The lock file of a feed: what must never change for those who have subscribed.

The rule: an episode keeps its GUID and its date from the day on which its file was first seen, whatever becomes of the
file; a file that has gone keeps its entry, so that it is the same episode should it come back. Nothing here depends on
the clock: a date comes from the file's own.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final

from player.errors import OutputError, printable
from player.export.feed.address import file_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from player.export.feed.episodes import Episode

NAME: Final = "feed.lock.json"
_ABOUT: Final = "Keep this file beside feed.xml: subscribers know the episodes by what is in it."
_VERSION: Final = 1
_DATE: Final = "%Y-%m-%dT%H:%M:%SZ"
_MOST_BYTES: Final = 2**24
"""An episode takes 120, so this is a hundred thousand of them."""
_LONGEST_TEXT: Final = 255
"""Characters of a GUID or a file's name: no file system has longer names."""
_APART_S: Final = 60
"""Seconds from one new episode to the next: apps sort by the date, and some show nothing finer than minutes."""
_LATEST_S: Final = 4_102_444_800
"""2100: what is later is a mistake of the disk, and would be hidden by apps anyway."""
_PODCASTS: Final = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The namespace in which a feed's address becomes its `podcast:guid` (Podcast Namespace 1.0)."""


@dataclass(frozen=True)
class LockedEpisode:
    """The GUID of an episode and its date, in seconds since 1970."""

    guid: str
    date_s: int


@dataclass(frozen=True)
class FeedLock:
    """A feed's own GUID, its picture's file name or nothing, and the episodes by their files' names in addresses."""

    guid: str
    image: str = ""
    episodes: Mapping[str, LockedEpisode] = field(default_factory=dict)

    def of(self, episode: Episode) -> LockedEpisode:
        """The entry of an episode that is locked."""
        return self.episodes[file_name(episode.name)]

    def document(self) -> bytes:
        """The file."""
        rows = {name: {"guid": each.guid, "date": _written(each.date_s)} for name, each in self.episodes.items()}
        whole = {"about": _ABOUT, "version": _VERSION, "guid": self.guid, "image": self.image, "episodes": rows}
        return (json.dumps(whole, indent=2) + "\n").encode()


def first(address: str) -> FeedLock:
    """The lock of a new feed in the folder with this address."""
    bare = f"{address}feed.xml".partition("://")[2]
    return FeedLock(str(uuid.uuid5(_PODCASTS, bare)))


def extended(lock: FeedLock, episodes: Iterable[Episode], address: str) -> FeedLock:
    """The lock with an entry for each of these episodes; those that it has stay as they are.

    The first new one has its file's date, unless an older episode is as young, and the others follow in their order.
    """
    known = dict(lock.episodes)
    new = [each for each in episodes if file_name(each.name) not in known]
    date_s = max((each.date_s + _APART_S for each in known.values()), default=0)
    for each in new:
        date_s = max(date_s, min(each.modified_s, _LATEST_S)) if each is new[0] else date_s + _APART_S
        guid = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, address + file_name(each.name))}"
        known[file_name(each.name)] = LockedEpisode(guid, date_s)
    return FeedLock(lock.guid, lock.image, known)


def read(path: Path) -> FeedLock | None:
    """The lock in a file; None if there is no file.

    Raises
    ------
    OutputError
        If it cannot be read, or is none.
    """
    name = printable(str(path))
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for, and a device may have no end
            raise OutputError(f"{name} is no ordinary file; move it away")
        with path.open("rb") as file:
            return _parsed(json.loads(file.read(_MOST_BYTES)))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OutputError(f"{name} cannot be read: {printable((error.strerror or str(error)).lower())}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        raise OutputError(
            f"{name} is damaged; put back an older copy of it, or move it away, and subscribers will get every "
            "episode again"
        ) from None


def _parsed(whole: Any) -> FeedLock:  # noqa: ANN401 (whatever is in the file)
    if whole["version"] != _VERSION:
        raise ValueError("of another version")
    rows = {name: LockedEpisode(_text(row["guid"]), _read(row["date"])) for name, row in whole["episodes"].items()}
    if len({each.guid for each in rows.values()}) < len(rows):
        raise ValueError("two episodes with one GUID")
    return FeedLock(_text(whole["guid"]), _text(whole["image"]) if whole["image"] != "" else "", rows)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= _LONGEST_TEXT:
        raise ValueError("no text")
    return value


def _written(date_s: int) -> str:
    return datetime.fromtimestamp(date_s, timezone.utc).strftime(_DATE)


def _read(date: str) -> int:
    return int(datetime.strptime(date, _DATE).replace(tzinfo=timezone.utc).timestamp())
