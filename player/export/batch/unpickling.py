"""What Dask may unpickle in this process while a cluster is open: bytes, and its own few errors.

Dask's protocol carries pickles, and a pickle can call any function by its name. So a worker could make this machine run
what it likes. Python announces every name that a pickle looks up, wherever it is unpickled (PEP 578, the audit event
``pickle.find_class``); whatever is not on the list is refused there, before it is imported.

The rule: the list holds plain types and errors alone, nothing that does more than hold values.
"""

from __future__ import annotations

import builtins
import sys
from typing import Final

_PLAIN: Final = frozenset(
    {
        *(
            ("builtins", name)
            for name in ("bytes", "bytearray", "memoryview", "tuple", "list", "dict", "set", "frozenset")
        ),
        *(("builtins", name) for name in ("str", "int", "float", "complex", "bool", "NoneType")),
        *(
            ("builtins", name)
            for name, value in vars(builtins).items()
            if isinstance(value, type) and issubclass(value, BaseException)
        ),
        *(("collections", name) for name in ("deque", "defaultdict", "OrderedDict")),
        *(("distributed.scheduler", name) for name in ("KilledWorker", "WorkerState", "NoValidWorkerError")),
        *(("tblib.pickling_support", name) for name in ("unpickle_exception", "unpickle_exception_with_attrs")),
        ("distributed.core", "Status"),
        ("distributed.comm.core", "CommClosedError"),
    }
)
"""Dask tells of a worker that died in a `KilledWorker`, which holds the rest. tblib makes errors of classes and values,
each of which must be on the list, too."""


class RefusedPickleError(TypeError):
    """A pickle names what is not on the list. A `TypeError`, because Dask goes on after one in a traceback."""


class PlainPickles:
    """Refuses all other pickles of this process until `close`; ``refused`` is the first name that was refused.

    A hook can never be removed from Python; after `close` it does nothing.
    """

    def __init__(self) -> None:
        self.refused = ""
        self._open = True
        sys.addaudithook(self._look)

    def close(self) -> None:
        """Refuse nothing any more."""
        self._open = False

    def _look(self, event: str, arguments: tuple[object, ...]) -> None:
        if event != "pickle.find_class" or not self._open or arguments in _PLAIN:
            return
        name = ".".join(map(str, arguments))[:100]
        if not name.startswith("tblib."):  # tracebacks, which nobody reads
            self.refused = self.refused or name
        raise RefusedPickleError(f"{name} is nothing that a cluster may send")
