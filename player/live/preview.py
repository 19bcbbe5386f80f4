"""A background or a bell, heard by itself.

It is made like a session, from a timeline through the mixdown to the loudspeaker, with nothing spoken. Only a
background is louder here than behind a voice, because without a voice nobody would turn the volume up.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from player.errors import UsageError, printable
from player.live.device.device import OutputDevice
from player.live.playback import play_through
from player.script import library
from player.script.yaml.scalar_types import shown
from player.script.yaml.suggestions import did_you_mean
from player.sound import tones
from player.sound.bed import open_bed
from player.sound.headroom import headroom
from player.sound.mixdown import Mix
from player.storage.folders import expanded
from player.storage.store import Store
from player.techniques.cue import Tone
from player.techniques.sounds import CHIMES
from player.timeline.model import BedState, Cue, Timeline
from player.units import timecode

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.live.controls.inbox import Inbox

LENGTH_MS: Final = 20_000
"""Length of a background's preview; a bell has its own length."""
FADE_IN_MS: Final = 1000
FADE_OUT_MS: Final = 3000
LEVEL_DB: Final = -8.0
"""Level of a background and of a bell, relative to the voice of a session."""
_AFTER_MS: Final = 500
_SILENCE_MS: Final = 50


def preview(name: str, *, announce: Callable[[str], None]) -> None:
    """Play a bundled background, a bell, or a sound file.

    Parameters
    ----------
    announce
        Called with name and length before the sound is made, which takes a while for a large file.

    Raises
    ------
    UsageError
        If there is nothing of that name.
    MediaError, StoreError
        If the file cannot be read or made into a background.
    DeviceError
        If there is no loudspeaker, or it is lost.
    KeyboardInterrupt
        If the user pressed Ctrl-C; the sound has faded by then.
    """
    path = None if name in CHIMES else _file(name)
    timeline = _ringing(name) if path is None else _lasting(name)
    announce(f"{printable(name)}, {timecode(timeline.total_ms)}")
    play_through(timeline, _mix(timeline, path))


def ring(chime: str, level_db: float = LEVEL_DB, inbox: Inbox | None = None) -> None:
    """Ring a bell to its end; ``level_db`` is relative to the voice. At a `Control.QUIT` in ``inbox`` it fades out.

    Raises
    ------
    DeviceError
        If there is no loudspeaker, or it is lost on the way.
    """
    timeline = _ringing(chime, level_db)
    play_through(timeline, _mix(timeline), inbox)


def try_out(kind: str) -> None:
    """Play a moment of silence through a loudspeaker library.

    Raises
    ------
    DeviceError
        If the library finds no loudspeaker.
    """
    timeline = Timeline("silence", _SILENCE_MS, (), (), (), (BedState(0, 0, None, LEVEL_DB, LEVEL_DB),))
    play_through(timeline, _mix(timeline), open_device=partial(OutputDevice, kind=kind))


def _file(name: str) -> Path:
    own, bundled = expanded(name), library.sounds()
    if name in bundled and not own.is_file():
        return library.sound_file(name, near=Path.cwd())
    if own.is_file():
        return own
    near = did_you_mean(name, (*bundled, *CHIMES))
    text = f"there is no background, chime or sound file {shown(name)}"
    raise UsageError(f"{text}; {near + ' ' if near else ''}`player sounds` lists what there is")


def _lasting(name: str) -> Timeline:
    beds = (BedState(0, 0, name, LEVEL_DB, LEVEL_DB),)
    return Timeline(name, LENGTH_MS, (), (), (), beds, fade_in_ms=FADE_IN_MS, fade_out_ms=FADE_OUT_MS)


def _ringing(name: str, level_db: float = LEVEL_DB) -> Timeline:
    length_ms = CHIMES[name]
    cue = Cue(0, length_ms, 0, length_ms, "chime", Tone(name, length_ms, level_db))
    return Timeline(name, length_ms + _AFTER_MS, (), (cue,), (), (BedState(0, 0, None, LEVEL_DB, LEVEL_DB),))


def _mix(timeline: Timeline, path: Path | None = None) -> Mix:
    """The sound; errors of the file at ``path`` come here, before the loudspeaker is opened."""
    beds = {timeline.title: open_bed(path, Store())} if path else {}
    room = headroom(timeline, bed_peak=lambda name: beds[name].peak, tone_peak=tones.peak_at_most)
    return Mix(
        timeline,
        open_clip=lambda sound: {}[sound],  # nothing is spoken
        open_bed=beds.__getitem__,
        render_tone=tones.render,
        trim_db=room.trim_db,
    )
