from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from player.live.positions import PositionTrack


def test_before_anything_is_changed_the_programme_runs_from_its_frame_on() -> None:
    course = PositionTrack(100, 5000)
    assert [course.moment(frame) for frame in (0, 99, 100, 101, 1100)] == [5000, 5000, 5000, 5001, 6000]


def test_in_a_silence_the_programme_stands_where_it_is_told_to() -> None:
    course = PositionTrack(0, 0)
    course.hush(50, 30)
    assert [course.moment(frame) for frame in (49, 50, 51, 9999)] == [49, 30, 30, 30]
    course.lay(200, 20)
    assert [course.moment(frame) for frame in (199, 200, 230)] == [30, 20, 50]


def test_what_is_laid_takes_the_place_of_all_that_was_to_come() -> None:
    course = PositionTrack(0, 0)
    course.lay(300, 7000)
    course.lay(200, 9000)
    assert [course.moment(frame) for frame in (199, 200, 300, 400)] == [199, 9000, 9100, 9200]
    course.lay(200, 1000)
    assert [course.moment(frame) for frame in (199, 200)] == [199, 1000]


changes = st.lists(st.tuples(st.integers(0, 300), st.one_of(st.none(), st.integers(0, 10_000))), max_size=12)


@given(changes)
def test_every_frame_tells_what_was_put_on_it_last(changes: list[tuple[int, int | None]]) -> None:
    """Against a tape that holds the moments themselves."""
    course, tape = PositionTrack(0, 0), list(range(400))
    for frame, moment in changes:
        if moment is None:
            course.hush(frame, 77)
            tape[frame:] = [77] * (400 - frame)
        else:
            course.lay(frame, moment)
            tape[frame:] = range(moment, moment + 400 - frame)
    assert [course.moment(frame) for frame in range(400)] == tape
