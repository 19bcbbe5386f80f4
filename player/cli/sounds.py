"""The command ``sounds``: lists backgrounds and chimes, or plays one."""

from __future__ import annotations

import shlex

import click

from player.cli import _complete
from player.cli._option import option
from player.live import preview
from player.pipeline import catalogue


class _SoundsCommand(click.Command):
    """Takes no name without ``--preview``, and says so."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments."""
        if args and not args[0].startswith("-") and not ctx.resilient_parsing:
            command = shlex.join(["player", "sounds", "--preview", args[0]])
            raise click.UsageError(f"this lists what there is; `{command}` plays one", ctx)
        return super().parse_args(ctx, args)


@click.command(cls=_SoundsCommand)
@option(
    "--preview",
    "name",
    metavar="NAME|FILE",
    shell_complete=_complete.sounds,
    help="Play one for a while. Ctrl-C ends it softly.",
)
def sounds(name: str | None) -> None:
    """List the backgrounds and the chimes, or play one."""
    if name is not None:
        return preview.preview(name, announce=lambda text: click.echo(text, err=True))
    for kind, found in (("background", catalogue.beds()), ("chime", catalogue.chimes())):
        for sound in found:
            click.echo(f"{kind:<10}  {sound.name:<11}  {sound.about}".rstrip())
    return None


COMMANDS = (sounds,)
