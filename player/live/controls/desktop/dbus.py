"""An open connection to a D-Bus.

The rule: no other module imports dbus-fast. All code runs in one thread, except `BusSession.call_soon` and
`BusSession.end`. Errors are raised, and nothing is written to the terminal.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from dbus_fast import BusType, Message, MessageFlag, MessageType, NameFlag, RequestNameReply, Variant
from dbus_fast.aio import MessageBus

from player.live.controls.desktop.dbus_messages import BusMessage, BusRefusal, TypedValue

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from player.live.controls.desktop.dbus_messages import BusAddress, Kind

ANSWERS_WITHIN_S: Final = 3.0
CLOSES_WITHIN_S: Final = 0.1

for _name in ("dbus_fast", "asyncio"):  # their errors are raised, too, so they need not be logged to the terminal
    logging.getLogger(_name).addHandler(logging.NullHandler())


class BusService(Protocol):
    """Answers calls and receives signals; all methods are called in the bus's thread."""

    async def connected(self, connection: BusConnection) -> None:
        """The connection is open."""

    def answer(self, call: BusMessage) -> Sequence[TypedValue] | BusRefusal | None:
        """The result of a called method; None if there is no such method."""

    def received(self, signal: BusMessage) -> None:
        """A signal has arrived."""

    def disconnected(self) -> None:
        """The connection is closed, or lost."""


class BusSession:
    """The connection of a service, from its opening to its end."""

    def __init__(self, kind: Kind, service: BusService, address: str | None) -> None:
        self._kind: Kind = kind
        self._service = service
        self._address = address
        self._over = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._connection: BusConnection | None = None

    def run(self) -> None:
        """Connect, and return when the connection has ended.

        Raises
        ------
        Exception
            Any error of the connection.
        """
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._serve())

    def call_soon(self, do: Callable[[BusConnection], None]) -> None:
        """From any thread: call ``do`` with the connection in its thread, if it is open."""
        if connection := self._connection:
            self._from_elsewhere(partial(do, connection))

    def end(self) -> None:
        """From any thread: close the connection."""
        self._over.set()
        if self._task:
            self._from_elsewhere(self._task.cancel)

    def _from_elsewhere(self, do: Callable[[], object]) -> None:
        if self._loop:
            with contextlib.suppress(RuntimeError):  # it was closed just now
                self._loop.call_soon_threadsafe(do)

    async def _serve(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._loop.set_exception_handler(lambda *_: None)
        if self._over.is_set():
            return
        connection = await asyncio.wait_for(connect(self._kind, self._service, self._address), ANSWERS_WITHIN_S)
        try:
            self._connection = connection  # first: changes from now on must be sent
            await self._service.connected(connection)
            await connection.closed()
        finally:
            self._connection = None
            self._service.disconnected()
            await connection.close()


class BusConnection:
    """An open connection; use it in its own thread only."""

    def __init__(self, bus: MessageBus) -> None:
        self._bus = bus
        self._tasks: set[asyncio.Task[None]] = set()  # the event loop keeps only weak references to them

    async def claim_name(self, name: str) -> bool:
        """Request a well-known name; False if another program has it."""
        return await self._bus.request_name(name, NameFlag.DO_NOT_QUEUE) is RequestNameReply.PRIMARY_OWNER

    async def call(self, whom: BusAddress, member: str, *arguments: TypedValue) -> tuple[Any, ...]:
        """Call a method of another program, and return its result; the caller must close a file descriptor.

        Raises
        ------
        ConnectionError
            If the answer is an error, or none comes.
        """
        signature, body = _packed(arguments)
        call = self._bus.call(Message(*whom, member, signature=signature, body=body))
        try:
            reply = await asyncio.wait_for(call, ANSWERS_WITHIN_S)
        except asyncio.TimeoutError:  # a plain TimeoutError only from Python 3.11 on
            raise ConnectionError(f"{member} is not answered") from None
        if reply.message_type is not MessageType.METHOD_RETURN:
            raise ConnectionError(f"{member} failed: {reply.error_name}")
        return tuple(reply.unix_fds if reply.signature == "h" else map(_plain, reply.body))

    def emit(self, path: str, interface: str, member: str, *arguments: TypedValue) -> None:
        """Send a signal."""
        self._bus.send(Message.new_signal(path, interface, member, *_packed(arguments)))

    def call_later(self, seconds: float, do: Callable[[], None]) -> None:
        """Call ``do`` after some seconds, if the connection is still open."""
        asyncio.get_running_loop().call_later(seconds, do)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine that waits for answers."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def closed(self) -> None:
        """Return when the connection is lost."""
        await self._bus.wait_for_disconnect()  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        """Close the connection; its socket is closed too when this returns."""
        self._bus.disconnect()
        with contextlib.suppress(Exception):  # any error means that it is gone
            await asyncio.wait_for(self.closed(), CLOSES_WITHIN_S)


def answers(kind: Kind) -> bool:
    """Whether there is such a bus, and it answers."""

    async def hello() -> None:
        connection = await asyncio.wait_for(connect(kind, None), ANSWERS_WITHIN_S)
        await connection.close()

    with contextlib.suppress(Exception):
        asyncio.run(hello())
        return True
    return False


async def connect(kind: Kind, service: BusService | None, address: str | None = None) -> BusConnection:
    """Open a connection, and pass messages to ``service``, if one is given.

    Raises
    ------
    Exception
        Any error of the connection.
    """
    bus = MessageBus(address, BusType[kind.upper()], negotiate_unix_fd=True)
    if service:
        bus.add_message_handler(lambda message: _handled(service, message))
    return BusConnection(await bus.connect())


def _handled(service: BusService, message: Message) -> Message | bool:
    received = BusMessage(
        message.path or "", message.interface or "", message.member or "", tuple(map(_plain, message.body))
    )
    if message.message_type is MessageType.SIGNAL:
        service.received(received)
    if message.message_type is not MessageType.METHOD_CALL:
        return False
    answer = service.answer(received)
    if answer is None or message.flags & MessageFlag.NO_REPLY_EXPECTED:
        return answer is not None
    if isinstance(answer, BusRefusal):
        return Message.new_error(message, answer.error, answer.text)
    return Message.new_method_return(message, *_packed(answer))


def _packed(arguments: Sequence[TypedValue]) -> tuple[str, list[Any]]:
    """A message's signature and body."""
    return "".join(each.signature for each in arguments), [_variants(each.value) for each in arguments]


def _variants(value: Any) -> Any:  # noqa: ANN401 (D-Bus carries anything)
    """The value, with every `TypedValue` in it made a variant."""
    match value:
        case TypedValue():
            return Variant(value.signature, _variants(value.value))
        case dict():
            return {name: _variants(each) for name, each in value.items()}
        case list():
            return [_variants(each) for each in value]
    return value


def _plain(value: Any) -> Any:  # noqa: ANN401 (D-Bus carries anything)
    return value.value if isinstance(value, Variant) else value
