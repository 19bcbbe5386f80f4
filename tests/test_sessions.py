"""The bundled sessions: all there, exactly as long as promised, able to last longer, and careful in what they say.

That every line fits its slot in the real voice, and that no warning is given, is tested with the command line.
"""

from __future__ import annotations

import re

import pytest

from player import pipeline
from player.script import library
from player.techniques import TECHNIQUES
from player.techniques.cue import Slot
from player.techniques.planning import plan
from player.timeline.fit import settle
from player.timeline.layout import nominal_ms, utterances
from player.units import parse_duration

LENGTHS = {
    "alternate-nostril": "6:00",
    "awake-at-night": "15:00",
    "back-flare-up": "8:00",
    "before-a-meeting": "3:00",
    "belly-breathing": "7:00",
    "body-scan-back": "15:00",
    "body-scan-short": "5:00",
    "box-breathing": "7:00",
    "chair-yoga-back": "8:00",
    "coherent-breathing": "11:40",
    "cue-relax": "4:30",
    "desk-back-stretch": "6:00",
    "evening-good-things": "4:00",
    "extended-exhale": "6:30",
    "finding-help": "6:20",
    "floor-back-stretch": "12:00",
    "four-seven-eight": "3:20",
    "grounding-54321": "5:00",
    "grounding-scent": "4:00",
    "happy-memory": "6:00",
    "heat-compress": "14:30",
    "loving-kindness": "8:00",
    "mat-yoga-back": "12:00",
    "micro-break": "1:30",
    "mindful-meal": "4:00",
    "mindful-observing": "8:00",
    "mindful-walk-outdoors": "10:00",
    "morning-stiffness": "6:00",
    "naming-things": "5:00",
    "one-minute-sigh": "1:00",
    "panic-first-aid": "3:00",
    "physiological-sigh": "3:30",
    "plan-your-day": "6:00",
    "pmr-16": "22:00",
    "pmr-4": "10:00",
    "pmr-7": "15:00",
    "pmr-recall": "6:00",
    "pmr-release-only": "9:00",
    "pmr-seated": "6:00",
    "posture-check": "2:30",
    "rapid-relaxation": "1:00",
    "receiving-a-massage": "8:00",
    "safe-place": "7:00",
    "safety-first": "2:30",
    "self-compassion-sore-body": "7:00",
    "self-massage-back": "8:00",
    "sleep-wind-down": "20:00",
    "somatic-and-other-help": "3:00",
    "thought-check": "5:20",
    "three-minute-space": "3:30",
    "two-minute-box": "2:00",
    "walking-break": "6:00",
    "what-if-journal": "13:00",
    "why-worry-tightens-the-back": "5:00",
    "worry-time": "17:00",
}
BREATHING = (
    *("alternate-nostril", "belly-breathing", "box-breathing", "coherent-breathing", "extended-exhale"),
    *("four-seven-eight", "physiological-sigh"),
)
SLEEPY = ("awake-at-night", "four-seven-eight", "sleep-wind-down")
"""No bell at the end of what leads into sleep."""


def texts(name: str, *skip: str) -> str:
    session = pipeline.as_requested(pipeline.SessionRequest(name)).session
    parts = settle(plan(session, TECHNIQUES, skip).parts)
    return " ".join(each.text for each in utterances(parts))


def test_all_are_there() -> None:
    assert sorted(LENGTHS) == sorted(library.session_names())


@pytest.mark.parametrize("name", LENGTHS)
def test_each_is_exactly_as_long_as_promised_whatever_the_voice(name: str) -> None:
    parts = settle(plan(pipeline.as_requested(pipeline.SessionRequest(name)).session, TECHNIQUES).parts)
    assert nominal_ms(parts) == (parse_duration(LENGTHS[name]), True)


@pytest.mark.parametrize("name", LENGTHS)
def test_none_promises_a_cure(name: str) -> None:
    session = pipeline.as_requested(pipeline.SessionRequest(name)).session
    told = " ".join((session.title, session.summary, *session.safety, texts(name)))
    assert not re.search(r"\b(treats|cures|heals|detox\w*|guarantee\w*|oxygen\w*)\b", told, re.IGNORECASE)


@pytest.mark.parametrize("name", BREATHING)
def test_each_breathing_session_can_last_ten_minutes_in_whole_breaths(name: str) -> None:
    request = pipeline.SessionRequest(name, length_ms=600_000)
    parts = plan(pipeline.as_requested(request).session, TECHNIQUES).parts
    cycles = [slot for slot in settle(parts) if getattr(slot, "opens", False)]
    total_ms = pipeline.as_requested(request).known_ms
    assert cycles
    assert total_ms is not None
    assert abs(total_ms - 600_000) <= longest_cycle_ms(name) / 2


def longest_cycle_ms(name: str) -> int:
    lengths: list[int] = []
    for slot in settle(plan(pipeline.as_requested(pipeline.SessionRequest(name)).session, TECHNIQUES).parts):
        length = getattr(slot, "length_ms", 0) or 0
        if getattr(slot, "opens", False):
            lengths.append(length)
        elif getattr(slot, "guide", "") and lengths:
            lengths[-1] += length
    return max(lengths)


def test_what_is_left_out_is_never_mentioned() -> None:
    assert re.search(r"\b(neck|jaw)\b", texts("pmr-16"), re.IGNORECASE)
    assert not re.search(r"\b(neck|jaw|teeth|chin|throat)\b", texts("pmr-16", "neck", "jaw"), re.IGNORECASE)


def test_what_leads_into_sleep_says_so() -> None:
    """So that a new session cannot be forgotten here."""
    loaded = {name: pipeline.as_requested(pipeline.SessionRequest(name)).session for name in LENGTHS}
    sleepy = [
        name
        for name, each in loaded.items()
        if re.search(r"\b(for|before|into) sleep\b", f"{each.title} {each.summary}")
    ]
    assert sorted(sleepy) == sorted(SLEEPY)


@pytest.mark.parametrize("name", sorted({*LENGTHS} - {*SLEEPY}))
def test_the_end_is_unmistakable(name: str) -> None:
    """Its last half minute has a bell or words in it, and so nobody lies there waiting for more."""
    slots = [
        part
        for part in settle(plan(pipeline.as_requested(pipeline.SessionRequest(name)).session, TECHNIQUES).parts)
        if isinstance(part, Slot)
    ]
    last = [slot for slot in slots if slot.length_ms != 0][-1]
    assert last.cues
    assert (last.length_ms or 0) <= 30_000


@pytest.mark.parametrize("name", SLEEPY)
def test_no_bell_wakes_a_sleeper(name: str) -> None:
    parts = settle(plan(pipeline.as_requested(pipeline.SessionRequest(name)).session, TECHNIQUES).parts)
    assert not [part for part in parts for cue in getattr(part, "cues", ()) if getattr(cue, "kind", "") == "chime"]
