"""Numbers for help by country, and the country of a locale."""

from __future__ import annotations

import datetime as dt

import pytest

from player.errors import ScriptError, UsageError
from player.script import library, regions
from player.script.yaml.binding import bind
from player.script.yaml.reader import read

CODES = library.regions()


@pytest.mark.parametrize("code", CODES)
def test_every_number_has_its_source_and_a_day_that_has_been(code: str) -> None:
    region = regions.of(code)
    days, sources = [region.emergency.checked], [region.emergency.source]
    if line := region.crisis_line:
        days, sources = [*days, line.checked], [*sources, line.source]
    assert all(each.startswith("https://") for each in sources)
    assert min(map(dt.date.fromisoformat, days)) >= dt.date(2026, 1, 1)
    assert 2 <= len(region.emergency.number) <= 3


def test_the_numbers_that_everybody_there_knows() -> None:
    numbers = {code: regions.of(code).emergency.number for code in CODES}
    assert {numbers[code] for code in ("US", "CA", "MX")} == {"911"}
    assert {numbers[code] for code in ("DE", "AT", "FR", "ES", "IT", "NL", "BE", "PT", "PL", "SE", "DK", "FI")} == {
        "112"
    }
    assert (numbers["GB"], numbers["AU"], numbers["NZ"], numbers["JP"], numbers["SG"]) == (
        "999",
        "000",
        "111",
        "119",
        "995",
    )
    lines = {code: line.number for code in CODES if (line := regions.of(code).crisis_line)}
    assert (lines["US"], lines["CA"], lines["GB"], lines["IE"], lines["IN"]) == (
        "988",
        "988",
        "116 123",
        "116 123",
        "14416",
    )


@pytest.mark.parametrize("code", ["US", "us", " gb "])
def test_a_country_may_be_named_in_any_case(code: str) -> None:
    assert regions.named(code, "--region") == code.strip().upper()


def test_the_united_kingdom_is_found_by_the_name_it_uses() -> None:
    assert regions.named("uk", "--region") == "GB"


@pytest.mark.parametrize("code", ["XX", "", "../US", "en_US"])
def test_a_country_without_numbers_is_told_with_those_that_there_are(code: str) -> None:
    with pytest.raises(UsageError, match=r"--region must be a country .* \(AT, AU, .* US, ZA\), not "):
        regions.named(code, "--region")


@pytest.mark.parametrize(
    ("name", "hours", "code"),
    [
        ("en_US.UTF-8", -5, "US"),
        ("en_US.UTF-8", -10, "US"),
        ("en-US", -7, "US"),
        ("de_DE@euro", 2, "DE"),
        ("zh_Hans_SG.UTF-8", 8, "SG"),
        ("en_IN", 5.5, "IN"),
        ("C", 0, None),
        ("C.UTF-8", 0, None),
        ("POSIX", 0, None),
        ("en", 0, None),
        ("", 0, None),
        ("es_419", -6, None),
        ("en_UK", 0, None),
        ("sw_TZ.UTF-8", 3, None),
        ("xx_../US", -5, None),
    ],
)
def test_a_locale_means_a_country_if_it_names_one(name: str, hours: float, code: str | None) -> None:
    assert regions.of_locale(name, hours) == code


@pytest.mark.parametrize("hours", [0, 1, 5.5, 8])
def test_a_locale_is_not_believed_where_the_clock_is_of_another_place(hours: float) -> None:
    """Computers all over the world have en_US, and 911 is no number there."""
    assert regions.of_locale("en_US.UTF-8", hours) is None


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('number: "911a"', "number must be digits in groups, such as 116 123, not '911a'"),
        ("source: http://a.org", "source must be an address that begins with https, not 'http://a.org'"),
        ("checked: today", "checked must be a day such as 2026-11-28, not 'today'"),
    ],
)
def test_a_mistake_in_a_file_is_told(line: str, problem: str) -> None:
    key = line.partition(":")[0]
    good = {"number": '"911"', "source": "https://a.org", "checked": "2026-11-28"}
    lines = [line if name == key else f"{name}: {value}" for name, value in good.items()]
    text = "country: Here\noffsets: [1, 2]\nemergency:\n" + "".join(f"  {each}\n" for each in lines)
    with pytest.raises(ScriptError, match=problem.replace("(", r"\(")):
        bind(read(text, "here.yaml"), regions.HelpNumbers)


@pytest.mark.parametrize("offsets", ["[2, 1]", "[1, 2, 3]", "[15]", "[one]", "[]"])
def test_the_clock_of_a_country_is_one_or_two_offsets_in_order(offsets: str) -> None:
    text = f"country: H\noffsets: {offsets}\nemergency: {{number: 1, source: https://a.org, checked: 2026-11-28}}\n"
    with pytest.raises(ScriptError, match="offsets"):
        bind(read(text, "here.yaml"), regions.HelpNumbers)


@pytest.mark.parametrize("hours", ["15", "-13", "1.234", "two"])
def test_a_distance_from_greenwich_is_within_that_of_the_last_island(hours: str) -> None:
    with pytest.raises(ValueError, match=f"must be hours from UTC, such as -3.5, not '{hours}'"):
        regions.OffsetType().parse(hours)


def test_the_schema_of_a_distance_allows_what_is_read() -> None:
    schema = regions.OffsetType().schema()
    assert (schema["minimum"], schema["maximum"]) == (-12, 14)
    assert [regions.OffsetType().parse(each) for each in ("-12", "14", "-3.5")] == [-12.0, 14.0, -3.5]
