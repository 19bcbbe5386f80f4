"""The reference for authors says the truth: its examples run, its tables are the model's, its messages are real.

Examples are read as the page tells its readers: one that begins with ``title:`` is a whole file, one that begins with a
dash is a list of steps, any other is a piece of a script's head. A table is told by the head of its first column, and
goes on in a row whose first cell is bold.
"""

from __future__ import annotations

import re
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import pytest

from player import pipeline
from player.cli import main
from player.errors import ScriptError, VoiceError
from player.script import library, programme
from player.script.session import MOST_CHOICES, MOST_PARAMS, Background, Session, parse
from player.script.voice_settings import LevelCourse, PitchCourse, RateCourse, VoiceSettings
from player.script.yaml.binding import MOST_PROBLEMS, MOST_STEPS, bind
from player.script.yaml.encoding import LARGEST
from player.script.yaml.fitting import options, scalar_types
from player.script.yaml.params import Parameter
from player.script.yaml.reader import read
from player.script.yaml.scalar_types import (
    ChoiceType,
    DurationType,
    FlagType,
    LevelType,
    PercentType,
    TextType,
    WholeType,
)
from player.script.yaml.type_shapes import ListShape, One, fields_of
from player.storage.store import Store
from player.techniques import TECHNIQUES, breaths, coach, flow, grounding, movement, muscles, scan, speech
from player.techniques.planning import MOST_PARTS, plan
from player.techniques.sounds import CHIMES, BedFields
from player.techniques.speech import SENTENCE_GAP_MS
from player.timeline import lint
from player.timeline.fit import settle
from player.timeline.layout import lay_out
from player.units import format_duration, parse_duration, parse_level, timecode
from player.voice.pyttsx3_engine import Pyttsx3Engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from player.script.yaml.scalar_types import ScalarType
    from player.script.yaml.type_shapes import Field
    from player.timeline.model import Timeline

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "scripts" / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
NAMES = [" ".join(example.split())[:40] for example in EXAMPLES]
CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Clip:
    length_ms: int = 400
    beat_ms: int = 50
    after_ms: int = 0
    pauses: tuple[tuple[int, int], ...] = ()


def script(example: str) -> str:
    """The example as a script: steps get a head, pieces of a head get a title and a step."""
    if example.startswith("title:"):
        return example
    if example.startswith("- "):
        return f"title: T\nsteps:\n{example}"
    return f"title: T\n{example}steps:\n- pause: 1s\n"


def laid_out(text: str) -> Timeline:
    """The timeline of a script in which every clip is short."""
    session = parse(text, str(ROOT / "scripts" / "mine.yaml"), TECHNIQUES)
    return lay_out(session, settle(plan(session, TECHNIQUES).parts), lambda _: Clip())


def sessions() -> list[str]:
    """The examples that can be played."""
    return [each for each in EXAMPLES if not re.match(r"title:(?!.*^steps:)", each, re.DOTALL | re.MULTILINE)]


@pytest.mark.parametrize("example", EXAMPLES, ids=NAMES)
def test_every_example_runs(example: str) -> None:
    if example in sessions():
        assert laid_out(script(example)).total_ms > 0
    elif "\ngroups:" in example:
        assert bind(read(example, "set"), muscles.GroupSet).groups
    else:
        written = programme.parse(example, "programme")
        entries = [entry for part in written.all_parts for entry in part.sessions]
        for entry in entries:
            found = pipeline.as_requested(
                pipeline.SessionRequest(programme.find_session(entry.session, None).call)
            ).session
            assert not list(programme.misfits(entry, found.params))


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pipeline.Machine]:
    """The real voice, with a store that this page alone fills."""
    store = Store(tmp_path_factory.mktemp("store"))
    engine = Pyttsx3Engine(store)
    try:
        engine.voices()
    except VoiceError as error:
        pytest.skip(str(error))
    yield pipeline.Machine(engine, store)
    engine.stop()


