"""The words of each language, and its translated sessions."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import pytest

from player.errors import ScriptError, UsageError
from player.pipeline import RequestedSession, SessionRequest
from player.pipeline.translation import is_unreviewed, warnings
from player.script import library
from player.script.languages import PHASES, LanguageWords, named, words_for
from player.script.yaml.binding import bind
from player.script.yaml.nodes import Mapping, Node, Scalar
from player.script.yaml.reader import read
from player.techniques import TECHNIQUES
from player.techniques.cue import Slot, Speech, Utterance
from player.techniques.muscles import Group, group_set
from player.techniques.patterns import rhythm, script
from player.techniques.sentences import sentences
from player.techniques.words import GIVEN, given_words, minutes_in_words
from player.timeline.fit import settle

if TYPE_CHECKING:
    from pathlib import Path

OTHERS = tuple(tag for tag in library.languages() if tag != library.ORIGINAL)
TRANSLATED = (
    *("belly-breathing", "body-scan-short", "box-breathing", "extended-exhale", "finding-help", "grounding-54321"),
    *("micro-break", "panic-first-aid", "pmr-7", "pmr-release-only", "safety-first", "sleep-wind-down"),
)
SESSIONS = [f"{tag}/{name}" for tag in OTHERS for name in TRANSLATED]
ENGLISH = re.compile(
    r"\b(the|and|your|with|breathe|notice|when|then|you|next|hold|out|minutes?|let|go)\b", re.IGNORECASE
)
"""Words that no other language of ours has; those that one has are taken out for it."""
ALSO_WORDS_OF = {"fr": {"minute", "minutes"}, "de": {"minute"}, "nl": {"let"}}
FOR_AUTHORS = ("english", "register", "reviewed", "warnings", "abbreviations")
SAME_AS_ENGLISH = {
    "fr": {
        *("minutes.numbers.5", "numbers.6", "minutes.whole"),
        *("captions.silence", "captions.minute.1", "captions.minute.2", "phases.rest", "page.pause"),
    },
    "it": {"zero"},
    "pt-BR": {"zero"},
    "de": {"captions.minute.1", "page.pause", "page.text"},
    "nl": {"numbers.6", "numbers.7"},
}
"""Texts that are the same in both by the nature of the languages."""


def words(tag: str) -> LanguageWords:
    found = words_for(tag)
    assert found is not None
    return found


def texts(node: Node, key: str = "") -> dict[str, str]:
    """Every text of a language's file by its key."""
    if isinstance(node, Scalar):
        return {key: node.text}
    inside = ((k.text, v) for k, v in node.pairs) if isinstance(node, Mapping) else enumerate(node.items, 1)
    found = (texts(value, f"{key}.{name}" if key else str(name)) for name, value in inside)
    return {name: text for each in found for name, text in each.items()}


def file_texts(tag: str) -> dict[str, str]:
    return texts(read(library.language(tag).text, tag))


@pytest.mark.parametrize("tag", ["en-US", "en", "EN_gb"])
def test_a_country_of_a_language_has_its_words(tag: str) -> None:
    assert words(tag).english == "English"


def test_a_language_of_another_country_is_better_than_none() -> None:
    assert words("pt-PT") == words("pt") == words("pt-BR")
    assert words("de-CH").name == "Deutsch"


@pytest.mark.parametrize("tag", ["tlh", "not a language", "", "xx"])
def test_what_is_no_language_of_ours_has_no_words(tag: str) -> None:
    assert words_for(tag) is None


def test_there_are_eight_languages() -> None:
    assert sorted(library.languages()) == ["de", "en", "es", "fr", "hi", "it", "nl", "pt-BR"]


@pytest.mark.parametrize("tag", OTHERS)
def test_no_language_has_english_words(tag: str) -> None:
    english, own = file_texts(library.ORIGINAL), file_texts(tag)
    listened = {key: text for key, text in own.items() if not key.startswith(FOR_AUTHORS)}
    same = {key for key, text in listened.items() if text == english.get(key) and any(map(str.isalpha, text))}
    assert same <= SAME_AS_ENGLISH.get(tag, set())
    found = {word.lower() for text in listened.values() for word in ENGLISH.findall(re.sub(r"\{\w+\}", "", text))}
    assert found <= ALSO_WORDS_OF.get(tag, set())


@pytest.mark.parametrize("tag", OTHERS)
def test_every_text_of_english_has_its_counterpart(tag: str) -> None:
    may_be_fewer = re.compile(
        r"abbreviations|heteronyms|warnings|muscles\.(attend|arrive|again|let_go)|minutes\.numbers"
    )
    needed = {key for key in file_texts(library.ORIGINAL) if not may_be_fewer.match(key)}
    assert needed <= file_texts(tag).keys()


