"""The master: level, peak and layers of a whole session, where they differ from playing.

The rule: one gain for voice, tones and background, so that their levels to each other stay. Pure numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from player.sound.mixdown import Layer

PEAK_DB: Final = -1.5
"""Of the programme, dBFS: EBU R128 asks for -1 dBTP, and MP3 encoding adds up to half a dB."""


@dataclass(frozen=True)
class Master:
    """A level for the whole, or only some of its layers.

    Attributes
    ----------
    gain_db
        For everything. Where the sum would pass the peak, the voice's rarest peaks are limited first; if that is not
        enough, everything is lowered.
    peak_db
        Highest sample, dBFS.
    layers
        The layers that are heard; empty is all. Levels are those of the whole, so the layers add up to it.
    one_channel
        Whether the mean of both sides will be heard, so that a background whose sides would cancel gives one of them.
    """

    gain_db: float = 0.0
    peak_db: float = PEAK_DB
    layers: tuple[Layer, ...] = ()
    one_channel: bool = False

    def made_up_for(self, lost_db: float) -> Master:
        """The same for an encoder that makes everything so much softer, peaks and all."""
        return replace(self, gain_db=self.gain_db + lost_db, peak_db=self.peak_db + lost_db)


AS_PLAYED: Final = Master()
