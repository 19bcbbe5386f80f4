"""The pipeline, where all stages meet: a user's request becomes a session that is ready to be heard.

The rule: a request becomes a `Prepared` first, with every problem found, every clip spoken and the true total known.
Only then is sound played or written. Playing and export send the same blocks. It knows no arguments, and prints
nothing.
"""

from player.machine import Machine, this_machine
from player.pipeline.session import (
    Prepared,
    Progress,
    SessionRequest,
    blocks,
    check,
    known_length,
    load,
    mix,
    prepare,
    settled,
)

__all__ = [
    "Machine",
    "Prepared",
    "Progress",
    "SessionRequest",
    "blocks",
    "check",
    "known_length",
    "load",
    "mix",
    "prepare",
    "settled",
    "this_machine",
]
