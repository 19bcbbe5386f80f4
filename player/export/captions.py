"""Captions: short texts with their times for everything that is heard, as WebVTT (W3C), SubRip and LRC.

A transcript is what is said, sentence by sentence under its headings: plain text, or HTML with the times.

The rule: a caption begins with its sound, to the millisecond, and captions never overlap. Speech is written as it is
spoken. Sounds and long silences are in brackets, so that a deaf person does not think that something is broken.

Text of a script never becomes markup of a format. WebVTT and HTML have escapes for that. SubRip and LRC have none, so
signs that players would take for markup become their look-alikes. All are pure functions of a timeline.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

from player.errors import printable
from player.script.languages import words_for
from player.techniques.cue import Tone, Utterance
from player.techniques.sentences import clause_ends
from player.units import timecode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from player.timeline.model import Cue, Section, Span, Timeline

LINE: Final = 42
"""Characters of a line, as subtitles on television and streams have it (BBC, Netflix: 37 to 42)."""
SILENCE_MS: Final = 10_000
"""A silence of this length gets a caption."""
SHORTEST_MS: Final = 1000
"""A caption stays for this time unless another one follows sooner."""
_LEAST_SOUND_MS: Final = 300
"""A sound that is alone for less than this has no caption: the words beside it say more."""
_MINUTE_MS: Final = 60_000
_NOTE: Final = "\N{EIGHTH NOTE}"
"""What a sound is called in a language without words."""
_LINES: Final = 2
"""Of a caption in WebVTT and SubRip."""
_FOR_VTT: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_FOR_SRT: Final = str.maketrans({"<": "‹", ">": "›", "{": "(", "}": ")"})
_FOR_LRC: Final = str.maketrans({"[": "(", "]": ")", "<": "‹", ">": "›"})
"""LRC has times in ``[]``, and enhanced LRC has them in ``<>``."""
_CLEAR_AFTER_MS: Final = 3000
"""A silence of this length clears the display of lyrics."""

_VIEWPORT: Final = '<meta name="viewport" content="width=device-width, initial-scale=1">'
_HTML_STYLE: Final = (
    ":root { color-scheme: light dark } body { font: 1.1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word }"
    " body { background: Canvas; color: CanvasText }"
    " main { max-width: 40rem; margin: 0 auto; padding: 1rem } h2 { margin: 1.5em 0 .5em }"
    " time { float: left; font-variant-numeric: tabular-nums } p { margin: 0 0 .4em 4.5em }"
)

_HTML: Final = re.compile(
    r'<!DOCTYPE html>\n<html lang="[\w-]*">\n<head>\n<meta charset="utf-8">\n'
    rf"{re.escape(_VIEWPORT)}\n<title>[^<>]*</title>\n<style>{re.escape(_HTML_STYLE)}</style>\n"
    r"</head>\n<body>\n<main>\n<h1>[^<>]*</h1>\n"
    r'(?:(?:<h2>[^<>]*</h2>|<time>[\d:.]+</time>|<p(?: lang="[\w-]*")?>[^<>]*</p>)\n)*'
    r"</main>\n</body>\n</html>\n"
)
"""Any page that `html` makes: its own elements, with text in them that is markup nowhere."""

Subtitle = Callable[["Timeline", str], str]


@dataclass(frozen=True)
class Caption:
    """A text from ``start_ms`` to ``end_ms``.

    Attributes
    ----------
    said
        Whether somebody speaks it.
    pauses
        The silence at each of its commas, where all of them are known.
    language
        BCP 47, of what is spoken; empty where it is not known.
    """

    start_ms: int
    end_ms: int
    text: str
    said: bool = True
    pauses: tuple[Span, ...] = ()
    language: str = ""


def spoken(timeline: Timeline) -> tuple[Caption, ...]:
    """Every sentence; the words and numbers of a phase of breath are one: "Breathe in, two, three, four"."""
    cues = sorted((cue for cue in timeline.cues if cue.text.strip()), key=lambda cue: cue.start_ms)
    return tuple(_one(list(group)) for _, group in groupby(cues, key=_group))


def captions(timeline: Timeline, language: str = "en") -> tuple[Caption, ...]:
    """Everything that is heard, and the silences of `SILENCE_MS` and more; ``language`` is BCP 47."""
    said = spoken(timeline)
    heard = sorted([*said, *_sounds(timeline, said, language)], key=lambda each: each.start_ms)
    return tuple(_staying([*_with_silences(heard, timeline.total_ms, language)], timeline.total_ms))


def split(all_: Iterable[Caption], lines: int) -> Iterator[Caption]:
    """Captions of at most ``lines`` lines of `LINE` characters.

    The time of a longer one is shared by its letters between one known pause and the next: a piece that ends at a comma
    ends when the voice does, and the next begins when the voice goes on.
    """
    for each in all_:
        before, start_ms, marks = 0, each.start_ms, _marks(each)
        for piece in _pieces(each, lines):
            before += _letters(piece)
            end_ms, next_ms = _moment(before, marks)
            yield replace(each, start_ms=start_ms, end_ms=end_ms, text=piece, pauses=())
            start_ms = next_ms


def _pieces(caption: Caption, lines: int) -> list[str]:
    """Where its pauses are known, as many whole clauses as have room; otherwise pieces of about the same length."""
    if not caption.pauses:
        return _even(caption.text, lines)
    ends = [0, *clause_ends(caption.text), len(caption.text)]
    pieces: list[str] = []
    for clause in (caption.text[start:end].strip() for start, end in pairwise(ends)):
        joined = " ".join([*pieces[-1:], clause])
        if len(textwrap.wrap(joined, LINE)) <= lines:
            pieces[-1:] = [joined]
        else:
            pieces += _even(clause, lines)
    return pieces


def _letters(text: str) -> int:
    return len("".join(text.split()))


def _marks(caption: Caption) -> list[tuple[int, int, int]]:
    """Known moments: the letters before each, when the voice stops there, and when it goes on (start, pauses, end)."""
    ends = [_letters(caption.text[:end]) for end in clause_ends(caption.text)] if caption.pauses else []
    pauses = [(letters, pause.start_ms, pause.end_ms) for letters, pause in zip(ends, caption.pauses, strict=True)]
    start, end = caption.start_ms, caption.end_ms
    return [(0, start, start), *pauses, (_letters(caption.text), end, end)]


def _moment(letters: int, marks: Sequence[tuple[int, int, int]]) -> tuple[int, int]:
    """When the first ``letters`` letters have been said, and when the next one begins."""
    for (first, _, from_ms), (last, to_ms, on_ms) in pairwise(marks):
        if letters == last:
            return to_ms, on_ms
        if letters < last:
            at_ms = from_ms + (to_ms - from_ms) * (letters - first) // (last - first)
            return at_ms, at_ms
    return marks[-1][1], marks[-1][1]


def _even(text: str, lines: int) -> list[str]:
    """As few pieces as fit, of about the same length, so that none is shown too briefly."""
    fewest = -(-len(textwrap.wrap(text, LINE)) // lines)
    for width in range(max(1, -(-len(text) // max(1, fewest))), LINE * lines):
        pieces = textwrap.wrap(text, width)
        if len(pieces) <= fewest and all(len(textwrap.wrap(piece, LINE)) <= lines for piece in pieces):
            return pieces
    wrapped = textwrap.wrap(text, LINE)
    return [" ".join(wrapped[at : at + lines]) for at in range(0, len(wrapped), lines)]


def _group(cue: Cue) -> tuple[int, int]:
    """A phase's words and numbers go together; anything else is alone."""
    return (cue.slot_start_ms, -1) if cue.kind in {"word", "count"} else (cue.slot_start_ms, cue.start_ms)