@pytest.mark.parametrize("tag", library.languages())
def test_guiding_words_are_short_and_each_is_itself(tag: str) -> None:
    said = words(tag)
    for counted in (False, True):
        phases = [said.phase(kind, counted=counted) for kind in PHASES]
        assert len(set(phases)) == len(phases)
        assert max(map(len, phases)) <= 14
    assert len(set(said.numbers)) == len(said.numbers)
    assert said.muscles.now.rstrip(".।").lower() in said.muscles.tighten.lower()


@pytest.mark.parametrize("tag", library.languages())
def test_all_releases_begin_with_the_words_that_are_waited_for(tag: str) -> None:
    let_go = words(tag).muscles.let_go
    common = let_go[0].rstrip(".।")
    assert all(each.startswith(common) for each in let_go)


@pytest.mark.parametrize("tag", library.languages())
def test_every_length_up_to_an_hour_is_said_in_words(tag: str) -> None:
    said = [minutes_in_words(words(tag).minutes, half * 30_000) for half in range(1, 121)]
    assert not [each for each in said if any(map(str.isdigit, each)) or "{" in each]
    assert len(set(said[:19])) == 19
    assert tuple(given_words(tag, 60_000)) == GIVEN


@pytest.mark.parametrize("tag", library.languages())
@pytest.mark.parametrize("pattern", ["4-4-4-4", "4-7-8", "5.5-5.5"])
def test_a_typed_pattern_is_a_script_in_the_language(tag: str, pattern: str) -> None:
    text = script(rhythm(pattern), language=tag)
    session = RequestedSession(SessionRequest("a.yaml", script=text)).session
    assert session.language == tag
    assert session.summary[0] == session.summary[0].upper()
    assert not re.search(r"[{}]", "".join([session.title, session.summary, *session.safety]))


@pytest.mark.parametrize("tag", OTHERS)
def test_every_language_has_the_same_sessions(tag: str) -> None:
    assert library.session_names(tag) == tuple(f"{tag}/{name}" for name in TRANSLATED)


@pytest.mark.parametrize("name", SESSIONS)
def test_a_translation_is_of_the_text_that_the_original_has_now(name: str) -> None:
    session = RequestedSession(SessionRequest(name)).session
    assert session.translates is not None
    assert session.translates.session == name.partition("/")[2]
    assert list(warnings(session)) == []


@pytest.mark.parametrize("name", SESSIONS)
def test_what_nobody_has_reviewed_says_so_in_its_own_language(name: str) -> None:
    session = RequestedSession(SessionRequest(name)).session
    assert is_unreviewed(session) == session.summary.endswith(words(session.language).not_reviewed)


@pytest.mark.parametrize("name", SESSIONS)
def test_a_translation_has_the_breaths_and_the_choices_of_the_original(name: str) -> None:
    theirs = RequestedSession(SessionRequest(f"en/{name.partition('/')[2]}"))
    mine = RequestedSession(SessionRequest(name))
    assert guided(mine) == guided(theirs)
    assert mine.session.params.keys() == theirs.session.params.keys()
    assert len(mine.session.safety) == len(theirs.session.safety)
    assert mine.known_ms is not None


def guided(requested: RequestedSession) -> list[tuple[str, int | None]]:
    """The guided stretches of a session and their lengths: breaths, tensions; and the kind alone of a release."""
    slots = (part for part in settle(requested.parts) if isinstance(part, Slot) and part.guide)
    return [(slot.guide, None if slot.guide == "release" else slot.length_ms) for slot in slots]


@pytest.mark.parametrize("name", SESSIONS)
def test_every_word_that_is_spoken_is_in_the_language(name: str) -> None:
    requested = RequestedSession(SessionRequest(name))
    slots = (part for part in settle(requested.parts) if isinstance(part, Slot))
    said = [cue.said for slot in slots for cue in slot.cues if isinstance(cue, Speech)]
    assert {each.language for each in said if isinstance(each, Utterance)} == {requested.session.language}
    tag = name.partition("/")[0]
    found = {word.lower() for each in said for word in ENGLISH.findall(each.text)}
    assert found <= ALSO_WORDS_OF.get(tag, set())


