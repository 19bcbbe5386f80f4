"""The mistakes that authors make, each with what is told: where, what, what is allowed, and the remedy.

A row is a script and the whole of what `check` says of it: every problem as ``line:column`` and its essential words,
with an ellipsis for what is left out between them. Speech is hummed, so that lengths are known: 60 ms a letter at 120
words a minute.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import soundfile

from player import pipeline
from player.cli import main
from player.errors import PlayerError, ScriptError
from player.storage.store import Store
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from player.voice.engine import SpeechRequest

RATE = 48_000


def head(lines: str) -> str:
    """A script with this from its second line on, and a pause of a second."""
    return f"title: T\n{lines}\nsteps:\n- pause: 1s\n"


def steps(lines: str) -> str:
    """A script with these steps from its third line on."""
    return f"title: T\nsteps:\n{lines}\n"


def breathe(fields: str, *options: str) -> str:
    """A script that breathes in line 4, with options from line 5 on; the fields begin in column 13."""
    return steps("\n".join(["- pause: 1s", f"- breathe: {{{fields}}}", *(f"  {option}" for option in options)]))


def params(declared: str, step: str = "pause: $side") -> str:
    """A script with parameters in line 2, which begin in column 10, and a step in line 4."""
    return f"title: T\nparams: {{{declared}}}\nsteps:\n- {step}\n"


@dataclass(frozen=True)
class Row:
    """A script, what is told of it, its neighbours, the values of its parameters, and limits of the program's own."""

    script: str | bytes
    told: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, int] = field(default_factory=dict)


def row(script: str | bytes, *told: str, **more: Mapping[str, Any]) -> Row:
    return Row(script, told, **more)


A_DURATION = "must be a duration such as 4s, 500ms, 2m30s or 0:30, not"
SIDE = "side: {default: 4s, min: 3s, max: 6s}"
JAW = "name: your jaw, short: jaw, how: bite"

VALUES = {
    "a duration in words": row(steps("- pause: ten"), f"3:10: pause {A_DURATION} 'ten'"),
    "a duration with min": row(steps("- pause: 2 min"), f"3:10: pause {A_DURATION} '2 min'"),
    "a duration with a comma": row(steps("- pause: 1,5s"), f"3:10: pause {A_DURATION} '1,5s'"),
    "a negative duration": row(steps("- pause: -4s"), f"3:10: pause {A_DURATION} '-4s'"),
    "an endless duration": row(steps("- pause: .inf"), f"3:10: pause {A_DURATION} '.inf'"),
    "no number": row(steps("- pause: .nan"), f"3:10: pause {A_DURATION} '.nan'"),
    "75 seconds in a minute": row(steps("- pause: 1:75"), f"3:10: pause {A_DURATION} '1:75'"),
    "a duration of ~": row(steps("- pause: ~"), f"3:10: pause {A_DURATION} '~'"),
    "a duration of null": row(steps("- pause: null"), f"3:10: pause {A_DURATION} 'null'"),
    "a duration that is a list": row(steps("- pause: [1s]"), f"3:10: pause {A_DURATION} a list"),
    "no duration": row(steps("- pause:"), "3:9: pause must not be empty"),
    "nothing to say": row(
        steps("- say: …"), "3:8: say must have a word or a number, not '…'; silence is '- pause: 3s'"
    ),
    "half a millisecond": row(steps("- pause: 0.5ms"), "3:10: pause must be a whole number of milliseconds"),
    "more than a day": row(steps("- pause: 25h"), "3:10: pause must be at most 24 hours, not '25h'"),
    "a fade that is too long": row(head("background: {fade_in: 2m}"), "2:23: fade_in must be at most 1m, not 2m"),
    "a rate in words": row(head("voice: {rate: fast}"), "2:15: rate must be a whole number, 60 to 300 … not 'fast'"),
    "a rate too fast": row(head("voice: {rate: 1000}"), "2:15: rate must be 60 to 300 words a minute, not 1000"),
    "a pitch over 100": row(head("voice: {pitch: 120%}"), "2:16: pitch must be 0 to 100, not 120"),
    "a pitch in words": row(head("voice: {pitch: high}"), "2:16: pitch must be a percentage, 0 to 100, not 'high'"),
    "a level above the voice": row(
        head("background: {sound: rain, under_voice: 6 dB}"), "2:40: under_voice must be -60 dB to 0 dB, not 6 dB"
    ),
    "a level without dB": row(
        head("background: {under_voice: -20}"), "2:27: under_voice must be a level such as -20 dB, not '-20'"
    ),
    "a level in percent": row(
        head("background: {in_pauses: 30%}"), "2:25: in_pauses must be a level such as -20 dB, not '30%'"
    ),
    "two and a half cycles": row(
        breathe("in: 4s, out: 4s, cycles: 2.5"), "4:38: cycles must be a whole number, 1 to 1000, not '2.5'"
    ),
    "cycles in hexadecimal": row(
        breathe("in: 4s, out: 4s, cycles: 0x10"), "4:38: cycles must be a whole number, 1 to 1000, not '0x10'"
    ),
    "cycles without end": row(
        breathe("in: 4s, out: 4s, cycles: .inf"), "4:38: cycles must be a whole number … not '.inf'"
    ),
    "no cycles at all": row(breathe("in: 4s, out: 4s, cycles: 0"), "4:38: cycles must be 1 to 1000, not 0"),
    "too many cycles": row(breathe("in: 4s, out: 4s, cycles: 1001"), "4:38: cycles must be 1 to 1000, not 1001"),
    "neither yes nor no": row(steps("- pause: 1s\n  flex: maybe"), "4:9: flex must be true or false, not 'maybe'"),
    "a technique misspelt": row(
        head("technique: breathin"),
        "2:12: technique must be breathing, muscle, … not 'breathin'; did you mean 'breathing'?",
    ),
    "a language in full": row(
        head("language: English"), "2:11: language must be a language such as en-GB, not 'English'"
    ),
    "an empty title": row("title:\nsteps:\n- pause: 1s\n", "1:7: title must not be empty"),
    "a title of blanks": row("title: '  '\nsteps:\n- pause: 1s\n", "1:8: title must not be empty"),
    "a title on two lines": row('title: "a\\nb"\nsteps:\n- pause: 1s\n', "1:8: title must be on one line"),
    "a title too long": row(
        f"title: {'x' * 201}\nsteps:\n- pause: 1s\n", "1:8: title must be at most 200 characters long, not 201"
    ),
    "a title that is a list": row(
        "title: [a, b]\nsteps:\n- pause: 1s\n",
        "1:8: title must be a short text … not a list; put a text with … in quotes",
    ),
    "a text too long": row(steps(f"- say: {'x' * 2001}"), "3:8: say must be at most 2000 characters long, not 2001"),
    "a safety line with a colon": row(
        head("safety:\n- Note: stop."), "3:3: safety must be text, not a mapping; put a text with a colon, … in quotes"
    ),
    "a voice without its key": row(
        head("voice: gmw/en"), "2:8: voice must be … such as voice: {name: heart, rate: 95}, not 'gmw/en'"
    ),
}

