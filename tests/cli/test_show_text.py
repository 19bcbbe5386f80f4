"""The time table, as text that can be read in review."""

from __future__ import annotations

from dataclasses import dataclass, replace

from player.cli import _show_text
from player.cli._origins import ValueOrigin
from player.script.session import parse
from player.techniques import TECHNIQUES
from player.techniques.planning import plan
from player.timeline.fit import settle
from player.timeline.layout import lay_out


@dataclass(frozen=True)
class Clip:
    length_ms: int = 400
    beat_ms: int = 50
    after_ms: int = 0
    pauses: tuple[tuple[int, int], ...] = ()


SCRIPT = """\
title: Night
summary: A little of everything.
safety: Stop whenever you like.
steps:
  - section: Begin
  - say: Sit down. Rest.
    for: 6s
  - section: Breathe
  - breathe: {in: 4s, hold: 1500ms, out: 6s, cycles: 5}
    guide: [count 2, words 1, tones 1, silent]
  - pause: 1m
  - chime: bell
"""

EXPECTED = """\
Night                                                             2:09
A little of everything.
  ! Stop whenever you like.
  Against the voice: tones −8 dB, bells −8 dB.

Begin
    0:00       6s  Sit down. Rest.

Breathe
    0:06      23s  2 × [in 4s, hold 1.5s, out 6s], counted
    0:29    11.5s  1 × [in 4s, hold 1.5s, out 6s], in words
    0:40    11.5s  1 × [in 4s, hold 1.5s, out 6s], in tones
    0:52    11.5s  1 × [in 4s, hold 1.5s, out 6s], in silence
    1:03       1m  (quiet)
    2:03       6s  (chime)"""


def shown(script: str, width: int) -> str:
    session = parse(script, "night.yaml", TECHNIQUES)
    return _show_text.as_text(session, lay_out(session, settle(plan(session).parts), lambda _: Clip()), width)


def test_a_time_table_as_people_read_it() -> None:
    assert shown(SCRIPT, 70) == EXPECTED


def test_a_voice_that_changes_is_told() -> None:
    sinking = SCRIPT.replace("steps:", "voice: {rate: {from: 105, to: 90}, level: {from: 0 dB, to: -6 dB}}\nsteps:")
    told = "  From its first words to its last, the voice goes from 105 to 90 words a\n  minute, from 0 to -6 dB.\n"
    assert told in shown(sinking, 76)
    session = parse(sinking, "night.yaml", TECHNIQUES)
    timeline = lay_out(session, settle(plan(session).parts), lambda _: Clip())
    assert "There is only one pitch for Joe." in _show_text.as_text(session, timeline, 76, without_pitch=["Joe"])
    voice = _show_text.voice_json(session.voice, ["Joe"])
    assert voice == {"rate": [105, 90], "pitch": [50, 50], "level_db": [0.0, -6.0], "without_pitch": ["Joe"]}
    assert _show_text.as_json(timeline, voice=voice)["voice"] == voice


def test_a_session_with_two_introductions_has_two_lengths() -> None:
    session = parse(SCRIPT, "night.yaml", TECHNIQUES)
    timeline = lay_out(session, settle(plan(session).parts), lambda _: Clip())
    lengths = {"full": 129_000, "short": 101_000}
    both = "2:09, 1:41 with the short introduction"
    assert _show_text.as_text(session, timeline, 70, lengths).startswith(f"Night{both:>65}\n")
    renamed = replace(session, title="A night that is long enough")
    assert _show_text.as_text(renamed, timeline, 60, lengths).startswith(f"A night that is long enough\n{both:>60}\n")
    assert _show_text.as_json(timeline, lengths)["intros_ms"] == lengths
    assert "intros_ms" not in _show_text.as_json(timeline)


def test_what_it_is_heard_with_stands_above_the_sections() -> None:
    session = parse(SCRIPT, "night.yaml", TECHNIQUES)
    timeline = lay_out(session, settle(plan(session).parts), lambda _: Clip())
    chosen = (ValueOrigin("rate", 105, "default"), ValueOrigin("bed", -26.0, "your settings"))
    head = _show_text.as_text(session, timeline, 70, chosen=chosen).partition("\n\n")[0]
    assert head.splitlines()[-1] == "  rate 105 (default), bed -26 (your settings)"


