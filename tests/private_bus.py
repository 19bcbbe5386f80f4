"""A D-Bus of the tests' own, as a desktop starts one for each login."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class PrivateBus:
    """Nobody is on it but who is given the address."""

    address: str
    daemon: subprocess.Popen[str]

    def die(self) -> None:
        if self.daemon.poll() is None:
            self.daemon.kill()
            self.daemon.communicate()


@pytest.fixture
def private_bus() -> Iterator[PrivateBus]:
    pytest.importorskip("dbus_fast", reason="needs dbus-fast: pip install dbus-fast")
    if not shutil.which("dbus-daemon"):
        pytest.skip("needs dbus-daemon: install dbus")
    daemon = subprocess.Popen(
        ["dbus-daemon", "--session", "--print-address", "--nofork", "--nosyslog"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert daemon.stdout
    bus = PrivateBus(daemon.stdout.readline().strip(), daemon)
    yield bus
    bus.die()