YAML = {
    "a colon in a text": row(
        steps("- say: Now: breathe."), "3:11: a colon stands in the middle of a text; … in quotes"
    ),
    "a text that begins with #": row(
        steps("- say: #1 of three"), "3:8: a '#' behind a blank begins a comment … in quotes"
    ),
    "a text behind its quotes": row(
        steps('- say: "Now" breathe.'), "3:13: the text goes on after its closing quote; … quotes of the other kind"
    ),
    "an apostrophe in quotes": row(
        steps("- say: 'Don't hurry.'"), "3:13: the text goes on after its closing quote; … quotes of the other kind"
    ),
    "a quote never closed": row(
        steps('- say: "Now breathe.\n- pause: 1s'), "3:8: this quote is never closed; close it where the text ends"
    ),
    "a quote closed by the next one": row(
        steps('- say: "Now.\n- say: "Then.'), "3:8: this quote is closed only in line 4 … close it in its line"
    ),
    "a backslash": row(steps('- say: "a \\q"'), "3:12: this escape is not known; … must be doubled"),
    "a text that begins with *": row(
        steps("- say: *Slowly* now."), "3:8: a text that begins with '*' must be in quotes"
    ),
    "a text that begins with &": row(steps("- say: &co and so on"), "3:8: '&co' is … put a text … with '&' in quotes"),
    "a text that begins with &c.": row(
        steps("- say: &c. and so on"), "3:8: a text that begins with '&' must be in quotes"
    ),
    "a text of & alone": row(steps("- say: &now"), "3:8: '&now' is a sign of YAML's own; put a text … in quotes"),
    "a text that begins with !": row(steps("- say: !now"), "3:8: the tag '!now' is not allowed; put … in quotes"),
    "a text that begins with %": row(steps("- say: %now"), "3:8: a text that begins with '%' must be in quotes"),
    "a text that begins with @": row(steps("- say: @now"), "3:8: a text that begins with '@' must be in quotes"),
    "a text that begins with -": row(steps("- say: - now"), "3:8: … put a text that begins with '-' in quotes"),
    "a text that begins with >": row(steps("- say: > now"), "3:8: a text behind '>' or '|' begins on the next line"),
    "a text that begins with [": row(steps("- say: [softly] Now."), "3:17: the text goes on after ']'; … in quotes"),
    "a text that begins with {": row(steps("- say: {softly} Now."), "3:17: the text goes on after '}'; … in quotes"),
    "no space behind a step's colon": row(
        steps("- say:Sit."), "3:3: a step must have a colon and a space behind its key, such as 'say: ...'"
    ),
    "no space behind an option's colon": row(
        steps("- say: Sit.\n  for:12s"), "4:6: a space is missing after this colon"
    ),
    "no space behind a colon in braces": row(
        breathe("in:4s, out: 4s, cycles: 3"), "4:13: a space is missing behind the colon of 'in:4s'"
    ),
    "a tab": row(steps("- say: Sit.\n\tfor: 12s"), "4:1: a tab stands here; indent with spaces"),
    "indented too far": row(steps("- say: Sit.\n    for: 12s"), "4:5: this line is indented too far; … in one column"),
    "indented too little": row(
        steps("- say: Sit.\n for: 12s"), "4:2: the indentation of this line fits no line above it; … in one column"
    ),
    "an option under the dash": row(
        steps("  - say: Sit.\n  for: 12s"), "4:3: this line begins under a '-'; … the column of the key beside which"
    ),
    "a brace never closed": row(
        steps("- breathe: {in: 4s, out: 4s\n- pause: 1s"), "3:12: this '{' is not closed; close it with '}'"
    ),
    "a comma left out": row(breathe("in: 4s out: 4s, cycles: 3"), "4:23: a comma or '}' is missing here"),
    "a comma in a text in brackets": row(
        steps("- move: {say: [Turn right, slowly., Turn left.], hold: 9s}"),
        "3:28: a comma in brackets begins the next entry; put a text with a comma in quotes",
    ),
    "a comma in a text in braces": row(
        steps("- notice: {lead: Look, and listen., each: 9s, prompts: 2}"),
        "3:24: unknown key 'and listen.' in notice; put a text with a comma in quotes",
    ),
    "a parameter in braces without quotes": row(
        breathe("in: ${side}, out: 4s, cycles: 3"), "4:17: a text with ${name} must be in quotes here"
    ),
    "only a text": row("Sit down.", "1:1: a script must be keys and values: a 'title:', and 'steps:'"),
    "only a list": row("- say: Sit.\n", "1:1: a script must be keys and values: a 'title:', and 'steps:'"),
    "an empty file": row("", "1:1: there is nothing in this file"),
    "only comments": row("# to be written\n", "1:1: there is nothing in this file"),
    "two documents": row(
        head("summary: S") + "---\ntitle: U\n", "5:1: begins a second document; keep one script in a file"
    ),
    "a mistake behind a byte order mark": row("\ufefftitel: T\nsteps:\n- pause: 1s\n", "1:1: unknown key 'titel'"),
    "not UTF-8": row("title: Grüße\n".encode("latin-1"), "1:10: must be UTF-8 text, … 0xfc; save the file as UTF-8"),
    "UTF-16": row("title: T\n".encode("utf-16"), "1:1: must be UTF-8 text, … 0xff; save the file as UTF-8"),
    "a control character": row("title: T\x07\n", "1:9: has the invisible character U+0007; delete it"),
    "a control character as an escape": row(
        'title: "T\\x07"\nsteps:\n- pause: 1s\n', "1:8: title must not contain the control character"
    ),
    "a line separator": row("title: a\u2028b\n", "1:9: has the invisible character U+2028; delete it"),
    "nested too deep": row(steps(f"- say: {'[' * 40}{']' * 40}"), "3:37: is nested too deep: at most 32 levels"),
    "too large": row("title: T\n" + "# x\n" * 70_000, "1:1: a script must be at most 256 KiB"),
    "too many steps": row(
        steps("- pause: 1s\n" * 51),
        "53:3: the script has more than 50 steps; use repeat, or split it",
        limits={"player.script.yaml.binding.MOST_STEPS": 50},
    ),
    "an alias bomb": row(
        "a: &a [x, x, x, x, x, x, x, x]\n"
        + "".join(f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}]\n" for a, b in ("ab", "bc", "cd", "de")),
        "5:20: is too much: a script has at most 20000 values, with aliases counted in full",
    ),
    "an alias for nothing": row(head("background: *rain"), "2:13: '*rain' stands for nothing above it"),
    "a merge key": row(
        head("background: &b {sound: rain}\nvoice: {<<: *b}"),
        "3:9: merge keys ('<<') are not allowed; write the keys out",
    ),
    "a tag that would run a command": row(
        "title: !!python/object/apply:os.system [ls]\nsteps:\n- pause: 1s\n",
        "1:8: the tag … python/object/apply:os.system' is not allowed",
        "1:8: title must be a short text on one line, not a list",
    ),
    "a key that is a mapping": row(head("{a: b}: c"), "2:1: a key must be a word"),
}

