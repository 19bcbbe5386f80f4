"""What a shell completes behind each argument and option.

The rule: nothing here raises or prints, as somebody is typing: what cannot be found is not offered. This is imported
with every command, so it imports nothing heavy. A word may come from a stranger's script or file: one with control
characters, and one that would be taken for an option, is not offered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from click.shell_completion import CompletionItem

from player import pipeline
from player.errors import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import click

    from player.pipeline.names import Completion

    Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem[Any]]]

_FILE: Final = "file"
"""The shell completes names of files by itself."""


def _of(find: Callable[[click.Context, str], Iterable[Completion]], *, files: bool = False) -> Complete:
    """What begins with what is typed; with ``files``, the shell's own where nothing does."""

    def complete(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem[Any]]:
        try:
            offered = [each for each in find(context, begun) if each.word.startswith(begun) and _is_sayable(each.word)]
            found = [CompletionItem(word, help=printable(" ".join(about.split()))) for word, about in offered]
        except Exception:  # noqa: BLE001 (a broken script, store or file is for the command itself to tell)
            found = []
        return found or ([CompletionItem(begun, type=_FILE)] if files else [])

    return complete


def _is_sayable(word: str) -> bool:
    return printable(word) == word and not word.startswith("-")


def _sessions(_: click.Context, begun: str) -> Iterable[Completion]:
    return pipeline.names.sessions(begun)


def _parameters(context: click.Context, _: str) -> Iterable[Completion]:
    return pipeline.completing.parameters(_session_of(context))


def _sections(context: click.Context, _: str) -> Iterable[Completion]:
    values = dict(each.partition("=")[::2] for each in context.params.get("params") or ())
    return pipeline.completing.sections(_session_of(context), values)


def _session_of(context: click.Context) -> str:
    """The session that stands on the line already: among the arguments yet, as the option lacks its value."""
    found = context.params.get("session") or context.params.get("sessions") or context.args
    return str(found if isinstance(found, str) else found[0])


def _setting(context: click.Context, _: str) -> Iterable[Completion]:
    return pipeline.names.setting_keys(in_session=bool(context.params.get("session")))


def _setting_value(context: click.Context, _: str) -> Iterable[Completion]:
    return pipeline.completing.setting_values(str(context.params.get("key")))


sessions = _of(_sessions, files=True)
parameters = _of(_parameters)
sections = _of(_sections)
voices = _of(lambda *_: pipeline.completing.voices())
backgrounds = _of(lambda *_: pipeline.names.backgrounds(), files=True)
sounds = _of(lambda *_: pipeline.completing.sounds(), files=True)
regions = _of(lambda *_: pipeline.names.regions())
languages = _of(lambda *_: pipeline.names.languages())
patterns = _of(lambda *_: pipeline.completing.patterns())
setting = _of(_setting)
setting_value = _of(_setting_value, files=True)
