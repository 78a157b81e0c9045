"""The charts of a period's report, made from its numbers."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from archive.core.quantities import byte_size
from archive.formats.charts import (
    Bar,
    Column,
    DayMark,
    bar_chart,
    calendar_chart,
    column_chart,
    step_chart,
)
from archive.formats.pages.values import moment, plain

if TYPE_CHECKING:
    from markupsafe import Markup

_BARS: Final = 15


def drawings(report: Mapping[str, Any]) -> "dict[str, Markup]":
    """The charts by name: `calendar`, `growth`, `volume`, `formats`; those with nothing to show are empty."""
    from markupsafe import Markup

    made = {
        "calendar": _calendar(report),
        "growth": _growth(report["holdings"]["stretches"]),
        "volume": _volume(report["holdings"]["stretches"]),
        "formats": _formats(report["formats"]),
    }
    return {name: Markup(svg) for name, svg in made.items()}  # noqa: S704  # escaped by the charts


def _calendar(report: Mapping[str, Any]) -> str:
    first = date.fromisoformat(report["period"]["from"])
    last = min(date.fromisoformat(report["period"]["to"]), date.fromisoformat(report["made"][:10]))
    # A clock that was ahead dates checks later than the report; of days to come no square is drawn.
    told = [each for each in report["checks"]["days"] if first <= date.fromisoformat(each["day"]) <= last]
    if not told or last.year - first.year > 30:
        return ""
    days = {}
    for each in told:
        words = f"{moment(each['day'] + 'T00:00:00Z').partition(',')[0]}: {each['looks']:,} looked at"
        words += f", {each['adverse']:,} damaged or missing" if each["adverse"] else ""
        words += f", {each['unreadable']:,} could not be read" if each["unreadable"] else ""
        days[date.fromisoformat(each["day"])] = DayMark(each["looks"], each["adverse"], words)
    description = (
        f"On {len(days):,} of {report['period']['days']:,} days documents were looked at,"
        f" {sum(day.done for day in days.values()):,} looks in all; on"
        f" {sum(day.adverse > 0 for day in days.values()):,} of these days damage was found."
    )
    title = "Calendar of checks: how many documents were looked at on each day"
    return calendar_chart("calendar", days, first=first, last=last, title=title, description=description)


def _growth(stretches: list[dict[str, Any]]) -> str:
    columns = [
        Column(each["name"], each["added"]["documents"], each["removed"]["documents"]) for each in stretches
    ]
    if not any(column.added or column.removed for column in columns):
        return ""
    description = (
        f"{sum(column.added for column in columns):,} documents were taken in,"
        f" {sum(column.removed for column in columns):,} were withdrawn."
    )
    title = "Documents taken in and withdrawn"
    return column_chart("growth", columns, title=title, description=description, unit="documents")


def _volume(stretches: list[dict[str, Any]]) -> str:
    points = [(each["name"], max(each["held"]["bytes"], 0)) for each in stretches]
    if not any(value for _, value in points):
        return ""
    description = f"From {byte_size(points[0][1])} to {byte_size(points[-1][1])}."
    return step_chart("volume", points, title="Bytes held", description=description, shown=byte_size)


def _formats(formats: Mapping[str, Any] | None) -> str:
    if formats is None or not (formats["rows"] or formats["unnamed"]):
        return ""
    rows = [
        *((plain(row["puid"]), row["files"]) for row in formats["rows"]),
        ("not identified", formats["unnamed"]),
    ]
    ranked = sorted(rows, key=lambda each: -each[1])
    bars = [Bar(name, files, f"{files:,}") for name, files in ranked[:_BARS] if files]
    rest = sum(files for _, files in ranked[_BARS:])
    if rest:
        bars.append(Bar(f"{len(ranked) - _BARS:,} others", rest, f"{rest:,}"))
    description = f"The commonest is {bars[0].name} with {bars[0].shown} files."
    return bar_chart("formats", bars, title="Files held by format", description=description)
