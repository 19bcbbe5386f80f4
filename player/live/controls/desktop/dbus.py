"""An open connection to a D-Bus; the only module that knows dbus-fast.

The rule: all of it happens in one thread, but for `BusSession.tell` and `BusSession.end`; what goes wrong is raised,
and nothing is written to the terminal.
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

for _name in ("dbus_fast", "asyncio"):  # what they would complain of is raised too, and goes on no terminal
    logging.getLogger(_name).addHandler(logging.NullHandler())


class BusService(Protocol):
    """Whoever lives on a bus; all of this is called in the bus's thread."""

    async def arrive(self, line: BusConnection) -> None:
        """The connection is open."""

    def answer(self, call: BusMessage) -> Sequence[TypedValue] | BusRefusal | None:
        """What a called method returns; None where it is not ours."""

    def hear(self, signal: BusMessage) -> None:
        """A signal came."""

    def depart(self) -> None:
        """The connection is closed, or lost."""


class BusSession:
    """A partner's time on a bus, from the connection's opening to its end."""

    def __init__(self, kind: Kind, partner: BusService, address: str | None) -> None:
        self._kind: Kind = kind
        self._partner = partner
        self._address = address
        self._over = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._line: BusConnection | None = None

    def run(self) -> None:
        """Return when it is over, whoever ended it.

        Raises
        ------
        Exception
            Whatever stood in the way.
        """
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._live())

    def tell(self, say: Callable[[BusConnection], None]) -> None:
        """From any thread: have something said, if the connection is open."""
        if line := self._line:
            self._from_elsewhere(partial(say, line))

    def end(self) -> None:
        """From any thread: close the connection."""
        self._over.set()
        if self._task:
            self._from_elsewhere(self._task.cancel)

    def _from_elsewhere(self, do: Callable[[], object]) -> None:
        if self._loop:
            with contextlib.suppress(RuntimeError):  # it was closed just now
                self._loop.call_soon_threadsafe(do)

    async def _live(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._loop.set_exception_handler(lambda *_: None)
        if self._over.is_set():
            return
        line = await asyncio.wait_for(connected(self._kind, self._partner, self._address), ANSWERS_WITHIN_S)
        try:
            self._line = line  # first: what changes from now on must be told
            await self._partner.arrive(line)
            await line.gone()
        finally:
            self._line = None
            self._partner.depart()
            await line.hang_up()


class BusConnection:
    """An open connection; for use in its own thread."""

    def __init__(self, connection: MessageBus) -> None:
        self._bus = connection
        self._tasks: set[asyncio.Task[None]] = set()  # the loop itself would forget them

    async def claim(self, name: str) -> bool:
        """Whether a well-known name is ours from now on; False if somebody has it."""
        return await self._bus.request_name(name, NameFlag.DO_NOT_QUEUE) is RequestNameReply.PRIMARY_OWNER

    async def ask(self, whom: BusAddress, member: str, *arguments: TypedValue) -> tuple[Any, ...]:
        """What a method of somebody else returns; a file descriptor is ours to close.

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
        """Send a signal to whoever listens."""
        self._bus.send(Message.new_signal(path, interface, member, *_packed(arguments)))

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        """Have something done after a while, if the connection still lives."""
        asyncio.get_running_loop().call_later(seconds, do)

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Have something done that waits for answers."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def gone(self) -> None:
        """Return when the connection is lost."""
        await self._bus.wait_for_disconnect()  # type: ignore[no-untyped-call]

    async def hang_up(self) -> None:
        """Close the connection; its socket is closed too when this returns."""
        self._bus.disconnect()
        with contextlib.suppress(Exception):  # as long as it is gone
            await asyncio.wait_for(self.gone(), CLOSES_WITHIN_S)


def answers(kind: Kind) -> bool:
    """Whether there is such a bus, and it answers."""

    async def hello() -> None:
        line = await asyncio.wait_for(connected(kind, None), ANSWERS_WITHIN_S)
        await line.hang_up()

    with contextlib.suppress(Exception):
        asyncio.run(hello())
        return True
    return False


async def connected(kind: Kind, partner: BusService | None, address: str | None = None) -> BusConnection:
    """An open connection on which ``partner`` answers and hears, if there is one.

    Raises
    ------
    Exception
        Whatever stands in the way.
    """
    bus = MessageBus(address, BusType[kind.upper()], negotiate_unix_fd=True)
    if partner:
        bus.add_message_handler(lambda message: _handled(partner, message))
    return BusConnection(await bus.connect())


def _handled(partner: BusService, message: Message) -> Message | bool:
    told = BusMessage(
        message.path or "", message.interface or "", message.member or "", tuple(map(_plain, message.body))
    )
    if message.message_type is MessageType.SIGNAL:
        partner.hear(told)
    if message.message_type is not MessageType.METHOD_CALL:
        return False
    answer = partner.answer(told)
    if answer is None or message.flags & MessageFlag.NO_REPLY_EXPECTED:
        return answer is not None
    if isinstance(answer, BusRefusal):
        return Message.new_error(message, answer.error, answer.text)
    return Message.new_method_return(message, *_packed(answer))


def _packed(arguments: Sequence[TypedValue]) -> tuple[str, list[Any]]:
    """A message's signature and body."""
    return "".join(each.signature for each in arguments), [_variants(each.value) for each in arguments]


def _variants(value: Any) -> Any:  # noqa: ANN401 (D-Bus carries anything)
    """The same with every `TypedValue` in it made a variant."""
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
