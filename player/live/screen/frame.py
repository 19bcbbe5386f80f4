"""Draws the pacer's picture: a shape that breathes, the phase, the sentences, and the progress.

The rule: a scene and a state in, rows out, never wider or higher than the screen; what does not change stays where it
is from picture to picture (tests/live/screen/test_frame.py). A small screen shows less, and drops the breath last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from player.live.screen import shapes
from player.live.screen.columns import clipped, width, wrapped
from player.live.screen.rows import EMPTY, Row, StyledText, beside, centred, fitted
from player.live.screen.volume import FULL, MUTED, volume
from player.units import timecode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from player.live.observer import PlaybackState
    from player.live.screen.rows import Ink, Look
    from player.timeline.pacer_index import Scene

LARGEST_DISC: Final = 19
"""In rows. In a window with more, the disc grows to `DISC_SHARE` of them, and to `HUGEST_DISC` at most: what moves over
more than the eye sees at once is not calm."""
DISC_SHARE: Final = 2 / 3
HUGEST_DISC: Final = 39
SMALLEST_DISC: Final = 5
"""In rows; with fewer, a bar is drawn."""
MOST_WORDS: Final = 4
"""In rows: what is said over a shape that moves."""
LONGEST_BAR: Final = 48
LONGEST_LINE: Final = 60
"""In columns; a longer line is hard to read."""

_HAS_TITLE: Final = 7
_HAS_MARGINS: Final = 12
_HAS_PROGRESS: Final = 4
_COUNT_COLUMNS: Final = 4
_COUNTED_STEP_MS: Final = 5000  # a shorter step is over before its countdown is read


def frame(
    scene: Scene, state: PlaybackState, look: Look, columns: int, rows: int, notes: Sequence[str] = ()
) -> tuple[Row, ...]:
    """The picture, in exactly ``rows`` rows; ``notes`` are shown if there is room."""
    margin = 2 if columns >= 40 else 0
    top = _top(scene, state, look, columns, margin) if rows >= _HAS_TITLE else []
    bottom = _bottom(scene, look, columns, margin)[-1 if rows < _HAS_PROGRESS else 0 :]
    air = [EMPTY] if rows >= _HAS_MARGINS else []
    room = rows - len(top) - len(bottom) - 2 * len(air)
    area = _with_notes(_main_area(scene, state, look, columns, room), notes, columns)
    whole = [*top, *air, *_with_notice(area, state, look, columns), *air, *bottom]
    return tuple(map(look.readable, whole[:rows]))


def _top(scene: Scene, state: PlaybackState, look: Look, columns: int, margin: int) -> list[Row]:
    keys = "? keys" if look.keys else ""
    status = " · ".join(_changes(state)) or keys
    return [beside(StyledText(scene.title, "faint"), StyledText(status, "faint"), columns, margin)]


def _changes(state: PlaybackState) -> list[str]:
    """What the listener has changed."""
    changes = ["Speaking…"] if state.speaks else []
    if state.guide:
        changes.append(f"guide {state.guide}")
    loud = volume(state.volume_db)
    if loud != FULL or state.is_full:
        changes.append(loud if loud == MUTED else f"volume {loud}".replace("-", "−"))
    if not state.has_background:
        changes.append("no background")
    elif state.bed_db is not None:
        changes.append(f"background {state.bed_db:.0f} dB".replace("-", "−"))
    return changes


def _bottom(scene: Scene, look: Look, columns: int, margin: int) -> list[Row]:
    done, rest = "━─" if look.is_dotted else "=-"
    room = columns - 2 * margin
    share = round(room * scene.done)
    progress = (StyledText(" " * margin), StyledText(done * share, "faint"), StyledText(rest * (room - share), "faint"))
    return [
        progress,
        beside(StyledText(scene.chapter, "faint"), StyledText(_time_left(scene, columns), "faint"), columns, margin),
    ]


def _time_left(scene: Scene, columns: int) -> str:
    """The time left, in whole seconds, and the total."""
    left, total = timecode(scene.left_s * 1000), timecode(scene.total_ms)
    if columns < 32:
        return f"−{left}"
    return f"{left} left of {total}" if columns >= 48 else f"{left} of {total}"


def _main_area(scene: Scene, state: PlaybackState, look: Look, columns: int, rows: int) -> list[Row]:
    """The rows between title and progress."""
    if rows <= 0:
        return []
    if state.keys_shown and look.keys:
        return _middle(_panel(look.keys, columns, rows), rows)
    if scene.phase.body:
        return _guidance(scene, look, columns, rows, is_paused=state.is_paused)
    return _step(scene, columns, rows)


def _step(scene: Scene, columns: int, rows: int) -> list[Row]:
    """A step without a shape: its sentences, and in the last row how long it goes on."""
    if rows < 3:
        return _middle(_sentences(scene, columns, rows), rows)
    is_counted = scene.phase.length_ms >= _COUNTED_STEP_MS
    countdown = centred((StyledText(timecode(scene.step_left_s * 1000), "faint"),), columns) if is_counted else EMPTY
    return [*_middle(_sentences(scene, columns, rows - 1), rows - 1), countdown]


def _with_notes(area: list[Row], notes: Sequence[str], columns: int) -> list[Row]:
    """The area, with the notes below its content, and its last row as it is."""
    lines = [line for note in notes for line in wrapped(note, min(columns - columns // 12, LONGEST_LINE))]
    above, last = area[:-1], area[-1:]
    free = next((n for n, row in enumerate(reversed(above)) if row), len(above))
    if not lines or len(lines) >= free:
        return area
    noted = [centred((StyledText(line, "faint"),), columns) for line in lines]
    return [*above[: len(above) - len(lines)], *noted, *last]


def _with_notice(area: list[Row], state: PlaybackState, look: Look, columns: int) -> list[Row]:
    """The area, with the notice over its last rows."""
    texts = [state.notice] if state.notice else []
    if state.is_paused:
        texts.insert(0, "Paused" if not look.keys or columns < 28 else "Paused · space goes on")
    notice = [line for text in texts for line in wrapped(text, min(columns, LONGEST_LINE))][: len(area)]
    rows = [centred((StyledText(line, "strong"),), columns) for line in notice]
    return area[: len(area) - len(rows)] + rows


def _guidance(scene: Scene, look: Look, columns: int, rows: int, *, is_paused: bool) -> list[Row]:
    """Shape, phase and sentences, one below the other; the sentences' rows are kept free before they are said."""
    label = _label(scene, columns, is_paused=is_paused)
    if rows == 1:
        return [label]
    for_words = 0 if scene.phase.body == "breath" else _rows_for_words(look, columns, rows)
    shape = _shape(scene, look, columns, rows - for_words - 2 - bool(for_words))
    words = _sentences(scene, columns, for_words) if for_words else []
    air = [EMPTY] if len(shape) + 2 + for_words < rows else []
    block = [*shape, *air, label, *air[: len(words)], *words, *[EMPTY] * (for_words - len(words))]
    return _middle(block, rows)


