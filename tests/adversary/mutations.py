"""Makes hostile YAML and CSV of good files: trees with other values, and texts with other signs, by a seed.

It knows how scripts are built only as far as their keys and values are words of the good files; what they mean it does
not know. Each function takes a ``random.Random``, and gives the same for the same state of it.
"""

from __future__ import annotations

from copy import deepcopy
from functools import cache, partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

SIGNS: Final = (
    *"\u202e\u200b\u200d\u2028\x85\x00\x1b\ufeff\u0301\u0345\u00ad\u2066\U000e0041",  # they steer, join or hide
    *"ıİßﬀ½²Ⅷ٣３\u0f33𝟘一",  # other lengths in lower case, and figures that are no decimals
    *"👩\U0001f3fd\U0010ffff\uffff\ud800",
    *"&*!|>%@`'\"#:-?,[]{}<=~$\\\t\r\n ",
)
VALUES: Final = (
    *("", "~", "null", "no", "-1", "0", "1e309", "NaN", "inf", "0x10", "1_000", "9" * 400, "0." + "0" * 300 + "1"),
    *("1:30:99", "99999999999h", "0.0000001s", "-4s", "4 s", "3600s", "٣s", "３s", "²s", "½s", "100%", "1e9%", "-0"),
    *("$", "${", "$x", "$side", "${side}", "${minutes}", "${emergency}", "$$", "${${x}}", "${x" + "}" * 50, "$" * 3000),
    *("..", ".", "/", "/dev/zero", "../" * 50, "passages/", "C:\\con", "nul", "http://a/b", "data:,a", "a\x00b", "~/x"),
    *("en", "de-AT", "x-klingon", "hi", "a" * 5_000, "ä" * 9_999, "word " * 1_900, "1. " * 900, "/ɹˈɛd/", "//", "*a*"),
    *("none", "all", "main", "silent", "up", "words 4, tones", "words 0", "count", "self", "release-only", "hostile"),
    *("<<", "title", "repeat", "steps", "[[slnc 5000]]", "<say-as>", "{}", "&a", "*a", "!!python/object:os.system"),
)
NUMBERS: Final = ("0", "1", "2", "10", "99", "100", "1000", "1001", "20000", "1000000", "2147483648", "1" + "0" * 30)

Tree = Any
"""What `yaml.BaseLoader` makes: texts, and lists and mappings of them."""


