from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.picture.labels import GAP, Label, Placed, folded, place, shortened

LABELS = st.lists(
    st.builds(Label, st.floats(100, 840), st.just("x"), st.floats(10, 200), st.floats(0, 1000)), max_size=14
)


def text_box(each: Placed) -> tuple[float, float]:
    return each.left, each.right


@given(LABELS, st.integers(1, 5))
def test_no_label_meets_another_or_its_leader(labels: list[Label], rows: int) -> None:
    placed = place(labels, 890, rows)
    for one, other in combinations(placed, 2):
        (a, b), (c, d) = text_box(one), text_box(other)
        assert one.row != other.row or b <= c or d <= a
        low, high = sorted((one, other), key=lambda each: each.row)
        assert low.row == high.row or not low.left < high.label.x < low.right
    assert all(each.left >= 0 and each.right <= 890 and each.row < rows for each in placed)
    assert bool(placed) is any(label.x + GAP + label.width < 890 for label in labels) or placed
    assert [each.label.x for each in placed] == sorted(each.label.x for each in placed)


def rows_of(*labels: tuple[float, float], edge: float = 890, rows: int = 4) -> list[tuple[float, int, bool]]:
    placed = place([Label(x, "x", width) for x, width in labels], edge, rows)
    return [(each.label.x, each.row, each.turned) for each in placed]


def test_labels_with_room_stand_in_one_row() -> None:
    assert rows_of((100, 50), (300, 50), (500, 50)) == [(100, 0, False), (300, 0, False), (500, 0, False)]


def test_neighbours_go_down_like_stairs() -> None:
    assert rows_of((100, 90), (120, 90), (140, 90)) == [(100, 2, False), (120, 1, False), (140, 0, False)]


def test_labels_at_the_edge_turn_and_go_up() -> None:
    assert rows_of((100, 90), (830, 90), (850, 90)) == [(100, 0, False), (830, 0, True), (850, 1, True)]


def test_two_chapters_at_one_place_are_both_named_the_first_above() -> None:
    placed = place([Label(100, "one", 90), Label(100, "two", 90)], 890, 4)
    assert {each.label.text: each.row for each in placed} == {"one": 1, "two": 0}


def test_labels_for_which_the_stairs_are_too_high_are_cut_short() -> None:
    labels = [Label(100 + 30 * n, "long", 80, short=Label(100 + 30 * n, "lo…", 20)) for n in range(5)]
    placed = place(labels, 890, 5)
    assert [each.label.text for each in placed] == ["lo…", "lo…", "long", "long", "long"]
    assert [each.row for each in placed] == [0, 0, 2, 1, 0]


def test_the_shortest_chapter_goes_first_where_there_is_no_room() -> None:
    labels = [Label(100 + x, str(x), 90, weight=5 if x == 3 else 9) for x in range(6)]
    assert [each.label.text for each in place(labels, 890, 5)] == ["0", "1", "2", "4", "5"]


def test_of_very_many_equal_chapters_some_are_named_all_along() -> None:
    labels = [Label(112 + 6 * n, "Round", 35, weight=1) for n in range(120)]
    x = [each.label.x for each in place(labels, 890, 4)]
    assert len(x) > 12
    assert max(b - a for a, b in pairwise(x)) < 60
    assert x[0] < 150
    assert x[-1] > 780


def width(text: str) -> float:
    return 6.0 * len(text)


@pytest.mark.parametrize(
    ("text", "room", "wanted"),
    [("Settle", 36, "Settle"), ("Settle", 35, "Sett…"), ("Let go", 30, "Let…"), ("Settle", 1, "S…"), ("", 1, "")],
)
def test_a_long_text_is_cut_with_an_ellipsis(text: str, room: float, wanted: str) -> None:
    assert shortened(text, room, width) == wanted


@given(st.text("ab ", max_size=60), st.floats(6, 200))
def test_folding_keeps_every_word_and_fills_the_lines(text: str, room: float) -> None:
    lines = list(folded(text, room, width))
    assert " ".join(lines).split() == text.split()
    assert all(width(line) <= room or " " not in line for line in lines)
    assert all(width(f"{a} {b.split()[0]}") > room for a, b in pairwise(lines))
