"""The one place where errors become words and exit codes.

Exit codes: 0 done, 1 failed, 2 usage or bad script, 130 interrupted. No traceback reaches a user; whoever wants one
sets ``PLAYER_DEBUG=1``.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
import warnings
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
        _make_haste()
        # pydub says so whenever it is imported; who needs ffmpeg is told in a sentence.
        warnings.filterwarnings("ignore", "Couldn't find ffmpeg or avconv", RuntimeWarning)
        try:
            code = super().main(args, prog_name, **extra)
        except click.ClickException as error:
            error.show()
            code = error.exit_code
        except (click.Abort, KeyboardInterrupt) as error:
            # Click hides a Ctrl-C behind its own error, and ends the line that it stands on, but not at a question. A
            # command may have said with it how to go on.
            behind = error.__cause__
            click.echo("" if behind else "\n", err=True, nl=False)
            click.echo(" ".join(["Stopped.", *(behind.args if behind else ())]), err=True)
            code = INTERRUPTED
        except PlayerError as error:
            click.echo(str(error), err=True)
            code = error.exit_code
        except BrokenPipeError:
            # Whoever read our output has gone; Python must not complain when it flushes what is left.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = 1
        except Exception as error:
            if os.environ.get("PLAYER_DEBUG"):
                raise
            what = f"{type(error).__name__}: {error}"
            click.echo(f"player met what it did not expect ({what}); PLAYER_DEBUG=1 shows where", err=True)
            code = 1
        sys.exit(code if isinstance(code, int) else 0)


def _make_haste() -> None:
    """Spare every command what Python and numpy do by themselves and nobody needs here.

    numpy's library for matrices starts a thread for each core, which waits for work without resting: a tenth of a
    second of processor, and there are no matrices here. And before Python ends it looks for circles in all that it
    holds: 14 ms after an export.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    atexit.register(gc.freeze)
