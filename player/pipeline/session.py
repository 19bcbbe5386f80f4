"""From a request to a session that is ready, and from that to sound, block after block."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from player.errors import MediaError, Problem, ScriptError, UsageError, VoiceError
from player.machine import (
    Machine,
    remember_script,
)
from player.pipeline import media
from player.script import library
from player.script.session import Session, parse
from player.sound.master import AS_PLAYED, Master
from player.techniques import TECHNIQUES
from player.techniques.cue import Part, Recording, Slot, Utterance
from player.techniques.planning import plan
from player.timeline import fit, outlive
from player.timeline.layout import lay_out, nominal_ms, utterances
from player.units import gain
from player.voice import own_takes
from player.voice.engine import UnknownVoiceError

if TYPE_CHECKING:
    from pydub import AudioSegment

    from player.sound.bed import Bed
    from player.sound.mixdown import Mix
    from player.sound.recording import OpenRecording, Passages
    from player.timeline.layout import Spoken
    from player.timeline.model import Timeline
    from player.voice.clips import Clip
    from player.voice.engine import Engine

Progress = Callable[[int, int], None]
"""Called with what is done and the total."""


@dataclass(frozen=True)
class SessionRequest:
    """A session, and how it differs from its script.

    ``length_ms`` is the length to come close to, and ``skip`` what to leave out, by short names. ``outlive_ms`` is how
    long the background goes on at the end. ``script`` is the text of a session without a file. ``takes`` is a folder
    with takes: lines that have one are heard from it, and not spoken. ``silent`` says that nothing is heard of it, so
    that it needs no loudspeaker.
    """

    session: str
    values: Mapping[str, str] = field(default_factory=dict)
    voice: str | None = None
    rate: int | None = None
    background: str | None = None
    length_ms: int | None = None
    skip: tuple[str, ...] = ()
    outlive_ms: int | None = None
    script: str | None = None
    takes: str | None = None
    silent: bool = False


@dataclass(frozen=True)
class Prepared:
    """A session ready to be heard.

    Attributes
    ----------
    timeline
        When everything happens.
    clips
        Each utterance, spoken.
    recordings
        Each recording, open.
    beds
        Each bed that the timeline names, open.
    request
        The request that it was made from.
    """

    session: Session
    timeline: Timeline
    clips: Mapping[Utterance, Clip]
    recordings: Mapping[Recording, OpenRecording]
    beds: Mapping[str, Bed]
    machine: Machine
    request: SessionRequest

    @property
    def takes(self) -> tuple[int, int]:
        """How many of its lines are heard from the user's own takes, and how many lines it has."""
        own = {own_takes.name(said.text) for said, clip in self.clips.items() if clip.is_own}
        return len(own), len({own_takes.name(said.text) for said in self.clips})


def load(request: SessionRequest) -> Session:
    """The session of a request, with what the user changed.

    Raises
    ------
    ScriptError
        With every problem of the script.
    UsageError
        If there is no such session.
    """
    source = library.find(request.session, request.script)
    session = parse(source.text, str(source.path), TECHNIQUES, request.values)
    voice = session.voice
    voice = replace(voice, name=request.voice or voice.name, rate=request.rate or voice.rate)
    background = session.background
    if request.background is not None:
        background = replace(background, sound=None if request.background == "none" else request.background)
    return replace(session, voice=voice, background=background)


def settled(request: SessionRequest) -> tuple[Session, tuple[Part, ...]]:
    """A session and its parts, without a voice: at the requested length as far as the script alone decides it.

    Raises
    ------
    ScriptError
        With every problem of the script.
    UsageError
        If there is no such session, or an option does not fit it.
    """
    session = load(request)
    parts = _planned(session, request)
    flat = fit.settle(parts)
    if request.length_ms is not None:
        flat = fit.to_length(parts, nominal_ms(flat)[0], request.length_ms)
    return session, flat


def known_length(request: SessionRequest) -> int | None:
    """The total in ms, if it is known without a voice: then every step has its own time. Otherwise None."""
    parts = _planned(load(request), request)
    total_ms, exact = nominal_ms(fit.settle(parts))
    if exact and request.length_ms is not None:
        total_ms, exact = nominal_ms(fit.to_length(parts, total_ms, request.length_ms))
    return total_ms + (request.outlive_ms or 0) if exact else None


def prepare(request: SessionRequest, machine: Machine, progress: Progress | None = None) -> Prepared:
    """Prepare a session: every utterance is spoken (or found in the store), every time decided, every bed opened.

    Raises
    ------
    PlayerError
        With all problems of the script, or with a voice or a file that is missing.
    """
    session = load(request)
    parts = _planned(session, request)
    beds, problems = media.beds(session, parts, request.background)
    opened = {} if problems else media.open_beds(beds, machine.store)  # meanwhile, a voice may be loading
    try:
        timeline, clips, recordings = _laid(session, parts, request, machine, progress)
    except ScriptError as error:
        problems += error.problems
    if problems:
        raise ScriptError(problems)
    if clips and request.script is None:
        remember_script(library.find(request.session).text, machine.store)
    return Prepared(session, timeline, clips, recordings, opened, machine, request)