def _one(cues: Sequence[Cue]) -> Caption:
    texts = [printable(" ".join(cue.text.split())) for cue in cues]
    text = texts[0] if len(texts) == 1 else ", ".join(each.rstrip(".,;:") for each in texts)
    pauses = cues[0].pauses if len(cues) == 1 and len(cues[0].pauses) == len(clause_ends(text)) else ()
    language = cues[0].sound.language if isinstance(cues[0].sound, Utterance) else ""
    return Caption(cues[0].start_ms, cues[-1].end_ms, text, pauses=pauses, language=language)


def _sounds(timeline: Timeline, said: Iterable[Caption], language: str) -> Iterator[Caption]:
    """Chimes and guide tones where there is no speech."""
    speech = [(each.start_ms, each.end_ms) for each in said]
    tones = [cue for cue in timeline.cues if isinstance(cue.sound, Tone)]
    for cue, after in pairwise([*tones, None]):
        if cue is None or any(start <= cue.start_ms < end for start, end in speech):
            continue
        later = [start for start, _ in speech if cue.start_ms < start < cue.end_ms]
        end_ms = min([cue.end_ms, *later, *([after.start_ms] if after else [])])
        if end_ms - cue.start_ms >= _LEAST_SOUND_MS:
            yield Caption(cue.start_ms, end_ms, f"[{_named(cue.sound, cue.kind, language)}]", said=False)


