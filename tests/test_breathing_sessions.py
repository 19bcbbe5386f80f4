"""The bundled breathing sessions: holds that can be left out, lines that fit every breath, sides that are always said.

No voice is asked: a word is as long as in `texts_heard`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

import pytest

from player.pipeline.requested import RequestedSession, SessionRequest
from player.techniques.cue import Recording, Slot, Sounding, Speech, Utterance
from player.timeline.layout import lay_out
from tests.texts_heard import WORD_MS

WITH_HOLDS = ("box-breathing", "four-seven-eight", "two-minute-box")
EXTREMES: dict[str, dict[str, tuple[str, ...]]] = {
    "alternate-nostril": {"breath": ("3s", "6s")},
    "belly-breathing": {"longest": ("4s", "6s")},
    "box-breathing": {"side": ("3s", "6s"), "holds": ("yes", "no")},
    "coherent-breathing": {"pace": ("4500ms", "6500ms"), "practice": ("2m", "20m")},
    "extended-exhale": {"in": ("3s", "5s"), "out": ("4s", "8s")},
    "four-seven-eight": {"cycles": ("1", "8"), "holds": ("yes", "no")},
    "physiological-sigh": {"cycles": ("1", "50")},
    "two-minute-box": {"holds": ("yes", "no")},
}
CASES = [
    (name, dict(zip(values, chosen, strict=True)))
    for name, values in EXTREMES.items()
    for chosen in product(*values.values())
]


@dataclass(frozen=True)
class Clip:
    length_ms: int
    beat_ms: int = 0
    after_ms: int = 0
    pauses: tuple[tuple[int, int], ...] = ()


def clip(said: Utterance | Recording) -> Clip:
    """A sentence as long as its words; a word on a beat has its room, whatever the voice."""
    on_beat = isinstance(said, Utterance) and said.room_ms
    return Clip(min(500, said.room_ms) if isinstance(said, Utterance) and on_beat else WORD_MS * len(said.text.split()))


def slots(name: str, **values: str) -> list[Slot]:
    return [part for part in RequestedSession(SessionRequest(name, values)).settled if isinstance(part, Slot)]


def texts(found: list[Slot]) -> list[str]:
    return [cue.said.text for slot in found for cue in slot.cues if isinstance(cue, Speech)]


@pytest.mark.parametrize(("name", "values"), CASES, ids=[" ".join([name, *values.values()]) for name, values in CASES])
@pytest.mark.parametrize("intro", ["full", "short"])
def test_every_line_fits_the_shortest_and_the_longest_breath(name: str, values: dict[str, str], intro: str) -> None:
    requested = RequestedSession(SessionRequest(name, values, intro=intro))  # type: ignore[arg-type]
    assert lay_out(requested.session, requested.settled, clip).total_ms > 0


@pytest.mark.parametrize("name", WITH_HOLDS)
def test_without_holds_nobody_is_told_to_hold_and_nothing_is_held(name: str) -> None:
    held, free = slots(name), slots(name, holds="no")
    assert {slot.guide for slot in held} > {"in", "out", "hold"}
    assert {slot.guide for slot in free} == {"", "in", "out"}
    assert [
        each for each in texts(free) if re.search(r"\b(hold|held|stay the|the stay|pause)", each, re.IGNORECASE)
    ] == []
    assert "Stay" in texts(held)
    assert "Stay" not in texts(free)


@pytest.mark.parametrize(
    ("name", "values"),
    [(name, {}) for name in WITH_HOLDS]
    + [("box-breathing", {"side": "3s"}), ("box-breathing", {"side": "6s"}), ("four-seven-eight", {"cycles": "7"})],
)
def test_without_holds_it_is_as_long(name: str, values: dict[str, str]) -> None:
    held, free = (slots(name, **values, holds=holds) for holds in ("yes", "no"))
    assert sum(slot.length_ms or 0 for slot in free) == sum(slot.length_ms or 0 for slot in held)


def test_with_one_nostril_at_a_time_the_side_is_always_said() -> None:
    breaths = [slot for slot in slots("alternate-nostril") if slot.guide]
    assert not [cue for slot in breaths for cue in slot.cues if isinstance(cue, Sounding)]
    said = [text.split()[-1] for text in texts(breaths)]
    assert said == ["left", "right", "right", "left"] * (len(breaths) // 4)


@pytest.mark.parametrize("name", ["box-breathing", "belly-breathing", "coherent-breathing", "extended-exhale"])
@pytest.mark.parametrize("minutes", [5, 10, 20])
def test_a_person_is_there_in_the_middle_and_before_the_end_whatever_the_length(name: str, minutes: int) -> None:
    requested = RequestedSession(SessionRequest(name, length_ms=minutes * 60_000))
    said = texts([part for part in requested.settled if isinstance(part, Slot)])
    assert any(re.search(r"\b[Hh]alfway\b", each) for each in said)
    assert any(re.search(r"\b(one|once) (more|last)\b", each, re.IGNORECASE) for each in said)
