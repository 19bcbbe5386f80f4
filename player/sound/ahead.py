"""Several results at once, in the order in which they are wanted.

The rule: only a few are made before they are asked for, and when nobody asks any more, no thread is left. What is made
must be a function of its arguments alone. It knows nothing of sound.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from concurrent.futures import Future

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_EACH: Final = 2
"""Results that a worker may be ahead by."""


def made_ahead(make: Callable[[_Item], _Result], items: Iterable[_Item], workers: int) -> Generator[_Result]:
    """The result of each item, in order; made by so many threads, or where they are asked for if there is one worker.

    What goes wrong is raised where the result is asked for.
    """
    if workers == 1:
        yield from map(make, items)
        return
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  (live playing needs none)

    pool = ThreadPoolExecutor(workers, thread_name_prefix="mix")
    pending: deque[Future[_Result]] = deque()
    try:
        for item in items:
            pending.append(pool.submit(make, item))
            if len(pending) > _EACH * workers:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
