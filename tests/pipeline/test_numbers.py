"""The numbers of every country fit into every bundled session that tells them, with the real voices."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from player.errors import VoiceError
from player.pipeline import RequestedSession, SessionRequest
from player.script import library, regions
from player.storage.store import Store
from player.techniques.cue import Recording, Slot, Utterance
from player.timeline.layout import lay_out, utterances
from player.voice.clips import Clip, speak_all
from player.voice.pyttsx3_engine import Pyttsx3Engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


@cache
def asked(name: str, code: str | None, voice: str | None = None) -> RequestedSession:
    return RequestedSession(SessionRequest(name, region=code, voice=voice))


def syllables(code: str) -> int:
    """How long its crisis line takes to say: a figure is a syllable, zero and seven are two."""
    line = regions.of(code).crisis_line
    return sum(1 + (digit in "07") for digit in line.number if digit.isdigit()) if line else 0


def slots_with_numbers(name: str, code: str, voice: str | None = None) -> list[Slot]:
    """The slots that are spoken otherwise than where the country is not known."""
    both = zip(asked(name, code, voice).settled, asked(name, None, voice).settled, strict=True)
    return [here for here, general in both if isinstance(here, Slot) and here != general]


CALLING = [name for name in library.session_names() if asked(name, "GB").region and slots_with_numbers(name, "GB")]
"""Those that say a number; others show one on the screen alone."""
LONGEST = sorted(library.regions(), key=syllables)[-2:]


@pytest.fixture(scope="module")
def voices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Pyttsx3Engine, Store]]:
    store = Store(tmp_path_factory.mktemp("store"))
    engine = Pyttsx3Engine(store)
    try:
        engine.voices()
    except VoiceError as error:
        pytest.skip(str(error))
    yield engine, store
    engine.stop()


def test_the_sessions_about_help_tell_numbers() -> None:
    assert {"finding-help", "safety-first"} <= {*CALLING}


@pytest.mark.engine
@pytest.mark.parametrize("voice", ["heart", "gmw/en"])
@pytest.mark.parametrize("code", LONGEST)
@pytest.mark.parametrize("name", CALLING)
def test_the_longest_numbers_fit(name: str, code: str, voice: str, voices: Any) -> None:
    slots = slots_with_numbers(name, code, voice)
    clips = speak_all(utterances(slots), *voices)

    def clip_of(said: Utterance | Recording) -> Clip:
        assert isinstance(said, Utterance)
        return clips[said]

    laid = lay_out(asked(name, code, voice).session, slots, clip_of)  # it raises where something is too long
    assert len(laid.slots) == len(slots) > 0
