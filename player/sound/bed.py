"""A bed: any sound file as a loop without a seam, at the voice's loudness, in the store.

The rule: a loop at a moment is ``loop[moment % length]``, so a programme may start anywhere, and blocks of any length
give the same samples. A file is conformed once and found by its content; after that, opening it decodes nothing. A long
file is read where it lies (`player.sound.long_loop`). A bed does not know its level at a time.

A bundled bed is two loops of lengths without a common measure, which sound together: so it does not come round for an
hour, and its files are small.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

import numpy as np

from player.errors import MediaError, printable
from player.script import library
from player.sound.conform import decode, must_be_readable
from player.sound.join import seamless
from player.sound.long_loop import open_long_loop
from player.sound.sides import EVEN, Balance, SidesMeter, is_balance
from player.sound.stored import LARGE, REFERENCE_LUFS, Stored, draft, is_stored, measured, source_digest
from player.storage.facts import is_number
from player.storage.store import Draft
from player.units import CHANNELS, RATE, gain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from player.sound.bed_renderer import LoopedSound
    from player.storage.store import JSON, Entry, Store

SHORTEST_FRAMES: Final = RATE // 5
LONGEST_FRAMES: Final = 2 * 3600 * RATE
"""Of a longer file that cannot be read where it lies, the first two hours are the bed; they are 1.4 GB in the store."""
HEARD_AGAIN_FRAMES: Final = 3 * RATE
"""What comes round sooner than this is heard as a rhythm."""

_TOGETHER_S: Final = 120
"""Of two loops, so much is measured."""
SCHEMA: Final = 4


class Samples(Protocol):
    """16-bit samples of shape ``(frames, 2)``: an array, or an entry of the store."""

    def __len__(self) -> int: ...

    def __getitem__(self, span: slice, /) -> NDArray[np.int16]: ...


@dataclass(frozen=True, eq=False)
class StoredLoop:
    """A loop that is always there.

    Attributes
    ----------
    samples
        Usually in the store.
    scale
        Factor that makes them float samples at the loop's level, full scale 1.0.
    """

    samples: Samples
    scale: float

    @property
    def length_frames(self) -> int:
        """Frames of one round."""
        return len(self.samples)

    def read(self, start: int, frames: int) -> NDArray[np.float32]:
        """The loop from frame ``start`` of the programme on: float32, shape ``(frames, 2)``.

        Peaks may pass 1.0: the level that is taken off afterwards makes room for them.
        """
        samples = np.empty((frames, CHANNELS), np.float32)
        filled = 0
        while filled < frames:
            at = (start + filled) % len(self.samples)
            part = self.samples[at : at + frames - filled]
            np.multiply(part, np.float32(self.scale), out=samples[filled : filled + len(part)])
            filled += len(part)
        return samples


@dataclass(frozen=True, eq=False)
class OneSide:
    """A loop of which one side is played on both, as loud as the two were."""

    loop: LoopedSound
    side: int
    gain: float

    @property
    def length_frames(self) -> int:
        """Frames of one round."""
        return self.loop.length_frames

    def read(self, start: int, frames: int) -> NDArray[np.float32]:
        """As of any loop."""
        one = self.loop.read(start, frames)[:, self.side] * np.float32(self.gain)
        return np.stack((one, one), axis=1)


@dataclass(frozen=True)
class Bed:
    """A background at -18 LUFS.

    Attributes
    ----------
    loops
        What sounds together.
    peak
        A magnitude that no sample passes, full scale 1.0.
    balance
        What one loudspeaker plays of it.
    """

    loops: tuple[LoopedSound, ...]
    peak: float
    balance: Balance = EVEN

    @property
    def length_frames(self) -> int:
        """Frames until it comes round."""
        return math.lcm(*(loop.length_frames for loop in self.loops))

    @property
    def is_heard_again(self) -> bool:
        """Whether it comes round so soon that a listener notices."""
        return self.length_frames < HEARD_AGAIN_FRAMES

    def read(self, start: int, frames: int) -> NDArray[np.float32]:
        """From frame ``start`` of the programme on: float32, shape ``(frames, 2)``; a copy."""
        first, *others = (loop.read(start, frames) for loop in self.loops)
        for other in others:
            first += other
        return first

    def for_one_loudspeaker(self) -> Bed:
        """The same where the mean of both sides is played: if they would cancel each other, one of them on both."""
        if not self.balance.cancels:
            return self
        side, gain = self.balance.side, self.balance.side_gain
        return Bed(tuple(OneSide(loop, side, gain) for loop in self.loops), self.peak)


def open_bed(path: Path, store: Store) -> Bed:
    """The bed made of a sound file, taken from the store if it is there.

    Raises
    ------
    MediaError
        If the file cannot be read, is silent, or is shorter than a fifth of a second.
    StoreError
        If the loop cannot be stored.
    """
    bed = _opened(path, store)
    if second := library.second_loop(path):
        both = _both(bed, _opened(second, store))
        sources: list[JSON] = [source_digest(each, store) for each in (path, second)]
        made_from: dict[str, JSON] = {"kind": "two loops", "schema": SCHEMA, "lufs": REFERENCE_LUFS, "sources": sources}
        facts = store.get_or_make(made_from, lambda: _draft_of_share(both), is_share).facts
        return _softer(both, cast("float", facts["share"]))
    return bed


def _both(first: Bed, second: Bed) -> Bed:
    return Bed((*first.loops, *second.loops), first.peak + second.peak, first.balance)


def _softer(bed: Bed, share: float) -> Bed:
    loops = (cast("StoredLoop", loop) for loop in bed.loops)
    return replace(bed, loops=tuple(replace(loop, scale=loop.scale * share) for loop in loops), peak=share * bed.peak)


def _draft_of_share(both: Bed) -> Draft:
    """How much softer two loops must be to be together at the level of one.

    Even ones lose 3 dB, as their powers add up. Of bowls, whose strikes fall into each other's silence, that would be
    0.7 dB too much, so it is measured.
    """
    found = measured(both.read(second * RATE, RATE) for second in range(_TOGETHER_S))
    assert found.lufs is not None  # noqa: S101 (neither of them is silent)
    return Draft({"share": gain(REFERENCE_LUFS - found.lufs)}, ())


def is_share(entry: Entry) -> bool:
    """Whether a stored share is one that two loops can have."""
    return not entry.size and entry.facts.keys() == {"share"} and is_number(entry.facts["share"], 0.4, 1.0)


def _opened(path: Path, store: Store) -> Bed:
    """The bed of one file. A file that is not large is looked for in the store before it is opened."""
    must_be_readable(path)
    is_large = path.stat().st_size >= LARGE
    entry = None if is_large else store.get(_fields(path, store), is_bed)
    if entry is None:
        if loop := open_long_loop(path, store):
            return Bed((loop,), loop.peak, loop.balance)
        entry = store.get_or_make(_fields(path, store), lambda: _draft(path), is_bed)
    return _stored(entry)


def _fields(path: Path, store: Store) -> dict[str, JSON]:
    return {"kind": "bed", "schema": SCHEMA, "source": source_digest(path, store), "lufs": REFERENCE_LUFS}


def is_bed(entry: Entry) -> bool:
    """Whether a stored bed has sound, a scale, and the balance of its sides."""
    return is_stored(entry) and is_balance(entry.facts)


def _stored(entry: Entry) -> Bed:
    facts = cast("dict[str, Any]", dict(entry.facts))
    balance = Balance(facts["mono_loss_db"], facts["side"], facts["side_gain"])
    return Bed((StoredLoop(Stored(entry), facts["scale"]),), facts["peak"], balance)


def _draft(path: Path) -> Draft:
    sides = SidesMeter()
    found = measured(_metered(_loop(path), sides))
    if found.frames < SHORTEST_FRAMES * 2 // 3:
        raise MediaError(f"{_shown(path)}: a background must last at least 0.2 s; choose a longer file")
    if found.lufs is None:
        raise MediaError(f"{_shown(path)}: it is silent, so it cannot be a background; choose another or `none`")
    offsets = sides.offsets
    made = draft(replace(found, peak=sides.peak), lambda: (block - offsets for block in _loop(path)))
    return Draft({**made.facts, **asdict(sides.balance)}, made.chunks)


def _metered(blocks: Iterable[NDArray[np.float32]], sides: SidesMeter) -> Iterator[NDArray[np.float32]]:
    for block in blocks:
        if len(block):
            sides.add(block)
        yield block


def _loop(path: Path) -> Iterator[NDArray[np.float32]]:
    return seamless(_first(decode(path), LONGEST_FRAMES))


def _first(blocks: Iterable[NDArray[np.float32]], frames: int) -> Iterator[NDArray[np.float32]]:
    for block in blocks:
        yield block[:frames]
        frames -= len(block)
        if frames <= 0:
            return


def _shown(path: Path) -> str:
    return printable(str(path))
