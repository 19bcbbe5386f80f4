"""Respellings: which words have one, what the voice reads then, and what is kept as it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from player.errors import ScriptError
from player.pipeline import RequestedSession, SessionRequest
from player.script import library
from player.script.pronunciation import as_read, pairs_in
from player.script.session import parse
from player.storage.store import Store
from player.techniques import TECHNIQUES, planning
from player.techniques.cue import Slot, Speech, Utterance
from player.techniques.planning import plan
from player.timeline.layout import lay_out, utterances
from player.voice import own_takes
from player.voice.clips import speak_all
from player.voice.pyttsx3_engine import Pyttsx3Engine
from tests.fakes_voice import FakeEngine

ABOUT = "spelt in letters, such as reed, or phonemes between slashes, such as /ɹˈid/"

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from player.script.pronunciation import Pairs


def said(pronounce: str, text: str) -> Utterance:
    session = parse(f"title: T\npronounce: {pronounce}\nsteps:\n- say: {text}\n", "a.yaml", TECHNIQUES)
    (utterance,) = utterances(plan(session).parts)
    return utterance


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Read it.", "reed it."),
        ("You read, and READ again.", "You reed, and reed again."),
        ("Reading is already readable.", "Reading is already readable."),
        ("It's 'read'; re-read it.", "It's 'reed'; re-reed it."),
        ("read", "reed"),
    ],
)
def test_a_whole_word_is_respelt_in_any_case(text: str, read: str) -> None:
    utterance = said("{read: reed}", f'"{text}"')
    assert (utterance.text, utterance.read()) == (text, read)


def test_a_longer_word_goes_before_one_in_it_and_nothing_is_respelt_twice() -> None:
    words = {"x-ray": "eks ray", "ray": "x-ray", "wind": "wined", "wined": "dined"}
    text = "An x-ray, a ray, and wind."
    assert as_read(text, pairs_in(text, words)) == "An eks ray, a x-ray, and wined."


def test_signs_on_letters_belong_to_the_word() -> None:
    # The vowel sign behind the first letter makes another word of it.
    assert pairs_in("\u0915\u093f \u0915", {"\u0915": "k"}) == (("\u0915", "k"),)
    assert as_read("\u0915\u093f \u0915", (("\u0915", "k"),)) == "\u0915\u093f k"


@pytest.mark.parametrize(
    ("pronounce", "problem"),
    [
        ("{read: ''}", "2:19: read must not be empty"),
        ("{'': reed}", "2:13: the name '' in pronounce must not be empty"),
        (
            "{read: '...'}",
            f"2:19: read must be what is heard, {ABOUT}, not '...'",
        ),
        (
            "{read: '[read](/R/)'}",
            f"2:19: read must be what is heard, {ABOUT}, not '[read](/R/)'",
        ),
        ("{read it: reed it}", "2:13: the name 'read it' in pronounce must be one word, such as read, not 'read it'"),
        ("{'12': twelve}", "2:13: the name '12' in pronounce must be one word, such as read, not '12'"),
        (f"{{read: {'reed' * 20}}}", "2:19: read must be at most 60 characters long, not 80"),
        (
            "{read: reed, Read: red}",
            "2:25: the name 'Read' in pronounce means the same as one above; leave one of them out",
        ),
        ("reed", "2:12: pronounce must be a mapping of names and values, such as {name: value}, not 'reed'"),
    ],
)
def test_what_is_no_word_or_no_sound_is_a_problem(pronounce: str, problem: str) -> None:
    with pytest.raises(ScriptError) as caught:
        said(pronounce, "Rest.")
    assert [str(each) for each in caught.value.problems] == [f"a.yaml:{problem}"]


def test_captions_and_own_takes_keep_the_word() -> None:
    text = "title: T\npronounce: {read: reed}\nsteps:\n- say: Read on.\n  for: 5s\n"
    session = parse(text, "a.yaml", TECHNIQUES)
    parts = plan(session).parts

    class Clip:
        length_ms, beat_ms, after_ms, pauses = 500, 0, 0, ()

    (cue,) = lay_out(session, parts, lambda _: Clip()).cues
    assert cue.text == "Read on."
    (utterance,) = utterances(parts)
    assert own_takes.name(utterance.text) == "read-on"


def test_another_respelling_is_another_clip_and_none_is_spoken_twice(tmp_path: Path) -> None:
    store, engine = Store(tmp_path), FakeEngine()
    plain, reed, red = (Utterance("Read.", respelt=pairs) for pairs in ((), (("read", "reed"),), (("read", "red"),)))
    clips = speak_all([plain, reed, red], engine, store)
    assert len({clip.entry.path for clip in clips.values()}) == 3
    assert engine.spoken == {"Read.": 1, "reed.": 1, "red.": 1}
    as_it_is = Utterance("Read.", respelt=(("read", "Read"),))
    assert speak_all([as_it_is], engine, store)[as_it_is].entry.path == clips[plain].entry.path


@pytest.mark.engine
def test_the_real_voices_are_told_the_respelling(tmp_path: Path) -> None:
    engine = Pyttsx3Engine(Store(tmp_path))
    assert engine.request(Utterance("Read on.", respelt=(("read", "reed"),))).text == "reed on."


def test_an_included_script_adds_its_own_for_its_steps(tmp_path: Path) -> None:
    inner = "title: B\npronounce: {wind: wined, read: red}\nsteps:\n- say: Read, close, wind.\n"
    (tmp_path / "b.yaml").write_text(inner, encoding="utf-8")
    steps = "steps:\n- include: b\n- say: Close, read, wind.\n"
    outer = tmp_path / "a.yaml"
    outer.write_text(f"title: A\npronounce: {{close: cloze, read: reed}}\n{steps}", encoding="utf-8")
    parts = plan(parse(outer.read_text(encoding="utf-8"), str(outer), TECHNIQUES), TECHNIQUES).parts
    cues = [cue for part in parts if isinstance(part, Slot) for cue in part.cues if isinstance(cue, Speech)]
    assert [cue.said.read() for cue in cues if isinstance(cue.said, Utterance)] == [
        "red, cloze, wined.",
        "cloze, reed, wind.",
    ]


@pytest.mark.parametrize(
    ("voice", "text"),
    [
        ("heart", "[Read](/ɹˈɛd/) on."),
        ("piper:en_US-joe-medium", "[[ ɹˈɛd ]] on."),
        ("gmw/en", "Read on."),  # takes none; `player check` tells
    ],
)
@pytest.mark.engine
def test_phonemes_are_given_as_the_driver_takes_them(voice: str, text: str, tmp_path: Path) -> None:
    engine = Pyttsx3Engine(Store(tmp_path))
    try:
        assert engine.request(Utterance("Read on.", voice=voice, respelt=(("read", "/ɹˈɛd/"),))).text == text
    finally:
        engine.stop()


def test_the_users_own_pronunciations_hold_for_all_scripts_of_their_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYER_SCRIPTS", str(tmp_path))
    words = "{de: {read: x}, en: {read: reed, bass: base}, en-GB: {bass: bass}}"
    (tmp_path / "pronounce.yaml").write_text(f"pronounce: {words}\n", encoding="utf-8")
    script = "title: T\nlanguage: en-GB\npronounce: {read: red}\nsteps:\n- say: Read.\n"
    session = RequestedSession(SessionRequest("a.yaml", script=script)).session
    assert dict(session.pronounce) == {"read": "red", "bass": "bass"}
    assert library.session_names()[-1:] != ("pronounce",)


@pytest.mark.parametrize("text", ["ſo be it", "So it is, ſo it was"])
def test_a_letter_that_is_another_in_lower_case_is_no_match(text: str) -> None:
    """A search in any case takes the long s of old prints for an s."""
    assert pairs_in(text, {"so": "sew"}) == ((("so", "sew"),) if "So" in text else ())
    assert as_read(text, (("so", "sew"),)) == text.replace("So", "sew")


@pytest.mark.parametrize(
    ("pronounce", "problem"),
    [
        (f"{{{'a' * 61}: b}}", "must be at most 60 characters long, not 61"),
        ("{'12': b}", "must be one word, such as read, not '12'"),
        ("{read: '12'}", f"must be what is heard, {ABOUT}, not '12'"),
    ],
)
def test_what_is_no_word_or_no_respelling_is_told(pronounce: str, problem: str) -> None:
    with pytest.raises(ScriptError, match=r"a\.yaml:2:") as caught:
        said(pronounce, "Read.")
    assert problem in str(caught.value)


def test_a_repeated_text_is_searched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def counted(text: str, words: Mapping[str, str]) -> Pairs:
        seen.append(text)
        return pairs_in(text, words)

    monkeypatch.setattr(planning, "pairs_in", counted)
    text = "title: T\npronounce: {read: reed}\nsteps:\n- repeat: {times: 9, steps: [{say: Read.}]}\n"
    found = utterances(plan(parse(text, "a.yaml", TECHNIQUES)).parts)
    assert [each.respelt for each in found] == [(("read", "reed"),)]
    assert seen == ["Read."]


def test_phonemes_are_read_where_a_voice_has_a_notation_for_them() -> None:
    utterance = said("{read: /ɹˈɛd/}", "I read it.")
    assert utterance.respelt == (("read", "/ɹˈɛd/"),)
    assert (utterance.read(), utterance.read("[[{phonemes}]]")) == ("I read it.", "I [[ɹˈɛd]] it.")
