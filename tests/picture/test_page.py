from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from player.picture import renderer
from player.picture.marks import WIDTH, About, AreaMark, BoxMark, LineMark, Page, TextMark
from player.picture.page import compose, description
from player.picture.voice import BAR, LINE_BAR
from player.script import library
from tests.fakes_picture import bundled, measure, scripted

if TYPE_CHECKING:
    from player.picture.marks import Measure
    from player.timeline.model import Timeline

WORST = """\
  - section: A rather long title for a chapter that is very short
  - pause: 2s
  - section: Two
  - say: Well.
    for: 3s
  - section: Third chapter
  - bed: {sound: rain, under_voice: -30 dB}
  - breathe: {in: 1s, out: 1s, cycles: 12}
    guide: [words 6, tones]
  - breathe: {in: 4s, out: 6s, cycles: 4}
    coach: {after: 2, say: A line over the whole of one breath.}
  - section: Pneumonoultramicroscopicsilicovolcanoconiosis and others
  - say: Pneumonoultramicroscopicsilicovolcanoconiosis is a long word.
    for: 4s
  - bed: off
  - section: Before the last
  - chime: bowl
  - section: The very last of all the chapters
  - say: End.
    for: 2s
"""


def drawn(timeline: Timeline, about: About | None = None) -> Page:
    return compose(timeline, about or About("A summary.", "breathing"), measure)


def words_of(page: Page) -> list[TextMark]:
    return [mark for mark in page.marks if isinstance(mark, TextMark)]


def texts(page: Page) -> list[str]:
    return [words.text for words in words_of(page)]


def extent(words: TextMark, measure: Measure = measure) -> tuple[float, float, float, float]:
    """Left, top, right and bottom; capitals are three quarters as high as the size, tails a fifth."""
    width = measure(words.text, words.size, bold=words.bold)
    left = words.x - {"left": 0.0, "center": width / 2, "right": width}[words.align]
    return left, words.y - 0.75 * words.size, left + width, words.y + 0.2 * words.size


def overlapping(page: Page, measure: Measure = measure) -> list[tuple[str, str]]:
    found = []
    for one, other in combinations([words for words in words_of(page) if words.text], 2):
        (a, b, c, d), (e, f, g, h) = extent(one, measure), extent(other, measure)
        if a < g and e < c and b < h and f < d:
            found.append((one.text, other.text))
    return found


@pytest.mark.parametrize("name", library.session_names())
def test_no_words_of_a_session_overlap_and_none_leave_the_page(name: str) -> None:
    session, timeline = bundled(name)
    page = compose(timeline, About(session.summary, session.technique), renderer.measure)
    assert overlapping(page, renderer.measure) == []
    extents = [extent(words, renderer.measure) for words in words_of(page)]
    assert all(left > 0 and right < WIDTH for left, _, right, _ in extents)
    assert max(bottom for *_, bottom in extents) < page.height
    found = texts(page)
    for title in (section.title for section in timeline.sections):
        assert any(text == title or (text.endswith("…") and title.startswith(text[:-1])) for text in found), title


def test_no_words_overlap_in_the_worst_of_scripts() -> None:
    assert overlapping(drawn(scripted(WORST), About("words " * 60, "mindfulness"))) == []


def test_a_line_over_a_breath_is_drawn_below_the_bar_of_the_breath() -> None:
    steps = "  - pause: 4s\n  - breathe: {in: 4s, out: 6s, cycles: 9}\n"
    plain, coached = (drawn(scripted(steps + coach)) for coach in ("", "    coach: {after: half, say: Halfway.}\n"))
    bars = [
        [mark for mark in page.marks if isinstance(mark, BoxMark) and mark.height == LINE_BAR]
        for page in (plain, coached)
    ]
    assert [len(each) for each in bars] == [0, 1]
    counted = next(mark for mark in coached.marks if isinstance(mark, BoxMark) and mark.height == BAR)
    assert bars[1][0].top > counted.top + counted.height