def _must_have_voice(session: Session, engine: Engine) -> None:
    """A voice or language that the script names and nobody here speaks is a problem at its place."""
    at = session.places.get("voice.name" if session.voice.name else "language")
    if at is None:
        return
    try:
        engine.request(Utterance("a", session.language, session.voice.name))
    except UnknownVoiceError as error:
        raise ScriptError([Problem(at, str(error))]) from error


def _planned(session: Session, request: SessionRequest) -> tuple[Part, ...]:
    parts = tuple(media.with_background(plan(session, TECHNIQUES, request.skip), request.background))
    outlive.must_be_possible(session, parts, request.outlive_ms)
    return parts


def _laid(
    session: Session,
    parts: tuple[Part, ...],
    request: SessionRequest,
    machine: Machine,
    progress: Progress | None = None,
) -> tuple[Timeline, dict[Utterance, Clip], dict[Recording, OpenRecording]]:
    """The timeline at the requested length, and its clips and recordings.

    Another length is computed from the session's own, and may need words that the session's own does not.
    """
    flat = fit.settle(parts)
    recordings = media.recordings(flat, machine.store)
    clips, timeline = _spoken(session, flat, recordings, request, machine, progress)
    if request.length_ms is not None:
        flat = fit.to_length(parts, timeline.total_ms, request.length_ms)
        clips, timeline = _spoken(session, flat, recordings, request, machine, progress)
    return outlive.outlived(timeline, request.outlive_ms), clips, recordings


def _spoken(
    session: Session,
    flat: tuple[Part, ...],
    recordings: Mapping[Recording, OpenRecording],
    request: SessionRequest,
    machine: Machine,
    progress: Progress | None = None,
) -> tuple[dict[Utterance, Clip], Timeline]:
    wanted = utterances(flat)
    own = media.takes(request.takes, wanted, machine.store)
    spoken = [each for each in wanted if each not in own]
    if spoken and request.voice is None:
        _must_have_voice(session, machine.engine)
    from player.voice.clips import speak_all  # noqa: PLC0415 (numpy: not before the voice has been asked)

    clips = own | speak_all(spoken, machine.engine, machine.store, progress=progress)

    def clip_of(said: Utterance | Recording) -> Spoken:
        return recordings[said] if isinstance(said, Recording) else clips[said]

    return clips, lay_out(session, flat, clip_of, own)


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
    from player.sound import mixdown  # noqa: PLC0415 (pydub)

    layers = master.layers or mixdown.LAYERS
    mixed = mix(ready, master=master)
    return mixed.blocks(start_ms, first_block_ms=first_block_ms, layers=layers)


def mix(ready: Prepared, *, master: Master = AS_PLAYED) -> Mix:
    """The session as sound, of which any block can be read at any time, with the layers that are given for it."""
    from player.sound import conform, mixdown, stem, tones  # noqa: PLC0415 (pydub)
    from player.sound.headroom import headroom  # noqa: PLC0415

    beds, factor = ready.beds, gain(master.gain_db)
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


def check(
    request: SessionRequest, machine: Machine, progress: Progress | None = None
) -> tuple[Timeline, tuple[Problem, ...]]:
    """Find every problem of a session without playing it; a good one's timeline, and warnings.

    It is checked in its own length: another length or a longer end in the request is ignored.

    Raises
    ------
    PlayerError
        With all problems of the script, or the reason why they cannot be found.
    """
    from player.timeline import lint  # noqa: PLC0415 (only here)

    request = replace(request, length_ms=None, outlive_ms=None)
    try:
        ready = prepare(request, machine, progress)
    except ScriptError as error:
        raise ScriptError([*error.problems, *_misfits(error.rest, request, machine)]) from None
    flat = fit.settle(_planned(ready.session, request))
    return ready.timeline, lint.warnings(ready.session, flat, ready.timeline)


def _misfits(rest: object, request: SessionRequest, machine: Machine) -> Iterator[Problem]:
    """What does not fit in the good steps of a script; each step is checked by itself, as the others may be missing."""
    if not isinstance(rest, Session):
        return
    for alone in (replace(rest, steps=(step,)) for step in rest.steps):
        try:
            parts = (Slot(alone.steps[0].at, 1000), *plan(alone, TECHNIQUES))
            yield from media.beds(alone, parts, request.background)[1]
            _laid(alone, parts, request, machine)
        except ScriptError as error:
            yield from error.problems
        except (VoiceError, MediaError, UsageError):
            return  # without the voice or the takes, this cannot be checked
