from __future__ import annotations

import dataclasses
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import Position, ScriptError
from player.script.session import Background, Parameter, Session, Step, VoiceSettings, parse
from tests.fakes_script import STEP_TYPES, Breathe, Pattern, Repeat, Say, Times

WHOLE = """\
title: Box breathing
summary: Four equal sides, to steady the breath.
technique: breathing          # one of eight
language: en-GB
safety:
  - Holds are optional. If you feel light-headed, breathe as you normally do.
voice: {rate: 90, name: gmw/en+f2}
background: {sound: ocean, under_voice: -22 dB, in_pauses: -16 dB, fade_in: 4s, fade_out: 10s}
params:
  side: {default: 4s, min: 3s, max: 6s, about: length of one side}
  who: you
steps:
  - say: Sit with both feet on the floor,
      and let your hands rest.
    for: 12s
  - breathe: {in: $side, out: $side, cycles: 19}
    guide: [count 6, silent]
  - repeat:
      times: 3
      steps:
        - say: "Good for ${who}: $$5."
"""


def parsed(text: str, **values: str) -> Session:
    return parse(text, "f", STEP_TYPES, values)


def problems(text: str, **values: str) -> list[str]:
    """The problems with their lines and columns."""
    try:
        parse(text, "f", STEP_TYPES, values)
    except ScriptError as error:
        return [str(problem).removeprefix("f:") for problem in error.problems]
    return []


def test_a_whole_script() -> None:
    assert parsed(WHOLE) == Session(
        title="Box breathing",
        summary="Four equal sides, to steady the breath.",
        technique="breathing",
        language="en-GB",
        safety=("Holds are optional. If you feel light-headed, breathe as you normally do.",),
        voice=VoiceSettings(name="gmw/en+f2", rate=90),
        background=Background("ocean", -22.0, -16.0, 4000, 10_000),
        params={"side": Parameter("4s", "3s", "6s", "length of one side"), "who": Parameter("you")},
        values={"side": "4s", "who": "you"},
        steps=(
            Step(Say("Sit with both feet on the floor, and let your hands rest.", 12_000), Position("f", 13, 5)),
            Step(Breathe(Pattern(4000, 4000, 19), ("count 6", "silent")), Position("f", 16, 5)),
            Step(
                Repeat(Times(3, (Step(Say("Good for you: $5."), Position("f", 21, 11)),))),
                Position("f", 18, 5),
            ),
        ),
        path="f",
    )


def test_a_session_knows_where_its_values_stand() -> None:
    session = parsed(WHOLE)
    assert session.places["background.under_voice"] == Position("f", 8, 41)
    assert session.places["safety.0"] == Position("f", 6, 5)
    assert session.steps[0].where("for") == Position("f", 15, 10)
    assert session.steps[0].where("then") == session.steps[0].at
    assert session.steps[1].where("breathe.out") == Position("f", 16, 31)
    assert session.steps[1].where("guide.1") == Position("f", 17, 22)


def test_a_short_script_has_the_houses_settings() -> None:
    session = parsed("title: Short\nsteps: [{say: Hello}]")
    assert session == Session("Short", (Step(Say("Hello"), Position("f", 2, 9)),), path="f")
    assert (session.language, session.voice.rate, session.voice.pitch) == ("en-US", 105, 50)
    assert session.background == Background(None, -20.0, -16.0, 4000, 10_000)


@pytest.mark.parametrize(
    ("written", "background"),
    [
        ("none", Background()),
        ("ocean", Background("ocean")),
        ("sounds/rain.ogg", Background("sounds/rain.ogg")),
        ("{sound: none}", Background()),
        ("{fade_in: 1s}", Background(fade_in=1000)),
    ],
)
def test_a_background_may_be_a_bare_name(written: str, background: Background) -> None:
    assert parsed(f"title: x\nbackground: {written}\nsteps: [{{say: x}}]").background == background