def _named(sound: object, kind: str, language: str) -> str:
    words = words_for(language)
    if words is None:
        return _NOTE
    if kind == "chime":
        return words.captions.chime
    phase = words.phases.get(sound.name) if isinstance(sound, Tone) else None
    return f"{words.captions.tone}: {phase.lower()}" if phase else words.captions.tone


def _with_silences(heard: Sequence[Caption], total_ms: int, language: str) -> Iterator[Caption]:
    end_ms = 0
    for each in (*heard, None):
        start_ms = each.start_ms if each else total_ms
        if start_ms - end_ms >= SILENCE_MS:
            yield Caption(end_ms, start_ms, _silence(start_ms - end_ms, language), said=False)
        if each:
            yield each
            end_ms = max(end_ms, each.end_ms)


def _silence(length_ms: int, language: str) -> str:
    """Such as ``[silence, 1 minute 30 seconds]``; in a language without words, a clock."""
    words = words_for(language)
    if words is None:
        return f"[… {timecode(length_ms)}]"
    minutes, seconds = length_ms // _MINUTE_MS, length_ms % _MINUTE_MS // 1000
    units = ((minutes, words.captions.minute), (seconds, words.captions.second))
    parts = (f"{number} {one if number == 1 else several}" for number, (one, several) in units if number)
    return f"[{words.captions.silence}, {' '.join(parts)}]"


def _staying(each_in_turn: Sequence[Caption], total_ms: int) -> Iterator[Caption]:
    """Short captions stay longer, but not after the next begins."""
    latest = [*(each.start_ms for each in each_in_turn), total_ms][1:]
    for each, until_ms in zip(each_in_turn, latest, strict=True):
        end_ms = min(until_ms, max(each.end_ms, each.start_ms + SHORTEST_MS))
        if end_ms > each.start_ms:
            yield replace(each, end_ms=end_ms)


def vtt(timeline: Timeline, language: str = "en") -> str:
    """WebVTT."""
    title = printable(" ".join(timeline.title.split())).translate(_FOR_VTT)
    cues = (
        f"{_clock(each.start_ms, '.')} --> {_clock(each.end_ms, '.')}\n{_in_its_language(each, language)}\n"
        for each in split(captions(timeline, language), _LINES)
    )
    return "\n".join(["WEBVTT\n", f"NOTE {title}\n", *cues])


def _in_its_language(caption: Caption, language: str) -> str:
    """The lines of a WebVTT cue; what is not in the session's language says in which it is."""
    lines = _wrapped(caption).translate(_FOR_VTT)
    return lines if _is_in(caption, language) else f"<lang {caption.language}>{lines}</lang>"


def _is_in(caption: Caption, language: str) -> bool:
    """Whether a caption is in the session's language, of whichever country."""
    return caption.language in {"", language} or caption.language.partition("-")[0] == language.partition("-")[0]


