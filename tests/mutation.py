"""``python -m tests.mutation [TARGET ...]``: change the code a little, and tell what no test noticed.

mutmut makes thousands of small changes inside functions (another operator, a number one larger, an argument left out),
and runs for each the tests that reach the function, of the files in `TARGETS`. Properties have the same few examples
each time, so what survives once survives again. It works in a copy, ``mutants/`` in the checkout, where
``mutmut show NAME`` shows a change and ``mutmut run NAME`` tries it again. It needs fork: Linux and macOS.
docs/decisions/mutation-testing.md tells what was found.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections import Counter
from configparser import ConfigParser
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "mutants"


class Target(NamedTuple):
    """What is changed, and the tests that are to notice it: those of the room that take little time."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


_MP3: Final = "tests/export/mp3"
TARGETS: Final = {
    "timeline": Target(("player/timeline/*",), ("tests/timeline",)),
    "envelope": Target(("player/sound/envelope.py",), ("tests/sound/test_envelope.py",)),
    "store": Target(
        tuple(f"player/storage/{name}.py" for name in ("entry", "facts", "key", "regular_files", "store", "upkeep")),
        tuple(f"tests/storage/test_{name}.py" for name in ("facts", "regular_files", "store", "upkeep")),
    ),
    "mp3": Target(
        ("player/export/mp3/*",),
        (
            *(f"{_MP3}/test_{name}.py" for name in ("frames", "infoframe", "parallel", "writer")),
            f"{_MP3}/test_splice.py::test_where_streams_can_be_joined",
            f"{_MP3}/test_splice.py::test_two_streams_agree_where_the_frames_before_are_the_same",
            f"{_MP3}/test_splice.py::test_every_frame_on_both_sides_keeps_its_main_data[changing-160-2]",
            f"{_MP3}/test_splice.py::test_every_frame_on_both_sides_keeps_its_main_data[noise-64-1]",
        ),
    ),
}
_SETTINGS: Final[dict[str, str | tuple[str, ...]]] = {
    "source_paths": ("player",),
    "also_copy": ("scripts", "audio"),
    "pytest_add_cli_args": ("--hypothesis-profile=repeatable", "-p", "no:cacheprovider", "-m", "not tools"),
    "process_isolation": "forkserver",  # where no test has run: a value in a cache would be that of the good code
}
_LOG: Final = "run.log"


def main() -> int:
    """Run mutmut, and tell for each target what survived; 1 if mutmut itself failed."""
    parser = argparse.ArgumentParser(description="Change the code a little, and tell what no test noticed.")
    parser.add_argument("targets", nargs="*", help=f"which of {', '.join(TARGETS)}; all of them if none is named")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="how many tests run at once")
    asked = parser.parse_args()
    if unknown := set(asked.targets) - set(TARGETS):
        parser.error(f"there is no target {', '.join(sorted(unknown))}; choose from {', '.join(TARGETS)}")
    failed = [name for name in TARGETS if name in (asked.targets or TARGETS) and not _told(name, asked.workers)]
    return int(bool(failed))


def _told(name: str, workers: int) -> bool:
    """Try the changes of a target, and print what came of them; whether mutmut could."""
    folder = copied(name, FOLDER / name)
    print(f"{name}: {folder / _LOG} shows how far it is", flush=True)  # noqa: T201
    with (folder / _LOG).open("wb") as log:
        words = ["mutmut", "run", "--max-children", str(workers)]
        done = subprocess.run(words, cwd=folder, stdout=log, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        print(f"{name}: mutmut failed, see its log")  # noqa: T201
        return False
    print(report(name, results(folder)), flush=True)  # noqa: T201
    return True


def copied(name: str, folder: Path) -> Path:
    """The folder with a copy of code and tests, and the settings of a target; what was there before is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    for each in ("player", "tests"):
        shutil.copytree(ROOT / each, folder / each, ignore=shutil.ignore_patterns("__pycache__"))
    for each in ("scripts", "audio"):
        (folder / each).symlink_to(ROOT / each)
    shutil.copy(ROOT / "pyproject.toml", folder)
    modules, tests = TARGETS[name]
    settings = {**_SETTINGS, "only_mutate": modules, "pytest_add_cli_args_test_selection": tests}
    parser = ConfigParser(interpolation=None)
    parser["mutmut"] = {
        key: each if isinstance(each, str) else "\n".join(("", *each)) for key, each in settings.items()
    }
    with (folder / "setup.cfg").open("w", encoding="utf-8") as file:
        parser.write(file)
    return folder


def results(folder: Path) -> dict[str, str]:
    """What came of each change, by its name."""
    words = ["mutmut", "results", "--all", "true"]
    said = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True).stdout
    return {key: came for key, _, came in (line.strip().partition(": ") for line in said.splitlines()) if came}


def report(target: str, came: dict[str, str]) -> str:
    """How many changes were tried, killed and survived, and those that were not killed, each with what came of it."""
    counts = Counter(came.values())
    others = [f"  {key}: {what}" for key, what in sorted(came.items()) if what != "killed"]
    told = (f"{counts[what]} {what}" for what in ("killed", "survived", "timeout", "no tests"))
    return "\n".join([f"{target}: {len(came)} tried, {', '.join(told)}", *others])


if __name__ == "__main__":
    sys.exit(main())
