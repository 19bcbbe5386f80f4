"""What goes over a D-Bus, as values that know nothing of any library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Kind = Literal["session", "system"]


class TypedValue(NamedTuple):
    """A value and its D-Bus signature, such as ``("x", 1000)``; where D-Bus wants a variant, it becomes one."""

    signature: str
    value: Any


class BusAddress(NamedTuple):
    """Whom a call is for."""

    destination: str
    path: str
    interface: str


@dataclass(frozen=True)
class BusMessage:
    """What came over a bus: somebody calls a method of ours, or a signal that was asked for.

    ``body`` are its arguments; variants have become plain values.
    """

    path: str
    interface: str
    member: str
    body: tuple[Any, ...]


@dataclass(frozen=True)
class BusRefusal:
    """An answer that says no; ``error`` is a D-Bus error's name."""

    error: str
    text: str