def srt(timeline: Timeline, language: str = "en") -> str:
    """SubRip."""
    cues = (
        f"{number}\n{_clock(each.start_ms, ',')} --> {_clock(each.end_ms, ',')}\n{_wrapped(each).translate(_FOR_SRT)}\n"
        for number, each in enumerate(split(captions(timeline, language), _LINES), 1)
    )
    return "\n".join(cues)


def lrc(timeline: Timeline, language: str = "en") -> str:
    """LRC; its times are rounded to hundredths of a second. An empty line clears the display where speech ends."""
    title = printable(" ".join(timeline.title.split())).translate(_FOR_LRC)
    lines, end_ms = [f"[ti:{title}]", f"[la:{language}]", f"[length:{_minutes(timeline.total_ms)[:-3]}]"], 0
    for each in split(captions(timeline, language), 1):
        if end_ms and each.start_ms - end_ms >= _CLEAR_AFTER_MS:
            lines.append(f"[{_minutes(end_ms)}]")
        lines.append(f"[{_minutes(each.start_ms)}]{each.text.translate(_FOR_LRC)}")
        end_ms = each.end_ms
    return "\n".join([*lines, ""])


def txt(timeline: Timeline, language: str = "en") -> str:  # noqa: ARG001 (as the others have it)
    """A transcript: the title, each section as a heading, and what is said, a sentence on each line."""
    parts = [_heading(timeline.title, "=")]
    was_heading = True
    for each in _transcript(timeline):
        text = f"{each.text}\n" if isinstance(each, Caption) else _heading(each.title, "-")
        parts.append(f"\n{text}" if was_heading or not isinstance(each, Caption) else text)
        was_heading = not isinstance(each, Caption)
    return "".join(parts)


def _transcript(timeline: Timeline) -> list[Section | Caption]:
    """Each section, and then what is said in it."""
    marks: list[Section | Caption] = [*timeline.sections, *spoken(timeline)]
    return sorted(marks, key=lambda each: (each.start_ms, isinstance(each, Caption)))


def _heading(text: str, rule: str) -> str:
    line = printable(" ".join(text.split()))
    return f"{line}\n{rule * len(line)}\n"


def html(timeline: Timeline, language: str = "en") -> str:
    """A transcript as a page: `txt` with the time of each sentence, in the elements of the Podcast Namespace."""
    title = escape(printable(" ".join(timeline.title.split())))
    rows = (
        _html_line(each, language)
        if isinstance(each, Caption)
        else f"<h2>{escape(printable(' '.join(each.title.split())))}</h2>"
        for each in _transcript(timeline)
    )
    head = f'<meta charset="utf-8">\n{_VIEWPORT}\n<title>{title}</title>\n<style>{_HTML_STYLE}</style>'
    body = "\n".join([f"<h1>{title}</h1>", *rows])
    opening = f'<!DOCTYPE html>\n<html lang="{escape(language)}">'
    return f"{opening}\n<head>\n{head}\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"


def is_transcript(page: str) -> bool:
    """Whether a page is one that `html` can have made, so that nothing in it runs or loads."""
    return _HTML.fullmatch(page) is not None


def _html_line(said: Caption, language: str) -> str:
    lang = "" if _is_in(said, language) else f' lang="{escape(said.language)}"'
    return f"<time>{timecode(said.start_ms)}</time>\n<p{lang}>{escape(said.text)}</p>"


SUBTITLES: Final[dict[str, Subtitle]] = {"vtt": vtt, "srt": srt, "lrc": lrc, "txt": txt, "html": html}


def _wrapped(caption: Caption) -> str:
    return "\n".join(textwrap.wrap(caption.text, LINE))


def _clock(ms: int, point: str) -> str:
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{ms:03}"


def _minutes(ms: int) -> str:
    hundredths = (ms + 5) // 10
    return f"{hundredths // 6000:02}:{hundredths // 100 % 60:02}.{hundredths % 100:02}"
