"""What real shells make of the words that are offered: after Tab and Enter, exactly the word arrives."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shlex
import shutil
import signal
import sys
import time
from typing import TYPE_CHECKING, Final

import pytest

from player.cli import main
from player.cli._shell_completion import SHELLS, script

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

if sys.platform == "win32":
    pytest.skip("these shells need a terminal of Unix", allow_module_level=True)

import pty

pytestmark = [pytest.mark.tools, pytest.mark.slow]

START: Final = {
    "bash": ["bash", "--noprofile", "--rcfile", "start", "-i"],
    "zsh": ["zsh", "-i"],
    "fish": ["fish", "--init-command", "source start"],
}
SETTINGS: Final = {
    "bash": "PS1='> '\n",
    "zsh": "PS1='> '\nautoload -U compinit && compinit -u -D\nsetopt magic_equal_subst extended_glob\n",
    "fish": "function fish_prompt; echo '> '; end\n",
}
HOSTILE: Final = (
    "x$(touch PWNED)`touch PWNED`;touch PWNED&touch PWNED|touch PWNED>PWNED<(touch PWNED)",
    "~",
    "a:~",
    "* [a-z]*? {a,b} $HOME ${HOME} $'a'",
    "it's '$(touch PWNED)'",
    'say "$(touch PWNED)"',
    "a  b\\$(touch PWNED)\\",
    "!! ^a^b #x %self",
    "=ls",
    "-n,a:\u00e9\u3000\u4e16",
)
SESSION: Final = 'title: T\nparams:\n{params}\nsteps:\n  - say: "T"\n    for: 5s\n'


class Terminal:
    """A shell in a terminal of its own, in a folder where ``player`` tells what reaches it."""

    def __init__(self, shell: str, folder: Path) -> None:
        self.folder = folder
        completes = f"{shlex.quote(sys.executable)} -m player; touch answered; exit"
        lines = ["#!/bin/sh", f'if [ -n "$_PLAYER_COMPLETE" ]; then {completes}; fi']
        lines += ['printf "%s\\0" "$@" >writing && mv writing arrived', ""]
        (folder / "bin").mkdir()
        (folder / "bin" / "player").write_text("\n".join(lines))
        (folder / "bin" / "player").chmod(0o755)
        for name in ("start", ".zshrc"):
            (folder / name).write_text(SETTINGS[shell] + script(main, "player", shell))
        own = {"HOME": str(folder), "ZDOTDIR": str(folder), "TERM": "xterm", "LC_ALL": "C.UTF-8"}
        own |= {"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": os.pathsep.join(sys.path)}
        own |= {"PLAYER_SCRIPTS": str(folder / "own"), "PLAYER_STORE": str(folder / "store")}
        self.process, self.screen = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.execvpe(START[shell][0], START[shell], os.environ | own)  # noqa: S606 (it is the shell that is wanted)
        self.seen = ""
        self.wait(lambda: "> " in self.seen)

    def wait(self, is_so: Callable[[], bool], most_s: float = 20) -> None:
        """Read what is shown until something is so."""
        end = time.monotonic() + most_s
        while not is_so():
            if time.monotonic() > end:
                raise TimeoutError(self.seen)
            self.read(0.02)

    def read(self, quiet_s: float) -> None:
        """Read what is shown until nothing comes any more for a time."""
        while select.select([self.screen], [], [], quiet_s)[0]:
            self.seen += os.read(self.screen, 65536).decode(errors="replace")

    def typed(self, line: str, then: str = "", *, closes: str = "") -> list[str]:
        """What arrives at the program from a line, Tab, more of it and Enter, and a quote if one is still open."""
        self.seen = ""
        os.write(self.screen, f"{line}\t".encode())
        self.wait((self.folder / "answered").exists)
        self.read(0.15)
        os.write(self.screen, f"{then}\r".encode())
        with contextlib.suppress(TimeoutError):
            self.wait((self.folder / "arrived").exists, 2 if closes else 20)
        if not (self.folder / "arrived").exists():
            os.write(self.screen, f"{closes}\r".encode())
            self.wait((self.folder / "arrived").exists)
        arrived = (self.folder / "arrived").read_bytes().decode().split("\0")[:-1]
        for name in ("answered", "arrived"):
            (self.folder / name).unlink()
        self.read(0.05)
        return arrived

    def close(self) -> None:
        """End the shell."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.screen)


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> str:
    name = str(request.param)
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    return name


@pytest.fixture
def terminal(shell: str, tmp_path: Path) -> Iterator[Terminal]:
    (tmp_path / "own").mkdir()
    found = Terminal(shell, tmp_path)
    yield found
    found.close()


def session(values: dict[str, str], about: str = "") -> str:
    """A script with parameters of these defaults."""
    told = {name: {"default": value} | ({"about": about} if about else {}) for name, value in values.items()}
    lines = (f"  {name}: {json.dumps(each, ensure_ascii=False)}" for name, each in told.items())
    return SESSION.replace("{params}", "\n".join(lines))


ABOUT: Final = "%F{red} $(touch PWNED) `touch PWNED` \\ : ,"


def test_what_is_offered_arrives_as_it_is(terminal: Terminal, tmp_path: Path) -> None:
    words = {f"p{number:02}": word for number, word in enumerate(HOSTILE)}
    (tmp_path / "gift.yaml").write_text(session(words, ABOUT), encoding="utf-8")
    for name, word in words.items():
        assert terminal.typed(f"player show gift.yaml -p {name}") == ["show", "gift.yaml", "-p", f"{name}={word}"]
    assert not (tmp_path / "PWNED").exists()


@pytest.mark.parametrize("quote", ["'", '"'])
def test_in_quotes_a_word_arrives_as_it_is_or_not_at_all(terminal: Terminal, tmp_path: Path, quote: str) -> None:
    words = {"a": "x $(touch PWNED)", "b": "it's !! \\", "c": "a b"}
    (tmp_path / "gift.yaml").write_text(session(words), encoding="utf-8")
    for name, word in words.items():
        *_, arrived = terminal.typed(f"player show gift.yaml -p {quote}{name}=", closes=quote)
        assert arrived.rstrip("\n") in {f"{name}={word}", f"{name}="}  # Enter before the quote is closed is a new line
    assert not (tmp_path / "PWNED").exists()


def test_several_names_go_on_as_far_as_they_are_the_same(terminal: Terminal, tmp_path: Path) -> None:
    for name in ("zz $(touch PWNED) a", "zz $(touch PWNED) b", "*"):
        (tmp_path / "own" / f"{name}.yaml").write_text("title: T\n")
    assert terminal.typed("player show zz", "b") == ["show", "zz $(touch PWNED) b"]
    assert not (tmp_path / "PWNED").exists()
