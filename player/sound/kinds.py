"""Every kind of entry in the store, and how to see whether its facts fit its content.

The rule: an entry that fits here is one that the program would use (tests/sound/test_kinds.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from player.sound import bed, long_loop, own_take, recording, stem
from player.sound.stored import is_source, is_stored
from player.voice import clips, identity
from player.voice.drivers.table import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from player.storage.store import Entry, Fits

_SCRIPT_SCHEMA: Final = 1  # of `player.machine`
_KINDS: Final[Mapping[tuple[object, object], Fits]] = {
    ("bed", bed.SCHEMA): bed.is_bed,
    ("clip", clips.SCHEMA): clips.is_clip,
    ("counts", stem.SCHEMA): stem.are_counts,
    ("driver", identity.SCHEMA): lambda entry: identity.is_answer(entry, BY_NAME[str(entry.made_from["driver"])]),
    ("long loop", long_loop.SCHEMA): long_loop.is_long_loop,
    ("own take", own_take.SCHEMA): own_take.is_take,
    ("powers", stem.SCHEMA): stem.are_powers,
    ("recording", recording.SCHEMA): is_stored,
    ("script", _SCRIPT_SCHEMA): lambda entry: not entry.size,
    ("source", None): is_source,
    ("two loops", bed.SCHEMA): bed.is_share,
    ("stem", stem.SCHEMA): stem.is_stem,
}


def fits(entry: Entry) -> bool:
    """Whether an entry of any kind can be used; one of a kind or schema of another version is never asked for."""
    fields = entry.made_from
    check = _KINDS.get((fields.get("kind", fields.get("what")), fields.get("schema")))
    return check is None or check(entry)
