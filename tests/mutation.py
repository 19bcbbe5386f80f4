"""``python -m tests.mutation [TARGET ...]``: change the code a little, and tell what no test noticed.

mutmut makes thousands of small changes inside functions (another operator, a number one larger, an argument left out),
and runs for each the tests that reach the function; ``[tool.mutmut]`` in pyproject.toml has the modules and the test
files. Properties have the same few examples each time, so what survives once survives again. It needs fork: Linux and
macOS. docs/decisions/mutation-testing.md tells what was found, and how to look at one change.
"""

from __future__ import annotations

import argparse
import fnmatch
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Final

TARGETS: Final = {
    "timeline": "player.timeline.*",
    "envelope": "player.sound.envelope.*",
    "store": "player.storage.*",
    "mp3": "player.export.mp3.*",
}
"""A name, and the functions that it stands for."""
_FOLDER: Final = Path("mutants")
"""mutmut's own, in the current folder: the changed code, its tests, and what came of them."""
_LOG: Final = "mutation.log"


def main() -> int:
    """Run mutmut, and tell for each target what survived; 1 if mutmut itself failed."""
    parser = argparse.ArgumentParser(description="Change the code a little, and tell what no test noticed.")
    parser.add_argument("targets", nargs="*", help=f"which of {', '.join(TARGETS)}; all of them if none is named")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="how many tests run at once")
    asked = parser.parse_args()
    if unknown := set(asked.targets) - set(TARGETS):
        parser.error(f"there is no target {', '.join(sorted(unknown))}; choose from {', '.join(TARGETS)}")
    shutil.rmtree(_FOLDER, ignore_errors=True)  # mutmut would take old results for those of changed tests
    _FOLDER.mkdir()
    targets = {name: pattern for name, pattern in TARGETS.items() if name in asked.targets or not asked.targets}
    print(f"{_FOLDER / _LOG} shows how far it is", flush=True)  # noqa: T201
    with (_FOLDER / _LOG).open("wb") as log:
        words = ["run", "--max-children", str(asked.workers), *targets.values()]
        done = subprocess.run(["mutmut", *words], stdout=log, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        print(f"mutmut failed, see {_FOLDER / _LOG}")  # noqa: T201
        return 1
    results = _results()
    for name, pattern in targets.items():
        print(report(name, {key: came for key, came in results.items() if fnmatch.fnmatch(key, pattern)}))  # noqa: T201
    return 0


def report(target: str, results: dict[str, str]) -> str:
    """How many changes were tried, killed and survived, and those that were not killed, each with what came of it."""
    counts = Counter(results.values())
    others = [f"  {key}: {came}" for key, came in sorted(results.items()) if came != "killed"]
    told = (f"{counts[came]} {came}" for came in ("killed", "survived", "timeout", "no tests"))
    return "\n".join([f"{target}: {len(results)} tried, {', '.join(told)}", *others])


def _results() -> dict[str, str]:
    """What came of each change, by its name."""
    said = subprocess.run(["mutmut", "results", "--all", "true"], capture_output=True, text=True, check=True).stdout
    pairs = (line.strip().partition(": ") for line in said.splitlines() if ": " in line)
    return {key: came for key, _, came in pairs if came != "not checked"}


if __name__ == "__main__":
    sys.exit(main())
