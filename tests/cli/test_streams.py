"""The standard streams of a program that was started without one of them."""

from __future__ import annotations

import os
import sys

import pytest

from player.cli import _streams

FREE = 200
"""A number that no file of the tests has."""


@pytest.mark.skipif(sys.platform == "win32", reason="numbers of POSIX")
def test_a_free_number_of_a_stream_leads_nowhere_and_no_later_file_gets_it() -> None:
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(FREE)
    try:
        _streams._occupy(FREE)
        assert os.path.samestat(os.fstat(FREE), os.stat(os.devnull))  # noqa: PTH116 (of a number)
        assert os.get_inheritable(FREE)
        before = os.fstat(FREE)
        _streams._occupy(FREE)  # it is taken now, and stays as it is
        assert os.path.samestat(os.fstat(FREE), before)
    finally:
        os.close(FREE)


def test_only_what_cannot_be_encoded_is_replaced() -> None:
    error = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "odd")
    with pytest.raises(UnicodeDecodeError):
        _streams.LookAlikes()(error)
