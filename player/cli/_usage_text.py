"""One sentence for whatever Click finds wrong with a command line, in the form of all other messages of the program.

Click's own form is four lines, of which the first three are the same for every mistake.
"""

from __future__ import annotations

from typing import Final

import click

_FOUND_BY_CLICK: Final = (click.NoSuchOption, click.BadOptionUsage, click.BadArgumentUsage)
_FOUND_IN_WORDS: Final = ("No such command", "Got unexpected extra argument")
"""Beginnings of sentences that have no class of their own in every version of Click."""
_HELP_ITSELF: Final = getattr(click.exceptions, "NoArgsIsHelpError", ())


def is_help(error: click.ClickException) -> bool:
    """Whether it is the help of a group that was called without a command; Click shows that by itself."""
    return isinstance(error, _HELP_ITSELF)


def sentence(error: click.ClickException, command: str) -> str:
    """What is wrong, what is allowed, and the remedy: where the sentence has none, the help of the ``command``."""
    more = f"`{command} --help` tells more"
    if isinstance(error, click.MissingParameter):
        return f"{_named(error)} is missing; {more}"
    if isinstance(error, click.BadParameter):
        name, message = _named(error), error.message.rstrip(".")
        return (
            message
            if not name
            else f"{name} {message}"
            if message.startswith(("must ", "is "))
            else f"{name}: {message}"
        )
    if isinstance(error, click.NoSuchOption):
        near = f"did you mean {' or '.join(error.possibilities)}? " if error.possibilities else ""
        return f"there is no option {error.option_name}; {near}{more}"
    said = error.format_message()
    if isinstance(error, _FOUND_BY_CLICK) or said.startswith(_FOUND_IN_WORDS):
        what, _, near = said.partition(" Did you mean ")
        meant = f"did you mean {near} " if near else ""
        return f"{what[0].lower()}{what[1:].rstrip('.')}; {meant}{more}"
    return said


def _named(error: click.BadParameter) -> str:
    """What the parameter is called in the help; empty where the error is about none."""
    if error.param_hint:
        return error.param_hint if isinstance(error.param_hint, str) else " / ".join(error.param_hint)
    if error.param is None:
        return ""
    return max(error.param.opts, key=len) if isinstance(error.param, click.Option) else error.param.human_readable_name
