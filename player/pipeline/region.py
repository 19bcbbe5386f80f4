"""The country that the listener is in.

It is that of the option ``--region``, or of PLAYER_REGION, or of the listener's settings, or what this machine is set
to. The first three are somebody's word, so a country without numbers is an error. The last is a guess, and a country
without numbers, or one that the clock contradicts, is none.
"""

from __future__ import annotations

import locale
import os
import sys
import time
from typing import TYPE_CHECKING, Final

from player import settings
from player.script import regions

if sys.platform == "win32":
    import ctypes

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE: Final = "PLAYER_REGION"
_LOCALES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The first of these that is set decides, as everywhere (POSIX, chapter 8.2)."""
_LONGEST_NAME: Final = 85  # LOCALE_NAME_MAX_LENGTH of Windows


def of_listener(option: str | None) -> str | None:
    """The code of the listener's country; None where nobody says, and this machine does not tell.

    Raises
    ------
    UsageError
        If numbers of the country that is named are not known.
    """
    if option is not None:
        return regions.named(option, "--region")
    if named := os.environ.get(VARIABLE):
        return regions.named(named, f"the variable {VARIABLE}")
    if (kept := settings.stored()) and "region" in kept.general:
        return regions.named(kept.general["region"], f"region in {kept.path}")
    return regions.of_locale(locale_name(os.environ), time.localtime().tm_gmtoff / 3600)


def locale_name(environ: Mapping[str, str]) -> str:
    """The name of this machine's locale, such as ``en_GB.UTF-8``; empty where it has none."""
    found = next((environ[name] for name in _LOCALES if environ.get(name)), None)
    if found is not None:
        return found
    if sys.platform == "win32":
        name = ctypes.create_unicode_buffer(_LONGEST_NAME)
        ctypes.windll.kernel32.GetUserDefaultLocaleName(name, _LONGEST_NAME)
        return name.value
    return locale.getlocale()[0] or ""
