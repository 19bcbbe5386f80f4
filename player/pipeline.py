"""The pipeline: the one module that knows all stages, and what a command can ask for.

The rule: a session becomes a `Programme` first, with every problem found, every clip spoken and the true total known;
only then does a sound go anywhere. Live playing and export send the same blocks.
It knows no arguments and prints nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from player.errors import MediaError, Problem, ScriptError, UsageError
from player.script import library
from player.script.session import parse
from player.techniques import TECHNIQUES
from player.techniques.chimes import CHIMES
from player.techniques.cue import BedChange, Part, Utterance
from player.techniques.planning import plan
from player.timeline.layout import lay_out, nominal_ms, utterances
from player.units import timecode

if TYPE_CHECKING:
    from pydub import AudioSegment

    from player.script.session import Session
    from player.store import Store
    from player.timeline.model import Timeline
    from player.voice.clips import Clip
    from player.voice.engine import Engine, Voice

FIRST_BLOCK_MS: Final = 1000
"""Live, the first block is short, so that sound begins at once."""

Progress = Callable[[int, int], None]
"""Called with what is done and what there is to do."""


@dataclass(frozen=True)
class Request:
    """What a user asks for: a session, and what is to differ from its script."""

    session: str
    values: Mapping[str, str] = field(default_factory=dict)
    voice: str | None = None
    rate: int | None = None
    background: str | None = None


@dataclass(frozen=True)
class Machine:
    """What the program works with on this machine."""

    engine: Engine
    store: Store


@dataclass(frozen=True)
class Programme:
    """A session ready to be heard.

    Attributes
    ----------
    timeline
        When everything happens.
    clips
        Each utterance, spoken.
    sounds
        Each bed that the timeline names, and its file.
    """

    session: Session
    timeline: Timeline
    clips: Mapping[Utterance, Clip]
    sounds: Mapping[str, Path]
    machine: Machine


def this_machine() -> Machine:
    """The user's own: pyttsx3's voices and the store in the cache folder."""
    from player.store import Store  # noqa: PLC0415 (heavy imports stay with those who need them)
    from player.voice.pyttsx3_engine import Pyttsx3Engine  # noqa: PLC0415

    store = Store()
    return Machine(Pyttsx3Engine(store), store)


def load(request: Request) -> Session:
    """The session of a request, with what the user changed.

    Raises
    ------
    ScriptError
        With every problem of the script.
    UsageError
        If there is no such session.
    """
    source = library.find(request.session)
    session = parse(source.text, str(source.path), TECHNIQUES, request.values)
    voice = session.voice
    voice = replace(voice, name=request.voice or voice.name, rate=request.rate or voice.rate)
    background = session.background
    if request.background is not None:
        background = replace(background, sound=None if request.background == "none" else request.background)
    return replace(session, voice=voice, background=background)


def prepare(request: Request, machine: Machine, progress: Progress | None = None) -> Programme:
    """A programme: every utterance spoken (or found in the store), every moment decided, every file found.

    Raises
    ------
    PlayerError
        With what stands in the way: all problems of the script, a voice or a file that is not there.
    """
    from player.voice.clips import speak_all  # noqa: PLC0415 (numpy)

    session = load(request)
    parts = plan(session)
    sounds = _sounds(session, parts, request)
    clips = speak_all(utterances(parts), machine.engine, machine.store, progress=progress)
    timeline = lay_out(session, parts, clips.__getitem__)
    return Programme(session, timeline, clips, sounds, machine)


def _sounds(session: Session, parts: Iterable[Part], request: Request) -> dict[str, Path]:
    """The file of each bed; one named in the script lies beside it, one named by the user anywhere."""
    folder, asked = Path(session.path).parent, request.background
    named = {change.sound: change.at for change in parts if isinstance(change, BedChange) and change.sound}
    if session.background.sound and not asked:
        named.setdefault(session.background.sound, session.places.get("background.sound", session.steps[0].at))
    found, problems = {}, []
    for name, at in named.items():
        try:
            if name != "none":
                found[name] = library.sound_file(name, near=folder)
        except MediaError as error:
            problems.append(Problem(at, str(error)))
    if problems:
        raise ScriptError(problems)
    return found if asked in {None, "none"} else found | {asked: _users_own(asked)}


def _users_own(name: str) -> Path:
    path = Path(name).expanduser()
    return path if path.is_file() else library.sound_file(name, near=Path.cwd())


def blocks(programme: Programme, start_ms: int = 0, first_block_ms: int | None = None) -> Iterator[AudioSegment]:
    """The programme as sound, block after block; the one stream that is played and exported.

    Raises
    ------
    MediaError
        If a bed cannot be read.
    """
    from player.sound import bed, conform, mixdown, stem, tones  # noqa: PLC0415 (numpy and pydub)

    store = programme.machine.store
    gain_db = stem.gain_db(_spoken(programme), store)
    beds = {name: bed.open_bed(path, store) for name, path in programme.sounds.items()}

    def open_clip(utterance: Utterance) -> AudioSegment:
        clip = programme.clips[utterance]
        return conform.speech(clip.samples(), clip.rate, gain_db)

    return mixdown.blocks(
        programme.timeline,
        open_clip=open_clip,
        open_bed=beds.__getitem__,
        render_tone=tones.render,
        start_ms=start_ms,
        first_block_ms=first_block_ms,
    )


def _spoken(programme: Programme) -> list[Clip]:
    """Every clip as often as it is heard."""
    cues = programme.timeline.cues
    return [programme.clips[cue.sound] for cue in cues if isinstance(cue.sound, Utterance)]


def export(programme: Programme, target: Path, form: str, *, force: bool, progress: Progress | None = None) -> None:
    """The programme as a file, whole or not at all.

    Raises
    ------
    OutputError
        If the file is there already (without ``force``) or cannot be written.
    """
    from player.output.export import export_sink  # noqa: PLC0415 (encoders)
    from player.output.tags import Tags  # noqa: PLC0415

    session, timeline = programme.session, programme.timeline
    tags = Tags(
        session.title, session.summary, session.technique, session.language, timeline.sections, timeline.total_ms
    )
    with export_sink(target, form, tags=tags, force=force) as sink:
        done_ms = 0
        for block in blocks(programme):
            sink.write(block)
            done_ms += len(block)
            if progress:
                progress(done_ms, timeline.total_ms)


def refuse_overwriting(target: Path, *, force: bool) -> None:
    """Say early, before anything is spoken, that a file is in the way.

    Raises
    ------
    UsageError
        If it is there and ``force`` is not.
    """
    if target.exists() and not force:
        raise UsageError(f"{target} is there already; choose another name with -o, or overwrite it with --force")


def play(programme: Programme, start_ms: int = 0) -> None:
    """The programme through the loudspeaker, from ``start_ms`` to its end.

    Raises
    ------
    UsageError
        If it begins behind the end.
    DeviceError
        If there is no loudspeaker, or it is lost on the way.
    KeyboardInterrupt
        If the user ended it; the sound has faded by then.
    """
    from player.output.speaker import Speaker  # noqa: PLC0415 (only here is a loudspeaker needed)

    total_ms = programme.timeline.total_ms
    if start_ms >= total_ms:
        raise UsageError(f"the session ends at {timecode(total_ms)}, so it cannot begin at {timecode(start_ms)}")
    with Speaker(total_ms=total_ms, start_ms=start_ms) as speaker:
        for block in blocks(programme, start_ms, FIRST_BLOCK_MS):
            speaker.write(block)


def check(request: Request, machine: Machine, progress: Progress | None = None) -> Timeline:
    """Everything about a session that can be wrong, found without a sound; the timeline of a good one.

    Raises
    ------
    PlayerError
        With all problems of the script, or what stands in the way of finding them.
    """
    from player.sound import bed  # noqa: PLC0415 (numpy)

    programme = prepare(request, machine, progress)
    for path in programme.sounds.values():
        bed.open_bed(path, machine.store)
    return programme.timeline


@dataclass(frozen=True)
class Listed:
    """A session as a list shows it; ``exact`` is False where only the voice could tell its length."""

    name: str
    title: str
    technique: str
    length_ms: int
    exact: bool


def sessions() -> tuple[Listed, ...]:
    """The bundled sessions and the user's own; nothing is spoken, so a length may be an estimate.

    A script with problems is listed by its name alone: `check` tells what they are.
    """
    return tuple(_listed(name) for name in library.session_names())


def _listed(name: str) -> Listed:
    try:
        session = load(Request(name))
        parts = plan(session)
    except ScriptError:
        return Listed(name, "has problems: player check " + name, "", 0, exact=False)
    length, exact = nominal_ms(parts)
    return Listed(name, session.title, session.technique or "", length, exact)


def voices(machine: Machine, language: str | None = None) -> tuple[Voice, ...]:
    """The voices of a machine, or those of a language such as ``en`` or ``en-GB``."""
    wanted = (language or "").lower()
    found = machine.engine.voices()
    return tuple(voice for voice in found if f"{voice.language.lower()}-".startswith(f"{wanted}-" if wanted else ""))


def beds() -> tuple[str, ...]:
    """The bundled backgrounds."""
    return library.sounds()


def chimes() -> tuple[str, ...]:
    """The bells."""
    return tuple(CHIMES)
