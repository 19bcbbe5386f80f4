"""What a contributor runs: ``nox -s quick`` while working, ``nox`` before handing in, ``nox -l`` for the list.

Each session has an environment of its own, which is made once; ``nox -R -s quick`` uses it again as it is.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import nox

nox.needs_version = ">=2024.3"
nox.options.sessions = ["lint", "tests"]
nox.options.reuse_existing_virtualenvs = True

ROOT: Final = Path(__file__).parent
PURE_ROOMS: Final = "player/script/*,player/techniques/*,player/timeline/*"
"""They know no clock, no sound and no network: of these a test can reach every branch."""
PYTHON_ALONE: Final = "not realtime and not tools and not engine and not device"
"""No sound card, no real voice, no foreign program: what is left needs nothing but Python."""
QUICK: Final = f"{PYTHON_ALONE} and not slow"
TWO_WORKERS: Final = ("-n", "2", "--dist", "loadfile")
"""A file's tests stay together, because some share what is slow to make."""
BESIDE_THE_PACKAGE: Final = ("tests", "scripts", "audio", "docs", "README.md", "CHANGELOG.md", "pyproject.toml")
"""What the tests read. A wheel is tested with these in reach, and the package of the checkout out of it."""
FROM_THE_WHEEL: Final = """
import pathlib, player, sysconfig
package = pathlib.Path(player.__file__).parent
assert package.is_relative_to(sysconfig.get_path("purelib")), f"{package} is not the installed one"
assert (package / "py.typed").is_file(), "the wheel has no py.typed"
assert (package / "bundled" / "scripts").is_dir(), "the wheel has no scripts"
"""


@nox.session
def quick(session: nox.Session) -> None:
    """Run the tests that need nothing but Python and little time, properties with 20 examples in place of 100."""
    session.install("-e", ".[test]", "pytest-xdist")
    few = "--hypothesis-profile=quick"
    session.run("python", "-m", "pytest", "-q", few, *_workers(session), "-m", QUICK, *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests, and fail where one is skipped; most of the time is spent listening."""
    session.install("-e", ".[test,simpleaudio]", "pytest-xdist")
    session.run("python", "-m", "pytest", "--no-skip", *_workers(session), *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, format and types."""
    session.install("-e", ".[test,lint]")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy")


@nox.session
def texts(session: nox.Session) -> None:
    """Check every bundled script with a Piper voice, or with ``-- --voice NAME``; it takes a quarter of an hour."""
    session.install("-e", ".[test]")
    files = [
        str(path)
        for folder in ("", "passages", "programmes")
        for path in sorted((ROOT / "scripts" / folder).glob("*.yaml"))
    ]
    session.run("player", "check", *(session.posargs or ("--voice", "piper:en_US-joe-medium")), *files)


@nox.session
def adversary(session: nox.Session) -> None:
    """Run eight attacks on the program, a minute each; ``-- --seconds 900 --seed 7 media`` runs one for longer."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "tests.adversary", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Fuzz a parser, guided by what its code reaches: ``-- yaml``, ``binder``, ``tags`` or ``frames``; for Linux."""
    session.install("-e", ".[test]", "atheris>=2.3")
    session.run("python", "-m", "tests.adversary.fuzz", *(session.posargs or ("yaml",)))


@nox.session
def mutants(session: nox.Session) -> None:
    """Change the code, and list what no test notices, in ``-- timeline``, ``envelope``, ``store`` or ``mp3``."""
    session.install("-e", ".[test]", "mutmut>=3.8,<4")
    session.run("python", "-m", "tests.mutation", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """Measure what the tests that need only Python reach.

    It fails under the floor in pyproject.toml, and where a pure room has a branch that no test goes through.
    """
    session.install("-e", ".[test]", "coverage>=7.10", "pytest-cov", "pytest-xdist")
    report = ("--cov", "--cov-report=term:skip-covered")
    session.run("python", "-m", "pytest", "-q", *_workers(session), *report, "-m", PYTHON_ALONE, *session.posargs)
    pure = (f"--include={PURE_ROOMS}", "--fail-under=100", "--show-missing", "--skip-covered")
    session.run("python", "-m", "coverage", "report", *pure)


@nox.session
def build(session: nox.Session) -> None:
    """Build the wheel, and run the tests that need only Python against it where it is installed."""
    folder = Path(session.create_tmp()).resolve()
    for name in ("dist", "beside"):
        shutil.rmtree(folder / name, ignore_errors=True)
    session.install("build", "pytest-xdist")
    session.run("python", "-m", "build", "--wheel", "--outdir", str(folder / "dist"))
    (wheel,) = (folder / "dist").glob("*.whl")
    session.install(f"{wheel}[test]")
    session.install("--force-reinstall", "--no-deps", str(wheel))  # one of the same version may be there already
    session.chdir(_beside(folder))
    session.run("python", "-I", "-c", FROM_THE_WHEEL)
    session.run("python", "-m", "pytest", "-q", *_workers(session), "-m", PYTHON_ALONE, *session.posargs)


def _workers(session: nox.Session) -> tuple[str, ...]:
    """Two processes, where pytest-xdist is there: ``nox --no-install`` takes an environment as it is."""
    asked = "from importlib.util import find_spec; print(find_spec('xdist') is not None)"
    found = session.run("python", "-c", asked, silent=True)
    return TWO_WORKERS if found is None or "True" in str(found) else ()


def _beside(folder: Path) -> Path:
    place = folder / "beside"
    place.mkdir()
    for name in BESIDE_THE_PACKAGE:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.is_file():
            shutil.copy(source, place)
    return place
