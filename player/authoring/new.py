"""New scripts for authors: a small one, or the text of another session, with a comment on each of its keys.

The rule: a new script has no problem and plays without a change. The text of another session keeps its comments and its
layout; only its title changes. It prints nothing.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final, cast

from player.authoring import schemas, skeleton
from player.authoring.comments import explanation
from player.errors import ScriptError, UsageError
from player.pipeline import RequestedSession, SessionRequest
from player.script import languages, library, programme
from player.script.yaml import reader
from player.script.yaml.nodes import Mapping, Scalar, Sequence
from player.script.yaml.scalar_types import shown
from player.storage.atomic import write_all
from player.techniques import TECHNIQUES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from player.script.yaml.nodes import Node

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_SCHEMA_LINE: Final = re.compile(r"#\s*yaml-language-server:")
_QUOTED: Final = re.compile(r"""'(?:[^']|'')*'|"(?:[^"\\]|\\.)*\"""")
_WIDTH: Final = 110
_NAMED_STEPS: Final = {"intro", "cases"}
"""Keys whose value is several lists of steps, each with a name."""

_SMALL: Final = """\
# A session is one file of keys and values. What stands behind a # is a note to yourself, like this one.

# What lists, players and exported files call it.
title: {title}
# One sentence on what it is for.
summary: A few minutes to arrive, to breathe and to rest.
# breathing, muscle, grounding, mindfulness, movement, care, thought or guide; lists show it.
technique: breathing
# It picks the voice and the guiding words.
language: en-US
# Exported files carry who made it and under which terms: take away the # before those that you want.
# author: Your name
# album: What players file it under
# year: 2026
# license: CC BY 4.0
# These lines are shown before the first sound; what must be heard is said in a step.
safety:
  - If you feel light-headed, breathe as you normally do.
  - Not while driving.
# Words a minute, 60 to 300; also name: (player voices lists them), pitch: 0 to 100 and level: -12 dB to 0 dB.
# For a voice that falls asleep with its listener: {{rate: {{from: 105, to: 90}}, level: {{from: 0 dB, to: -6 dB}}}}
voice: {{rate: 105}}
# player sounds lists them; also a sound file beside this script, or none; or with levels relative to the voice:
# {{sound: rain, under_voice: -20 dB, in_pauses: -16 dB, fade_in: 4s, fade_out: 10s}}
background: rain
# What whoever plays it may change: player play {file} -p breaths=12
params:
  breaths: {{default: 8, min: 4, max: 20, about: how many breaths}}

# What is heard, in this order. Durations are written 4s, 500ms, 2m30s or 0:30.
steps:
  # A chapter; time tables and MP3 chapters show it.
  - section: Welcome
  # Silence over the background. Here it comes first, so that no first word is lost.
  - pause: 2s
  # Spoken text. With >- it may run over several lines; without, put a text that has a colon in quotes.
  - say: >-
      Welcome. Sit or lie down as you like, and let your shoulders drop.
      You can stop whenever you want to. Please don't listen while driving.
    # How long the step lasts, with the silence behind the words. Leave it out for the words and one second.
    for: 24s

  - section: Breathe
  # Phases of a breath: in, hold, out and rest; in and out at least. cycles: how many, or for: 5m. Here a parameter.
  - breathe: {{in: 4s, out: 6s, cycles: $breaths}}
    # How much help there is, for how many breaths: count, words, tones or silent. The last one lasts to the end.
    guide: [count 3, words 3, tones]

  - section: Rest
  # More than 45 seconds without a word are announced, so that nobody wonders.
  - say: Let your breath find its own pace, and rest for about a minute, without words.
    for: 10s
  # flex: true lets player play {file} --length 10m make this pause longer.
  - pause: 50s
    flex: true
  # The steps of another script, beside this one or bundled. Its own parameters may be set: params: {{room: 14s}}
  - include: passages/return
  # start, end, bell or bowl. There is more: muscles, scan, notice, move, repeat, play and bed.
  - chime: end
"""


def write(
    name: str,
    source: str | None = None,
    output: Path | None = None,
    *,
    language: str | None = None,
    force: bool = False,
) -> Path:
    """Write a new script; returns its path.

    Parameters
    ----------
    name
        Letters, digits, - and _; without ``output``, the script is NAME.yaml in the current folder.
    source
        The session whose text it begins with.
    language
        The tag of a language into which that session is to be translated: its texts are comments then.

    Raises
    ------
    UsageError
        If the name is none for a script, there is no such session, or the file is there already, without ``force``.
    ScriptError
        If the source has problems.
    OutputError
        If it cannot be written.
    """
    path = place(name, output)
    text = draft(name, source, path.name, language, path)
    if language is not None:  # the folder of a language may be a new one
        path.parent.mkdir(parents=True, exist_ok=True)
    write_all({path: text.encode()}, force=force)
    return path


def place(name: str, output: Path | None = None) -> Path:
    """The file of a new script.

    Raises
    ------
    UsageError
        If the name is none for a script, or the file has another ending.
    """
    if not _NAME.fullmatch(name):
        allowed = "must have only letters, digits, - and _, and begin with a letter or a digit, such as evening-breath"
        raise UsageError(f"the name of a script {allowed}, not {shown(name)}{_plain_name(name)}")
    path = output or Path(f"{name}.yaml")
    if path.suffix.lower() not in library.SCRIPT_ENDINGS:
        raise UsageError(f"a script's file must end in .yaml, not {shown(path.name)}")
    return path


