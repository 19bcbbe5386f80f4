"""Breathing patterns: a typed pattern becomes the request of a session like any other.

The rule: nothing here is played or spoken.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from player.pipeline import SessionRequest
from player.pipeline.requested import asked_guidance
from player.script import library
from player.script.session import DEFAULT_LANGUAGE
from player.techniques import patterns
from player.timeline import fit, lint

if TYPE_CHECKING:
    from player.pipeline import Prepared
    from player.techniques.patterns import Help


def session_request(
    pattern: str,
    for_ms: int | None = None,
    help_: Help = "voice",
    *,
    voice: str | None = None,
    rate: int | None = None,
    background: str | None = None,
    guide: str | None = None,
    bed_db: float | None = None,
    tones_db: float | None = None,
    language: str = library.ORIGINAL,
    voice_language: str | None = None,
) -> SessionRequest:
    """The request of a session of this pattern; its name is the pattern in numbers.

    Its texts are those of ``language``, the tag of a language that has words. ``guide`` replaces what ``help_`` says;
    it, both levels and ``voice_language`` are as in `SessionRequest`.

    Raises
    ------
    UsageError
        If it is no pattern, or not for that long.
    """
    rhythm = patterns.rhythm(pattern)
    spoken = DEFAULT_LANGUAGE if language == library.ORIGINAL else language
    stages = asked_guidance(guide)
    text = patterns.script(rhythm, for_ms, help_, background or "none", guide=stages, language=spoken)
    name = f"breathe-{rhythm.name}.yaml"
    silent = help_ == "nothing"
    asked = SessionRequest(name, voice=voice, rate=rate, background=background, script=text, silent=silent)
    return replace(asked, voice_language=voice_language, guide=guide, bed_db=bed_db, tones_db=tones_db)


def cautions(ready: Prepared) -> tuple[str, ...]:
    """What is not suitable for everybody in a session of breathing, a sentence each."""
    return tuple(problem.text for problem in lint.of_breath(fit.settle(ready.requested.parts), ready.timeline))
