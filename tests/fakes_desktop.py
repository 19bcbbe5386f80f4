"""A desktop on a private bus: it answers calls and properties from a table that a test may change at any time."""

from __future__ import annotations

import asyncio
import os
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

TIMEOUT_S = 20.0
PROPERTIES = "org.freedesktop.DBus.Properties"


class Answer(NamedTuple):
    """A result with its signature; the signature ``h`` hands out the end of a pipe, whose other end is kept."""

    signature: str
    value: Any = None


@dataclass
class FakeDesktop:
    """Owns ``names`` on a bus while its context lasts.

    ``methods`` are by interface and member; ``properties`` are by interface and name; ``silent`` members get no answer.
    ``calls`` are the calls that came, with their arguments. ``pipes`` are the kept ends of what was handed out.
    """

    address: str
    names: tuple[str, ...]
    methods: dict[tuple[str, str], Answer] = field(default_factory=dict)
    properties: dict[tuple[str, str], Answer] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    pipes: list[int] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._ready, self._over = threading.Event(), asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), daemon=True)
        self._thread.start()
        assert self._ready.wait(TIMEOUT_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(TIMEOUT_S)
        self._loop.close()
        for each in self.pipes:
            os.close(each)

    async def _serve(self) -> None:
        from dbus_fast.aio import MessageBus  # noqa: PLC0415 (it may be missing)

        bus = await MessageBus(self.address, negotiate_unix_fd=True).connect()
        bus.add_message_handler(self._answer)
        for name in self.names:
            await bus.request_name(name)
        self._ready.set()
        await self._over.wait()
        bus.disconnect()
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]

    def _answer(self, call: Any) -> Any:
        from dbus_fast import Message, MessageType, Variant  # noqa: PLC0415 (as above)

        if call.message_type is not MessageType.METHOD_CALL or not call.destination:
            return None
        self.calls.append((call.member, *call.body))
        if call.member in self.silent:
            return True
        if call.interface == PROPERTIES:
            held = {name: Variant(*each) for (whose, name), each in self.properties.items() if whose == call.body[0]}
            return Message.new_method_return(call, "a{sv}", [held]) if held else None
        answer = self.methods.get((call.interface, call.member))
        if answer is None or answer.signature != "h":
            return answer and Message.new_method_return(call, answer.signature, [answer.value] * bool(answer.signature))
        ours, theirs = os.pipe()
        self.pipes.append(ours)
        self._loop.call_later(0.2, os.close, theirs)  # when the message has been sent
        return Message.new_method_return(call, "h", [0], [theirs])
