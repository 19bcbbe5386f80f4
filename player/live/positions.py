"""The course of a tape: which moment of the programme each of its frames holds.

The rule: what is laid over the tape from a frame on is noted here by that frame; everything noted behind it is
forgotten. So the moment that is heard is exact, whatever was laid over what. Pure numbers, all of them frames.
"""

from __future__ import annotations

from bisect import bisect_right


class PositionTrack:
    """Runs of the programme, and silences, one behind the other.

    Parameters
    ----------
    frame, moment
        The programme begins at this frame of the tape, with this moment of its own. Before it is the lead-in.
    """

    def __init__(self, frame: int, moment: int) -> None:
        self._frames = [frame]
        self._moments = [moment]
        self._moves = [True]

    def lay(self, frame: int, moment: int) -> None:
        """The programme goes from ``moment`` on, from ``frame`` of the tape on."""
        self._note(frame, moment, moves=True)

    def hush(self, frame: int, moment: int) -> None:
        """Silence from ``frame`` on, in which the programme stands at ``moment``."""
        self._note(frame, moment, moves=False)

    def moment(self, frame: int) -> int:
        """The moment of the programme at a frame; in a silence the one at which it stands."""
        index = max(bisect_right(self._frames, frame) - 1, 0)
        passed = max(frame - self._frames[index], 0) if self._moves[index] else 0
        return self._moments[index] + passed

    def _note(self, frame: int, moment: int, *, moves: bool) -> None:
        keep = max(bisect_right(self._frames, frame - 1), 0)
        self._frames[keep:] = [frame]
        self._moments[keep:] = [moment]
        self._moves[keep:] = [moves]
