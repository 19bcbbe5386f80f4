"""Turns every error into a sentence and an exit code.

Exit codes: 0 done; 2 what was typed or written is wrong, as an option, a name, a script, the settings or a variable; 1
the machine, or what is in a file, did not let it be done; 130 interrupted. A traceback is shown only with
``PLAYER_DEBUG=1``.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import sys
import warnings
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from player.cli import _streams, _usage_text
from player.errors import PlayerError, printable_lines
from player.storage.failures import foreseen, unexpected

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130
_NOWHERE = os.path.join(os.path.abspath(os.sep), "nowhere")  # noqa: PTH100, PTH118
"""An empty ``PATH`` would mean the current folder."""


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
        look_alikes = _streams.mend()
        _switch_off_slow_defaults()
        _look_in_whole_paths_alone()
        # pydub warns at every import; the commands that need ffmpeg have an error message of their own.
        warnings.filterwarnings("ignore", "Couldn't find ffmpeg or avconv", RuntimeWarning)
        if asked := os.environ.get("_PLAYER_COMPLETE"):  # a shell, about what somebody is typing
            answered = import_module("player.cli._shell_completion").answer(self, prog_name, asked)
            sys.exit(1 if _streams.is_broken(sys.stdout) else answered)
        code: object = 1
        with contextlib.suppress(OSError):  # stderr cannot be written, so nothing can be told
            code = self._code(args, prog_name, **extra)
            if folders := sys.modules.get("player.storage.standard_folders"):
                _say(folders.told())
            if (upkeep := sys.modules.get("player.storage.upkeep")) and not (isinstance(code, int) and code):
                _say(upkeep.told_of_limit())  # the program's end only suppresses it, and a failed command has told more
            _say(look_alikes.told())
        if _streams.is_broken(sys.stdout):
            code = 1
        _streams.is_broken(sys.stderr)
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 (what Click hands over)
        """Run a command. Click would end it without a word at every broken pipe, also at one that is not our output."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            if not _streams.is_of_stream(error) and (told := foreseen(error)):
                raise told from error
            raise

    def _code(  # noqa: PLR0911 (a return for each kind of end)
        self,
        args: Sequence[str] | None,
        prog_name: str | None,
        **extra: Any,  # noqa: ANN401
    ) -> object:
        """Run the command line; the exit code, if it is a number."""
        try:
            return super().main(args, prog_name, **extra)
        except click.ClickException as error:
            if _usage_text.is_help(error):
                error.show()
            else:
                _say(_usage_text.sentence(error, self._called(args)))
            return error.exit_code
        except (click.Abort, KeyboardInterrupt) as error:
            # Click turns a Ctrl-C into its own error and ends the current line, except at a prompt. A command may have
            # put the way to go on into the arguments of the KeyboardInterrupt.
            behind = error.__cause__
            click.echo("" if behind else "\n", err=True, nl=False)
            _say(" ".join(["Stopped.", *(behind.args if behind else ())]))
            return INTERRUPTED
        except PlayerError as error:
            _say(str(error))
            return error.exit_code
        except Exception as error:
            if os.environ.get("PLAYER_DEBUG"):
                raise
            if isinstance(error, OSError) and _streams.is_of_stream(error):
                reason = (error.strerror or str(error)).lower()
                _say(f"what was asked for cannot be printed: {reason}; write it to another place")
                return 1
            if told := foreseen(error):
                _say(str(told))
                return told.exit_code
            _say(f"{unexpected(error)}; PLAYER_DEBUG=1 shows where")
            return 1

    def _called(self, args: Sequence[str] | None) -> str:
        """The words before the arguments: ``player`` and the command, where there is one."""
        first = [*(sys.argv[1:] if args is None else args), ""][0]
        return f"player {first}" if first in self.commands else "player"


def _look_in_whole_paths_alone() -> None:
    """Leave out of ``PATH`` what depends on the current folder, where files of strangers may lie.

    Libraries start programs of the system by their bare names.
    """
    if (path := os.environ.get("PATH")) is not None:
        whole = [folder for folder in path.split(os.pathsep) if Path(folder).is_absolute()]
        os.environ["PATH"] = os.pathsep.join(whole) or _NOWHERE


def _say(text: str) -> None:
    if text:
        click.echo(printable_lines(text), err=True)  # the last guard, whoever made the text


def _switch_off_slow_defaults() -> None:
    """Switch off two things that Python and numpy do by default and that cost every command time.

    numpy's matrix library starts a thread for each core, which spins while it waits for work: a tenth of a second of
    processor time, and there are no matrices here. And Python collects cycles among all objects before it ends: 14 ms
    after an export.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    atexit.register(gc.freeze)