def test_a_language_of_the_users_own_needs_one_file_and_no_code(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path_factory.mktemp("own")
    monkeypatch.setenv("PLAYER_SCRIPTS", str(own))
    (own / "languages").mkdir()
    text = library.language("de").text.replace("Deutsch", "Svenska").replace("German", "Swedish")
    (own / "languages" / "sv.yaml").write_text(text, encoding="utf-8")
    assert words("sv-SE").english == "Swedish"
    step = "title: T\nlanguage: sv-SE\nsteps:\n- breathe: {in: 4s, out: 6s, cycles: 1}\n"
    parts = RequestedSession(SessionRequest("a.yaml", script=step)).parts
    assert [part for part in settle(parts) if isinstance(part, Slot)]
    assert set(itertools.chain(TECHNIQUES)) >= {"breathe"}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('attend: "Notice {name}."', "attend: Notice it.", "attend must have {name} in it, which 'Notice it.' has not"),
        ('tighten: "When I say now, {how}."', "tighten: Now.", "tighten must have {how} in it, which 'Now.' has not"),
        ('"Let go, and rest."', '"Rest."', "let_go must begin with the same words, 'Let go', and not as 'Rest.'"),
        ('"{number} minutes"', '"{nummer} minutes"', "whole may have {number} in braces and nothing else"),
        ('"{number} minutes"', '"{number:>9999999999} {number}"', "whole may have {number} in braces and nothing else"),
        ('"{number} minutes"', '"{number.__class__} {number}"', "whole may have {number} in braces and nothing else"),
        ('"{number} minutes"', '"{number} minutes{"', "whole may have {number} in braces and nothing else"),
        ("second: [second, seconds]", "second: [second]", "second must be the word for one and the word for several"),
        ("hold: Hold, ", "", "phases must have in, hold, out, rest; hold is missing"),
        ("hold: Hold, ", "hold: Hold, breath: Breath, ", "phases is about in, hold, out, rest, and not about 'breath'"),
        ("   seventeen, eighteen, nineteen, twenty]", "   seventeen]", "numbers must count from one to 20, not to 17"),
        ('left: "{time} left"', "left: left", "left must have {time} in it, which 'left' has not"),
        ("bass: [base, bass]", "bass: [base]", "heteronyms must have two respellings of 'bass'"),
    ],
)
def test_a_mistake_in_a_language_is_told(old: str, new: str, problem: str) -> None:
    text = library.language("en").text
    assert old in text
    with pytest.raises(ScriptError) as caught:
        bind(read(text.replace(old, new), "en.yaml"), LanguageWords)
    assert problem in str(caught.value)


def test_what_is_wrong_with_ones_own_language_is_told_by_line_and_column(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are read quickly, and those with a mistake once more for its place."""
    monkeypatch.setenv("PLAYER_SCRIPTS", str(tmp_path))
    path = tmp_path / "languages" / "sw.yaml"
    path.parent.mkdir()
    path.write_text("name: Kiswahili\nnumbers: [moja, mbili\nzero: sifuri\n", encoding="utf-8")
    with pytest.raises(ScriptError) as caught:
        words_for("sw")
    assert str(caught.value).startswith(f"{path}:2:10: ")


def test_a_german_ordinal_does_not_end_a_sentence() -> None:
    text = "Am 3. Mai um 8 Uhr beginnt die 2. Übung, z. B. mit ca. 5 Minuten Ruhe."
    assert sentences(text, "de-DE") == (text,)
    assert sentences("Zählen Sie bis 3. Dann ruhen Sie.", "de-DE") == ("Zählen Sie bis 3.", "Dann ruhen Sie.")
    assert sentences("M. Dupont respire. Il se repose.", "fr") == ("M. Dupont respire.", "Il se repose.")


SETS = ("bed", "four", "release-only", "seven", "sixteen")


@pytest.mark.parametrize("tag", OTHERS)
@pytest.mark.parametrize("name", SETS)
def test_a_muscle_set_has_the_groups_and_the_lines_of_the_original(tag: str, name: str) -> None:
    mine, theirs = group_set(f"{tag}/{name}").groups, group_set(name).groups
    assert [shape(group) for group in mine] == [shape(group) for group in theirs]


def shape(group: Group) -> tuple[object, ...]:
    """What is the same in every language: the short name, times, and which lines there are."""
    lines = (group.how, group.attend, group.caution, group.again)
    many = (len(each or ()) for each in (group.feel, group.ease))
    return (group.short, group.tense, group.rounds, *(each is not None for each in lines), *many)


def test_a_language_is_named_by_the_nearest_that_has_words() -> None:
    assert named("de-AT", "--language") == "de"
    with pytest.raises(UsageError, match=r"--language must be a language that has words \(de, en, .*\), not 'xx'"):
        named("xx", "--language")


def test_a_mistake_that_leaves_the_rest_readable_is_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_SCRIPTS", str(tmp_path))
    path = tmp_path / "languages" / "lb.yaml"
    path.parent.mkdir()
    path.write_text(library.language("en").text + "register: !du informal\n", encoding="utf-8")
    with pytest.raises(ScriptError, match="the tag '!du' is not allowed; put a text that begins with '!' in quotes"):
        words_for("lb")
