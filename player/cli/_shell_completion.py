"""Answers a shell that asks what can be typed next, by Click's own shell completion.

The rule: an answer never has an error in it, as it would land in the line that somebody is typing.

Bash breaks words at ``:`` and ``=``, which times, voices and parameters have in them; so here it hands over the whole
line, and drops from each answer what it will not replace.
"""

from __future__ import annotations

import contextlib
import io
import os
from typing import TYPE_CHECKING, Final

from click.shell_completion import (
    BashComplete,
    add_completion_class,
    get_completion_class,
    shell_complete,
    split_arg_string,
)

if TYPE_CHECKING:
    import click

VARIABLE: Final = "_PLAYER_COMPLETE"
"""By which a shell asks."""
SHELLS: Final = ("bash", "zsh", "fish")

_BASH: Final = """\
%(complete_func)s() {
    local IFS=$'\\n' completion type value response
    local line=${COMP_LINE:0:COMP_POINT}
    local word=${line##*[[:space:]]}
    local kept=${word%%"${word##*[:=]}"}

    response=$(env COMP_LINE="$line" %(complete_var)s=bash_complete "$1" 2>/dev/null)
    COMPREPLY=()
    for completion in $response; do
        type=${completion%%%%,*} value=${completion#*,}
        if [[ $type == 'dir' ]]; then
            compopt -o dirnames
        elif [[ $type == 'file' ]]; then
            compopt -o default
        elif [[ $type == 'plain' ]]; then
            COMPREPLY+=("${value#"$kept"}")
        fi
    done
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class WholeLineBash(BashComplete):
    """Bash, asked by the whole line up to the cursor."""

    source_template = _BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one at the cursor, and what there is of that."""
        line = os.environ.get("COMP_LINE", "")
        words = split_arg_string(line)[1:]
        if not words or line[-1:].isspace():
            return words, ""
        return words[:-1], words[-1]


def answer(command: click.Command, program: str, instruction: str) -> int:
    """Print the answer to a shell; the exit code."""
    add_completion_class(WholeLineBash, "bash")
    with contextlib.redirect_stderr(io.StringIO()):
        try:
            return shell_complete(command, {}, program, VARIABLE, instruction)
        except Exception:  # noqa: BLE001 (see the rule)
            return 1


def script(command: click.Command, program: str, shell: str) -> str:
    """The script that makes one of `SHELLS` ask."""
    add_completion_class(WholeLineBash, "bash")
    kind = get_completion_class(shell)
    if kind is None:
        raise ValueError(f"{shell} is none of {SHELLS}")
    asks = kind(command, {}, program, VARIABLE)
    return asks.source_template % asks.source_vars()
