"""Answers a shell that asks what can be typed next, by Click's own shell completion.

The rules: an answer never has an error in it, as it would land in the line that somebody is typing. And a word may come
from a stranger's script or file, so the scripts insert each as a shell quotes it, and interpret no description.

Bash breaks words at ``:`` and ``=``, which times, voices and parameters have in them; so here it hands over the whole
line, and gets of each answer what stands in place of the end that it replaces (`BashLine`).
"""

from __future__ import annotations

import contextlib
import io
import os
import re
from typing import TYPE_CHECKING, Any, Final

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ZshComplete,
    add_completion_class,
    get_completion_class,
    shell_complete,
)

from player.cli._bash_line import BashLine

if TYPE_CHECKING:
    import click

VARIABLE: Final = "_PLAYER_COMPLETE"
"""By which a shell asks."""
SHELLS: Final = ("bash", "zsh", "fish")

_BASH: Final = """\
%(complete_func)s() {
    local completion type value response
    local line=${COMP_LINE:0:COMP_POINT}

    response=$(env COMP_LINE="$line" COMP_REPLACED="$2" %(complete_var)s=bash_complete "$1" 2>/dev/null)
    COMPREPLY=()
    while IFS= read -r completion; do
        type=${completion%%%%,*} value=${completion#*,}
        if [[ $type == 'dir' ]]; then
            compopt -o dirnames
        elif [[ $type == 'file' ]]; then
            compopt -o default
        elif [[ $type == 'quoted' ]]; then
            COMPREPLY+=("$value")
        elif [[ $type == 'plain' ]]; then
            printf -v value '%%q' "$value"
            COMPREPLY+=("$value")
        fi
    done <<<"$response"
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""

_ZSH: Final = """\
#compdef %(prog_name)s

%(complete_func)s() {
    local -a response offered displayed
    local type word about
    (( ! $+commands[%(prog_name)s] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[1,CURRENT]}" COMP_CWORD=$((CURRENT-1)) \
%(complete_var)s=zsh_complete %(prog_name)s 2>/dev/null)}")

    for type word about in "${response[@]}"; do
        if [[ "$type" == "plain" ]]; then
            offered+=("$word")
            [[ "$about" == "_" ]] && displayed+=("$word") || displayed+=("$word  -- $about")
        elif [[ "$type" == "dir" ]]; then
            _path_files -/
        elif [[ "$type" == "file" ]]; then
            _path_files -f
        fi
    done

    (( $#offered )) && compadd -U -V unsorted -d displayed -a offered
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""
"""Without ``-Q``, ``compadd`` quotes what it inserts; what it displays is shown as it is."""

_FISH: Final = """\
function %(complete_func)s
    set -l line (commandline -cp | string collect)
    set -l word (commandline -ct | string collect)
    set -l response (env %(complete_var)s=fish_complete COMP_WORDS="$line" COMP_CWORD="$word" \
%(prog_name)s 2>/dev/null)

    for completion in $response
        set -l parts (string split -m 1 -- "," $completion)
        switch "$parts[1]"
            case dir
                __fish_complete_directories "$parts[2]"
            case file
                __fish_complete_path "$parts[2]"
            case plain
                printf '%%s\\n' "$parts[2]"
        end
    end
end

complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""
"""Fish quotes what it inserts; a tab divides a word from its description."""

_SAFE: Final = re.compile(r"[\w.,/@%+-][\w.,:/@%+=-]*", re.ASCII)
"""No shell takes this for anything but a word."""


class WholeLineBash(BashComplete):
    """Bash, asked by the whole line up to the cursor."""

    source_template = _BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one at the cursor, and what there is of that."""
        line = BashLine.read(os.environ.get("COMP_LINE", ""))
        return [*line.words[1:]], line.begun if line.words else ""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[Any]]:
        """Of each word, what bash inserts."""
        found = super().get_completions(args, incomplete)
        return [put for each in found if (put := _inserted(each)) is not None]


def _inserted(item: CompletionItem[Any]) -> CompletionItem[Any] | None:
    """What bash inserts for a word, and whether it is quoted already; None for a word that it cannot insert."""
    if item.type != "plain":
        return item
    line, replaced = BashLine.read(os.environ.get("COMP_LINE", "")), os.environ.get("COMP_REPLACED")
    if replaced is None:  # by a script of an earlier version, which drops what is begun, and quotes nothing
        return item if _SAFE.fullmatch(item.value) else None
    rest = line.rest(item.value, replaced)
    return None if rest is None else CompletionItem(rest, "quoted" if line.quote else "plain")


class QuotingZsh(ZshComplete):
    """Zsh, whose own ``compadd`` quotes each word."""

    source_template = _ZSH

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """Three lines: its kind, the word, and its description or ``_``."""
        return f"{item.type}\n{item.value}\n{item.help or '_'}"


class QuotingFish(FishComplete):
    """Fish, which quotes each word."""

    source_template = _FISH


def _use_own_scripts() -> None:
    for kind in (WholeLineBash, QuotingZsh, QuotingFish):
        add_completion_class(kind, kind.name)


def answer(command: click.Command, program: str, instruction: str) -> int:
    """Print the answer to a shell; the exit code."""
    _use_own_scripts()
    with contextlib.redirect_stderr(io.StringIO()):
        try:
            return shell_complete(command, {}, program, VARIABLE, instruction)
        except Exception:  # noqa: BLE001 (see the rule)
            return 1


def script(command: click.Command, program: str, shell: str) -> str:
    """The script that makes one of `SHELLS` ask."""
    _use_own_scripts()
    kind = get_completion_class(shell)
    if kind is None:
        raise ValueError(f"{shell} is none of {SHELLS}")
    asks = kind(command, {}, program, VARIABLE)
    return asks.source_template % asks.source_vars()
