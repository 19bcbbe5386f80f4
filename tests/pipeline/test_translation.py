"""What a translation says of its original."""

from __future__ import annotations

from typing import TYPE_CHECKING

from player.pipeline import translation
from player.script.session import parse
from player.techniques import TECHNIQUES

if TYPE_CHECKING:
    from pathlib import Path


def warnings(original: str) -> list[str]:
    text = f"title: T\ntranslates: {{session: {original}, hash: '0123456789ab'}}\nsteps: [{{pause: 1s}}]\n"
    return [str(problem) for problem in translation.warnings(parse(text, "t.yaml", TECHNIQUES))]


def test_an_original_that_has_changed_is_told() -> None:
    assert warnings("pmr-7")[0].startswith("t.yaml:2:13: pmr-7 has changed since it was translated")


def test_an_original_is_a_session_and_never_a_path(tmp_path: Path) -> None:
    file = tmp_path / "secret.yaml"
    file.write_text("title: S\n")
    remedy = "that this could be a translation of; `player list` shows them"
    assert warnings("pmr-77") == [f"t.yaml:2:13: there is no session 'pmr-77' {remedy}"]
    assert all("there is no session" in warnings(path)[0] for path in (str(file), f"../{file}", "/dev/zero"))