def _rows_for_words(look: Look, columns: int, rows: int) -> int:
    """How many rows the sentences get beside a shape: where that is a bar, all but its row and the phase's."""
    beside_disc = min(MOST_WORDS, rows // 4)
    has_disc = look.is_dotted and min(rows - beside_disc - 3, columns // 2) >= SMALLEST_DISC
    return beside_disc if has_disc else min(MOST_WORDS, rows - 2)


def _shape(scene: Scene, look: Look, columns: int, room: int) -> list[Row]:
    ink: Ink = "tension" if scene.phase.body == "tension" else "breath"
    largest = min(max(LARGEST_DISC, round(room * DISC_SHARE)), HUGEST_DISC)
    high = min(room, largest, columns // 2)
    if look.is_dotted and high >= SMALLEST_DISC:
        across, drawn = high * 2, shapes.disc(scene.level, high)
    else:
        across = min(columns, LONGEST_BAR)
        drawn = (shapes.bar(scene.level, across, dotted=look.is_dotted),)
    inks: dict[shapes.Part, Ink] = {"shape": ink, "outline": "faint"}
    left = (columns - across) // 2
    return [_at(left, tuple(StyledText(text, inks[part]) for text, part in row)) for row in drawn]


def _label(scene: Scene, columns: int, *, is_paused: bool) -> Row:
    """The phase and its count. The count's columns are fixed, so that nothing jumps between 9 and 10."""
    word = clipped(scene.phase.word, max(1, columns - _COUNT_COLUMNS))
    count = "" if scene.count is None or is_paused else str(scene.count)
    room = _COUNT_COLUMNS if scene.phase.seconds else 0
    return centred((StyledText(word, "strong"), StyledText(count.rjust(room))), columns)


def _sentences(scene: Scene, columns: int, rows: int) -> list[Row]:
    """The sentences, one below the other. If there is room for all, each appears where it will stay."""
    begun = scene.begun
    blocks = [wrapped(line.text, min(columns - columns // 12, LONGEST_LINE)) for line in scene.phase.lines]
    if sum(map(len, blocks)) > rows:
        blocks, begun = _latest(blocks[:begun], scene.saying, rows)
    drawn: list[Row] = []
    for number, block in enumerate(blocks, start=1):
        ink: Ink = "plain" if number == begun and scene.saying < 1 else "faint"
        drawn += [centred((StyledText(line, ink),), columns) if number <= begun else EMPTY for line in block]
    return drawn


def _latest(blocks: Sequence[tuple[str, ...]], saying: float, rows: int) -> tuple[list[tuple[str, ...]], int]:
    """The latest sentences that fit; a page of the last one, if it does not fit by itself."""
    kept: list[tuple[str, ...]] = []
    for block in reversed(blocks):
        if sum(map(len, kept)) + len(block) > rows:
            break
        kept.insert(0, block)
    if not kept and blocks:
        pages = [blocks[-1][start : start + rows] for start in range(0, len(blocks[-1]), rows)]
        kept = [pages[min(len(pages) - 1, int(saying * len(pages)))]]
    return kept, len(kept)


def _panel(keys: Sequence[tuple[str, str]], columns: int, rows: int) -> list[Row]:
    """What each key does: one column, two columns or running text, the first that fits."""
    wide = max(width(key) for key, _ in keys)
    entries = [(StyledText(key.rjust(wide), "strong"), StyledText(f"  {does}")) for key, does in keys]
    longest = wide + 2 + max(width(does) for _, does in keys)
    if len(keys) > rows and 2 * longest + 4 <= columns:
        half = -(-len(keys) // 2)
        gap = [StyledText(" " * (longest + 4 - wide - 2 - width(does))) for _, does in keys[:half]]
        pairs = zip(entries[:half], gap, [*entries[half:], EMPTY], strict=False)
        block = [_at((columns - 2 * longest - 4) // 2, (*left, space, *right)) for left, space, right in pairs]
        return [fitted(row, columns) for row in block]
    if len(keys) > rows or longest > columns:
        text = " · ".join(f"{key}: {does}" for key, does in keys)
        return [_at(0, (StyledText(line),)) for line in wrapped(text, columns)][:rows]
    return [_at((columns - longest) // 2, entry) for entry in entries]


def _at(column: int, row: Row) -> Row:
    return (StyledText(" " * column), *row)


def _middle(block: list[Row], rows: int) -> list[Row]:
    """The block, in the middle of ``rows`` rows."""
    block = block[:rows]
    above = (rows - len(block)) // 2
    return [*[EMPTY] * above, *block, *[EMPTY] * (rows - len(block) - above)]
