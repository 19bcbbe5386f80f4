"""YAML text to nodes with positions; the only module that knows PyYAML.

The rule: a value stays the text that the author wrote. YAML would take ``1:30`` for a number and ``no`` for false; here
both arrive as written. Scripts are not trusted: there are no tags and no merge keys, and size, depth, number of values
and length of texts are limited. An alias counts as all that it stands for. What a script means is not known here.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn, cast

import yaml
from yaml import events
from yaml.error import MarkedYAMLError, YAMLError
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

from player.errors import Position, Problem, ScriptError
from player.script.yaml import encoding, syntax
from player.script.yaml.nodes import Mapping, Node, Scalar, Sequence
from player.script.yaml.scalar_types import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml.error import Mark

DEEPEST: Final = 32
MOST_NODES: Final = 20_000
LONGEST_TEXT: Final = 10_000
"""Characters of one scalar."""


class _Yaml(Reader, Scanner, Parser):
    """PyYAML's parser without its last step, which makes numbers and dates of texts: it yields events."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)


_QUICK: Final = getattr(yaml, "CSafeLoader", _Yaml)
"""The parser of libyaml, in C; PyYAML's own one where PyYAML was built without it."""


def read(text: str | bytes, name: str) -> Node:
    """The nodes of a YAML text; ``name`` is what problems call it.

    Raises
    ------
    ScriptError
        If it is not YAML, or breaks a limit.
    """
    node, problems = compose(text, name)
    if problems:
        raise ScriptError(problems)
    return node


def compose(text: str | bytes, name: str, *, exact: bool = True) -> tuple[Node, list[Problem]]:
    """Like `read`, but problems that leave the rest readable come back beside the nodes.

    Parameters
    ----------
    exact
        False reads by libyaml, about ten times as fast. If there is no problem, the nodes are the same. If there is
        one, read again with True for the message: libyaml's position can be a column off, and it gives no reason.

    Raises
    ------
    ScriptError
        If it cannot be read on.
    """
    script = encoding.decode(text, name) if isinstance(text, bytes) else encoding.sized(text, name)
    encoding.check_characters(script, name)
    composer = _Composer(name, tuple(encoding.lines_of(script)))
    quick = not exact and "\t" not in script
    for event in _quick_events(script, composer) if quick else _events(script, composer):
        composer.take(event)
    composer.report_unused_anchors()
    if composer.root is None or (isinstance(composer.root, Scalar) and composer.root.empty):
        composer.refuse(Position(name, 1, 1), "there is nothing in this file")
    return composer.root, composer.problems


def _events(script: str, composer: _Composer) -> Iterator[events.Event]:
    loader = _Yaml(script)
    try:
        while (event := loader.get_event()) is not None:  # type: ignore[no-untyped-call]
            yield event
    except MarkedYAMLError as error:
        line, column, text = syntax.explain(_trouble(error, script, composer.last_quote))
    except (YAMLError, ValueError, OverflowError):
        # An escape such as "\UFFFFFFFF" passes the scanner's own checks and fails in chr().
        line, column, text = loader.line + 1, loader.column + 1, syntax.NO_CHARACTER
    else:
        return
    composer.refuse(Position(composer.name, line, column), text)


def _quick_events(script: str, composer: _Composer) -> Iterator[events.Event]:
    """The same events by libyaml. It takes tabs where YAML forbids them, so `compose` gives it no script with one."""
    loader = _QUICK(script)
    try:
        while (event := loader.get_event()) is not None:
            yield event
    except (YAMLError, ValueError, OverflowError):
        composer.refuse(Position(composer.name, 1, 1), "is not YAML")


def _trouble(error: MarkedYAMLError, script: str, quote: syntax.Quote | None) -> syntax.Trouble:
    at, context_at = ((mark.line, mark.column) if mark else None for mark in (error.problem_mark, error.context_mark))
    what = f"{error.context or ''}: {error.problem or ''}"
    return syntax.Trouble(what, at or context_at or (0, 0), context_at, tuple(encoding.lines_of(script)), quote)


class _Built(NamedTuple):
    """A finished node; ``size`` counts it and all nodes in it, ``height`` the levels below it."""

    node: Node
    size: int
    height: int


class _Open:
    """A list or mapping that is still being read; ``key`` is a key whose value has not been read yet."""

    def __init__(self, event: events.CollectionStartEvent) -> None:
        self.event = event
        self.items: list[Node] = []
        self.pairs: list[tuple[Scalar, Node]] = []
        self.key: Node | None = None
        self.size = 1
        self.height = 0


