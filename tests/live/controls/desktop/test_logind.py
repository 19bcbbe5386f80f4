"""The announcement of a sleep, by a small logind on a bus of its own."""

from __future__ import annotations

import asyncio
import os
import select
from typing import TYPE_CHECKING, Any

from player.live.controls.desktop import logind
from player.live.controls.desktop.logind import MANAGER, Logind
from player.live.controls.inbox import Inbox
from player.live.controls.sleep import SLEPT
from player.live.observer import PlaybackState
from tests.fakes_controls import MINUTE, TIMEOUT_S, left, taken

if TYPE_CHECKING:
    import pytest

    from tests.private_bus import PrivateBus


class FakeLogind:
    """Grants delays, unless it ``refuses``; the holder of a delay has the other end of a pipe."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.delays: asyncio.Queue[int] = asyncio.Queue()
        self._refuses = refuses
        self._bus: Any = None

    async def start(self, address: str) -> None:
        from dbus_fast.aio import MessageBus  # noqa: PLC0415 (it may be missing)

        self._bus = await MessageBus(address, negotiate_unix_fd=True).connect()
        self._bus.add_message_handler(self._answer)
        await self._bus.request_name(MANAGER.destination)

    async def prepare_for_sleep(self, begins: bool) -> None:
        from dbus_fast import Message  # noqa: PLC0415 (see above)

        await self._bus.send(Message.new_signal(MANAGER.path, MANAGER.interface, "PrepareForSleep", "b", [begins]))

    async def delay(self) -> int:
        return await asyncio.wait_for(self.delays.get(), TIMEOUT_S)

    @staticmethod
    def is_held(delay: int) -> bool:
        return not select.select([delay], [], [], 0)[0]

    @staticmethod
    async def given_back(delay: int) -> None:
        """Return when it is released."""
        assert await asyncio.wait_for(asyncio.to_thread(os.read, delay, 1), TIMEOUT_S) == b""
        os.close(delay)

    def stop(self) -> None:
        self._bus.disconnect()

    def _answer(self, call: Any) -> Any:
        from dbus_fast import Message  # noqa: PLC0415 (see above)

        if call.member != "Inhibit":
            return None
        assert call.body == ["sleep", "player", "the sound is faded out", "delay"]
        ours, theirs = os.pipe()
        asyncio.get_running_loop().call_later(0.1, self._sent, ours, theirs)
        if self._refuses:
            return Message.new_error(call, "org.freedesktop.DBus.Error.AccessDenied", "no")
        return Message.new_method_return(call, "h", [0], [theirs])

    def _sent(self, ours: int, theirs: int) -> None:
        os.close(theirs)
        self.delays.put_nowait(ours)


def test_the_pause_comes_before_the_sleep(private_bus: PrivateBus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logind, "FADES_WITHIN_S", 0.2)
    inbox = Inbox()
    observer = Logind(inbox, private_bus.address)

    async def night() -> None:
        system = FakeLogind()
        await system.start(private_bus.address)
        observer.begin(MINUTE)
        first = await system.delay()
        assert system.is_held(first)
        await system.prepare_for_sleep(begins=True)
        assert await asyncio.to_thread(taken, inbox) == SLEPT
        await system.given_back(first)
        await system.prepare_for_sleep(begins=False)
        second = await system.delay()
        observer.show(PlaybackState(0, is_paused=True))
        await system.prepare_for_sleep(begins=True)
        await system.given_back(second)
        await system.prepare_for_sleep(begins=False)
        third = await system.delay()
        observer.end()
        await system.given_back(third)
        system.stop()

    asyncio.run(night())
    assert left(inbox) == []


def test_without_a_delay_it_pauses_all_the_same(private_bus: PrivateBus) -> None:
    inbox = Inbox()
    observer = Logind(inbox, private_bus.address)

    async def night() -> None:
        system = FakeLogind(refuses=True)
        await system.start(private_bus.address)
        observer.begin(MINUTE)
        await system.delay()
        await system.prepare_for_sleep(begins=True)
        assert await asyncio.to_thread(taken, inbox) == SLEPT
        system.stop()

    asyncio.run(night())
    observer.end()


def test_without_logind_it_is_silently_absent(private_bus: PrivateBus, capfd: pytest.CaptureFixture[str]) -> None:
    observer = Logind(Inbox(), private_bus.address)
    observer.begin(MINUTE)
    observer.show(PlaybackState(0))
    observer.end()
    observer.end()
    assert capfd.readouterr() == ("", "")
