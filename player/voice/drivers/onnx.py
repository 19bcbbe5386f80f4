"""How onnxruntime runs the models of hibari and Piper: on one thread, frugal with memory, and without a network.

The rule: the samples depend on no number of cores, and nothing is told to anybody.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# Since 1.29, the official wheels of onnxruntime write a lasting identifier into the user's cache folder and send what
# they do to Microsoft, on every system, unless this is set before they are loaded (Privacy.md in the wheel).
os.environ["ORT_DISABLE_TELEMETRY"] = "1"


def session(path: str) -> Any:  # noqa: ANN401 (onnxruntime publishes no types)
    """An ``InferenceSession`` of a model, which lays no memory out beforehand: Piper held 770 MB, and holds 490.

    What a run held stays for the next one: to ask for it each time would take Piper 40 % more of a processor.
    """
    onnxruntime = _package()
    options = onnxruntime.SessionOptions()
    options.enable_mem_pattern = False
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


@contextmanager
def frugal() -> Iterator[None]:
    """Sessions whose options are made meanwhile lay no memory out beforehand, and give back what a run held.

    hibari lets nobody choose the options of its own. The samples are the same, and so is the time; a process that
    speaks with hibari held 288 MB, and holds 235.
    """
    onnxruntime = _package()
    own = onnxruntime.SessionOptions

    def options() -> Any:  # noqa: ANN401 (as above)
        made = own()
        made.enable_cpu_mem_arena = made.enable_mem_pattern = False
        return made

    onnxruntime.SessionOptions = options
    try:
        yield
    finally:
        onnxruntime.SessionOptions = own


def _package() -> Any:  # noqa: ANN401 (as above)
    import onnxruntime  # noqa: PLC0415 (0.1 s, and only to speak)

    return onnxruntime
