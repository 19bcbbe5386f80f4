"""Single calls on a D-Bus, for threads that may wait for the answer: a lock that is asked for, a sign that is read.

The rule: no other module imports jeepney. Each call has a connection of its own and a time limit. Where jeepney, the
bus or the answer is missing, that is one kind of error. `player.live.controls.desktop.dbus` is for who stays connected.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, Any, Final

from player.live.controls.desktop.dbus_messages import BusAddress, TypedValue

if sys.platform != "win32":
    with contextlib.suppress(ImportError):  # only Linux and its relatives have a D-Bus, and so the library
        from jeepney import DBusAddress, MessageFlag, new_method_call
        from jeepney.io.blocking import open_dbus_connection
        from jeepney.wrappers import unwrap_msg

if TYPE_CHECKING:
    from player.live.controls.desktop.dbus_messages import Kind

ANSWERS_WITHIN_S: Final = 1.0
_PROPERTIES: Final = "org.freedesktop.DBus.Properties"


def call(kind: Kind, whom: BusAddress, member: str, *arguments: TypedValue) -> tuple[Any, ...]:
    """Call a method, and return its result.

    Raises
    ------
    ConnectionError
        If there is no such bus, nobody answers within `ANSWERS_WITHIN_S`, or the answer is an error.
    """
    return _call(kind, whom, member, arguments, enable_fds=False)


def held_file(kind: Kind, whom: BusAddress, member: str, *arguments: TypedValue) -> int:
    """Call a method whose result is a file descriptor, which the caller must close; raises as `call`."""
    (file,) = _call(kind, whom, member, arguments, enable_fds=True)
    number = int(file.to_raw_fd())
    os.set_inheritable(number, False)  # noqa: FBT003 (no child process may keep it)
    return number


def properties_of(kind: Kind, whom: BusAddress) -> dict[str, Any]:
    """All properties by their names; raises as `call`."""
    getter = BusAddress(whom.destination, whom.path, _PROPERTIES)
    (found,) = call(kind, getter, "GetAll", TypedValue("s", whom.interface))
    return {name: value for name, (_, value) in found.items()}


def _call(
    kind: Kind, whom: BusAddress, member: str, arguments: tuple[TypedValue, ...], *, enable_fds: bool
) -> tuple[Any, ...]:
    try:
        address = DBusAddress(whom.path, whom.destination, whom.interface)
        signature = "".join(each.signature for each in arguments) or None
        message = new_method_call(address, member, signature, tuple(each.value for each in arguments))
        message.header.flags |= MessageFlag.no_auto_start  # who is asked must be there; nothing is started for it
        with open_dbus_connection(kind.upper(), enable_fds, ANSWERS_WITHIN_S) as connection:
            return tuple(unwrap_msg(connection.send_and_get_reply(message, timeout=ANSWERS_WITHIN_S)))
    except Exception as error:  # the library has many errors, and a missing one is a missing name
        raise ConnectionError(f"{member} of {whom.destination} is not answered: {error}") from error