A_KEY = "a key must have a colon and a space behind it, such as"
INTO = "; indent it more than that"
BRACES = "keys and values in one line must be in braces, such as {in: 4s, out: 6s}"
AN_INNER = steps("- repeat:\n    times: 2\n    steps:\n    - say: Sit.\n      for: 12s")

PLACES = {
    "no colon in the first line": row("title C\nsteps:\n  - say: Hello\n", f"1:1: {A_KEY} 'title: ...', not 'title C'"),
    "no colon in the first line below comments": row(
        "# mine\n\ntitle C\n# and\nsteps:\n- pause: 1s\n", f"3:1: {A_KEY} 'title: ...', not 'title C'"
    ),
    "an equals sign for a colon": row(
        "title = C\nsteps:\n- pause: 1s\n", f"1:1: {A_KEY} 'title: ...', not 'title = C'"
    ),
    "no colon in a later line": row(
        head("summary Sit"), "2:1: this line has no colon; write a key, a colon, a space and"
    ),
    "no colon behind steps": row("title: T\nsteps\n- pause: 1s\n", "2:1: this line has no colon"),
    "no colon behind a step": row(
        steps("- say Sit."), "3:3: a step must have a colon and a space behind its key, such as"
    ),
    "no colon behind a step with a colon in its text": row(
        steps("- say Sit: now."), "3:3: a step must have a colon and a space … 'say: ...', not 'say Sit'"
    ),
    "no colon behind a step with an option": row(
        steps("- say Sit or lie.\n  for: 15s"), f"3:3: {A_KEY} 'say: ...', not 'say Sit or lie.'"
    ),
    "no colon behind a step with a comment before its option": row(
        steps("- say Sit.\n  # how long\n\n  for: 15s"), f"3:3: {A_KEY} 'say: ...', not 'say Sit.'"
    ),
    "no colon behind a step of several lines": row(
        steps("- say >-\n    Sit\n    or lie.\n  for: 15s"), f"3:3: {A_KEY} 'say: ...', not 'say >-'"
    ),
    "no space behind the colon of a step of several lines": row(
        steps("- say:>-\n    Sit.\n  for: 15s"), "3:6: a space is missing after this colon"
    ),
    "no colon behind a step with steps": row(AN_INNER.replace("repeat:", "repeat"), f"3:3: {A_KEY} 'repeat: ...'"),
    "no colon behind the first key of a step": row(AN_INNER.replace("times:", "times"), f"4:5: {A_KEY} 'times: ...'"),
    "no colon behind the second key of a step": row(
        AN_INNER.replace("steps:\n    -", "steps\n    -"), "5:5: … no colon"
    ),
    "no colon behind a step in a step": row(
        AN_INNER.replace("say:", "say"), f"6:7: {A_KEY} 'say: ...', not 'say Sit.'"
    ),
    "no colon behind an option": row(steps("- say: Sit.\n  for 12s"), "4:3: this line has no colon; write a key"),
    "no colon before braces": row(steps("- breathe {in: 4s, out: 4s, cycles: 2}"), f"3:3: {A_KEY} 'breathe: ...'"),
    "no colon before braces in the head": row(head("background {sound: rain}"), f"2:1: {A_KEY} 'background: ...'"),
    "no colon behind a parameter": row(
        "title: T\nparams:\n  side {default: 4s, min: 3s}\nsteps:\n- pause: 1s\n", "3:3: …"
    ),
    "no colon in braces": row(breathe("in 4s, out: 4s, cycles: 3"), f"4:13: {A_KEY} 'in: ...', not 'in 4s'"),
    "no colon later in braces": row(breathe("in: 4s, out 4s, cycles: 3"), f"4:21: {A_KEY} 'out: ...', not 'out 4s'"),
    "no braces": row(steps("- breathe: in: 4s, out: 4s, cycles: 2"), f"3:12: {BRACES}"),
    "round brackets for braces": row(steps("- breathe: (in: 4s, out: 4s, cycles: 2)"), f"3:12: {BRACES}"),
    "semicolons in braces": row(breathe("in: 4s; out: 4s; cycles: 3"), "4:19: a comma must stand here, and not ';'"),
    "a text that goes on under its key": row(
        steps("- say: Sit or\n  lie down."), "4:3: … no colon; … a text that goes on begins to the right of its key"
    ),
    "the first line indented": row(
        "  title: T\nsteps:\n- pause: 1s\n", "1:3: this line is indented too far; the first key … in column 1"
    ),
    "a line of the head indented": row(
        head(" summary: S"), "2:2: this line is indented too far; the keys of one mapping"
    ),
    "an option in column 1": row(
        steps("  - say: Sit.\nfor: 12s\n  - pause: 1s"), "4:1: this line is indented too little; … it belongs"
    ),
    "an entry indented too far": row(
        steps("- say: Sit.\n  for: 12s\n    - pause: 1s"), "5:5: this line is indented too far; the entries of one list"
    ),
    "steps among the params": row(
        "title: T\nparams:\n  side: 4s\n  steps:\n  - pause: 1s\n", "4:3: steps stands among the params; begin it in"
    ),
    "steps in a mapping of the head": row(
        "title: T\nvoice:\n  rate: 90\n  steps:\n  - pause: 1s\n", "4:3: unknown key 'steps' … belongs beside voice"
    ),
    "a parameter under params": row(
        "title: T\nparams:\nside: 4s\nsteps:\n- pause: $side\n", "3:1: … 'side'; if it is a parameter, indent it more"
    ),
    "what belongs into a step under it": row(
        steps("- breathe:\n  in: 4s\n  out: 4s\n  cycles: 2"),
        f"4:3: unknown key 'in' in breathe; it belongs into breathe{INTO}",
        f"5:3: unknown key 'out' in breathe; it belongs into breathe{INTO}",
        f"6:3: unknown key 'cycles' in breathe; it belongs into breathe{INTO}",
    ),
    "no dash before the first step": row(
        steps("    say: Sit.\n  - pause: 1s"), "3:5: this line has no '- ' before it, and the entry in line 4 has"
    ),
    "no dash before a step": row(
        steps("  - say: Sit.\n  pause: 1s"),
        "4:3: this line begins under a '-'; begin it with '- ', or in the column of",
    ),
    "no space behind a dash": row(
        steps("- say: Sit.\n-pause: 1s"), "4:1: an entry of a list begins with one '-' and a space"
    ),
    "no space behind the first dash": row(
        steps("  -say: Sit.\n  - pause: 1s"), "3:4: a space is missing after this '-'"
    ),
    "two dashes": row(steps("- say: Sit.\n-- pause: 1s"), "4:1: an entry of a list begins with one '-' and a space"),
    "a dash before an option": row(
        steps("- say: Sit.\n- for: 12s"), "4:3: … has 'for'; if it belongs to the step above, leave out its '- '"
    ),
    "no colon behind three dashes": row("---\ntitle C\nsteps:\n- pause: 1s\n", f"2:1: {A_KEY} 'title: ...'"),
    "a list without its key": row("title: T\n- pause: 1s\n", "2:1: this list has no key; write the key, … above it"),
    "no space behind the colon of the only key": row(
        head("background:\n  sound:rain"), "3:3: a space is missing behind the colon of 'sound:rain'"
    ),
    "an anchor and no colon": row(steps("- &a\n  say Sit.\n  for: 12s"), f"4:3: {A_KEY} 'say: ...', not 'say Sit.'"),
}

