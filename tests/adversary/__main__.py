"""``python -m tests.adversary [--seconds N] [--seed N] [NAME ...]``: run attacks, and tell how they went."""

from __future__ import annotations

import argparse
import importlib
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Final, cast

from tests.adversary.runner import Tally, run

ATTACKS: Final[tuple[str, ...]] = (
    *("media", "store", "programs", "environments", "options", "scripts", "faults", "kills"),
)
"""Modules beside this one with ``attacks(random, folder)``, and perhaps ``LIMITS`` of their own.

One that tries many in a child has ``tallied(seconds, seed, keep)`` in its place.
"""


def main() -> int:
    """Run the attacks, each for its time; 1 if one was lost, 2 if a kind could not be tried."""
    parser = argparse.ArgumentParser(description="Run attacks on the program, and tell how they went.")
    parser.add_argument("names", nargs="*", help=f"which of {', '.join(ATTACKS)}; all of them if none is named")
    parser.add_argument("--seconds", type=float, default=60, help="for each of them (default 60)")
    parser.add_argument("--seed", type=int, default=1, help="another one makes other attacks (default 1)")
    parser.add_argument("--every", action="store_true", help="all faults in turn, and none at random")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="for the files of what is lost (default: a new one)"
    )
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(ATTACKS):
        parser.error(f"there is no attack {', '.join(sorted(unknown))}; choose from {', '.join(ATTACKS)}")
    keep = asked.keep or Path(tempfile.mkdtemp(prefix="player-adversary-"))
    lost, untried = 0, False
    for name in asked.names or ATTACKS:
        print(f"{name}, seed {asked.seed}, {asked.seconds:g} s")  # noqa: T201
        tally = _tallied(name, asked.seconds, asked.seed, keep, every=asked.every)
        print(tally, flush=True)  # noqa: T201
        lost, untried = lost + len(tally.lost), untried or not tally.tried
    if lost:
        print(f"the files of what was lost are in {keep}")  # noqa: T201
    elif not asked.keep:
        keep.rmdir()
    if untried:
        print("not all was tried")  # noqa: T201
    return 1 if lost else 2 if untried else 0


def _tallied(name: str, seconds: float, seed: int, keep: Path, *, every: bool = False) -> Tally:
    module, tally = importlib.import_module(f"tests.adversary.{name}"), Tally()
    if hasattr(module, "tallied"):
        return cast("Tally", module.tallied(seconds, seed, keep))
    attacks = module.every if every and hasattr(module, "every") else module.attacks
    limits = {"limits": module.LIMITS} if hasattr(module, "LIMITS") else {}
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        for attack in attacks(random.Random(seed), Path(folder)):
            outcome = run(attack, **limits)
            tally.add(outcome)
            for file in attack.keep:
                if outcome.fault and file.exists():
                    keep.mkdir(parents=True, exist_ok=True)
                    shutil.copy(file, keep / f"{seed}-{tally.tried}-{file.name}")
                file.unlink(missing_ok=True)
            if time.monotonic() > end:
                break
    return tally


if __name__ == "__main__":
    sys.exit(main())