def _plain_name(name: str) -> str:
    """What to write in place of the name of a file; nothing where that is no name either."""
    path = PurePath(name)
    if path.suffix.lower() not in library.SCRIPT_ENDINGS:
        return ""
    if not _NAME.fullmatch(path.stem):
        return f"; leave out {path.suffix}"
    folder = "" if path.parent == PurePath() else f", and its folder behind it: -o {name}"
    return f"; write {path.stem}{folder}"


def draft(
    name: str, source: str | None = None, file: str = "", language: str | None = None, near: Path | None = None
) -> str:
    """The text of a new script for ``file``, or else for NAME.yaml; the errors are those of `write`."""
    if language is not None:
        found = _good(source or "").source
        return f"{schema(near)}\n{skeleton.skeleton(found, languages.named(language, '--in'))}"
    title = title_of(name)
    text = _SMALL.format(title=title, file=file or f"{name}.yaml") if source is None else _derived(source, title)
    return f"{schema()}\n{text}"


def title_of(name: str) -> str:
    """The title of a script with this name: ``evening-breath`` is "Evening breath"."""
    title = re.sub(r"[-_]+", " ", name).strip()
    return title[0].upper() + title[1:]


def schema(path: Path | None = None) -> str:
    """The line by which editors find the schema: by a path among the bundled scripts, by an address elsewhere."""
    ours = schemas.folder().resolve()
    if path and path.resolve().is_relative_to(ours):
        return schemas.schema_line("../" * (len(path.resolve().relative_to(ours).parts) - 1) + schemas.SESSION)
    return schemas.schema_line((ours / schemas.SESSION).as_uri())


def _good(source: str) -> RequestedSession:
    """The session, which has no problems."""
    requested = RequestedSession(SessionRequest(source))
    if programme.is_programme(requested.source.text):
        raise UsageError(f"{shown(source)} is a programme; name one of its sessions behind --from")
    _ = requested.session  # raises what is wrong with it
    return requested


def _derived(source: str, title: str) -> str:
    found = _good(source).source
    lines = [line.rstrip("\r") for line in found.text.split("\n")]
    if _SCHEMA_LINE.match(lines[0]):
        lines = lines[1:]
    _rename(lines, title)
    return _explained("\n".join(lines))


def _explained(text: str) -> str:
    """The text with comments; without them if a comment would become part of a text that has several lines."""
    root = reader.read(text, "")
    new_keys = _new_keys(cast("Mapping", root))
    written: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        written += [*_comments(line, new_keys.get(number, ())), line]
    explained = "\n".join(written)
    try:
        return explained if _values(reader.read(explained, "")) == _values(root) else text
    except ScriptError:
        return text


def _values(node: Node) -> object:
    """The values of a script without their positions."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Mapping):
        return [(key.text, _values(value)) for key, value in node.pairs]
    return [_values(item) for item in node.items]


def _new_keys(root: Mapping) -> dict[int, list[str]]:
    """The keys that a line has for the first time, by its number."""
    first: dict[str, int] = {}
    for key, line in _keys(root):
        first.setdefault(key, line)
    found: dict[int, list[str]] = {}
    for key, line in first.items():
        found.setdefault(line, []).append(key)
    return found


def _keys(root: Mapping) -> Iterator[tuple[str, int]]:
    for key, value in root.pairs:
        yield key.text, key.at.line
        if key.text == "steps":
            yield from _step_keys(value)


def _step_keys(steps: Node) -> Iterator[tuple[str, int]]:
    """The keys of steps, those of steps inside them as well."""
    for step in steps.items if isinstance(steps, Sequence) else ():
        pairs = step.pairs if isinstance(step, Mapping) else ()
        kind = next((key.text for key, _ in pairs if key.text in TECHNIQUES), "")
        for key, value in pairs:
            yield (kind if key.text == kind else f"{kind}.{key.text}"), key.at.line
            for inner, nested in value.pairs if isinstance(value, Mapping) else ():
                if inner.text == "steps" or key.text in _NAMED_STEPS:
                    yield from _step_keys(nested)


def _comments(line: str, keys: list[str] | tuple[str, ...]) -> Iterator[str]:
    """The explanations of the keys of a line, as comments above it."""
    indent = " " * (len(line) - len(line.lstrip(" ")))
    for key in keys:
        if text := explanation(key):
            head = f"{indent}# {key.rpartition('.')[2]}: "
            yield from textwrap.wrap(
                text, _WIDTH, initial_indent=head, subsequent_indent=f"{indent}#   ", break_on_hyphens=False
            )


def _rename(lines: list[str], title: str) -> None:
    """Put another title into its line; one over several lines stays as it is."""
    root = cast("Mapping", reader.read("\n".join(lines), ""))
    value = cast("Scalar", next(value for key, value in root.pairs if key.text == "title"))
    line, column = value.at.line - 1, value.at.column - 1
    before, behind = lines[line][:column], lines[line][column:]
    quoted = _QUOTED.match(behind)
    written = quoted[0] if quoted else value.text
    if behind.startswith(written) and (quoted or not value.quoted):
        lines[line] = before + title + behind[len(written) :]