KEYS = {
    "a key misspelt": row("titel: T\nsteps:\n- pause: 1s\n", "1:1: unknown key 'titel'; did you mean 'title'?"),
    "a key that is none": row(head("colour: blue"), "2:1: unknown key 'colour'; allowed: title, steps, summary,"),
    "an option misspelt": row(steps("- say: Sit.\n  fro: 12s"), "4:3: unknown key 'fro' in say; did you mean 'for'?"),
    "an option of another step": row(
        steps("- pause: 4s\n  for: 4s"), "4:3: unknown key 'for' in pause; allowed: pause, flex"
    ),
    "an option outside its step": row(
        steps("- say: Sit.\nfor: 12s"), "4:1: unknown key 'for'; it belongs to a step, in the list below steps"
    ),
    "an option inside the step's value": row(
        steps("- pause: 1s\n- breathe:\n    in: 4s\n    out: 4s\n    cycles: 3\n    guide: words"),
        "8:5: unknown key 'guide' in breathe; it belongs beside breathe, not into it",
    ),
    "a key beside the step that belongs into it": row(
        steps("- move: {say: Turn., hold: 10s}\n  times: 3"), "4:3: unknown key 'times' in move; it belongs into move"
    ),
    "a level at the top": row(
        head("under_voice: -20 dB"), "2:1: unknown key 'under_voice'; it belongs into background"
    ),
    "a step misspelt": row(steps("- sai: Sit."), "3:3: unknown step 'sai'; did you mean 'say'?"),
    "a step that is none": row(
        steps("- dance: 4s"), "3:3: a step must have one of say, pause, … but this one has 'dance'"
    ),
    "a step of options": row(steps("- for: 4s"), "3:3: a step must have one of say, … but this one has 'for'"),
    "a step by another word": row(steps("- wait: 4s"), "3:3: unknown step 'wait'; did you mean 'pause'?"),
    "a step that is a text": row(steps("- Sit down."), "3:3: a step must be a key and its value, such as 'say: text'"),
    "a step that is two": row(
        steps("- say: Sit.\n  pause: 4s"),
        "4:3: a step must be one thing, … 'say' and 'pause'; begin each with its own '- '",
    ),
    "a dash forgotten": row(
        steps("- say: Sit.\n  say: Lie."),
        "4:3: key 'say' stands here a second time; … begin each step with its own '- '",
    ),
    "a key twice": row(
        head("title: U"), "2:1: key 'title' stands here a second time; the first is in line 1, column 1"
    ),
    "a phase twice": row(
        breathe("in: 4s, in: 5s, out: 4s, cycles: 2"), "4:21: key 'in' stands here a second time; … line 4, column 13"
    ),
    "no title": row("steps:\n- pause: 1s\n", "1:1: title is missing"),
    "no steps": row("title: T\n", "1:1: steps is missing"),
    "steps with nothing behind them": row("title: T\nsteps:\n", "2:7: steps must not be empty"),
    "steps without dashes": row(
        steps("  say: Sit."), "3:3: steps must be a list, not a mapping; begin each entry with '- '"
    ),
}

