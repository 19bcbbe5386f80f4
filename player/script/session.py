"""The session: the validated, immutable model of a script.

The rule: a `Session` is valid, and is never checked again. Names of sounds and voices are as written; whether they
exist is for those who know sounds and voices. What the steps are is handed in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping  # noqa: TC003 (hints are read when a script is bound)
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, ClassVar, Final, Literal, cast

from player.errors import Position, Problem, ScriptError
from player.script.pronunciation import Respelling, Word  # noqa: TC001 (hints are read when a script is bound)
from player.script.voice_settings import VoiceSettings
from player.script.yaml import look_alikes, reader
from player.script.yaml.binding import WRONG, Binder, Outcome
from player.script.yaml.nodes import Mapping as Nodes
from player.script.yaml.nodes import Node, Scalar
from player.script.yaml.nodes import Sequence as Items
from player.script.yaml.params import Parameter
from player.script.yaml.scalar_types import PatternType, TextType, shortened, shown
from player.script.yaml.suggestions import did_you_mean
from player.script.yaml.type_shapes import AnyStep, Record, enumerated, fields_of, shape_of
from player.script.yaml.types import (
    NOT_WRITTEN,
    Identifier,
    Language,
    Level,
    Name,
    OneOrMore,
    Sound,
    Step,
    Steps,
    Text,
    Year,
    duration,
)

__all__ = ["Background", "Parameter", "Session", "Step", "Technique", "VoiceSettings", "parse"]

Technique = Literal["breathing", "muscle", "grounding", "mindfulness", "movement", "care", "thought", "guide"]
TextHash = Annotated[str, PatternType(re.compile("[0-9a-f]{12}"), "twelve hexadecimal figures, which check tells")]
DEFAULT_LANGUAGE: Final = "en-US"
MOST_PARAMS: Final = 100
MOST_CHOICES: Final = 50
"""Of all parameters together, as `check` tries each of them."""
Fade = Annotated[int, duration(maximum_ms=60_000)]
_NO_VALUES: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True)
class Background:
    """The bed at the start, with levels relative to the voice; a bare value is its sound."""

    example: ClassVar[str] = "background: {sound: rain}"
    shorthand: ClassVar[str] = "sound"

    sound: Sound = None
    """None is no bed."""
    under_voice: Level = -20.0
    in_pauses: Level = -16.0
    fade_in: Fade = 4000
    fade_out: Fade = 10_000


@dataclass(frozen=True)
class Original:
    """The session that this one translates, and the hash that the original's text had then: see `library.text_hash`."""

    example: ClassVar[str] = "translates: {session: pmr-7, hash: 0123456789ab}"

    session: Name
    hash: TextHash


@dataclass(frozen=True)
class Session:
    """A script that can be played.

    Attributes
    ----------
    translates
        The session that this one is a translation of.
    reviewed
        Who has read and heard a translation, a speaker by birth; ``none`` if nobody has.
    author, album, year, license
        What exported files carry beside the title: who made it, what it is part of, when, and under which terms.
    safety
        Lines that are shown before the first sound.
    pronounce
        Words in lower case, each with what the voice reads in its place.
    params
        What the script leaves open; ``values`` is what each stands for in this session.
    given
        What the program says in its texts: names that hold without being declared, and what each stands for.
    path
        What problems call the script.
    places
        Where its values stand, such as ``background.sound``.
    """

    title: Name
    steps: Steps
    summary: Text = ""
    technique: Technique = "guide"
    language: Language = DEFAULT_LANGUAGE
    translates: Original | None = None
    reviewed: Name | None = None
    author: Name | None = None
    album: Name | None = None
    year: Year | None = None
    license: Name | None = None
    safety: OneOrMore[Text] = ()
    voice: VoiceSettings = field(default_factory=VoiceSettings)
    pronounce: Mapping[Word, Respelling] = field(default_factory=dict)
    background: Background = field(default_factory=Background)
    params: Mapping[Identifier, Parameter] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict, metadata=NOT_WRITTEN)
    given: Mapping[str, str] = field(default_factory=dict, metadata=NOT_WRITTEN)
    path: str = field(default="", metadata=NOT_WRITTEN)
    places: Mapping[str, Position] = field(default_factory=dict, metadata=NOT_WRITTEN, compare=False)


def parse(
    text: str | bytes,
    name: str,
    step_types: Mapping[str, type],
    values: Mapping[str, str] = _NO_VALUES,
    asked_at: Position | None = None,
    given: Mapping[str, str] = _NO_VALUES,
) -> Session:
    """A script as a session.

    Parameters
    ----------
    text
        YAML; bytes must be UTF-8.
    name
        What problems call the script.
    step_types
        Step key to the frozen dataclass of its fields.
    values
        Values of parameters in place of their defaults.
    asked_at
        The position in another script that asks for these values, if there is one: their problems have it.
    given
        What ``${name}`` stands for where the script has no parameter of this name.

    Raises
    ------
    ScriptError
        With every problem of the script and of the values.
    """
    try:  # nearly every script is good; the problems of another one are then read exactly
        return _read(text, name, step_types, values, asked_at, given, exact=False)
    except ScriptError:
        with look_alikes.explaining(text, name):
            return _read(text, name, step_types, values, asked_at, given, exact=True)