@pytest.mark.engine
@pytest.mark.parametrize("example", sessions(), ids=lambda each: " ".join(each.split())[:40])
def test_every_text_fits_with_the_real_voice(example: str, tmp_path: Path, machine: pipeline.Machine) -> None:
    """And a session of the page's own gives no cause for a warning about what is said."""
    path = tmp_path / "mine.yaml"
    path.write_text(script(example.replace("- play: welcome.wav\n  text:", "- say:")), encoding="utf-8")
    _, warnings = pipeline.check(pipeline.SessionRequest(str(path), background="none"), machine)
    if example.startswith("title:"):
        assert [str(each) for each in warnings if "holds" not in each.text] == []


def test_the_first_session_lasts_as_long_as_the_page_says() -> None:
    name = re.search(r"player new ([\w-]+)", TEXT)
    assert name is not None
    assert f"`{name[1]}.yaml: fine, {timecode(laid_out(EXAMPLES[0]).total_ms)}`" in TEXT


def test_the_mistake_that_it_shows_is_told_like_that() -> None:
    shown = re.search(r"^> soft-shoulders\.yaml:(\d+):(\d+): (for must .* not '(.*)'; write 12s)$", TEXT, re.MULTILINE)
    assert shown is not None
    lines = EXAMPLES[0].splitlines()
    lines[int(shown[1]) - 1] = f"    for: {shown[4]}"
    assert problems("\n".join(lines)) == [f"{shown[1]}:{shown[2]}: {shown[3]}"]


def problems(text: str) -> list[str]:
    with pytest.raises(ScriptError) as caught:
        laid_out(text)
    return [f"{each.at.line}:{each.at.column}: {each.text}" for each in caught.value.problems]


MODELS: Final[dict[str, type]] = {
    "key": Session,
    "in `voice`": VoiceSettings,
    "in a `rate` that changes": RateCourse,
    "in a `pitch` that changes": PitchCourse,
    "in a `level` that changes": LevelCourse,
    "in `background`": Background,
    "of a parameter": Parameter,
    "in `breathe`": breaths.Pattern,
    "in a ramp": breaths.Ramp,
    "in `say`": speech.SaidText,
    "in a listed phase": breaths.ListedPhase,
    "in `coach`": coach.CoachLine,
    "in a group": muscles.Group,
    "in a place": scan.BodyRegion,
    "in `move`": movement.Movements,
    "in `notice`": grounding.Prompts,
    "in `repeat`": flow.Times,
    "in `intro`": flow.Versions,
    "in `bed`": BedFields,
    "in a programme": programme.Programme,
    "in a part": programme.Part,
    "of a session in it": programme.ProgrammeEntry,
} | {f"beside `{key}`": step for key, step in TECHNIQUES.items()}


def tables() -> dict[str, dict[str, list[str]]]:
    """The rows of each table of keys, by key; a row may stand for several keys."""
    found: dict[str, dict[str, list[str]]] = {}
    rows: dict[str, list[str]] | None = None
    for line in TEXT.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line.startswith("| ") else []
        head = cells[0].strip("* ") if cells else ""
        if not cells:
            rows = rows if line.startswith("|---") else None
        elif cells[1:] == ["what it is", "default", "allowed"] or cells[0].startswith("**"):
            rows = found.setdefault(head, {})
        elif rows is not None:
            rows.update(dict.fromkeys(CODE.findall(cells[0]), cells))
    return found


TABLES = tables()


def written_fields(model: type) -> list[Field]:
    """The keys that a table must have: those of a step go without the step's own."""
    own = [key for key, step in TECHNIQUES.items() if step is model]
    return [each for each in fields_of(model) if each.key not in own]


MODELS_WITH_KEYS = {head: model for head, model in MODELS.items() if written_fields(model)}
KEYS = [(head, each) for head, model in MODELS_WITH_KEYS.items() for each in written_fields(model)]
IDS = [f"{head.replace('`', '')} {each.key}" for head, each in KEYS]


def test_every_table_is_of_a_model_and_every_model_has_one() -> None:
    assert sorted(TABLES) == sorted(MODELS_WITH_KEYS)


@pytest.mark.parametrize("head", MODELS_WITH_KEYS)
def test_a_table_has_the_keys_of_its_model(head: str) -> None:
    assert sorted(TABLES[head]) == sorted(each.key for each in written_fields(MODELS[head]))


