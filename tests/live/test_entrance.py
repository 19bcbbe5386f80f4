from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from player.live.entrance import FADE_IN_MS, Entrance

BED, WHOLE = 4000, 10_000


def heard(entrance: Entrance, start_ms: int, ms: int) -> np.ndarray:
    below, whole = (np.full((ms * 48, 2), level, np.int16).tobytes() for level in (BED, WHOLE))
    return np.frombuffer(entrance.mixed(start_ms, below, whole), np.int16).reshape(-1, 2)[:, 0].astype(int)


def test_the_background_comes_first_and_the_words_join_it() -> None:
    entrance = Entrance(10_000, FADE_IN_MS, 100)
    sound = heard(entrance, entrance.start_ms, FADE_IN_MS + 500)
    assert (np.diff(sound) >= 0).all()
    at = FADE_IN_MS * 48
    assert (sound[0], sound[at // 2], sound[at - 1]) == (0, BED // 2, BED)
    assert sound[: 48 * 10].max() < BED * 0.001
    assert (sound[at + 100 * 48 :] == WHOLE).all()


def test_without_a_lead_all_of_it_fades_in() -> None:
    sound = heard(Entrance(10_000, 0, FADE_IN_MS), 10_000, 2000)
    assert (np.diff(sound) >= 0).all()
    assert (sound[0], sound[FADE_IN_MS * 24], sound[-1]) == (0, WHOLE // 2, WHOLE)


@given(st.integers(0, 1999), st.sampled_from([0, 700, FADE_IN_MS]), st.sampled_from([100, FADE_IN_MS]))
def test_it_is_the_same_in_any_two_pieces(cut_ms: int, lead_ms: int, join_ms: int) -> None:
    entrance = Entrance(10_000, lead_ms, join_ms)
    pieces = [heard(entrance, 9000, cut_ms), heard(entrance, 9000 + cut_ms, 2000 - cut_ms)]
    assert np.array_equal(np.concatenate(pieces), heard(entrance, 9000, 2000))
