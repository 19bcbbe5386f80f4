"""Unknown keys: the key that was probably meant, and the remedy.

The rule: a key that is known one level out or one level in is in the wrong place, and not a misspelling of another. It
knows words and fields, and no positions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from player.script.yaml import fitting
from player.script.yaml.nodes import Scalar
from player.script.yaml.scalar_types import shown
from player.script.yaml.suggestions import nearest
from player.script.yaml.type_shapes import enumerated, fields_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from player.script.yaml.nodes import Node
    from player.script.yaml.type_shapes import Field

LONGEST_LIST: Final = 400
"""Characters of the keys that a message lists; those of a session are 140."""


def meant(
    word: str,
    name: str,
    fields: Iterable[Field],
    found: Mapping[str, tuple[Scalar, Node]],
    around: Iterable[Iterable[Field]],
    step_types: Mapping[str, type],
) -> tuple[str | None, str]:
    """The key that was probably meant, if it is not there yet, and the remedy.

    ``found`` are all pairs of the mapping; ``name`` is its name in messages, empty at the top of a script.
    """
    if (" " in word or word.endswith((".", "!", "?"))) and _is_empty(found[word][1]):
        return None, "put a text with a comma in quotes"
    if any(word == each.key for outer in around for each in outer):
        return None, f"it belongs beside {name}, not into it"
    if inside := next((each.key for each in fields if word in fitting.inner_keys(each.shape)), None):
        empty = inside if inside in found and _is_empty(found[inside][1]) else None
        return empty, f"it belongs into {inside}{'; indent it more than that' if empty else ''}"
    if not name and (place := _in_a_script(word, found, step_types)):
        return None, place
    known = [each.key for each in fields]
    guess = nearest(word, [each for each in known if each not in found])
    return guess, f"did you mean {guess!r}?" if guess else f"allowed: {_all_of(known)}"


def _all_of(known: Sequence[str]) -> str:
    """The keys that are allowed; where they are too many for a message, the first of them and where the others are."""
    told = ", ".join(known)
    return told if len(told) <= LONGEST_LIST else f"{enumerated(known)} (scripts/README.md has all of them)"


def _in_a_script(word: str, found: Mapping[str, tuple[Scalar, Node]], step_types: Mapping[str, type]) -> str:
    """Where a key belongs that stands at the top of a script and is none of it; empty if that is not known."""
    if is_of_a_step(word, step_types):
        return "it belongs to a step, in the list below steps"
    is_below_params = "params" in found and _is_empty(found["params"][1])
    return "if it is a parameter, indent it more than params" if is_below_params else ""


def _is_empty(value: Node) -> bool:
    return isinstance(value, Scalar) and value.empty


def is_of_a_step(word: str, step_types: Mapping[str, type]) -> bool:
    """Whether any step has this key."""
    return any(word == each.key for step in step_types.values() for each in fields_of(step))


def bare_step(text: str, step_types: Container[str]) -> str:
    """The message for a step that is only a text."""
    word = text.split(maxsplit=1)[0].partition(":")[0]
    if word in step_types:
        return f"a step must have a colon and a space behind its key, such as '{word}: ...', not {shown(text)}"
    return f"a step must be a key and its value, such as 'say: text', not {shown(text)}"


def before_colon(word: str, value: Node, known: Container[str]) -> str | None:
    """The known key in ``key:value``, which YAML reads as one long key without a value."""
    before, colon, _ = word.partition(":")
    return before if colon and before in known and _is_empty(value) else None


def is_glued(text: str, known: Container[str]) -> bool:
    """Whether a value is a known key and its own value, without the space between them."""
    before, colon, after = text.partition(":")
    return bool(colon and after) and before in known and len(text.split()) == 1


def before_blank(word: str, known: Container[str]) -> str | None:
    """The known key in ``key value``, of which only the colon is missing: YAML reads all of it as one key."""
    before, *behind = word.split(maxsplit=1)[:2] or [word]
    return before if behind and before in known else None
