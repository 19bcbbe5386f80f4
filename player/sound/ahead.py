"""Computing in another thread: results ahead of their use, or one result in the background.

The rule: only a few results are computed ahead, in one thread, in order; when the consumer stops, no thread is left.
One thread and not several: mixing needs the interpreter's lock for much of the time, and two threads that want it take
longer together than one alone (half an hour on two cores: 0.9 s, and 0.7 s by one). It does not know what is computed.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

_Result = TypeVar("_Result")
_MOST_PENDING: Final = 6


def computed_ahead(results: Generator[_Result]) -> Generator[_Result]:
    """The same results, none of which is None; a few are computed ahead.

    An error is raised where its result is read. Closing this generator closes ``results``.
    """
    executor = ThreadPoolExecutor(1, thread_name_prefix="mix")
    pending = deque(executor.submit(next, results, None) for _ in range(_MOST_PENDING))
    try:
        while (result := pending.popleft().result()) is not None:
            pending.append(executor.submit(next, results, None))
            yield result
    finally:
        executor.shutdown(cancel_futures=True)
        results.close()


def in_background(make: Callable[[], _Result]) -> Callable[[], _Result]:
    """Start computing a result in a thread of its own; returns a function that waits for it.

    An error is raised where the result is read.
    """
    executor = ThreadPoolExecutor(1, thread_name_prefix="meanwhile")
    result = executor.submit(make)
    executor.shutdown(wait=False)
    return result.result
