"""A connection to a D-Bus, in a thread of its own; the only module that knows dbus-fast.

The rule: where anything is missing or goes wrong, the library, the bus, an answer, the connection is absent, and nobody
hears of it. It never keeps whoever plays waiting: opening and telling return at once, closing within `LEAVES_WITHIN_S`.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dbus_fast import Message
    from dbus_fast.aio import MessageBus

ANSWERS_WITHIN_S: Final = 3.0
LEAVES_WITHIN_S: Final = 0.15

Kind = Literal["session", "system"]


class Typed(NamedTuple):
    """A value and its D-Bus signature, such as ``("x", 1000)``; where D-Bus wants a variant, it becomes one."""

    signature: str
    value: Any


@dataclass(frozen=True)
class Told:
    """What came over a bus: somebody calls a method of ours, or a signal that was asked for.

    ``body`` are its arguments; variants have become plain values.
    """

    path: str
    interface: str
    member: str
    body: tuple[Any, ...]


@dataclass(frozen=True)
class Refused:
    """An answer that says no; ``error`` is a D-Bus error's name."""

    error: str
    text: str


class Partner(Protocol):
    """Whoever lives on a bus; all of this is called in the bus's thread."""

    async def arrive(self, line: Line) -> None:
        """The connection is open."""

    def answer(self, call: Told) -> Sequence[Typed] | Refused | None:
        """What a called method returns; None where it is not ours."""

    def hear(self, signal: Told) -> None:
        """A signal came."""

    def depart(self) -> None:
        """The connection is closed, or lost."""


