"""What there is to speak: each line once, in order, with the time that there is for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player import pipeline
from player.authoring.takes.lines import WIDTH, LineToSpeak, lines, rooms, seconds, sheet
from player.errors import Position
from player.script import library
from player.script.session import Session
from player.script.yaml.types import Step
from player.techniques.cue import Marker, Part, Recording, Slot, Sounding, Speech, Tone, Utterance

AT = Position("a.yaml", 3, 5)
BELL = Sounding(Tone("bell", 500), "chime")
SESSION = Session(title="Calm", steps=(Step(None, AT),))


def say(text: str, **options: object) -> Speech:
    return Speech(Utterance(text), **options)  # type: ignore[arg-type]


def count(text: str, second: int = 0, room_ms: int = 840) -> Speech:
    return Speech(Utterance(text, manner="count", room_ms=room_ms), "count", beat_ms=1000 * second)


def listed(*parts: Part) -> tuple[LineToSpeak, ...]:
    return lines([(SESSION, parts)])


def of(session: str, **asked: object) -> dict[str, LineToSpeak]:
    requested = pipeline.as_requested(replace(pipeline.SessionRequest(session), **asked))  # type: ignore[arg-type]
    return {line.text: line for line in lines([(requested.session, requested.settled)])}


def test_lines_come_once_in_the_order_in_which_they_are_heard() -> None:
    found = listed(
        Slot(AT, 9000, (say("Sit."),)),
        Marker("Breath"),
        Marker("a part", 2),
        Slot(AT, 4000, (count("In"), count("two", 1), BELL)),
        Slot(AT, 4000, (count("Out"), count("two", 1))),
        Marker("End"),
        Slot(AT, 5000, (say("two!"), say("Sit"))),
    )
    assert [(line.number, line.file, line.section, line.times, line.text) for line in found] == [
        (1, "001-sit.wav", "", 2, "Sit."),
        (2, "002-in.wav", "Breath", 1, "In"),
        (3, "003-two.wav", "Breath", 3, "two"),
        (4, "004-out.wav", "Breath", 1, "Out"),
    ]


def test_a_line_has_the_least_room_of_all_its_places() -> None:
    assert [
        (line.room_ms, line.on_beat) for line in listed(Slot(AT, 9000, (say("In"),)), Slot(AT, 4000, (count("In"),)))
    ] == [(840, True)]
    free = listed(Slot(AT, None, (say("Sit."),)), Slot(AT, 3000, (say("Sit."),)), Slot(AT, 2500, (say("Sit."),)))
    assert [(line.room_ms, line.on_beat) for line in free] == [(2500, False)]


def test_without_a_slot_a_line_may_be_as_long_as_it_likes() -> None:
    assert [line.room_ms for line in listed(Slot(AT, None, (say("Sit."), say("Rest.")), then_ms=1000))] == [None, None]


def test_a_line_over_a_breath_has_the_room_of_the_breath_and_not_of_its_first_phase() -> None:
    line = Slot(AT, 4000, (say("Halfway.", gap_ms=250),), guide="in", room_ms=9500)
    assert [each.room_ms for each in listed(line, Slot(AT, 6000, guide="out"))] == [9250]


def test_a_recording_is_spoken_already() -> None:
    assert listed(Slot(AT, 3000, (Speech(Recording("mine.wav", "a.yaml", "Words")),))) == ()


@given(
    texts=st.lists(st.text("ab c.", min_size=1, max_size=40), min_size=1, max_size=6),
    length=st.integers(0, 60_000),
    gap=st.integers(0, 1500),
)
def test_who_keeps_to_the_shares_fits_into_the_slot(texts: list[str], length: int, gap: int) -> None:
    cues = tuple(say(text, gap_ms=gap if place else 0) for place, text in enumerate(texts))
    shares = [ms for _, ms in rooms(Slot(AT, length, cues))]
    assert all(ms is not None and ms >= 0 for ms in shares)
    gaps = gap * (len(texts) - 1)
    assert sum(ms or 0 for ms in shares) <= max(0, length - gaps)
    if length > gaps:
        assert sum(ms or 0 for ms in shares) > length - gaps - len(texts)  # nothing is given away but by rounding


def test_what_waits_for_its_time_has_the_time_that_is_left() -> None:
    said = say("Now."), say("Feel it.", gap_ms=1000, from_ms=2000), say("All.", gap_ms=500), say("x", from_ms=5000)
    found = {cue.said.text: ms for cue, ms in rooms(Slot(AT, 6000, said)) if isinstance(cue.said, Utterance)}
    assert found == {"Now.": 1000, "Feel it.": 1666, "All.": 833, "x": 1000}


def test_parameters_skip_and_length_change_the_lines() -> None:
    told = {"Feel the muscles below your skull.", "Notice how busy a face can be."}
    assert told <= set(of("pmr-7"))
    assert not told & set(of("pmr-7", skip=("neck", "face")))
    assert "five" in of("box-breathing", values={"side": "5s"})
    assert "five" not in of("box-breathing")
    assert of("box-breathing", length_ms=180_000)["two"].times < of("box-breathing")["two"].times


@pytest.mark.parametrize("session", library.session_names())
def test_every_bundled_session_has_lines_with_room_to_speak_them(session: str) -> None:
    """At 0.1 s a letter, which is a calm 110 words a minute; words on a beat must be a little faster."""
    for line in of(session).values():
        if line.room_ms is not None:
            assert line.room_ms / len(line.text) > (75 if line.on_beat else 100), line


def test_several_sessions_are_one_list_with_their_titles_before_the_sections() -> None:
    other = replace(SESSION, title="Other")
    sit, rest = Slot(AT, 3000, (say("Sit."),)), Slot(AT, 3000, (say("Rest."),))
    found = lines([(SESSION, (Marker("One"), sit)), (other, (sit, rest, Marker("Two"), sit))])
    assert [(line.text, line.section, line.times) for line in found] == [
        ("Sit.", "Calm: One", 3),
        ("Rest.", "Other", 1),
    ]


# The sheet


def test_a_sheet_has_every_line_with_its_file_and_its_time() -> None:
    long = "Let your right arm be heavy, from the shoulder to the elbow, and from the elbow to the fingertips."
    found = listed(
        Slot(AT, 9999, (say(long),)), Marker("Breath"), Slot(AT, 4000, (count("In"),)), Slot(AT, None, (say("On."),))
    )
    text = sheet("Calm", found)
    assert text.startswith("Calm: 3 lines to speak\n\nRecord each line by itself")
    assert text.partition("001-")[2] == (
        "let-your-right-arm-be-heavy-from-the-ID.wav   (at most 9.9 s)\n"
        "    Let your right arm be heavy, from the shoulder to the elbow, and from the\n"
        "    elbow to the fingertips.\n"
        "\nBREATH\n"
        "\n002-in.wav   (on a beat, at most 0.8 s)\n    In\n"
        "\n003-on.wav\n    On.\n"
    ).replace("ID", found[0].name[-6:])
    assert all(len(row) <= WIDTH for row in text.splitlines())


def test_a_sheet_cannot_steer_a_terminal() -> None:
    assert "\x1b" not in sheet("a\x1b[2J", [LineToSpeak(1, "a", "Sit\x1b[2J.", "One\x1b", None)])


def test_what_is_promised_is_there() -> None:
    assert [seconds(ms) for ms in (0, 99, 840, 4199, 12_000)] == ["0.0 s", "0.0 s", "0.8 s", "4.1 s", "12.0 s"]


def test_the_advice_names_no_file_that_could_not_be_read() -> None:
    advice = sheet("Calm", []).replace("\n", " ")
    assert "WAV, FLAC, Ogg or MP3" in advice
    assert Path(LineToSpeak(1, "a", "A", "", None).file).suffix == ".wav"