def test_a_session_cannot_be_changed() -> None:
    session = parsed(WHOLE)
    with pytest.raises(dataclasses.FrozenInstanceError):
        session.title = "y"  # type: ignore[misc]
    with pytest.raises(TypeError):
        session.values["side"] = "5s"  # type: ignore[index]
    with pytest.raises(TypeError):
        session.params["side"] = Parameter("5s")  # type: ignore[index]
    with pytest.raises(TypeError):
        session.steps[0].places["say"] = session.steps[0].at  # type: ignore[index]


def steps(*lines: str) -> str:
    """A script with a title in line 1, and these lines from line 3."""
    return "\n".join(["title: x", "steps:", *lines])


def head(*lines: str) -> str:
    """A script with these lines from line 3."""
    return "\n".join(["title: x", "steps: [{say: x}]", *lines])


KEYS = (
    "title, steps, summary, technique, language, translates, reviewed, author, album, year, license, safety, "
    "voice, pronounce, background, params"
)
STEPS = "say, pause, breathe, repeat, chime, bed, include, groups"
DURATION = "a duration such as 4s, 500ms, 2m30s or 0:30"
QUOTE = "put a text with a colon, brackets or braces in quotes"
NAME = "a name of letters, digits, - and _ that begins with a letter"
DOLLAR = "(write $$ for a dollar sign)"
TECHNIQUES = "breathing, muscle, grounding, mindfulness, movement, care, thought or guide"
TWICE = "stands here a second time; the first is in"
A_VOICE = "a mapping with name, rate, pitch, level, such as voice: {name: heart, rate: 95}"
OPTION = "if it belongs to the step above, leave out its '- '"
COLON = "a step must have a colon and a space behind its key, such as 'say: ...'"
ONE_MISTAKE = [
    # what a file is
    ("- say: x", "1:1: a script must be keys and values: a 'title:', and 'steps:' with a list below it"),
    ("hello", "1:1: a script must be keys and values: a 'title:', and 'steps:' with a list below it"),
    ("steps: [{say: x}]", "1:1: title is missing"),
    ("title: x", "1:1: steps is missing"),
    ("title: x\nsteps:", "2:7: steps must not be empty"),
    ("title: x\nsteps: []", "2:8: steps must not be empty"),
    ("title: x\nsteps: say", "2:8: steps must be a list, not 'say'"),
    ("title: x\nsteps: {say: x}", "2:8: steps must be a list, not a mapping; begin each entry with '- '"),
    ("title:\nsteps: [{say: x}]", "1:7: title must not be empty"),
    ("title: ''\nsteps: [{say: x}]", "1:8: title must not be empty"),
    ("title: |\n  a\n  b\nsteps: [{say: x}]", "1:8: title must be on one line"),
    ("title: [x]\nsteps: [{say: x}]", f"1:8: title must be a short text on one line, not a list; {QUOTE}"),
    # keys
    ("titel: x\nsteps: [{say: x}]", "1:1: unknown key 'titel'; did you mean 'title'?"),
    (head("Voice: {rate: 90}"), "3:1: unknown key 'Voice'; did you mean 'voice'?"),
    (head("zzz: 1"), f"3:1: unknown key 'zzz'; allowed: {KEYS}"),
    (head("path: 1"), "3:1: unknown key 'path'; did you mean 'author'?"),  # the program's own field, and no key
    (head("title: y"), f"3:1: key 'title' {TWICE} line 1, column 1"),
    (head("voice: {rate: 90, rate: 80}"), f"3:19: key 'rate' {TWICE} line 3, column 9"),
    (head("voice: {speed: 90}"), "3:9: unknown key 'speed' in voice; did you mean 'rate'?"),
    (head("voice: {rate:90}"), "3:9: a space is missing behind the colon of 'rate:90'"),
    # the head's values
    (head("technique: breating"), f"3:12: technique must be {TECHNIQUES}, not 'breating'; did you mean 'breathing'?"),
    (head("language: english"), "3:11: language must be a language such as en-GB, not 'english'"),
    (head("voice: {rate: 1000}"), "3:15: rate must be 60 to 300 words a minute, not 1000"),
    (head("voice: {rate: fast}"), "3:15: rate must be a whole number, 60 to 300 words a minute, not 'fast'"),
    (
        head("voice: 90"),
        "3:8: voice must be a mapping with name, rate, pitch, level, such as voice: {name: heart, rate: 95}, not '90'",
    ),
    (
        head("voice: [90]"),
        f"3:8: voice must be {A_VOICE}, not a list",
    ),
    (head("voice:"), "3:7: voice must not be empty"),
    (head("background: {under_voice: -20}"), "3:27: under_voice must be a level such as -20 dB, not '-20'"),
    (head("background: {under_voice: 6 dB}"), "3:27: under_voice must be -60 dB to 0 dB, not 6 dB"),
    (head("background: {fade_in: 2m}"), "3:23: fade_in must be at most 1m, not 2m"),
    (head("safety: []"), "3:9: safety must not be empty"),
    (head("safety:", "  - Note: holds"), f"4:5: safety must be text, not a mapping; {QUOTE}"),
    # which step
    (steps("  - sya: Hello"), "3:5: unknown step 'sya'; did you mean 'say'?"),
    (steps("  - zzz: Hello"), f"3:5: a step must have one of {STEPS}, but this one has 'zzz'"),
    (
        steps("  - for: 3s"),
        f"3:5: a step must have one of {STEPS}, but this one has 'for'; {OPTION}",
    ),
    (steps("  - {}"), f"3:5: a step must have one of {STEPS}, but this one has nothing"),
    (
        steps("  - say: Hello", "    pause: 3s"),
        "4:5: a step must be one thing, but this one has 'say' and 'pause'; begin each with its own '- '",
    ),
    (steps("  - Hello there"), "3:5: a step must be a key and its value, such as 'say: text', not 'Hello there'"),
    (steps("  - say Hello"), f"3:5: {COLON}, not 'say Hello'"),
    (steps("  - say:Hello"), f"3:5: {COLON}, not 'say:Hello'"),
    (steps("  - {say:Hello}"), "3:6: a space is missing behind the colon of 'say:Hello'"),
    (steps("  - [say, Hello]"), "3:5: a step must be a key and its value, such as 'say: text', not a list"),
    (steps("  -"), "3:4: a step must not be empty"),
    # a step's values
    (steps("  - say:"), "3:9: say must not be empty"),
    (steps("  - say: ''"), "3:10: say must not be empty"),
    (steps("  - say: {name}"), f"3:10: say must be text, not a mapping; {QUOTE}"),
    (steps("  - say: x", "    fro: 3s"), "4:5: unknown key 'fro' in say; did you mean 'for'?"),
    (steps("  - say: x", "    zz: 3s"), "4:5: unknown key 'zz' in say; allowed: say, for, then, loud"),
    (steps("  - say: x", "    for_: 3s"), "4:5: unknown key 'for_' in say; did you mean 'for'?"),
    (steps("  - say: x", "    for: no"), f"4:10: for must be {DURATION}, not 'no'"),
    (steps("  - say: x", "    for: -3s"), f"4:10: for must be {DURATION}, not '-3s'; it must not be negative"),
    (steps("  - say: x", "    for: ~"), f"4:10: for must be {DURATION}, not '~'"),
    (steps("  - say: x", "    for: 1e3"), f"4:10: for must be {DURATION}, not '1e3'"),
    (steps("  - say: x", "    for: 25h"), "4:10: for must be at most 24 hours, not '25h'"),
    (steps("  - say: x", "    for:"), "4:9: for must not be empty"),
    (steps("  - say: x", "    for: [3s]"), f"4:10: for must be {DURATION}, not a list"),
    (steps("  - pause: 0.2s"), "3:12: pause must be at least 1s, not 0.2s"),
    (steps("  - pause: 3s", "    flex: maybe"), "4:11: flex must be true or false, not 'maybe'"),
    (steps("  - breathe: {in: 4s, cycles: 3}"), "3:14: out is missing in breathe"),
    (steps("  - breathe: {in: 4s, uot: 4s, cycles: 3}"), "3:23: unknown key 'uot' in breathe; did you mean 'out'?"),
    (steps("  - breathe: {in: 4s, out: 4s}"), "3:14: breathe must have either cycles or for"),
    (steps("  - breathe: {in: 4s, out: 4s, cycles: 0}"), "3:40: cycles must be 1 to 1000, not 0"),
    (steps("  - breathe: {in: {from: 4s}, out: 4s, cycles: 3}"), "3:19: to is missing in in"),
    (
        steps("  - breathe: {in: [4s], out: 4s, cycles: 3}"),
        f"3:19: in must be {DURATION}, or a mapping with from, to, not a list",
    ),
    (
        steps("  - breathe: {in: 4s, out: 4s, cycles: 3}", "    guide: [silent, words]"),
        "4:12: guide must end with silent",
    ),
    (steps("  - breathe: {in: 4s, out: 4s, cycles: 3}", "    guide: []"), "4:12: guide must not be empty"),
    (
        steps("  - breathe: {in: 4s, out: 4s, cycles: 3}", "    count: uup"),
        "4:12: count must be up, down or none, not 'uup'; did you mean 'up'?",
    ),
    (
        steps("  - breathe: {in: 4s, out: 4s, cycles: 3}", "    tense: nine"),
        f"4:12: tense must be {DURATION}, or none, not 'nine'; did you mean 'none'?",
    ),
    (steps("  - repeat: {times: 3, steps: [{say: x}, {sya: y}]}"), "3:43: unknown step 'sya'; did you mean 'say'?"),
    (steps("  - repeat: {times: 3}"), "3:13: steps is missing in repeat"),
    (steps("  - chime: {name: bell, strength: 101%}"), "3:35: strength must be 0 to 100, not 101"),
    (steps("  - include: x", "    params: {4x: y}"), f"4:14: the name '4x' in params must be {NAME}, not '4x'"),
    (steps("  - include: x", "    params: {a: y, a: z}"), f"4:20: key 'a' {TWICE} line 4, column 14"),
    (
        steps("  - groups: [a, 3s, [x]]"),
        f"3:21: groups must be a mapping with name, strength, or {DURATION}, not a list",
    ),
    # a voice that changes
    (head("voice: {rate: {from: 105}}"), "3:15: to is missing in rate"),
    (head("voice: {rate: {from: 105, to: 40}}"), "3:31: to must be 60 to 300 words a minute, not 40"),
    (head("voice: {level: {from: 0 dB, to: -20 dB}}"), "3:33: to must be -12 dB to 0 dB, not -20 dB"),
    (head("voice: {level: 3 dB}"), "3:16: level must be -12 dB to 0 dB, not 3 dB"),
    # parameters
    (head("params: 4s"), "3:9: params must be a mapping of names and values, such as 'side: 4s'"),
    (head("params: {4x: 4s}"), f"3:10: the parameter '4x' must be {NAME}, not '4x'"),
    (head("params: {side: {min: 4s}}"), "3:16: default is missing in side"),
    (head("params: {side: {default: 4s, mx: 4s}}"), "3:30: unknown key 'mx' in side; did you mean 'max'?"),
    (head("params: {side: {default: 9s, min: 3s, max: 6s}}"), "3:26: default must be 3s to 6s, not 9s"),
    (head("params: {side: {default: 9s, max: 0:06}}"), "3:26: default must be at most 0:06, not 9s"),
    (head("params: {side: {default: 4s, min: 6s, max: 3s}}"), "3:35: min must not be above max, which is 3s"),
    (
        head("params: {side: {default: 4s, min: 6s, max: 3 dB}}"),
        "3:35: min and max must both be durations, numbers or levels",
    ),
    (head("params: {side: {default: x, min: 3s, max: 6s}}"), "3:26: default must be 3s to 6s, not 'x'"),
    (head("params: {a: x, a: y}"), f"3:16: key 'a' {TWICE} line 3, column 10"),
    (
        steps("  - pause: $side", "params: {sied: 4s}"),
        f"3:12: pause names the parameter 'side', which is not there; did you mean 'sied'? {DOLLAR}",
    ),
    (
        steps("  - pause: $side"),
        f"3:12: pause names the parameter 'side', which is not there; this script has no params {DOLLAR}",
    ),
    (
        steps("  - say: Hold for ${side}.", "params: {a: x, b: y}"),
        f"3:10: say names the parameter 'side', which is not there; there are a, b {DOLLAR}",
    ),
    (
        steps("  - say: Hold for $side.", "params: {side: 4s}"),
        "3:10: say must have ${side} instead of $side inside a text, or $$side for a dollar sign",
    ),
    (
        steps("  - pause: $side", "params: {side: long}"),
        f"3:12: pause must be {DURATION}, not 'long' (the value of $side)",
    ),
    (steps("  - pause: $side", "params: {side: 0s}"), "3:12: pause must be at least 1s, not 0s (the value of $side)"),
]


