"""Translations: whether the original has changed since, and whether anybody has reviewed the translation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from player.errors import Problem
from player.script import library
from player.script.languages import NOT_REVIEWED, words_for
from player.script.yaml.scalar_types import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from player.script.session import Session


def is_unreviewed(session: Session) -> bool:
    """Whether it is a translation that nobody has reviewed."""
    return session.translates is not None and session.reviewed in {None, NOT_REVIEWED}


def with_notice(session: Session) -> Session:
    """The session; one that nobody has reviewed says so in its summary, in its own language."""
    words = words_for(session.language) if is_unreviewed(session) else None
    return replace(session, summary=f"{session.summary} {words.not_reviewed}".strip()) if words else session


def warnings(session: Session) -> Iterator[Problem]:
    """A warning at ``translates`` if the original is another text now."""
    if session.translates is None:
        return
    name, at = session.translates.session, session.places["translates"]
    if name not in library.session_names():  # a path would be read, wherever it leads
        text = f"there is no session {shown(name)} that this could be a translation of; `player list` shows them"
        yield Problem(at, text)
        return
    original = library.find(f"{library.ORIGINAL}/{name}")
    now = library.text_hash(original.text)
    if now != session.translates.hash:
        yield Problem(at, f"{name} has changed since it was translated; compare them, and then write 'hash: \"{now}\"'")
