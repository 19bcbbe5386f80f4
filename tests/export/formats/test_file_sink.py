from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from player.export.formats.table import FileSink

if TYPE_CHECKING:
    from pydub import AudioSegment


class NotingSink(FileSink):
    """Notes what is asked of it; closing can fail."""

    def __init__(self, *, fails_to_close: bool = False) -> None:
        self.calls: list[str] = []
        self.fails_to_close = fails_to_close

    def write(self, segment: AudioSegment) -> None:
        self.calls.append("write")

    def close(self) -> None:
        self.calls.append("close")
        if self.fails_to_close:
            raise OSError

    def abort(self) -> None:
        self.calls.append("abort")


def test_left_in_peace_it_closes() -> None:
    with NotingSink() as sink:
        sink.write(None)
    assert sink.calls == ["write", "close"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_any_exception_aborts_and_goes_on(error: type[BaseException]) -> None:
    sink = NotingSink()
    with pytest.raises(error), sink:
        raise error
    assert sink.calls == ["abort"]


def test_a_close_that_fails_aborts() -> None:
    sink = NotingSink(fails_to_close=True)
    with pytest.raises(OSError), sink:  # noqa: PT011
        pass
    assert sink.calls == ["close", "abort"]
