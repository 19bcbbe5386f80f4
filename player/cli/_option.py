"""The options of all commands: a value that is empty is refused, whatever it would be read as.

An empty value is nearly always a variable of a shell that was not set, and would otherwise mean the same as no option.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Command = TypeVar("Command", bound="Callable[..., Any]")


class FilledOption(click.Option):
    """An option whose value, where it has one, is not empty."""

    def handle_parse_result(
        self, ctx: click.Context, opts: Mapping[str, Any], args: list[str]
    ) -> tuple[Any, list[str]]:
        """The value.

        Raises
        ------
        BadParameter
            If it is empty, or nothing but blanks.
        """
        typed = opts.get(str(self.name))
        values = typed if isinstance(typed, (list, tuple)) else [typed]
        if not ctx.resilient_parsing and any(isinstance(each, str) and not each.strip() for each in values):
            remedy = "name one" if self.required else "name one, or leave it out"
            raise click.BadParameter(f"is empty; {remedy}", ctx, self)
        return super().handle_parse_result(ctx, opts, args)


def option(*names: str, **about: Any) -> Callable[[Command], Command]:  # noqa: ANN401 (what Click takes)
    """Click's own decorator, for a `FilledOption`."""
    return click.option(*names, cls=FilledOption, **about)
