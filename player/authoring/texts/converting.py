"""From a text to a script. Pure."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from player.authoring.texts.formats import text_format
from player.authoring.texts.items import Heading, Passage, TextItem, Unread, WrittenPause
from player.errors import printable
from player.script.session import DEFAULT_LANGUAGE
from player.script.yaml.writing import scalar
from player.techniques.sentences import sentences
from player.techniques.speech import SENTENCE_GAP_MS
from player.units import format_duration
from player.voice.pace import likely_s

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from player.authoring.texts.formats import TextFormat

LONGEST_SAID: Final = 1800
"""Characters of one ``say``, of which a script allows 2000; a dollar sign is written twice."""
LONGEST_NAME: Final = 200
RATES: Final = (105, 115, 125, 135, 145, 160)
"""Words a minute that a script with times may need: from the program's own to that of people who read aloud."""
_WIDTH: Final = 110
_BREAKS: Final = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_UNSEEN: Final = re.compile("[\ufeff\u200b\u2060\u00ad\u200e\u200f]")
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class ConvertedText:
    """A script that was made of a text.

    Attributes
    ----------
    script
        Its text, without the line for editors; empty where there is nothing to say.
    form
        What the text was read as.
    unread
        What was not understood; in the script these are comments.
    crowded
        Line and time in ms of what has more words than its time has room for: it takes the time that it needs.
    """

    script: str
    form: TextFormat
    unread: tuple[Unread, ...]
    crowded: tuple[tuple[int, int], ...] = ()


@dataclass
class _ScriptLines:
    """The lines of the steps so far, and the silence that has not found its place yet."""

    language: str
    rate: int
    lines: list[str] = field(default_factory=list)
    crowded: list[tuple[int, int]] = field(default_factory=list)
    title: str = ""
    says: int | None = None
    """Where the last ``say`` ends, if its silence is still open."""
    written_ms: int = 0
    implied_ms: int = 0
    began: bool = False


def converted(text: str, title: str, language: str = DEFAULT_LANGUAGE, form: str | None = None) -> ConvertedText:
    """The script of a text.

    Parameters
    ----------
    title
        The script's, where the text has none.
    language
        BCP 47, of the text.
    form
        The name of the text's format; otherwise what is in it decides.
    """
    text = _CONTROLS.sub(" ", _UNSEEN.sub("", _BREAKS.sub("\n", unicodedata.normalize("NFC", text)))).expandtabs(4)
    found = text_format(text, form)
    items = [*found.read(text)]
    passages = [each for each in items if isinstance(each, Passage)]
    draft = _ScriptLines(language, _rate(passages, language))
    for item in items:
        _add(draft, item)
    _settle(draft, is_end=True)
    unread = tuple(each for each in items if isinstance(each, Unread))
    script = "\n".join([*_head(draft, draft.title or title, found), *draft.lines, ""]) if passages else ""
    return ConvertedText(script, found, unread, tuple(draft.crowded))


def _head(draft: _ScriptLines, title: str, form: TextFormat) -> Iterator[str]:
    yield f"# Made of {form.about}. Comments with a number hold what was not understood in that line of it."
    yield f"title: {_scalar(_shortened(title))}"
    yield f"language: {draft.language}"
    if draft.rate != RATES[0]:
        yield f"voice: {{rate: {draft.rate}}}"
    yield "# background: rain"
    yield "steps:"


def _add(draft: _ScriptLines, item: TextItem) -> None:
    if isinstance(item, WrittenPause):
        if item.implied:
            draft.implied_ms = max(draft.implied_ms, item.length_ms)
        else:
            draft.written_ms += item.length_ms
    elif isinstance(item, Unread):
        draft.lines.append(_comment(item))
    elif isinstance(item, Heading):
        _settle(draft)
        _name(draft, item)
    else:
        _settle(draft)
        _say(draft, item)
        draft.began = True


def _settle(draft: _ScriptLines, *, is_end: bool = False) -> None:
    """Write the silence: behind the last words, or as a step. Implied silence separates words, and nothing else."""
    length_ms = draft.written_ms or (0 if is_end or draft.says is None else draft.implied_ms)
    if length_ms and draft.says is not None:
        draft.lines.insert(draft.says, f"    then: {format_duration(length_ms)}")
    elif length_ms:
        draft.lines.append(f"  - pause: {format_duration(length_ms)}")
    draft.written_ms = draft.implied_ms = 0
    draft.says = None


def _name(draft: _ScriptLines, heading: Heading) -> None:
    """A heading becomes the title, if there is none yet, or begins a section; what is too long for it is a comment."""
    if len(heading.text) > LONGEST_NAME:
        draft.lines.append(_comment(Unread(heading.line, heading.text)))
    if heading.is_title and not draft.title and not draft.began:
        draft.title = heading.text
    elif heading.text != draft.title or draft.began:
        draft.lines.append(f"  - section: {_scalar(_shortened(heading.text))}")


def _say(draft: _ScriptLines, passage: Passage) -> None:
    if passage.start_ms and not draft.began:
        draft.lines.append(f"  - pause: {format_duration(passage.start_ms)}")
    for text in _parts(passage.text, draft.language):
        draft.lines += _step(text)
    if passage.slot_ms is None:
        draft.says = len(draft.lines)
    elif _needs_ms(passage.text, draft) <= passage.slot_ms:
        draft.lines.append(f"    for: {format_duration(passage.slot_ms)}")
    else:
        draft.crowded.append((passage.line, passage.slot_ms))


def _step(text: str) -> list[str]:
    text = text.replace("$", "$$")
    line = f"  - say: {scalar(text)}"
    if len(line) <= _WIDTH:
        return [line]
    wrapped = textwrap.wrap(text, _WIDTH - 6, break_long_words=False, break_on_hyphens=False)
    return ["  - say: >-", *(f"      {each}" for each in wrapped)]


def _parts(text: str, language: str) -> Iterator[str]:
    """The text in parts of at most `LONGEST_SAID` characters, which end where sentences do."""
    part = ""
    for sentence in sentences(text, language):
        for piece in textwrap.wrap(sentence, LONGEST_SAID // 2, break_on_hyphens=False):
            if part and len(part) + len(piece) + 1 > LONGEST_SAID // 2:
                yield part
                part = ""
            part = f"{part} {piece}".lstrip()
    if part:
        yield part


def _comment(unread: Unread) -> str:
    return f"  # {unread.line}: {printable(unread.text)}"


def _scalar(text: str) -> str:
    return scalar(text.replace("$", "$$"))


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_NAME // 2 else textwrap.shorten(text, LONGEST_NAME // 2, placeholder="…")


def _rate(passages: Sequence[Passage], language: str) -> int:
    """The slowest of `RATES` at which all that has room in its time at any of them has room."""
    timed = [each for each in passages if each.slot_ms is not None]
    crowded = [
        sum(_needs_ms(each.text, _ScriptLines(language, rate)) > (each.slot_ms or 0) for each in timed)
        for rate in RATES
    ]
    return RATES[crowded.index(min(crowded))]


def _needs_ms(text: str, draft: _ScriptLines) -> int:
    """The time that a text surely has room in; check tells exactly."""
    said = sentences(text, draft.language)
    return round(sum(likely_s(each, draft.rate) for each in said) * 1150) + SENTENCE_GAP_MS * (len(said) - 1) + 200
