"""What the user asks for: a request, and the session of its script, which is read and planned once.

The rule: nothing here is spoken or heard, so it tells only what a script alone decides. Whoever needs the script of a
command passes the same `RequestedSession` on (tests/pipeline/test_read_once.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 (the diary's tests make requests of these hints)
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from player.errors import ScriptError, UsageError
from player.pipeline import media, translation
from player.script import library, regions, tags
from player.script.languages import own_pronunciations
from player.script.session import parse
from player.techniques import TECHNIQUES, guidance
from player.techniques.planning import IntroVersion, Plan, plan
from player.techniques.words import GIVEN, given_words
from player.timeline import fit, outlive
from player.timeline.layout import nominal_ms

if TYPE_CHECKING:
    from player.script.library import Source
    from player.script.regions import HelpNumbers
    from player.script.session import Session
    from player.techniques.cue import Part
    from player.techniques.guidance import GuidanceStage

_CALLS: Final = re.compile(r"\$(?:\{\s*)?(?:emergency|crisis_line)\b")
_TELLS: Final = re.compile(rf"\$(?:\{{\s*)?(?:{'|'.join(GIVEN)})\b")


@dataclass(frozen=True)
class SessionRequest:
    """A session, and how it differs from its script.

    ``rate`` is the rate at the beginning, where the script's changes. ``length_ms`` is the length to come close to, and
    ``skip`` what to leave out, by short names. ``outlive_ms`` is how long the background goes on at the end. ``script``
    is the text of a session without a file. ``takes`` is a folder with takes: lines that have one are heard from it,
    and not spoken. ``silent`` says that nothing is heard of it, so that it needs no loudspeaker. ``intro`` is the
    version of the introduction; None is the full one. ``seed`` draws the order of what is shuffled; None is 0.
    ``region`` is the code of the country that the listener is in, as far as that is known: see `regions`.
    ``voice_language`` is the language of a voice that is wanted only where it speaks that of the session; None is a
    voice for any. ``guide`` is how breaths are guided, such as ``words 4, tones``; None is as the script says.
    ``bed_db`` and ``tones_db`` are levels relative to the voice: see `timeline.levels`.
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
    intro: IntroVersion | None = None
    seed: int | None = None
    region: str | None = None
    voice_language: str | None = None
    guide: str | None = None
    bed_db: float | None = None
    tones_db: float | None = None


