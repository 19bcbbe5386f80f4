"""What comes next, made while what came before is still at work on; and what is needed last, made meanwhile.

The rule: only a few results are made before they are asked for, in one thread, in order; and when nobody asks any more,
no thread is left. One and not several: whoever mixes needs the interpreter's lock for much of the time, and two who
want it take longer together than one alone (half an hour on two cores: 0.9 s, and 0.7 s by one). What is made is not
known here.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

_Result = TypeVar("_Result")
_MOST: Final = 6


def made_ahead(results: Generator[_Result]) -> Generator[_Result]:
    """The same results, none of which is None, a few of them made before they are asked for.

    What goes wrong is raised where the result is asked for. Closing this closes the other.
    """
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  (live playing needs none)

    maker = ThreadPoolExecutor(1, thread_name_prefix="mix")
    pending = deque(maker.submit(next, results, None) for _ in range(_MOST))
    try:
        while (result := pending.popleft().result()) is not None:
            pending.append(maker.submit(next, results, None))
            yield result
    finally:
        maker.shutdown(cancel_futures=True)
        results.close()


def meanwhile(make: Callable[[], _Result]) -> Callable[[], _Result]:
    """What gives the result, which is made from now on in a thread of its own; who asks early waits.

    What goes wrong is raised where the result is asked for.
    """
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  (live playing needs none)

    maker = ThreadPoolExecutor(1, thread_name_prefix="meanwhile")
    result = maker.submit(make)
    maker.shutdown(wait=False)
    return result.result
