"""Texts from elsewhere as scripts: nothing is lost, and what comes out is a script."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
import srt
import webvtt
from hypothesis import given, settings
from hypothesis import strategies as st

from player.authoring.texts.converting import ConvertedText, converted
from player.authoring.texts.formats import TEXT_FORMATS
from player.authoring.texts.pauses import pause_ms
from player.script.session import Session, parse
from player.techniques import TECHNIQUES

SOURCES = sorted((Path(__file__).parent / "sources").iterdir())
FORMATS = {
    "captions.vtt": "vtt",
    "film.srt": "srt",
    "seconds.txt": "seconds",
    "article.md": "markdown",
    "plain-headings.md": "markdown",
}
WORD = re.compile(r"[^\W_]+")


def session(text: str) -> Session:
    return parse(text, "a.yaml", TECHNIQUES)


def of_file(name: str) -> ConvertedText:
    return converted((Path(__file__).parent / "sources" / name).read_text(encoding="utf-8"), "Mine")


def steps(text: str, form: str | None = None) -> list[str]:
    """The lines of the steps, without their indentation; texts in one line."""
    lines = converted(text, "Mine", form=form).script.partition("\nsteps:\n")[2]
    return [line.strip() for line in re.sub(r" >-\n +| {6,}", " ", lines).strip().split("\n")]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_a_text_becomes_a_script_with_all_its_words(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    made = converted(text, "Mine")
    assert made.form.name == FORMATS.get(source.name, "plain")
    session(made.script)
    assert missing(text, made.script) == set()
    for each in made.unread:
        assert f"  # {each.line}: {each.text}\n" in made.script


TIMES = re.compile(
    r"^\d+$|\{.an8\}|^.*-->.*$|;\s*[\d.,]+s?$|^\d\. |</?(?:i|font|break)\b[^>]*>"
    r"|[\[(*-] *(?:(?:long |brief )?(?:pause|silence)[^\])*]*|\d+ second(?:s| pause))[\])*-]|^Pause: .*$",
    re.MULTILINE | re.IGNORECASE,
)
"""What is time, number or emphasis, and no word."""


def missing(text: str, script: str) -> set[str]:
    """The words of a text that are not in a script, which has dollar signs twice."""
    words = set(WORD.findall(TIMES.sub(" ", html.unescape(text)))) - {"WEBVTT", "Titel"}
    return words - set(WORD.findall(script.replace('\\"', '"')))


def test_titles_sections_pauses_and_what_was_not_understood() -> None:
    made = of_file("insight-style.txt")
    found = session(made.script)
    assert found.title == "EVENING BODY SCAN"
    assert [line for line in made.script.split("\n") if "section" in line] == [
        "  - section: THE FEET",
        "  - section: THE HANDS",
    ]
    assert "  - say: Take a breath in\n    then: 2s\n  - say: and a long breath out\n    then: 10s\n" in made.script
    assert [(each.line, each.text) for each in made.unread] == [(23, "[chime]")]


def test_marks_of_pauses_are_the_silence_behind_the_words() -> None:
    assert steps((SOURCES[0].parent / "marks.txt").read_text(encoding="utf-8")) == [
        "- say: Settle in.",
        "then: 3s",
        "- say: Let the shoulders drop.",
        "then: 2.5s",
        "- say: Breathe out",
        "then: 10s",
        "- say: and rest.",
        "then: 15s",
        "- say: Let go of the jaw.",
        "then: 0.75s",
        "- say: Let go of the tongue.",
        "then: 1m30s",
        "- say: Listen for the furthest sound.",
        "then: 15s",
        "- say: Now the nearest.",
        "then: 1m",
        "- say: Come back (when you are ready).",
    ]


@pytest.mark.parametrize(
    ("text", "length_ms"),
    [
        ("pause 5s", 5000),
        ("pause: 3s", 3000),
        ("Pause", 5000),
        ("short pause", 2000),
        ("LONG PAUSE", 10_000),
        ("5 seconds", 5000),
        ("5-10 seconds", 10_000),
        ("pause for 5 to 10 sec", 10_000),
        ("1 minute 30 seconds", 90_000),
        ("pause 1:30", 90_000),
        ("half a minute of silence", 30_000),
        ("pause a minute", 60_000),
        ("pause for a few seconds", 4000),
        ("pause for three breaths", 15_000),
        ("hold for 5 seconds", 5000),
        ("pause 500ms", 500),
        ("silence 7", 7000),
        ("Pause 10 Sekunden", 10_000),
        ("pause until the bell", None),
        ("bell rings", None),
        ("5", None),
        ("pause 0s", None),
        ("pause 90000 minutes", None),
        ("", None),
    ],
)
def test_pauses_as_people_write_them(text: str, length_ms: int | None) -> None:
    assert pause_ms(text) == length_ms


@pytest.mark.parametrize(
    "text", ["Rest.", "Wait.", "Silence.", "Pause for a moment.", "Hold", "And *rest* now", "Rest for 10 seconds"]
)
def test_words_to_a_listener_are_no_pauses(text: str) -> None:
    assert steps(text) == [f"- say: {text.replace('*', '')}"]


def test_what_brackets_ask_of_a_listener_is_said_and_has_its_time() -> None:
    assert steps("(Relax for 15 seconds) Then sleep.") == [
        '- say: "(Relax for 15 seconds)"',
        "then: 15s",
        "- say: Then sleep.",
    ]
    assert steps("(Relax for your own sake)") == ['- say: "(Relax for your own sake)"']


def test_seconds_behind_a_phrase_may_be_minutes_and_seconds() -> None:
    assert steps("Look around.;0:30\nRest.;1:05\nSleep.;7") == [
        "- say: Look around.",
        "then: 30s",
        "- say: Rest.",
        "then: 1m5s",
        "- say: Sleep.",
        "then: 7s",
    ]


def test_lines_go_on_where_they_read_so() -> None:
    assert steps("Breathe in\nBreathe out\nand rest.\nThen sleep.") == [
        "- say: Breathe in",
        "- say: Breathe out and rest. Then sleep.",
    ]
    wrapped = "This is a long line that an editor has broken at about sixty, where\nI or Anna would have broken it."
    assert len(steps(wrapped)) == 1


def test_markdown_keeps_words_and_drops_signs() -> None:
    made = of_file("article.md")
    found = session(made.script)
    assert found.title == "Five quiet minutes"
    assert "- say: Lie down on your back.\n    then: 5s" in made.script
    assert '- say: "1. Let your breath' not in made.script
    assert '- say: "3. three"' in made.script  # a count is no layout
    unread = [each.text for each in made.unread]
    assert unread == [
        "tags: [sleep, calm]",
        "https://example.org/breath more",
        "![a lake](lake.jpg)",
        "| part | time |",
        "|------|------|",
        "| feet | 1:00 |",
        "```",
        "player play this",
        "```",
    ]


def test_seconds_behind_a_phrase_are_the_silence_behind_it() -> None:
    made = of_file("seconds.txt")
    assert "- say: Breathe out\n    then: 7s\n" in made.script
    assert "- say: Again\n    then: 1m\n  - say: And rest.\n" in made.script


def test_subtitles_are_said_at_their_times() -> None:
    made = of_file("captions.vtt")
    lines = made.script.partition("steps:\n")[2]
    assert session(made.script).title == "Three breaths"
    assert "  - pause: 1s\n  - say: Welcome. Sit so that you can breathe freely.\n    for: 14.5s\n" in lines
    assert '  - say: "Breathe in & out."\n    for: 24.5s\n' in lines
    assert made.crowded == ((23, 1000),)
    srt_lines = of_file("film.srt").script.partition("steps:\n")[2]
    assert re.findall(r"(?:pause|say|for): .*", srt_lines) == [
        "pause: 2s",
        "say: Close your eyes.",
        "for: 6s",
        "say: Breathe out.",
        "for: 4s",
        "say: Let your arms become heavy.",
        "for: 4s",
    ]


CUES = st.lists(
    st.tuples(st.integers(0, 5000), st.integers(300, 9000), st.text("abc XYZ.é", min_size=1).filter(str.strip)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=40)
@given(CUES)
def test_subtitles_are_read_as_their_libraries_read_them(drawn: list[tuple[int, int, str]]) -> None:
    lines, at = ["WEBVTT", ""], 0
    for gap, length, text in drawn:
        begin, end = at + gap, at + gap + length
        lines += [f"{clock(begin)} --> {clock(end)}", text.strip(), ""]
        at = end + 1
    vtt = "\n".join(lines)
    theirs = [(each.start, each.text) for each in webvtt.from_string(vtt).captions]
    as_srt = "\n".join(line.replace(".", ",") if "-->" in line else line for line in lines[2:])
    numbered = "\n".join(f"{n}\n{block}" for n, block in enumerate(as_srt.split("\n\n"), 1))
    spoken = [text for _, text in theirs if any(map(str.isalnum, text))]
    assert [each.content for each in srt.parse(numbered)] == [text for _, text in theirs]
    for made in (converted(vtt, "M"), converted(numbered, "M")):
        said = " ".join(re.findall(r"[^\W\d_]+", made.script.partition("steps:\n")[2]))
        for text in spoken:
            assert " ".join(re.findall(r"[^\W\d_]+", text)) in said


def clock(ms: int) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def test_a_line_that_counts_before_its_pause_is_said() -> None:
    made = converted("five: six [pause 5s]\nPause (10 seconds)\nBreathe", "Mine")
    assert made.script.partition("steps:\n")[2] == ('  - say: "five: six"\n    then: 15s\n  - say: Breathe\n')


@pytest.mark.parametrize("form", [None, *(each.name for each in TEXT_FORMATS)])
def test_a_space_that_does_not_break_is_nothing_to_say(form: str | None) -> None:
    assert converted("\u00a0", "Mine", form=form).script == ""


PIECES = st.sampled_from(
    (
        *(
            "Breathe",
            "in",
            "and out.",
            "It's",
            '"calm"',
            "five: six",
            "$5",
            "${x}",
            "# no",
            "- so",
            "don't!",
            "तन",
            "眠る",
        ),
        *("[pause 5s]", "(pause)", "[bell]", "(softly)", "...", "\n", "\n\n", "\n# Deep\n", "\nHEAD\n\n", "**bold**"),
        *("`x", "<b>", "{y}", "\t", "&amp;", "---\n", "* * *", ";4\n", "\u00a0", "\u2028", "\x07", "[a](b)", ">", "|"),
    )
)


@settings(max_examples=40)
@given(st.lists(PIECES, max_size=40).map(" ".join), st.sampled_from([None, *(each.name for each in TEXT_FORMATS)]))
def test_whatever_is_in_a_text_its_words_are_in_a_script_that_has_no_problem(text: str, form: str | None) -> None:
    made = converted(text, "Mine", form=form)
    if made.script:
        session(made.script)
    known = {"pause", "amp", "b", "5s", "5", "4"}
    kept = made.script + " ".join(each.text for each in made.unread)
    if made.script:
        assert set(WORD.findall(text)) - known <= set(WORD.findall(kept))


@settings(max_examples=40)
@given(st.text(max_size=300), st.sampled_from([None, *(each.name for each in TEXT_FORMATS)]))
def test_no_text_makes_a_script_with_a_problem(text: str, form: str | None) -> None:
    made = converted(text, "Mine", form=form)
    if made.script:
        session(made.script)


def test_long_texts_are_divided_at_their_sentences() -> None:
    text = "Let the next breath come all by itself. " * 120
    made = converted(text, "Mine")
    assert made.script.count("- say:") == 6
    session(made.script)
    long = converted(f"{'w' * 2500}\n\n# {'x ' * 200}\n\n{'y' * 300}:\n\nend.", "Mine", form="markdown")
    session(long.script)