@pytest.mark.parametrize(("head", "each"), KEYS, ids=IDS)
def test_a_default_is_the_models(head: str, each: Field) -> None:
    cell = TABLES[head][each.key][2]
    default = next(one.default for one in fields(MODELS[head]) if one.name == each.attribute)
    if each.required:
        assert cell == "needed"
    elif default is MISSING or (default in (None, "", ()) and cell == "–"):
        assert cell == "–"
    else:
        assert value(CODE.findall(cell)[0], each) == default


def value(text: str, each: Field) -> object:
    """A default as the model reads it; several of a list have commas between."""
    shape = next(one for one in options(each.shape) if isinstance(one, One | ListShape))
    if isinstance(shape, ListShape):
        kinds = scalar_types(shape.item)
        return tuple(kinds[0].parse(part.strip()) for part in text.split(","))
    return shape.scalar_type.parse(text)


@pytest.mark.parametrize(("head", "each"), KEYS, ids=IDS)
def test_what_is_allowed_is_what_the_model_allows(head: str, each: Field) -> None:
    cell = TABLES[head][each.key][3]
    kinds = scalar_types(each.shape) or [
        one for shape in options(each.shape) if isinstance(shape, ListShape) for one in scalar_types(shape.item)
    ]
    for kind in kinds:
        assert allowed(kind, cell), cell


def allowed(kind: ScalarType, cell: str) -> bool:
    """Whether a cell tells the limits of a kind."""
    if isinstance(kind, ChoiceType | FlagType):
        words = {word for code in CODE.findall(cell) for word in re.split(r"[ ,]+", code)}
        return {*getattr(kind, "words", ("yes", "no"))} <= words
    if isinstance(kind, TextType):
        return cell.startswith((f"up to {kind.longest} characters", "a ", "within", "`min`"))
    limits = LIMITS.get(type(kind))
    if limits is None:
        return bool(cell)
    reads, least, most = limits
    first, _, last = cell.partition(",")[0].partition(" to ")
    return (reads(first), reads(last)) == (least(kind), most(kind))


LIMITS: Final[dict[type, tuple[Callable[[str], object], Callable[[Any], object], Callable[[Any], object]]]] = {
    DurationType: (parse_duration, lambda kind: kind.minimum_ms, lambda kind: kind.maximum_ms),
    WholeType: (int, lambda kind: kind.minimum, lambda kind: kind.maximum),
    LevelType: (parse_level, lambda kind: kind.minimum_db, lambda kind: kind.maximum_db),
    PercentType: (int, lambda _: 0, lambda _: 100),
}
"""How a limit is read, and the two of a kind."""


@pytest.mark.parametrize("key", TECHNIQUES)
def test_every_step_is_listed_with_a_link_and_has_an_example(key: str) -> None:
    anchor = re.search(rf"\[`{key}`\]\(#([a-z-]+)\)", TEXT)
    assert anchor is not None
    headings = re.findall(r"^#+ (.*)$", TEXT, re.MULTILINE)
    assert anchor[1] in [re.sub(r"[^a-z -]", "", each.lower()).replace(" ", "-") for each in headings]
    assert any(re.search(rf"^\s*- (?:\w+: )?{key}:", example, re.MULTILINE) for example in EXAMPLES)


def test_every_link_leads_somewhere() -> None:
    headings = re.findall(r"^#+ (.*)$", TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^a-z -]", "", each.lower()).replace(" ", "-") for each in headings}
    assert set(re.findall(r"\]\(#([^)]*)\)", TEXT)) <= anchors


MUSCLE_SETS = [name for name in library.muscle_sets(own=False) if "/" not in name]
"""Those in other languages have the same names behind their language's."""


@pytest.mark.parametrize("name", [*library.sounds(), *CHIMES, *MUSCLE_SETS, *library.passages()])
def test_everything_bundled_is_named(name: str) -> None:
    assert f"`{name}`" in TEXT


@pytest.mark.parametrize("name", library.passages())
def test_each_passage_has_its_length(name: str) -> None:
    length_ms = pipeline.as_requested(pipeline.SessionRequest(str(ROOT / "scripts" / f"{name}.yaml"))).known_ms
    assert length_ms is not None
    assert f"`{name}` ({format_duration(length_ms)}" in " ".join(TEXT.split())


