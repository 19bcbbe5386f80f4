"""From a request to a session that is ready to be heard, or to all of its problems."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, TypeAlias, get_args

from player.errors import MediaError, Problem, ScriptError, UsageError, VoiceError
from player.machine import Machine, remember_script
from player.pipeline import media, misfits, opening, translation
from player.pipeline.requested import RequestedSession, SessionRequest, as_requested
from player.script.pronunciation import phonemes
from player.script.session import Session
from player.techniques import TECHNIQUES
from player.techniques.cue import Elastic, Part, Recording, Slot, Speech, Utterance, pieces
from player.techniques.planning import MOST_PARTS, IntroVersion, plan
from player.timeline import course, fit, guiding, levels, lint, outlive
from player.timeline.layout import lay_out, utterances
from player.voice import own_takes
from player.voice.clips import speak_all
from player.voice.engine import UnknownVoiceError

if TYPE_CHECKING:
    from player.errors import Position
    from player.sound.bed import Bed
    from player.sound.recording import OpenRecording
    from player.techniques.guidance import Help
    from player.timeline.layout import Spoken
    from player.timeline.model import Timeline
    from player.voice.clips import Clip
    from player.voice.engine import Engine

Progress = Callable[[int, int], None]
"""Called with what is done and the total."""
MOST_VERSIONED: Final = 4 * MOST_PARTS
"""Parts and sounds of all versions of a session that `check` tries: those of a day of counted breaths, twice."""
_INTROS: Final[tuple[IntroVersion, ...]] = get_args(IntroVersion)
_INSTEAD: Final[dict[tuple[Help, Help], str]] = {
    ("count", "words"): "Not all of its breaths can be counted; those are guided in words.",
    ("count", "tones"): "Not all of its breaths can be counted, or have room for words; those are guided in tones.",
    ("words", "tones"): "Not all of its breaths have room for words; those are guided in tones.",
}
_Laid: TypeAlias = "tuple[Timeline, dict[Utterance, Clip], dict[Recording, OpenRecording]]"


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
    requested
        What it was made from: the request, and the script as it was read.
    less_help
        The breaths that cannot have the guidance that is asked for, and what they have in its place.
    """

    requested: RequestedSession
    timeline: Timeline
    clips: Mapping[Utterance, Clip]
    recordings: Mapping[Recording, OpenRecording]
    beds: Mapping[str, Bed]
    machine: Machine
    less_help: tuple[Problem, ...] = ()

    @property
    def request(self) -> SessionRequest:
        """The request that it was made from."""
        return self.requested.request

    @property
    def session(self) -> Session:
        """The session, with what the user changed."""
        return self.requested.session

    @property
    def takes(self) -> tuple[int, int]:
        """How many of its lines are heard from the user's own takes, and how many lines it has."""
        own = {own_takes.name(said.text) for said, clip in self.clips.items() if clip.is_own}
        return len(own), len({own_takes.name(said.text) for said in self.clips})

    def warnings(self, *, one_channel: bool = False) -> tuple[str, ...]:
        """What may be a nuisance in its backgrounds; ``one_channel`` is whether a file of one channel is made."""
        return opening.warnings(self.beds, one_channel=one_channel)

    @property
    def without_pitch(self) -> tuple[str, ...]:
        """The voices that keep their own pitch where the script asks for another: their drivers know no other."""
        engine = self.machine.engine
        spoken = (said for said, clip in self.clips.items() if not clip.is_own)
        kept = (said for said in spoken if engine.request(said).pitch != said.pitch)
        return tuple(dict.fromkeys(engine.voice_of(said).name for said in kept))

    @property
    def notes(self) -> tuple[str, ...]:
        """What the listener asks for and does not get, a sentence each."""
        return tuple(dict.fromkeys(each.text for each in self.less_help))

    def at_bed_level(self, bed_db: float | None) -> Prepared:
        """The same with this level of the background: see `levels.levelled`."""
        return replace(self, timeline=levels.levelled(self.timeline, bed_db, None))

    def followed_by(self, other: Prepared, at_ms: int) -> Prepared:
        """Up to the breath that begins at ``at_ms`` as it is, then as the same session with other guidance."""
        timeline = guiding.spliced(self.timeline, other.timeline, at_ms)
        return replace(other, timeline=timeline, clips={**self.clips, **other.clips})


