"""No suggestion of a date says more than the text did: a year stays a year, a month a month."""

import calendar
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from archive.core.date_suggestion import suggest
from archive.core.edtf import parse

YEARS = st.integers(1000, 2020)
MONTHS = st.integers(1, 12)
DOUBTS = st.sampled_from(["", "c. ", "ca. ", "circa ", "about ", "probably ", "["])


def bounds(edtf: str) -> tuple[date, date]:
    """The first and the last day that the date can mean."""
    parsed = parse(edtf)
    assert parsed.lower is not None
    assert parsed.upper is not None
    return date(*parsed.lower), date(*parsed.upper)


def suggested(text: str) -> list[str]:
    """Every date that the suggestion offers, to take or to choose from."""
    suggestion = suggest(text)
    return [*([suggestion.edtf] if suggestion.edtf else []), *suggestion.ambiguous]


@given(YEARS, DOUBTS)
def test_a_year_is_never_given_a_month(year: int, doubt: str) -> None:
    for text in (f"{doubt}{year}", f"{doubt}{year}?", f"[{year}]", f"printed in {year}"):
        for edtf in suggested(text):
            assert bounds(edtf) == (date(year, 1, 1), date(year, 12, 31)), text


@given(YEARS, MONTHS, DOUBTS)
def test_a_month_is_never_given_a_day(year: int, month: int, doubt: str) -> None:
    last = calendar.monthrange(year, month)[1]
    name = calendar.month_name[month]
    for text in (f"{doubt}{name} {year}", f"{name}, {year}", f"{year} {name}", f"{year}-{month:02d}-00"):
        for edtf in suggested(text):
            assert bounds(edtf) == (date(year, month, 1), date(year, month, last)), text


@given(st.integers(100, 201).filter(lambda decade: decade % 10), DOUBTS)  # 1900s may be a century
def test_a_decade_is_never_given_a_year(decade: int, doubt: str) -> None:
    for text in (f"{doubt}{decade}0s", f"the {decade}0s", f"{decade}-?", f"early {decade}0s"):
        for edtf in suggested(text):
            first, last = bounds(edtf)
            assert (first.year, last.year) == (decade * 10, decade * 10 + 9), text


@given(YEARS, st.integers(1, 60))
def test_a_span_keeps_the_precision_of_its_ends(year: int, length: int) -> None:
    for text in (
        f"between {year} and {year + length}",
        f"{year}-{year + length}",
        f"from {year} to {year + length}",
    ):
        for edtf in suggested(text):
            assert bounds(edtf) == (date(year, 1, 1), date(year + length, 12, 31)), text


@given(st.dates(date(1700, 1, 1), date(2020, 12, 31)))
def test_a_whole_day_is_that_day(day: date) -> None:
    name = calendar.month_name[day.month]
    for text in (f"{day.day} {name} {day.year}", f"{name} {day.day}, {day.year}"):
        assert [bounds(edtf) for edtf in suggested(text)] == [(day, day)], text


@given(st.integers(1, 31), st.integers(1, 12), st.integers(0, 99))
def test_two_digits_of_a_year_are_never_taken_for_one(first: int, second: int, year: int) -> None:
    suggestion = suggest(f"{first:02d}/{second:02d}/{year:02d}")
    assert suggestion.edtf is None