@dataclass(frozen=True)
class RequestedSession:
    """The session of a request: found, read and planned when it is first asked for that, and never again.

    Every property may raise `ScriptError` with the problems of the script, or `UsageError` if there is no such session
    or an option does not fit it.
    """

    request: SessionRequest

    @cached_property
    def source(self) -> Source:
        """The script's text, and where it is."""
        return library.find(self.request.session, self.request.script)

    @cached_property
    def session(self) -> Session:
        """The session, with what the user changed."""
        return translation.with_notice(self._told[0] if _tells(self.source) else self._draft)

    @property
    def has_intro(self) -> bool:
        """Whether it has an introduction in two versions."""
        return self._told[1].has_intro

    @property
    def is_shuffled(self) -> bool:
        """Whether the order of something in it depends on the seed."""
        return self._told[1].is_shuffled

    @property
    def _draft(self) -> Session:
        """The session before it is known what the program says in its texts: the language and the length decide it."""
        if isinstance(self._first_read, ScriptError):
            raise self._first_read
        return self._first_read

    @cached_property
    def _first_read(self) -> Session | ScriptError:
        """The draft, or its problems: a script that has some is not read again by each who asks."""
        try:
            return self._parsed(given_words("en", 0))
        except ScriptError as error:
            return error

    @cached_property
    def _told(self) -> tuple[Session, Plan]:
        """The session and its plan, with all that the program says in its texts."""
        session = self._draft
        found = self._planned(session)
        if not _tells(self.source, *found.included):
            return session, found
        session = self._as_told(session.language, nominal_ms(self._lasting(found.parts))[0], self._region(found))
        return session, self._planned(session)

    @property
    def region(self) -> HelpNumbers | None:
        """The country whose numbers its texts tell; None where they tell none, or the country is not known."""
        return self._region(self._told[1])

    def _region(self, found: Plan) -> HelpNumbers | None:
        code = self.request.region
        calls = any(_CALLS.search(each.text) for each in (self.source, *found.included))
        return regions.of(code) if code and calls and code in library.regions() else None

    def _as_told(self, language: str, length_ms: int, region: HelpNumbers | None) -> Session:
        """The session with what the program says in its texts: numbers are words in speech, and figures on a screen."""
        session = self._parsed(given_words(language, length_ms, region))
        if region is None:
            return session
        shown = self._parsed(given_words(language, length_ms, region, in_figures=True))
        return replace(session, summary=shown.summary, safety=shown.safety)

    def _parsed(self, given: Mapping[str, str]) -> Session:
        request, source = self.request, self.source
        session = parse(source.text, str(source.path), TECHNIQUES, request.values, given=given)
        voice, background = session.voice, session.background
        asked = request.voice if _is_for(request.voice_language, session.language) else None
        voice = replace(voice, name=asked or voice.name)
        voice = voice.at_rate(request.rate) if request.rate else voice
        if request.background is not None:
            background = replace(background, sound=None if request.background == "none" else request.background)
        pronounce = own_pronunciations(session.language) | {**session.pronounce}
        return replace(session, voice=voice, background=background, pronounce=pronounce)

    def _planned(self, session: Session) -> Plan:
        request = self.request
        guide = asked_guidance(request.guide)
        found = plan(session, TECHNIQUES, request.skip, _version(request), request.seed or 0, guide)
        return replace(found, parts=tuple(media.with_background(found.parts, self.request.background)))

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts of its steps, with what may still be stretched."""
        parts = self._told[1].parts
        outlive.must_be_possible(self.session, parts, self.request.outlive_ms)
        return parts

    @property
    def offered(self) -> tuple[str, ...]:
        """The short names of what can be left out of it."""
        return self._told[1].offered

    @property
    def included(self) -> tuple[Source, ...]:
        """The scripts that it includes, each once."""
        return self._told[1].included

    @property
    def settled(self) -> tuple[Part, ...]:
        """The parts without a voice: at the requested length as far as the script alone decides it."""
        return self._lasting(self.parts)

    def _lasting(self, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        flat = fit.settle(parts)
        if self.request.length_ms is None:
            return flat
        return fit.to_length(parts, nominal_ms(flat)[0], self.request.length_ms)

    @property
    def nominal_ms(self) -> tuple[int, bool]:
        """Its own length as far as the script says it, and whether that is exact."""
        return nominal_ms(fit.settle(self.parts))

    @property
    def known_ms(self) -> int | None:
        """The total, if it is known without a voice: then every step has its own time. Otherwise None."""
        request, (total_ms, exact) = self.request, self.nominal_ms
        if exact and request.length_ms is not None:
            total_ms, exact = nominal_ms(fit.to_length(self.parts, total_ms, request.length_ms))
        return total_ms + (request.outlive_ms or 0) if exact else None

    def lasting(self, length_ms: int | None, outlive_ms: int | None) -> RequestedSession:
        """The same session of another length."""
        return self._changed(replace(self.request, length_ms=length_ms, outlive_ms=outlive_ms))

    def told_as(self, intro: IntroVersion | None, seed: int | None) -> RequestedSession:
        """The same session with this version of its introduction, and in the order that this seed draws."""
        return self._changed(replace(self.request, intro=intro, seed=seed))

    def guided(self, guide: str | None) -> RequestedSession:
        """The same session with this guidance of its breaths; every time in it is the same."""
        return self._changed(replace(self.request, guide=guide))

    def choosing(self, name: str, value: str) -> RequestedSession:
        """The same session with this value of a parameter."""
        other = RequestedSession(replace(self.request, values={**self.request.values, name: value}))
        vars(other)["source"] = self.source
        return other

    def _changed(self, request: SessionRequest) -> RequestedSession:
        """The same script, asked for otherwise; of what was read and planned, what still holds is kept."""
        other, known = RequestedSession(request), vars(self)
        kept = ("source", "_first_read", "session", "_told") if self._holds_for(request) else ("source", "_first_read")
        vars(other).update((name, known[name]) for name in kept if name in known)
        return other

    def _holds_for(self, request: SessionRequest) -> bool:
        """Whether the plan is the same for another length, version, seed or guidance."""
        if "_told" not in vars(self):
            return False
        mine, found = self.request, self._told[1]
        return (
            request.guide == mine.guide
            and (request.length_ms == mine.length_ms or not _tells(self.source, *found.included))
            and (_version(request) == _version(mine) or not found.has_intro)
            and ((request.seed or 0) == (mine.seed or 0) or not found.is_shuffled)
        )


def _tells(*sources: Source) -> bool:
    """Whether the program says something in the texts of these scripts."""
    return any(_TELLS.search(each.text) for each in sources)


def _is_for(voice_language: str | None, language: str) -> bool:
    """Whether a voice of this language is wanted in a session of that one, of whatever country."""
    return voice_language is None or tags.speaks(voice_language, language.partition("-")[0])


def _version(request: SessionRequest) -> IntroVersion:
    return request.intro or "full"


def asked_guidance(text: str | None) -> tuple[GuidanceStage, ...]:
    """The guidance that a listener asks for; nothing for None.

    Raises
    ------
    UsageError
        If it is none.
    """
    try:
        return () if text is None else guidance.stages(text)
    except ValueError as error:
        raise UsageError(f"--guide {error}") from None


def as_requested(asked: SessionRequest | RequestedSession) -> RequestedSession:
    """The session of a request, or the one that is read already."""
    return asked if isinstance(asked, RequestedSession) else RequestedSession(asked)
