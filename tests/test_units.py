from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player import units

milliseconds = st.integers(min_value=0, max_value=units.LONGEST_MS)


@given(milliseconds)
def test_a_formatted_duration_parses_to_itself(ms: int) -> None:
    assert units.parse_duration(units.format_duration(ms)) == ms


@given(milliseconds)
def test_a_timecode_parses_to_the_second_that_it_is_in(ms: int) -> None:
    assert units.parse_duration(units.timecode(ms)) == ms // 1000 * 1000


@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 59), st.integers(0, 999))
def test_all_ways_to_write_a_duration_agree(hours: int, minutes: int, seconds: int, ms: int) -> None:
    whole = ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms
    written = [
        f"{hours}h{minutes}m{seconds}s{ms}ms",
        f"{hours}:{minutes:02}:{seconds:02}.{ms:03}",
        f"{whole // 1000}.{ms:03}",
        f"{whole}ms",
        f" {hours}H {minutes} m {seconds}.{ms:03} s ",
    ]
    assert {units.parse_duration(text) for text in written} == {whole}


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("4", 4000),
        ("4s", 4000),
        ("500ms", 500),
        ("1.5s", 1500),
        ("2m", 120_000),
        ("2m30s", 150_000),
        ("0:30", 30_000),
        ("12:05", 725_000),
        ("1:02:03", 3_723_000),
        ("1:30", 90_000),
        ("90:00", 5_400_000),
        ("24h", 86_400_000),
        ("0", 0),
        ("012", 12_000),
        ("0.1s", 100),
        ("0.001", 1),
    ],
)
def test_durations(text: str, ms: int) -> None:
    assert units.parse_duration(text) == ms


NO_DURATIONS = """
s -4 -4s +4s 4|s|s inf nan 1e3 4x 1:5 1:60 1:60:00 1:2:3 :30 2m30 30s2m 4s4s 1.s .5s 1_000 4,5s no ~ 1:30: 1.2.3 ms4
0x10 4|5 1|:|30 1|000 4|m|s 1111111111111 1.0000000000000000000000000001s
"""


@pytest.mark.parametrize(
    "text", ["", " ", "4\n5", "1" * 5000, *(text.replace("|", " ") for text in NO_DURATIONS.split())]
)
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r"^must be a duration such as 4s, .* not "):
        units.parse_duration(text)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("10min", "10m"),
        ("2 minutes", "2m"),
        ("1h30", "1h30m"),
        ("2m30", "2m30s"),
        ("1 Hour and 30 Minutes", "1h30m"),
        ("1.5 hours", "1.5h"),
        ("90 secs", "90s"),
        ("200 msec", "200ms"),
        ("2,5m", "2.5m"),
    ],
)
def test_a_near_form_is_named(text: str, near: str) -> None:
    assert units.meant(text) == f"; write {near}"
    assert units.parse_duration(near)
    with pytest.raises(ValueError, match=f"not {text!r}; write {near}$"):
        units.parse_duration(text)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("-5s", "it must not be negative"),
        ("-5", "it must not be negative"),
        ("\N{MINUS SIGN}1:30", "it must not be negative"),
        ("1:90", "seconds must be below 60"),
        ("1:00:60.5", "seconds must be below 60"),
        ("1:75:00", "minutes must be below 60"),
    ],
)
def test_what_is_wrong_with_a_time_is_said(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=rf"^must be a duration such as .*, not {text!r}; {wrong}$"):
        units.parse_duration(text)


@pytest.mark.parametrize("text", ["--5s", "-", "-x", "1:5", "-1:90"])
def test_of_what_is_no_time_at_all_no_more_is_said(text: str) -> None:
    with pytest.raises(ValueError, match=rf"not {text!r}$"):
        units.parse_duration(text)


@pytest.mark.parametrize("text", ["hourly", "4,5", "1,000m", "1 000m", "30s2m", "5000 hours", "0min", "0.5 ms", ""])
def test_what_is_not_clear_has_no_near_form(text: str) -> None:
    assert units.meant(text) == ""


