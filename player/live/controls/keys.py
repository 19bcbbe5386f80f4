"""Keys of the terminal: the control for each one, and a thread that puts it into the inbox.

The table is the only place that names keys; the help on the screen is made from it. Other keys do nothing. Ctrl-C is
not read as a key: it interrupts the program as usual.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from player.live.controls.commands import Control

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from typing_extensions import Self

    from player.live.controls.inbox import Inbox

_LOOK_EVERY_S: Final = 0.1
_ENDS_WITHIN_S: Final = 1.0


@dataclass(frozen=True)
class Key:
    """A key.

    ``name`` is the terminal's name, ``label`` the name in the help, and ``does`` what the help says about it.
    """

    name: str
    label: str
    does: str
    control: Control


KEYS: Final = (
    Key(" ", "space", "pause, or go on", Control.PAUSE_OR_RESUME),
    Key("KEY_LEFT", "left", "a step back", Control.STEP_BACK),
    Key("KEY_RIGHT", "right", "a step on", Control.STEP_ON),
    Key("r", "r", "this step again", Control.REPEAT_STEP),
    Key("m", "m", "to the next section", Control.NEXT_SECTION),
    Key("KEY_UP", "up", "louder", Control.LOUDER),
    Key("KEY_DOWN", "down", "softer", Control.SOFTER),
    Key("b", "b", "background off, or on", Control.BACKGROUND),
    Key("[", "[", "background softer", Control.BED_SOFTER),
    Key("]", "]", "background louder", Control.BED_LOUDER),
    Key("g", "g", "count, words, tones, silence", Control.NEXT_GUIDANCE),
    Key("q", "q", "end softly", Control.QUIT),
    Key("?", "?", "show or hide the keys", Control.SHOW_KEYS),
)
OF_SOUND: Final = frozenset(
    {
        Control.LOUDER,
        Control.SOFTER,
        Control.BACKGROUND,
        Control.BED_SOFTER,
        Control.BED_LOUDER,
        Control.NEXT_GUIDANCE,
    }
)
"""The controls that are nothing where no sound is heard."""
SILENT_KEYS: Final = tuple(key for key in KEYS if key.control not in OF_SOUND)


def help_of(keys: Iterable[Key] = KEYS) -> tuple[tuple[str, str], ...]:
    """Each key's label, and what it does."""
    return tuple((key.label, key.does) for key in keys)


HELP: Final = help_of()


class KeySource(Protocol):
    """Reads keys, such as a terminal."""

    def take(self) -> None:
        """Read key by key from now on."""

    def give_back(self) -> None:
        """Restore the terminal."""

    def read(self, seconds: float) -> str:
        """The name of the next key; empty if none comes within ``seconds``."""


class KeyControls:
    """Reads keys in a thread until its context ends; others than ``keys`` do nothing."""

    def __init__(self, inbox: Inbox, keyboard: KeySource, keys: Iterable[Key] = KEYS) -> None:
        self._controls = {key.name: key.control for key in keys}
        self._inbox = inbox
        self._keyboard = keyboard
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="keys", daemon=True)

    def __enter__(self) -> Self:
        """Start reading keys."""
        self._keyboard.take()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop reading keys, and restore the terminal."""
        self._is_over.set()
        try:
            self._thread.join(_ENDS_WITHIN_S)
        finally:
            self._keyboard.give_back()

    def _listen(self) -> None:
        while not self._is_over.is_set():
            try:
                name = self._keyboard.read(_LOOK_EVERY_S)
            except (EOFError, OSError):
                return  # the terminal is gone
            if not name:
                self._is_over.wait(_LOOK_EVERY_S / 10)  # lets a thread that wants the terminal back have it
            elif control := self._controls.get(name if name in self._controls else name.lower()):
                self._inbox.put(control)
