"""Laws of EDTF dates: bounds, completions of unspecified digits, refusals."""

import calendar
import re
from datetime import date

from hypothesis import assume, given
from hypothesis import strategies as st

from archive.core.edtf import Bound, parse
from tests.property.dates import date_or_refusal

DAYS = st.dates()
YEARS = st.integers(-9999, 9999)


def _spell(year: int) -> str:
    return f"{'-' if year < 0 else ''}{abs(year):04}"


@st.composite
def masked_days(draw: st.DrawFn) -> tuple[str, date]:
    """A day of the calendar, some of its digits hidden behind X."""
    day = draw(DAYS)
    hidden = draw(st.sets(st.integers(0, 9), max_size=8))
    text = "".join("X" if at in hidden and char != "-" else char for at, char in enumerate(day.isoformat()))
    return text, day


SOUP = st.text("0123456789X-/.,[]{}YES?~%TZ:+ ", max_size=40)
GRAMMAR = st.from_regex(
    re.compile(r"[\[{]?[?~%]?Y?-?[0-9X]{4,6}(E[0-9])?(S[0-9])?(-[?~%]?[0-9X]{2}){0,2}[?~%]?(/|\.\.|,)?"),
    fullmatch=True,
)


@given(st.one_of(st.text(), SOUP, st.lists(GRAMMAR, min_size=1, max_size=3).map("".join)))
def test_any_text_is_a_date_or_an_edtf_error(text: str) -> None:
    parsed = date_or_refusal(text)
    if parsed is not None:
        assert parsed.text == text
        assert parsed.level in (0, 1, 2)
        if parsed.lower is not None and parsed.upper is not None:
            assert parsed.lower <= parsed.upper
            assert parsed.lower.ordinal <= parsed.upper.ordinal


@given(masked_days())
def test_completed_date_lies_within_the_bounds_of_its_unspecified_digits(masked: tuple[str, date]) -> None:
    text, day = masked
    parsed = parse(text)
    assert parsed.lower is not None
    assert parsed.upper is not None
    assert parsed.lower <= Bound(day.year, day.month, day.day) <= parsed.upper


@given(masked_days())
def test_bounds_of_unspecified_digits_are_completions_themselves(masked: tuple[str, date]) -> None:
    text, _ = masked
    parsed = parse(text)
    for bound in (parsed.lower, parsed.upper):
        assert bound is not None
        spelled = f"{_spell(bound.year)}-{bound.month:02}-{bound.day:02}"
        assert re.fullmatch(text.replace("X", "[0-9]"), spelled)
        assert parse(spelled).lower == bound


@given(YEARS, st.integers(0, 13), st.integers(0, 32))
def test_day_is_accepted_exactly_where_the_calendar_has_it(year: int, month: int, day: int) -> None:
    # The proleptic calendar repeats every 400 years; 2000 to 2399 are years that the standard library knows.
    exists = 1 <= month <= 12 and 1 <= day <= calendar.monthrange(2000 + year % 400, month)[1]
    assert (date_or_refusal(f"{_spell(year)}-{month:02}-{day:02}") is not None) is exists


@given(YEARS, st.integers(1, 41), st.sampled_from(["", "?", "~", "%"]))
def test_adding_a_component_never_widens(year: int, part: int, qualifier: str) -> None:
    narrow, wide = date_or_refusal(f"{_spell(year)}-{part:02}{qualifier}"), parse(_spell(year))
    assume(narrow is not None)
    assert narrow is not None
    assert narrow.lower is not None
    assert wide.lower is not None
    assert narrow.upper is not None
    assert wide.upper is not None
    assert wide.lower <= narrow.lower
    assert narrow.upper <= wide.upper


@given(DAYS, DAYS)
def test_interval_is_accepted_exactly_where_it_ends_after_it_begins(start: date, end: date) -> None:
    parsed = date_or_refusal(f"{start.isoformat()}/{end.isoformat()}")
    assert (parsed is not None) is (start <= end)


@given(st.lists(DAYS, min_size=2, max_size=8))
def test_set_is_bounded_by_its_members(days: list[date]) -> None:
    parsed = parse(f"[{','.join(day.isoformat() for day in days)}]")
    first, last = min(days), max(days)
    assert parsed.lower == Bound(first.year, first.month, first.day)
    assert parsed.upper == Bound(last.year, last.month, last.day)


@given(st.integers(-(10**18) + 1, 10**18 - 1), st.integers(-(10**18) + 1, 10**18 - 1))
def test_ordinal_never_decreases_from_an_earlier_to_a_later_day(one: int, other: int) -> None:
    earlier, later = sorted((Bound(one, 12, 31), Bound(other, 1, 1)))
    assert -(2**63) <= earlier.ordinal <= later.ordinal < 2**63
