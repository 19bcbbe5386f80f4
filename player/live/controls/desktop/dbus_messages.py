"""The messages of a D-Bus, as values that depend on no library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Kind = Literal["session", "system"]


class TypedValue(NamedTuple):
    """A value and its D-Bus signature, such as ``("x", 1000)``; nested ones become variants."""

    signature: str
    value: Any


class BusAddress(NamedTuple):
    """The object that a call is sent to."""

    destination: str
    path: str
    interface: str


@dataclass(frozen=True)
class BusMessage:
    """A message that has arrived: a call of one of our methods, or a signal.

    ``body`` are its arguments; variants have become plain values.
    """

    path: str
    interface: str
    member: str
    body: tuple[Any, ...]


@dataclass(frozen=True)
class BusRefusal:
    """An error as an answer; ``error`` is the name of a D-Bus error."""

    error: str
    text: str