@pytest.mark.parametrize(("text", "problem"), ONE_MISTAKE, ids=[problem[:60] for _, problem in ONE_MISTAKE])
def test_one_mistake_is_one_problem_at_its_place(text: str, problem: str) -> None:
    assert problems(text) == [problem]


TWELVE = """\
titel: Box breathing
technique: breathe
voice: {rate: 1000}
background: {sound: ocean, under_voice: -20}
params:
  side: {default: 9s, min: 3s, max: 6s}
steps:
  - say: Sit down.
    fro: 12s
  - pause: soon
  - breathe: {in: $side, out: $sied, cycles: 19}
  - repeat:
      times: 0
      steps:
        - sya: Good.
        - say:
  - say: Let go.
    say: Let it go.
"""


def test_twelve_mistakes_are_twelve_problems() -> None:
    told = problems(TWELVE)
    assert len(told) == 12
    assert [int(problem.split(":")[0]) for problem in told] == [1, 2, 3, 4, 6, 9, 10, 11, 13, 15, 16, 18]


def test_a_wrong_parameter_is_reported_once_however_often_it_is_used() -> None:
    text = steps("  - pause: $side", "  - say: For ${side}.", "  - pause: $side", "params: {side: {min: 3s}}")
    assert problems(text) == ["6:16: default is missing in side"]