def test_long_lines_are_folded_under_themselves() -> None:
    script = f"title: T\nsteps:\n  - say: {'word ' * 30}.\n    for: 1m\n"
    lines = shown(script, 60).splitlines()
    assert max(map(len, lines)) <= 60
    assert {line[:19].strip() for line in lines[1:]} == {"", "0:00       1m"}


def rows(*steps: str) -> list[str]:
    script = "\n".join(["title: T", "steps:", "- pause: 1s", *(f"- {step}" for step in steps)])
    return [line[:8].strip() + line[17:] for line in shown(script, 70).splitlines()[2:]]


def test_breaths_of_several_in_breaths_are_counted_by_their_cycles() -> None:
    phases = "{for: 3s, kind: in}, {for: 1s, kind: in}, {for: 6s, kind: out}"
    assert rows(f"{{breathe: {{phases: [{phases}], cycles: 4}}, guide: words}}") == [
        "0:01  4 × [in 3s, in 1s, out 6s], in words"
    ]


def test_steps_of_other_lengths_are_rows_of_their_own_and_a_ramp_is_one() -> None:
    assert rows(
        "breathe: {in: 3s, out: 3s, cycles: 2}",
        "breathe: {in: 4s, out: 4s, cycles: 3}",
        "breathe: {in: {from: 4s, to: 6s}, out: 6s, cycles: 5}",
    ) == [
        "0:01  2 × [in 3s, out 3s], counted",
        "0:13  3 × [in 4s, out 4s], counted",
        "0:37  5 × [in 4s to 6s, out 6s], counted",
    ]


def test_a_breath_with_a_line_is_a_row_of_its_own_with_the_line() -> None:
    script = "title: T\nsteps:\n- breathe: {in: 4s, out: 6s, cycles: 6}\n  guide: tones\n"
    assert shown(f"{script}  coach: {{after: 4, say: Small breaths now.}}\n", 80).splitlines()[1:] == [
        "  Against the voice: tones −8 dB.",
        "    0:00      40s  4 × [in 4s, out 6s], in tones",
        "    0:40      10s  1 × [in 4s, out 6s], in tones, with: Small breaths now.",
        "    0:50      10s  1 × [in 4s, out 6s], in tones",
    ]


def test_what_an_author_says_about_a_parameter_stands_where_the_script_has_no_limits() -> None:
    script = "title: A\nparams: {first: {default: right, about: right or left.}}\nsteps: [{pause: 1s}]\n"
    told = _show_text._choices(parse(script, "a.yaml", TECHNIQUES), ())
    assert [*told] == ["Parameters (-p): first (right; right or left)."]


def test_parameters_and_what_can_be_left_out_are_listed() -> None:
    script = (
        "title: Night\nparams:\n  side: {default: 4s, min: 3s, max: 6s, about: of one side}\n"
        "  holds: {default: yes, choices: [yes, no]}\n  who: you\n  most: {default: 3, max: 5}\n"
        "steps:\n  - say: Rest, $who.\n    for: 9s\n".replace("$who", "${who}")
    )
    session = parse(script, "night.yaml", TECHNIQUES)
    timeline = lay_out(session, settle(plan(session).parts), lambda _: Clip())
    text = _show_text.as_text(session, timeline, 100, offered=["neck", "low back"])
    assert "  Parameters (-p): side 3s to 6s (4s), holds yes or no (yes), who (you), most at most 5 (3).\n" in text
    assert "  Can be left out (--skip): neck, low back.\n" in text
    assert _show_text.choices_json(session, ["neck"]) == {
        "parameters": {
            "side": {"default": "4s", "min": "3s", "max": "6s", "about": "of one side"},
            "holds": {"default": "yes", "choices": ("yes", "no")},
            "who": {"default": "you"},
            "most": {"default": "3", "max": "5"},
        },
        "skippable": ["neck"],
    }