def _read(
    text: str | bytes,
    name: str,
    step_types: Mapping[str, type],
    values: Mapping[str, str],
    asked_at: Position | None,
    given: Mapping[str, str],
    *,
    exact: bool,
) -> Session:
    root, problems = reader.compose(text, name, exact=exact)
    binder = Binder(step_types, None, problems)
    session: object = WRONG
    if isinstance(root, Nodes):
        session = _session(root, binder, name, values, asked_at, given)
    else:
        binder.wrong(root.at, "a script must be keys and values: a 'title:', and 'steps:' with a list below it")
    if binder.problems:
        missing = {f"{word} is missing" for word in binder.displaced}
        told = [each for each in binder.problems if each.text not in missing]
        raise ScriptError(told, _rest(root, binder, name, given))
    return cast("Session", session)


def _rest(root: Node, binder: Binder, name: str, given: Mapping[str, str]) -> Session | None:
    """A session of all values and steps that are good by themselves; None if no step is."""
    if not isinstance(root, Nodes):
        return None
    kept: dict[str, object] = {"title": name, "given": given, "path": name, "places": MappingProxyType(binder.places)}
    values = {key.text: value for key, value in root.pairs}
    for each in fields_of(Session):
        if (value := values.get(each.key)) is not None:
            alone = Binder(binder.step_types, binder.values)
            steps = value.items if each.key == "steps" and isinstance(value, Items) else None
            read = alone.value(value, each.shape, each.key, each.key) if steps is None else _good(steps, binder)
            if read is not WRONG and not alone.problems:  # without a problem of its own, it may need a wrong parameter
                kept[each.attribute] = read
    return Session(**kept) if kept.get("steps") else None  # type: ignore[arg-type]  # the binder has seen to the types


def _good(nodes: tuple[Node, ...], binder: Binder) -> tuple[Step, ...]:
    """The steps without problems, each read by itself."""
    read = [Binder(binder.step_types, binder.values).value(node, AnyStep(), "a step", "") for node in nodes]
    return tuple(step for step in read if isinstance(step, Step))  # with a problem in it, it would be none


def _session(
    root: Nodes,
    binder: Binder,
    name: str,
    values: Mapping[str, str],
    asked_at: Position | None,
    given: Mapping[str, str],
) -> object:
    parameters = _parameters(root, binder)

    def where(key: str) -> Position:
        return asked_at or binder.places.get(key, root.at)

    chosen = _choose(parameters, values, binder, where)
    binder.values = {**given, **chosen}
    known = {
        "params": MappingProxyType(parameters),
        "values": MappingProxyType(chosen),
        "given": MappingProxyType({**given}),
        "path": name,
        "places": MappingProxyType(binder.places),
    }
    return binder.record(root, Record(Session), "", "", known)


def _parameters(root: Nodes, binder: Binder) -> dict[str, Parameter | Outcome]:
    """The parameters by name; one with problems keeps its name, so that what uses it is not told as well."""
    node = next((value for key, value in root.pairs if key.text == "params"), None)
    if node is None:
        return {}
    unknown = {key.text for key, _ in root.pairs} - {each.key for each in fields_of(Session)}
    if isinstance(node, Scalar) and node.empty and unknown:  # told at each of these, which are not indented
        return dict.fromkeys(unknown, WRONG)
    if not isinstance(node, Nodes):
        binder.wrong(node.at, "params must be a mapping of names and values, such as 'side: 4s'")
        return {}
    binder.places["params"] = node.at
    pairs = binder.pairs(node)
    if len(pairs) > MOST_PARAMS:
        text = f"params must be at most {MOST_PARAMS}, not {len(pairs)}"
        raise ScriptError([*binder.problems, Problem(node.at, text)])
    found: dict[str, Parameter | Outcome] = {}
    for word, (key, value) in pairs.items():
        if word == "steps" and isinstance(value, Items):
            text = "steps stands among the params; begin it in the column of params"
            raise ScriptError([*binder.problems, Problem(key.at, text)])
        known = binder.value(key, shape_of(Identifier), f"the parameter {shown(word)}", f"params.{word}")
        parameter = binder.value(value, Record(Parameter), shortened(word), f"params.{word}")
        found[word] = WRONG if known is WRONG else cast("Parameter | Outcome", parameter)
    choices = sum(len(each.choices) for each in found.values() if isinstance(each, Parameter))
    if choices > MOST_CHOICES:
        binder.wrong(node.at, f"params must have at most {MOST_CHOICES} choices in all, not {choices}")
    return found


def _choose(
    parameters: Mapping[str, Parameter | Outcome],
    values: Mapping[str, str],
    binder: Binder,
    where: Callable[[str], Position],
) -> dict[str, str | None]:
    """The value of each parameter; None where it has a problem."""
    there = f"there are {enumerated([*parameters])}" if parameters else "this script has none"
    for word in values:
        if word not in parameters:
            text = f"there is no parameter {shown(word)}; {did_you_mean(word, parameters) or there}"
            binder.wrong(where("params"), text)
    return {word: _chosen(word, each, values.get(word), binder, where) for word, each in parameters.items()}


def _chosen(
    word: str, parameter: Parameter | Outcome, value: str | None, binder: Binder, where: Callable[[str], Position]
) -> str | None:
    if isinstance(parameter, Outcome):
        return None
    if value is None:
        return parameter.default
    try:
        text = TextType().parse(value)
        parameter.check(text)
    except ValueError as error:
        binder.wrong(where(f"params.{word}"), f"{word} {error}")
        return None
    return text
