"""The house keeps its order: imports point down the stream only, and each foreign library lives in one place."""

from __future__ import annotations

import ast
import graphlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import player

ROOT = Path(player.__file__).parent
ORDER = (
    *("units", "errors", "cores", "children"),
    *("storage", "script", "settings", "techniques", "timeline", "voice", "sound"),
    *("machine", "pipeline", "picture", "history", "export", "live", "reminders", "authoring", "doctor"),
    *("cli", "__main__"),
)
HOMES = {
    "yaml": {"script/yaml/reader.py"},
    "platformdirs": {"storage/standard_folders.py"},
    "tomllib": {"settings/reading.py"},
    "tomlkit": {"settings/writing.py"},
    "sqlite3": {"history/sqlite_file.py", "history/diary.py"},
    "pyttsx3": {"voice/worker.py", "voice/drivers/modelled.py"},
    "espeakng_loader": {"voice/drivers/espeak.py"},
    "hibari": {"voice/drivers/hibari.py"},
    "piper": {"voice/drivers/piper.py"},
    "onnxruntime": {"voice/drivers/onnx.py"},
    "lameenc": {"export/mp3/writer.py"},
    "mutagen": {f"export/tags/{name}.py" for name in ("frames", "comments", "atoms", "about", "opening")},
    "markdown_it": {"authoring/texts/marked_down.py"},
    "imagesize": {"export/feed/artwork.py"},
    "matplotlib": {"picture/renderer.py"},
    "distributed": {"export/batch/dask_cluster.py"},
    "simpleaudio": {"live/device/simpleaudio.py"},
    "miniaudio": {"live/device/miniaudio.py", "voice/drivers/modelled.py"},
    "dbus_fast": {"live/controls/desktop/dbus.py"},
    "wakepy": {"live/awake/wake_lock.py"},
    "jeepney": {"live/controls/desktop/calls.py"},
    "pulsectl": {"live/controls/pulse_library.py"},
    "blessed": {"live/screen/terminal.py"},
    "wcwidth": {"live/screen/columns.py"},
    "soundfile": {"sound/conform.py", "export/formats/libsndfile.py", "voice/take.py"},
}


def modules() -> list[Path]:
    return sorted(ROOT.rglob("*.py"))


