"""A podcast feed of a folder of exported files, for any app that subscribes to podcasts.

The rule: nothing is asked but the folder and its address. What apps remember an episode by, its GUID and its date, is
decided once and kept in a lock file beside the feed.
"""

from player.export.feed.writing import FeedOptions, WrittenFeed, write

__all__ = ["FeedOptions", "WrittenFeed", "write"]
