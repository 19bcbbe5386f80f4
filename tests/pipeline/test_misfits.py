from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from player import pipeline
from player.errors import ScriptError
from player.script import library
from player.storage.store import Store
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = "title: T\nlanguage: {}\nvoice: {{rate: 120}}\nsteps:\n  - say: Sit down somewhere quiet.\n    for: 2s\n"
TIGHT = SCRIPT.replace("2s", "1s")


def told(
    script: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *, own: bool = False, **asked: object
) -> list[str]:
    """The lines of what is told of a script that is bundled, or the user's own; its folder is left out."""
    path = folder / "sit.yaml"
    path.write_text(script)
    if not own:
        if not (folder / "languages").exists():
            shutil.copytree(BUNDLED("scripts") / "languages", folder / "languages")
        monkeypatch.setattr(library, "bundled", lambda name: folder if name == "scripts" else BUNDLED(name))
    request = pipeline.SessionRequest(str(path) if own else "sit", **asked)  # type: ignore[arg-type]  # in few words
    with pytest.raises(ScriptError) as caught:
        pipeline.prepare(request, pipeline.Machine(FakeEngine(), Store(folder / "store")))
    return str(caught.value).replace(f"{folder}/", "").splitlines()


BUNDLED = library.bundled
TAKES = "sit.yaml:5:5: 'Sit down somewhere quiet.' takes"


@pytest.mark.parametrize("own", [False, True])
def test_a_voice_of_another_language_is_told_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: bool) -> None:
    first, *lines = told(TIGHT.format("de"), tmp_path, monkeypatch, own=own, voice="gmw/en")
    assert first == (
        "gmw/en speaks English, and this session is German; leave --voice out, or choose a German voice "
        "(`player voices --language de` lists them)"
    )
    assert [line[: len(TAKES)] for line in lines] == [TAKES] * own  # a listener cannot mend a bundled script


def test_a_language_without_words_is_told_by_its_tag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = told(TIGHT.format("en-GB"), tmp_path, monkeypatch, own=True, voice="gmq/sv")
    assert first == (
        "gmq/sv speaks another language (sv), and this session is English; leave --voice out, or choose an English "
        "voice (`player voices --language en` lists them)"
    )


def test_a_rate_that_is_too_slow_is_told_alone_with_the_sessions_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (only,) = told(SCRIPT.format("en"), tmp_path, monkeypatch, rate=60)
    assert only == "sit does not fit at 60 words a minute; leave --rate out, or choose a faster one; its own is 120"


def test_a_voice_that_is_too_slow_is_told_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "sit does not fit when {} speaks it; {}another voice{}, or a faster rate with --rate"
    (only,) = told(TIGHT.format("en"), tmp_path, monkeypatch, voice="gmw/en-us")
    assert only == text.format("gmw/en-us", "leave --voice out, or choose ", "")
    (only,) = told(TIGHT.format("en-US"), tmp_path, monkeypatch)
    assert only == text.format("gmw/en-us", "choose ", " with --voice")


@pytest.mark.parametrize("asked", [{}, {"rate": 60}, {"voice": "gmw/en-us"}])
def test_an_authors_own_script_is_told_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: dict[str, object]
) -> None:
    (only,) = told(TIGHT.format("en"), tmp_path, monkeypatch, own=True, **asked)
    assert only.startswith(TAKES)


def test_another_problem_has_no_such_cause(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = SCRIPT.format("de") + "background: nosuch.wav\n"
    (only,) = told(script, tmp_path, monkeypatch, voice="gmw/en")
    assert only == "sit.yaml:7:13: there is no sound file 'nosuch.wav' in the script's own folder"
