"""From a session that is ready to its sound, block after block; playing and export send the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from player.sound import conform, mixdown, stem, tones
from player.sound.headroom import headroom
from player.sound.master import AS_PLAYED, Master
from player.techniques.cue import Recording, Utterance
from player.units import gain

if TYPE_CHECKING:
    from collections.abc import Generator

    from pydub import AudioSegment

    from player.pipeline.session import Prepared
    from player.sound.mixdown import Mix
    from player.sound.recording import Passages
    from player.voice.clips import Clip


def blocks(
    ready: Prepared, start_ms: int = 0, first_block_ms: int | None = None, *, master: Master = AS_PLAYED
) -> Generator[AudioSegment]:
    """The session as sound, block after block; the one stream that is played and exported.

    Parameters
    ----------
    master
        Another level for the whole, or only some of its layers.

    Raises
    ------
    StoreError
        If a clip has vanished from the store meanwhile.
    """
    layers = master.layers or mixdown.LAYERS
    mixed = mix(ready, master=master)
    return mixed.blocks(start_ms, first_block_ms=first_block_ms, layers=layers)


def mix(ready: Prepared, *, master: Master = AS_PLAYED) -> Mix:
    """The session as sound, of which any block can be read at any time, with the layers that are given for it."""
    beds, factor = dict(ready.beds), gain(master.gain_db)
    if master.one_channel:
        beds = {name: bed.for_one_loudspeaker() for name, bed in beds.items()}
    found = headroom(
        ready.timeline,
        bed_peak=lambda name: beds[name].peak * factor,
        tone_peak=lambda tone: tones.peak_at_most(tone) * factor,
        peak_db=master.peak_db,
    )
    whole_db = found.trim_db + master.gain_db
    gains_db = stem.gains_db(_heard(ready), ready.machine.store)

    def open_clip(said: Utterance | Recording) -> AudioSegment | Passages:
        if isinstance(said, Recording):
            return ready.recordings[said].passages(whole_db, found.ceiling_db)
        clip = ready.clips[said]
        level_db = gains_db[said] if clip.level_db is None else clip.level_db
        return conform.speech(clip.samples(), clip.rate, level_db + whole_db, found.ceiling_db)

    return mixdown.Mix(
        ready.timeline,
        open_clip=open_clip,
        open_bed=beds.__getitem__,
        render_tone=tones.render,
        trim_db=whole_db,
    )


def _heard(ready: Prepared) -> list[Clip]:
    """Every clip as often as it is heard, without own takes, which have levels of their own, as recordings have."""
    heard = [ready.clips[cue.sound] for cue in ready.timeline.cues if isinstance(cue.sound, Utterance)]
    return [clip for clip in heard if not clip.is_own]