@pytest.mark.parametrize(("text", "bare"), [("3", True), (" 1.5 ", True), ("0", False), ("0.0", False), ("3s", False)])
def test_a_number_without_a_unit_is_bare(text: str, *, bare: bool) -> None:
    assert units.is_bare(text) is bare


@pytest.mark.parametrize("text", ["0.5ms", "1.0005s", "0.0001", "1.000000001s", "23h59m59.999999999s"])
def test_durations_are_whole_milliseconds(text: str) -> None:
    with pytest.raises(ValueError, match="whole number of milliseconds"):
        units.parse_duration(text)


@pytest.mark.parametrize("text", ["24h1ms", "86401", "9" * 12, "24:00:01", "9999999999:00:00"])
def test_durations_end_with_the_day(text: str) -> None:
    with pytest.raises(ValueError, match="at most 24 hours"):
        units.parse_duration(text)


def _read(text: str) -> int | str:
    try:
        return units.parse_duration(text)
    except ValueError as error:
        return str(error)


@given(st.one_of(st.text(), st.text(alphabet="0123456789.:hms ")))
def test_any_text_is_a_duration_or_a_fragment_that_says_why_not(text: str) -> None:
    read = _read(text)
    assert read.startswith("must be ") if isinstance(read, str) else 0 <= read <= units.LONGEST_MS


@given(st.integers(-120, 60), st.integers(0, 9))
def test_a_level_is_its_number(whole: int, tenth: int) -> None:
    assert units.parse_level(f"{whole}.{tenth} dB") == float(f"{whole}.{tenth}")


@pytest.mark.parametrize(
    ("text", "db"), [("-20 dB", -20.0), ("-20dB", -20.0), ("0 db", 0.0), ("+3 DB", 3.0), (" -1.5 dB ", -1.5)]
)
def test_levels(text: str, db: float) -> None:
    assert units.parse_level(text) == db


@pytest.mark.parametrize(
    "text",
    ["", "-20", "20%", "dB", "-20 LUFS", "- 20 dB", "-inf dB", "nan dB", "1e1 dB", "-20 dB dB", "9" * 400 + " dB"],
)
def test_what_is_no_level(text: str) -> None:
    with pytest.raises(ValueError, match=r"^must be a level such as -20 dB, not "):
        units.parse_level(text)


@pytest.mark.parametrize(
    ("ms", "text"),
    [(0, "0s"), (500, "0.5s"), (4000, "4s"), (1500, "1.5s"), (60_000, "1m"), (150_000, "2m30s"), (60_001, "1m0.001s")],
)
def test_format_duration(ms: int, text: str) -> None:
    assert units.format_duration(ms) == text


@pytest.mark.parametrize(
    ("ms", "text"),
    [(0, "0:00"), (999, "0:00"), (420_000, "7:00"), (3_723_999, "1:02:03"), (36_000_000, "10:00:00")],
)
def test_timecode(ms: int, text: str) -> None:
    assert units.timecode(ms) == text


@pytest.mark.parametrize(("ms", "text"), [(-1, "0:00"), (-999, "0:00"), (-2500, "-0:02"), (-3_723_000, "-1:02:03")])
def test_a_timecode_before_the_beginning_has_a_sign(ms: int, text: str) -> None:
    assert units.timecode(ms) == text


def test_gain() -> None:
    assert units.gain(0.0) == 1.0
    assert units.gain(-20.0) == pytest.approx(0.1)
    assert units.gain(-6.0206) == pytest.approx(0.5, abs=1e-6)


def test_a_millisecond_is_a_whole_number_of_frames() -> None:
    assert units.FRAMES_PER_MS * 1000 == units.RATE


@pytest.mark.parametrize(("count", "told"), [(0, "0 entries"), (1, "1 entry"), (2, "2 entries"), (21, "21 entries")])
def test_one_is_told_as_one(count: int, told: str) -> None:
    assert units.number_of(count, "entry", "entries") == told
    assert units.number_of(count, "voice") == ("1 voice" if count == 1 else f"{count} voices")