def test_no_value_is_ever_read_as_yaml_would() -> None:
    session = parsed(
        steps("  - say: no", "    for: 1:30", "  - say: ~", "    for: 012", "  - say: null", "  - say: 1e3")
    )
    assert [step.fields for step in session.steps] == [
        Say("no", 90_000),
        Say("~", 12_000),
        Say("null"),
        Say("1e3"),
    ]


SHORT_SIDE = "10:9: side must be 3s to 6s, not 1s"


def test_values_replace_defaults() -> None:
    session = parsed(WHOLE, side="0:05", who="us all")
    assert dict(session.values) == {"side": "0:05", "who": "us all"}
    breathe = session.steps[1].fields
    assert isinstance(breathe, Breathe)
    assert breathe.breathe == Pattern(5000, 5000, 19)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"side": "12s"}, ["10:9: side must be 3s to 6s, not 12s"]),
        ({"side": "1s"}, [SHORT_SIDE]),
        ({"side": "soon"}, ["10:9: side must be 3s to 6s, not 'soon'"]),
        ({"side": ""}, ["10:9: side must not be empty"]),
        ({"who": "a\x1bb"}, ["11:8: who must not contain the control character '\\x1b'"]),
        ({"sied": "4s"}, ["10:3: there is no parameter 'sied'; did you mean 'side'?"]),
        ({"zzz": "4s"}, ["10:3: there is no parameter 'zzz'; there are side, who"]),
        ({"side": "1s", "zzz": "x"}, ["10:3: there is no parameter 'zzz'; there are side, who", SHORT_SIDE]),
    ],
)
def test_values_keep_to_their_limits(values: dict[str, str], expected: list[str]) -> None:
    assert problems(WHOLE, **values) == expected