@pytest.mark.parametrize(("name", "length_ms"), CHIMES.items())
def test_each_chime_has_its_length(name: str, length_ms: int) -> None:
    assert re.search(rf"`{name}`\s(?:rings\s)?for\s{length_ms // 1000}\b", TEXT)


def commands() -> list[list[str]]:
    """Every command that the page shows, as words."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]
    return [line.split() for line in [*lines, *CODE.findall(TEXT)] if line.startswith("player ")]


def options_of(command: click.Command) -> set[str]:
    return {name for each in command.params if isinstance(each, click.Option) for name in each.opts}


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_exists_with_its_options(words: list[str]) -> None:
    command = main.commands[words[1]]
    assert {word for word in words if word.startswith("-")} <= options_of(command)


def test_what_can_be_changed_is_what_the_commands_take() -> None:
    (rows,) = re.findall(r"^\| option \| what it does \|\n.*?\n((?:\|.*\n)+)", TEXT, re.MULTILINE)
    shown = set(re.findall(r"`(--?[a-z]+)", rows))
    shared = options_of(main.commands["play"]) & options_of(main.commands["show"]) & options_of(main.commands["export"])
    assert shown == shared - {"-q", "--quiet"}


def test_how_much_text_fits_is_reckoned_right() -> None:
    (table,) = re.findall(r"^\| time \|.*\n\|---.*\n(?:\|.*\n)+", TEXT, re.MULTILINE)
    head, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    for sentences, row in enumerate(rows):
        seconds = [parse_duration(each) // 1000 for each in head[1:]]
        assert [int(each) for each in row[1:]] == [int((each - 1) * 1.75) - 2 * sentences for each in seconds]
    assert f"there are {SENTENCE_GAP_MS / 1000:g} seconds of silence" in TEXT


def test_the_limits_of_warnings_are_those_that_are_kept() -> None:
    (table,) = re.findall(r"^\| warned of \|.*\n\|---.*\n((?:\|.*\n)+)", TEXT, re.MULTILINE)
    told = dict([cell.strip() for cell in line.strip("|").split("|")][:2] for line in table.splitlines())
    longest = {name: format_duration(most) for name, most in lint.LONGEST_PHASE_MS.items()}
    assert list(told.values()) == [
        longest["in"],
        longest["hold"],
        longest["empty hold"],
        format_duration(lint.SHORTEST_PHASE_MS),
        format_duration(lint.SLOWEST_BREATH_MS),
        format_duration(lint.FASTEST_BREATH_MS),
        f"{breaths.MOST_FOUR_SEVEN_EIGHT} cycles",
        longest["tense"],
        format_duration(lint.QUIET_MS),
    ]
    assert longest["in"] == longest["out"]


def test_the_limits_of_a_script_are_those_that_are_kept() -> None:
    assert f"{LARGEST // 1024} KiB" in TEXT
    assert f"{MOST_STEPS} steps, {MOST_PARAMS} parameters and {MOST_CHOICES} choices" in TEXT
    assert f"{MOST_PARTS} parts and sounds" in TEXT
    assert f"more than {MOST_PROBLEMS} mistakes" in TEXT


TRAPS = re.findall(r"^\| `(- .*?)` \| (.*?) \| `(- .*?)` \|$", TEXT, re.MULTILINE)


@pytest.mark.parametrize(("wrong", "said", "right"), TRAPS, ids=[wrong for wrong, _, _ in TRAPS])
def test_a_trap_of_yaml_is_told_like_that_and_mended_like_that(wrong: str, said: str, right: str) -> None:
    assert [each.split(": ", 1)[1] for each in problems(script(wrong + "\n"))] == [said]
    assert laid_out(script(right + "\n")).cues


def test_there_are_traps() -> None:
    assert len(TRAPS) >= 7


INDENTED = re.findall(r"^((?:[- ].*\n)+)> (.*)$", TEXT, re.MULTILINE)


@pytest.mark.parametrize(("wrong", "said"), INDENTED, ids=[said for _, said in INDENTED])
def test_a_trap_of_indentation_is_told_like_that(wrong: str, said: str) -> None:
    assert [each.split(": ", 1)[1] for each in problems(script(wrong))] == [said]
