"""What ``play --remember`` keeps for a session: what was chosen by options, and by keys while it played."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any, Final

import click

from player import pipeline, settings
from player.cli._options import print_warning
from player.cli._stored_options import origin
from player.errors import PlayerError, printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from player.live.adjusting import Adjustments

_BY_OPTIONS: Final = ("voice", "rate", "tones", "bed", "guide")


class Remembering:
    """Keeps what is chosen for a session; ``asked`` are the options of the running command."""

    def __init__(self, session: str, asked: Mapping[str, Any]) -> None:
        self._session = session
        self._asked = asked
        self._chosen = {name: asked[name] for name in _BY_OPTIONS if origin(name) == "option"}

    def keep(self, adjusted: Adjustments) -> None:
        """Keep it, and say so, and how to forget it."""
        by_keys = {"bed": adjusted.bed_db, "guide": adjusted.guide}
        changed = {name: value for name, value in by_keys.items() if value not in {None, self._asked[name]}}
        if not (chosen := self._chosen | changed):
            return click.echo("Nothing was chosen by options or keys, so nothing is remembered.", err=True)
        try:
            settings.writing.remember(pipeline.language.session(self._session), chosen)
        except PlayerError as error:
            return print_warning(f"it could not be remembered: {error}")
        said = ", ".join(f"{name} {settings.keys.as_text(value)}" for name, value in chosen.items())
        forget = shlex.join(["player", "settings", "--session", self._session, "--unset"])
        return click.echo(printable(f"Remembered for {self._session}: {said}. `{forget}` forgets it."), err=True)