def test_no_mark_leaves_the_page() -> None:
    page = drawn(scripted(WORST))
    for mark in page.marks:
        if isinstance(mark, LineMark | AreaMark):
            assert all(0 <= x <= WIDTH and 0 <= y <= page.height for x, y in mark.points)
        elif isinstance(mark, BoxMark):
            assert mark.left >= 0
            assert mark.left + mark.width <= WIDTH
            assert mark.width > 0
            assert mark.top + mark.height <= page.height


def test_title_total_technique_and_summary_are_at_the_top() -> None:
    head = [words for words in words_of(drawn(scripted("  - pause: 90s\n"))) if words.y < 80]
    assert [words.text for words in head] == ["T", "1:30", "breathing", "A summary."]


def test_a_session_without_title_page_text_is_drawn_all_the_same() -> None:
    assert texts(compose(scripted("  - pause: 500ms\n", background="none"), About(), measure))[:2] == ["T", "0:00"]


def test_only_the_lanes_that_a_session_has() -> None:
    lanes = {"Breath", "Tension", "Voice", "Background"}
    assert lanes & set(texts(drawn(scripted("  - pause: 90s\n", background="none")))) == {"Voice"}
    assert lanes & set(texts(drawn(bundled("pmr-release-only")[1]))) == lanes


def test_what_is_counted_is_read_close_up_and_summed_up_above() -> None:
    steps = (
        "  - pause: 2s\n  - breathe: {in: 4s, out: 4s, cycles: 20}\n    guide: [count 8, words 6, tones 4, silent]\n"
    )
    found = texts(drawn(scripted(steps)))
    assert {"counted", "words", "tones", "−16 dB", "−20 dB", "ocean"} <= set(found)
    cycles = found.count("4") // 2
    assert cycles >= 3
    assert found.count("2") == found.count("3") == found.count("4") == 2 * cycles


def test_a_word_without_room_is_written_one_line_lower() -> None:
    steps = (
        "  - pause: 2s\n  - breathe: {phases: [{say: Breathe in, for: 3s, kind: in}, {say: More, for: 1s, kind: in}, "
    )
    steps += "{say: Let it all go, for: 6s, kind: out}], cycles: 12}\n    guide: words\n"
    found = {words.text: words.y for words in words_of(drawn(scripted(steps)))}
    assert found["More"] > found["Breathe in"]
    assert overlapping(drawn(scripted(steps))) == []


def test_crowded_breaths_have_no_outline() -> None:
    def outlines(cycles: int) -> int:
        page = drawn(scripted(f"  - breathe: {{in: 2s, out: 2s, cycles: {cycles}}}\n    guide: silent\n"))
        return sum(isinstance(mark, LineMark) and len(mark.points) > cycles for mark in page.marks)

    assert outlines(100) == outlines(400) + 1 == 2


def test_a_chime_is_a_lozenge_with_its_name() -> None:
    page = drawn(scripted("  - pause: 5m\n  - chime: end\n  - pause: 90s\n  - chime: bowl\n  - pause: 20s\n"))
    assert {"bell", "bowl"} <= set(texts(page))
    assert (
        sum(isinstance(mark, AreaMark) and len(mark.points) == 4 and mark.colour == "#8a5a9c" for mark in page.marks)
        == 2
    )


def test_the_description_says_it_in_words() -> None:
    steps = "  - section: Sit\n  - pause: 6s\n  - section: Breathe\n  - breathe: {in: 2s, out: 2s, cycles: 3}\n"
    timeline = scripted(f"{steps}    guide: [words 1, silent]\n")
    assert description(timeline, About("Short.", "breathing")) == (
        "T, 0:18. Short. Technique: breathing. Chapters: 0:00 Sit, 0:06 Breathe. "
        "Breathing: 0:06 to 0:10 words, 0:10 to 0:18 in silence."
    )
