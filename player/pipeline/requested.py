"""What the user asks for: a request, and the session of its script, which is read and planned once.

The rule: nothing here is spoken or heard, so it tells only what a script alone decides. Whoever needs the script of a
command passes the same `RequestedSession` on (tests/pipeline/test_read_once.py).
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 (the diary's tests make requests of these hints)
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from player.pipeline import media
from player.script import library
from player.script.session import parse
from player.techniques import TECHNIQUES
from player.techniques.planning import IntroVersion, Plan, plan
from player.timeline import fit, outlive
from player.timeline.layout import nominal_ms

if TYPE_CHECKING:
    from player.script.library import Source
    from player.script.session import Session
    from player.techniques.cue import Part


@dataclass(frozen=True)
class SessionRequest:
    """A session, and how it differs from its script.

    ``length_ms`` is the length to come close to, and ``skip`` what to leave out, by short names. ``outlive_ms`` is how
    long the background goes on at the end. ``script`` is the text of a session without a file. ``takes`` is a folder
    with takes: lines that have one are heard from it, and not spoken. ``silent`` says that nothing is heard of it, so
    that it needs no loudspeaker. ``intro`` is the version of the welcome; None is the full one.
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
        request, source = self.request, self.source
        session = parse(source.text, str(source.path), TECHNIQUES, request.values)
        voice, background = session.voice, session.background
        voice = replace(voice, name=request.voice or voice.name, rate=request.rate or voice.rate)
        if request.background is not None:
            background = replace(background, sound=None if request.background == "none" else request.background)
        return replace(session, voice=voice, background=background)

    @cached_property
    def _plan(self) -> Plan:
        found = plan(self.session, TECHNIQUES, self.request.skip, self.request.intro or "full")
        return replace(found, parts=tuple(media.with_background(found.parts, self.request.background)))

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts of its steps, with what may still be stretched."""
        parts = self._plan.parts
        outlive.must_be_possible(self.session, parts, self.request.outlive_ms)
        return parts

    @property
    def included(self) -> tuple[Source, ...]:
        """The scripts that it includes, each once."""
        return self._plan.included

    @property
    def settled(self) -> tuple[Part, ...]:
        """The parts without a voice: at the requested length as far as the script alone decides it."""
        flat = fit.settle(self.parts)
        if self.request.length_ms is None:
            return flat
        return fit.to_length(self.parts, nominal_ms(flat)[0], self.request.length_ms)

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
        """The same session of another length: what was read and planned of it holds for every length."""
        other = RequestedSession(replace(self.request, length_ms=length_ms, outlive_ms=outlive_ms))
        vars(other).update((name, value) for name, value in vars(self).items() if name != "request")
        return other


def as_requested(asked: SessionRequest | RequestedSession) -> RequestedSession:
    """The session of a request, or the one that is read already."""
    return asked if isinstance(asked, RequestedSession) else RequestedSession(asked)
