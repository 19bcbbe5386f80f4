"""The kind of processor: what of it can change a natural voice's samples, and nothing that cannot."""

from __future__ import annotations

import io
import platform
from typing import TYPE_CHECKING, Any

import pytest

from player.voice import processor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Told = Callable[..., str]

INTEL = """\
processor	: 0
model name	: Some CPU
flags		: fpu sse sse2 ssse3 fma sse4_1 sse4_2 avx f16c avx2 avx512f avx512_vnni amx_tile hypervisor
vmx flags	: avx_of_no_use
processor	: 1
flags		: fpu avx9
"""
ARM = """\
processor	: 0
BogoMIPS	: 50.00
Features	: fp asimd evtstrm crc32 asimdhp asimddp sve bf16 i8mm
"""


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    """The kind of a machine that tells ``cpuinfo`` of its processor, or nothing."""

    def told(cpuinfo: str | None, machine: str = "x86_64", system: str = "linux", named: str = "") -> str:
        def opened(*_: Any, **__: Any) -> io.StringIO:
            if cpuinfo is None:
                raise FileNotFoundError
            return io.StringIO(cpuinfo)

        monkeypatch.setattr(processor, "open", opened, raising=False)
        monkeypatch.setattr(platform, "machine", lambda: machine)
        monkeypatch.setattr("sys.platform", system)
        monkeypatch.setenv("PROCESSOR_IDENTIFIER", named)
        processor.kind.cache_clear()
        return processor.kind()

    yield told
    processor.kind.cache_clear()


def test_the_vector_instructions_of_the_first_processor_are_in_order(kind: Told) -> None:
    assert kind(INTEL) == "x86_64 amx_tile avx avx2 avx512_vnni avx512f f16c fma sse4_1 sse4_2"
    assert kind(ARM, "aarch64") == "aarch64 asimd asimddp asimdhp bf16 i8mm sve"


def test_what_cannot_change_a_sample_is_left_out(kind: Told) -> None:
    assert kind(INTEL.replace("Some CPU", "Another").replace("hypervisor", "smx")) == kind(INTEL)
    assert kind(INTEL.replace(" avx2", "")) != kind(INTEL)


@pytest.mark.parametrize("cpuinfo", ["", "flags", "flags:", "processor : 0\n", "\x00\xff"])
def test_a_file_that_tells_nothing_leaves_the_architecture(kind: Told, cpuinfo: str) -> None:
    assert kind(cpuinfo) == "x86_64"


def test_windows_tells_it_by_itself_and_macos_by_its_architecture(kind: Told) -> None:
    assert kind(None, "AMD64", "win32", "Intel64 Family 6 Model 140") == "amd64 Intel64 Family 6 Model 140"
    assert kind(None, "arm64", "darwin", "x") == "arm64"


def test_this_machine_tells_the_same_each_time() -> None:
    processor.kind.cache_clear()
    first = processor.kind()
    processor.kind.cache_clear()
    assert processor.kind() == first
    assert first.startswith(platform.machine().lower())
