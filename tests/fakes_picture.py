"""Timelines without a voice, and widths without a font, for drawing pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from player import pipeline
from player.script.session import parse
from player.techniques import TECHNIQUES
from player.techniques.planning import plan
from player.timeline.fit import settle
from player.timeline.layout import lay_out

if TYPE_CHECKING:
    from player.script.session import Session
    from player.timeline.model import Timeline


@dataclass(frozen=True)
class Clip:
    """As short as the shortest words, so that everything fits."""

    length_ms: int = 400
    beat_ms: int = 50
    after_ms: int = 0
    pauses: tuple[tuple[int, int], ...] = ()


def laid_out(session: Session) -> Timeline:
    return lay_out(session, settle(plan(session, TECHNIQUES).parts), lambda _: Clip())


def scripted(steps: str, background: str = "ocean") -> Timeline:
    script = f"title: T\nbackground: {{sound: {background}}}\nsteps:\n{steps}"
    return laid_out(parse(script, "t.yaml", TECHNIQUES))


def bundled(name: str) -> tuple[Session, Timeline]:
    session = pipeline.as_requested(pipeline.SessionRequest(name)).session
    return session, laid_out(session)


def measure(text: str, size: float = 10.0, *, bold: bool = False) -> float:
    """About as wide as DejaVu Sans."""
    return len(text) * size * (0.66 if bold else 0.56)