def test_a_script_without_params_takes_no_values() -> None:
    assert problems(steps("  - say: x"), side="4s") == ["1:1: there is no parameter 'side'; this script has none"]


@pytest.mark.slow
def test_the_number_of_steps_is_limited_nested_ones_included() -> None:
    many = ["  - repeat:", "      times: 2", "      steps:", *["        - say: x"] * 5001]
    assert problems(steps(*many)) == ["5005:11: the script has more than 5000 steps; use repeat, or split it"]
    assert problems(steps(*many[:-2])) == []


def test_yaml_mistakes_and_wrong_values_come_together() -> None:
    text = "title: !x y\n<<: z\nsteps:\n  - pause: soon\n"
    assert [problem.split(" ")[0] for problem in problems(text)] == ["1:8:", "2:1:", "4:12:"]


def test_a_control_character_never_reaches_a_terminal() -> None:
    text = 'title: "x\\e[2J"\n"\\e[1m": y\nsteps: [{say: x}]'
    assert all(problem.isprintable() for problem in problems(text))


def test_a_script_is_read_from_bytes() -> None:
    assert parse(b"\xef\xbb\xbftitle: x\r\nsteps:\r\n  - say: \xc3\xa9\r\n", "f", STEP_TYPES).steps[0].fields == Say(
        "é"
    )


