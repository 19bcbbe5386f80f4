"""Problems that only a voice or other files show, each at its place in the script."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import soundfile

from player import pipeline
from player.errors import MediaError, ScriptError
from player.pipeline import media, programmes, session
from player.script.languages import words_for
from player.storage.store import Store
from player.techniques import planning
from player.timeline.layout import lay_out
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from pathlib import Path

    from player.script.languages import LanguageWords
    from player.techniques.cue import Utterance
    from player.timeline.model import Timeline
    from player.voice.engine import SpeechRequest


UNPRONOUNCED = (
    "this voice takes no phonemes, and reads 'read' as it is written; give it a respelling in letters, "
    "'pronounce: {read: ...}', or take another voice"
)


class TakesPhonemes(FakeEngine):
    """A voice that takes them, in brackets."""

    def request(self, utterance: Utterance) -> SpeechRequest:
        return replace(super().request(utterance), text=utterance.read("[[{phonemes}]]"))


def problems(script: Path, engine: FakeEngine, folder: Path) -> list[str]:
    asked = pipeline.SessionRequest(str(script))
    with pytest.raises(ScriptError) as caught:
        pipeline.prepare(asked, pipeline.Machine(engine, Store(folder / "store")))
    return str(caught.value).replace(f"{folder}/", "").splitlines()


def test_phonemes_that_a_voice_cannot_take_are_a_warning_with_a_remedy(tmp_path: Path) -> None:
    script = tmp_path / "read.yaml"
    script.write_text(
        "title: Read\npronounce: {read: /ɹˈɛd/, close: kloze}\nsteps:\n"
        "  - say: You have read it, close the book.\n    for: 9s\n  - say: Rest.\n    for: 3s\n"
    )
    asked, store = pipeline.SessionRequest(str(script)), Store(tmp_path / "store")
    for engine, told in ((TakesPhonemes(), ()), (FakeEngine(), (f"{script}:4:5: {UNPRONOUNCED}",))):
        _, warnings = programmes.check(asked, pipeline.Machine(engine, store))
        assert tuple(f"{each.at}: {each.text}" for each in warnings) == told


def test_a_sound_of_an_included_script_that_is_another_file_of_the_same_name_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for number, folder in enumerate((tmp_path, tmp_path / "sub")):
        noise = np.random.default_rng(number).normal(0, 0.1, (48_000, 2))
        soundfile.write(folder / "mine.wav", noise, 48_000)
    script = tmp_path / "outer.yaml"
    script.write_text("title: Outer\nbackground: mine.wav\nsteps:\n  - pause: 2s\n  - include: sub/inner\n")
    (tmp_path / "sub" / "inner.yaml").write_text("title: Inner\nsteps:\n  - bed: mine.wav\n  - pause: 2s\n")
    (problem,) = problems(script, FakeEngine(), tmp_path)
    assert problem.startswith("sub/inner.yaml:3:")
    assert "sound 'mine.wav' is another file in the script that includes this one; rename it" in problem


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("gone.wav", "there is no sound file 'gone.wav' in "),
        ("a\0b", "is not a name that a file can have"),
    ],
)
def test_a_background_of_the_users_own_that_is_not_there_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MediaError) as caught:
        media.users_own(name)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("step", "most"), [("in: 0.5s, out: 0.5s, for: 13h", 100_000), ("in: 4s, out: 6s, for: 24h", 0)]
)
def test_beside_a_mistake_no_more_is_tried_than_one_session_may_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, most: int
) -> None:
    script, laid = tmp_path / "long.yaml", []

    def counting(*arguments: Any, **options: Any) -> Timeline:
        laid.append(len(arguments[1]))
        return lay_out(*arguments, **options)

    one = f"  - breathe: {{{step}}}\n    guide: silent\n"
    script.write_text(f"titel: Long\nsteps:\n{one * 40}")
    monkeypatch.setattr(session, "lay_out", counting)
    with pytest.raises(ScriptError, match="unknown key 'titel'"):
        programmes.check(
            pipeline.SessionRequest(str(script)), pipeline.Machine(FakeEngine(), Store(tmp_path / "store"))
        )
    assert sum(laid) <= most + len(laid)


def test_a_pattern_of_many_stretches_reads_its_words_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script, read = tmp_path / "many.yaml", []

    def counting(language: str) -> LanguageWords | None:
        read.append(language)
        return words_for(language)

    monkeypatch.setattr(planning, "words_for", counting)
    script.write_text(
        "title: Many\nsteps:\n  - repeat:\n      times: 50\n      steps: [{breathe: {in: 4s, out: 6s, cycles: 2}}]\n"
    )
    assert len(pipeline.RequestedSession(pipeline.SessionRequest(str(script))).settled) == 200
    assert read == ["en-US"]


@pytest.mark.parametrize("wrong", ["background: {sound: $side}", "background: $side", "voice: {rate: $side}"])
def test_what_needs_a_parameter_that_is_wrong_is_left_out_of_what_is_checked(tmp_path: Path, wrong: str) -> None:
    script = tmp_path / "a.yaml"
    params = "params:\n  side: {default: 4s, min: 3s, max: none}\n"
    script.write_text(f"title: A\n{wrong}\n{params}steps:\n  - say: One two three four.\n    for: 100ms\n")
    asked = pipeline.SessionRequest(str(script))
    with pytest.raises(ScriptError) as caught:
        programmes.check(asked, pipeline.Machine(FakeEngine(), Store(tmp_path / "store")))
    assert [problem.at.line for problem in caught.value.problems] == [4, 6]
