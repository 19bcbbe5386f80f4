"""A line of a session, heard in one voice, or in each voice of a language, one after the other.

Each is a session of its own, so that it sounds as in any other session.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from player import pipeline
from player.errors import UsageError
from player.live.playback import play_through
from player.pipeline import SessionRequest
from player.script.yaml.scalar_types import shown
from player.techniques.cue import Utterance

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from player.pipeline import Machine
    from player.voice.engine import Voice

LINES: Final = {
    "de": "Lassen Sie die Schultern sinken, und atmen Sie ruhig weiter.",
    "en": "Let your shoulders drop, and let your breath come and go by itself.",
    "es": "Deje caer los hombros, y respire con calma.",
    "fr": "Laissez tomber les épaules, et respirez calmement.",
    "hi": "अपने कंधों को ढीला छोड़ें, और आराम से साँस लें।",
    "it": "Lasci cadere le spalle, e respiri con calma.",
    "nl": "Laat uw schouders zakken, en adem rustig verder.",
    "pt": "Deixe os ombros caírem, e respire com calma.",
}
"""A line that any session might have, by the primary part of a language's tag."""
COUNT: Final = "1, 2, 3, 4."
"""For other languages: every voice reads numbers in its own."""


def chosen(machine: Machine, name: str, language: str | None) -> Mapping[str, Voice]:
    """The voice of this name, which may have a variant; or, without a name, every voice of a language.

    Raises
    ------
    UsageError
        If neither is given, or no voice speaks the language.
    VoiceError
        If there is no such voice.
    """
    if name:
        return {name: machine.engine.voice_of(Utterance(COUNT, voice=name))}
    if language is None:
        raise UsageError("--preview takes the name of a voice, or --language with it, for every voice of a language")
    wanted = language.replace("_", "-").lower()
    found = {voice.id: voice for voice in machine.engine.voices() if f"{voice.language}-".startswith(f"{wanted}-")}
    if not found:
        raise UsageError(f"there is no voice for the language {shown(language)}; `player voices` lists what there is")
    return found


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
    text = LINES.get(voice.language.partition("-")[0], COUNT)
    script = f"title: Preview\nsteps:\n  - say: {json.dumps(text, ensure_ascii=False)}\n"
    return SessionRequest("preview.yaml", voice=name, script=script)
