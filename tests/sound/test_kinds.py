"""Entries whose facts lie: each kind of entry knows what fits its content."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from player.sound import bed, long_loop, own_take, recording, stem
from player.sound.kinds import fits
from player.storage.store import Draft, Entry, Store
from player.storage.upkeep import is_fit
from player.voice import clips, identity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from player.storage.store import JSON, Scalar

CLIP: Mapping[str, Scalar] = {"rate": 8000, "frames": 4000, "beat_ms": 100, "after_ms": 20, "pauses": "[[100, 200]]"}
STORED: Mapping[str, Scalar] = {"scale": 1e-4, "peak": 1e-4 * 0.9 * 32_768, "source_lufs": -30.0, "frames": 100}
TAKE: Mapping[str, Scalar] = {"frames": 48_000, "beat_ms": 1000, "sentence_db": 3.0, "count_db": -3, "missing_db": 0}
BALANCE: Mapping[str, Scalar] = {"mono_loss_db": 0.1, "side": 1, "side_gain": 0.9}
LEVEL: Mapping[str, Scalar] = {"scale": 2.0, "ceiling_db": 3.0, "left_offset": 0.0, "right_offset": -0.1, **BALANCE}
DIGEST = "0123456789abcdef" * 4
NUMBERS: tuple[Scalar, ...] = (None, True, "1", "", math.nan, math.inf, -math.inf, 10**400)
COUNTS: tuple[Scalar, ...] = (*NUMBERS, -1, 0.5, 2**63)
KINDS: dict[str, tuple[dict[str, JSON], Mapping[str, Scalar], int]] = {
    "clip": ({"what": "clip", "schema": clips.SCHEMA}, CLIP, 8000),
    "bed": ({"kind": "bed", "schema": bed.SCHEMA}, {**STORED, **BALANCE}, 400),
    "long loop": ({"kind": "long loop", "schema": long_loop.SCHEMA}, LEVEL, 0),
    "recording": ({"kind": "recording", "schema": recording.SCHEMA}, STORED, 400),
    "own take": ({"kind": "own take", "schema": own_take.SCHEMA}, TAKE, 96_000),
    "stem": ({"kind": "stem", "schema": stem.SCHEMA}, {"gain_db": -2}, 0),
    "counts": ({"kind": "counts", "schema": stem.SCHEMA, "clips": [DIGEST]}, {DIGEST: 1.5}, 0),
    "source": ({"kind": "source"}, {"blake2b": DIGEST}, 0),
    "script": ({"what": "script", "schema": 1}, {}, 0),
}
LIES: dict[str, dict[str, tuple[Scalar, ...]]] = {
    "clip": {
        "rate": (*COUNTS, 0, 1, 10**7),
        "frames": (*COUNTS, 0, 3999, 4001),
        "beat_ms": (*COUNTS, 501),
        "after_ms": (*COUNTS, 10**9),
        "pauses": (
            *(None, True, 0, "", "null", "0", "[1]", "[[1]]", "[[1, 2, 3]]", "{", "[[NaN, 1]]", "[" * 90_000),
            *("[[-1, 2]]", "[[2, 1]]", "[[1, 501]]", "[[1, 3], [2, 4]]", "[[1.0, 2]]", "[[true, 2]]", '[["1", 2]]'),
        ),
    },
    "bed": {
        "scale": (*NUMBERS, 0, -1e-4, 1e-3),
        "peak": (*NUMBERS, 0, -1.0, 1.0),
        "source_lufs": NUMBERS,
        "frames": (*COUNTS, 0, 99, 101),
    },
    "long loop": {
        "scale": (*NUMBERS, 0, -1),
        "ceiling_db": NUMBERS,
        "left_offset": NUMBERS[:3],
        "right_offset": (*NUMBERS[2:], 7),
        "mono_loss_db": NUMBERS,
        "side": (*COUNTS, 2),
        "side_gain": (*NUMBERS[2:], -1, 100),
        "more": (0,),
    },
    "own take": {
        "frames": (*COUNTS, 0, 47_999),
        "beat_ms": (*COUNTS, 1001),
        "sentence_db": (*NUMBERS, 1e9),
        "count_db": NUMBERS,
        "missing_db": (*NUMBERS, -1),
    },
    "stem": {"gain_db": (*NUMBERS, 1e9)},
    "counts": {DIGEST: NUMBERS},
    "source": {"blake2b": (None, 1, "", DIGEST[1:], DIGEST + "0", DIGEST.upper())},
}
CASES = [(kind, name, lie) for kind, facts in LIES.items() for name, lies in facts.items() for lie in lies]


def made(kind: str) -> Entry:
    fields, facts, size = KINDS[kind]
    return Entry(facts, Path("entry"), 64, size, fields)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_honest_fits(kind: str) -> None:
    assert fits(made(kind))


def test_what_another_version_made_is_not_judged() -> None:
    assert fits(replace(made("bed"), facts={}, made_from={"kind": "bed", "schema": bed.SCHEMA - 1}))
    assert fits(replace(made("bed"), facts={}, made_from={"kind": "another"}))


def test_no_lie_about_a_fact_fits() -> None:
    believed = [
        (kind, name, lie)
        for kind, name, lie in CASES
        if is_fit(replace(made(kind), facts={**made(kind).facts, name: lie}), fits)
    ]
    assert believed == []


def test_no_entry_without_one_of_its_facts_fits() -> None:
    lacking = [
        (kind, name)
        for kind, (_, facts, _) in KINDS.items()
        for name in facts
        if is_fit(replace(made(kind), facts={each: facts[each] for each in facts if each != name}), fits)
    ]
    assert lacking == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_content_that_is_empty_odd_or_not_wanted_fits(kind: str) -> None:
    sizes = (1, 0 if made(kind).size else 2, made(kind).size + 1)
    assert [size for size in sizes if is_fit(replace(made(kind), size=size), fits)] == []


def test_powers_fit_if_they_are_powers(tmp_path: Path) -> None:
    store = Store(tmp_path)

    def believed(content: bytes) -> bool:
        return is_fit(store.put({"kind": "powers", "schema": stem.SCHEMA}, Draft({}, [content])), fits)

    assert believed(np.array([0.0, 0.5]).tobytes())
    lies = [b"", b"1234567", *(np.array([0.5, lie]).tobytes() for lie in (-1.0, math.nan, math.inf, 1e300))]
    assert [believed(lie) for lie in lies] == [False] * len(lies)


def test_an_answer_fits_if_it_describes_a_driver(tmp_path: Path) -> None:
    store = Store(tmp_path)
    words = dict.fromkeys(("package", "driver", "version", "library", "default"), "x")
    answer = {**words, "voices": [["id", "name", "en", "female", "model", "MIT"]], "variants": []}

    def believed(answer: object, driver: str = "espeak") -> bool:
        content = json.dumps(answer).encode()
        return is_fit(
            store.put({"what": "driver", "schema": identity.SCHEMA, "driver": driver}, Draft({}, [content])), fits
        )

    assert believed(answer)
    assert believed({"missing": "it is not there"})
    lies: tuple[dict[str, object], ...] = (
        {"voices": []},
        {"voices": 1},
        {"voices": [[1] * 6]},
        {"voices": [[]]},
        {"variants": [1]},
        {"default": None},
    )
    assert [believed({**answer, **lie}) for lie in lies] == [False] * len(lies)
    others: tuple[object, ...] = (None, [], 1, {}, "missing", {"missing": 1})
    assert [believed(other) for other in others] == [False] * len(others)
    assert not believed(answer, "nobody")
