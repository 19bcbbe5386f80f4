"""Joining two MP3 streams of the same sound into one, as if one encoder had made it.

The rule: both have encoded the sound around the join, and every packet on both sides keeps its sound bit for bit. The
best place is one where both have come to say the same: from there on LAME, whose memory fades within a second, goes on
alike, and the stream is byte for byte what one encoder makes. Where they never meet, the sound of the packets after
the join must fit on the shelf behind that of the packets before it, and the windows must match, as neighbouring
granules overlap and cancel each other's aliases only under windows that belong together.
It knows streams, not where they come from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from player.export.mp3.frames import EncodedStretch


def meets(left: EncodedStretch, right: EncodedStretch, packet: int) -> bool:
    """Whether both say the same just before a packet."""
    return left.side(packet - 1) == right.side(packet - 1)


def fits(left: EncodedStretch, right: EncodedStretch, packet: int) -> bool:
    """Whether the right stream can take over from a packet on; so it can wherever they meet."""
    if left.side(packet - 1).last_windows != right.side(packet - 1).last_windows:
        return False
    return right.side(packet).reach <= left.free(packet)


def splice(left: EncodedStretch, right: EncodedStretch, packet: int) -> bytes:
    """Let the right stream take over from a packet on.

    Returns
    -------
    bytes
        What the left stream holds up to there, made ready for what follows. The right one is left with the rest.
    """
    reach = right.side(packet).reach
    left.fill_shelf(packet, right.shelf(packet, reach))
    right.cut(packet)
    return left.cut(packet)