def prepare(asked: SessionRequest | RequestedSession, machine: Machine, progress: Progress | None = None) -> Prepared:
    """Prepare a session: every utterance is spoken (or found in the store), every time decided, every bed opened.

    Raises
    ------
    PlayerError
        With all problems of the script, or with a voice or a file that is missing.
    """
    requested = as_requested(asked)
    request, session, parts = requested.request, requested.session, requested.parts
    beds, problems = media.beds(session, parts, request.background)
    opened: Mapping[str, Bed] = {}
    try:
        opened = opening.open_beds(beds, machine.store)  # first, as a voice may be loading meanwhile
    except ScriptError as error:
        problems += error.problems
    try:
        parts, (timeline, clips, recordings) = _guided(session, parts, request, machine, progress)
    except ScriptError as error:
        problems += error.problems
    if problems:
        raise ScriptError(problems, cause=misfits.cause(problems, requested, machine.engine))
    if clips and request.script is None:
        remember_script(requested.source.text, machine.store)
    less = {Problem(part.at, _INSTEAD[pair]) for part in parts if isinstance(part, Elastic) for pair in part.instead}
    return Prepared(requested, timeline, clips, recordings, opened, machine, tuple(sorted(less)))


def _must_have_voices(session: Session, flat: Iterable[Part], engine: Engine, *, others: bool) -> None:
    """A voice or language that the script names and nobody here speaks is a problem at its place.

    With ``others``, only those of steps that have their own.
    """
    whole = (session.language, session.voice.name)
    at = session.places.get("voice.name" if session.voice.name else "language")
    named = {} if at is None or others else {whole: at}
    for slot in (part for part in flat if isinstance(part, Slot)):
        for cue in slot.cues:
            if isinstance(cue, Speech) and isinstance(cue.said, Utterance):
                own = (cue.said.language, cue.said.voice)
                if own != whole:
                    named.setdefault(own, slot.at)
    problems: list[Problem] = []
    for (language, voice), place in named.items():
        try:
            engine.request(Utterance("a", language, voice))
        except UnknownVoiceError as error:
            problems.append(Problem(place, str(error)))
    if problems:
        raise ScriptError(problems)


def _guided(
    session: Session,
    parts: tuple[Part, ...],
    request: SessionRequest,
    machine: Machine,
    progress: Progress | None = None,
) -> tuple[tuple[Part, ...], _Laid]:
    """The parts as they are heard, and what `_laid` makes of them.

    Where the guidance that a listener asks for does not fit, as a number between two beats, breaths have less help.
    """
    while True:
        try:
            return parts, _laid(session, parts, request, machine, progress)
        except ScriptError as error:
            simpler = _with_less_help(parts, {problem.at for problem in error.problems})
            if simpler == parts:
                raise
            parts = simpler


def _with_less_help(parts: tuple[Part, ...], wrong: Collection[Position]) -> tuple[Part, ...]:
    """The parts, with less help in the breaths at these places, and in those that follow what is there.

    A word that begins too early is a problem of the speech before it.
    """
    simpler: list[Part] = []
    before: Position | None = None
    for part in parts:
        meant = isinstance(part, Elastic) and (part.at in wrong or before in wrong)
        simpler.append(part.less() if meant and isinstance(part, Elastic) and part.less else part)
        before = part.at if isinstance(part, Slot | Elastic) else before
    return tuple(simpler)


def _laid(
    session: Session,
    parts: tuple[Part, ...],
    request: SessionRequest,
    machine: Machine,
    progress: Progress | None = None,
) -> _Laid:
    """The timeline at the requested length and levels, and its clips and recordings.

    Another length is computed from the session's own, and may need words that the session's own does not.
    """
    flat = fit.settle(parts)
    recordings = opening.recordings(flat, machine.store)
    clips, timeline = _spoken(session, flat, recordings, request, machine, progress)
    if request.length_ms is not None:
        flat = fit.to_length(parts, timeline.total_ms, request.length_ms)
        clips, timeline = _spoken(session, flat, recordings, request, machine, progress)
    timeline = outlive.outlived(timeline, request.outlive_ms)
    return levels.levelled(timeline, request.bed_db, request.tones_db), clips, recordings