PARAMETERS = {
    "a parameter that is not there": row(
        steps("- pause: $quiet"),
        "3:10: pause names the parameter 'quiet', … there are minutes, emergency, crisis_line (write $$ …",
    ),
    "a parameter misspelt": row(
        params(SIDE, "pause: $sied"), "4:10: … 'sied', which is not there; did you mean 'side'?"
    ),
    "a parameter in a text without braces": row(
        params(SIDE, "say: Hold for $side."), "4:8: say must have ${side} instead of $side inside a text, or $$side"
    ),
    "a price": row(steps("- say: ${5} a day"), "3:8: say names the parameter '5', … (write $$ for a dollar sign)"),
    "a default outside its limits": row(
        params("side: {default: 9s, min: 3s, max: 6s}"), "2:26: default must be 3s to 6s, not 9s"
    ),
    "limits the wrong way round": row(
        params("side: {default: 4s, min: 6s, max: 3s}"), "2:35: min must not be above max, which is 3s"
    ),
    "limits of two sorts": row(
        params("side: {default: 4s, min: 3s, max: -3 dB}"),
        "2:35: min and max must both be durations, numbers or levels",
    ),
    "no default": row(params("side: {min: 3s}"), "2:16: default is missing in side"),
    "a name that begins with a digit": row(
        params("1st: 4s", "pause: 1s"),
        "2:10: the parameter '1st' must be a name of letters, … that begins with a letter",
    ),
    "parameters as a list": row(
        "title: T\nparams: [side]\nsteps:\n- pause: 1s\n", "2:9: params must be a mapping of names and values, such as"
    ),
    "a default that does not suit its field": row(
        params("side: long"), f"4:10: pause {A_DURATION} 'long' (the value of $side)"
    ),
    "-p with a name that is not there": row(
        params(SIDE), "2:9: there is no parameter 'sid'; did you mean 'side'?", values={"sid": "4s"}
    ),
    "-p where there are no parameters": row(
        steps("- pause: 1s"), "1:1: there is no parameter 'side'; this script has none", values={"side": "4s"}
    ),
    "-p outside the limits": row(params(SIDE), "2:16: side must be 3s to 6s, not 12s", values={"side": "12s"}),
    "-p of another sort": row(params(SIDE), "2:16: side must be 3s to 6s, not 'long'", values={"side": "long"}),
    "-p with nothing in it": row(params(SIDE), "2:16: side must not be empty", values={"side": " "}),
}

BREATHING = {
    "no breath out": row(breathe("in: 4s, hold: 4s, cycles: 3"), "4:12: breathe must have out: how long it lasts"),
    "neither cycles nor for": row(breathe("in: 4s, out: 4s"), "4:12: breathe must have either cycles or for"),
    "both cycles and for": row(
        breathe("in: 4s, out: 4s, cycles: 3, for: 1m"), "4:12: … must have either cycles or for"
    ),
    "names of the breaths by their verbs": row(
        breathe("inhale: 4s, exhale: 4s, cycles: 3"),
        "4:13: unknown key 'inhale' in breathe; did you mean 'in'?",
        "4:25: unknown key 'exhale' in breathe; did you mean 'out'?",
    ),
    "a pattern as numbers": row(
        steps("- breathe: 4-4-4-4"), "3:12: … such as breathe: {in: 4s, out: 6s, cycles: 8}, not '4-4-4-4'"
    ),
    "a phase of nothing": row(breathe("in: 100ms, out: 4s, cycles: 3"), "4:17: in must be 0.5s to 1m, not 0.1s"),
    "a pattern that is one number": row(
        steps("- breathe: 4s"),
        "3:12: breathe must be … such as breathe: {in: 4s, out: 6s, cycles: 8}, not '4s'",
    ),
    "a ramp without its end": row(breathe("in: {from: 4s}, out: 4s, cycles: 3"), "4:17: to is missing in in"),
    "a ramp too long": row(
        breathe("in: {from: 4s, to: 2m}, out: 4s, cycles: 3"), "4:32: to must be 0.5s to 1m, not 2m"
    ),
    "listed phases beside named ones": row(
        breathe("in: 4s, phases: [{kind: in, for: 4s}], cycles: 3"), "4:29: phases must stand alone, without in"
    ),
    "phases that are no list": row(
        breathe("phases: {in: 4s, out: 4s}, cycles: 3"), "4:21: phases must be a list, not a mapping; … with '- '"
    ),
    "an empty list of phases": row(
        breathe("phases: [], cycles: 3"), "4:12: breathe must have in and out: … or a list of phases"
    ),
    "a listed phase with for and from": row(
        breathe("phases: [{kind: in, for: 4s, from: 4s, to: 6s}], cycles: 3"),
        "4:22: phases must have either for, or from and to",
    ),
    "a listed phase without a length": row(
        breathe("phases: [{kind: in}], cycles: 3"), "4:22: phases must have either for, or from and to"
    ),
    "a listed phase without a kind": row(
        breathe("phases: [{say: In, for: 4s}], cycles: 3"), "4:22: kind is missing in phases"
    ),
    "a kind that is none": row(
        breathe("phases: [{kind: inhale, for: 4s}], cycles: 3"),
        "4:29: kind must be in, hold, out or rest, not 'inhale'; did you mean 'in'?",
    ),
    "a guide that ends too early": row(
        breathe("in: 4s, out: 4s, cycles: 3", "guide: [count, silent]"),
        "5:10: guide must give the cycles of every entry but the last, such as [count 6, silent]",
    ),
    "a guide without brackets": row(
        breathe("in: 4s, out: 4s, cycles: 3", "guide: count 6, silent"), "5:10: guide must be … not 'count 6, silent'"
    ),
    "a guide misspelt": row(
        breathe("in: 4s, out: 4s, cycles: 3", "guide: [counting 2, silent]"),
        "5:11: guide must be count, words, tones or silent, such as 'count 6' or 'silent', not 'counting 2'",
    ),
    "a guide for no cycles": row(
        breathe("in: 4s, out: 4s, cycles: 3", "guide: [count 0, silent]"), "5:11: guide must be … not 'count 0'"
    ),
    "at_most under what there is": row(
        breathe("in: 4s, hold: 7s, out: 8s, cycles: 8, at_most: 4"),
        "4:60: at_most must be at least the cycles that there are, 8",
    ),
    "at_most under what the time gives": row(
        breathe("in: 4s, out: 6s, for: 2m, at_most: 4"), "4:48: at_most must be at least the cycles that there are, 12"
    ),
    "a count that goes nowhere": row(
        breathe("in: 4s, out: 4s, cycles: 3", "count: upwards"), "5:10: count must be up, down or none, not 'upwards'"
    ),
    "a word for a phase that is none": row(
        breathe("in: 4s, out: 4s, cycles: 3", "words: {inhale: In}"),
        "5:11: unknown key 'inhale' in words; did you mean 'in'?",
    ),
    "a word longer than its phase": row(
        breathe("in: 1s, out: 4s, cycles: 3", "words: {in: Breathe all the way in and up}", "guide: words"),
        "4:3: 'Breathe all the way in and up' goes on for 0.071s after its phase of 1s; … choose a shorter word",
    ),
    "a word longer than its beat": row(
        breathe("in: 4s, out: 4s, cycles: 1", "words: {in: Breathe in slowly and gently now}"),
        "4:3: 'Breathe in slowly and gently now' takes 1.186s, but 'two' begins 1s after its start; … a shorter word",
    ),
    "a script that begins with a counted breath": row(
        steps("- breathe: {in: 4s, out: 4s, cycles: 1}"),
        "3:3: 'Breathe in' begins 0.005s before the session does; put a pause: 1s before it",
    ),
    "a language without words": row(
        "title: T\nlanguage: sv\nsteps:\n- pause: 1s\n- breathe: {in: 4s, out: 4s, cycles: 1}\n",
        "5:3: there are no guiding words for language 'sv' yet (known: de, en, es, fr, hi, it, nl, pt-BR)",
    ),
}

