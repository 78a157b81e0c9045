"""Charts: what is drawn is what was given, and everybody can read it."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from archive.formats.charts import (
    Bar,
    Column,
    DayMark,
    bar_chart,
    calendar_chart,
    column_chart,
    step_chart,
)
from archive.formats.charts.svg import nice_ceiling
from archive.formats.pages.period.drawings import drawings

HOSTILE = '</title><script>x</script>\u202e"&\x1b]'


def parsed(svg: str) -> etree._Element:
    """The chart as a parser of XML reads it; its names are those that its label refers to."""
    root = etree.fromstring(svg)
    named = {element.get("id") for element in root.iter() if element.get("id")}
    assert set((root.get("aria-labelledby") or "").split()) == named
    assert (root.get("role"), len(named)) == ("img", 2)
    return root


def titles(root: etree._Element) -> list[str]:
    """What is read out of the shapes, without the chart's own title."""
    return [element.text or "" for element in root.iter("title") if not element.get("id")]


def rects(root: etree._Element, kind: str) -> list[dict[str, str]]:
    """The rectangles of a class."""
    return [
        {str(name): str(value) for name, value in element.items()}
        for element in root.iter("rect")
        if element.get("class") == kind
    ]


def calendar(days: dict[date, DayMark], first: date, last: date) -> etree._Element:
    return parsed(calendar_chart("c", days, first=first, last=last, title="T", description="D"))


def test_every_day_of_a_year_is_a_square_or_a_dot() -> None:
    days = {date(2028, 2, 29): DayMark(5, 0, "leap"), date(2028, 12, 31): DayMark(9, 1, "last")}
    root = calendar(days, date(2028, 1, 1), date(2028, 12, 31))
    dots = next(element for element in root.iter("path") if element.get("class") == "empty")
    assert (dots.get("d") or "").count("M") == 366 - 2
    assert titles(root) == ["leap", "last"]


def test_a_day_of_trouble_has_a_cross_and_not_only_a_colour() -> None:
    days = {date(2026, 3, 4): DayMark(5, 2, "x"), date(2026, 3, 5): DayMark(5, 0, "y")}
    root = calendar(days, date(2026, 1, 1), date(2026, 12, 31))
    crosses = next(element for element in root.iter("path") if element.get("class") == "adverse")
    assert (crosses.get("d") or "").count("M") == 1


def test_more_is_larger() -> None:
    days = {date(2026, 1, n): DayMark(n * 10, 0, "") for n in range(1, 11)}
    sides = [
        float(each["width"]) for each in rects(calendar(days, date(2026, 1, 1), date(2026, 1, 31)), "filled")
    ]
    assert sides == sorted(sides)
    assert len(set(sides)) == 4


@given(first=st.dates(date(1970, 1, 1), date(2100, 12, 31)), length=st.integers(0, 800))
def test_every_square_of_a_calendar_lies_within_it_and_on_no_other(first: date, length: int) -> None:
    last = min(first + timedelta(days=length), date(2100, 12, 31))
    days = {first + timedelta(days=n): DayMark(1, 0, "") for n in range((last - first).days + 1)}
    root = calendar(days, first, last)
    width, height = map(float, (root.get("viewBox") or "").split()[2:])
    places = [(float(each["x"]), float(each["y"])) for each in rects(root, "filled")]
    assert len(set(places)) == len(days)
    assert all(0 <= x < width and 0 <= y < height for x, y in places)


def test_weeks_begin_on_monday() -> None:
    days = {date(2026, 11, 22): DayMark(1, 0, "Sunday"), date(2026, 11, 23): DayMark(1, 0, "Monday")}
    sunday, monday = rects(calendar(days, date(2026, 1, 1), date(2026, 12, 31)), "filled")
    assert float(monday["x"]) > float(sunday["x"])
    assert float(monday["y"]) < float(sunday["y"])


def test_a_bar_is_as_long_as_its_value() -> None:
    bars = [Bar("a", 100, "100 files"), Bar("b", 50, "50 files"), Bar("c", 0, "none")]
    root = parsed(bar_chart("b", bars, title="T", description="D"))
    long, half, none = (float(each["width"]) for each in rects(root, "filled"))
    assert half == pytest.approx(long / 2, abs=0.1)
    assert none == 1
    assert titles(root) == ["a: 100 files", "b: 50 files", "c: none"]


def test_a_column_says_what_came_and_what_went() -> None:
    columns = [Column("Jan", 10, 4), Column("Feb", 0)]
    root = parsed(column_chart("c", columns, title="T", description="D", unit="documents"))
    assert titles(root) == ["Jan: 10 documents added, 4 removed", "Feb: 0 documents added"]
    (added,), (removed,) = rects(root, "filled"), rects(root, "gone")
    assert float(removed["height"]) / float(added["height"]) == pytest.approx(0.4, abs=0.01)
    assert float(removed["y"]) == pytest.approx(float(added["y"]) + float(added["height"]), abs=0.11)


def test_steps_are_levels_from_zero_up() -> None:
    root = parsed(
        step_chart("s", [("a", 0), ("b", 10)], title="T", description="D", shown=lambda n: f"{n} B")
    )
    assert titles(root) == ["a: 0 B", "b: 10 B"]


@pytest.mark.parametrize("chart", ["bars", "columns", "steps", "calendar"])
def test_nothing_to_show_and_hostile_names_are_still_one_element(chart: str) -> None:
    day = date(2026, 1, 1)
    for name, value in (("", 0), (HOSTILE, 10**18)):
        empty = not name
        match chart:
            case "bars":
                svg = bar_chart("b", [] if empty else [Bar(name, value, name)], title=name, description=name)
            case "columns":
                rows = [] if empty else [Column(name, value, value)]
                svg = column_chart("c", rows, title=name, description=name, unit=name)
            case "steps":
                points = [] if empty else [(name, value)]
                svg = step_chart("s", points, title=name, description=name, shown=str)
            case _:
                days = {} if empty else {day: DayMark(value, value, name)}
                svg = calendar_chart("d", days, first=day, last=day, title=name, description=name)
        assert not list(parsed(svg).iter("script"))
        assert "\u202e" not in svg


@pytest.mark.parametrize(("value", "ceiling"), [(0, 1), (1, 1), (3, 5), (5, 5), (11, 20), (99_999, 100_000)])
def test_the_axis_ends_at_a_round_number(value: int, ceiling: int) -> None:
    assert nice_ceiling(value) == ceiling


@pytest.mark.parametrize(
    ("made", "drawn"), [("2025-12-30", 0), ("2026-01-01", 0), ("2026-03-01", 1), ("2027-03-01", 2)]
)
def test_the_calendar_of_a_report_counts_the_days_that_it_draws(made: str, drawn: int) -> None:
    looked = [{"day": day, "looks": 3, "adverse": 1, "unreadable": 0} for day in ("2026-02-01", "2026-07-01")]
    report: dict[str, Any] = {
        "period": {"from": "2026-01-01", "to": "2026-12-31", "days": 365},
        "made": f"{made}T12:00:00.000Z",
        "checks": {"days": looked},
        "holdings": {"stretches": []},
        "formats": None,
    }
    calendar = drawings(report)["calendar"]
    assert bool(calendar) is bool(drawn)
    if drawn:
        root = parsed(calendar)
        assert len(rects(root, "trouble")) == drawn
        assert (root.findtext(".//{*}desc") or "").startswith(
            f"On {drawn} of 365 days documents were looked at, {3 * drawn} looks in all; on {drawn} of"
        )