def _spoken(
    session: Session,
    flat: tuple[Part, ...],
    recordings: Mapping[Recording, OpenRecording],
    request: SessionRequest,
    machine: Machine,
    progress: Progress | None = None,
) -> tuple[dict[Utterance, Clip], Timeline]:
    flat = course.along(flat, session.voice)
    wanted = utterances(flat)
    own = opening.takes(request.takes, wanted, machine.store)
    spoken = [each for each in wanted if each not in own]
    if spoken:
        _must_have_voices(session, flat, machine.engine, others=request.voice is not None)
    clips = own | speak_all(spoken, machine.engine, machine.store, progress=progress)

    def clip_of(said: Utterance | Recording) -> Spoken:
        return recordings[said] if isinstance(said, Recording) else clips[said]

    return clips, lay_out(session, flat, clip_of, own)


def check(
    asked: SessionRequest | RequestedSession, machine: Machine, progress: Progress | None = None
) -> tuple[Timeline, tuple[Problem, ...]]:
    """Find every problem of a session without playing it; a good one's timeline, and warnings.

    It is checked in its own length: another length or a longer end in the request is ignored. Both versions of a
    introduction and every choice of a parameter are checked; what is wrong in several of them is told once. All
    problems are told with their lines, as whoever checks a script may change it.

    Raises
    ------
    PlayerError
        With all problems of the script, or the reason why they cannot be found.
    """
    found = _Findings(machine, progress)
    room = MOST_VERSIONED
    for requested in _by_choice(as_requested(asked).lasting(None, None)):
        timeline = found.add(requested)
        room -= len(timeline.cues) + len(timeline.slots) if timeline else 0
        if room < 0:
            found.problems.append(_too_many_versions(requested.session))
            break
        if _has_short(requested):
            heard = [cue.text for cue in timeline.cues] if timeline else []
            found.add(requested.told_as("short", requested.request.seed), heard)
    if found.problems:
        cause = misfits.cause(found.problems, as_requested(asked), machine.engine)
        raise ScriptError(found.problems, cause=cause and cause._replace(is_enough=False))
    return found.timelines[0], tuple(sorted(found.warnings))


def _too_many_versions(session: Session) -> Problem:
    text = f"with every choice of params, the session has more than {MOST_VERSIONED} parts and sounds; repeat less"
    return Problem(session.places["params"], text)


def _by_choice(requested: RequestedSession) -> Iterator[RequestedSession]:
    """The session as it is asked for, then with each other choice of a parameter."""
    yield requested
    try:
        session = requested.session
    except ScriptError:  # told already
        return
    for name, parameter in session.params.items():
        for choice in parameter.choices:
            if choice != session.values[name]:
                yield requested.choosing(name, choice)


def _has_short(requested: RequestedSession) -> bool:
    """Whether there is a short introduction that the request leaves open."""
    try:
        return requested.request.intro is None and requested.has_intro
    except ScriptError:  # told already
        return False


@dataclass
class _Findings:
    """What is wrong with the versions of a session, each thing once; the timelines are those of the good ones."""

    machine: Machine
    progress: Progress | None
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    timelines: list[Timeline] = field(default_factory=list)

    def add(self, requested: RequestedSession, known: Sequence[str] = ()) -> Timeline | None:
        """Check a version; ``known`` is what its listener has heard before. Returns its timeline if it is good."""
        try:
            ready = prepare(requested, self.machine, self.progress)
        except ScriptError as error:
            found = [*error.problems, *_misfits(error.rest, requested.request, self.machine)]
            self.problems += _at_new_places(found, self.problems)
            return None
        session = ready.session
        places = media.beds(session, requested.parts, requested.request.background)[0]
        heard = ((name, opening.warnings({name: bed})) for name, bed in ready.beds.items())
        warned = (
            *(Problem(at, text) for name, texts in heard if (at := places[name].at) for text in texts),
            *translation.warnings(session),
            *lint.warnings(session, requested.settled, ready.timeline, known),
            *_unpronounced(requested.settled, self.machine.engine),
            *_unpitched(ready),
            *ready.less_help,
        )
        self.warnings += _at_new_places(warned, self.warnings)
        self.timelines.append(ready.timeline)
        return ready.timeline


