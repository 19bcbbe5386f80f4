"""Which of the texts that a file carries are scripts, and which of them its script includes.

The rule: a file may come from anywhere, and from another version of this program. So a text counts as a script if it is
YAML as scripts are written, with a title, and with a step or a session that this version knows; other keys and values
may be wrong. What is written under a name that the file chooses must be nothing that another program could take for its
own: see `foreign_key`.
"""

from __future__ import annotations

import posixpath
import unicodedata
from bisect import bisect_left
from itertools import takewhile
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING, Final

from player.errors import ScriptError, printable
from player.script.reach import SCRIPT_ENDINGS, with_ending
from player.script.session import Session
from player.script.yaml import fitting, reader
from player.script.yaml.encoding import LARGEST
from player.script.yaml.nodes import Mapping as Nodes
from player.script.yaml.nodes import Node, Scalar
from player.script.yaml.nodes import Sequence as Items
from player.script.yaml.scalar_types import shown
from player.script.yaml.type_shapes import AnyStep, Record, TableShape, fields_of
from player.techniques import TECHNIQUES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from player.script.yaml.type_shapes import Shape

MOST_INCLUDES: Final = 100
"""Each is a file that waits for the disk, 0.1 s on a busy one."""
_DEEPEST: Final = 16
"""Folders of a path, and the file."""


def read(text: bytes) -> Nodes | None:
    """The keys and values of a script; None for a text that is none."""
    try:
        root, problems = reader.compose(text, "", exact=False)
    except ScriptError:
        return None
    return root if isinstance(root, Nodes) and not problems and _is_script(root) else None


def _is_script(root: Nodes) -> bool:
    values = {key.text: value for key, value in root.pairs}
    title = values.get("title")
    if not isinstance(title, Scalar) or title.empty:
        return False
    if "steps" in values:
        return any(_keys(step) & TECHNIQUES.keys() for step in _items(values["steps"]))
    if "parts" in values:
        return any("sessions" in _keys(part) for part in _items(values["parts"]))
    sessions = _items(values.get("sessions"))
    return any(isinstance(each, Scalar) or "session" in _keys(each) for each in sessions)


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, Items) else ()


def _keys(node: Node) -> set[str]:
    return {key.text for key, _ in node.pairs} if isinstance(node, Nodes) else set()


def included(script: Nodes, carried: Mapping[str, bytes]) -> dict[str, bytes]:
    """The texts that a script includes, and those that these include, by their paths from its folder; no others.

    What is not carried is left out: it is bundled, or comes with a value that was not chosen.

    Raises
    ------
    ValueError
        If one of them is no script, or they are more than a session can have; with a fragment about them.
    """
    left = {unicodedata.normalize("NFC", name): name for name in carried if _is_below(name)}
    names = sorted(left)
    found: dict[str, bytes] = {}
    waiting = [("", script)]
    while waiting:
        folder, root = waiting.pop()
        for name in _named(root):
            for path in [each for each in _meant(name, folder, names) if each in left]:
                own = left.pop(path)
                found[own] = carried[own]
                waiting.append((posixpath.dirname(path), _read_include(path, carried[own])))
                if len(found) > MOST_INCLUDES or sum(map(len, found.values())) > LARGEST:
                    raise ValueError("more scripts than a session can include")
    return dict(sorted(found.items()))


def _is_below(path: str) -> bool:
    """Whether it is written as a path below the script's folder is, without a detour."""
    return path == posixpath.normpath(path) and not path.startswith(("/", "../"))


def _read_include(path: str, text: bytes) -> Nodes:
    root = read(text)
    if root is None or "steps" not in _keys(root):
        raise ValueError(f"{shown(path)}, which is no script that can be included")
    return root


def _named(node: Node) -> Iterator[str]:
    """The names behind every ``include``, each once."""
    waiting, names = [node], dict[str, None]()
    while waiting:
        node = waiting.pop()
        waiting += _items(node)
        for key, value in node.pairs if isinstance(node, Nodes) else ():
            waiting.append(value)
            if key.text == "include" and isinstance(value, Scalar):
                names[value.text.strip()] = None
    yield from names


def _meant(name: str, folder: str, names: list[str]) -> list[str]:
    """The paths that an include may mean, as `library.included` looks for them: in the script's own folder.

    A name with a parameter in it may mean whatever begins as it does.
    """
    fixed, sign, _ = name.partition("$")
    if sign:
        begun = posixpath.join(folder, fixed)
        return list(takewhile(lambda each: each.startswith(begun), names[bisect_left(names, begun) :]))
    path = posixpath.normpath(posixpath.join(folder, name))
    if not name or (folder and not path.startswith(f"{folder}/")):
        return []
    return with_ending(path)


def is_name(path: str) -> bool:
    """Whether a path is one that an include can be written under, on every system: below its script's folder, not
    hidden, taken for an option by no program, and with the ending of a script.
    """  # noqa: D205 (one sentence)
    windows = PureWindowsPath(path)
    plain = printable(path) == path and "\\" not in path and not windows.drive and not windows.root
    parts = path.split("/")
    seen = len(parts) <= _DEEPEST and all(part and part[0] not in ".-" for part in parts)
    return plain and seen and path.lower().endswith(SCRIPT_ENDINGS)


def foreign_key(text: bytes) -> str | None:
    """The first key of an include that stands where no script of this version has it, or a step that is only a text.

    Programs with files of their own in YAML, of which many pass over keys that they do not know, have such keys: at the
    top as ``services``, and in their steps as ``command``. The text must be one that `read` takes.
    """
    root = read(text)
    return _foreign(root, Record(Session)) if root else None


def _foreign(node: Node, shape: Shape) -> str | None:
    if isinstance(node, Scalar):
        return node.text if isinstance(shape, AnyStep) else None
    if isinstance(node, Items):
        found = fitting.a_list(node, shape)
        item = found.item if found else AnyStep()  # where no list may stand, no text in it is a script's
        return _first(_foreign(each, item) for each in node.items)
    known = _shapes(node, shape)
    return _first(_foreign(value, known[key.text]) if key.text in known else key.text for key, value in node.pairs)


def _shapes(node: Nodes, shape: Shape) -> Mapping[str, Shape]:
    """The shape of each key that may stand in a mapping; where an author chooses the keys, all of the node's."""
    if isinstance(shape, AnyStep):
        steps = [step for key, step in TECHNIQUES.items() if key in _keys(node)]
        shapes = [{each.key: each.shape for each in fields_of(step)} for step in steps]
        return max(shapes, key=lambda each: len(each.keys() & _keys(node)), default={})
    found = fitting.a_mapping(node, shape)
    if isinstance(found, TableShape):
        return dict.fromkeys(_keys(node), found.value)
    return {each.key: each.shape for each in fields_of(found.type)} if found else {}


def _first(keys: Iterable[str | None]) -> str | None:
    return next((key for key in keys if key is not None), None)
