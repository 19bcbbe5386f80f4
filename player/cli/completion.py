"""The command ``completion``: prints the script by which a shell completes what is typed."""

from __future__ import annotations

import os
from pathlib import PurePath

import click

from player.cli._options import OneOf
from player.cli._shell_completion import SHELLS, script


@click.command()
@click.argument("shell", type=OneOf(SHELLS), required=False)
def completion(shell: str | None) -> None:
    """Print the script that makes SHELL complete commands, sessions, voices and options.

    \b
    player completion bash >~/.local/share/bash-completion/completions/player
    player completion zsh >~/.zfunc/_player
    player completion fish >~/.config/fish/completions/player.fish

    For zsh, ~/.zshrc has `fpath+=~/.zfunc` before `compinit`. A new terminal completes then. Without SHELL it is that
    of this terminal.
    """  # noqa: D301 (Click wants the character itself, not its escape)
    named = shell or PurePath(os.environ.get("SHELL", "")).name
    if named not in SHELLS:
        raise click.UsageError(f"name the shell: {', '.join(SHELLS)}")
    root = click.get_current_context().find_root()
    click.echo(script(root.command, str(root.info_name), named), nl=False)


COMMANDS = (completion,)
