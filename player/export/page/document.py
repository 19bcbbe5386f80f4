"""The text of a page: templates filled with a session, its cover, its sound and its script.

The rule: whatever a script holds is text and never markup, and the page's own policy lets nothing run but the one
script, and nothing load at all (tests/export/page/test_document.py). Without scripts, sound, chapters and text work.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any, Final

from player.errors import printable
from player.export.captions import spoken
from player.export.page import colours
from player.export.page.labels import common, labels
from player.export.page.times import landings, times
from player.export.tags import software
from player.timeline.chapters import chapters
from player.units import timecode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from player.export.captions import Caption
    from player.export.page.labels import Labels
    from player.export.tags import Origin
    from player.timeline.model import Timeline

TEMPLATES: Final = Path(__file__).parent
_IN_JSON: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
"""So that no text ends the element that it is in; JSON reads them as the same characters."""
_BESIDE_A_SIGN: Final = re.compile(r" (?=[:;?!»][.,)]?(?: |$))|(?<=(?<!\S)«) ")
"""The space that French has before some signs, and inside quotation marks. A name of a file goes on without a space
after the sign, as in ``'Relax !.yaml'``, and keeps its own, so that a command can be copied."""


@dataclass(frozen=True)
class PageSession:
    """A session as a page shows it.

    Attributes
    ----------
    language
        BCP 47.
    cover
        PNG.
    sound
        The address of its sound: ``data:`` with all of it, or the name of a file beside the page, percent-encoded.
    notes
        Where it comes from, how it is made again, and its licence; a sentence each.
    """

    timeline: Timeline
    summary: str
    technique: str
    language: str
    safety: tuple[str, ...]
    cover: bytes
    origin: Origin
    sound: str = field(repr=False)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ListedPage:
    """A page in a list: its address from there, and what it is."""

    address: str
    title: str
    summary: str
    total_ms: int
    technique: str
    language: str


def page(sessions: Sequence[PageSession], title: str = "", summary: str = "") -> str:
    """The page of a session; or of several, under the title and the summary of their programme."""
    first, style = sessions[0], template("page.css") + colours.rules(each.technique for each in sessions)
    head = _programme_head(sessions, title, summary) if title else ""
    level = 2 if title else 1
    articles = "\n".join(_article(each, number, level) for number, each in enumerate(sessions, 1))
    script = template("page.js")
    body = _filled("player.html", head=head, sessions=articles, script=script, **_of_page(labels(first.language)))
    media = "data:" if first.sound.startswith("data:") else "'self'"
    policy = f"default-src 'none'; script-src {digest(script)}; media-src {media}; {style_policy(style)}"
    about = (title or first.timeline.title, summary or first.summary)
    return _whole(body, about, first.technique, first.language, policy, style)


def index(listed: Sequence[ListedPage], reader: str) -> str:
    """A page that lists other pages; it has no script.

    Its own words are in the language of the sessions, or where they are in several in that of its ``reader`` (BCP 47).
    """
    own = labels(common(each.language for each in listed) or reader)
    title = own.words.sessions
    style = template("page.css") + colours.rules(each.technique for each in listed)
    entries = "\n".join(
        _entry(each.address, each.total_ms, each.title, each.summary, each.technique, each.language) for each in listed
    )
    total = timecode(sum(each.total_ms for each in listed))
    summary = own.words.listed.format(number=len(listed), time=total)
    body = _filled("list.html", title=_text(title), summary=_text(summary), entries=entries)
    policy = f"default-src 'none'; {style_policy(style)}"
    return _whole(body, (title, summary), "guide", own.language, policy, style)


def data_url(kind: str, content: bytes) -> str:
    """The content as an address of its own."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def digest(content: str) -> str:
    """A source of a Content Security Policy that allows one inline element."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


@cache
def template(name: str) -> str:
    """The text of a template, with line feeds on every system."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


def notice() -> str:
    """The licence of a page, as it stands at its beginning."""
    return template("LICENSE").partition("\n\n")[2].rstrip()


def style_policy(style: str) -> str:
    """The part of the policy that every page has: this style and pictures in the page itself, and nothing else."""
    return f"style-src {digest(style)}; img-src data:; base-uri 'none'; form-action 'none'"


def _whole(body: str, about: tuple[str, str], technique: str, language: str, policy: str, style: str) -> str:
    (title, summary), colour = about, colours.palette(technique)
    return _filled(
        "page.html",
        notice=notice(),
        lang=_text(language),
        policy=policy,
        colours=colours.name(technique),
        paper=colour["paper"],
        deep=colour["deep"],
        summary=_text(summary),
        software=_text(software()),
        title=_text(title),
        icon=colours.icon(technique),
        style=style,
        body=body,
    )


def _programme_head(sessions: Sequence[PageSession], title: str, summary: str) -> str:
    entries = (
        _entry(f"#s{number}", each.timeline.total_ms, each.timeline.title, each.summary, each.technique, each.language)
        for number, each in enumerate(sessions, 1)
    )
    own = labels(sessions[0].language)
    return _filled(
        "programme.html",
        title=_text(title),
        summary=_text(summary),
        labels=_text(own.language),
        sessions=_text(own.words.sessions),
        entries="\n".join(entries),
    )


