"""The listener's settings as the defaults of options, and where the value of an option came from.

The rule: whatever a command has an option for is fed by Click's own ``default_map``, so that what is typed comes first
and is checked in the same way; other keys mean nothing to it. Language and region are no defaults of options, as their
environment variables come before them: see `pipeline.language`. The folder of exports is none either, as it stands in
for the current one: see `folder`.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Final, Literal

import click
from click.core import ParameterSource

from player import pipeline, settings
from player.errors import BackgroundError, MediaError, PlayerError, ScriptError, UsageError, printable
from player.storage.folders import expanded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from player.pipeline import RequestedSession
    from player.settings.reading import Settings

Origin = Literal["option", "your settings for it", "your settings", ""]
"""Where a value was said; empty where neither an option nor the settings say it."""

ANYWAY: Final = ("completion", "doctor", "settings")
"""Commands that work beside settings with a mistake: they use none, or show what is wrong."""
_ELSEWHERE: Final = ("language", "region", "output")
_FIELDS: Final = {"bed": "bed_db", "tones": "tones_db"}
"""Keys to fields of a request, where those have another name."""
_META: Final = "player.settings"
_TYPED: Final = "player.typed"


@dataclass(frozen=True)
class ChosenValues:
    """What the settings say for a command line: in general, and for the session that it names, if any."""

    general: Mapping[str, str]
    session: Mapping[str, str]
    name: str = ""

    def of(self, command: click.Command) -> dict[str, str]:
        """Defaults of the command's options, by their parameters."""
        both = {**self.general, **self.session}
        options = [each for each in command.params if isinstance(each, click.Option) and not each.is_flag]
        return {
            str(option.name): value
            for key, value in both.items()
            for option in options
            if f"--{key}" in option.opts and key not in _ELSEWHERE
        }


def apply(context: click.Context, name: str, command: click.Command, arguments: list[str]) -> None:
    """Make the settings the defaults of a command that is about to read its arguments.

    Raises
    ------
    UsageError
        If something in the settings is wrong, unless only help is asked for.
    """
    if name in ANYWAY or context.resilient_parsing or {"-h", "--help"} & {*arguments}:
        return
    found = settings.stored()
    if found is None:
        return
    session = _session(context, name, command, arguments) if found.sessions else ""
    chosen = ChosenValues(found.general, _of_session(found, session) if session else {}, session)
    context.meta[_META], context.meta[_TYPED] = chosen, (name, command, (*arguments,))
    context.default_map = {name: chosen.of(command)}


def _session(context: click.Context, name: str, command: click.Command, arguments: list[str]) -> str:
    """The one session that the arguments name; empty if there is none."""
    with command.make_context(name, [*arguments], parent=context, resilient_parsing=True) as seen:
        named = next((seen.params[each] for each in ("session", "sessions", "files") if seen.params.get(each)), "")
    if isinstance(named, tuple):
        return str(named[0]) if len(named) == 1 else ""
    return str(named)


def _of_session(found: Settings, session: str) -> Mapping[str, str]:
    """What is kept for the session in the listener's language, or else for the original.

    Languages are looked at only where that matters: it takes 80 ms, in which a loudspeaker could open.
    """
    alike = [name for name in found.sessions if _plain(name) == _plain(session)]
    if alike in ([], [session]):
        return found.sessions.get(session, {})
    return found.of_session(pipeline.language.session(session)) or found.of_session(session)


def _plain(session: str) -> str:
    """A session's name without its language, or that of its file without folder and ending."""
    return PurePath(session).name.removesuffix(".yaml").removesuffix(".yml")


def origin(parameter: str, key: str = "") -> Origin:
    """Where the value of a parameter of the running command was said; ``key`` is its key, if it is another name.

    A command that another one runs has its options from that one.
    """
    context, source = click.get_current_context(silent=True), None
    while context and (source := context.get_parameter_source(parameter)) is None:
        context = context.parent
    if context is None or source is not ParameterSource.DEFAULT_MAP:
        return "option" if source is ParameterSource.COMMANDLINE else ""
    chosen: ChosenValues = context.meta[_META]
    return "your settings for it" if (key or parameter) in chosen.session else "your settings"


