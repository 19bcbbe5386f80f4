"""Why speech does not fit where the listener can change that: a voice of another language, or a slow rate.

The rule: a bundled script fits as it is, so what is asked for is the cause, and nobody is sent to mend lines of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from player.errors import Cause, PlayerError
from player.pipeline.requested import RequestedSession
from player.script import library, tags
from player.script.languages import words_for
from player.techniques.cue import Utterance

if TYPE_CHECKING:
    from collections.abc import Iterable

    from player.errors import Problem
    from player.voice.engine import Engine, Voice


def cause(problems: Iterable[Problem], requested: RequestedSession, engine: Engine) -> Cause | None:
    """Why speech does not fit; None if all of it does, or the author alone can tell."""
    if not any(problem.about for problem in problems):
        return None
    try:
        session, is_own = requested.session, requested.source.own
        voice = engine.voice_of(Utterance("a", session.language, session.voice.name))
    except PlayerError:
        return None  # that is told already
    is_asked_for = requested.request.voice is not None and session.voice.name == requested.request.voice
    found = _of_language(str(session.voice.name), voice, session.language) if is_asked_for else None
    if is_own:
        return found
    name = session.voice.name or voice.id
    found = found or _of_rate(requested) or _of_voice(requested.request.session, name, is_asked_for)
    return found._replace(
        is_enough=requested.request.takes is None
    )  # one's own takes can be spoken again, line by line


def _of_language(name: str, voice: Voice, language: str) -> Cause | None:
    primary = language.partition("-")[0]
    if not voice.language or tags.speaks(voice.language, primary):
        return None
    ours = _in_english(language)
    theirs = _in_english(voice.language) or f"another language ({voice.language})"
    text = f"{name} speaks {theirs}, and this session is {ours or f'in {language}'}"
    article = "an" if ours[:1] in "AEIOU" else "a"
    wanted = f"{article} {ours} voice" if ours else "a voice for it"
    return Cause("voice", text, f"choose {wanted} (`player voices --language {primary}` lists them)")


def _of_rate(requested: RequestedSession) -> Cause | None:
    rate = requested.request.rate
    own = RequestedSession(replace(requested.request, rate=None)).session.voice.rates[0]
    if rate is None or rate >= own:
        return None
    text = f"{requested.request.session} does not fit at {rate} words a minute"
    return Cause("rate", text, f"choose a faster one; its own is {own}")


def _of_voice(session: str, name: str, is_asked_for: bool) -> Cause:  # noqa: FBT001 (what `cause` found)
    text = f"{session} does not fit when {name} speaks it"
    if is_asked_for:
        return Cause("voice", text, "choose another voice, or a faster rate with --rate")
    return Cause("", text, "choose another voice with --voice, or a faster rate with --rate")


def _in_english(tag: str) -> str:
    """The English name of a language that has words here; of another one, nothing."""
    primary = tag.partition("-")[0].lower()
    known = next((each for each in library.languages() if each.partition("-")[0].lower() == primary), None)
    words = words_for(known) if known else None
    return words.english.partition(" (")[0] if words else ""
