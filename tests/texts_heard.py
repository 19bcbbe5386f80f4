"""What a listener hears of a session, measured from its script alone: words, openings, silences, repeats and endings.

No voice is asked. A word lasts `WORD_MS`, which is heart's own at 105 words a minute, so times inside a slot are right
to a second or two; slots themselves are exact.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from player.pipeline.requested import RequestedSession, SessionRequest
from player.script import library
from player.techniques.sentences import sentences
from player.timeline.layout import lay_out

if TYPE_CHECKING:
    from collections.abc import Iterable

    from player.techniques.cue import Recording, Utterance
    from player.timeline.model import Cue, Timeline

WORD_MS: Final = 440
LONG_ENOUGH_TO_REPEAT: Final = 4
"""Words; shorter sentences ("Now your hands.") are guiding words, which come again on purpose."""

_WORDS = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_BEFORE_A_VERB = (
    r"(?:and|now|then|first|so|please|just|simply|slowly|gently|perhaps|here|again|for now|if you like|if you can|"
    r"to begin|to start|when you're ready|wherever you are|let's|you might|we'll|i'd like you to)"
)
_VERBS = (
    r"(?:sit|lie|lean|stand|find|feel|put|place|press|push|rest|breathe|look|notice|let|take|settle|make|get|hold|bring|"
    r"drop|turn|start|begin|keep|roll|name|walk|pick|set|have|open|shut|close|soften|loosen|unclench|allow|give|"
    r"come|go|move|stay|listen|imagine|think|picture|plant|touch|slide|shift|wait|say|tell|lower|lift|draw|"
    r"spread|stretch|hear|see|smell|write|check|switch|warm|wrap|sink|ease|arrange|help|remember|use|try|join|"
    r"wiggle|count|bend|tuck|lay|return|carry|add|leave|send|wish|pause|gather|blink|reach|curl|follow|point|step|raise)"
)
_ADDRESS = r"(?:(?:whoever|wherever|if|when|while|as soon as)\b[^.,]*, )?"
_INSTRUCTION = re.compile(rf"{_ADDRESS}(?:{_BEFORE_A_VERB}[ ,]+)*{_VERBS}\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Estimate:
    """A clip that was not spoken: as long as its words, its beat at its start."""

    length_ms: int
    beat_ms: int = 0
    after_ms: int = 0
    pauses: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class HeardText:
    """A session as it is heard.

    Attributes
    ----------
    words
        Spoken words, guiding words and numbers included.
    spoken_of_100
        How many seconds of a hundred are words.
    lets
        The share of its sentences that begin with "Let", 0 to 1.
    first_ms
        When the first thing to do is said.
    mute_ms
        The longest stretch in which no voice is heard.
    said
        Its sentences, in order.
    """

    name: str
    technique: str
    total_ms: int
    words: int
    spoken_of_100: int
    lets: float
    first_ms: int
    mute_ms: int
    said: tuple[str, ...]
    rings_out: bool
    """Whether a chime is its end."""

    def row(self) -> str:
        """Its row in the table."""
        seconds = [f"{round(each / 1000):7}" for each in (self.total_ms, self.first_ms, self.mute_ms)]
        numbers = f"{self.words:6}{self.spoken_of_100:6} %{100 * self.lets:5.0f} %"
        return f"{self.name:28}{self.technique:12}{''.join(seconds)}{numbers}  {self.said[-1][-60:]}"


HEADING: Final = (
    f"{'session':28}{'technique':12}{'seconds':>7}{'first':>7}{'mute':>7}{'words':>6}{'spoken':>8}{'Let':>7}"
    "  last words"
)


@cache
def heard(name: str, intro: str = "full") -> HeardText:
    """A bundled session as it is heard, with the whole introduction or the short one."""
    requested = RequestedSession(SessionRequest(name, intro=intro))  # type: ignore[arg-type]
    timeline = lay_out(requested.session, requested.settled, _clip)
    voiced = [cue for cue in timeline.cues if not cue.is_tone]
    said = tuple(one for cue in voiced if cue.kind == "speech" for one in sentences(cue.text, "en"))
    lets = sum(one.startswith("Let ") for one in said) / len(said)
    words = sum(len(_WORDS.findall(cue.text)) for cue in voiced)
    share = 100 * sum(cue.end_ms - cue.start_ms for cue in voiced) // timeline.total_ms
    last = timeline.cues[-1]
    technique = requested.session.technique
    first_ms, mute_ms = _first_instruction_ms(timeline), _longest_mute_ms(voiced, timeline)
    return HeardText(
        name, technique, timeline.total_ms, words, share, lets, first_ms, mute_ms, said, last.kind == "chime"
    )


def all_heard() -> tuple[HeardText, ...]:
    """All bundled sessions, in order."""
    return tuple(heard(name) for name in sorted(library.session_names()))


def repeated(texts: Iterable[HeardText]) -> dict[str, list[str]]:
    """Each sentence of `LONG_ENOUGH_TO_REPEAT` words that several sessions say, and which do."""
    found: dict[str, list[str]] = {}
    for text in texts:
        for one in dict.fromkeys(text.said):
            if len(_WORDS.findall(one)) >= LONG_ENOUGH_TO_REPEAT:
                found.setdefault(one, []).append(text.name)
    return {one: names for one, names in found.items() if len(names) > 1}


def openings(texts: Iterable[HeardText]) -> Counter[str]:
    """How often each first word begins a sentence."""
    return Counter(one.split()[0].strip(",.") for text in texts for one in text.said)


def is_instruction(sentence: str) -> bool:
    """Whether a sentence begins by saying what to do."""
    return bool(_INSTRUCTION.match(sentence))


def _clip(said: Utterance | Recording) -> _Estimate:
    return _Estimate(WORD_MS * len(_WORDS.findall(said.text)))


def _first_instruction_ms(timeline: Timeline) -> int:
    for cue in timeline.cues:
        if cue.kind == "word" or (cue.kind == "speech" and is_instruction(cue.text)):
            return cue.start_ms
    return timeline.total_ms


def _longest_mute_ms(voiced: list[Cue], timeline: Timeline) -> int:
    ends = [0, *(cue.end_ms for cue in voiced)]
    starts = [*(cue.start_ms for cue in voiced), timeline.total_ms]
    return max(start - end for end, start in zip(ends, starts, strict=True))
