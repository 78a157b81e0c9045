"""The survey of a submission as one HTML document, with charts that need no script."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from archive.core.finding_groups import FindingGroup, row_ranges
from archive.core.limits.output import GROUP_RUNS_SHOWN
from archive.core.survey import UNKNOWN, years_shown
from archive.formats.charts import CHART_STYLE, Bar, bar_chart
from archive.formats.pages.style import HEADED, STYLE, VERDICTS
from archive.formats.pages.templates import page_pieces
from archive.formats.pages.values import plain

SURVEY_STYLE: Final = STYLE + HEADED + VERDICTS + CHART_STYLE
_FORMATS: Final = 12  # bars; the table below has all
_YEARS: Final = 20


def survey_page(
    survey: Mapping[str, Any],
    groups: Iterable[FindingGroup],
    *,
    sources: Iterable[str],
    counts: Mapping[str, int],
    made: str,
) -> Iterator[str]:
    """The page in pieces of about 64 KiB.

    `survey` is that of a document under `schemas/check-report.schema.json`, `counts` its counts, `groups` its
    findings, like ones together; `made` is a time. A function of its arguments: no clock is asked.
    """
    from markupsafe import Markup

    charts = {"formats": _formats(survey), "years": _years(survey), "sizes": _sizes(survey)}
    return page_pieces(
        "survey/page.html.jinja",
        SURVEY_STYLE,
        survey=survey,
        sources=list(sources),
        counts=counts,
        groups=[_group(group) for group in groups],
        charts={name: Markup(chart) for name, chart in charts.items()},  # noqa: S704 - escaped where drawn
        made=made,
        unknown=UNKNOWN,
    )


def _group(group: FindingGroup) -> dict[str, Any]:
    """A group with its rows spelt out."""
    return {**group.to_json(), "rows": row_ranges(group.rows, GROUP_RUNS_SHOWN)}


def _formats(survey: Mapping[str, Any]) -> str:
    rows = survey["formats"]
    bars = [_bar(row["name"], row["files"]) for row in rows[:_FORMATS]]
    if rest := sum(row["files"] for row in rows[_FORMATS:]):
        bars.append(_bar(f"{len(rows) - _FORMATS} others", rest))
    by = "format" if survey["identified_by"] else "ending of the name"
    return bar_chart("formats", bars, title=f"Files by {by}", description=_told(bars))


def _years(survey: Mapping[str, Any]) -> str:
    years = years_shown({int(year): count for year, count in survey["years"].items()}, _YEARS)
    bars = [_bar(year, count) for year, count in years]
    return bar_chart("years", bars, title="Files by the year of their last change", description=_told(bars))


def _sizes(survey: Mapping[str, Any]) -> str:
    bars = [_bar(name, count) for name, count in survey["sizes"].items()]
    return bar_chart("sizes", bars, title="Files by size", description=_told(bars))


def _bar(name: str, files: int) -> Bar:
    return Bar(name, files, f"{files:,}")


def _told(bars: Iterable[Bar]) -> str:
    return "; ".join(f"{plain(bar.name)}: {bar.shown}" for bar in bars)
