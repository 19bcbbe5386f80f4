"""The pipeline, where all stages meet: what a user asks for becomes a session that is ready to be heard.

The rule: a session becomes a `Prepared` first, with every problem found, every clip spoken and the true total known;
only then does a sound go anywhere. Live playing and export send the same blocks. It knows no arguments, and prints
nothing.
"""

from player.machine import Machine, this_machine
from player.pipeline.session import (
    Prepared,
    Progress,
    SessionRequest,
    blocks,
    check,
    load,
    mix,
    prepare,
    settled,
    told_length,
)

__all__ = [
    "Machine",
    "Prepared",
    "Progress",
    "SessionRequest",
    "blocks",
    "check",
    "load",
    "mix",
    "prepare",
    "settled",
    "this_machine",
    "told_length",
]
