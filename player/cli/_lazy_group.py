"""A Click group that imports a command's module when the command is used.

The list of commands imports none of them: each command has its brief text in the group, and the rest in its module.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import click

from player.cli import _stored_options
from player.cli._error_boundary import ErrorBoundary
from player.errors import PlayerError


class LazyCommand(NamedTuple):
    """A command that is not imported yet: the module that lists it in ``COMMANDS``, and its brief text."""

    module: str
    brief: str


class LazyGroup(ErrorBoundary):
    """A group of lazy commands, by their names."""

    def __init__(self, *arguments: Any, lazy: Mapping[str, LazyCommand], **more: Any) -> None:  # noqa: ANN401  (Click's own)
        super().__init__(*arguments, **more)
        self.lazy = lazy
        self.commands = _Loaded(lazy)  # type: ignore[assignment]  # Click would let others be added; here none are

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, and make the listener's settings the defaults of its options."""
        if args[0] not in self.lazy and not ctx.resilient_parsing and (hint := _hint(args, self.lazy)):
            raise click.UsageError(hint, ctx)
        name, command, rest = super().resolve_command(ctx, args)
        if name and command:
            _stored_options.apply(ctx, name, command, rest)
        return name, command, rest

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; if it fails by what the settings say, the error tells that."""
        try:
            return super().invoke(ctx)
        except PlayerError as error:
            if (told := _stored_options.with_origin(error, ctx)) is error:
                raise
            raise told from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands and their brief texts, as Click does, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, each.brief) for name, each in sorted(self.lazy.items())])


def _hint(words: Sequence[str], commands: Collection[str]) -> str:
    """What was meant by a first word that is no command: help, the version, or a session; empty if it is not known."""
    first, following = words[0], words[1:2]
    if first == "help":
        asked = [*following, "--help"] if following and following[0] in commands else ["--help"]
        return f"there is no command 'help'; it is `{shlex.join(['player', *asked])}`"
    if first == "version":
        return "there is no command 'version'; it is `player --version`"
    kind = _kind(first)
    return f"there is no command {first!r}; it is a {kind}: `{shlex.join(['player', 'play', first])}`" if kind else ""


def _kind(name: str) -> str:
    """Whether it is a session, a programme or the file of a script; empty if none of these."""
    library = import_module("player.script.library")  # only here, as `--help` loads Click alone
    tag = name.rpartition("/")[0] or library.ORIGINAL
    if name.removeprefix(f"{library.ORIGINAL}/") in library.session_names(tag):
        return "session"
    if name in library.programme_names():
        return "programme"
    return "script" if name.lower().endswith(library.SCRIPT_ENDINGS) and Path(name).is_file() else ""


class _Loaded(Mapping[str, click.Command]):
    def __init__(self, lazy: Mapping[str, LazyCommand]) -> None:
        self._lazy = lazy

    def __getitem__(self, name: str) -> click.Command:
        found: tuple[click.Command, ...] = import_module(self._lazy[name].module).COMMANDS
        return next(each for each in found if each.name == name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._lazy)

    def __len__(self) -> int:
        return len(self._lazy)