class Bus:
    """A partner's connection; ``address`` is another bus than the usual one of its kind."""

    def __init__(self, kind: Kind, partner: Partner, address: str | None = None) -> None:
        self._kind: Kind = kind
        self._partner = partner
        self._address = address
        self._closing = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._life: asyncio.Task[None] | None = None
        self._line: Line | None = None
        self._thread = threading.Thread(target=self._run, name=f"{kind} bus", daemon=True)

    @property
    def is_alive(self) -> bool:
        """It is connected, or may yet be."""
        return self._thread.is_alive()

    def open(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def tell(self, say: Callable[[Line], None]) -> None:
        """Have something said in the bus's thread; nothing happens where nobody is connected."""
        with contextlib.suppress(RuntimeError):  # its loop may have been closed just now
            if self._loop and self._line:
                self._loop.call_soon_threadsafe(say, self._line)

    def close(self) -> None:
        """Disconnect; a thread that is busy otherwise is left behind, and ends with the program."""
        self._closing.set()
        with contextlib.suppress(RuntimeError):
            if self._loop and self._life:
                self._loop.call_soon_threadsafe(self._life.cancel)
        if self._thread.is_alive():
            self._thread.join(LEAVES_WITHIN_S)

    def _run(self) -> None:
        with contextlib.suppress(Exception, asyncio.CancelledError):
            for name in ("dbus_fast", "asyncio"):  # what they would complain of is absence, and goes on no terminal
                logging.getLogger(name).addHandler(logging.NullHandler())
            asyncio.run(self._live())

    async def _live(self) -> None:
        self._loop, self._life = asyncio.get_running_loop(), asyncio.current_task()
        self._loop.set_exception_handler(lambda *_: None)
        if self._closing.is_set():
            return
        line = await asyncio.wait_for(connected(self._kind, self._partner, self._address), ANSWERS_WITHIN_S)
        try:
            await self._partner.arrive(line)
            self._line = line
            await line.gone()
        finally:
            self._line = None
            line.hang_up()
            self._partner.depart()


class Line:
    """An open connection; for use in its own thread."""

    def __init__(self, connection: MessageBus) -> None:
        self._bus = connection

    async def claim(self, name: str) -> bool:
        """Whether a well-known name is ours from now on; False if somebody has it."""
        do_not_queue, we_own_it = 4, 1
        (reply,) = await self.ask(_BUS, "RequestName", Typed("s", name), Typed("u", do_not_queue))
        return bool(reply == we_own_it)

    async def listen(self, rule: str) -> None:
        """Have the signals that fit a match rule sent to the partner."""
        await self.ask(_BUS, "AddMatch", Typed("s", rule))

    async def ask(self, whom: Address, member: str, *arguments: Typed) -> tuple[Any, ...]:
        """What a method of somebody else returns; file descriptors as numbers that are ours to close.

        Raises
        ------
        ConnectionError
            If the answer is an error.
        TimeoutError
            If none comes.
        """
        from dbus_fast import MessageType  # noqa: PLC0415 (it takes 0.1 s to load, and may be missing)

        message = _message(*whom, member, arguments)
        reply = await asyncio.wait_for(self._bus.call(message), ANSWERS_WITHIN_S)
        if reply.message_type is not MessageType.METHOD_RETURN:
            raise ConnectionError(f"{member} failed")
        return tuple(reply.unix_fds if reply.signature == "h" else map(_plain, reply.body))

    def emit(self, path: str, interface: str, member: str, *arguments: Typed) -> None:
        """Send a signal to whoever listens."""
        from dbus_fast import Message  # noqa: PLC0415 (see above)

        signature, body = _packed(arguments)
        self._bus.send(Message.new_signal(path, interface, member, signature, body))

    async def gone(self) -> None:
        """Return when the connection is lost."""
        await self._bus.wait_for_disconnect()  # type: ignore[no-untyped-call]

    def hang_up(self) -> None:
        """Close the connection."""
        self._bus.disconnect()


class Address(NamedTuple):
    """Whom a call is for."""

    destination: str
    path: str
    interface: str


_BUS: Final = Address("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")


def installed() -> bool:
    """Whether the library is there."""
    return importlib.util.find_spec("dbus_fast") is not None


def reachable(kind: Kind) -> bool:
    """Whether there is such a bus, and it answers."""

    async def hello() -> None:
        (await asyncio.wait_for(connected(kind, None), ANSWERS_WITHIN_S)).hang_up()

    with contextlib.suppress(Exception):
        asyncio.run(hello())
        return True
    return False


async def connected(kind: Kind, partner: Partner | None, address: str | None = None) -> Line:
    """An open connection on which ``partner`` answers and hears, if there is one.

    Raises
    ------
    Exception
        Whatever stands in the way.
    """
    from dbus_fast import BusType  # noqa: PLC0415 (see above)
    from dbus_fast.aio import MessageBus  # noqa: PLC0415

    bus = MessageBus(address, BusType[kind.upper()], negotiate_unix_fd=True)
    if partner:
        bus.add_message_handler(lambda message: _handled(partner, message))
    return Line(await bus.connect())


def _handled(partner: Partner, message: Message) -> Message | bool:
    from dbus_fast import Message, MessageFlag, MessageType  # noqa: PLC0415 (see above)

    told = Told(message.path or "", message.interface or "", message.member or "", tuple(map(_plain, message.body)))
    if message.message_type is MessageType.SIGNAL:
        partner.hear(told)
    if message.message_type is not MessageType.METHOD_CALL:
        return False
    answer = partner.answer(told)
    if answer is None or message.flags & MessageFlag.NO_REPLY_EXPECTED:
        return answer is not None
    if isinstance(answer, Refused):
        return Message.new_error(message, answer.error, answer.text)
    return Message.new_method_return(message, *_packed(answer))


def _message(destination: str, path: str, interface: str, member: str, arguments: Sequence[Typed]) -> Message:
    from dbus_fast import Message  # noqa: PLC0415 (see above)

    signature, body = _packed(arguments)
    return Message(destination, path, interface, member, signature=signature, body=body)


def _packed(arguments: Sequence[Typed]) -> tuple[str, list[Any]]:
    """A message's signature and body."""
    return "".join(each.signature for each in arguments), [_variants(each.value) for each in arguments]


def _variants(value: Any) -> Any:  # noqa: ANN401 (D-Bus carries anything)
    """The same with every `Typed` in it made a variant."""
    from dbus_fast import Variant  # noqa: PLC0415 (see above)

    match value:
        case Typed():
            return Variant(value.signature, _variants(value.value))
        case dict():
            return {name: _variants(each) for name, each in value.items()}
        case list():
            return [_variants(each) for each in value]
    return value


def _plain(value: Any) -> Any:  # noqa: ANN401 (D-Bus carries anything)
    from dbus_fast import Variant  # noqa: PLC0415 (see above)

    return value.value if isinstance(value, Variant) else value
