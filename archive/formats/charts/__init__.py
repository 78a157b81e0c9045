"""Charts as inline SVG: functions of values, with titles that are read out and no colour that alone tells."""

from archive.formats.charts.bars import Bar, bar_chart
from archive.formats.charts.calendar import DayMark, calendar_chart
from archive.formats.charts.columns import Column, column_chart
from archive.formats.charts.steps import step_chart
from archive.formats.charts.style import CHART_STYLE

__all__ = [
    "CHART_STYLE",
    "Bar",
    "Column",
    "DayMark",
    "bar_chart",
    "calendar_chart",
    "column_chart",
    "step_chart",
]