BODY = {
    "a muscle set that is none": row(
        steps("- muscles: eight"), "3:12: muscles must be one of bed, four, release-only, seven, sixteen, not 'eight'"
    ),
    "a muscle set misspelt": row(steps("- muscles: sixten"), "3:12: muscles … not 'sixten'; did you mean 'sixteen'?"),
    "no muscle groups": row(steps("- muscles: []"), "3:12: muscles must not be empty"),
    "a group without how": row(
        steps("- muscles: [{name: your jaw, short: jaw}]"), "3:12: muscles has no how for 'your jaw'; … or tense: none"
    ),
    "a group without short": row(
        steps("- muscles: [{name: your jaw, how: bite}]"), "3:13: short is missing in muscles"
    ),
    "groups that are only names": row(
        steps("- muscles: [jaw]"),
        "3:13: muscles must be a mapping … such as {name: your jaw, short: jaw, how: bite gently}, not 'jaw'",
    ),
    "an option of the step in a group": row(
        steps(f"- muscles: [{{{JAW}, release: 9s}}]"),
        "3:53: unknown key 'release' in muscles; it belongs beside muscles",
    ),
    "too many lines for a release": row(
        steps(f"- muscles: [{{{JAW}, ease: [A., B., C., D.]}}]"), "3:59: ease has at most three lines: at the release,"
    ),
    "what there is to feel is longer than the tension": row(
        steps(f"- muscles: [{{{JAW}, feel: Feel how the muscles of both your cheeks grow firm and round and hard.}}]"),
        "3:3: 'Now. Feel how the muscles … takes … but its slot is 6s; make the slot … or longer, use fewer words,",
    ),
    "an order of what is not there": row(
        steps("- muscles: seven\n  order: [toes]"),
        "4:10: order names 'toes', which is none of right-arm, left-arm, face,",
    ),
    "a tension too long": row(steps("- muscles: seven\n  tense: 30s"), "4:10: tense must be 2s to 15s, not 30s"),
    "a tension that is off": row(
        steps("- muscles: seven\n  tense: off"), f"4:10: tense {A_DURATION.removesuffix(', not')}, or none, not 'off'"
    ),
    "a group that takes longer to say than its slot": row(
        steps(f"- muscles: [{{{JAW}}}]\n  name: 2s"),
        "3:3: \"We'll go to your jaw. When I say now, … takes … its slot is 2s",
    ),
    "a scan without regions": row(steps("- scan: []"), "3:9: scan must not be empty"),
    "a scan of names": row(
        steps("- scan: [feet]"),
        "3:10: scan must be … such as {name: your feet, short: feet}, not 'feet'",
    ),
    "a scan that is no list": row(
        steps("- scan: {name: your feet, short: feet}"), "3:9: scan must be a list, not a mapping; begin each … '- '"
    ),
    "an option of the scan in its list": row(
        steps("- scan:\n    - {name: your feet, short: feet}\n    guide: 12s"), "5:5: this line begins under a '-'; …"
    ),
    "a region that takes longer to say than its slot": row(
        steps("- scan: [{name: your feet, short: feet}]\n  guide: 1s"),
        "3:3: 'Notice your feet.' takes … its slot is 1s",
    ),
    "a move back without a change": row(
        steps("- move: {say: Turn., hold: 10s, back: And back.}"), "3:3: move must have a change, … where it has a back"
    ),
    "a move without a hold": row(steps("- move: {say: Turn.}"), "3:9: hold is missing in move"),
    "a hold too short": row(steps("- move: {say: Turn., hold: 100ms}"), "3:28: hold must be at least 1s, not 0.1s"),
    "a move that takes longer to say than its hold": row(
        steps("- move: {say: Turn to the right and stay., hold: 1s}"),
        "3:3: 'Turn to the right and stay.' takes … is 1s",
    ),
    "a notice with more lines than prompts": row(
        steps("- notice: {lead: Look., each: 9s, prompts: 2, say: [One., Two., Three.]}"),
        "3:52: say has 3 lines, but there are only 2 prompts",
    ),
    "a notice without prompts": row(
        steps("- notice: {lead: Look., each: 9s}"), "3:11: prompts must be given where there is no say"
    ),
    "a notice without each": row(steps("- notice: {lead: Look., prompts: 3}"), "3:11: each is missing in notice"),
    "a notice with an option outside": row(
        steps("- notice: {lead: Look., each: 9s, prompts: 3}\n  lead_for: 4s"),
        "4:3: unknown key 'lead_for' in notice; it belongs into notice",
    ),
}

