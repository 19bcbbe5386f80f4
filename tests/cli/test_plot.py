"""``player show --plot``, typed as a user types it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

TINY = "title: Tiny\nsteps:\n  - pause: 1s\n  - breathe: {in: 2s, out: 2s, cycles: 2}\n    guide: tones\n"


@pytest.fixture(autouse=True)
def script(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(TINY, encoding="utf-8")


@pytest.mark.parametrize(("name", "head"), [("tiny.png", b"\x89PNG"), ("tiny.svg", b"<?xml")])
def test_it_draws_a_picture_and_tells_where(run: Run, tmp_path: Path, name: str, head: bytes) -> None:
    done = run("show", "tiny.yaml", "--plot", name)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{name}\n", "")
    assert (tmp_path / name).read_bytes().startswith(head)


def test_a_picture_that_is_there_stays_without_force(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tiny.svg").write_bytes(b"mine")
    done = run("show", "tiny.yaml", "--plot", "tiny.svg")
    wanted = "tiny.svg is there already; choose another name, or write over it with --force\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", wanted)
    assert (tmp_path / "tiny.svg").read_bytes() == b"mine"
    assert run("show", "tiny.yaml", "--plot", "tiny.svg", "--force").returncode == 0
    assert (tmp_path / "tiny.svg").read_bytes() != b"mine"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("tiny.yaml", "--plot", "tiny.jpg"), 2, "a picture ends in .png or .svg, not 'tiny.jpg'; choose one of them"),
        (("tiny.yaml", "--plot", "tiny.svg", "--json"), 2, "--plot makes a picture and --json a text"),
        (("tiny.yaml", "--plot", "no/tiny.svg"), 1, "make its folder first, or choose another folder"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    done = run("show", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert sentence in done.stderr
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["tiny.yaml"]


def test_without_matplotlib_it_says_how_to_get_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "blocked").mkdir()
    (tmp_path / "blocked" / "matplotlib.py").write_text("raise ModuleNotFoundError('gone')\n", encoding="utf-8")
    done = run("show", "tiny.yaml", "--plot", "tiny.svg", env={"PYTHONPATH": str(tmp_path / "blocked")})
    wanted = "matplotlib, which draws pictures, is not installed; install it with: pip install matplotlib\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", wanted)


def test_show_without_a_picture_loads_no_matplotlib(run: Run, tmp_path: Path) -> None:
    (tmp_path / "blocked").mkdir()
    (tmp_path / "blocked" / "matplotlib.py").write_text("raise SystemExit('loaded')\n", encoding="utf-8")
    done = run("show", "tiny.yaml", env={"PYTHONPATH": str(tmp_path / "blocked")})
    assert (done.returncode, done.stderr) == (0, "")