@cache
def loaded(text: str) -> Tree:
    """The tree of a good file, which is not to be changed."""
    return yaml.load(text, getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506  (it makes nothing but texts, lists and mappings)


def _shortened(random: random.Random, tree: Tree) -> Tree:
    """The tree with a few of its steps: what is short is tried faster, and shows as much."""
    steps = tree.get("steps") if isinstance(tree, dict) else None
    if isinstance(steps, list) and random.random() < 0.9:
        start = random.randrange(len(steps))
        tree["steps"] = steps[start : start + random.choice((1, 2, 3, 6))]
    return tree


def mutated(random: random.Random, good: Sequence[str]) -> bytes:
    """A hostile YAML file made of one good file and pieces of others."""
    text = random.choice(good)
    if is_tree := random.random() < 0.7:
        tree = _shortened(random, deepcopy(loaded(text)))
        for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
            tree = _tree_changed(random, tree, good)
        text = _dumped(random, tree)
    if not is_tree or random.random() < 0.2:
        for _ in range(random.choice((1, 1, 2, 5))):
            text = text_changed(random, text, "\n".join(good[:3]))
    return _encoded(random, text)


def text_changed(random: random.Random, text: str, other: str) -> str:
    """The text with one change: a sign, a line, a stretch of it, its indentation, or its end."""
    start = random.randrange(len(text) + 1)
    end = min(len(text), start + random.choice((0, 0, 1, 1, 2, 8, 80, 800)))
    lines = text.split("\n")
    row = random.randrange(len(lines))
    choices: tuple[Callable[[], str], ...] = (
        lambda: text[:start] + random.choice(SIGNS) * random.choice((1, 1, 2, 3, 70, 4000)) + text[end:],
        lambda: text[:start] + random.choice(VALUES) + text[end:],
        lambda: text[:start] + text[end:],
        lambda: text[:end] + text[start:end] * random.choice((1, 2, 40)) + text[end:],
        lambda: text[:start],
        lambda: "\n".join([*lines[:row], *lines[row + 1 :]]),
        lambda: "\n".join([*lines[:row], lines[row], *lines[row:]]),
        lambda: "\n".join([*lines[:row], random.choice(other.split("\n")), *lines[row:]]),
        lambda: "\n".join([*lines[:row], " " * random.randrange(9) + lines[row].lstrip(), *lines[row + 1 :]]),
        lambda: "\n".join(
            [
                *lines[:row],
                lines[row].replace(": ", random.choice((": &a ", ": *a ", ":", " : ", ": ? "))),
                *lines[row + 1 :],
            ]
        ),
        lambda: text.replace("\n", random.choice(("\r\n", "\r", "\n\n", "\u2028", "\n\t"))),
    )
    return random.choice(choices)()


def built(random: random.Random) -> bytes:
    """A hostile script that is not like any good one: bombs, circles, depth and mass."""
    size = random.choice((2, 5, 9, 30, 33, 200, 3_000))
    few = min(size, 30)
    makers: tuple[Callable[[], str], ...] = (
        lambda: _script("".join(f"  - &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 'x'}]\n" for n in range(few))),
        lambda: _script("  - &a {repeat: 2, steps: [*a]}\n"),
        lambda: _script("  - " + "{repeat: {times: 9, steps: [" * few + "{pause: 1s}" + "]}}" * few + "\n"),
        lambda: _script(_repeated(random, size, few)),
        lambda: _script("  - {pausing: 1s}\n" + _repeated(random, size, few) * few),
        lambda: _script("".join(f"  - {{include: beside, params: {{a: x{n}}}}}\n" for n in range(size))),
        lambda: _script("".join(f"  - {{say: '${{a{n}}}'}}\n" for n in range(size)), _params(size, 2)),
        lambda: _script("  - pause: 1s\n", _params(few, size // few + 1)),
        lambda: _script(f"  - say: '{random.choice('!.-…#*') * min(size, 1990)}'\n" * few),
        lambda: f"title: t\nbad: 1\nx: {random.choice(('- ', '[', ' ', ': |', chr(0xA0) + '-'))}" * size,
        lambda: _script("  - " + "[" * size + "]" * size + "\n"),
        lambda: _script("  - " + "{a: " * size + "b" + "}" * size + "\n"),
        lambda: _script("  - pause: 1s\n" * size * 3),
        lambda: _script("  - say: " + "word " * size + "\n"),
        lambda: _script("  - say: '" + random.choice(SIGNS).replace("'", "") * size + "'\n"),
        lambda: _script(f"  - say: 'a'\n    for: {random.choice(NUMBERS)}h\n"),
        lambda: _script(f"  - breathe: {{in: 4s, out: 6s, cycles: {random.choice(NUMBERS)}}}\n"),
        lambda: _script(
            f"  - breathe: {{in: 0.5s, out: 0.5s, for: {random.choice(NUMBERS)}m}}\n"
            f"    guide: {random.choice(VALUES)!r}\n"
        ),
        lambda: _script("  - include: hostile\n"),
        lambda: _script("  - include: ./hostile.yaml\n" * few),
        lambda: _script("  - include: beside\n"),
        lambda: _script("  - muscles: hostile\n"),
        lambda: _script("  - say: " + "${a}" * size + "\n", "params: {a: " + "x" * size + "}\n"),
        lambda: _script("  - say: $a\n", "params: {" + ", ".join(f"a{n}: ${{a{n + 1}}}" for n in range(size)) + "}\n"),
        lambda: _script(
            "  - pause: $a\n",
            f"params: {{a: {{default: 4s, min: {random.choice(VALUES)!r}, max: {random.choice(VALUES)!r}}}}}\n",
        ),
        lambda: _script(
            "  - pause: $a\n",
            f"params: {{a: {{default: x, choices: [{', '.join(f'x{n}' for n in range(few))}, x]}}}}\n",
        ),
        lambda: _script(
            "  - say: a\n", "pronounce: {" + ", ".join(f"w{n}: {random.choice(VALUES)!r}" for n in range(few)) + "}\n"
        ),
        lambda: "title: t\n" * size,
        lambda: "".join(f"{chr(97 + n % 26)}{n}: 1\n" for n in range(size)),
        lambda: random.choice(SIGNS) * size,
        lambda: "? " * size + "a",
        lambda: "- " * size + "a",
        lambda: '"' + "\\U0010FFFF\\uD800\\x00" * few + '"',
        lambda: "title: t\nsteps: !!python/object/apply:os.system ['true']\n",
        lambda: "%YAML 9.9\n%TAG ! tag:x,2000:\n--- {title: t, steps: [{pause: 1s}]}\n...\n--- b\n",
    )
    return _encoded(random, random.choice(makers)())


def table(random: random.Random) -> bytes:
    """A hostile table of people."""
    rows = [["name", "side"], ["Anna", "3s"], ["Ben", "5s"]] * random.choice((1, 1, 2, 300))
    for _ in range(random.choice((0, 1, 2, 4))):
        row = random.choice(rows)
        row[random.randrange(len(row))] = random.choice(VALUES + SIGNS)
    text = "\n".join(random.choice((",", ",", ";", "\t")).join(row) for row in rows)
    for _ in range(random.choice((0, 0, 1, 3))):
        text = text_changed(random, text, 'sep=;\n"a""b",c\nsep=\x00\n"')
    return text.encode(random.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16")), "surrogatepass")


def _repeated(random: random.Random, size: int, few: int) -> str:
    """Two repeats, one in the other, of a step that unfolds to much."""
    step = random.choice(
        (
            "{pause: 1s}",
            "{say: 'a'}",
            f"{{say: '{'A b. ' * few * 13}'}}",
            "{muscles: sixteen}",
            "{breathe: {in: 0.5s, out: 0.5s, for: 24h}}",
            f"{{breathe: {{in: {{from: 1s, to: 60s}}, out: 60s, cycles: {random.choice(NUMBERS)}}}}}",
        )
    )
    times = f"{{times: {random.choice(NUMBERS)}, steps: [{step}]}}"
    return f"  - repeat: {{times: {min(size, 1000)}, steps: [{{repeat: {times}}}]}}\n"


def _params(number: int, choices: int) -> str:
    values = f"choices: [{', '.join(f'x{each}' for each in range(max(2, choices)))}]"
    return f"params: {{{', '.join(f'b{each}: {{default: x1, {values}}}' for each in range(number))}}}\n"


def _script(steps: str, head: str = "") -> str:
    return f"title: Hostile\n{head}steps:\n{steps}"


def _encoded(random: random.Random, text: str) -> bytes:
    if random.random() < 0.97:
        return text.encode("utf-8", random.choice(("replace", "replace", "surrogatepass")))
    data = bytearray(text.encode(random.choice(("utf-8", "utf-8-sig", "utf-16", "utf-32")), "surrogatepass"))
    if data:
        data[random.randrange(len(data))] = random.randrange(256)
    return bytes(data)


def _dumped(random: random.Random, tree: Tree) -> str:
    style, width = random.choice((False, False, False, None, True)), random.choice((80, 9999))
    form: dict[str, Any] = {"allow_unicode": True, "sort_keys": False, "default_flow_style": style, "width": width}
    try:
        return str(yaml.dump(tree, Dumper=getattr(yaml, "CDumper", yaml.Dumper), **form))
    except UnicodeEncodeError:  # libyaml writes no surrogates
        return str(yaml.dump(tree, **form))


def _places(tree: Tree) -> list[tuple[Tree, Any]]:
    """Every list or mapping of the tree, with each index or key of it."""
    found: list[tuple[Tree, Any]] = []
    rest = [tree]
    while rest:
        here = rest.pop()
        if isinstance(here, list | dict):
            keys = list(here) if isinstance(here, dict) else list(range(len(here)))
            found += [(here, key) for key in keys]
            rest += [here[key] for key in keys]
    return found


@cache
def _by_key(good: tuple[str, ...]) -> dict[str, list[Tree]]:
    """The values that each key has in good files."""
    found: dict[str, list[Tree]] = {}
    for holder, key in (place for text in good for place in _places(loaded(text))):
        if isinstance(holder, dict):
            found.setdefault(key, []).append(holder[key])
    return found


def _tree_changed(random: random.Random, tree: Tree, good: Sequence[str]) -> Tree:
    """The tree with one change somewhere; it is changed in place where it can be."""
    places = _places(tree)
    if not places:
        return [tree]
    holder, key = random.choice(places)
    value = holder[key]
    if random.random() < 0.4:  # one that its field reads, so that what comes after the reading is tried as well
        holder[key] = deepcopy(random.choice(_by_key(tuple(good)).get(key, [value])))
        return tree
    change: Callable[[], Tree] = random.choice(
        (
            lambda: random.choice(VALUES),
            lambda: random.choice(VALUES),
            lambda: random.choice(NUMBERS) + random.choice(("", "s", "m", "h", "%", "dB", " to 3")),
            lambda: f"{value}{random.choice(SIGNS)}",
            lambda: random.choice(SIGNS) + str(value),
            lambda: [value] * random.choice((0, 1, 2, 40)),
            lambda: {str(key): value},
            lambda: {random.choice(VALUES): value, "b": value},
            lambda: {"repeat": {"times": random.choice(NUMBERS), "steps": [value, value]}},
            partial(_piece, random, good),
            partial(_piece, random, good),
            lambda: _nested(random, value),
        )
    )
    kind = random.random()
    if kind < 0.12:
        del holder[key]
    elif kind < 0.3 and isinstance(holder, dict):
        _renamed(random, holder, key, good)
    elif kind < 0.4 and isinstance(holder, list):
        holder[key:key] = [value] * random.choice((1, 2, 20, 700))
    elif kind < 0.5:
        (first, a), (second, b) = random.choice(list(pairwise(places)) or [(places[0], places[0])])
        first[a], second[b] = second[b], first[a] if first[a] is not second else "x"
    else:
        holder[key] = change()
    return tree


def _piece(random: random.Random, good: Sequence[str]) -> Tree:
    """A value out of another good file."""
    holder, key = random.choice(_places(loaded(random.choice(good))))
    return deepcopy(holder[key])


def _renamed(random: random.Random, holder: dict[str, Tree], key: str, good: Sequence[str]) -> None:
    names = [name for each, name in _places(loaded(random.choice(good))) if isinstance(each, dict)]
    new = random.choice((*names, random.choice(VALUES), key + random.choice(SIGNS)))
    pairs = [(new if each == key else each, value) for each, value in holder.items()]
    holder.clear()
    holder.update(pairs)


def _nested(random: random.Random, value: Tree) -> Tree:
    for _ in range(random.choice((3, 20, 31, 32, 33, 60))):
        value = [value] if random.random() < 0.5 else {"repeat": {"times": "2", "steps": [value]}}
    return value