def _unpronounced(parts: Iterable[Part], engine: Engine) -> Iterator[Problem]:
    """Words whose pronunciation is given in phonemes, where the voice takes none: it reads them as they are written."""
    for slot in (part for part in parts if isinstance(part, Slot)):
        for cue in slot.cues:
            if not (isinstance(cue, Speech) and isinstance(cue.said, Utterance)):
                continue
            wanted = [(word, sounds) for word, said in cue.said.respelt if (sounds := phonemes(said))]
            read = engine.request(cue.said).text if wanted else ""
            for word, sounds in wanted:
                if sounds not in read:
                    remedy = f"give it a respelling in letters, 'pronounce: {{{word}: ...}}', or take another voice"
                    text = f"this voice takes no phonemes, and reads {word!r} as it is written; {remedy}"
                    yield Problem(slot.at, text)


def _unpitched(ready: Prepared) -> Iterator[Problem]:
    """The pitch, where a voice that speaks keeps its own."""
    if (voices := ready.without_pitch) and (at := ready.session.places.get("voice.pitch")):
        only = f"there is only one pitch for {' and '.join(voices)}, which keeps it; rate and level are as written"
        yield Problem(at, f"{only}. Voices of hibari and espeak have others")


def _at_new_places(found: Iterable[Problem], known: Sequence[Problem]) -> list[Problem]:
    """Those at other places than the known ones: in another version, one mistake may be told in other words."""
    places = {each.at for each in known}
    return [each for each in found if each.at not in places]


def _misfits(rest: object, request: SessionRequest, machine: Machine) -> Iterator[Problem]:
    """What does not fit in the good steps of a script; each step is checked by itself, as the others may be missing."""
    if not isinstance(rest, Session):
        return
    versions = _versions(rest)
    room = MOST_PARTS * len(versions)
    for alone in (replace(rest, steps=(step,)) for step in rest.steps):
        found: list[Problem] = []
        for intro in versions:
            room -= _size(alone, intro)
            if room < 0:
                return
            try:
                found += _alone(alone, intro, request, machine)
            except (VoiceError, MediaError, UsageError):
                return  # without the voice or the takes, this cannot be checked
        yield from dict.fromkeys(found)


def _versions(session: Session) -> tuple[IntroVersion, ...]:
    """The versions of an introduction, one where there is none; none if the steps are more than a session may have."""
    for intro in _INTROS:
        try:
            if not plan(session, TECHNIQUES, intro=intro).has_intro:
                return (intro,)
        except ScriptError as error:
            if error.rest is None:  # `plan` then tells nothing else
                return ()
    return _INTROS


def _size(session: Session, intro: IntroVersion) -> int:
    """How much a session unfolds to, or by how much it was found to be too much; 0 where it cannot be planned."""
    try:
        parts = plan(session, TECHNIQUES, intro=intro).parts
    except ScriptError:
        return 0
    try:
        return sum(map(pieces, fit.settle(parts)))
    except ScriptError:
        return fit.MOST_SLOTS


def _alone(session: Session, intro: IntroVersion, request: SessionRequest, machine: Machine) -> list[Problem]:
    """What does not fit in a session of one step, with this version of an introduction."""
    problems: list[Problem] = []
    try:
        parts = (Slot(session.steps[0].at, 1000), *plan(session, TECHNIQUES, intro=intro).parts)
        problems += media.beds(session, parts, request.background)[1]
        _laid(session, parts, request, machine)
    except ScriptError as error:
        return [*problems, *error.problems]
    return problems
