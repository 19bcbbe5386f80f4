"""The language that the listener speaks.

It is that of the option ``--language``, or of PLAYER_LANGUAGE, or of the listener's settings, or what this machine is
set to. A session that is named without a language is taken in it where there is a translation, and in English
elsewhere.
"""

from __future__ import annotations

import os
from typing import Final

from player import settings
from player.pipeline.region import locale_name
from player.script import languages, library, tags

VARIABLE: Final = "PLAYER_LANGUAGE"


def of_listener(option: str | None = None) -> str:
    """The tag of the listener's language, as the folder of its sessions has it; English where none is known.

    Raises
    ------
    UsageError
        If there are no words of the language that is named.
    """
    if option is not None:
        return languages.named(option, "--language")
    if named := os.environ.get(VARIABLE):
        return languages.named(named, f"the variable {VARIABLE}")
    if (kept := settings.stored()) and "language" in kept.general:
        return languages.named(kept.general["language"], f"language in {kept.path}")
    spoken = tags.of_locale(locale_name(os.environ))
    return (tags.nearest(spoken, library.languages()) if spoken else None) or library.ORIGINAL


def session(name: str) -> str:
    """The session that a listener means by a name: its translation into their language, where there is one."""
    return library.in_language(name, of_listener())