FLOW = {
    "a repeat of no": row(
        steps("- repeat: {times: no, steps: [{pause: 1s}]}"), "3:19: times must be a whole number, 1 to 1000, not 'no'"
    ),
    "a repeat without its steps": row(
        steps("- repeat: {times: 3}\n  steps: [{pause: 1s}]"),
        "3:11: steps is missing in repeat",
        "4:3: unknown key 'steps' in repeat; it belongs into repeat",
    ),
    "a repeat that explodes": row(
        steps("- repeat: {times: 1000, steps: [{repeat: {times: 1000, steps: [{pause: 1s}]}}]}"),
        "3:3: the script unfolds to more than 500 parts; repeat less",
        limits={"player.techniques.planning.MOST_PARTS": 500},
    ),
    "breaths that explode": row(
        breathe("in: 4s, out: 4s, cycles: 1000", "guide: tones"),
        "4:3: the script unfolds to more than 500 parts; repeat less",
        limits={"player.timeline.fit.MOST_SLOTS": 500},
    ),
    "an include of a passage without its folder": row(
        steps("- include: start"), "3:3: include 'start' is neither beside this script … did you mean 'passages/start'?"
    ),
    "an include misspelt": row(
        steps("- include: passages/strat"), "3:3: include 'passages/strat' … did you mean 'passages/start'?"
    ),
    "an include of what is not there": row(
        steps("- include: xyzzy"),
        "3:3: include 'xyzzy' is neither beside this script nor among the bundled ones; there are",
    ),
    "an include outside the folder": row(
        steps("- include: ../other"), "3:3: include '../other' is outside … put the file beside the script"
    ),
    "an include of an address": row(
        steps("- include: https://example.org/a.yaml"), "3:3: include … is an address on a network; download it"
    ),
    "an include of itself": row(
        steps("- include: mine"), "3:3: include must not go round in a circle: mine.yaml includes mine.yaml"
    ),
    "an include that comes back": row(
        steps("- include: other"),
        "other.yaml:3:3: include must not … circle: mine.yaml includes other.yaml includes mine.yaml",
        files={"other.yaml": steps("- include: mine")},
    ),
    "includes in a circle further on": row(
        steps("- include: a"),
        "b.yaml:3:3: include must not go round in a circle: a.yaml includes b.yaml includes a.yaml",
        files={"a.yaml": steps("- include: b"), "b.yaml": steps("- include: a")},
    ),
    "an include with a mistake in it": row(
        steps("- include: other"),
        "other.yaml:3:3: unknown step 'pasue'; did you mean 'pause'?",
        files={"other.yaml": steps("- pasue: 1s")},
    ),
    "an include with speech that does not fit": row(
        steps("- include: other"),
        "other.yaml:3:3: 'Sit down somewhere.' takes 1.313s, but its slot is 1s",
        files={"other.yaml": steps("- say: Sit down somewhere.\n  for: 1s")},
    ),
    "an include with a parameter that is not there": row(
        steps("- include: passages/return\n  params: {rom: 12s}"),
        "3:3: there is no parameter 'rom'; did you mean 'room'?",
    ),
    "an include with a value outside its limits": row(
        steps("- include: passages/return\n  params: {room: 2s}"), "3:3: room must be 11s to 30s, not 2s"
    ),
    "a session of no length": row(
        steps("- section: One"), "3:3: a session must last more than nothing and at most 24 hours"
    ),
    "a session of a day and more": row(
        steps("- repeat: {times: 30, steps: [{pause: 1h}]}"), "3:31: … at most 24 hours, not 30:00:00; repeat less"
    ),
}

SOUNDS = {
    "a background misspelt": row(head("background: oceam"), "2:13: there is no sound 'oceam'; did you mean 'ocean'?"),
    "a background that is none": row(
        head("background: xyzzy"), "2:13: there is no sound 'xyzzy'; there are … ocean, … rain"
    ),
    "a background as a list": row(
        head("background: [rain]"), "2:13: background must be a mapping with sound, … not a list"
    ),
    "a background that is not in the folder": row(
        head("background: brook.flac"), "2:13: there is no sound file 'brook.flac' in the script's own folder"
    ),
    "a background outside the folder": row(
        head("background: {sound: ../brook.flac}"), "2:21: sound '../brook.flac' is outside … put the file beside"
    ),
    "a voice that is none": row(
        head("voice: {name: nobody}").replace("pause", "say"), "2:15: there is no voice 'nobody'; `player voices` lists"
    ),
    "a language that nobody speaks": row(head("language: tlh").replace("pause", "say"), "2:11: "),
    "a background that is no sound": row(head("background: bad.wav"), "2:13: … bad.wav: "),
    "a background from a network": row(
        head("background: https://example.org/a.mp3"), "2:13: sound … is an address on a network; download it"
    ),
    "a recording that is not there": row(
        steps("- play: gone.wav"), "3:3: there is no sound file 'gone.wav' in the script's own folder"
    ),
    "a recording that is no sound": row(steps("- play: bad.wav"), "3:3: … bad.wav"),
    "a recording outside the folder": row(
        steps("- play: ../tone.wav"), "3:3: sound '../tone.wav' is outside the script's"
    ),
    "a recording from a network": row(
        steps("- play: https://example.org/a.mp3"),
        "3:3: sound … is an address on a network; download it and put it beside",
    ),
    "a recording longer than its slot": row(
        steps("- play: tone.wav\n  for: 1s"),
        "3:3: 'tone.wav' takes 3s, but its slot is 1s; make the slot 3s or longer, or shorten the recording",
    ),
    "a bed that is nearly off": row(
        steps("- pause: 1s\n- bed: of"), "4:8: bed must be off, not 'of'; did you mean 'off'?"
    ),
    "a bed misspelt": row(
        steps("- pause: 1s\n- bed: {sound: rian}"), "4:3: there is no sound 'rian'; did you mean 'rain'?"
    ),
    "a bed with its time inside": row(
        steps("- pause: 1s\n- bed: {sound: rain, over: 4s}"), "4:22: unknown key 'over' in bed; it belongs beside bed"
    ),
    "a chime that is none": row(steps("- chime: gong"), "3:10: chime must be start, end, bell or bowl, not 'gong'"),
    "a chime misspelt": row(steps("- chime: bel"), "3:10: chime must be … not 'bel'; did you mean 'bell'?"),
    "a chime's level in words": row(
        steps("- chime: bell\n  level: loud"), "4:10: level must be a level such as -20 dB, not 'loud'"
    ),
}

SPEECH = {
    "speech longer than its slot": row(
        steps("- say: Sit down somewhere quiet.\n  for: 1s"),
        "3:3: 'Sit down somewhere quiet.' takes 1.725s, but its slot is 1s; make the slot 2s or longer, use fewer",
    ),
    "a slot of nothing before a breath": row(
        steps("- say: Sit down.\n  for: 0s\n- breathe: {in: 4s, out: 4s, cycles: 1}"),
        "3:3: 'Sit down.' takes … but its slot is 0s; make the slot 1s or longer",
    ),
    "a slot of nothing alone": row(
        steps("- say: Sit down.\n  for: 0s"), "3:3: 'Sit down.' takes … but its slot is 0s; make the slot 1s or longer"
    ),
    "two sentences and the silence between them": row(
        steps("- say: Sit. Rest.\n  for: 1s"), "3:3: 'Sit. Rest.' takes 1.838s, but its slot is 1s; … 2s or longer"
    ),
    "a prompt longer than its slot": row(
        steps("- notice: {lead: Look., each: 500ms, say: [One of many.]}"),
        "3:3: 'One of many.' takes … its slot is 0.5s",
    ),
    "what does not fit beside what cannot be read": row(
        steps("- say: Sit down somewhere quiet.\n  for: 1s\n- pause: ten\n- chime: gong"),
        "3:3: 'Sit down somewhere quiet.' takes",
        f"5:10: pause {A_DURATION} 'ten'",
        "6:10: chime must be",
    ),
}

