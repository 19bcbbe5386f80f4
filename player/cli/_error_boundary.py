"""Turns every error into a sentence and an exit code.

Exit codes: 0 done, 1 failed, 2 usage or bad script, 130 interrupted. A traceback is shown only with ``PLAYER_DEBUG=1``.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

import click

from player.errors import PlayerError

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130


class ErrorBoundary(click.Group):
    """A group whose commands end in one clear sentence, whatever happens."""

    def main(  # type: ignore[override]  # Click's overloads tell two modes apart; here is only one
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = "player",
        **extra: Any,  # noqa: ANN401
    ) -> NoReturn:
        """Run the command line and exit."""
        extra["standalone_mode"] = False
        _switch_off_slow_defaults()
        # pydub warns at every import; the commands that need ffmpeg have an error message of their own.
        warnings.filterwarnings("ignore", "Couldn't find ffmpeg or avconv", RuntimeWarning)
        if asked := os.environ.get("_PLAYER_COMPLETE"):  # a shell, about what somebody is typing
            sys.exit(import_module("player.cli._shell_completion").answer(self, prog_name, asked))
        try:
            code = super().main(args, prog_name, **extra)
        except click.ClickException as error:
            error.show()
            code = error.exit_code
        except (click.Abort, KeyboardInterrupt) as error:
            # Click turns a Ctrl-C into its own error and ends the current line, except at a prompt. A command may have
            # put the way to go on into the arguments of the KeyboardInterrupt.
            behind = error.__cause__
            click.echo("" if behind else "\n", err=True, nl=False)
            click.echo(" ".join(["Stopped.", *(behind.args if behind else ())]), err=True)
            code = INTERRUPTED
        except PlayerError as error:
            click.echo(str(error), err=True)
            code = error.exit_code
        except BrokenPipeError:
            # The reader of our output has gone. Python must not fail when it flushes the rest.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = 1
        except Exception as error:
            if os.environ.get("PLAYER_DEBUG"):
                raise
            what = f"{type(error).__name__}: {error}"
            click.echo(f"player met what it did not expect ({what}); PLAYER_DEBUG=1 shows where", err=True)
            code = 1
        sys.exit(code if isinstance(code, int) else 0)


def _switch_off_slow_defaults() -> None:
    """Switch off two things that Python and numpy do by default and that cost every command time.

    numpy's matrix library starts a thread for each core, which spins while it waits for work: a tenth of a second of
    processor time, and there are no matrices here. And Python collects cycles among all objects before it ends: 14 ms
    after an export.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    atexit.register(gc.freeze)