class _Composer:
    """Puts nodes together from events, and checks the limits meanwhile; without recursion, which deep texts overrun."""

    def __init__(self, name: str, lines: tuple[str, ...] = ()) -> None:
        self.name = name
        self.lines = lines
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self.last_quote: syntax.Quote | None = None
        self._open: list[_Open] = []
        self._anchors: dict[str, _Built] = {}
        self._unused: dict[str, Position] = {}
        self._count = 0
        self._documents = 0

    def refuse(self, at: Position, text: str) -> NoReturn:
        """Stop reading."""
        raise ScriptError([*self.problems, Problem(at, text)])

    def take(self, event: events.Event) -> None:
        """The next event of the file."""
        self.last_quote = None
        if isinstance(event, events.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, events.CollectionStartEvent):
            self._begin(event)
        elif isinstance(event, events.CollectionEndEvent):
            self._end()
        elif isinstance(event, events.AliasEvent):
            self._alias(event)
        elif isinstance(event, events.DocumentStartEvent):
            self._document(event)

    def _at(self, event: events.Event) -> Position:
        mark = cast("Mark", event.start_mark)
        return Position(self.name, mark.line + 1, mark.column + 1)

    def _document(self, event: events.DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            self.refuse(self._at(event), "begins a second document; keep one script in a file")

    def _scalar(self, event: events.ScalarEvent) -> None:
        at = self._at(event)
        self._check_tag(event, at)
        if len(event.value) > LONGEST_TEXT:
            self.refuse(at, f"must be at most {LONGEST_TEXT} characters long, not {len(event.value)}")
        if event.style in ("'", '"'):
            end = cast("Mark", event.end_mark)
            self.last_quote = syntax.Quote((at.line - 1, at.column - 1), (end.line, end.column))
        quoted = bool(event.style)  # None or an empty text where nothing is around it
        text = event.value if event.value or quoted else self._text_of_empty(event, at)
        scalar = Scalar(unicodedata.normalize("NFC", text), quoted, at)
        self._count_nodes(1, at)
        self._add(_Built(scalar, 1, 0), event.anchor)

    def _text_of_empty(self, event: events.ScalarEvent, at: Position) -> str:
        """What the author meant by a value that is empty for YAML, as it is a comment, a tag or an anchor.

        A value such as ``#1`` is a comment for YAML, and so becomes a problem.
        """
        before, sign, comment = "".join(self.lines[at.line - 1 : at.line])[at.column - 1 :].partition("#")
        if sign and not before.strip() and not event.tag and not event.anchor:
            self.problems.append(Problem(replace(at, column=at.column + len(before)), syntax.ONLY_A_COMMENT))
            return sign + comment
        return event.tag or event.anchor or ""

    def report_unused_anchors(self) -> None:
        """An anchor that nothing refers to is most often the first word of a text."""
        text = "is a sign of YAML's own; put a text that begins with '&' in quotes"
        self.problems += [Problem(at, f"{shown(f'&{anchor}')} {text}") for anchor, at in self._unused.items()]

    def _check_tag(self, event: events.ScalarEvent | events.CollectionStartEvent, at: Position) -> None:
        if event.tag is not None:
            text = f"the tag {shown(event.tag)} is not allowed; put a text that begins with '!' in quotes"
            self.problems.append(Problem(at, text))

    def _begin(self, event: events.CollectionStartEvent) -> None:
        at = self._at(event)
        self._check_tag(event, at)
        self._count_nodes(1, at)
        self._open.append(_Open(event))
        self._check_depth(len(self._open), at)

    def _end(self) -> None:
        done = self._open.pop()
        at = self._at(done.event)
        sequence = isinstance(done.event, events.SequenceStartEvent)
        node = Sequence(tuple(done.items), at) if sequence else Mapping(tuple(done.pairs), at)
        self._report_split_texts(done.items if done.event.flow_style else [])
        self._add(_Built(node, done.size, done.height + 1), done.event.anchor)

    def _report_split_texts(self, items: list[Node]) -> None:
        plain = [item if isinstance(item, Scalar) and not item.quoted else None for item in items]
        split = [after for item, after in pairwise(plain) if item and after and syntax.is_split(item.text, after.text)]
        self.problems += [Problem(each.at, syntax.SPLIT_BY_A_COMMA) for each in split]

    def _alias(self, event: events.AliasEvent) -> None:
        at, built = self._at(event), self._anchors.get(event.anchor or "")
        if built is None:
            text = f"{shown(f'*{event.anchor}')} stands for nothing above it; put a text that begins with '*' in quotes"
            self.refuse(at, text)
        self._unused.pop(event.anchor or "", None)
        self._count_nodes(built.size, at)
        self._check_depth(len(self._open) + built.height, at)
        self._add(built, None)

    def _count_nodes(self, nodes: int, at: Position) -> None:
        self._count += nodes
        if self._count > MOST_NODES:
            self.refuse(at, f"is too much: a script has at most {MOST_NODES} values, with aliases counted in full")

    def _check_depth(self, depth: int, at: Position) -> None:
        if depth > DEEPEST:
            self.refuse(at, f"is nested too deep: at most {DEEPEST} levels are allowed")

    def _add(self, built: _Built, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = built
            self._unused[anchor] = built.node.at
        if not self._open:
            self.root = built.node
            return
        parent = self._open[-1]
        parent.size += built.size
        parent.height = max(parent.height, built.height)
        if isinstance(parent.event, events.SequenceStartEvent):
            parent.items.append(built.node)
        elif parent.key is None:
            parent.key = built.node
        else:
            self._pair(parent, parent.key, built.node)
            parent.key = None

    def _pair(self, parent: _Open, key: Node, value: Node) -> None:
        if not isinstance(key, Scalar):
            self.problems.append(Problem(key.at, "a key must be a word; put a text with braces or brackets in quotes"))
        elif key.text == "<<" and not key.quoted:
            text = "merge keys ('<<') are not allowed; write the keys out, or use params and ${name}"
            self.problems.append(Problem(key.at, text))
        else:
            parent.pairs.append((key, value))