TABLE = VALUES | YAML | PLACES | KEYS | PARAMETERS | BREATHING | BODY | FLOW | SOUNDS | SPEECH


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("store"))


@pytest.fixture(autouse=True)
def own_scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "own"
    (folder / "muscles").mkdir(parents=True)
    monkeypatch.setenv("PLAYER_SCRIPTS", str(folder))
    return folder


def written(folder: Path, script: str | bytes, files: Mapping[str, str] | None = None) -> Path:
    """The script among its neighbours: a recording of three seconds, and one that is no sound."""
    if "tone.wav" in str(script):
        soundfile.write(folder / "tone.wav", 0.05 * np.sin(np.arange(RATE * 3) / 20), RATE)
    (folder / "bad.wav").write_bytes(b"no sound")
    for name, text in (files or {}).items():
        (folder / name).write_text(text, encoding="utf-8")
    path = folder / "mine.yaml"
    path.write_bytes(script if isinstance(script, bytes) else script.encode())
    return path


def fits(said: str, expected: str) -> bool:
    """Whether a problem begins with its place, and has the essential words in their order."""
    pattern = ".*".join(re.escape(words.strip()) for words in expected.split("…"))
    return re.match(pattern, said) is not None


@pytest.mark.parametrize("name", TABLE)
def test_a_mistake_is_told_with_its_place_and_its_remedy(
    name: str, tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = TABLE[name]
    for limit, value in row.limits.items():
        monkeypatch.setattr(limit, value)
    path = written(tmp_path, row.script, row.files)
    said = problems(path, pipeline.Machine(FakeEngine(), store), row.values)
    assert len(said) == len(row.told), said
    assert [each for each, expected in zip(said, row.told, strict=True) if not fits(each, expected)] == []


def problems(path: Path, machine: pipeline.Machine, values: Mapping[str, str] | None = None) -> list[str]:
    """What `check` says of a script; the script itself goes without its name, its neighbours without their folder."""
    with pytest.raises(ScriptError) as caught:
        pipeline.check(pipeline.SessionRequest(str(path), values or {}), machine)
    return [str(each).removeprefix(f"{path}:").replace(f"{path.parent}{os.sep}", "") for each in caught.value.problems]


def test_no_two_rows_have_one_name() -> None:
    assert len(TABLE) == sum(map(len, (VALUES, YAML, PLACES, KEYS, PARAMETERS, BREATHING, BODY, FLOW, SOUNDS, SPEECH)))


@pytest.mark.parametrize("lines", ["One, Two, Three.", "One., two.", "'Turn right', slowly.", "right, left, Both."])
def test_entries_with_commas_between_them_are_no_mistake(lines: str, tmp_path: Path, store: Store) -> None:
    path = written(tmp_path, steps(f"- move: {{say: [{lines}], hold: 9s}}"))
    pipeline.check(pipeline.SessionRequest(str(path)), pipeline.Machine(FakeEngine(), store))


class Drawl(FakeEngine):
    """Takes eight times as long for every word."""

    def _hum(self, request: SpeechRequest) -> NDArray[np.float64]:
        return np.tile(super()._hum(request), 8)


def test_a_count_longer_than_its_beat(tmp_path: Path, store: Store) -> None:
    script = breathe("in: 4s, out: 2s, cycles: 1", "words: {in: In, out: Out}", "count: down")
    (said,) = problems(written(tmp_path, script), pipeline.Machine(Drawl(name="drawl"), store))
    remedy = "choose a faster rate, or guide: words"
    assert fits(said, f"4:3: 'three' takes 1.48s, but 'two' begins 1s after its start; {remedy}")


def test_a_muscle_set_of_ones_own_is_told_in_its_own_file(tmp_path: Path, own_scripts: Path, store: Store) -> None:
    machine = pipeline.Machine(FakeEngine(), store)
    path, own = written(tmp_path, steps("- muscles: office")), own_scripts / "muscles" / "office.yaml"
    own.write_text("title: Office\ngroups:\n- {name: your jaw, shrt: jaw}\n", encoding="utf-8")
    assert fits(
        problems(path, machine)[0], f"{own.relative_to(tmp_path)}:3:20: unknown key 'shrt' … did you mean 'short'?"
    )
    own.write_text("title: Office\ngroups:\n- {name: your jaw, short: jaw}\n", encoding="utf-8")
    assert fits(
        problems(path, machine)[0], "3:12: muscles has no how for 'your jaw'; say how it is tensed, or tense: none"
    )


@pytest.mark.parametrize(
    ("script", "asked", "said"),
    [
        (steps("- muscles: seven"), {"skip": ("nek",)}, "there is no 'nek' to leave out; did you mean 'neck'?"),
        (steps("- pause: 1s"), {"skip": ("neck",)}, "there is no 'neck' to leave out; nothing in this session can be"),
    ],
    ids=["a skip misspelt", "a skip of nothing"],
)
def test_what_is_told_without_a_place(
    script: str, asked: Mapping[str, Any], said: str, tmp_path: Path, store: Store
) -> None:
    path = written(tmp_path, script)
    with pytest.raises(PlayerError) as caught:
        pipeline.check(pipeline.SessionRequest(str(path), **asked), pipeline.Machine(FakeEngine(), store))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("title", ["no", "Yes", "off", "null", "~", "0777", "1:30", "2026-01-01", "1e3", ".inf", "5"])
def test_a_text_is_read_as_it_is_written(title: str, tmp_path: Path, store: Store) -> None:
    path = written(tmp_path, f"title: {title}\nlanguage: no\nvoice: {{name: no}}\nsteps:\n- pause: 1:30\n")
    timeline, _ = pipeline.check(pipeline.SessionRequest(str(path)), pipeline.Machine(FakeEngine(), store))
    assert (timeline.title, timeline.total_ms) == (title, 90_000)


FIVE = """\
technque: care
title: no
params: {side: {default: 9s, max: 6s}}
steps:
- chime: gong
- say: Sit down.
  for: 1ms
- pause: -1
"""


def test_the_command_tells_all_at_once_in_the_order_of_lines(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, FIVE)
    monkeypatch.setattr(pipeline, "this_machine", lambda: pipeline.Machine(FakeEngine(), store))
    with pytest.raises(SystemExit) as ended:
        main(["check", str(path)])
    said = capsys.readouterr()
    places = [line.removeprefix(f"{path}:").split(": ")[0] for line in said.err.splitlines()]
    assert (ended.value.code, said.out, places) == (2, "", ["1:1", "3:26", "5:10", "6:3", "8:10"])
