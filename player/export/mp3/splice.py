"""Joining two MP3 streams of the same sound into one, as if one encoder had made it.

The rule: both have encoded the sound around the join, and every frame on both sides keeps its main data bit for bit.
The best join is where both have the same side information: LAME's memory fades within a second, so from there on both
encoders make the same frames, and the stream is byte for byte what one encoder makes. Where that never happens, two
conditions must hold. The main data of the frames after the join must fit into the bit reservoir behind that of the
frames before it. The block types must match, as neighbouring granules overlap, and their aliases cancel only under
windows that belong together.
It knows streams, not where they come from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from player.export.mp3.frames import EncodedStretch


def agree(left: EncodedStretch, right: EncodedStretch, frame: int) -> bool:
    """Whether both have the same side information just before a frame."""
    return left.side_information(frame - 1) == right.side_information(frame - 1)


def can_join(left: EncodedStretch, right: EncodedStretch, frame: int) -> bool:
    """Whether the right stream can follow the left one from a frame on; always so where they agree."""
    if left.side_information(frame - 1).last_block_types != right.side_information(frame - 1).last_block_types:
        return False
    return right.side_information(frame).main_data_begin <= left.free_reservoir(frame)


def splice(left: EncodedStretch, right: EncodedStretch, frame: int) -> bytes:
    """Let the right stream follow the left one from a frame on.

    Returns
    -------
    bytes
        The left stream up to there, with the right one's main data in its bit reservoir. The right one keeps the rest.
    """
    main_data_begin = right.side_information(frame).main_data_begin
    left.fill_reservoir(frame, right.reservoir(frame, main_data_begin))
    right.cut(frame)
    return left.cut(frame)
