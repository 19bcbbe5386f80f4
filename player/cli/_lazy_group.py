"""A group of commands each of which is loaded when it is asked for.

The rule: a list of commands loads none of them, so each has its line here and the rest in a module of its own. It knows
no command.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click

from player.cli._error_boundary import ErrorBoundary


class LazyCommand(NamedTuple):
    """A command that is still to be loaded: the module that has it among its ``COMMANDS``, and what it does."""

    module: str
    brief: str


class LazyGroup(ErrorBoundary):
    """A group of such commands, by their names."""

    def __init__(self, *arguments: Any, late: Mapping[str, LazyCommand], **more: Any) -> None:  # noqa: ANN401  (Click's own)
        super().__init__(*arguments, **more)
        self.late = late
        self.commands = _Loaded(late)  # type: ignore[assignment]  # Click would let others be added; here none are

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands and what they do, as Click does, without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, each.brief) for name, each in sorted(self.late.items())])


class _Loaded(Mapping[str, click.Command]):
    def __init__(self, late: Mapping[str, LazyCommand]) -> None:
        self._late = late

    def __getitem__(self, name: str) -> click.Command:
        found: tuple[click.Command, ...] = import_module(self._late[name].module).COMMANDS
        return next(each for each in found if each.name == name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._late)

    def __len__(self) -> int:
        return len(self._late)
