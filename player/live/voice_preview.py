"""A line of a session, heard in one voice, or in each voice of a language, one after the other.

Each is a session of its own, so that it sounds as in any other session.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from player import pipeline
from player.errors import UsageError
from player.live.playback import play_through
from player.pipeline import SessionRequest, catalogue
from player.script.languages import words_for
from player.techniques.cue import Utterance

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from player.pipeline import Machine
    from player.voice.engine import Voice

COUNT: Final = "1, 2, 3, 4."
"""For languages without words: every voice reads numbers in its own."""


def chosen(machine: Machine, name: str, language: str | None) -> Mapping[str, Voice]:
    """The voice of this name, which may have a variant; or, without a name, every voice of a language.

    Raises
    ------
    UsageError
        If neither is given.
    VoiceError
        If there is no such voice, or none speaks the language.
    """
    if name:
        return {name: machine.engine.voice_of(Utterance(COUNT, voice=name))}
    if language is None:
        raise UsageError("--preview takes the name of a voice, or --language with it, for every voice of a language")
    return {voice.id: voice for voice in catalogue.voices(machine, language)}


def preview(voices: Mapping[str, Voice], machine: Machine, *, announce: Callable[[str], None]) -> None:
    """Play the line in each voice.

    Parameters
    ----------
    voices
        Each by the name that a script would give it.
    announce
        Called with the name and details of each voice, before it is heard.

    Raises
    ------
    PlayerError
        If a voice cannot speak, or there is no loudspeaker.
    KeyboardInterrupt
        If the user pressed Ctrl-C; the sound has faded by then.
    """
    for name, voice in voices.items():
        ready = pipeline.prepare(_request(name, voice), machine)
        announce(f"{name}  {', '.join(filter(None, (voice.name, voice.quality, voice.licence)))}")
        play_through(ready.timeline, pipeline.mix(ready))


def _request(name: str, voice: Voice) -> SessionRequest:
    words = words_for(voice.language)
    text = json.dumps(words.preview if words else COUNT, ensure_ascii=False)
    script = f"title: Preview\nsteps:\n  - say: {text}\n"
    return SessionRequest("preview.yaml", voice=name, script=script)
