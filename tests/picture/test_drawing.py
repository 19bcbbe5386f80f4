from __future__ import annotations

import html
import importlib
import io
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from player.errors import OutputError, UsageError
from player.picture import renderer
from player.picture.drawing import draw, must_be_drawable
from player.picture.marks import WIDTH, About
from player.picture.page import compose
from tests import disks
from tests.fakes_picture import bundled, scripted

if TYPE_CHECKING:
    from pathlib import Path

    from player.picture.marks import Page

ABOUT = About("A summary.", "breathing")
STEPS = "  - section: Sit\n  - pause: 6s\n  - breathe: {in: 3s, out: 3s, cycles: 3}\n"
SVG = "{http://www.w3.org/2000/svg}"
DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"


def page(steps: str = STEPS) -> Page:
    return compose(scripted(steps), ABOUT, renderer.measure)


def comments(data: bytes) -> list[str]:
    """The words of an SVG file, which stand in comments beside their outlines."""
    return [html.unescape(text).strip() for text in re.findall(r"<!--(.*?)-->", data.decode())]


def test_a_png_is_twice_as_wide_as_the_page_and_not_empty() -> None:
    drawn = page()
    with Image.open(io.BytesIO(renderer.png(drawn))) as image:
        assert image.size == (2 * WIDTH, int(2 * drawn.height))
        colours = image.convert("RGB").getcolors(1 << 24) or []
    counts = {colour: count for count, colour in colours}
    paper, breath = (0xFC, 0xFB, 0xF8), (0xD2, 0xE4, 0xF0)
    assert counts[paper] > 0.3 * sum(counts.values())
    assert counts[breath] > 5000


def test_an_svg_holds_its_words_and_its_runs() -> None:
    data = renderer.svg(page())
    root = ET.fromstring(data)  # noqa: S314
    assert root.findtext(f"{SVG}title") == "T"
    assert root.findtext(f".//{DUBLIN_CORE}description", "").startswith("T, 0:24. A summary.")
    assert {"T", "0:24", "A summary.", "Sit", "Breath", "Breathe in", "counted"} <= set(comments(data))
    assert [node.get("id") for node in root.iter(f"{SVG}g") if "breath" in (node.get("id") or "")] == ["breath-6000"]
    assert root.find(f".//{SVG}text") is None


def test_an_svg_of_half_an_hour_is_small() -> None:
    breaths = page("  - pause: 2s\n  - breathe: {in: 4s, out: 6s, for: 30m}\n")
    assert len(renderer.svg(breaths)) < 200_000
    session, timeline = bundled("pmr-16")
    assert len(renderer.svg(compose(timeline, About(session.summary), renderer.measure))) < 200_000


def test_neither_day_nor_version_nor_the_users_settings_change_a_byte(tmp_path: Path) -> None:
    settings = ("svg.fonttype: none", "svg.hashsalt: mine", "font.size: 30", "savefig.bbox: tight", "text.usetex: True")
    (tmp_path / "matplotlibrc").write_text("\n".join(settings), encoding="utf-8")
    script = (
        "import sys; from tests.fakes_picture import scripted; from pathlib import Path\n"
        "from player.picture.drawing import draw; from player.picture.marks import About\n"
        f"for name in sys.argv[1:]: draw(scripted({STEPS!r}), About('A summary.', 'breathing'), Path(name))"
    )
    targets = [tmp_path / "there.svg", tmp_path / "there.png"]
    env = {
        **os.environ,
        "MPLCONFIGDIR": str(tmp_path),
        "PYTHONHASHSEED": "7",
        "SOURCE_DATE_EPOCH": "1",
        "PYTHONPATH": ".",
    }
    subprocess.run([sys.executable, "-W", "ignore", "-c", script, *map(str, targets)], check=True, env=env)
    assert targets[0].read_bytes() == renderer.svg(page())
    assert targets[1].read_bytes() == renderer.png(page())
    assert b"atplotlib" not in targets[1].read_bytes()


@pytest.mark.parametrize("ending", [".svg", ".png"])
def test_any_script_and_sign_can_stand_in_a_title(tmp_path: Path, ending: str) -> None:
    about = About("日本語 עברית $x_1^{$ </title> -- & \\frac{ ]]>", "thought")
    target = tmp_path / f"calm{ending}"
    draw(scripted("  - section: $\\alpha$ <b> 日本\n  - pause: 20s\n"), about, target)
    data = target.read_bytes()
    if ending == ".svg":
        assert "$\\alpha$ <b> 日本" in comments(data)
        assert "</title> -- & \\frac{ ]]>" in ET.fromstring(data).findtext(f".//{DUBLIN_CORE}description", "")  # noqa: S314


def test_endings_are_png_and_svg_in_any_case(tmp_path: Path) -> None:
    must_be_drawable(tmp_path / "calm.SVG")
    with pytest.raises(UsageError) as caught:
        must_be_drawable(tmp_path / "calm.jpeg")
    assert str(caught.value) == "a picture ends in .png or .svg, not 'calm.jpeg'; choose one of them"


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    target = tmp_path / "calm.svg"
    target.write_bytes(b"mine")
    with pytest.raises(UsageError, match=r"calm\.svg is there already; .*--force"):
        draw(scripted(STEPS), ABOUT, target)
    assert target.read_bytes() == b"mine"
    draw(scripted(STEPS), ABOUT, target, force=True)
    assert target.read_bytes() == renderer.svg(page())
    assert list(tmp_path.iterdir()) == [target]


def test_without_matplotlib_there_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for name in ("player.picture.renderer", "player.picture.drawing"):
        monkeypatch.delattr(name)
        monkeypatch.delitem(sys.modules, name)
    drawing = importlib.import_module("player.picture.drawing")
    with pytest.raises(OutputError) as caught:
        drawing.draw(scripted(STEPS), ABOUT, tmp_path / "calm.svg")
    wanted = "matplotlib, which draws pictures, is not installed; install it with: pip install matplotlib"
    assert str(caught.value) == wanted
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(
        OutputError, match=r"cannot write .*calm\.png: No such file or directory; make its folder first"
    ):
        draw(scripted(STEPS), ABOUT, tmp_path / "no" / "calm.png")


FULL_DISK = """
import resource, sys
from pathlib import Path
from player.picture import renderer
from player.picture.drawing import draw
from player.picture.marks import About
from tests.fakes_picture import scripted
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
try:
    draw(scripted("  - pause: 20s\\n"), About(), Path(sys.argv[1]))
except Exception as error:
    print(f"{type(error).__name__}: {error}")
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit on the size of a process's files")
@pytest.mark.parametrize("ending", [".svg", ".png"])
def test_a_full_disk_leaves_one_sentence_and_no_file(tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"calm{ending}"
    env = {**disks.unmeasured(), "PYTHONPATH": "."}
    command = [sys.executable, "-W", "ignore", "-c", FULL_DISK, str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
    wanted = f"OutputError: cannot write {target}: File too large; choose a smaller format, or another folder\n"
    assert done.stdout == wanted
    assert list(tmp_path.iterdir()) == []


def test_measured_is_what_is_drawn() -> None:
    """The extents by which labels are kept apart are those of the outlines."""
    data = renderer.svg(page())
    assert renderer.measure("Breathe in") == pytest.approx(52.0, abs=2.0)
    assert renderer.measure("Breathe in", 20) == pytest.approx(2 * renderer.measure("Breathe in"), rel=1e-3)
    assert renderer.measure("Breathe in", bold=True) > renderer.measure("Breathe in")
    assert data.count(b"<!-- Breathe in -->") == 3
