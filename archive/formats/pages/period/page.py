"""The report of a period as one HTML document."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from archive.core.quantities import byte_size
from archive.formats.charts import CHART_STYLE
from archive.formats.pages.period.drawings import drawings
from archive.formats.pages.style import HEADED, STYLE, VERDICTS
from archive.formats.pages.templates import page_pieces
from archive.formats.pages.values import moment

_TEMPLATE: Final = "period/page.html.jinja"
PERIOD_STYLE: Final = (
    STYLE
    + HEADED
    + VERDICTS
    + CHART_STYLE
    + """
.source { font-size: .85em; color: var(--soft); margin: .4em 0 0 }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 1rem 1.6rem;
  margin: 1.4rem 0 }
.numbers div { border-top: 2px solid var(--line); padding-top: .4rem }
.numbers b { display: block; font-size: 1.6rem; font-weight: 600; line-height: 1.2 }
.numbers span { color: var(--soft); font-size: .88em; display: block; line-height: 1.4 }
td ul { margin: 0; padding-left: 1rem }
table.narrow { font-size: .93em }
td.number + td, th.number + th { padding-left: 1rem }
@media print { .numbers b { font-size: 15pt }
  table.narrow { font-size: 9pt; break-inside: auto } table.narrow tr, .numbers { break-inside: avoid } }
"""
)


def period_page(report: Mapping[str, Any]) -> Iterator[str]:
    """The page of a document under schemas/period-report.schema.json, in pieces of about 64 KiB.

    Every value is escaped as HTML, what could turn text round is shown as its escape, charts carry titles
    and descriptions and stand beside tables of the same numbers. A function of its argument: no clock, and
    nothing that a browser would fetch or run.
    """
    return page_pieces(
        _TEMPLATE,
        PERIOD_STYLE,
        report=report,
        charts=drawings(report),
        span=_span(report["period"]),
        verdict=_verdict(report),
        day=_day,
        amount=_amount,
        moment_or_never=_moment_or_never,
    )


def _span(period: Mapping[str, Any]) -> str:
    """`2026` for a calendar year, else the two days."""
    first, last = date.fromisoformat(period["from"]), date.fromisoformat(period["to"])
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return str(first.year)
    return f"{_day(period['from'])} to {_day(period['to'])}"


def _day(text: str) -> str:
    """`4 March 2026` of the day that a text begins with."""
    return moment(f"{text[:10]}T00:00:00Z").partition(",")[0]


def _moment_or_never(time: str | None) -> str:
    return "never" if time is None else _day(time)


def _amount(amount: Mapping[str, int]) -> str:
    """`1,200 documents, 3.1 GiB`."""
    documents = amount["documents"]
    return f"{documents:,} {'document' if documents == 1 else 'documents'}, {_bytes(amount['bytes'])}"


def _bytes(count: int) -> str:
    return byte_size(count) if count >= 0 else f"−{byte_size(-count)}"


def _verdict(report: Mapping[str, Any]) -> tuple[str, str, str]:
    """(tone, mark, words) of the worst that the period ended with."""
    if report["ledger"]["outcome"] == "broken":
        return "broken", "break", "The evidence does not hold"
    if report["ledger"]["outcome"] != "proven":
        return "unsure", "question", "The evidence could not be read in full"
    if any(finding["severity"] == "error" for finding in report["findings"]):
        return "bad", "cross", "Results of audits are not those on record"
    ended, damage = report["checks"]["at_the_end"], report["damage"]
    if damage["open"]:
        count = damage["open"]
        return "bad", "cross", f"{count:,} {'document' if count == 1 else 'documents'} damaged or missing"
    if count := damage["incidents"]["at_the_end"]:
        several = "incident is" if count == 1 else "incidents are"
        return "unsure", "question", f"No document is damaged; {count:,} {several} not closed"
    if not ended["held"]:
        return "none", "dash", "Nothing was held"
    if ended["overdue"]:
        return "unsure", "question", f"No damage known; {ended['overdue']:,} not checked as promised"
    if not ended["claimed"]:
        return "none", "dash", "No damage known; nothing was checked yet, nothing is overdue"
    if waiting := ended["held"] - ended["claimed_within"]:
        return "good", "check", f"No damage known, nothing overdue; {waiting:,} not checked yet"
    return "good", "check", "No damage known, all checked as promised"
