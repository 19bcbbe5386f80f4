"""The position of the programme at each frame of the ring.

When the ring is overwritten from a frame on, that is recorded here, and everything recorded after that frame is
dropped. So the position that is heard is exact, however often the ring was overwritten. All numbers are frames.
"""

from __future__ import annotations

from bisect import bisect_right


class PositionTrack:
    """Runs of the programme, and silences, in the order of the ring.

    Parameters
    ----------
    frame, position
        The programme begins at this frame of the ring, from this position. The lead-in comes before it.
    """

    def __init__(self, frame: int, position: int) -> None:
        self._frames = [frame]
        self._positions = [position]
        self._moves = [True]

    def play_from(self, frame: int, position: int) -> None:
        """From ``frame`` of the ring on, the programme plays from ``position`` on."""
        self._note(frame, position, moves=True)

    def stand_from(self, frame: int, position: int) -> None:
        """From ``frame`` of the ring on there is silence, and the programme stands at ``position``."""
        self._note(frame, position, moves=False)

    def position(self, frame: int) -> int:
        """The position of the programme at a frame; in a silence, the one at which it stands."""
        index = max(bisect_right(self._frames, frame) - 1, 0)
        passed = max(frame - self._frames[index], 0) if self._moves[index] else 0
        return self._positions[index] + passed

    def _note(self, frame: int, position: int, *, moves: bool) -> None:
        keep = max(bisect_right(self._frames, frame - 1), 0)
        self._frames[keep:] = [frame]
        self._positions[keep:] = [position]
        self._moves[keep:] = [moves]