def stage(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").parts[0]


FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
ImportNode = ast.Import | ast.ImportFrom


@dataclass(frozen=True)
class Source:
    """What the tests below ask of a file, from one reading: reading all files takes a second."""

    lines: tuple[str, ...]
    imports: frozenset[str]
    """The full names of all modules that it imports, wherever in it."""
    classes: tuple[str, ...]
    functions: tuple[tuple[str, int], ...]
    """Names and lengths in lines."""
    late_imports: tuple[str, ...]
    """The lines that import inside a function."""


@cache
def source(path: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    lines = tuple(text.split("\n"))
    nodes = list(ast.walk(ast.parse(text)))
    functions = [node for node in nodes if isinstance(node, FunctionNode)]
    late = {node.lineno for function in functions for node in ast.walk(function) if isinstance(node, ImportNode)}
    return Source(
        lines=lines,
        imports=frozenset(name for node in nodes for name in names(path, node)),
        classes=tuple(node.name for node in nodes if isinstance(node, ast.ClassDef)),
        functions=tuple((node.name, (node.end_lineno or 0) - node.lineno + 1) for node in functions),
        late_imports=tuple(lines[number - 1] for number in sorted(late)),
    )


def names(path: Path, node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"{path}:{node.lineno}: relative import"
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def imported(path: Path) -> frozenset[str]:
    return source(path).imports


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_never_point_up_the_stream(path: Path) -> None:
    here = stage(path)
    if here == "__init__":
        return
    for name in imported(path):
        first, _, rest = name.partition(".")
        if first == "player" and rest:
            there = rest.split(".")[0]
            assert there not in ORDER or ORDER.index(there) <= ORDER.index(here), f"{path} imports {name}"


def test_there_are_no_import_circles() -> None:
    names = {".".join(("player", *path.relative_to(ROOT).with_suffix("").parts)): path for path in modules()}
    graph = {
        name: {
            target
            for target in (full if full in names else full.rpartition(".")[0] for full in imported(path))
            if target in names and target != name
        }
        for name, path in names.items()
    }
    graphlib.TopologicalSorter(graph).prepare()


CAPABILITIES = ("picture", "history", "export", "live", "reminders", "authoring", "doctor")
NEIGHBOURS = {("export", "picture"), ("reminders", "live"), ("doctor", "history"), ("doctor", "live")}
"""A file has a cover; a reminder rings a bell; and a doctor looks at everything. Whoever else wants two, is ``cli``."""


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_capabilities_do_not_know_each_other(path: Path) -> None:
    here = stage(path)
    rooms = {name.split(".")[1] for name in imported(path) if name.startswith("player.")}
    others = {(here, room) for room in rooms & set(CAPABILITIES) if room != here}
    assert here not in CAPABILITIES or others <= NEIGHBOURS, f"{path} knows {others - NEIGHBOURS}"


@pytest.mark.parametrize("library", HOMES)
def test_a_foreign_library_lives_in_one_place(library: str) -> None:
    users = {
        str(path.relative_to(ROOT))
        for path in modules()
        if any(name.partition(".")[0] == library for name in imported(path))
    }
    assert users
    assert users <= HOMES[library]


REACHES = {
    "voice/models/fetching.py": {"http.client", "ssl", "urllib.request"},
    "export/batch/dask_cluster.py": {"distributed"},
    "live/controls/desktop/dbus.py": {"asyncio", "dbus_fast"},
}
"""What downloads voices, what talks to a cluster, and what talks to the desktop."""


def test_three_modules_alone_reach_out_of_this_program() -> None:
    out = {"urllib.request", "http.client", "ssl", "ftplib", "smtplib", "requests", "httpx", "aiohttp", "urllib3"}
    out |= {"socket", "socketserver", "asyncio", "xmlrpc", "distributed", "dask", "dbus_fast"}
    users: dict[str, set[str]] = {}
    for path in modules():
        if found := {name for name in imported(path) if name in out or name.partition(".")[0] in out}:
            users[path.relative_to(ROOT).as_posix()] = {
                name if name in out else name.partition(".")[0] for name in found
            }
    assert users == REACHES


def test_no_class_name_is_used_twice() -> None:
    homes: dict[str, list[str]] = {}
    for path in modules():
        for name in source(path).classes:
            homes.setdefault(name.lstrip("_"), []).append(str(path.relative_to(ROOT)))
    assert {name: where for name, where in homes.items() if len(where) > 1} == {}


MOST_LINES, MOST_LINES_OF_A_FUNCTION = 450, 45


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_are_short_enough_to_be_read(path: Path) -> None:
    assert len(source(path).lines) - 1 <= MOST_LINES
    assert [each for each in source(path).functions if each[1] > MOST_LINES_OF_A_FUNCTION] == []


@pytest.mark.parametrize("room", ["script", "techniques", "timeline"])
def test_the_first_rooms_know_no_sound_and_no_clock(room: str) -> None:
    forbidden = {"numpy", "pydub", "time", "subprocess", "threading", "soundfile", "soxr"}
    for path in (ROOT / room).rglob("*.py"):
        assert not {name.partition(".")[0] for name in imported(path)} & forbidden, path


MOST_LATE_IMPORTS = 45
"""Imports inside functions: of optional libraries, and where laziness has a gate."""
REASON = re.compile(r"# noqa: (F401, )?PLC0415  ?\(\w.+\)")


def test_imports_stand_at_the_top_but_for_a_few() -> None:
    late = [f"{path.relative_to(ROOT)}: {line.strip()}" for path in modules() for line in source(path).late_imports]
    assert len(late) <= MOST_LATE_IMPORTS, "\n".join(late)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_late_import_has_its_reason(path: Path) -> None:
    assert [line.strip() for line in source(path).late_imports if not REASON.search(line)] == []
