"""The house keeps its order: imports point down the stream only, and each foreign library lives in one place."""

from __future__ import annotations

import ast
import graphlib
import re
from functools import cache
from pathlib import Path

import pytest

import player

ROOT = Path(player.__file__).parent
ORDER = (
    *("units", "errors", "cores", "storage", "script", "techniques", "timeline", "voice", "sound"),
    *("machine", "pipeline", "picture", "history", "export", "live", "reminders", "authoring", "doctor"),
    *("cli", "__main__"),
)
HOMES = {
    "yaml": {"script/yaml/reader.py"},
    "platformdirs": {"storage/standard_folders.py"},
    "sqlite3": {"history/sqlite_file.py", "history/diary.py"},
    "pyttsx3": {"voice/worker.py", "voice/drivers/modelled.py"},
    "espeakng_loader": {"voice/drivers/espeak.py"},
    "hibari": {"voice/drivers/hibari.py"},
    "piper": {"voice/drivers/piper.py"},
    "onnxruntime": {"voice/drivers/piper.py"},
    "lameenc": {"export/mp3/writer.py"},
    "mutagen": {f"export/tags/{name}.py" for name in ("frames", "comments", "atoms", "about", "origin", "reading")},
    "markdown_it": {"authoring/texts/marked_down.py"},
    "imagesize": {"export/feed/artwork.py"},
    "matplotlib": {"picture/renderer.py"},
    "distributed": {"export/batch/dask_cluster.py"},
    "simpleaudio": {"live/device/simpleaudio.py"},
    "miniaudio": {"live/device/miniaudio.py", "voice/drivers/modelled.py"},
    "dbus_fast": {"live/controls/desktop/dbus.py"},
    "pulsectl": {"live/controls/pulse_route.py"},
    "blessed": {"live/screen/terminal.py"},
    "wcwidth": {"live/screen/columns.py"},
    "soundfile": {"sound/conform.py", "export/formats/libsndfile.py", "voice/take.py"},
}


def modules() -> list[Path]:
    return sorted(ROOT.rglob("*.py"))


def stage(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").parts[0]


@cache
def imported(path: Path) -> set[str]:
    """The full names of all modules that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


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


def test_one_module_alone_reaches_for_the_network() -> None:
    network = {"urllib.request", "http.client", "ssl", "ftplib", "smtplib", "requests", "httpx", "aiohttp", "urllib3"}
    users = {path.relative_to(ROOT).as_posix() for path in modules() if imported(path) & network}
    assert users == {"voice/models/fetching.py"}


def test_no_class_name_is_used_twice() -> None:
    homes: dict[str, list[str]] = {}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name.lstrip("_"), []).append(str(path.relative_to(ROOT)))
    assert {name: where for name, where in homes.items() if len(where) > 1} == {}


MOST_LINES, MOST_LINES_OF_A_FUNCTION = 450, 45


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_are_short_enough_to_be_read(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    lengths = [(node.name, (node.end_lineno or 0) - node.lineno + 1) for node in functions]
    assert [each for each in lengths if each[1] > MOST_LINES_OF_A_FUNCTION] == []


@pytest.mark.parametrize("room", ["script", "techniques", "timeline"])
def test_the_first_rooms_know_no_sound_and_no_clock(room: str) -> None:
    forbidden = {"numpy", "pydub", "time", "subprocess", "threading", "soundfile", "soxr"}
    for path in (ROOT / room).rglob("*.py"):
        assert not {name.partition(".")[0] for name in imported(path)} & forbidden, path


MOST_LATE_IMPORTS = 45
"""Imports inside functions: of optional libraries, and where laziness has a gate."""
REASON = re.compile(r"# noqa: (F401, )?PLC0415  ?\(\w.+\)")


def late_imports(path: Path) -> list[str]:
    """The lines of a file that import inside a function."""
    lines = path.read_text(encoding="utf-8").split("\n")
    functions = [
        node
        for node in ast.walk(ast.parse("\n".join(lines)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    found = {
        node.lineno
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    return [lines[number - 1] for number in sorted(found)]


def test_imports_stand_at_the_top_but_for_a_few() -> None:
    late = [f"{path.relative_to(ROOT)}: {line.strip()}" for path in modules() for line in late_imports(path)]
    assert len(late) <= MOST_LATE_IMPORTS, "\n".join(late)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_late_import_has_its_reason(path: Path) -> None:
    assert [line.strip() for line in late_imports(path) if not REASON.search(line)] == []