@given(st.one_of(st.text(), st.binary()))
def test_any_text_is_a_session_or_problems(text: str | bytes) -> None:
    with pytest.raises(ScriptError) as caught:
        parse(text, "f", STEP_TYPES)  # no random text has a title and steps
    assert caught.value.problems


LINES = WHOLE.splitlines(keepends=True)


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(WHOLE) - 1),
            st.integers(0, 6),
            st.one_of(
                st.text(max_size=3), st.sampled_from([*":-[]{}'\"&*!|>%@`#?,~\\$\t\n ", "${", "$$", "\n  ", ": ", "- "])
            ),
        ),
        max_size=3,
    )
)
def test_a_script_with_slips_is_a_session_or_problems(slips: list[tuple[int, int, str]]) -> None:
    text = WHOLE
    for start, length, put in slips:
        text = text[:start] + put + text[start + length :]
    for problem in problems(text):
        line, column, said = problem.split(":", 2)
        assert 1 <= int(line) <= text.count("\n") + text.count("\r") + 1
        assert int(column) >= 1
        assert said.isprintable()


@pytest.mark.parametrize("left_out", range(1, len(LINES)))
def test_a_script_that_was_cut_off_is_a_session_or_problems(left_out: int) -> None:
    text = "".join(itertools.islice(LINES, left_out))
    assert bool(problems(text)) != ("steps:\n  -" in text and not text.endswith(("repeat:\n", "3\n", "steps:\n")))


@pytest.mark.parametrize(
    ("params", "told"),
    [
        (", ".join(f"a{n}: x" for n in range(101)), "2:9: params must be at most 100, not 101"),
        (
            ", ".join(f"a{n}: {{default: x, choices: [x, y, z]}}" for n in range(17)),
            "2:9: params must have at most 50 choices in all, not 51",
        ),
    ],
)
def test_parameters_and_their_choices_have_a_limit(params: str, told: str) -> None:
    assert problems(f"title: T\nparams: {{{params}}}\nsteps: [{{say: '$b'}}]\n")[0] == told


def test_reading_ends_after_as_many_mistakes_as_anybody_reads() -> None:
    found = problems("title: T\nsteps:\n" + "- say: $b\n" * 300)
    assert len(found) == 201
    assert found[0].startswith("3:8: say names the parameter 'b', which is not there")
    assert "202:8: reading ends here, with 200 mistakes; mend these, and check again" in found


def test_a_bare_value_that_is_wrong_is_told_by_the_key_that_the_author_wrote() -> None:
    text = f"title: T\nbackground: {'x' * 10}\nvoice: 4\nparams: {{a: '{'x' * 2001}'}}\nsteps: [{{say: x}}]\n"
    assert "4:13: a must be at most 2000 characters long, not 2001" in problems(text)
