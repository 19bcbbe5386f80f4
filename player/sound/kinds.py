"""Every kind of entry in the store, and how to see whether its facts fit its content.

The rule: an entry that fits here is one that the program would use (tests/sound/test_kinds.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from player.sound.bed import is_bed
from player.sound.long_loop import is_long_loop
from player.sound.own_take import is_take
from player.sound.stem import are_counts, are_powers, is_stem
from player.sound.stored import is_source, is_stored
from player.voice.clips import is_clip
from player.voice.drivers.table import BY_NAME
from player.voice.identity import is_answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from player.storage.store import Entry, Fits

_KINDS: Final[Mapping[object, Fits]] = {
    "bed": is_bed,
    "clip": is_clip,
    "counts": are_counts,
    "driver": lambda entry: is_answer(entry, BY_NAME[str(entry.made_from["driver"])]),
    "long loop": is_long_loop,
    "own take": is_take,
    "powers": are_powers,
    "recording": is_stored,
    "script": lambda entry: not entry.size,
    "source": is_source,
    "stem": is_stem,
}


def fits(entry: Entry) -> bool:
    """Whether an entry of any kind can be used; one of a kind that only another version knows counts as usable."""
    check = _KINDS.get(entry.made_from.get("kind", entry.made_from.get("what")))
    return check is None or check(entry)
