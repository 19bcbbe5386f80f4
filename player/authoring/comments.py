"""Explanations of each key of a script, for the comments of a new one.

The rule: one entry for each key, by its name, or by ``step.key`` for a key beside a step; the entry also explains the
keys inside its value. A step without an entry is explained by its docstring, so that every step has an explanation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from player.techniques import TECHNIQUES

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEYS: Final[Mapping[str, str]] = {
    "title": "what lists, players and exported files call it",
    "summary": "one sentence on what it is for",
    "technique": "breathing, muscle, grounding, mindfulness, movement, care, thought or guide; lists show it",
    "language": "picks the voice and the guiding words, such as en-GB or de-AT",
    "translates": "the session that this one translates: its name, and the hash of its text, which check tells",
    "reviewed": "of a translation: who has read and heard it, a speaker by birth; none if nobody has",
    "author": "who made it; exported files carry it, as they do album, year and license",
    "album": "what players file it under; in a programme, the programme's title stands in its place",
    "year": "when it was made, in four figures",
    "license": "the terms under which others may use it, such as CC BY 4.0, or the address of them",
    "safety": "lines that are shown before the first sound; what must be heard is said in a step",
    "voice": (
        "rate: words a minute, 60 to 300; name: one of `player voices`; pitch: 0 to 100; level: -12 dB to 0 dB; for a "
        "voice that falls asleep with its listener, the first and the last value, as in {rate: {from: 105, to: 90}}"
    ),
    "pronounce": "words that a voice reads wrongly, each with what is heard, as in {read: reed}",
    "background": (
        "one of `player sounds`, a sound file beside this script, or none; levels are relative to the voice, "
        "as in {sound: rain, under_voice: -20 dB, in_pauses: -16 dB, fade_in: 4s, fade_out: 10s}"
    ),
    "params": (
        "what whoever plays it may change with -p name=value; $name stands for the value, ${name} inside a text; "
        "each has a default, and may have min, max and about"
    ),
    "steps": "what is heard, in this order; durations are written 4s, 500ms, 2m30s or 0:30",
    "say": "spoken text; >- lets it run over several lines, and a text with a colon goes in quotes",
    "say.for": "how long the step lasts, the words and the silence behind them; without it, the words and `then`",
    "say.then": "the silence behind the words where there is no `for`; 1s if it is left out",
    "pause": "silence, over the background",
    "pause.flex": "true lets --length make this pause shorter or longer",
    "section": "a chapter begins; time tables, MP3 chapters and captions show it",
    "breathe": (
        "phases of a breath with their lengths: in, hold, out, rest; a phase may grow, as in {from: 4s, to: 6s}; "
        "phases: a list of {say: ..., for: 4s, kind: in} instead; cycles: how many breaths, or for: how long; "
        "at_most: the most cycles that --length may ask for"
    ),
    "breathe.guide": "how much help there is, stepping back over the cycles: count, words, tones, silent",
    "breathe.words": "other words for the phases, such as {in: In, out: Out}",
    "breathe.count": "up, down or none",
    "breathe.coach": (
        "lines said over whole breaths: after: how many breaths, or half; before_end: how many are left; "
        "or every: so many, with say: a list of lines in turn; about: guide where it speaks of the guidance"
    ),
    "muscles": (
        "muscle relaxation over a set (sixteen, seven, four, release-only, bed) or a list of groups: "
        "{name: your hands, short: hands, how: make two fists, feel: Notice the palms., ease: Let them open.}"
    ),
    "muscles.name": (
        "the time for naming a group and saying how to tense it; a list such as [12s, 10s] gives later groups less"
    ),
    "muscles.caution": "the time that a group's caution adds to it",
    "muscles.tense": "how long it is tensed, 2s to 15s; none is release only",
    "muscles.release": "how long it rests; a list such as [35s, 40s] makes two rounds of each group",
    "muscles.again": "the time for 'When I say now, do that again' before a later round",
    "muscles.rounds": "how often each group is tensed, where that is not the number of releases",
    "muscles.order": "which groups come first, by their short names",
    "notice": (
        "grounding: a lead line, in lead_for; then a prompt each: 9s, with the lines of say, and silence for prompts "
        "without a line; shuffle: yes draws another order each night"
    ),
    "scan": (
        "a body scan over places: {name: your feet, short: feet, say: what is said there, "
        "then: what is said half way into the quiet}"
    ),
    "scan.guide": "the time for what is said at each place",
    "scan.silence": "the quiet behind it",
    "move": (
        "gentle movements: say: one line each time, in its lead, in which one moves; times: how often; hold: how long "
        "each lasts, and held: what is said in it; later: shorter lines for later times, in their later_lead; "
        "change: the time for the next, and back: what is said there"
    ),
    "choose.cases": "the values that there are, each with its steps, such as {yes: [...], no: [...]}",
    "repeat": "steps again: {times: 3, steps: [...]}",
    "chime": "a bell: start, end, bell or bowl",
    "chime.level": "how loud it is beside the voice, such as -8 dB",
    "play": "a recording of your own from this folder, as loud as the voice",
    "play.text": "what is said in it, for captions",
    "play.for": "how long the step lasts; without it, the recording and `then`",
    "play.then": "the silence behind it where there is no `for`; 1s if it is left out",
    "bed": "another background or level from here on: {sound: rain, under_voice: -30 dB, in_pauses: -30 dB}, or off",
    "bed.over": "how long the change takes",
    "include": "the steps of another script: one beside this, or a bundled one such as passages/return",
    "include.params": "what its parameters stand for here",
}


def explanation(key: str) -> str:
    """The explanation of a key, such as ``title``, ``say`` or ``say.for``; empty if there is none."""
    if key in _KEYS:
        return _KEYS[key]
    docstring = TECHNIQUES[key].__doc__ or "" if key in TECHNIQUES else ""
    return " ".join(docstring.partition("\n\n")[0].split()).replace("``", "`")
