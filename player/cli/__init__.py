"""The command line.

A command parses its options, calls one function of the package, and prints the result. Results go to stdout, progress
and problems to stderr. Commands and the pipeline are imported only when a command runs, so ``--help`` takes no longer
than Click itself.
"""

from __future__ import annotations

import os

import click

from player import __version__
from player.cli._lazy_group import LazyCommand, LazyGroup

# numpy starts a thread a core for products of matrices, which nothing here needs: 0.03 s, and 0.12 s of processor.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("PATH", os.defpath)  # pydub asks for it without a look; a service may be started without one

COMMANDS = {
    "breathe": LazyCommand("player.cli.breathe", "Breathe in a pattern, now, without a script."),
    "cache": LazyCommand("player.cli.cache", "Show what is kept on this machine, verify it, or clear it away."),
    "check": LazyCommand("player.cli.check", "Check scripts: every problem at its line and column."),
    "completion": LazyCommand("player.cli.completion", "Print what makes a shell complete names and options."),
    "doctor": LazyCommand("player.cli.doctor", "Tell what works on this machine, and how to get what does not."),
    "every": LazyCommand("player.cli.every", "Play a session at intervals, such as every 2h."),
    "export": LazyCommand("player.cli.export", "Export a session to a file, or many to a folder."),
    "extract": LazyCommand("player.cli.extract", "Give back the script that a file was made from."),
    "feed": LazyCommand("player.cli.feed", "Write a podcast feed into a folder of exported files."),
    "list": LazyCommand("player.cli.list", "List the sessions and the programmes."),
    "log": LazyCommand("player.cli.log", "Show what you practised, and when."),
    "new": LazyCommand("player.cli.new", "Write a script of your own to begin with."),
    "now": LazyCommand("player.cli.now", "Play what suits now: go on, or something for the time of day."),
    "play": LazyCommand("player.cli.play", "Play a session, or all sessions of a programme."),
    "record": LazyCommand("player.cli.record", "List what you would speak for a session in your own voice."),
    "settings": LazyCommand("player.cli.settings", "Show or set what you chose for good: voice, rate, background."),
    "show": LazyCommand("player.cli.show", "Show a session's time table and its true length."),
    "sounds": LazyCommand("player.cli.sounds", "List the backgrounds and the chimes, or play one."),
    "voices": LazyCommand("player.cli.voices", "List the voices of this machine."),
    "words": LazyCommand("player.cli.words", "List a language's words, or translate them in a spreadsheet."),
}


@click.group(
    cls=LazyGroup, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__)
def main() -> None:
    """Voice-guided relaxation: breathing, muscle relaxation, grounding.

    \b
    player list                         what there is
    player play box-breathing           listen now
    player breathe 4-4-4-4 --for 3m     breathe now, without a script
    player export pmr-7                 make an MP3
    """  # noqa: D301 (Click wants the character itself, not its escape)
