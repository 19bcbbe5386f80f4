from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from player.live.stream import PositionTrack


def test_before_anything_is_changed_the_programme_runs_from_its_frame_on() -> None:
    track = PositionTrack(100, 5000)
    assert [track.position(frame) for frame in (0, 99, 100, 101, 1100)] == [5000, 5000, 5000, 5001, 6000]


def test_in_a_silence_the_programme_stands_at_the_given_position() -> None:
    track = PositionTrack(0, 0)
    track.stand_from(50, 30)
    assert [track.position(frame) for frame in (49, 50, 51, 9999)] == [49, 30, 30, 30]
    track.play_from(200, 20)
    assert [track.position(frame) for frame in (199, 200, 230)] == [30, 20, 50]


def test_what_is_laid_takes_the_place_of_all_that_was_to_come() -> None:
    track = PositionTrack(0, 0)
    track.play_from(300, 7000)
    track.play_from(200, 9000)
    assert [track.position(frame) for frame in (199, 200, 300, 400)] == [199, 9000, 9100, 9200]
    track.play_from(200, 1000)
    assert [track.position(frame) for frame in (199, 200)] == [199, 1000]


changes = st.lists(st.tuples(st.integers(0, 300), st.one_of(st.none(), st.integers(0, 10_000))), max_size=12)


@given(changes)
def test_every_frame_tells_what_was_put_on_it_last(changes: list[tuple[int, int | None]]) -> None:
    """Against a ring that holds the positions themselves."""
    track, ring = PositionTrack(0, 0), list(range(400))
    for frame, position in changes:
        if position is None:
            track.stand_from(frame, 77)
            ring[frame:] = [77] * (400 - frame)
        else:
            track.play_from(frame, position)
            ring[frame:] = range(position, position + 400 - frame)
    assert [track.position(frame) for frame in range(400)] == ring