def for_session(session: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The options of the running command, with what the settings keep for a session that it found by itself."""
    context, found = click.get_current_context(), settings.stored()
    if found is None:
        return {**asked}
    chosen = ChosenValues(found.general, _of_session(found, session), session)
    context.meta[_META] = chosen
    kept = ChosenValues({}, chosen.session).of(context.command)
    by_name = {str(each.name): each for each in context.command.params if origin(str(each.name)) != "option"}
    for name in kept.keys() & by_name:
        context.set_parameter_source(name, ParameterSource.DEFAULT_MAP)
    return {**asked, **{name: by_name[name].type_cast_value(context, kept[name]) for name in kept.keys() & by_name}}


def in_programme(requested: RequestedSession) -> RequestedSession:
    """A session of a programme, with what the settings keep for that session.

    What options say comes first, and so does whatever is asked for otherwise than by the settings for all sessions, as
    where a programme is resumed.
    """
    request, found = requested.request, settings.stored()
    kept = _of_session(found, request.session) if found else {}
    changed: dict[str, Any] = {}
    for key, text in kept.items():
        field, general = _FIELDS.get(key, key), found and found.general.get(key)
        asked = getattr(request, field)
        if origin(key) != "option" and (asked is None or settings.keys.as_text(asked) == general):
            changed[field] = settings.keys.named(key, in_session=True).kind.parse(text)
    if "voice" in changed:
        changed["voice_language"] = None
    return pipeline.RequestedSession(replace(request, **changed)) if changed else requested


def with_origin(error: PlayerError, group: click.Context) -> PlayerError:
    """The error of a command of this group; if the settings may be its cause, told with what they say."""
    if _TYPED not in group.meta:
        return error
    name, command, arguments = group.meta[_TYPED]
    with command.make_context(name, [*arguments], parent=group, resilient_parsing=True):
        text = told(error)
    if text == str(error):
        return error
    return MediaError(text) if isinstance(error, MediaError) else UsageError(text)


def told(error: PlayerError) -> str:
    """The error of the running command, with a sentence about what is from the settings and may be its cause."""
    if isinstance(error, BackgroundError):
        return "\n".join(filter(None, (str(error), _note("background"))))
    if not isinstance(error, ScriptError) or not any(problem.about for problem in error.problems):
        return str(error)
    is_typed = error.cause is None or not origin(error.cause.option).startswith("your")
    return "\n".join(filter(None, (error.told(is_typed=is_typed), _note("rate", "voice"))))


def told_again(sentence: str) -> str:
    """The sentence of an error that another process raised, with the same about the settings."""
    if (background := click.get_current_context().params.get("background")) and printable(background) in sentence:
        return "\n".join(filter(None, (sentence, _note("background"))))
    if not (found := next((key for key in ("rate", "voice") if f"leave --{key} out, or " in sentence), "")):
        return sentence
    note = _note(found)
    return "\n".join((sentence.replace(f"leave --{found} out, or ", "", 1), note)) if note else sentence


def _note(*keys: str) -> str:
    """A sentence about those of these keys that the settings say for the running command; or nothing."""
    found = [(key, said) for key in keys if (said := origin(key)).startswith("your")]
    if not found:
        return ""
    chosen: ChosenValues = click.get_current_context().meta[_META]
    values = {**chosen.general, **chosen.session}
    is_own = {key: said != "your settings" for key, said in found}
    commands = [["player", "settings", *(["--session", chosen.name] * is_own[key]), "--unset", key] for key in is_own]
    told = " and ".join(f"{key} {values[key]}" for key in is_own)
    verb, pronoun = ("are", "them") if len(found) > 1 else ("is", "it")
    remedy = " and ".join(f"`{shlex.join(each)}`" for each in commands)
    return f"{told} {verb} from your settings; leave {pronoun} out by {remedy}"


def without_settings(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The options without those that only the settings say."""
    return {name: value for name, value in asked.items() if not origin(name).startswith("your")}


def folder() -> Path:
    """The folder in which exports become files where none is named: that of the settings, or this one.

    Raises
    ------
    UsageError
        If that of the settings is not there.
    """
    context = click.get_current_context()
    chosen: ChosenValues | None = context.meta.get(_META)
    if chosen is None or "output" not in chosen.general:
        return Path()
    path = expanded(chosen.general["output"])
    if not path.is_dir():
        remedy = "make it, name a file with -o, or leave it out by `player settings --unset output`"
        raise UsageError(f"your settings put exported files into {path}, and there is no such folder; {remedy}")
    return path