def _article(session: PageSession, number: int, level: int) -> str:
    timeline, name, own = session.timeline, f"s{number}", labels(session.language)
    return _filled(
        "session.html",
        colours=colours.name(session.technique),
        id=name,
        lang=_text(session.language),
        heading=f"h{level}",
        title=_text(timeline.title),
        summary=_text(session.summary),
        length=_text(own.length(timeline.total_ms)),
        total_s=str(-(-timeline.total_ms // 1000)),
        cover=data_url("image/png", session.cover),
        sound=_text(session.sound),
        safety=_safety(session, own, level + 1),
        chapters=_chapters(timeline, own, f"{number}. {timeline.title}, " if level > 1 else "", name, level + 1),
        text=_words(session, own, name, level + 1),
        script=_script(session.origin, own),
        origin="\n".join(f"<p>{_text(note)}</p>" for note in session.notes),
        times=_json(times(timeline)),
        **_of_article(own),
    )


def _safety(session: PageSession, own: Labels, level: int) -> str:
    if not session.safety:
        return ""
    lines = "\n".join(f"<li>{_text(line)}</li>" for line in session.safety)
    heading = _heading(level, own, own.words.before)
    return f'<section class="safety">\n{heading}\n<ul>\n{lines}\n</ul>\n</section>'


def _chapters(timeline: Timeline, own: Labels, whose: str, name: str, level: int) -> str:
    """A list of links: to the text of each chapter, and with scripts to its sound.

    ``whose`` stands before its label where there are several sessions, so that a screen reader tells their lists apart.
    """
    found = chapters(timeline)
    if not found:
        return ""
    rows = "\n".join(
        f'<li><a href="#{name}-c{number}" data-ms="{landing}"><time>{timecode(each.start_ms)}</time>'
        f" <span>{_text(each.title)}</span></a></li>"
        for number, (each, landing) in enumerate(zip(found, landings(timeline), strict=True), 1)
    )
    heading, label = _heading(level, own, own.words.chapters), _text(f"{whose}{own.words.chapters}")
    return f'<nav class="chapters" aria-label="{label}">\n{heading}\n<ol class="list">\n{rows}\n</ol>\n</nav>'


def _words(session: PageSession, own: Labels, name: str, level: int) -> str:
    """Everything that is said, with its times, under the titles of its chapters."""
    said, marks = spoken(session.timeline), chapters(session.timeline)
    starts = [0, *(each.start_ms for each in marks), session.timeline.total_ms]
    blocks = [_heading(level, own, own.words.text)]
    numbered = list(enumerate(said, 1))
    for number, (start_ms, end_ms) in enumerate(pairwise(starts)):
        if number:
            title = _text(marks[number - 1].title)
            blocks.append(f'<h{level + 1} class="chapter-title" id="{name}-c{number}">{title}</h{level + 1}>')
        is_last = number == len(marks)
        here = ((n, each) for n, each in numbered if start_ms <= each.start_ms and (is_last or each.start_ms < end_ms))
        blocks += (_line(each, f"{name}-{n}", session.language) for n, each in here)
    lines = "\n".join(blocks)
    return f'<section class="text">\n{lines}\n</section>'


def _line(said: Caption, name: str, language: str) -> str:
    is_other = said.language.partition("-")[0] not in {"", language.partition("-")[0]}
    lang = f' lang="{_text(said.language)}"' if is_other else ""
    link = f'<a href="#{name}" data-ms="{said.start_ms}">{timecode(said.start_ms)}</a>'
    return f'<p id="{name}">{link} <span{lang}>{_text(said.text)}</span></p>'


def _script(origin: Origin, own: Labels) -> str:
    """The script to read, to save, and as `player.export.page.carried` finds it."""
    name, title, save = _text(origin.name), _text(own.words.script), _text(own.words.save.format(name=origin.name))
    address = data_url("application/yaml", origin.script)
    lines = origin.script.decode("utf-8", "replace").lstrip("\ufeff").splitlines()
    shown = html.escape("\n".join(map(printable, lines)), quote=False)
    return (
        f'<details class="script" lang="{_text(own.language)}">\n<summary>{title}</summary>\n'
        f'<p><a class="save" download="{name}" href="{address}">{save}</a></p>\n'
        f'<pre tabindex="0" aria-label="{title}">{shown}</pre>\n'
        f'<script type="application/json" class="origin">{origin.document().translate(_IN_JSON)}</script>\n</details>'
    )


def _entry(address: str, length_ms: int, title: str, summary: str, technique: str, language: str) -> str:
    about = f'<p class="about">{_text(summary)}</p>' if summary else ""
    link = f'<a href="{_text(address)}"><time>{timecode(length_ms)}</time><div>{_text(title)}{about}</div></a>'
    return f'<li class="{colours.name(technique)}" lang="{_text(language)}">{link}</li>'


def _heading(level: int, own: Labels, words: str) -> str:
    return f'<h{level} class="part" lang="{_text(own.language)}">{_text(words)}</h{level}>'


def _of_page(own: Labels) -> dict[str, str]:
    """The values for what a page has once: the view for the night, and the list of keys."""
    words = own.words
    values = {"labels": own.language, "leave_night": words.leave_night, "keys": words.keys, "close": words.close}
    values |= {f"key_{name}": text for name, text in vars(words.shortcuts).items()}
    return {name: _text(text) for name, text in values.items()}


def _of_article(own: Labels) -> dict[str, str]:
    """The values for the buttons of a session."""
    names = ("play", "pause", "position", "left", "back", "again", "forward", "night", "keys")
    return {"labels": _text(own.language)} | {name: _text(getattr(own.words, name)) for name in names}


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).translate(_IN_JSON)


def _text(words: str) -> str:
    """On one line, as the content of an element or of an attribute; no line begins with a sign that stands alone."""
    return html.escape(_BESIDE_A_SIGN.sub("\u00a0", printable(" ".join(words.split()))))


def _filled(name: str, **values: str) -> str:
    return Template(template(name)).substitute(values).rstrip("\n")
